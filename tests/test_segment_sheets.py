import pytest

from corpuskit.core.page import Page
from corpuskit.segment.boundaries import split
from corpuskit.segment.roles import cast
from corpuskit.segment.shapes import Role
from corpuskit.segment.sheets import sheet
from corpuskit.segment.wrap import wrapped

BODY = (
    "镇上的老水塔昨天开始检修，工人从塔顶放下吊篮，一块砖一块砖地敲过去，听到空响就用粉笔画圈。\n"
    "塔身一共找出四十一处空响，都在朝北的一面，修补要用的青砖从邻县的旧窑里运来，月底以前补完。\n"
)
HEAD = "河湾日报　2011年6月3日　星期五　第4版\n"


def starts(text: str) -> list[str]:
    page = Page.of(text)
    parts = split(page, cast(page))
    return [page.lines[(part.heads or part.lines)[0]].text for part in parts]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + BODY,
        BODY + "河湾晚报　Ｂ２　城乡　二〇〇九年四月二日\n" + BODY,
        "塔下的水井也一并清了。\n河湾纱厂\n厂工会主办　第87期\n一九八二年三月一日　内部刊物\n" + BODY,
        "河湾矿工报\n第913期　本期4版　内部资料\n" + BODY,
        "河湾农垦报\n版次：03 生活　2008-05-06　责任编辑：余河\n" + BODY,
        "河湾文化报 第913期 四版\n" + BODY,
        "大家说　２０１２／０９／０４　生活　Ｄ６　執行編輯：余河\n" + BODY,
        "2011年6月3日　星期五　4　城乡\n" + BODY,
        "강마을신문  2011년 6월 3일 금요일  7면 지역\n" + BODY,
        "12  RIVERBEND GUARDIAN  Friday 3 June 2011\n" + BODY,
    ],
    ids=[
        "head",
        "one line",
        "below the end of an article",
        "without a date",
        "edition",
        "name, issue and page",
        "its editor",
        "a bare number",
        "Korean",
        "English",
    ],
)
def test_the_head_of_a_sheet_is_known_wherever_it_stands_near_the_top(text: str) -> None:
    assert sheet(Page.of(text))


@pytest.mark.parametrize(
    "text",
    [
        "水塔检修\n2011年6月3日　河湾日报\n" + BODY,
        "第三十号书单\n店长　2020.04.02\n订阅电子報　關於書店\n" + BODY,
        "2011年6月3日　星期五　晴　12 至 20 度\n" + BODY,
    ],
    ids=["a site's name and the day", "a shop's list", "the weather"],
)
def test_a_page_with_a_name_and_a_date_is_no_sheet(text: str) -> None:
    assert not sheet(Page.of(text))


def test_signed_headlines_of_a_sheet_begin_articles_on_one_subject_too() -> None:
    first = HEAD + "老水塔听音找空响\n本报记者　江河\n" + BODY
    second = (
        "水塔该修到什么时候\n本报评论员　柳岸\n"
        "镇上修水塔，用的是青砖。有人问，塔早就不供水了，朝北的一面修了，朝南的一面修不修。\n"
        "工人说，砖敲过了，心里就有数。塔身还在，镇子就还认得自己，修补的钱不该省在粉笔画过圈的地方。\n"
        "有人愿意出钱，有人愿意出力，怕的是修到一半没有人再提起。该修到什么时候，先得有人记着。\n"
    )
    assert starts(first + second)[1:] == ["水塔该修到什么时候"]


def test_short_items_that_open_with_one_sign_under_a_headline_are_one_article() -> None:
    report = "老水塔听音找空响\n本报记者　江河\n" + BODY
    briefs = "短讯\n△北街今晚停水两小时。\n△镇图书馆周五闭馆，还书可投门口的箱子。\n△渡口的班船改到七点开，末班不变。\n"
    assert not any(line.startswith("△") for line in starts(HEAD + report + briefs))


def test_a_headline_right_above_a_report_is_no_cut_sentence() -> None:
    page = Page.of(HEAD + BODY + "水塔检修进入第三天，青砖运到一半\n本报讯（记者　江河）" + BODY)
    assert cast(page)[3].role is Role.HEAD


def test_a_byline_above_a_headline_signs_the_text_before_it() -> None:
    text = (
        HEAD
        + "老水塔听音找空响\n"
        + BODY
        + "本报记者　江河\n渡口换船\n渡口的旧船昨天拖走，新船能坐四十个人，票价不变。\n"
    )
    assert starts(text)[-1] == "渡口换船"


@pytest.mark.parametrize(
    ("lines", "cut"),
    [("青砖　三角二分\n石灰　一角\n河沙　八分\n", True), ("风从塔顶下来\n砖在手里\n水在井里\n", False)],
)
def test_rows_under_their_title_close_a_newspapers_page_and_verse_does_not(lines: str, cut: bool) -> None:
    text = HEAD + "老水塔听音找空响\n本报记者　江河\n" + BODY + "本周行情\n" + lines
    assert (starts(text)[-1] == "本周行情") is cut


def test_a_newspaper_cuts_its_text_at_narrower_columns_than_others() -> None:
    column = "\n".join(BODY.replace("\n", "")[at : at + 11] for at in range(0, 77, 11))
    assert any(wrapped(Page.of(HEAD + column)))
    assert not any(wrapped(Page.of(column)))


def test_a_caption_inside_a_column_does_not_part_the_lines_above_it() -> None:
    column = [BODY.replace("\n", "")[at : at + 16] for at in range(0, 96, 16)]
    caption = "▲工人从塔顶放下吊篮，用小锤敲打朝北的一面墙（余河 摄）"
    page = Page.of("\n".join([HEAD.strip(), *column[:4], caption, *column[4:]]))
    assert wrapped(page)[1:5] == [True] * 4
    assert cast(page)[4].dangling


@pytest.mark.parametrize("name", ["（馆员 余河）", "河湾纱厂退休职工 王大川"])
def test_a_name_that_closes_the_text_of_a_newspaper_is_no_headline(name: str) -> None:
    text = HEAD + "老水塔听音找空响\n" + BODY + name + "\n渡口换船\n渡口的旧船昨天拖走，新船能坐四十个人，票价不变。\n"
    page = Page.of(text)
    assert cast(page)[4].role is Role.BYLINE
    assert starts(text)[-1] == "渡口换船"


def test_a_headline_that_tears_a_column_is_not_read_into_it() -> None:
    text = BODY.replace("\n", "")
    column = [text[at : at + 13] for at in range(0, 78, 13)]
    ended = [*column[:5], column[5][:6] + "。"]
    page = Page.of("\n".join([HEAD.strip(), *ended, *column[:5], "渡口的旧船昨天拖走", BODY]))
    assert wrapped(page)[1:12] == [True] * 5 + [False] + [True] * 5
    assert cast(page)[12].role is Role.HEAD

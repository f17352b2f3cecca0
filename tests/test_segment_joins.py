import numpy as np
import pytest

from corpuskit.config import Config
from corpuskit.core.page import Page
from corpuskit.pipeline import Pipeline
from corpuskit.segment.boundaries import Part
from corpuskit.segment.flow import Flow
from corpuskit.segment.joins import Join, between, joins
from corpuskit.segment.order import arranged
from corpuskit.segment.partners import signs
from corpuskit.segment.roles import cast
from corpuskit.segment.subjects import Subjects
from corpuskit.segment.ways import Field
from corpuskit.segment.wrap import wrapped

TEXT = (
    "水库清出淤泥三万方，岸边的空地铺上了草皮，明年开春还要种一千棵水杉。工地上的老师傅说，"
    "这样的活他干了三十年，头一回看见湖底。湖底有一条石板路，是修水库以前的官道，路边还立着一块里程碑，字已经看不清了。"
)


def hard(text: str, width: int) -> str:
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


@pytest.mark.parametrize("width", [14, 20, 26])
def test_text_cut_at_a_fixed_width_is_one_paragraph_again(width: int) -> None:
    page = Page.of(hard(TEXT, width))
    roles = cast(page)
    parts = [Part(lines=list(range(len(roles))))]
    found = joins(page, roles, parts)
    assert [(join.before, join.after) for join in found] == [(i, i + 1) for i in range(len(roles) - 1)]


def test_paragraphs_of_a_column_are_whole_again_between_headlines_and_lists() -> None:
    listed = ["冰为什么滑", "窗花是谁画的", "霜打过的白菜更甜", "清淤完工", "渡船停航三天"]
    column = hard(TEXT, 17).split("\n")
    page = Page.of("\n".join([*listed, *column, *listed]))
    first, last = len(listed), len(listed) + len(column) - 1
    assert wrapped(page) == [first <= i < last for i in range(len(page.lines))]


def test_a_blank_line_or_an_indent_ends_a_paragraph_of_cut_text() -> None:
    page = Page.of(hard(TEXT, 20) + "\n\n" + hard(TEXT, 20))
    lines = len(page.lines)
    assert wrapped(page) == [i not in (lines // 2 - 1, lines - 1) for i in range(lines)]


@pytest.mark.parametrize(
    "text",
    [
        "白日依山尽\n黄河入海流\n欲穷千里目\n更上一层楼\n白日依山尽\n黄河入海流",
        "\n".join(f"第{n}站\t{n}:00\t{n}:30" for n in "一二三四五六七"),
        "\n".join(["清淤完工", "渡船停航三天", "老桥修好了", "菜价", "南门的面馆又开了张", "寻人"]),
    ],
    ids=["verse", "table", "list"],
)
def test_verse_tables_and_lists_are_not_joined(text: str) -> None:
    page = Page.of(text)
    assert not any(wrapped(page))
    assert joins(page, cast(page), [Part(lines=list(range(len(page.lines))))]) == []


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("the old", "bus", " "), ("河边的空", "地", ""), ("同时用 App", "扫码", ""), ("운항을", "시작했다", " ")],
)
def test_what_stands_between_two_halves(left: str, right: str, expected: str) -> None:
    assert between(left, right) == expected


def test_a_sentence_that_reads_on_above_its_article_is_brought_together() -> None:
    page = Page.of("尾巴在上面。\n还有一段。\n标题\n正文从这里开始，话没有说\n")
    parts = [Part(lines=[0, 1]), Part(heads=[2], lines=[3])]
    out, kept, boxes = arranged(page, cast(page), parts, [Join(3, 0, 5.0)])
    assert [(part.heads, part.lines) for part in out] == [([2], [3, 0, 1])]
    assert kept == {3: Join(3, 0, 5.0)}
    assert boxes == set()


def test_a_ring_of_jumps_loses_no_line() -> None:
    page = Page.of("甲。\n乙。\n丙。\n丁。\n")
    parts = [Part(lines=[0, 1]), Part(lines=[2, 3])]
    out, _, _ = arranged(page, cast(page), parts, [Join(1, 2, 5.0), Join(3, 0, 5.0)])
    assert sorted(line for part in out for line in part.lines) == [0, 1, 2, 3]


def test_a_join_by_a_small_margin_is_not_made() -> None:
    page = Page.of("一行没有说完的话停在这\n里。\n")
    _, kept, _ = arranged(page, cast(page), [Part(lines=[0, 1])], [Join(0, 1, 0.05)])
    assert kept == {}


WOVEN = (
    "雨从傍晚开始下，打在瓦上，响了一夜，到第二天早上还没有停，村里人都站在门口，看着河里的水一寸一\n"
    "合作社今年养的蜜蜂有两百箱，从三月开始沿着河谷往北走，一路采的都是槐花，到秋天收下来的蜂\n"
    "寸往上涨。\n"
    "蜜一半留给了学校的食堂。\n"
)


def test_columns_read_straight_across_are_told_apart_by_how_the_text_reads_on() -> None:
    page = Page.of(WOVEN)
    roles = cast(page)
    found = joins(page, roles, [Part(lines=[0, 1, 2, 3])])
    assert [(join.before, join.after) for join in found] == [(0, 2), (1, 3)]


def test_what_reads_on_gains_by_following_and_another_script_says_nothing() -> None:
    page = Page.of("代表们坐满了会议\n室，门口还站着人。\n杉，三年就长高了。\n운항을 다시\n")
    gains = Flow(page, [0], [1, 2, 3]).gains(np.array([0, 0, 0]), np.array([1, 2, 3]))
    assert gains[0, 0] > 2 > gains[1, 0]
    assert gains[2].tolist() == [0, 0]


def test_half_a_character_at_the_end_of_a_line_says_nothing_and_breaks_nothing() -> None:
    page = Page.of("湖底有一条石板路，是修水库以前的官\ud83d\n道，路边还立着一块里程碑，字已经看不清了。")
    gained = Flow(page, [0], [1]).gains(np.array([0]), np.array([1]))
    assert np.isfinite(gained).all()


def test_lines_that_share_their_rare_words_share_a_subject() -> None:
    page = Page.of("水库的闸门每年冬天要上油防锈。\n闸门上油以后，水库才能开始蓄水。\n面馆的老板又添了两张桌子。\n")
    subjects = Subjects([page], np.array([0]), np.ones(3, np.bool_), np.zeros(3, np.bool_))
    signs = subjects.signs(np.array([0, 0]), np.array([0, 0]), np.array([1, 2]))
    same, other = signs["common terms"].tolist()
    assert same > other


def test_of_reports_inside_one_another_the_first_is_set_apart() -> None:
    """A report inside a sentence may hold a cut sentence with a report inside: no line is told twice."""
    lines = [
        "渡江日报 2021年5月19日 星期三 第4版 要闻",
        "石桥修好了",
        "本报记者 韩水生",
        "石桥修好了，河上又能走人，两岸的人都来看，从早到晚没有断过，船工把缆绳解下来收进自",
        "图书车改到星期六来",
        "本报讯 图书车从这个月起改到星期六上午来，停在桥头的老槐树下面，从前星期三来的"
        "时候只有七个人借书，其中五个是等渡",
        "茶园里的新井出水了",
        "本报讯 茶园里的新井上个星期出了水，打井的人前后用了四十天，井圈是从老水塔上"
        "拆下来的青砖砌的，水很凉，也很甜，头一桶送给了放羊的老人。",
        "船的。管车的人说，星期六来的人多了一倍。",
        "己家里。羊跟在后面，走到桥心停下来不肯走了，后来还是老人抱着头羊过去的。",
    ]
    page = Page.of("\n".join(lines))
    roles = cast(page)
    whole = [Part([1], [0, *range(2, len(lines))], 1.0, "")]
    outer, inner = Join(3, 9, 3.0), Join(5, 8, 3.0)
    parts, kept, _ = arranged(page, roles, whole, [outer, inner])
    told = [line for part in parts for line in (*part.heads, *part.lines)]
    assert sorted(told) == list(range(len(lines)))
    assert len(parts) == 2
    assert kept[3] == outer


def test_a_hyphen_at_which_the_layout_cut_a_word_goes_with_the_line_break() -> None:
    text = "The old bridge over the river was closed to the pub-\nlic on Friday.\n"
    (record,) = Pipeline(Config()).clean_text(text, "-").records
    assert record["text"] == "The old bridge over the river was closed to the public on Friday."
    written = [piece for piece in record["provenance"]["pieces"] if len(piece) > 4]
    assert [(piece[4], text[piece[2] : piece[3]]) for piece in written if piece[4] == "layout.join"] == [
        ("layout.join", "-\n")
    ]


def test_a_line_behind_a_comma_goes_on_from_that_line_and_not_from_another() -> None:
    page = Page.of(
        "水库清出淤泥三万方，岸边的空地铺\n二年种，看日头；\n三年还种，看老天点不点头。\n上了草皮，明年种树。"
    )
    field = Field(page, cast(page), [Part(lines=[0, 1, 2, 3])])
    told = [one["behind a mark that goes on"] for one in signs(field, 0, [1, 2, 3])]
    assert told == [False, True, False]

"""What the noise stages share: names that are carried, ends of lists, where a line stands, made-up noise."""

from __future__ import annotations

import random
import textwrap
from pathlib import Path

import numpy as np
import pytest
from test_strangers import ARTICLE, OTHERS

from corpuskit.clean import furniture, lists, pointers, spam
from corpuskit.clean.carriers import SURE, reports
from corpuskit.clean.caution import AMID, NEEDED, PARAGRAPH, Standing, needed, standing
from corpuskit.clean.context import opens_with_error
from corpuskit.clean.evidence import columns, evidence
from corpuskit.clean.features import NAMES, matrix
from corpuskit.clean.labeller import LABELS
from corpuskit.clean.tables import rows, wrapped
from corpuskit.clean.voices import counted
from corpuskit.compositions import compose
from corpuskit.core.page import Page
from corpuskit.inventions import Inventor
from corpuskit.labelled import load

FIXTURES = Path(__file__).parent.parent / "fixtures" / "labelled"
OWN = (
    "磨坊在村子的下头，水从石槽里流下来，推着木轮慢慢地转，转了一百多年。",
    "老人每天清早开闸，把昨夜落在槽里的叶子一片一片捞起来，再去喂他的两只羊。",
    "来磨面的人少了，可是他还是把磨盘洗得干干净净，说总会有人来的。",
)
PRAISE = (
    "其实青鹭娱乐一直很好，选择青鹭娱乐就是选择放心，大家都在青鹭娱乐里找到了属于自己的快乐。",
    "那么青鹭娱乐怎么样呢？青鹭娱乐的服务很周到，用过的人都说青鹭娱乐是值得信赖的选择。",
)


def verdicts(*lines: str) -> list[bool]:
    return [verdict.score >= SURE for verdict in spam.decide(Page.of("\n".join(lines))).lines]


def test_paragraphs_that_praise_a_name_go_and_the_text_between_them_stays() -> None:
    assert verdicts(OWN[0], PRAISE[0], OWN[1], PRAISE[1], OWN[2]) == [False, True, False, True, False]


def test_a_name_that_is_praised_once_or_stands_in_the_title_stays() -> None:
    assert not any(verdicts(OWN[0], PRAISE[0], OWN[1], OWN[2]))
    assert not any(verdicts("青鹭娱乐的三十年", OWN[0], PRAISE[0], OWN[1], PRAISE[1], OWN[2]))


@pytest.mark.parametrize(
    "sentence",
    [
        "گاؤں کی پرانی چکی کا پانی پتھر کی نالی سے گرتا ہے، اور لکڑی کا پہیہ آہستہ آہستہ سو سال سے گھوم رہا ہے۔",
        "गाँव की पुरानी चक्की का पानी पत्थर की नाली से गिरता है, और लकड़ी का पहिया सौ साल से धीरे धीरे घूमता है।",
    ],
)
def test_paragraphs_of_scripts_with_marks_of_their_own_are_no_rows(sentence: str) -> None:
    assert not any(verdicts(*(" ".join([sentence] * 6) + f" {number}{sentence}" for number in range(5))))


def test_program_text_may_quote_spam_and_injected_mark_up_is_none() -> None:
    row = 'WORDS="娱乐|棋牌|真人|彩票|官网登录|送彩金|百家乐|时时彩"'
    program = ("import re", "for line in open(path):", "    if re.search(WORDS, line): print(line);", "}")
    assert verdicts(*OWN, row, *program)[3] is False
    assert verdicts(*OWN, row)[3] is True
    links = [f'<a href="//x{n}.example/">青鹭棋牌官网 青鹭娱乐下载 青鹭彩票登录</a>' for n in range(6)]
    assert all(verdicts(*OWN, *links)[3:])


def test_a_page_that_reports_on_gambling_is_told() -> None:
    report = (
        "警方捣毁一个网络赌博窝点",
        "民警抓获嫌疑人七名，并且在现场查扣了设备四台。",
        "被告人因为开设赌场罪，在今年被判处了徒刑。",
    )
    assert reports(evidence(Page.of("\n".join(report))))
    assert not reports(evidence(Page.of("\n".join(OWN))))


@pytest.mark.parametrize(
    "put",
    ["（急用钱贷款加微信 abc0417 当天放款）", "鹭·洲·国·际·登·录", "★★高仿证件一比一办理联系微信★★"],
)
def test_an_offer_put_into_a_sentence_is_taken_out_alone(put: str) -> None:
    text = f"老人每天清早开闸，把昨夜落在槽里的叶子{put}一片一片捞起来，再去喂他在官网上买的两只羊。"
    (span, _), *rest = spam.decide(Page.of(f"{text}\n{OWN[0]}\n{OWN[1]}\n赌场下注")).splices
    assert (text[span.start : span.end], rest) == (put, [])


def test_a_list_ends_where_its_prices_end() -> None:
    entries = [f"手编竹篮第{n}种　¥{n}9.9" for n in range(4)]
    spec = ["规格", "全长　四十六厘米", "重量　七百八十克"]
    lines = [*OWN, "看了又看", *entries, *spec, OWN[0], "猜你喜欢", "竹编晒筛", "棕丝锅刷"]
    found = [verdict.score >= SURE for verdict in lists.decide(Page.of("\n".join(lines)))]
    assert found == [False] * 3 + [True] * 5 + [False] * 4 + [True] * 3


def test_text_cut_at_a_width_is_told_from_a_list() -> None:
    text = "".join(OWN) * 4
    cut = [text[i : i + 24] for i in range(0, len(text), 24)]
    assert wrapped(Page.of("\n".join(cut)))[:-1] == [True] * (len(cut) - 1)
    assert not any(wrapped(Page.of("\n".join(["修伞的人", "一条巷子有七口井，只有一口是甜的", "渡船停了", *OWN]))))


def test_the_lines_beside_cut_ones_belong_to_them() -> None:
    text = "".join(OWN) * 4
    body = [text[i : i + 24] for i in range(22, 190, 24)]
    page = Page.of("\n".join(["磨坊", "", "  " + text[:22], *body[:-1], "送走最后一袋面，", "", "来信", "渡船"]))
    assert wrapped(page) == [False, *[True] * (len(body) + 1), False, False]


def test_rows_of_measurements_and_places_begin_with_a_date_and_lists_end_with_one() -> None:
    measured = [f"2{n}:00\t北港\t河水流量\t{n}.5%\t3.1%" for n in range(4)]
    placed = [f"2014年{n}月25日\t南岭\t旧戏台" for n in range(1, 5)]
    listed = [f"磨坊修好了{n}\t要闻\t2014-05-0{n}" for n in range(1, 5)]
    assert rows(Page.of("\n".join([*measured, *placed, *listed]))) == [True] * 8 + [False] * 4


def test_lines_of_words_were_filled_up_to_a_width_where_the_next_word_did_not_fit() -> None:
    told = "The keeper of the lower weir counts the eels that climb the ladder in May, and chalks up the sum at night. "
    cut = textwrap.wrap(told * 4, 58)
    assert all(wrapped(Page.of("\n".join(["Eels at the weir", "", *cut])))[1:])
    listed = [f"{'A note on the weir, the eels and who counts them'[: 31 + 3 * n % 17]} {n}" for n in range(12)]
    assert not any(wrapped(Page.of("\n".join(listed))))


def test_an_error_before_any_paragraph_opens_a_page() -> None:
    page = Page.of("某某网\n抱歉，您访问的页面不存在\n" + OWN[0])
    late = Page.of("\n".join(["".join(OWN), "抱歉，您访问的页面不存在"]))
    assert opens_with_error(page, evidence(page))
    assert not opens_with_error(late, evidence(late))


def test_short_lines_alike_need_the_most() -> None:
    verse = Page.of("\n".join(["龙骨架在那里", "海把它退回来", "铁锤问", "锈答"] * 4))
    stands = standing(columns(verse), matrix(verse), np.zeros(16, bool), thread=False)
    assert set(stands.tolist()) == {Standing.ALIKE}
    assert set(NEEDED) == set(LABELS) - {"article"}
    assert all([*needs] == sorted(needs) and len(needs) == len(Standing) for needs in NEEDED.values())
    assert set(AMID) == set(PARAGRAPH) == set(NEEDED)
    assert all(AMID[label] >= PARAGRAPH[label] for label in AMID)


def test_features_are_finite_numbers_one_column_a_name() -> None:
    for lines in (OWN, PRAISE, ("a",), ("1", "1", "1")):
        found = matrix(Page.of("\n".join(lines)))
        assert found.shape == (len(lines), len(NAMES))
        assert np.isfinite(found).all()


def test_traditional_words_count_as_simplified_ones() -> None:
    assert counted("限時特價，加微信") == counted("限时特价，加微信")


@pytest.mark.parametrize("language", ["zh", "en", "ja", "ko", "xx"])
@pytest.mark.parametrize("kind", ["spam", "chrome", "ad", "comment"])
def test_every_pattern_can_be_filled(kind: str, language: str) -> None:
    inventor = Inventor(random.Random(3), OWN)
    lines = [inventor.line(kind, language, "青鹭") for _ in range(60)]
    assert not any("{" in line or "}" in line for line in lines)
    assert lines == [Inventor(random.Random(3), OWN).line(kind, language, "青鹭"), *lines[1:]]


def test_the_same_pages_are_composed_again() -> None:
    pages = [page for page in load(FIXTURES) if page.id[0] in "ab"]
    once, again = compose(pages, 6), compose(pages, 6)
    assert [page.raw for page in once] == [page.raw for page in again]
    assert {block.role for page in once for block in page.blocks} >= {"body", "chrome"}


def test_titles_with_counts_of_answers_are_no_rows_of_a_table() -> None:
    asked = [f"桐油要刷几遍才不漏水{mark}　　{n}2 回答" for n, mark in enumerate("？吗呢")]
    table = [f"桐油第{n}桶　　{n}2 斤　　{n}0 元" for n in range(1, 4)]
    assert rows(Page.of("\n".join([*asked, *OWN, *table]))) == [False] * 6 + [True] * 3


def test_a_sentence_about_lost_seals_is_no_notice_of_loss() -> None:
    said = "公章丢了以后登报声明作废，老会计说要跑三趟，一趟去报社，一趟去公安，一趟去庙里。"
    notice = "荷塘村渡口合作社不慎遗失公章一枚，声明作废。"
    found = furniture.decide(Page.of("\n".join([*OWN, said, *OWN, notice])))
    assert [found[3].score < SURE, found[-1].score >= SURE] == [True, True]


def test_a_paragraph_amid_the_articles_goes_as_furniture_sooner_than_as_an_advertisement() -> None:
    found = columns(Page.of("\n".join([*OWN, "河水清了，" * 16 + "鱼也回来了。"])))
    lines = len(found.lines)
    chrome, ad = (
        needed(np.full(lines, LABELS.index(label)), found, np.zeros(lines, np.int64), np.ones(lines, bool))[-1]
        for label in ("chrome", "ad")
    )
    assert PARAGRAPH["chrome"] < chrome < ad


def ended(lines: list[str]) -> int:
    """Return how many lines the rules for lists are sure of."""
    return sum(verdict.score >= SURE for verdict in lists.decide(Page.of("\n".join(lines))))


def test_entries_with_counts_of_answers_end_before_a_line_without() -> None:
    asked = ["渡船为什么不装马达？　112个回答", "桐油要刷几遍？　9个回答", "船底生苔怎么办　3.1万播放"]
    assert ended([*OWN, "大家都在问", *asked, "船老大的规矩", "编辑", OWN[0], OWN[1]]) == 4


def test_text_cut_at_a_width_is_no_entry_of_the_list_above_it() -> None:
    text = "".join(OWN).replace("。", "，") * 6
    cut = [text[i : i + 24] for i in range(0, len(text), 24)]
    assert ended(["相关阅读", "闸上的老人", "两只羊", *cut]) <= 3


def test_it_takes_three_paragraphs_of_other_subjects_to_be_a_list() -> None:
    assert ended([*ARTICLE, "相关阅读", *OTHERS[:2]]) <= 1
    assert ended([*ARTICLE, "相关阅读", *OTHERS]) == 4


@pytest.mark.parametrize(
    "head",
    ["浏览本文的人还看了", "你可能也會喜歡", "People also read:", "こんな記事も読まれています", "이 기자의 다른 기사"],
)
def test_headings_of_lists_are_known_in_five_scripts(head: str) -> None:
    assert pointers.is_head(head)


@pytest.mark.parametrize(
    "row", ["写回答 邀请回答 默认排序", "轉寄好友 友善列印 我要留言", "Gift article | Email this | Add comment"]
)
def test_rows_of_buttons_are_covered_by_words_of_furniture(row: str) -> None:
    assert evidence(Page.of(row))[0].chrome == 1


@pytest.mark.parametrize(("titles", "leads"), [(6, True), (120, False)], ids=["much of the page", "little of the page"])
def test_cut_titles_make_a_directory_where_they_are_much_of_the_page(titles: int, leads: bool) -> None:
    cut = [f"第{n}号磨坊的水轮昨天换了新的轴，村里的人都来看，石匠在旁边说..." for n in "一二三四"]
    page = Page.of("\n".join([*(f"磨坊旧事第{n}篇" for n in range(titles)), OWN[0], *cut]))
    assert any(verdict.rule == "related_news.directory" for verdict in lists.decide(page)) is leads

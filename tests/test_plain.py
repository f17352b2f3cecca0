"""Plain pages: of none has any rule anything to say, and none is kept from the rules for what others are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import FEWER, texts

from corpuskit.clean import CLEANERS, plain, pointers
from corpuskit.clean.looks import coding
from corpuskit.clean.measured import Measured
from corpuskit.clean.posts import roles
from corpuskit.clean.rulings import scores
from corpuskit.clean.verdict import quiet
from corpuskit.core.edit import Edit
from corpuskit.core.lexicon import fold, folds, forms
from corpuskit.core.page import Page
from corpuskit.labelled import load

FIXTURES = Path(__file__).parent.parent / "fixtures/labelled"
STAGES = [stage() for stage in CLEANERS if stage.name in ("spam_links", "related_news", "page_chrome")]
SENTENCES = (
    "桥修好了，河上又能走人，两岸的人都来看，说今年的鱼比去年多，老人把船也翻过来晒了一天。",
    "渡口小学的校长天不亮就起来，先看粮站后院，再看两把旧伞，前后用了三十六个钟头才走完这一圈。",
    "“水位比往年高了十二厘米。”水文站的技术员说，“闸门要到后天才开，大家不必等在这里了。”",
    "The keeper of the lower weir counts the eels that climb the ladder in May, and chalks up the sum at night.",
)
ODD = (
    *(
        "相关阅读",
        "首页 > 新闻 > 正文",
        "扫码下载客户端，关注我们的公众号。",
        "版权所有，未经书面许可不得转载本站的任何内容。",
    ),
    *(
        "推荐：糯米灰浆有多结实？",
        "责任编辑：彭小渡",
        "网友渡口人：说得好。",
        "加微信 abc0417 领取限时特价。",
        "诚聘收购",
    ),
    *("Fatal error: call to undefined function on line 47 of the page that was asked for, it says.", "县志办_某某网"),
    *("2024-03-01 12:30", "他还没有说完……", "金蟾棋牌app下载 金蟾娱乐登录", "新桥", "发表评论（3）"),
)


def held(page: Page) -> list[tuple[str, str]]:
    """Return what the stages propose of a page, the rules and what would go."""
    each = (proposal for stage in STAGES for proposal in stage.propose(page))
    return [(made.rule, page.text[made.span.start : made.span.end]) for made in each if isinstance(made, Edit)]


def silent(page: Page) -> bool:
    """Say whether no rule says anything of any line of a page."""
    return scores(page).max() == 0 and not roles(page)


def pages() -> st.SearchStrategy[str]:
    """Return a strategy of pages of sentences, some with a line or two of which a rule may speak."""
    said = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5)
    odd = st.lists(st.one_of(st.sampled_from(ODD), texts(4)), max_size=2)
    return st.tuples(odd, said, odd, said, odd).map(lambda each: "\n".join(line for part in each for line in part))


@given(st.lists(pages(), min_size=1, max_size=3))
def test_what_is_counted_of_many_pages_is_what_each_counts(each: list[str]) -> None:
    together = [Page.of(text) for text in each]
    plain.ahead(together)
    assert all(np.array_equal(page.tally, Page.of(page.text).tally) for page in together)


def test_sentences_of_many_words_are_no_row_of_keywords() -> None:
    assert plain.is_plain(Page.of("\n".join(SENTENCES)))


@settings(max_examples=FEWER)
@given(pages())
def test_of_a_plain_page_no_rule_says_anything(text: str) -> None:
    page = Page.of(text)
    if plain.is_plain(page):
        assert silent(Page.of(text))
        assert all(rule == "page_chrome.site" for rule, _ in held(page))


@settings(max_examples=FEWER)
@given(st.sampled_from(("新桥通了", "新桥通了_渡口新闻网", "新桥：通了", "新桥通了 【图】")), pages())
def test_nothing_stands_beside_the_lines_of_a_bare_page(head: str, text: str) -> None:
    page = Page.of(f"{head}\n{text}")
    if plain.is_bare(page):
        page.cache["bare"] = False
        assert held(page) == []


def test_sentences_under_a_headline_are_bare_unless_a_name_or_a_button_stands_beside() -> None:
    heads = ("新桥通了", "新桥通了，两岸的人都来看_渡口新闻网", "新桥通了 【图】")
    assert [plain.is_bare(Page.of("\n".join((head, *SENTENCES)))) for head in heads] == [True, False, False]


@settings(max_examples=FEWER)
@given(st.lists(st.one_of(st.sampled_from(SENTENCES), st.sampled_from(ODD), texts(4)), min_size=1, max_size=12))
def test_of_a_quiet_page_lists_and_furniture_say_nothing(lines: list[str]) -> None:
    page = Page.of("\n".join((*lines, SENTENCES[0])))
    if plain.is_plain(page) or quiet(page):
        assert scores(Page.of(page.text))[1:].max() == 0


def test_a_long_line_that_leads_to_the_rest_is_no_sentence_of_a_plain_page() -> None:
    cut = "".join(SENTENCES[:2]) + "先看粮站后院，再看……查看更多"
    assert not plain.is_plain(Page.of("\n".join((*SENTENCES, cut, cut, cut))))


@pytest.mark.parametrize("odd", ["这场大水来得突然，金蟾棋牌室也进了水，老板把桌子搬到了二楼的走廊上。", "县志 卷三"])
def test_what_only_spam_or_the_labeller_may_speak_of_leaves_a_page_quiet(odd: str) -> None:
    page = Page.of("\n".join((*SENTENCES, odd, *SENTENCES)))
    assert not plain.is_plain(page)
    assert quiet(page)


def test_nothing_is_left_unsaid_of_labelled_articles_that_are_plain_or_quiet() -> None:
    articles = [blocks for page in load(FIXTURES) for blocks in page.articles().values()]
    each = [Page.of("\n".join(block.good for block in blocks)) for blocks in articles]
    plain.ahead(each)
    found = [page for page in each if plain.is_plain(page)]
    assert len(found) >= 50
    assert all(silent(Page.of(page.text)) for page in found)
    calm = [page for page in each if quiet(page) and not plain.is_plain(page)]
    assert len(calm) >= 50
    assert all(scores(Page.of(page.text))[1:].max() == 0 for page in calm)


def test_sentences_under_a_headline_are_plain() -> None:
    assert plain.is_plain(Page.of("新桥通了\n" + "\n".join(SENTENCES)))


@pytest.mark.parametrize("odd", ODD)
def test_what_a_rule_may_speak_of_keeps_a_page_from_being_plain(odd: str) -> None:
    text = "\n".join((*SENTENCES, odd))
    assert silent(Page.of(text)) or not plain.is_plain(Page.of(text))
    assert not plain.is_plain(Page.of(text + "\n" + odd)) or silent(Page.of(text))


def test_the_name_of_a_site_leaves_the_headline_of_a_plain_page() -> None:
    page = Page.of("新桥通了，两岸的人都来看_渡口新闻网\n" + "\n".join(SENTENCES))
    assert plain.is_plain(page)
    assert held(page) == [("page_chrome.site", "_渡口新闻网")]


@given(st.lists(texts(6, min_parts=1).map(lambda text: " ".join(text.split())).filter(bool), min_size=1, max_size=6))
def test_lines_are_measured_the_same_alone_and_among_others(lines: list[str]) -> None:
    together = Measured(lines)
    for index, line in enumerate(lines):
        alone = Measured([line])
        assert (alone.final[0], alone.prose[0], alone.size[0]) == (
            together.final[index],
            together.prose[index],
            together.size[index],
        )
        assert [column[0] for column in alone.terms] == [column[index] for column in together.terms]


def one_of(chars: npt.NDArray[np.bool_], text: str) -> bool:
    """Say whether a text holds one of some characters."""
    return any(chars[min(ord(char), len(chars) - 1)] for char in text)


@settings(max_examples=FEWER)
@given(st.from_regex(forms("furniture")["code"].pattern))
def test_every_form_of_code_holds_a_character_that_is_looked_for(text: str) -> None:
    assert one_of(coding(), text)


@given(
    st.sampled_from(("相关阅读", "推荐", "More Stories", "渡口")),
    st.sampled_from("：:]】］ "),
    st.sampled_from("[【［「 "),
)
def test_what_points_to_another_page_holds_a_character_that_is_looked_for(label: str, end: str, begin: str) -> None:
    text = f"{begin}{label}{end}糯米灰浆有多结实".strip()
    assert one_of(pointers.opening(), text) or not pointers.points(text, final=False)


def test_characters_that_no_fold_changes_are_told() -> None:
    unseen = [code for code in range(0x10000) if not (folds()[code] or 0xD800 <= code < 0xE000)]
    assert all(fold(chr(code)) == chr(code) for code in unseen)
    assert len(unseen) > 50_000

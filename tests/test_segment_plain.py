"""What is told of many pages at once is what is found on each: sound lines, heads of no sheet, plain pages."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.core.codes import code_points
from corpuskit.core.lexicon import alternatives, forms
from corpuskit.core.page import Page
from corpuskit.core.screen import Screen
from corpuskit.core.terms import Terms
from corpuskit.segment import Layout, sheets
from corpuskit.segment.plain import plain
from corpuskit.segment.roles import cast, shapes
from corpuskit.segment.sheets import sheet
from corpuskit.segment.sound import look

NAMES = sorted(forms("roles"))
SCREENS = {name: Screen([alternatives("roles")[0][name]]) for name in NAMES}
LINED = {name: Screen([alternatives("roles")[0][name]], lined=True) for name in sheets.FORMS}

TITLE = "城南老桥修好以后又能走人"
TEXT = "河水清了，鱼也回来了，两岸的人都来看，从早到晚没有断过。"
PIECES = (
    *(
        TITLE,
        TEXT,
        TEXT[:-1],
        TEXT + "”",
        f"{TEXT}（完）",
        f"　　{TEXT}",
        "看桥的人。",
        "看桥的人。来了又走。",
        "",
        "  ",
    ),
    *(
        "本报讯 河水清了。",
        "图为老桥。",
        "老桥 柳青荇 摄",
        "（下转第二版）",
        "（上接第一版）",
        "来源：渡江日报。",
        "本报记者 柳青荇",
    ),
    *(
        "2024年5月1日",
        "渡江日报 2024年5月1日 星期三 第3版",
        "第1234期",
        "总编辑：柳青荇。",
        "２０２４年，河水清了。",
        "，又能走人了。",
    ),
    "The old bridge is open again, " * 6 + 'and people walk on it, "all of them."',
    *("The old bridge is open again, and people walk on it.", "一、看桥", "3", "昨日，河水清了。"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("\n".join)


@given(st.data())
def test_no_match_is_screened_out(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    pattern = re.compile("|".join(alternatives("roles")[0][name]))
    held = data.draw(st.from_regex(pattern))
    texts = ["河水清了", data.draw(st.sampled_from([held, held.upper(), held.lower(), f"河水 {held} 清了"])), "鱼"]
    [may] = SCREENS[name].possible(code_points("\n".join(texts)), _starts(texts))
    assert all(possible or not pattern.search(text) for possible, text in zip(may, texts, strict=True))


@given(st.data())
def test_no_match_is_screened_out_between_line_breaks(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*LINED]))
    pattern = re.compile("|".join(alternatives("roles")[0][name]))
    held = data.draw(st.from_regex(pattern))
    lines = ["河水清了", data.draw(st.sampled_from([held, f"河水 {held}", f"{held} 清了"])), "鱼"]
    texts = [f"\n{line}\n" for line in lines]
    [may] = LINED[name].possible(code_points("\0".join(texts)), _starts(texts))
    assert all(possible or not pattern.search(f"{line}\n") for possible, line in zip(may, lines, strict=True))
    assert all(possible or not pattern.search(line) for possible, line in zip(may, lines, strict=True))


def test_between_line_breaks_a_form_is_screened_out_that_asks_for_the_edge_of_a_line() -> None:
    texts = ["\n03要闻\n", "\n第03要闻\n", "\n103 4\n", "\n4 103\n", "\n|3\n", "\nA3|\n"]
    screen = Screen([[r"0(?<!\S0)\d"], [r"\d(?<=[\s|]\d)$"], [r"\d(?<![^\s|]\d)(?=\|)"]], lined=True)
    assert screen.possible(code_points("\0".join(texts)), _starts(texts)).astype(int).tolist() == [
        [1, 0, 0, 0, 0, 0],
        [0, 0, 1, 1, 1, 0],
        [0, 0, 0, 0, 0, 0],
    ]


def test_a_form_is_screened_out_where_its_characters_do_not_stand_together() -> None:
    texts = ["第三版", "三版面第", "日报 星期", "日 报", "٣"]
    screen = Screen([["第[三四]版"], ["日报.*星期"], [r"\d"], [r"\S*"]])
    assert screen.possible(code_points("\n".join(texts)), _starts(texts)).astype(int).tolist() == [
        [1, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 1],
        [1, 1, 1, 1, 1],
    ]


def _starts(texts: list[str]) -> npt.NDArray[np.int64]:
    return np.cumsum([0, *(len(text) + 1 for text in texts)])[:-1]


@given(st.lists(TEXTS, max_size=4).map(lambda texts: [TITLE, *texts]))
def test_what_was_looked_at_ahead_is_what_is_found_alone(texts: list[str]) -> None:
    ahead, alone = [Page.of(text) for text in texts], [Page.of(text) for text in texts]
    look([page for page in ahead if page.lines])
    for one, other in zip(ahead, alone, strict=True):
        assert one.counts == other.counts
        assert shapes(one) == shapes(other)
        assert sheet(one) == sheet(other)


@given(st.lists(TEXTS, max_size=4))
def test_the_layout_of_many_pages_is_that_of_each(texts: list[str]) -> None:
    pages = [Page.of(text) for text in texts]
    Layout().ahead(pages)
    assert [[*Layout().propose(page)] for page in pages] == [[*Layout().propose(Page.of(text))] for text in texts]


@given(st.lists(TEXTS, max_size=4))
def test_the_terms_of_many_pages_are_those_of_each(texts: list[str]) -> None:
    pages = [page for text in texts if (page := Page.of(text)).lines]
    Terms.ahead(pages)
    for page in pages:
        ahead, alone = Terms.of(page), Terms([line.text for line in page.lines])
        assert _parts(ahead) == _parts(alone)


def _parts(terms: Terms) -> list[list[float]]:
    parts = [*terms.table, terms.line, terms.term, terms.prior, terms.kind, *terms.before]
    return [np.asarray(part).tolist() for part in parts]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{TITLE}\n{TEXT}\n{TEXT}", True),
        (f"{TITLE}\n{TEXT}\n{TEXT}又能走人了。", False),
        (f"{TITLE}\n{TEXT}\n河水清了；鱼也回来了；\n后来{TEXT}", True),
        (f"{TITLE}\n{TEXT}\n后来{TEXT}", True),
        (f"\n  {TITLE}\n\n　　{TEXT}\n　　后来{TEXT}\n", True),
        (f"{TEXT}\n后来{TEXT}", False),
        (f"{TITLE}\n{TEXT}\n后来{TEXT[:-1]}", False),
        (f"{TITLE}\n本报讯 {TEXT}\n后来{TEXT}", False),
        (f"渡江日报 星期三 第3版\n{TEXT}\n后来{TEXT}", False),
        (TITLE, False),
        ("", False),
    ],
)
def test_a_plain_page_is_a_title_and_whole_paragraphs(text: str, found: bool) -> None:
    page = Page.of(text)
    Layout().ahead([page])
    assert plain(page) is found
    assert not found or not any(here.dangling for here in cast(page))

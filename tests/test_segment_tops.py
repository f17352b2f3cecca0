"""What is told of the first lines of many pages at once holds whatever the pages are."""

from collections.abc import Sequence

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from corpuskit.core.page import Page
from corpuskit.segment import cuts
from corpuskit.segment.roles import shape_at, stops, undecided
from corpuskit.segment.shapes import Role
from corpuskit.segment.sound import Lines, look
from corpuskit.segment.tops import (
    _ALWAYS,
    _BLANK,
    _BRACKET,
    _BROKEN,
    _INDENT,
    _SHORT,
    _bonds,
    _counted,
    may_stop,
    titled,
)

HEADS = st.text(st.sampled_from("水库清出的老桥，在“”（）了？ \u3000A1。、年"), min_size=1, max_size=40)
BELOW = st.text(st.sampled_from("水库清出的老桥，在“”了着： 1A"), min_size=1, max_size=60).map(lambda text: text + "。")
IMPOSSIBLE = {"nothing follows", "an aside follows", "a byline follows", "a dateline follows"}
IMPOSSIBLE |= {"a headline follows", "headline on headline"}
"""What is not there above a line of text."""


def _asked(texts: Sequence[str]) -> list[Page]:
    pages = [Page.of(text) for text in texts]
    return [page for page in pages if len(page.lines) > 1 and _above_text(page)]


def _above_text(page: Page) -> bool:
    title, below = shape_at(page, 0), shape_at(page, 1)
    return (
        title.role is Role.HEAD and undecided(title) and below.role is Role.BODY and not below.stop and below.lead < 2
    )


@given(st.lists(st.tuples(HEADS, st.sampled_from(["\n", "\n\u3000\u3000", "\n\t"]), BELOW).map("".join), max_size=4))
@example(["水库里清出的淤泥把桥边的空地铺成了老\n桥下的草皮。"])
def test_a_headline_of_which_it_is_told_that_it_does_not_stop_does_not(texts: list[str]) -> None:
    pages = _asked(texts)
    if pages:
        told = may_stop(Lines(pages), np.arange(len(pages))).tolist()
        for page, may in zip(pages, told, strict=True):
            assert may or not stops(page, shape_at(page, 0), shape_at(page, 1))


def test_only_headlines_that_may_be_cut_are_asked() -> None:
    pages = _asked(["水清了\n河水清了，两岸的人都来看。", "水库里清出的淤泥把桥边的空地铺成了老\n桥下的草皮。"])
    assert may_stop(Lines(pages), np.arange(2)).tolist() == [False, True]


def test_every_sign_of_a_cut_is_thought_of() -> None:
    page = Page.of("水清了\n河水清了，两岸的人都来看。")
    lines = Lines([page])
    told = {*_counted(lines.tally[:1], lines.size[:1], lines.size[1:]), *_bonds([("水", "河")])}
    told |= {*_ALWAYS, *_BLANK, *_BRACKET, *_BROKEN, *_INDENT, *_SHORT, *IMPOSSIBLE}
    ends = {sign for sign in cuts.weights() if sign.startswith(("ends in ", "seldom ends"))}
    begins = {sign for sign in cuts.weights() if sign.endswith(" comes next")}
    assert {*cuts.weights()} == told | ends | begins


@given(st.lists(st.tuples(HEADS, st.just("\n"), BELOW).map("".join), max_size=4))
@example(["老桥修好了\n水库清出的淤泥。", "老桥。\n水库清出的淤泥。", "A1\n水库清出的淤泥。"])
def test_a_line_that_is_told_for_a_headline_is_one(texts: list[str]) -> None:
    pages = [page for page in map(Page.of, texts) if page.lines]
    if pages:
        lines = look(pages)
        for page, told in zip(pages, titled(lines).tolist(), strict=True):
            top = shape_at(page, 0)
            assert not told or (top.role is Role.HEAD and undecided(top))


def test_a_few_words_are_told_for_a_headline() -> None:
    assert titled(look([Page.of("老桥修好了\n水库清出的淤泥堆在桥边。")])).tolist() == [True]

"""The features of a line depend on its page alone, and say what the forms of a list's entry say."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from corpuskit.clean import alone, evidence, features, marks
from corpuskit.core.cohesion import Vocabulary, numbered, terms
from corpuskit.core.page import Page

DATED = re.compile(f"^{marks._DATED_FIRST.pattern}|{marks._DATED_LAST.pattern}", re.I)


@given(st.one_of(texts(20), st.from_regex(DATED), st.from_regex(marks._COUNTED)))
def test_marks_at_the_end_are_found_where_the_expression_finds_them(text: str) -> None:
    for line in Page.of(text).lines:
        assert marks.is_dated(line.text) == (DATED.search(line.text) is not None)
        assert marks.is_counted(line.text) == (marks._COUNTED.search(line.text) is not None)


@given(texts(30))
def test_terms_have_the_same_number_where_they_are_the_same(text: str) -> None:
    page = Page.of(text)
    place, term = numbered(text, page.codes)
    line = page.lines_at(place)
    wanted = [(index, word) for index, of_line in enumerate(page.lines) for word in terms(of_line.text)]
    pairs = set(zip(line.tolist(), term.tolist(), strict=True))
    assert len(line) == len(wanted)
    assert len(pairs) == len(set(wanted))
    assert len(set(term.tolist())) == len({word for _, word in wanted})


@given(texts(30))
def test_a_vocabulary_holds_the_terms_and_no_other_pair_or_word(text: str) -> None:
    lines = [line.text for line in Page.of(text).lines]
    wanted = {term for line in lines for term in terms(line)}
    pairs = {text[at : at + 2] for at in range(len(text) - 1)}
    words = {word.lower() for word in re.findall("[A-Za-z]+", text)}
    held = Vocabulary(lines)
    assert {term for term in pairs | words | wanted if term in held} == wanted


@given(texts(30, min_parts=1))
def test_what_is_remembered_changes_nothing(text: str) -> None:
    if Page.of(text).lines:
        once = features.matrix(Page.of(text))
        again = features.matrix(Page.of(text))
        evidence._LINES.clear()
        alone._SHOWN.clear()
        assert np.array_equal(once, again)
        assert np.array_equal(once, features.matrix(Page.of(text)))

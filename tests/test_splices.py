"""What the one pass for literals finds is what regular expressions of them would."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from corpuskit.clean.splices import carried, words
from corpuskit.core.lexicon import Literals, terms

WORDS = sorted(terms("trade") | terms("host"), key=len, reverse=True)
EITHER = "|".join(map(re.escape, WORDS))
CARRIED = re.compile(rf"([\u4e00-\u9fff]{{2,4}}?)((?:{EITHER}){{1,4}})")
PARTS = st.sampled_from([*WORDS[::7], "金蟾", "河", "水清", "a", "，", "\n", "\ud800"])
TEXTS = st.lists(PARTS, max_size=20).map("".join)


@given(TEXTS)
def test_names_are_carried_as_the_expression_says(text: str) -> None:
    expected = [(m[1], m[2], *m.span()) for m in CARRIED.finditer(text)]
    assert [tuple(found) for found in carried(text)] == expected


@given(TEXTS)
def test_words_are_cut_and_found_as_the_expression_says(text: str) -> None:
    assert words().cut(text) == re.sub(EITHER, "", text)
    assert set(words().held(text)) == {word for word in WORDS if word in text}


@given(st.lists(st.text("ab", min_size=1, max_size=3), max_size=4), st.text("ab", max_size=12))
def test_every_occurrence_is_found(literals: list[str], text: str) -> None:
    found = {(literal, at) for literal in literals for at in range(len(text)) if text.startswith(literal, at)}
    assert {(text[start:end], start) for _, start, end in Literals(literals).all(text)} == found


@given(st.lists(st.text("ab\ud800\ufffd", min_size=1, max_size=3), max_size=4), st.text("ab\ud800\ufffd", max_size=12))
def test_literals_are_counted_as_text_counts_them(literals: list[str], text: str) -> None:
    counts = Literals(set(literals)).counts(text)
    assert counts == {literal: n for literal in set(literals) if (n := text.count(literal))}

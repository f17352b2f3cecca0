"""The filter before the forms never hides a match."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.core.lexicon import forms, gated
from corpuskit.core.prefilter import Prefilter

NAMES = ("furniture", "roles")
PATTERNS = [re.compile(form.pattern, form.flags) for name in NAMES for form in forms(name).values()]
FILTER = Prefilter(PATTERNS)


@given(st.data())
def test_no_match_is_hidden(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(PATTERNS) - 1))
    pattern = PATTERNS[at]
    held = data.draw(st.from_regex(pattern))
    text = data.draw(st.sampled_from([held, held.upper(), held.lower(), f"河水 {held} 清了"]))
    if pattern.search(text):
        assert FILTER.possible(text) >> at & 1


GATED = [gated(name, form) for name in NAMES for form in forms(name)]


@given(st.data())
def test_a_gate_changes_nothing_that_is_found(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(PATTERNS) - 1))
    held = data.draw(st.from_regex(PATTERNS[at]))
    text = data.draw(st.sampled_from([held, held.upper(), held.lower(), f"河水 {held} 清了"]))
    found, wanted = GATED[at].search(text), PATTERNS[at].search(text)
    assert (found and found.span()) == (wanted and wanted.span())
    assert GATED[at].holds(text) == (wanted is not None)


@pytest.mark.parametrize("text", ["ＣＯＯＫＩＥ", "cooKıe ſite", "coo\u212aie", "\ud800cookie", "٣楼", ""])
def test_odd_characters_hide_no_match(text: str) -> None:
    possible = FILTER.possible(text)
    assert all(possible >> i & 1 for i, pattern in enumerate(PATTERNS) if pattern.search(text))


def test_patterns_that_cannot_match_are_left_out() -> None:
    prefilter = Prefilter([re.compile("二维码|扫[一描]"), re.compile(r"^\d+楼"), re.compile(r"\S*")])
    assert prefilter.possible("河水清了") == 0b100
    assert prefilter.possible("3层") == 0b100
    assert prefilter.possible("扫一下3楼") == 0b111

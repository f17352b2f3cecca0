import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.core.page import Page
from corpuskit.segment import echo
from corpuskit.segment.assign import assigned
from corpuskit.segment.echo import Echo

SCORES = st.lists(st.dictionaries(st.integers(0, 4), st.floats(-3, 5, allow_subnormal=False), max_size=5), max_size=4)


@given(SCORES)
def test_no_other_pairs_score_more(scores: list[dict[int, float]]) -> None:
    found = assigned(scores)
    rows, columns = [row for row, _ in found], [column for _, column in found]
    assert len(set(rows)) == len(rows)
    assert len(set(columns)) == len(columns)
    total = sum(scores[row][column] for row, column in found)
    # a row without a column of its own gets one of the places behind the last, which score nothing
    ways = permutations(range(5 + len(scores)), len(scores))
    best = max(sum(scores[row].get(column, 0.0) for row, column in enumerate(way)) for way in ways)
    assert total == pytest.approx(best)


@given(SCORES)
def test_only_pairs_that_score_above_nothing_are_made(scores: list[dict[int, float]]) -> None:
    assert all(scores[row][column] > 0 for row, column in assigned(scores))


@given(st.text("水渡桥a。\n", max_size=60), st.text("水渡桥a。", min_size=1), st.text("水渡桥a。", min_size=1))
def test_a_sorted_page_holds_what_a_search_finds(text: str, left: str, right: str) -> None:
    held = [left[-a:] + right[:b] for a in (1, 2, 3) for b in (1, 2, 3) if a <= len(left) and b <= len(right)]
    longest = max((len(one) for one in held if one.isalnum() and one in text), default=0)
    page = Page.of(text)
    assert Echo(page).length(left, right) == longest
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(echo, "_SMALL", 1)
        assert Echo(page).length(left, right) == longest


def test_rows_that_all_want_one_column_give_way_in_turn() -> None:
    choose = random.Random(1)
    scores = [{column: 9.0 - column + choose.random() / 10 for column in range(6)} for _ in range(6)]
    assert sorted(column for _, column in assigned(scores)) == list(range(6))

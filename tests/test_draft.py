"""The laws of a draft's parts: slices, fused runs, origins, spans."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from strategies import History, histories
from test_laws import replayed

from corpuskit.core.draft import Draft, Kept, Run, Table, fuse, origin, origin_of
from corpuskit.core.span import Span, chain, merge


@given(histories(), st.lists(st.integers(0, 60)))
def test_consecutive_slices_hold_each_run_once(history: History, places: list[int]) -> None:
    for draft in history.drafts:
        table, size = Table(draft), len(draft.text)
        bounds = sorted({0, size} | {place for place in places if place < size})
        cut = [run for low, high in pairwise(bounds) for run in table.cut(low, high)] if size else table.cut(0, 0)
        assert fuse(cut) == fuse(draft.runs)


@given(histories(), st.integers(0, 40), st.integers(0, 40))
def test_a_slice_has_the_text_of_its_place(history: History, start: int, size: int) -> None:
    for draft in history.drafts:
        runs = tuple(Table(draft).cut(start, start + size))
        text = replayed(history.source.text, Draft("", runs), history.record.receipts)
        assert text == draft.text[start : start + size]


@given(histories())
def test_fused_runs_say_the_same_with_fewer_words(history: History) -> None:
    for draft in history.drafts:
        letters: list[Run] = [part for run in draft.runs for part in _letters(run)]
        assert fuse(letters) == fuse(draft.runs)
        assert fuse(draft.runs) == draft.runs


def _letters(run: Run) -> list[Run]:
    if isinstance(run, Kept):
        return [Kept(run.start + n, 1) for n in range(run.size)]
    return [run._replace(offset=run.offset + n, size=1) for n in range(run.size)] or [run]


@given(histories())
def test_origin_has_the_characters_of_its_runs(history: History) -> None:
    receipts = history.record.receipts
    for draft in history.drafts:
        each = [at for run in draft.runs for span in origin_of(run, receipts) for at in range(*span)]
        assert [at for span in origin(draft.runs, receipts) for at in range(*span)] == each


@given(st.lists(st.builds(lambda start, size: Span(start, start + size), st.integers(0, 20), st.integers(0, 5))))
def test_merge_and_chain_keep_every_place(spans: list[Span]) -> None:
    places = {at for span in spans for at in range(*span)}
    merged = merge(spans)
    assert {at for span in merged for at in range(*span)} == places
    assert all(a.end < b.start for a, b in pairwise(merged))
    assert [at for span in chain(spans) for at in range(*span)] == [at for span in spans for at in range(*span)]

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from dedup_texts import edit, poem
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.dedup import (
    Batch,
    DedupOptions,
    Judge,
    Statistics,
    candidate_pairs,
    compiled,
    groups,
    judge,
    runs,
    store,
    trial,
)
from corpuskit.dedup.exact import fingerprints
from corpuskit.dedup.judge import NEWEST
from corpuskit.dedup.minhash import signatures
from corpuskit.dedup.parts import Parts
from corpuskit.dedup.runs import Runs, Spread, whole
from corpuskit.dedup.shingles import jaccard, shingle_sets, shingles
from corpuskit.dedup.store import Ragged, Rows
from corpuskit.dedup.verdicts import GRAINS

TABLES = st.lists(st.lists(st.integers(0, 4), min_size=2, max_size=2), max_size=60)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_LEAST_ROWS", 3)
    monkeypatch.setattr(trial, "_PAIRS", 5)


# --- sorted runs ---


@given(TABLES, st.sampled_from([1, 1 << 20]))
def test_runs_give_back_all_rows_in_order(rows: list[list[int]], memory: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "_LEAST_ROWS", 3)
        table = Runs(2, None, memory)
        for start in range(0, len(rows), 7):
            table.add(np.array(rows[start : start + 7], np.uint64).reshape(-1, 2))
        out = [row for block in table.blocks() for row in block.tolist()]
        table.close()
    assert out == sorted(rows)


@given(TABLES, st.sampled_from([1, 1 << 20]), st.sampled_from([3, 8, 64]))
def test_rows_that_are_dealt_out_come_back_in_order(rows: list[list[int]], memory: int, bits: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "_LEAST_ROWS", 3)
        patch.setattr(runs, "_BLOCK", 7)
        table = Spread(2, None, memory, bits)
        for start in range(0, len(rows), 7):
            table.add(np.array(rows[start : start + 7], np.uint64).reshape(-1, 2))
        blocks = list(table.blocks())
        table.close()
    assert all(map(len, blocks))
    assert [row for block in blocks for row in block.tolist()] == sorted(rows)


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=5), max_size=12))
def test_blocks_are_cut_where_the_key_changes(blocks: list[list[int]]) -> None:
    flat = sorted(value for block in blocks for value in block)
    sizes = [len(block) for block in blocks]

    def given_blocks() -> Iterator[npt.NDArray[np.uint64]]:
        at = 0
        for size in sizes:
            yield np.array(flat[at : at + size], np.uint64)[:, None]
            at += size

    out = [block[:, 0].tolist() for block in whole(given_blocks(), lambda rows: rows[:, 0])]
    assert [value for block in out for value in block] == flat
    assert all(one[-1] != other[0] for one, other in pairwise(out))


def test_stores_give_back_what_was_appended() -> None:
    rows, ragged = Rows(np.int32, 2), Ragged(np.uint8)
    rows.append(np.array([[1, 2], [3, 4]]))
    assert rows.take(np.array([1, 0, 1])).tolist() == [[3, 4], [1, 2], [3, 4]]
    rows.append(np.array([[5, 6]]))
    assert [block.tolist() for block in rows.blocks(1)] == [[[3, 4], [5, 6]]]
    for part in ([b"abc", b""], [b"d"]):
        ragged.append(np.frombuffer(b"".join(part), np.uint8), np.array([len(value) for value in part]))
    assert [ragged.get(at).tobytes() for at in (2, 1, 0)] == [b"d", b"", b"abc"]
    assert ragged.sizes().tolist() == [3, 0, 1]
    rows.close()
    ragged.close()


@given(st.lists(st.binary(max_size=6), min_size=1, max_size=12), st.lists(st.integers(0, 11), max_size=20), st.data())
def test_parts_are_laid_out_as_they_are_wanted(arrays: list[bytes], wanted: list[int], data: st.DataObject) -> None:
    wanted = [at % len(arrays) for at in wanted]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wanted)), max_size=3)))
    bounds = np.array([0, *cuts, len(wanted)])
    ragged = Ragged(np.uint8)
    ragged.append(np.frombuffer(b"".join(arrays), np.uint8), np.array(list(map(len, arrays))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_BLOCK", 5)
        parts = Parts(ragged.blocks(), np.array(wanted, np.int64), ragged.sizes()[wanted], bounds, np.uint8)
    found = []
    for number, (first, last) in enumerate(pairwise(bounds.tolist())):
        values, starts, ends = parts.part(number)
        assert len(starts) == last - first
        found += [values[start:end].tobytes() for start, end in zip(starts, ends, strict=True)]
    assert found == [arrays[at] for at in wanted]
    parts.close()
    ragged.close()


# --- groups ---


LINKS = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30)


@given(LINKS, LINKS)
def test_labels_are_the_least_of_all_that_links_lead_to(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    expected = list(range(20))
    for _ in range(20):
        for a, b in [*one, *other]:
            expected[a] = expected[b] = min(expected[a], expected[b])
    tables = [np.array(links, np.uint32).reshape(-1, 2) for links in (one, other)]
    assert groups.least(20, list(tables)).tolist() == expected


# --- the compiled loop ---


def test_the_compiled_loop_gives_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    sets = shingle_sets([poem(size, size) for size in (0, 4, 5, 60, 900)])
    monkeypatch.setattr(compiled, "WORTH", 1 << 62)
    plain = signatures(sets)
    monkeypatch.setattr(compiled, "WORTH", 0)
    assert compiled.kernel() is not None
    assert np.array_equal(signatures(sets), plain)


# --- the judge against the plainest way to say it ---


def batch(texts: list[str], options: DedupOptions, name: str) -> Batch:
    sets = shingle_sets(texts)
    return Batch(
        [f"{name}{n:03}".encode() for n in range(len(texts))],
        np.zeros(len(texts), np.int64),
        np.array([len(text) for text in texts], np.int64),
        fingerprints(texts),
        sets.sizes >= options.min_shingles,
        signatures(sets, options.permutations),
    )


def verdicts(
    texts: list[str], earlier: int, options: DedupOptions, memory: int, *, stored: bool = False
) -> tuple[Any, Statistics]:
    """Return row, twin, similarity and grain of all who go; the first ``earlier`` texts are of an earlier corpus."""
    stores = [Ragged(np.uint32), Ragged(np.uint32)]
    for store_, part in zip(stores, (texts[: len(texts) // 2], texts[len(texts) // 2 :]), strict=True):
        sets = shingle_sets(part)
        store_.append(sets.values, sets.sizes)
    given_stores = (lambda: stores) if stored else None
    searched = Judge(options, lambda row: shingles(texts[row]), memory=memory, stores=given_stores)
    if earlier:
        searched.add(batch(texts[:earlier], options, "old"), 0)
    searched.add(batch(texts[earlier:], options, "new"), NEWEST)
    statistics = Statistics()
    found = searched.verdicts(statistics)
    searched.close()
    for store_ in stores:
        store_.close()
    return list(zip(*(column.tolist() for column in found), strict=True)), statistics


def naive(texts: list[str], earlier: int, options: DedupOptions) -> list[tuple[int, int, float, int]]:
    sets = [shingles(text) for text in texts]
    prints = [tuple(row) for row in fingerprints(texts).tolist()]
    pairs = set(map(tuple, candidate_pairs(signatures(sets), options.bands, options.rows).tolist()))
    order = sorted(range(len(texts)), key=lambda row: (row >= earlier, -len(texts[row]), row))
    out: list[tuple[int, int, float, int]] = []
    stays: list[int] = []
    for row in order:
        equal = [other for other in stays if prints[other] == prints[row]]
        near = [
            (-jaccard(sets[row], sets[other]), place, other)
            for place, other in enumerate(stays)
            if (min(row, other), max(row, other)) in pairs
            and min(sets[row].size, sets[other].size) >= options.min_shingles
            and jaccard(sets[row], sets[other]) >= options.threshold
        ]
        if row < earlier:
            stays.append(row)
        elif equal:
            out.append((row, equal[0], 1.0, 0))
        elif near:
            out.append((row, min(near)[2], -min(near)[0], 1))
        else:
            stays.append(row)
    return out


CROWD = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 14), st.integers(0, 4), st.integers(0, 2)), min_size=2, max_size=25
)


@pytest.mark.usefixtures("tiny")
@given(
    CROWD,
    st.sampled_from([0, 0, 4]),
    st.sampled_from([1, 3, 64]),
    st.sampled_from([1, 1 << 16, 1 << 26]),
    st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_the_judge_is_the_greedy_walk_over_candidates(
    crowd: list[tuple[int, int, int, int]], earlier: int, small: int, memory: int, stored: bool
) -> None:
    texts = [edit(poem(100, origin), changes, seed) + "。" * tail for origin, changes, seed, tail in crowd]
    texts = list(dict.fromkeys(texts)) + texts[:2]
    options = DedupOptions(bands=32, rows=4, threshold=0.6)
    earlier = min(earlier, len(texts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "SMALL_BUCKET", small)
        found, _ = verdicts(texts, earlier, options, memory, stored=stored)
    assert [entry[:2] + entry[3:] for entry in found] == [e[:2] + e[3:] for e in naive(texts, earlier, options)]
    assert [entry[2] for entry in found] == [entry[2] for entry in naive(texts, earlier, options)]


def test_a_crowd_of_copies_and_near_copies_has_one_who_stays() -> None:
    base = poem(300, 1)
    texts = [base + "一二"] + [base] * 300 + [edit(base, 2, seed) for seed in range(300)]
    found, statistics = verdicts(texts, 0, DedupOptions(), 1 << 20)
    assert len(found) == 600
    assert {twin for _, twin, _, _ in found} == {0}
    assert {GRAINS[grain] for *_, grain in found} == {"near"}
    assert statistics.hot == []
    assert statistics.verified < 600 * 600 // 2 // 20


def test_options_that_find_nothing_judge_nothing() -> None:
    texts = [poem(100, 1)] * 3
    options = msgspec.structs.replace(DedupOptions(), exact=False, near=False)
    assert verdicts(texts, 0, options, 1 << 20)[0] == []

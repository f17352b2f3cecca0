from __future__ import annotations

import random

import numpy as np
import numpy.typing as npt
import pytest
from datasketch import MinHash
from dedup_texts import edit, poem
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.dedup import (
    PERMUTATIONS,
    SCHEME,
    SEED,
    LshIndex,
    candidate_pairs,
    from_minhash,
    recall_curve,
    shingles,
    signatures,
    to_minhash,
)


def oracle(values: npt.NDArray[np.uint32], permutations: int = PERMUTATIONS) -> MinHash:
    minhash = MinHash(num_perm=permutations, seed=SEED, scheme=SCHEME, hashfunc=int)
    minhash.update_batch(values.tolist())
    return minhash


SETS = st.lists(
    st.lists(st.integers(0, 2**32 - 1), max_size=70, unique=True).map(
        lambda values: np.array(sorted(values), np.uint32)
    ),
    max_size=8,
)


@given(SETS, st.sampled_from([16, 128, 200]))
@settings(deadline=None)
def test_signatures_are_those_of_datasketch(sets: list[npt.NDArray[np.uint32]], permutations: int) -> None:
    found = signatures(sets, permutations)
    assert found.shape == (len(sets), permutations)
    assert found.dtype == np.uint32
    for values, signature in zip(sets, found, strict=True):
        assert np.array_equal(signature, oracle(values, permutations).hashvalues)


def test_signatures_of_sets_larger_than_a_batch_are_those_of_datasketch() -> None:
    draw = np.random.default_rng(7)
    sizes = [3, 150_000, 1, 0, 65_536, 31, 65_537, 32, 33]
    sets = [np.unique(draw.integers(0, 2**32, size, np.uint32)) for size in sizes]
    found = signatures(sets)
    assert all(np.array_equal(row, oracle(values).hashvalues) for row, values in zip(found, sets, strict=True))


def test_no_sets_give_no_signatures() -> None:
    assert signatures([]).shape == (0, PERMUTATIONS)


def test_datasketch_objects_go_out_and_come_back() -> None:
    values = shingles(poem(300, 1))
    signature = signatures([values])[0]
    minhash = to_minhash(signature)
    assert minhash == oracle(values)
    assert minhash.jaccard(oracle(values)) == 1.0
    assert np.array_equal(from_minhash(minhash), signature)
    minhash.update(b"more")
    again = oracle(values)
    again.hashfunc = minhash.hashfunc
    again.update(b"more")
    assert minhash == again


@pytest.mark.parametrize("other", [{"scheme": "legacy"}, {"seed": 2}])
def test_objects_of_another_family_are_refused(other: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="scheme='affine32', seed=1"):
        from_minhash(MinHash(num_perm=128, **other))


def related_signatures(count: int = 120) -> npt.NDArray[np.uint32]:
    """Signatures of texts in families, from alike to strangers."""
    families = [poem(120, seed // 6) for seed in range(count)]
    return signatures([shingles(edit(text, 2 * (seed % 6), seed)) for seed, text in enumerate(families)])


def naive_pairs(matrix: npt.NDArray[np.uint32], bands: int, rows: int) -> set[tuple[int, int]]:
    found = set()
    for i in range(len(matrix)):
        for j in range(i + 1, len(matrix)):
            same = (matrix[i] == matrix[j])[: bands * rows].reshape(bands, rows)
            if same.all(axis=1).any():
                found.add((i, j))
    return found


@pytest.mark.parametrize(("bands", "rows"), [(16, 8), (32, 4), (9, 13), (2, 1)])
def test_every_road_to_candidates_gives_the_same_pairs(bands: int, rows: int) -> None:
    matrix = related_signatures()
    expected = naive_pairs(matrix, bands, rows)
    assert len(expected) > 10
    assert set(map(tuple, candidate_pairs(matrix, bands, rows).tolist())) == expected
    small = LshIndex(bands, rows)
    found = set()
    for row, signature in enumerate(matrix):
        found |= {(other, row) for other in small.query(to_minhash(signature))}
        small.insert(row, signature)
    assert found == expected


def test_pairs_are_sorted_and_single() -> None:
    pairs = candidate_pairs(related_signatures()).tolist()
    assert pairs == sorted(pairs)
    assert len(set(map(tuple, pairs))) == len(pairs)
    assert all(low < high for low, high in pairs)


@pytest.mark.parametrize("count", [0, 1])
def test_there_are_no_pairs_of_fewer_than_two(count: int) -> None:
    assert candidate_pairs(related_signatures(count)).shape == (0, 2)


def test_recall_is_what_the_bands_promise() -> None:
    draw = random.Random(5)
    hits = 0
    pairs = 300
    base = list(range(10**6))
    for _ in range(pairs):
        pool = draw.sample(base, 240)
        one, other = (np.array(sorted(part), np.uint32) for part in (pool[:220], pool[20:]))
        hits += len(candidate_pairs(signatures([one, other])))
    (_, expected), *_ = recall_curve(16, 8, [200 / 240])
    assert abs(hits / pairs - expected) < 0.04


def test_the_recall_curve_rises() -> None:
    curve = recall_curve()
    assert [p for _, p in curve] == sorted(p for _, p in curve)
    assert curve[0][1] < 0.1 < 0.9 < curve[-1][1] <= 1.0

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from dedup_texts import edit, poem
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.dedup import (
    DedupOptions,
    Duplicate,
    Item,
    Statistics,
    find_duplicates,
    fingerprint,
    jaccard,
    judge,
    normalise,
    shingles,
    signatures,
)
from corpuskit.dedup.shelves import Reading
from corpuskit.dedup.store import Rows


def search(
    texts: Sequence[str], order: Sequence[int] | None = None, statistics: Statistics | None = None, **options: object
) -> list[Duplicate]:
    chosen = msgspec.convert(options, DedupOptions)
    sets = [shingles(text) for text in texts]
    matrix = signatures(sets, chosen.permutations)
    items = [
        Item(n, f"{n:04}", len(text), fingerprint(text), matrix[n] if sets[n].size >= chosen.min_shingles else None)
        for n, text in enumerate(texts)
    ]
    return find_duplicates([items[n] for n in order or range(len(texts))], chosen, texts.__getitem__, statistics)


def test_nothing_is_found_among_nothing() -> None:
    assert search([]) == []
    assert search(["一"]) == []


def test_the_longest_of_equals_stays_then_the_least_key() -> None:
    texts = ["春眠不觉晓", "春眠不觉晓。", "春眠 不觉晓", "春眠不觉晓！"]
    assert search(texts) == [
        Duplicate(0, 1, 1.0, "exact"),
        Duplicate(2, 1, 1.0, "exact"),
        Duplicate(3, 1, 1.0, "exact"),
    ]


def test_a_near_duplicate_goes_with_its_measured_similarity() -> None:
    text = poem(400, 1)
    shorter = edit(text, 3, 2)[:-1]
    assert search([shorter, poem(400, 3), text]) == [
        Duplicate(0, 2, jaccard(shingles(shorter), shingles(text)), "near")
    ]


def test_the_twin_is_the_most_alike_of_those_that_stay() -> None:
    base = poem(400, 1)
    texts = [base, edit(base, 8, 2) + "一", edit(base, 4, 4) + "二"]
    one, far, near = (shingles(text) for text in texts)
    assert jaccard(far, near) < 0.8 < jaccard(one, far) < jaccard(one, near)
    assert search(texts) == [Duplicate(0, 2, jaccard(one, near), "near")]


def test_of_two_equally_alike_the_least_key_is_the_twin() -> None:
    base = poem(300, 1)
    texts = ["一二三" + base + "地", "三二一" + base + "天", base]
    one, other, last = (shingles(text) for text in texts)
    assert jaccard(one, other) < 0.98 < jaccard(one, last) == jaccard(other, last)
    assert search(texts, threshold=0.98) == [Duplicate(2, 0, jaccard(one, last), "near")]


def test_a_chain_does_not_unite_strangers() -> None:
    """Each link is a duplicate of the one before, the ends are strangers."""
    long = poem(600, 1)
    links = [long[20 * n : 20 * n + 400 - n] for n in range(8)]
    found = {twin.index: twin.twin_index for twin in search(links)}
    assert jaccard(shingles(links[0]), shingles(links[7])) < 0.5
    for index, twin in found.items():
        assert twin not in found
        assert jaccard(shingles(links[index]), shingles(links[twin])) >= 0.8
    assert 0 < len(found) < 7


def test_equal_fingerprints_win_over_near_ones() -> None:
    base = poem(300, 1)
    texts = [base + "一", base, base + "。"]
    assert search([texts[2], texts[1]]) == [Duplicate(1, 0, 1.0, "exact")]
    assert {twin.grain for twin in search(texts)} == {"near"}


def test_short_records_are_only_compared_for_equality() -> None:
    texts = ["今日天气晴朗气温", "今日天气晴朗气温。", "今日天气晴朗气候"]
    assert search(texts, threshold=0.3) == [Duplicate(0, 1, 1.0, "exact")]
    assert len(search(texts, threshold=0.3, min_shingles=1, bands=64, rows=2)) == 2


def test_short_records_that_bring_a_signature_are_not_verified() -> None:
    texts = ["今日天气晴朗气温", "今日天气晴朗气温高"]
    matrix = signatures([shingles(text) for text in texts])
    items = [Item(n, str(n), len(text), fingerprint(text), matrix[n]) for n, text in enumerate(texts)]
    assert find_duplicates(items, DedupOptions(threshold=0.5), texts.__getitem__) == []


@pytest.mark.parametrize(
    ("exact", "near", "grains"), [(True, False, ["exact"]), (False, True, ["near"] * 2), (False, False, [])]
)
def test_each_grain_can_be_left_out(exact: bool, near: bool, grains: list[str]) -> None:
    base = poem(300, 1)
    assert [
        twin.grain for twin in search([base, base + "。", edit(base, 2, 1) + "一一"], exact=exact, near=near)
    ] == grains


FAMILIES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 6), st.integers(0, 3), st.integers(0, 2)), min_size=2, max_size=14
)


def family_text(who: tuple[int, int, int, int]) -> str:
    origin, changes, seed, tail = who
    return edit(poem(90, origin), changes, seed) + "。" * tail


@given(FAMILIES, st.randoms(use_true_random=False), st.sampled_from([1, 1000]))
@settings(deadline=None)
def test_the_order_of_arrival_does_not_matter(
    whos: list[tuple[int, int, int, int]], draw: random.Random, small: int
) -> None:
    texts = [family_text(who) for who in whos]
    order = list(range(len(texts)))
    draw.shuffle(order)
    with pytest.MonkeyPatch.context() as patch:
        expected = search(texts)
        patch.setattr(judge, "SMALL_BUCKET", small)
        assert search(texts, order) == expected


@given(FAMILIES)
@settings(deadline=None)
def test_who_goes_is_a_verified_duplicate_of_one_that_stays(whos: list[tuple[int, int, int, int]]) -> None:
    texts = [family_text(who) for who in whos]
    found = search(texts)
    gone = {twin.index for twin in found}
    assert len(gone) == len(found)
    for twin in found:
        assert twin.twin_index not in gone
        assert len(texts[twin.twin_index]) >= len(texts[twin.index])
        if twin.grain == "exact":
            assert normalise(texts[twin.index]) == normalise(texts[twin.twin_index])
        else:
            assert twin.similarity == jaccard(shingles(texts[twin.index]), shingles(texts[twin.twin_index])) >= 0.8
    stayed = [text for n, text in enumerate(texts) if n not in gone]
    assert len({fingerprint(text) for text in stayed}) == len(stayed)


@pytest.mark.parametrize("small", [1, 64])
def test_a_full_bucket_is_reported_and_loses_no_unique_record(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "SMALL_BUCKET", small)
    frame = poem(900, 1)
    texts = [frame + poem(500, seed) for seed in range(2, 30)]
    statistics = Statistics()
    assert search(texts, statistics=statistics, max_bucket=2, bands=64, rows=2) == []
    assert statistics.records == 28
    assert statistics.hot
    assert all(bucket.left_out > 0 for bucket in statistics.hot)
    assert statistics.hot == sorted(statistics.hot)


def test_texts_are_loaded_only_for_candidates() -> None:
    base = poem(300, 1)
    texts = [base, base + "一", *(poem(300, seed) for seed in range(2, 40))]
    loaded: list[int] = []
    matrix = signatures([shingles(text) for text in texts])
    items = [Item(n, f"{n:04}", len(text), fingerprint(text), matrix[n]) for n, text in enumerate(texts)]

    def load(index: int) -> str:
        loaded.append(index)
        return texts[index]

    assert [twin.index for twin in find_duplicates(items, DedupOptions(), load)] == [0]
    assert sorted(loaded) == [0, 1]


def test_the_shelf_is_bounded() -> None:
    loaded: list[int] = []

    def load(index: int) -> npt.NDArray[np.uint32]:
        loaded.append(index)
        return shingles(poem(100, index))

    matrix = Rows(np.uint32, 1)
    most = 2 * shingles(poem(100, 0)).nbytes
    shelf = Reading(np.array([5, 6, 7], np.uint32), load, matrix, most)
    for place in (0, 1, 0, 2, 0, 1):
        assert np.array_equal(shelf.sets(place), shingles(poem(100, place + 5)))
    assert loaded == [5, 6, 7, 6]
    matrix.close()


def test_two_records_cannot_have_one_key() -> None:
    items = [Item(0, "same", 1, b"0"), Item(1, "same", 1, b"1")]
    with pytest.raises(ValueError, match="key 'same'"):
        find_duplicates(items, DedupOptions(), str)


def test_signatures_of_another_length_are_refused() -> None:
    matrix = signatures([shingles(poem(50, n)) for n in range(2)], 64)
    items = [Item(n, str(n), 50, bytes([n]), matrix[n]) for n in range(2)]
    with pytest.raises(ValueError, match=r"64 values.*128 permutations"):
        find_duplicates(items, DedupOptions(), str)


def test_bands_must_fit_into_a_signature() -> None:
    with pytest.raises(ValueError, match="17 bands of 8 rows need 136 permutations, and a signature has 128"):
        DedupOptions(bands=17)


@pytest.mark.parametrize(
    "given_options", [{"threshold": 0}, {"threshold": 1.1}, {"bands": 1}, {"max_bucket": 0}, {"bands": 64}, {"band": 4}]
)
def test_options_out_of_bounds_are_refused(given_options: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(given_options, DedupOptions)

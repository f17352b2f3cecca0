from __future__ import annotations

import random
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from datasketch import MinHash
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpuskit.dedup import (
    PERMUTATIONS,
    SCHEME,
    SEED,
    DedupOptions,
    Duplicate,
    Item,
    LshIndex,
    Statistics,
    candidate_pairs,
    find_duplicates,
    fingerprint,
    from_minhash,
    jaccard,
    judge,
    normalise,
    recall_curve,
    shingles,
    signatures,
    to_minhash,
)
from corpuskit.dedup.normalise import fold, folded_codes, kinds

HAN = "春眠不觉晓处闻啼鸟夜来风雨声花落知多少床前明月光疑是地上霜举头望低思故乡白日依山尽黄河入海流欲穷千里目更一层楼"
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("Ａａ①½１2.,　 \n，。ｶﾞが한\u0345\u0301\u200d\ufe0f\udc80")))


def poem(size: int, seed: int) -> str:
    draw = random.Random(seed)
    return "".join(draw.choice(HAN) for _ in range(size))


def edit(text: str, changes: int, seed: int) -> str:
    draw = random.Random(seed)
    out = list(text)
    for place in draw.sample(range(len(text)), changes):
        out[place] = "某"
    return "".join(out)


# --- comparison form ---


@given(TEXTS)
@example("e\u200d\u0301")
@example("\u0345\u0301")
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def slow_form(text: str) -> str:
    """The folded text without what comparison drops, by the slow road."""
    return "".join(char for char in fold(text) if kinds()[ord(char)])


@given(st.text(st.one_of(st.characters(), st.characters(categories=["L", "M", "N"]), st.sampled_from("각ᅡが゙ﾞΩ"))))
@example("a…b")
@example("\u1e9b\u0323")
@example("Σς ㎏ ﬁ Å Å")
def test_folding_by_table_is_folding(text: str) -> None:
    codes = folded_codes(text)
    assert codes[kinds()[codes] > 0].tobytes().decode("utf-32-le", "surrogatepass") == slow_form(text)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_every_character_and_its_parts_fold_by_table_as_alone(form: Literal["NFC", "NFD", "NFKD"]) -> None:
    chars = [unicodedata.normalize(form, chr(code)) for code in range(0x33480)]
    wrong = []
    for char in chars if form == "NFC" else {char for char in chars if len(char) > 1}:
        codes = folded_codes(char)
        if codes[kinds()[codes] > 0].tolist() != [ord(part) for part in slow_form(char)]:
            wrong.append(char)
    assert wrong == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｈｅｌｌｏ，世界！", "hello 世界"),
        ("ﾃﾞｰﾀ", "データ"),
        ("é", "e\u0301"),
        ("Straße", "STRASSE"),
        ("第一段。\n\n　　第二段。", "第一段 第二段"),
        ("版本\u200b号\ufe0f", "版本号"),
        ("12：30", "12:30"),
    ],
)
def test_differences_of_form_do_not_count(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("涨1.5%", "涨15%"),
        ("2024-1-21", "2024-12-1"),
        ("कि", "की"),
        ("ＡＢ", "ac"),
        ("———", "***"),
        ("", "。"),
        ("他们来了", "她们来了"),
        ("㐀\udc80", "㐀\udc81"),
    ],
)
def test_differences_of_content_count(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)
    assert fingerprint(one) != fingerprint(other)


def test_a_fingerprint_has_sixteen_bytes() -> None:
    assert [len(fingerprint(text)) for text in ("", "。", "春", "x" * 9999)] == [16] * 4


# --- shingles ---


def naive_tokens(text: str) -> list[str]:
    """Words and lone characters, by the slow road."""
    tokens: list[str] = []
    word = ""
    for char in unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()):
        lone = "\u4e00" <= char <= "\u9fff" or "\u3041" <= char <= "\u30ff" or "\uac00" <= char <= "\ud7a3"
        if word and (lone or not char.isalnum()):
            tokens.append(word)
            word = ""
        if lone:
            tokens.append(char)
        elif char.isalnum():
            word += char
    return [*tokens, word] if word else tokens


@given(st.text("ab1 ，。\n春眠不かきハ한글Ａé", max_size=40))
def test_a_shingle_is_five_tokens_of_the_text(text: str) -> None:
    tokens = naive_tokens(text)
    size = min(5, len(tokens))
    grams = {tuple(tokens[at : at + size]) for at in range(len(tokens) - size + 1)} if tokens else set()
    found = shingles(text)
    assert found.dtype == np.uint32
    assert found.tolist() == sorted(set(found.tolist()))
    assert found.size == len(grams)


@given(st.text("ab 春眠不觉晓", max_size=30), st.text("ab 春眠不觉晓", max_size=30))
def test_similarity_is_that_of_the_sets_of_shingles(one: str, other: str) -> None:
    a, b = set(shingles(one).tolist()), set(shingles(other).tolist())
    expected = len(a & b) / len(a | b) if a and b else 0.0
    assert jaccard(shingles(one), shingles(other)) == expected


def test_shingles_ignore_form() -> None:
    assert np.array_equal(shingles("Ａ股，今日 收盘：Up!"), shingles("a股今日收盘\nUP"))


def test_word_order_and_word_ends_matter() -> None:
    variants = ["the cat sat on it", "the cat sat it on", "thec at sat on it", "the cat sat oni t"]
    assert len({tuple(shingles(text).tolist()) for text in variants}) == len(variants)


def test_shingles_are_the_same_in_every_process() -> None:
    code = "from corpuskit.dedup import shingles; print(shingles('春眠不觉晓 spring 処処 2 sleep').tolist())"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("0", "1", "99")
    }
    assert runs == {f"{shingles('春眠不觉晓 spring 処処 2 sleep').tolist()}\n"}


def test_hashes_have_not_changed() -> None:
    """Signatures outlive a run: a change here needs another name in ``shingles.SCHEME``."""
    assert shingles("春眠不觉晓 spring").tolist() == [223825711, 3587106571]


def test_hashes_of_many_shingles_do_not_collide_more_than_chance() -> None:
    texts = [poem(60_000, 1), " ".join(f"w{n * n // 7 % 99991}" for n in range(60_000))]
    for text in texts:
        tokens = text.split() if " " in text else list(text)
        grams = set(zip(*(tokens[start:] for start in range(5)), strict=False))
        assert len(grams) - shingles(text).size < 5


# --- signatures ---


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


# --- candidates ---


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


# --- who stays ---


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

    shelf = judge.Shelf(load, most=2 * shingles(poem(100, 0)).nbytes)
    for index in (0, 1, 0, 2, 0, 1):
        assert np.array_equal(shelf(index), shingles(poem(100, index)))
    assert loaded == [0, 1, 2, 1]


def test_two_records_cannot_have_one_key() -> None:
    items = [Item(0, "same", 1, b"0"), Item(1, "same", 1, b"1")]
    with pytest.raises(ValueError, match="key 'same'"):
        find_duplicates(items, DedupOptions(), str)


def test_signatures_of_another_length_are_refused() -> None:
    matrix = signatures([shingles(poem(50, n)) for n in range(2)], 64)
    items = [Item(n, str(n), 50, bytes([n]), matrix[n]) for n in range(2)]
    with pytest.raises(ValueError, match=r"64 values.*128 permutations"):
        find_duplicates(items, DedupOptions(), str)


# --- options ---


def test_bands_must_fit_into_a_signature() -> None:
    with pytest.raises(ValueError, match="17 bands of 8 rows need 136 permutations, and a signature has 128"):
        DedupOptions(bands=17)


@pytest.mark.parametrize(
    "given_options", [{"threshold": 0}, {"threshold": 1.1}, {"bands": 1}, {"max_bucket": 0}, {"bands": 64}, {"band": 4}]
)
def test_options_out_of_bounds_are_refused(given_options: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(given_options, DedupOptions)

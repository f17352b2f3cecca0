from __future__ import annotations

import subprocess
import sys
import unicodedata
from typing import Literal

import numpy as np
import pytest
from dedup_texts import poem
from hypothesis import example, given
from hypothesis import strategies as st

from corpuskit.core.codes import code_points
from corpuskit.dedup import (
    fingerprint,
    jaccard,
    normalise,
    shingles,
)
from corpuskit.dedup.normalise import fold, folded_codes, kinds

TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("Ａａ①½１2.,　 \n，。ｶﾞが한\u0345\u0301\u200d\ufe0f\udc80")))


@given(TEXTS)
@example("e\u200d\u0301")
@example("\u0345\u0301")
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def slow_form(text: str) -> str:
    """The folded text without what comparison drops, by the slow road."""
    return "".join(char for char in fold(text) if kinds(code_points(char))[0])


@given(st.text(st.one_of(st.characters(), st.characters(categories=["L", "M", "N"]), st.sampled_from("각ᅡが゙ﾞΩ"))))
@example("a…b")
@example("\u1e9b\u0323")
@example("Σς ㎏ ﬁ Å Å")
def test_folding_by_table_is_folding(text: str) -> None:
    codes = folded_codes(text)
    assert codes[kinds(codes) > 0].tobytes().decode("utf-32-le", "surrogatepass") == slow_form(text)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_every_character_and_its_parts_fold_by_table_as_alone(form: Literal["NFC", "NFD", "NFKD"]) -> None:
    chars = [unicodedata.normalize(form, chr(code)) for code in range(0x33480)]
    wrong = []
    for char in chars if form == "NFC" else {char for char in chars if len(char) > 1}:
        codes = folded_codes(char)
        if codes[kinds(codes) > 0].tolist() != [ord(part) for part in slow_form(char)]:
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

"""What each character is worth as evidence that a codec was the right one, -1 to 1, one table a codec."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from corpuskit.decode.frequent import (
    ACCENTED,
    CJK_MARKS,
    CYRILLIC,
    HANGUL,
    HANS,
    HANT,
    HIRAGANA,
    KANJI,
    KATAKANA,
    LATIN_MARKS,
)

Weights = npt.NDArray[np.float32]
FREQUENT, MARK, LEVEL1, RARE, FOREIGN, WRONG = 1.0, 0.8, 0.35, 0.05, -0.3, -1.0
MULTI_BYTE = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
SINGLE_BYTE = ("cp1252", "cp1251", "koi8-r")


@lru_cache(maxsize=1)
def tables() -> dict[str, Weights]:
    """Return the tables, 65,536 weights each; the last one stands for every astral character."""
    japanese = _japanese()
    return {
        "gb18030": _gb18030(),
        "big5hkscs": _big5(),
        "cp932": japanese,
        "euc_jp": japanese,
        "cp949": _korean(),
        "cp1252": _cp1252(),
        "cp1251": _cyrillic(),
        "koi8-r": _cyrillic(),
        "unicode": _unicode(),
    }


def _table(*layers: tuple[Iterable[str], float]) -> Weights:
    """Later layers overwrite earlier ones."""
    table = np.full(0x10000, FOREIGN, np.float32)
    table[0x80:0xA0] = WRONG
    table[0xD800:0xF900] = WRONG
    table[0xFFFD:] = WRONG
    for chars, weight in layers:
        table[[ord(char) for char in chars]] = weight
    return table


def _rows(codec: str, leads: range, trails: tuple[range, ...]) -> str:
    cells = (bytes((lead, trail)) for lead in leads for span in trails for trail in span)
    decode = codecs.lookup(codec).decode
    return "".join(char for cell in cells if len(char := decode(cell, "ignore")[0]) == 1 and char >= "\x80")


def _between(first: int, last: int) -> list[str]:
    return [chr(code) for code in range(first, last + 1)]


_GR = (range(0xA1, 0xFF),)
_BIG5_TRAILS = (range(0x40, 0x7F), range(0xA1, 0xFF))


def _gb18030() -> Weights:
    return _table(
        (_rows("gb18030", range(0x81, 0xFF), (range(0x40, 0x7F), range(0x80, 0xFF))), RARE),
        (_between(0xE000, 0xF8FF), WRONG),
        (_rows("gb2312", range(0xB0, 0xD8), _GR), LEVEL1),
        (HANT, MARK),
        (HANS, FREQUENT),
        (CJK_MARKS, MARK),
    )


def _big5() -> Weights:
    return _table(
        (_rows("cp950", range(0xA1, 0xFA), _BIG5_TRAILS), RARE),
        (_between(0xE000, 0xF8FF), WRONG),
        (_rows("big5", range(0xA4, 0xC6), _BIG5_TRAILS), LEVEL1),
        (HANT, FREQUENT),
        (CJK_MARKS, MARK),
    )


def _japanese() -> Weights:
    return _table(
        (_rows("euc_jp", range(0xA1, 0xFF), _GR), RARE),
        (_between(0xFF61, 0xFF9F), RARE),
        (_rows("euc_jp", range(0xB0, 0xD0), _GR), LEVEL1),
        (KANJI, MARK),
        (_between(0x30A1, 0x30F6), MARK / 2),
        (_between(0x3041, 0x3093), MARK),
        (KATAKANA, MARK),
        (HIRAGANA, FREQUENT),
        (CJK_MARKS, MARK),
    )


def _korean() -> Weights:
    return _table(
        (_rows("cp949", range(0x81, 0xFF), (range(0x41, 0xFF),)), RARE),
        (_between(0xE000, 0xF8FF), WRONG),
        (_rows("euc_kr", range(0xB0, 0xC9), _GR), LEVEL1),
        (HANGUL, FREQUENT),
        (CJK_MARKS, MARK),
    )


def _cp1252() -> Weights:
    return _table((_between(0xC0, 0xFF), LEVEL1), (ACCENTED, MARK), (LATIN_MARKS, MARK / 2), ("×÷", FOREIGN))


def _cyrillic() -> Weights:
    return _table(
        (_between(0x401, 0x45F), RARE),
        (_between(0x410, 0x42F), LEVEL1),
        (_between(0x430, 0x44F), MARK),
        (CYRILLIC, FREQUENT),
        (LATIN_MARKS, MARK / 2),
        ("№ё", MARK),
    )


def _unicode() -> Weights:
    letters = [*_between(0xC0, 0x24F), *_between(0x391, 0x3CE), *_between(0x410, 0x44F), *_between(0x3041, 0x30F6)]
    return _table(
        (_between(0x4E00, 0x9FFF), RARE),
        (_between(0xAC00, 0xD7A3), RARE),
        (_rows("gb2312", range(0xB0, 0xD8), _GR), LEVEL1),
        (_rows("big5", range(0xA4, 0xC6), _BIG5_TRAILS), LEVEL1),
        (_rows("euc_kr", range(0xB0, 0xC9), _GR), LEVEL1),
        (letters, MARK),
        (HANS + HANT + KANJI + HANGUL + HIRAGANA + KATAKANA, FREQUENT),
        (CJK_MARKS + LATIN_MARKS, MARK),
    )

"""Classes of characters, and how many of each some lines hold."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt

_E = TypeVar("_E", bound=type[Enum])


def direct(kind: _E) -> _E:
    """Let the members of an enum be looked up like any attribute: before Python 3.12 each look runs Python code."""
    for name, member in kind.__members__.items():
        type.__setattr__(kind, name, member)
    return kind


@direct
class Char(IntEnum):
    """Classes of characters, disjoint."""

    OTHER = 0
    SPACE = 1
    HAN = 2
    FUNCTION = 3
    """Han characters that carry grammar more than topic."""
    KANA = 4
    HANGUL = 5
    LATIN = 6
    DIGIT = 7
    FINAL = 8
    """Marks that end a sentence."""
    INNER = 9
    """Marks inside a sentence."""
    BRACKET = 10
    RULE = 11
    """Separators of menus and keyword rows."""
    WIDE = 12
    """Full-width, enclosed and styled letters and digits."""
    SYMBOL = 13
    """Symbols, dingbats, emoji."""
    DAMAGE = 14
    """Controls, private use, surrogates, noncharacters and U+FFFD."""
    LETTER = 15
    """Letters of any other script."""


FUNCTION_CHARS = (
    "的了在是和与與及等对對为為将將并並也有不就都而以被把从從向到这這那我他她"
    "它们們你还還已让讓其该該此或但又很更最于於之则則因如若"
)
_RANGES: tuple[tuple[Char, tuple[tuple[int, int], ...]], ...] = (
    (Char.LETTER, ((0xAA, 0x2AF), (0x370, 0x1FFF), (0x2C00, 0x2DFF), (0xA000, 0xABFF), (0x10000, 0x1CFFF))),
    (Char.SYMBOL, ((0x2010, 0x2BFF), (0x3004, 0x3020), (0x3030, 0x303F), (0x1F000, 0x1FAFF))),
    (Char.SPACE, ((0x09, 0x0D), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A))),
    (Char.SPACE, ((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000))),
    (
        Char.RULE,
        ((0x2010, 0x2012), (0x2022, 0x2022), (0x2500, 0x257F), (0x25A0, 0x25FF), (0xB7, 0xB7), (0x30FB, 0x30FB)),
    ),
    (
        Char.HAN,
        ((0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)),
    ),
    (Char.KANA, ((0x3041, 0x30FA), (0x30FC, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))),
    (Char.HANGUL, ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF))),
    (Char.LATIN, ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x1E00, 0x1EFF))),
    (Char.DIGIT, ((0x30, 0x39),)),
    (Char.WIDE, ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A), (0x2460, 0x24FF), (0x2776, 0x2793))),
    (Char.WIDE, ((0x1D400, 0x1D7FF), (0x1F100, 0x1F1FF), (0x3200, 0x32FF))),
    (Char.DAMAGE, ((0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x200B, 0x200F))),
    (Char.DAMAGE, ((0x202A, 0x202E), (0x2060, 0x206F), (0xD800, 0xF8FF), (0xFDD0, 0xFDEF), (0xFEFF, 0xFEFF))),
    (Char.DAMAGE, ((0xFFF0, 0xFFFF), (0xE0000, 0x10FFFF))),
)
FINALS = "。！？!?…｡؟۔।"
"""What ends a sentence."""
_MARKS: tuple[tuple[Char, str], ...] = (
    (Char.FUNCTION, FUNCTION_CHARS),
    (Char.FINAL, FINALS + "‥॥։"),
    (Char.INNER, "，、；：,;:.．､،؛"),
    (Char.BRACKET, "“”‘’\"'「」『』（）()《》〈〉【】[]［］〔〕{}"),
    (Char.RULE, "|｜丨_/／>＞»<＜«-—–~～=*#+\\"),
    (Char.SYMBOL, "©®™°$€£¥%&@^`§±×÷"),
)


def _table() -> npt.NDArray[np.uint8]:
    table = np.zeros(0x110000, np.uint8)
    for kind, ranges in _RANGES:
        for low, high in ranges:
            table[low : high + 1] = kind
    for kind, chars in _MARKS:
        for char in chars:
            table[ord(char)] = kind
    return table


CLASS_OF: npt.NDArray[np.uint8] = _table()
"""Class of each code point, shape (0x110000,)."""


def count_classes(
    classes: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the characters of each class in each of some lines, shape (lines, classes).

    ``classes`` are those of a text that has nothing but white space between its lines, from :data:`CLASS_OF`.

    >>> found = count_classes(CLASS_OF[[ord(char) for char in "水清 了\\na"]], np.array([0, 5]), np.array([4, 6]))
    >>> found[:, [Char.HAN, Char.FUNCTION, Char.SPACE, Char.LATIN]].tolist()
    [[2, 1, 1, 0], [0, 0, 0, 1]]
    """
    number, first = len(starts), starts[0]
    blocks = np.append(starts[1:], len(classes)) - starts
    # short numbers: what a batch of pages takes of them stays in the processor's cache
    owner = np.repeat(np.arange(0, 16 * number, 16, dtype=np.int32), blocks)
    owner += classes[first:]
    flat = np.bincount(owner, minlength=16 * number).reshape(-1, 16)
    flat[:, Char.SPACE] -= blocks - (ends - starts)
    return flat

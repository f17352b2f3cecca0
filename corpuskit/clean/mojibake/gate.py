"""Where a page may be damaged: a class table over code points, and the pair statistic where it fires.

GBK read one byte out of step looks like characters of all rows of the table alike, so most of them are rare or
no words at all, and the pairs read across their borders are common characters.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt

from corpuskit.clean.mojibake.gbk import codes, numbers, valid, widened
from corpuskit.clean.mojibake.model import model

COMMON = math.log(2.5e-5)
"""ln P of a character below which it is odd in sound text."""
SCARCE = math.log(1e-5)
"""The same, below which two of them are."""
_LEAST = -15.0
_KANA = -4.0
_SPAN = 4
"""Character borders that the statistic looks ahead."""
CLEAR = 1.0
"""Mean gain in ln P at which a place needs no mark to be looked at."""
MARKS = "?？\ufffd"


@cache
def _levels() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return ln P of each GBK code as it would read out of step, and as it stands, shape (65536,) each."""
    at = np.arange(0x10000)
    alone = np.maximum(_LEAST, model().alone(numbers()))
    shifted = np.where(valid(), alone, np.float32(_LEAST - 2))
    standing = shifted.copy()
    # out of step, GB 2312 text never gives the characters that GBK added to it
    added = ((at >> 8) < 0xA1) | ((at & 0xFF) < 0xA1)
    standing[added] = np.maximum(standing[added], -8.5)
    kana = ((at >> 8) == 0xA4) | ((at >> 8) == 0xA5) | ((at >> 8) == 0xA9)
    standing[kana] = np.maximum(standing[kana], -11.0)
    return shifted, standing


def gain(points: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Return how much better the next borders read out of step, and how many of them count.

    Shapes (characters,) each; the first is the mean gain in ln P over up to four borders, -1 where none counts.
    """
    shifted, standing = _levels()
    code = widened()[points]
    if len(code) < 2:
        return np.full(len(code), -1.0), np.zeros(len(code), np.intp)
    both = (code[:-1] > 0) & (code[1:] > 0)
    apart = standing[code]
    across = shifted[(code[:-1] & 0xFF) << 8 | code[1:] >> 8]
    kana = (code >> 8 == 0xA4) | (code >> 8 == 0xA5)
    # out of step, two kana in a row are rarer than one in twenty
    apart = np.where(kana[:-1] & kana[1:], _KANA, 0.5 * (apart[:-1] + apart[1:]))
    score = np.where(both, across - apart, 0.0)
    sums = np.concatenate(([0.0], np.cumsum(score, dtype=np.float64)))
    counts = np.concatenate(([0], np.cumsum(both)))
    low = np.minimum(np.arange(len(code)), len(code) - 1)
    high = np.minimum(low + _SPAN, len(code) - 1)
    size = counts[high] - counts[low]
    return np.where(size > 0, (sums[high] - sums[low]) / np.maximum(size, 1), -1.0), size


ALONE = 1
"""Worth a look on its own account."""
ODD = 2
"""What damaged text is made of: rare Han, symbols, private use, marks of loss."""
SIGN = 4
"""Begins an escape, where hexadecimal digits or a bracket follow."""
WIDE = 8
"""Full-width letters and digits."""
HANGUL = 16
RARE = 32
"""Those of the odd that are Han or of private use."""
_ALONE = (
    *((0x00, 0x08), (0x0E, 0x1F), (0x7F, 0xAC), (0xAD, 0xB6), (0xB8, 0xD6), (0xD8, 0x24F), (0x2C6, 0x2DC)),
    *((0x300, 0x36F), (0x460, 0x7FF), (0x2020, 0x2021), (0x2122, 0x2122), (0x200B, 0x200F), (0x202A, 0x202E)),
    *((0x2060, 0x206F), (0x2E80, 0x2FD5), (0xD800, 0xDFFF), (0xF900, 0xFAFF), (0xFEFF, 0xFEFF), (0xFF66, 0xFF9F)),
    *((0xFFF9, 0xFFFD),),
)
_NEAR = 5
"""Places within which three odd characters make a line worth a look."""
_BESIDE = 2
"""The same for two, where the pair statistic agrees."""


@cache
def _class() -> npt.NDArray[np.uint8]:
    """Return the bits of each code point, shape (0x110000,)."""
    table = np.zeros(0x110000, np.uint8)
    held = np.flatnonzero(codes()[0x100:]) + 0x100
    alone = model().alone(model().alphabet.table[held])
    table[held[alone < COMMON]] |= ODD
    table[held[(alone < SCARCE) & (held >= 0x4E00) & (held <= 0x9FFF)]] |= RARE
    table[0xE000:0xF900] |= ODD | RARE
    table[[ord(char) for char in MARKS]] |= ODD
    for low, high in _ALONE:
        table[low : high + 1] |= ALONE
    table[[ord(char) for char in "&锟烫屯\\"]] |= ALONE
    table[[ord(char) for char in "%=#~"]] |= SIGN
    for low, high in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)):
        table[low : high + 1] |= WIDE
    table[0xAC00:0xD7A4] |= HANGUL
    return table


_HEX = frozenset("0123456789ABCDEFabcdef")


@cache
def _escape() -> npt.NDArray[np.bool_]:
    """Say of a sign and the character after it, below 128 each, whether they may begin an escape."""
    table = np.zeros(0x4000, np.bool_)
    for sign, behind in (("%", "89ABCDEFabcdefu"), ("=", "89ABCDEF\n"), ("#", "123456789"), ("~", "{")):
        for char in behind:
            table[ord(sign) << 7 | ord(char)] = True
    return table


def _slipped(points: npt.NDArray[np.uint32], at: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Say of each place whether four borders in a row around it read better out of step, shape (places,)."""
    shifted, standing = _levels()
    code = widened()[points[np.clip(at[:, None] + _AROUND, 0, len(points) - 1)]]
    left, right = code[:, :-1], code[:, 1:]
    apart = standing[code]
    score = shifted[(left & 0xFF) << 8 | right >> 8] - 0.5 * (apart[:, :-1] + apart[:, 1:])
    score[(left == 0) | (right == 0)] = -9.0
    four = score[:, :-3] + score[:, 1:-2] + score[:, 2:-1] + score[:, 3:]
    return np.asarray((four > 4 * CLEAR).any(axis=1))


_AROUND = np.arange(-3, 7)


def places(points: npt.NDArray[np.uint32], *, wide: bool) -> npt.NDArray[np.intp]:
    """Return places of the lines to look at, in order, from code points, shape (characters,)."""
    kinds = _class()[points]
    at = np.flatnonzero(kinds)
    if not at.size:
        return at
    kind = kinds[at]
    keep = kind & (ALONE | WIDE if wide else ALONE) > 0
    odd = np.flatnonzero(kind & (ODD | HANGUL))
    if odd.size > 1:
        keep[_together(points, at[odd], odd, kind[odd] & RARE > 0)] = True
    sign = np.flatnonzero(kind & SIGN)
    if sign.size:
        behind = points[np.minimum(at[sign] + 1, len(points) - 1)]
        keep[sign] |= _escape()[np.where(behind < 128, points[at[sign]] << 7 | behind & 127, 0)]
    return at[keep]


def _together(
    points: npt.NDArray[np.uint32],
    where: npt.NDArray[np.intp],
    odd: npt.NDArray[np.intp],
    rare: npt.NDArray[np.bool_],
) -> npt.NDArray[np.intp]:
    """Return those of the odd that stand close to others: three together, or two that the pair statistic bears."""
    three = odd[:-2][where[2:] - where[:-2] <= _NEAR]
    two = np.flatnonzero((where[1:] - where[:-1] <= _BESIDE) & rare[1:] & rare[:-1])
    if not two.size:
        return three
    return np.concatenate((three, odd[two][_slipped(points, where[two])]))

"""Where a page may be damaged: a class table over code points, and the pair statistic where it fires.

GBK read one byte out of step looks like characters of all rows of the table alike, so most of them are rare or
no words at all, and the pairs read across their borders are common characters.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt

from corpuskit.clean.mojibake.gbk import codes, folded, pairs
from corpuskit.clean.mojibake.model import FOLDED, model

COMMON = math.log(2.5e-5)
_LEAST = -15.0
_SPAN = 4
"""Character borders that the statistic looks ahead."""
MARKS = "?？\ufffd"


@cache
def _odd() -> npt.NDArray[np.bool_]:
    """Say of each code point whether damaged text is made of it: rare Han, symbols, private use, marks of loss."""
    table = np.zeros(0x110000, np.bool_)
    for char in codes():
        if char > "\xff":
            table[ord(char)] = model().alone(char) < COMMON
    table[0xE000:0xF900] = True
    table[[ord(char) for char in MARKS]] = True
    return table


@cache
def _code() -> npt.NDArray[np.uint16]:
    """Return the GBK code of each code point, ASCII marks as their full-width forms; 0 where there is none."""
    table = np.zeros(0x110000, np.uint16)
    for char, code in codes().items():
        table[ord(char)] = code
    for char in FOLDED:
        table[ord(char)] = folded(char) or 0
    return table


@cache
def _levels() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return ln P of each GBK code as it would read out of step, and as it stands, shape (65536,) each."""
    shifted = np.full(0x10000, _LEAST - 2, np.float32)
    for code, char in enumerate(pairs()):
        if char:
            shifted[code] = max(_LEAST, model().alone(char))
    standing = shifted.copy()
    at = np.arange(0x10000)
    # out of step, GB 2312 text never gives the characters that GBK added to it
    added = ((at >> 8) < 0xA1) | ((at & 0xFF) < 0xA1)
    standing[added] = np.maximum(standing[added], -8.5)
    kana = ((at >> 8) == 0xA4) | ((at >> 8) == 0xA5) | ((at >> 8) == 0xA9)
    standing[kana] = np.maximum(standing[kana], -11.0)
    return shifted, standing


def suspect(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.intp]:
    """Return the places where three odd characters stand within six, from code points, shape (characters,)."""
    at = np.flatnonzero(_odd()[points])
    return at[:-2][at[2:] - at[:-2] <= 5] if at.size > 2 else at[:0]


def gain(points: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Return how much better the next borders read out of step, and how many of them count.

    Shapes (characters,) each; the first is the mean gain in ln P over up to four borders, -1 where none counts.
    """
    shifted, standing = _levels()
    code = _code()[points]
    if len(code) < 2:
        return np.full(len(code), -1.0), np.zeros(len(code), np.intp)
    both = (code[:-1] > 0) & (code[1:] > 0)
    apart = standing[code]
    across = shifted[(code[:-1] & 0xFF) << 8 | code[1:] >> 8]
    score = np.where(both, across - 0.5 * (apart[:-1] + apart[1:]), 0.0)
    sums = np.concatenate(([0.0], np.cumsum(score, dtype=np.float64)))
    counts = np.concatenate(([0], np.cumsum(both)))
    low = np.minimum(np.arange(len(code)), len(code) - 1)
    high = np.minimum(low + _SPAN, len(code) - 1)
    size = counts[high] - counts[low]
    return np.where(size > 0, (sums[high] - sums[low]) / np.maximum(size, 1), -1.0), size


def points_of(text: str) -> npt.NDArray[np.uint32]:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)

"""The pair statistic: how much better a stretch of text reads one byte out of step.

GBK read one byte out of step looks like characters of all rows of the table alike, so most of them are rare or
no words at all, and the pairs read across their borders are common characters.
"""

from __future__ import annotations

from functools import cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from corpuskit.clean.mojibake.gbk import numbers, valid, widened
from corpuskit.core.characters import model

_N = TypeVar("_N", np.float64, np.intp)

_LEAST = -15.0
_KANA = -4.0
_SPAN = 4
"""Character borders that the statistic looks ahead."""
CLEAR = 1.0
"""Mean gain in ln P at which a place needs no mark to be looked at."""


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
    code = widened().take(points)
    if len(code) < 2:
        return np.full(len(code), -1.0), np.zeros(len(code), np.intp)
    left, right = code[:-1], code[1:]
    stands = standing.take(code)
    apart = 0.5 * (stands[:-1] + stands[1:])
    kana = (code >> 8) - 0xA4 < 2
    # out of step, two kana in a row are rarer than one in twenty
    apart[kana[:-1] & kana[1:]] = _KANA
    score = shifted.take((left & 0xFF) << 8 | right >> 8) - apart
    both = (left > 0) & (right > 0)
    score[~both] = 0.0
    sums, counts = _ahead(score, np.float64), _ahead(both, np.intp)
    return np.where(counts > 0, sums / np.maximum(counts, 1), -1.0), counts


def _ahead(values: npt.NDArray[np.generic], kind: type[_N]) -> npt.NDArray[_N]:
    """Return the sum of the next four values from each place, fewer at the end, shape (values + 1,)."""
    sums = np.zeros(len(values) + 1 + _SPAN, kind)
    np.cumsum(values, out=sums[1:-_SPAN])
    sums[-_SPAN:] = sums[-_SPAN - 1]
    return sums[_SPAN:] - sums[:-_SPAN]


AROUND = np.arange(-3, 7)
"""Places around one that :func:`slipped` asks of."""


def slipped(around: npt.NDArray[np.uint32], marks: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Say of each place whether four borders in a row around it read better out of step, shape (places,).

    ``around`` is what stands there, shape (places, ``len(AROUND)``). Three borders are enough for ``marks``, places
    that show that something is lost.
    """
    shifted, standing = _levels()
    code = widened()[around]
    left, right = code[:, :-1], code[:, 1:]
    apart = standing[code]
    score = shifted[(left & 0xFF) << 8 | right >> 8] - 0.5 * (apart[:, :-1] + apart[:, 1:])
    score[(left == 0) | (right == 0)] = -9.0
    three = score[:, :-2] + score[:, 1:-1] + score[:, 2:]
    out = (three[:, :-1] + score[:, 3:]).max(axis=1) > 4 * CLEAR
    return np.asarray(out | (marks & (three.max(axis=1) > 3 * CLEAR)))

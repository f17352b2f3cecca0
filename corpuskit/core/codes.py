"""Text as code points."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

_N = TypeVar("_N", bound=np.number[Any])
CodePoints = npt.NDArray[np.uint32]


def code_points(text: str) -> CodePoints:
    """Return the code points of a text, lone surrogates included, shape (characters,).

    >>> code_points("水\\ud800").tolist()
    [27700, 55296]
    """
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def distinct(values: npt.NDArray[_N]) -> npt.NDArray[_N]:
    """Return the different ones of some numbers, sorted: what ``np.unique`` does only once numpy.ma is imported.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(values)
    fresh = np.ones(len(ordered), np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return np.asarray(ordered[fresh])


def members(*ranges: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return which code points lie in some ranges, first and last, shape (0x10001,).

    The last place stands for all beyond the Basic Multilingual Plane.

    >>> members((0x41, 0x43))[[0x40, 0x41, 0x43, 0x44]].tolist()
    [False, True, True, False]
    """
    table = np.zeros(0x10001, np.bool_)
    for first, last in ranges:
        table[first : last + 1] = True
    return table


def members_of(chars: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Return which code points are one of some characters, as :func:`members` does of ranges."""
    return members(*((ord(char), ord(char)) for char in chars))


def runs(flags: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return where each run of flagged places begins, and where it ends.

    >>> [bounds.tolist() for bounds in runs(np.array([True, False, True, True]))]
    [[0, 2], [1, 4]]
    """
    padded = np.zeros(len(flags) + 2, np.bool_)
    padded[1:-1] = flags
    edges = (padded[1:] != padded[:-1]).nonzero()[0]
    return edges[::2], edges[1::2]

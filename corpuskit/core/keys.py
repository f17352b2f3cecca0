"""Numbers that stand for things: which there are, how often each is there, and their order."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def numbering(keys: npt.NDArray[Any], order: npt.NDArray[np.intp]) -> tuple[npt.NDArray[Any], Ints]:
    """Return the different keys, ascending, and the number of each key among them; ``order`` sorts the keys."""
    ranked = keys[order]
    fresh = np.ones(len(keys), np.bool_)
    np.not_equal(ranked[1:], ranked[:-1], out=fresh[1:])
    number = np.empty(len(keys), np.int64)
    number[order] = np.cumsum(fresh) - 1
    return ranked[fresh], number


def distinct(keys: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Ints]:
    """Return the different keys, ascending, and how often each is there."""
    ranked = np.sort(keys)
    fresh = np.ones(len(keys) + 1, np.bool_)
    np.not_equal(ranked[1:], ranked[:-1], out=fresh[1:-1])
    bounds = fresh.nonzero()[0]
    return ranked[bounds[:-1]], bounds[1:] - bounds[:-1]


def in_order(keys: npt.NDArray[np.signedinteger[Any]]) -> npt.NDArray[np.intp]:
    """Return the stable order of numbers from 0; short ones are sorted by their digits, in linear time."""
    short = len(keys) > 0 and int(keys.max()) < 1 << 16
    return np.argsort(keys.astype(np.uint16) if short else keys, kind="stable")

"""Whether two lines, and the text around them, speak of the same things."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from corpuskit.core.page import Page
from corpuskit.core.terms import Floats, Ints, Terms

Flags = npt.NDArray[np.bool_]

_DENSE = 1 << 16
"""Pairs of lines, besides those with equal terms, that are sooner summed up all than sorted."""
_AROUND = 4
"""Most lines of text above a break, and below it, that are held against each other."""


class Subjects:
    """The equal terms of the lines of some pages, summed up for each two lines of a page."""

    def __init__(self, pages: Sequence[Page], base: Ints, body: Flags, cut: Flags) -> None:
        """Take the pages, where the lines of each begin, and which lines of all are text and which are cut."""
        self._base, self._body, self._cut = base, body, cut
        self._sizes = np.array([len(page.lines) for page in pages])
        squares = np.cumsum([0, *(self._sizes * self._sizes).tolist()])
        self._firsts, size = squares[:-1], int(squares[-1])
        """Where the pairs of each page's lines begin: they are numbered by the earlier line, then the later."""
        tables = [Terms.of(page).table for page in pages]
        each = zip(tables, self._firsts.tolist(), self._sizes.tolist(), strict=True)
        places = np.concatenate([first + of.early.astype(np.int64) * lines + of.late for of, first, lines in each])
        gain = np.concatenate([of.gain for of in tables])
        self._keys: Ints | None = None
        """Of long pages only those pairs that have something in common, ascending, and one behind all."""
        if size > _DENSE + len(places):
            self._keys, places = np.unique(np.append(places, size), return_inverse=True)
            gain, size = np.append(gain, 0.0), len(self._keys)
        # of no pairs at all the sums are whole numbers
        self._sums: Floats = np.bincount(places, gain, size).astype(np.float64, copy=False)

    def signs(self, page: Ints, rows: Ints, columns: Ints) -> dict[str, Floats]:
        """Return what cut lines of pages and others below a break have in common, and what the text around them has."""
        steps = np.arange(_AROUND)
        above, below = steps < self._runs(rows, -1)[:, None], steps < self._runs(columns, 1)[:, None]
        one, other = (rows[:, None] - steps)[:, :, None], (columns[:, None] + steps)[:, None, :]
        shared = self._shared(page[:, None, None], one, other, above[:, :, None] & below[:, None, :])
        shared = shared.reshape(len(rows), _AROUND * _AROUND)
        # one by one, so that a pair's sum does not depend on how many are asked about
        own, around = shared[:, 0], shared.cumsum(axis=1)[:, -1]
        return {"common terms": _logs(own), "common terms around": _logs(np.maximum(0.0, around - own))}

    def _shared(self, page: Ints, one: Ints, other: Ints, where: Flags) -> Floats:
        """Return what equal terms of two lines say for one subject, in nats; 0 where it is not asked."""
        base = self._base[page]
        early, late = np.minimum(one, other) - base, np.maximum(one, other) - base
        places = np.where(where, self._firsts[page] + early * self._sizes[page] + late, 0)
        if self._keys is None:
            return np.where(where, self._sums[places], 0.0)
        at = self._keys.searchsorted(places)
        return np.where(where & (self._keys[at] == places), self._sums[at], 0.0)

    def _runs(self, lines: Ints, way: int) -> Ints:
        """Return how many lines of text, with each of some, stand above or below it, no headline and no cut between."""
        run = np.clip(lines[:, None] + way * np.arange(_AROUND), 0, len(self._body) - 1)
        upper = run[:, 1:] if way < 0 else run[:, :-1]
        joined = self._body[run[:, 1:]] & ~self._cut[upper]
        return np.asarray(1 + np.logical_and.accumulate(joined, axis=1).sum(axis=1))


def _logs(values: Floats) -> Floats:
    return np.array([math.log1p(value) for value in values.tolist()])

"""Whether two lines, and the text around them, speak of the same things."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from corpuskit.core.page import Page
from corpuskit.core.terms import Terms
from corpuskit.segment.shapes import Cast, Role

_DENSE = 4096
"""Pairs of lines, besides those with equal terms, that are sooner summed up all than sorted."""
_AROUND = 4
"""Most lines of text above a break, and below it, that are held against each other."""


class Subjects:
    """The equal terms of a page's lines, summed up for each two of them."""

    def __init__(self, page: Page, cast: Sequence[Cast]) -> None:
        self._page, self._cast = page, cast
        self._known: dict[tuple[int, int], range] = {}

    def signs(self, row: int, column: int) -> Mapping[str, float]:
        """Return what a cut line and one below the break have in common, and what the text around them has."""
        shared, size = self._shared, len(self._cast)
        places = [i * size + j if i < j else j * size + i for i in self._run(row, -1) for j in self._run(column, 1)]
        # the line and the one below the break come first
        own, around = shared.get(places[0], 0.0), sum(shared.get(place, 0.0) for place in places)
        return {"common terms": math.log1p(own), "common terms around": math.log1p(max(0.0, around - own))}

    @cached_property
    def _shared(self) -> dict[int, float]:
        """What equal terms of two lines say for one subject, in nats, by the earlier line times all and the later."""
        table, size = Terms.of(self._page).table, len(self._cast)
        places = table.early.astype(np.int64) * size + table.late
        if size * size <= _DENSE + len(places):
            sums = np.bincount(places, table.gain)
            keys = np.flatnonzero(sums)
            return dict(zip(keys.tolist(), sums[keys].tolist(), strict=True))
        keys, places = np.unique(places, return_inverse=True)
        return dict(zip(keys.tolist(), np.bincount(places, table.gain).tolist(), strict=True))

    def _run(self, line: int, way: int) -> range:
        """Return a line and those of text beside it, above or below, as far as no headline and no cut parts them."""
        if (line, way) not in self._known:
            last = line
            while abs(last + way - line) < _AROUND and 0 <= last + way < len(self._cast) and self._joined(last, way):
                last += way
            self._known[line, way] = range(line, last + way, way)
        return self._known[line, way]

    def _joined(self, line: int, way: int) -> bool:
        upper = min(line, line + way)
        return self._cast[line + way].role is Role.BODY and not self._cast[upper].dangling

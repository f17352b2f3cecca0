"""Whether two records are as alike as their bands promise: signatures first, then shingles."""

from __future__ import annotations

from math import log, sqrt

import numpy as np

from corpuskit.dedup.lsh import share_band
from corpuskit.dedup.options import DedupOptions
from corpuskit.dedup.runs import Table
from corpuskit.dedup.shelves import Shelf
from corpuskit.dedup.shingles import containment, jaccard
from corpuskit.dedup.verdicts import Statistics

_MISSED = 1e-7
"""Highest probability, for a pair at the threshold, that its signatures look too different to be verified."""


class Compare:
    """Verification: signatures first, then shingles."""

    def __init__(self, shelf: Shelf, options: DedupOptions, statistics: Statistics) -> None:
        self._shelf, self._options, self._statistics = shelf, options, statistics
        self._floor = floor(options)

    def candidates(self, pairs: Table) -> dict[int, dict[int, bool]]:
        """Return by place the earlier places that share a band, and whether they may be alike by their signatures."""
        out: dict[int, dict[int, bool]] = {}
        one, other = (self._shelf.signatures(column) for column in pairs.T)
        shared = share_band(one, other, self._options.bands, self._options.rows)
        worth = np.count_nonzero(one == other, axis=1) >= self._floor
        for (high, low), may in zip(pairs[shared].tolist(), worth[shared].tolist(), strict=True):
            out.setdefault(high, {})[low] = may
        return out

    def nearest(self, place: int, others: dict[int, bool]) -> tuple[float, int] | None:
        """Return the similarity and the place of the most alike candidate, the first of equals; None if none is."""
        self._statistics.candidates += len(others)
        found = [(-self._similarity(place, low), low) for low, may in others.items() if may]
        best = min(found, default=(0.0, 0))
        return (-best[0], best[1]) if -best[0] >= self._options.threshold else None

    def inside(self, place: int, others: list[int]) -> tuple[int, float] | None:
        """Return which of some earlier places holds the most of a record, the first of equals, and how much."""
        mine = self._shelf.sets(place) if others else None
        if mine is None or mine.size < self._options.min_shingles:
            return None
        self._statistics.verified += len(others)
        found = min((-containment(mine, self._shelf.sets(low)), low) for low in others)
        return (found[1], -found[0]) if -found[0] >= self._options.containment else None

    def _similarity(self, high: int, low: int) -> float:
        self._statistics.verified += 1
        a, b = self._shelf.sets(high), self._shelf.sets(low)
        return jaccard(a, b) if min(a.size, b.size) >= self._options.min_shingles else 0.0


def floor(options: DedupOptions) -> float:
    """Return how many rows of two signatures must agree to be worth verifying, by Hoeffding's inequality."""
    return options.permutations * (options.threshold - sqrt(-log(_MISSED) / (2 * options.permutations)))

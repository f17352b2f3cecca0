"""Whether two records are as alike as their bands promise: signatures first, then shingles."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from math import log, sqrt

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.lsh import share_band
from corpuskit.dedup.options import DedupOptions
from corpuskit.dedup.order import Ranks
from corpuskit.dedup.runs import Table
from corpuskit.dedup.shingles import Shingles, containment, jaccard
from corpuskit.dedup.store import Rows
from corpuskit.dedup.verdicts import Statistics

_MISSED = 1e-7
"""Highest probability, for a pair at the threshold, that its signatures look too different to be verified."""


class Compare:
    """Verification: signatures first, then shingles."""

    def __init__(
        self, rows: Ranks, signatures: Rows, shelf: Shelf, options: DedupOptions, statistics: Statistics
    ) -> None:
        self._rows, self._signatures, self._shelf = rows, signatures, shelf
        self._options, self._statistics = options, statistics
        self._floor = floor(options)

    def chunk(self, pairs: Table) -> dict[int, list[tuple[int, float]]]:
        """Return by rank the earlier ranks that are alike, with the similarity."""
        out: dict[int, list[tuple[int, float]]] = {}
        for high, low in pairs[self._promising(pairs)].tolist():
            similarity = self._similarity(high, low)
            if similarity >= self._options.threshold:
                out.setdefault(high, []).append((low, similarity))
        return out

    def one(self, rank: int, others: list[int]) -> list[tuple[int, float]]:
        """Return which of some earlier ranks are alike one, with the similarity."""
        pairs = np.column_stack((np.full(len(others), rank, np.uint64), np.array(others, np.uint64)))
        return self.chunk(pairs).get(rank, [])

    def inside(self, rank: int, others: list[int]) -> tuple[int, float] | None:
        """Return which of some earlier ranks holds the most of a record, the first of equals, and how much."""
        mine = self._shelf(int(self._rows[rank])) if others else None
        if mine is None or mine.size < self._options.min_shingles:
            return None
        self._statistics.verified += len(others)
        found = min((-containment(mine, self._shelf(int(self._rows[low]))), low) for low in others)
        return (found[1], -found[0]) if -found[0] >= self._options.containment else None

    def _promising(self, pairs: Table) -> npt.NDArray[np.bool_]:
        ranks, places = np.unique(pairs.ravel(), return_inverse=True)
        known = self._signatures.take(self._rows[ranks].astype(np.int64))
        places = places.reshape(-1, 2)
        one, other = known[places[:, 0]], known[places[:, 1]]
        shared = share_band(one, other, self._options.bands, self._options.rows)
        self._statistics.candidates += int(shared.sum())
        found: npt.NDArray[np.bool_] = shared & (np.count_nonzero(one == other, axis=1) >= self._floor)
        return found

    def _similarity(self, high: int, low: int) -> float:
        self._statistics.verified += 1
        a, b = self._shelf(int(self._rows[high])), self._shelf(int(self._rows[low]))
        return jaccard(a, b) if min(a.size, b.size) >= self._options.min_shingles else 0.0


class Shelf:
    """The shingles of records by number of arrival, the latest used at hand up to a number of bytes."""

    def __init__(self, load: Callable[[int], Shingles], most: int) -> None:
        self._load = load
        self._most = most
        self._bytes = 0
        self._sets: OrderedDict[int, Shingles] = OrderedDict()

    def __call__(self, row: int) -> Shingles:
        """Return the shingles of a record."""
        if row in self._sets:
            self._sets.move_to_end(row)
            return self._sets[row]
        found = self._load(row)
        self._sets[row] = found
        self._bytes += found.nbytes
        while self._bytes > self._most and len(self._sets) > 1:
            self._bytes -= self._sets.popitem(last=False)[1].nbytes
        return found


def floor(options: DedupOptions) -> float:
    """Return how many rows of two signatures must agree to be worth verifying, by Hoeffding's inequality."""
    return options.permutations * (options.threshold - sqrt(-log(_MISSED) / (2 * options.permutations)))

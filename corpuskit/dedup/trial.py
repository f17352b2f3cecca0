"""One walk over the groups of records: who is judged to stay, and who goes for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.groups import Groups
from corpuskit.dedup.lsh import HotBucket
from corpuskit.dedup.options import DedupOptions
from corpuskit.dedup.order import Ranks
from corpuskit.dedup.runs import Table
from corpuskit.dedup.shelves import Stretch
from corpuskit.dedup.verdicts import CONTAINED, EXACT, NEAR, Statistics, Verdicts
from corpuskit.dedup.verification import Compare

_PAIRS = 1 << 12
"""Pairs whose signatures are compared at once: some megabytes, which a cache holds."""
_PACKED = 1 << 14
_NONE = -1


class Trial:
    """One walk over the places of some groups; ``rows`` are the records by place, ranks below ``fixed`` stay."""

    def __init__(self, groups: Groups, rows: Ranks, fixed: int, options: DedupOptions, statistics: Statistics) -> None:
        self.rows = rows
        self._groups, self._heads = groups, groups.heads
        self._fixed = (groups.ranks < fixed).tobytes()
        self._options = options
        self._statistics = statistics
        self._gone = bytearray(len(rows))
        self._stand_in: dict[int, int] = {}
        """Where the first of some equal records went, another of them may stay."""
        self._found: list[tuple[int, int, float, int]] = []
        self._chunks: list[Verdicts] = []

    def go(self, shelves: Iterable[Stretch], bands: list[int]) -> Verdicts:
        """Return the verdicts, by place; ``bands`` are those of the large buckets."""
        self._crowds = _Crowds(bands, self._options.max_bucket)
        copies = np.flatnonzero(self._heads != np.arange(self._heads.size, dtype=np.uint32))
        near, hot, held = map(_Stream, (self._groups.near(), self._groups.hot(), self._groups.held()))
        at = 0
        for end, shelf in shelves:
            self._compare = Compare(shelf, self._options, self._statistics)
            while at < end:
                pairs, upto = near.some(_PAIRS, end)
                here = copies[np.searchsorted(copies, at) : np.searchsorted(copies, upto)]
                self._stretch(self._open(pairs), here, hot.until(upto), self._open(held.until(upto)))
                at = upto
        self._statistics.hot = self._crowds.hot(self.rows)
        return self._verdicts()

    def _open(self, pairs: Table) -> Table:
        """Leave out the pairs whose earlier record is known to go."""
        gone = np.frombuffer(self._gone, np.uint8)
        found: Table = pairs[gone[pairs[:, 1]] == 0]
        return found

    def _stretch(self, pairs: Table, copies: npt.NDArray[np.int64], members: Table, held: Table) -> None:
        """Judge the places of a stretch that are not alone."""
        near, buckets, holders = self._compare.candidates(pairs), _grouped(members), _grouped(held)
        for place in sorted({*copies.tolist(), *near, *buckets, *holders}):
            if self._fixed[place]:
                self._crowds.enter(place, buckets.get(place, []))
            else:
                self._judge(place, near.get(place, {}), buckets.get(place, []), holders.get(place, []))
        if len(self._found) >= _PACKED:
            self._pack()

    def _judge(self, place: int, near: dict[int, bool], buckets: list[int], holders: list[int]) -> None:
        head = int(self._heads[place])
        equal = self._equal(place, head)
        if equal != _NONE:
            self._go(place, equal, 1.0, EXACT)
            return
        near = {low: may for low, may in near.items() if not self._gone[low]}
        if buckets:
            near |= self._crowd(place, buckets)
        if near and (alike := self._compare.nearest(place, near)) is not None:
            self._go(place, alike[1], alike[0], NEAR)
            return
        held = self._compare.inside(place, [low for low in holders if not self._gone[low]])
        if held is not None:
            self._go(place, held[0], held[1], CONTAINED)
            return
        if head != place:
            self._stand_in.setdefault(head, place)
        self._crowds.enter(place, buckets)

    def _equal(self, place: int, head: int) -> int:
        if head == place:
            return _NONE
        return self._stand_in.get(head, _NONE) if self._gone[head] else head

    def _crowd(self, place: int, buckets: list[int]) -> dict[int, bool]:
        """Return the candidates among those that stay in some large buckets."""
        others = np.array(self._crowds.others(buckets), np.uint64)
        pairs = np.column_stack((np.full(others.size, place, np.uint64), others))
        return self._compare.candidates(pairs).get(place, {})

    def _go(self, place: int, twin: int, similarity: float, grain: int) -> None:
        self._gone[place] = 1
        self._found.append((int(self.rows[place]), int(self.rows[twin]), similarity, grain))

    def _pack(self) -> None:
        rows, twins, similarities, grains = zip(*self._found, strict=True) if self._found else ((), (), (), ())
        self._chunks.append(
            Verdicts(
                np.array(rows, np.int64),
                np.array(twins, np.int64),
                np.array(similarities, np.float64),
                np.array(grains, np.int8),
            )
        )
        self._found = []

    def _verdicts(self) -> Verdicts:
        self._pack()
        return Verdicts(*map(np.concatenate, zip(*self._chunks, strict=True)))


class _Crowds:
    """The records that stay, by the large buckets they are in.

    Only what stays enters a bucket, so that a thousand copies of one text make a bucket of one. A bucket takes
    no more than ``most`` records; those it turned away are counted.
    """

    def __init__(self, bands: list[int], most: int) -> None:
        self._bands = bands
        self._most = most
        self._members: dict[int, list[int]] = {}
        self._left_out: dict[int, int] = {}

    def enter(self, place: int, buckets: list[int]) -> None:
        for bucket in buckets:
            members = self._members.setdefault(bucket, [])
            if len(members) < self._most:
                members.append(place)
            else:
                self._left_out[bucket] = self._left_out.get(bucket, 0) + 1

    def others(self, buckets: list[int]) -> list[int]:
        return sorted({place for bucket in buckets for place in self._members.get(bucket, ())})

    def hot(self, rows: Ranks) -> list[HotBucket]:
        found = ((self._bands[at], self._members[at], left) for at, left in self._left_out.items())
        return sorted(HotBucket(band, int(rows[all_[0]]), len(all_) + left, left) for band, all_, left in found)


class _Stream:
    """Rows sorted by their first column, taken up to a bound at a time."""

    def __init__(self, blocks: Iterator[Table]) -> None:
        self._blocks = blocks
        self._held: Table = np.zeros((0, 2), np.uint64)
        self._more = True

    def until(self, bound: int) -> Table:
        """Take all rows below a bound."""
        while self._more and not (len(self._held) and self._held[-1, 0] >= bound):
            self._fill()
        return self._take(int(np.searchsorted(self._held[:, 0], np.uint64(bound))))

    def some(self, most: int, bound: int) -> tuple[Table, int]:
        """Take about ``most`` rows below a bound, all of one place together; return them and how far they reach."""
        first = self._held[0, 0] if len(self._held) else None
        while self._more and (len(self._held) <= most or self._held[-1, 0] == first):
            self._fill()
            first = self._held[0, 0] if len(self._held) else None
        places = self._held[:, 0]
        count = int(np.searchsorted(places, np.uint64(bound)))
        if count > most:
            # the last of the later places may go on in what follows
            cut = int(np.searchsorted(places, places[most])) or int(np.searchsorted(places, places[0], "right"))
            if cut < count:
                return self._take(cut), int(places[cut])
        return self._take(count), bound

    def _fill(self) -> None:
        block = next(self._blocks, None)
        self._more = block is not None
        if block is not None:
            self._held = np.concatenate((self._held, block))

    def _take(self, count: int) -> Table:
        taken, self._held = self._held[:count], self._held[count:]
        return taken


def _grouped(members: Table) -> dict[int, list[int]]:
    out: dict[int, list[int]] = {}
    for place, bucket in members.tolist():
        out.setdefault(place, []).append(bucket)
    return out

"""One pass over the ranks: who is judged to stay, and who goes for whom."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.lsh import Bands, HotBucket
from corpuskit.dedup.options import DedupOptions
from corpuskit.dedup.order import Ranks
from corpuskit.dedup.runs import Table
from corpuskit.dedup.store import Rows
from corpuskit.dedup.verdicts import CONTAINED, EXACT, NEAR, Statistics, Verdicts
from corpuskit.dedup.verification import Compare, Shelf

_PAIRS = 1 << 14
_NONE = -1


class Trial:
    """One pass over the ranks."""

    def __init__(self, rows: Ranks, fixed: int, options: DedupOptions, statistics: Statistics) -> None:
        self.rows = rows
        self.heads: Ranks | None = None
        self._fixed = fixed
        self._options = options
        self._statistics = statistics
        self._gone = bytearray(len(rows))
        self._stand_in: dict[int, int] = {}
        """Where the first of some equal records went, another of them may stay."""
        self._found: list[tuple[int, int, float, int]] = []
        self._chunks: list[Verdicts] = []

    def go(self, bands: Bands, signatures: Rows, shelf: Shelf, inside: Iterator[Table]) -> Verdicts:
        """Return the verdicts; ``inside`` has pairs of a rank and one that may hold it."""
        self._compare = Compare(self.rows, signatures, shelf, self._options, self._statistics)
        self._crowds = _Crowds(bands, self._options.max_bucket)
        copies = self._copies()
        at = self._fixed
        members, held = _Stream(bands.hot()), _Stream(inside)
        self._enter(members.until(at))
        held.until(at)
        for pairs, upto in _chunks(bands.pairs(), len(self.rows)):
            here = copies[np.searchsorted(copies, at) : np.searchsorted(copies, upto)]
            self._stretch(self._open(pairs), here, members.until(upto), self._open(held.until(upto)))
            at = upto
        self._statistics.hot = self._crowds.hot(self.rows)
        return self._verdicts()

    def _copies(self) -> npt.NDArray[np.int64]:
        """Return the ranks that are not the first of their fingerprint."""
        if self.heads is None:
            return np.zeros(0, np.int64)
        return np.flatnonzero(self.heads != np.arange(len(self.rows), dtype=np.uint32))

    def _open(self, pairs: Table) -> Table:
        """Leave out the pairs whose earlier record is known to go."""
        gone = np.frombuffer(self._gone, np.uint8)
        found: Table = pairs[gone[pairs[:, 1]] == 0]
        return found

    def _stretch(self, pairs: Table, copies: npt.NDArray[np.int64], members: Table, held: Table) -> None:
        """Judge the ranks of a stretch that are not alone."""
        alike = self._compare.chunk(pairs)
        buckets, holders = _grouped(members), _grouped(held)
        for rank in np.unique(np.concatenate((copies, np.array([*alike, *buckets, *holders], np.int64)))).tolist():
            self._judge(rank, alike.get(rank, []), buckets.get(rank, []), holders.get(rank, []))
        if len(self._found) >= _PAIRS:
            self._pack()

    def _judge(self, rank: int, alike: list[tuple[int, float]], buckets: list[int], holders: list[int]) -> None:
        head = rank if self.heads is None else int(self.heads[rank])
        equal = self._equal(rank, head)
        if equal != _NONE:
            self._go(rank, equal, 1.0, EXACT)
            return
        near = [(-similarity, low) for low, similarity in alike if not self._gone[low]]
        if buckets:
            others = self._crowds.others(buckets)
            near += [(-similarity, low) for low, similarity in self._compare.one(rank, others)]
        if near:
            similarity, low = min(near)
            self._go(rank, low, -similarity, NEAR)
            return
        held = self._compare.inside(rank, [low for low in holders if not self._gone[low]])
        if held is not None:
            self._go(rank, held[0], held[1], CONTAINED)
            return
        if head != rank:
            self._stand_in.setdefault(head, rank)
        self._crowds.enter(rank, buckets)

    def _equal(self, rank: int, head: int) -> int:
        if head == rank:
            return _NONE
        return self._stand_in.get(head, _NONE) if self._gone[head] else head

    def _enter(self, members: Table) -> None:
        for rank, buckets in _grouped(members).items():
            self._crowds.enter(rank, buckets)

    def _go(self, rank: int, twin: int, similarity: float, grain: int) -> None:
        self._gone[rank] = 1
        self._found.append((int(self.rows[rank]), int(self.rows[twin]), similarity, grain))

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

    def __init__(self, bands: Bands, most: int) -> None:
        self._bands = bands
        self._most = most
        self._members: dict[int, list[int]] = {}
        self._left_out: dict[int, int] = {}

    def enter(self, rank: int, buckets: list[int]) -> None:
        for bucket in buckets:
            members = self._members.setdefault(bucket, [])
            if len(members) < self._most:
                members.append(rank)
            else:
                self._left_out[bucket] = self._left_out.get(bucket, 0) + 1

    def others(self, buckets: list[int]) -> list[int]:
        return sorted({rank for bucket in buckets for rank in self._members.get(bucket, ())})

    def hot(self, rows: Ranks) -> list[HotBucket]:
        found = ((self._bands.bands_of[at], self._members[at], left) for at, left in self._left_out.items())
        return sorted(HotBucket(band, int(rows[all_[0]]), len(all_) + left, left) for band, all_, left in found)


class _Stream:
    """Rows sorted by their first column, taken up to a bound at a time."""

    def __init__(self, blocks: Iterator[Table]) -> None:
        self._blocks = blocks
        self._held: Table = np.zeros((0, 2), np.uint64)

    def until(self, bound: int) -> Table:
        parts = []
        while True:
            count = int(np.searchsorted(self._held[:, 0], np.uint64(bound), "left"))
            parts.append(self._held[:count])
            self._held = self._held[count:]
            if len(self._held):
                break
            more = next(self._blocks, None)
            if more is None:
                break
            self._held = more
        return np.concatenate(parts)


def _chunks(blocks: Iterator[Table], end: int) -> Iterator[tuple[Table, int]]:
    """Yield some thousand pairs at a time, those of one later rank together, and the rank up to which they reach."""
    held: Table = np.zeros((0, 2), np.uint64)
    for block in blocks:
        held = np.concatenate((held, block))
        while len(held) > _PAIRS:
            # the last of the later ranks may go on in what follows
            cut = int(np.searchsorted(held[:, 0], held[_PAIRS, 0], "left"))
            cut = cut or int(np.searchsorted(held[:, 0], held[0, 0], "right"))
            if cut == len(held):
                break
            yield held[:cut], int(held[cut, 0])
            held = held[cut:]
    yield held, end


def _grouped(members: Table) -> dict[int, list[int]]:
    out: dict[int, list[int]] = {}
    for rank, bucket in members.tolist():
        out.setdefault(rank, []).append(bucket)
    return out

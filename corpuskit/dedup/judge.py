"""The search for duplicates out of core: records in, in any order; verdicts out, in the order of the policy."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log, sqrt
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.containment import Inside
from corpuskit.dedup.exact import Fingerprints
from corpuskit.dedup.lsh import SMALL_BUCKET, Bands, HotBucket, share_band
from corpuskit.dedup.minhash import Signatures
from corpuskit.dedup.options import DedupOptions
from corpuskit.dedup.order import Order, Ranks, heads
from corpuskit.dedup.runs import Runs, Table
from corpuskit.dedup.shingles import Shingles, containment, jaccard
from corpuskit.dedup.store import Rows

GIB = 1 << 30
Grain = Literal["exact", "near", "contained"]
GRAINS: tuple[Grain, ...] = ("exact", "near", "contained")
EXACT, NEAR, CONTAINED = range(3)
NEWEST = 1 << 40
"""The age of the corpus that is judged; lower ones are of earlier corpora, which stay."""
_SHELF_BYTES = 64 << 20
_MISSED = 1e-7
"""Highest probability, for a pair at the threshold, that its signatures look too different to be verified."""
_PAIRS = 1 << 14
_NONE = -1


class Batch(NamedTuple):
    """What is known of some records before anything is compared; all of one length but the matrix."""

    keys: Sequence[bytes]
    """Unique, and the last word in every tie."""
    preferences: npt.NDArray[np.int64]
    """The lowest is preferred."""
    lengths: npt.NDArray[np.int64]
    """Of equally preferred records the longest stays."""
    fingerprints: Fingerprints
    signed: npt.NDArray[np.bool_]
    """Records without a signature are compared for equality only."""
    signatures: Signatures
    """Shape (records, permutations); any values where there is none."""


class Verdicts(NamedTuple):
    """Who goes, by number of arrival, in the order of the policy."""

    rows: npt.NDArray[np.int64]
    twins: npt.NDArray[np.int64]
    similarities: npt.NDArray[np.float64]
    grains: npt.NDArray[np.int8]


@dataclass(slots=True)
class Statistics:
    """What a search did; ``hot`` names by number of arrival the buckets that were full."""

    records: int = 0
    candidates: int = 0
    """Pairs that share a band, of which the earlier record stays."""
    verified: int = 0
    """Pairs of which the shingles were compared."""
    hot: list[HotBucket] = field(default_factory=list)
    ranks: Ranks = field(default_factory=lambda: np.zeros(0, np.uint32))
    """The place of each record, by number of arrival, in the order in which they were judged."""


class Judge:
    """Finds the records that go.

    Records are judged by age, preference and length, ties by key: one goes exactly when it equals, or is at least
    ``threshold`` alike to, a record that has been judged to stay, and its twin is the most alike of those, or the
    first judged of equally alike ones. So nothing depends on the order of arrival, and no chain of pairs unites
    strangers. Records of an age below ``NEWEST`` (an earlier corpus) are never judged again: they stay.

    ``load`` returns the shingles of a record by its number of arrival. About 25 bytes a record are held; all else
    is bounded by ``memory`` and lies in files without a name in ``folder``.
    """

    def __init__(
        self,
        options: DedupOptions,
        load: Callable[[int], Shingles],
        *,
        folder: Path | None = None,
        memory: int = GIB,
    ) -> None:
        self._options, self._folder, self._memory = options, folder, memory
        self._order = Order(folder, memory // 2)
        self._fingerprints = Rows(np.uint64, 2, folder)
        self._signatures = Rows(np.uint32, options.permutations, folder)
        self._numbers = Rows(np.int64, 2, folder)
        self._signed: list[npt.NDArray[np.bool_]] = []
        self._fixed = 0
        self.ranks: Ranks = np.zeros(0, np.uint32)
        """The place of each record in the order in which they are judged; known with the verdicts."""
        self._shelf = Shelf(load, min(_SHELF_BYTES, memory // 4))

    def __len__(self) -> int:
        """Number of records."""
        return len(self._order)

    def add(self, batch: Batch, age: int = NEWEST) -> None:
        """Enter records; ``age`` is that of the corpus they are of, the lowest the earliest.

        Raises:
            ValueError: signatures of another length than the options say.
        """
        width, wanted = batch.signatures.shape[1], self._options.permutations
        if width != wanted and batch.signed.any():
            raise ValueError(f"signatures have {width} values, the options say {wanted} permutations")
        if width != wanted:
            batch = batch._replace(signatures=np.zeros((len(batch.keys), wanted), np.uint32))
        self._fixed += len(batch.keys) if age < NEWEST else 0
        self._order.add(age, batch.preferences, batch.lengths, batch.keys)
        self._fingerprints.append(batch.fingerprints)
        self._signatures.append(batch.signatures)
        self._numbers.append(np.column_stack((batch.preferences, batch.lengths)))
        self._signed.append(batch.signed)

    def batch(self, rows: npt.NDArray[np.int64]) -> Batch:
        """Return what was entered of some records."""
        numbers = self._numbers.take(rows)
        return Batch(
            [self.key(row) for row in rows.tolist()],
            numbers[:, 0],
            numbers[:, 1],
            self._fingerprints.take(rows),
            np.concatenate([np.zeros(0, np.bool_), *self._signed])[rows],
            self._signatures.take(rows),
        )

    def key(self, row: int) -> bytes:
        """Return the key of a record."""
        return self._order.key(row)

    def verdicts(self, statistics: Statistics | None = None, inside: Inside | None = None) -> Verdicts:
        """Judge all records; ``inside`` has the shingles of those that may stand in others.

        Raises:
            ValueError: two records that only the key could tell apart have the same.
        """
        statistics = statistics if statistics is not None else Statistics()
        statistics.records = len(self)
        trial = _Trial(self._order.rows(), self._fixed, self._options, statistics)
        self.ranks = statistics.ranks = ranks = np.empty(len(self), np.uint32)
        ranks[trial.rows] = np.arange(len(self), dtype=np.uint32)
        if self._options.exact:
            trial.heads = self._heads(ranks)
        bands = self._bands(ranks)
        try:
            bands.pair(self._fixed, min(SMALL_BUCKET, self._options.max_bucket))
            held = inside.pairs(ranks) if inside else iter(())
            return trial.go(bands, self._signatures, self._shelf, held)
        finally:
            bands.close()

    def close(self) -> None:
        """Give memory and disk back."""
        for at in (self._order, self._fingerprints, self._signatures, self._numbers):
            at.close()

    def _heads(self, ranks: Ranks) -> Ranks:
        runs = Runs(3, self._folder, self._memory // 2)
        at = 0
        for block in self._fingerprints.blocks():
            runs.add(np.column_stack((block, ranks[at : at + len(block)].astype(np.uint64))))
            at += len(block)
        try:
            return heads(runs, len(self))
        finally:
            runs.close()

    def _bands(self, ranks: Ranks) -> Bands:
        options = self._options
        bands = Bands(options.bands, options.rows, len(self), self._folder, self._memory // 2)
        at = 0
        signed = np.concatenate([np.zeros(0, np.bool_), *self._signed])
        for block in self._signatures.blocks() if options.near else ():
            mine = signed[at : at + len(block)]
            bands.add(ranks[at : at + len(block)][mine].astype(np.uint64), block[mine])
            at += len(block)
        return bands


class _Trial:
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
        self._compare = _Compare(self.rows, signatures, shelf, self._options, self._statistics)
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


class _Compare:
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


def floor(options: DedupOptions) -> float:
    """Return how many rows of two signatures must agree to be worth verifying, by Hoeffding's inequality."""
    return options.permutations * (options.threshold - sqrt(-log(_MISSED) / (2 * options.permutations)))

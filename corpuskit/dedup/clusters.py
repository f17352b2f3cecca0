"""Who stays and who goes: the policy over verified duplicates."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import log, sqrt
from operator import itemgetter
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.lsh import BucketIndex, HotBucket, LshIndex
from corpuskit.dedup.minhash import Signature
from corpuskit.dedup.options import DedupOptions
from corpuskit.dedup.shingles import Shingles, jaccard, shingles

SMALL = 1000
"""Up to so many signatures datasketch's own index is the quicker one."""
_CACHE_BYTES = 64 << 20
_MISSED = 1e-7
"""Highest probability, for a pair at the threshold, that its signatures look too different to be verified."""
_STACK = 4096


@dataclass(frozen=True, slots=True)
class Item:
    """What is known of a record before anything is compared."""

    index: int
    """What ``load_text`` knows the record by."""
    key: str
    """Unique, and the last word in every tie."""
    length: int
    """Characters of the clean text."""
    fingerprint: bytes
    signature: Signature | None = None
    """None keeps a record out of the search for near duplicates."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A record that goes, and the one that stays in its place."""

    index: int
    twin_index: int
    similarity: float
    """Jaccard similarity of the two sets of shingles; 1.0 for exact duplicates."""
    grain: Literal["exact", "near"]


@dataclass(slots=True)
class Statistics:
    """What a search did; ``hot`` names by ``Item.index`` the buckets that were full."""

    records: int = 0
    candidates: int = 0
    """Pairs that share a band."""
    verified: int = 0
    """Pairs of which the shingles were compared."""
    hot: list[HotBucket] = field(default_factory=list)


def find_duplicates(
    items: Iterable[Item],
    options: DedupOptions,
    load_text: Callable[[int], str],
    statistics: Statistics | None = None,
) -> list[Duplicate]:
    """Return the records that go, sorted by key.

    Records are judged from the longest to the shortest, ties by key: one goes exactly when it equals, or is at
    least ``threshold`` alike to, a record that has been judged to stay, and its twin is the most alike of those.
    So nothing depends on the order of ``items``, and no chain of pairs unites strangers. ``load_text`` returns
    the text of an index; it is asked only for candidates. ValueError if two items share a key, or if signatures are
    not ``permutations`` long.
    """
    records = _Records(items)
    statistics = statistics if statistics is not None else Statistics()
    statistics.records = len(records.items)
    searched = options.near and len(records.signatures) > 1
    near = _Near(records, options, load_text, statistics) if searched else None
    out = [twin for rank in range(len(records.items)) if (twin := _judge(rank, records, options, near))]
    if near:
        statistics.hot = near.hot()
    return [duplicate for _, duplicate in sorted(out, key=itemgetter(0))]


def _judge(rank: int, records: _Records, options: DedupOptions, near: _Near | None) -> tuple[str, Duplicate] | None:
    """Return the verdict on a record that goes, with its key; enter one that stays."""
    item = records.items[rank]
    twin, similarity = (records.kept.get(item.fingerprint) if options.exact else None), 1.0
    grain: Literal["exact", "near"] = "exact"
    if twin is None and near and item.row is not None:
        twin, similarity = near.best(item.row)
        grain = "near"
    if twin is not None:
        return item.key, Duplicate(item.index, records.items[twin].index, similarity, grain)
    records.kept[item.fingerprint] = rank
    if near and item.row is not None:
        near.index.insert(item.row)
    return None


@dataclass(frozen=True, slots=True)
class _Entry:
    index: int
    key: str
    length: int
    fingerprint: bytes
    row: int | None
    """Row of the matrix of signatures."""


class _Records:
    """The items in the order of the policy, their signatures in one matrix in any order."""

    def __init__(self, items: Iterable[Item]) -> None:
        entries: list[_Entry] = []
        stacked: list[npt.NDArray[np.uint32]] = []
        rows: list[Signature] = []
        for item in items:
            row = None
            if item.signature is not None:
                row = _STACK * len(stacked) + len(rows)
                rows.append(item.signature)
                if len(rows) == _STACK:
                    stacked.append(np.stack(rows))
                    rows = []
            entries.append(_Entry(item.index, item.key, item.length, item.fingerprint, row))
        if rows:
            stacked.append(np.stack(rows))
        self.signatures = _united(stacked)
        self.items = sorted(entries, key=lambda entry: (-entry.length, entry.key))
        self.kept: dict[bytes, int] = {}
        _check_keys(self.items)


def _united(stacked: list[npt.NDArray[np.uint32]]) -> npt.NDArray[np.uint32]:
    """Return one matrix of all the stacks, each let go of as soon as it is copied: memory is not needed twice."""
    if not stacked:
        return np.zeros((0, 0), np.uint32)
    out = np.empty((sum(map(len, stacked)), stacked[0].shape[1]), np.uint32)
    at = 0
    while stacked:
        part = stacked.pop(0)
        out[at : at + len(part)] = part
        at += len(part)
    return out


def _check_keys(entries: Sequence[_Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.key in seen:
            raise ValueError(f"two records have the key {entry.key!r}: give each its own, or ties depend on arrival")
        seen.add(entry.key)


class _Index(Protocol):
    def insert(self, row: int) -> None: ...

    def query(self, row: int) -> list[int]: ...


class _SmallIndex:
    def __init__(self, signatures: npt.NDArray[np.uint32], options: DedupOptions) -> None:
        self._signatures = signatures
        self._index = LshIndex(options.bands, options.rows, options.permutations)

    def insert(self, row: int) -> None:
        self._index.insert(row, self._signatures[row])

    def query(self, row: int) -> list[int]:
        return self._index.query(self._signatures[row])


class _Near:
    """The near duplicates among the records that stay."""

    def __init__(
        self, records: _Records, options: DedupOptions, load_text: Callable[[int], str], statistics: Statistics
    ) -> None:
        width = records.signatures.shape[1]
        if width != options.permutations:
            raise ValueError(f"signatures have {width} values, the options say {options.permutations} permutations")
        self._items = records.items
        self._signatures = records.signatures
        self._options = options
        self._statistics = statistics
        self._shelf = _Shelf(load_text)
        self._rank = {item.row: rank for rank, item in enumerate(records.items) if item.row is not None}
        self._floor = _floor(options)
        self.index = self._choose()

    def _choose(self) -> _Index:
        options, count = self._options, len(self._signatures)
        if count <= min(SMALL, options.max_bucket):
            return _SmallIndex(self._signatures, options)
        return BucketIndex(self._signatures, options.bands, options.rows, options.max_bucket)

    def best(self, row: int) -> tuple[int | None, float]:
        """Return the rank of the most alike record that stays, ties by key, and the similarity."""
        found = [(-similarity, self._items[rank].key, rank) for rank, similarity in self._alike(row)]
        if not found:
            return None, 0.0
        similarity, _, rank = min(found)
        return rank, -similarity

    def _alike(self, row: int) -> Iterable[tuple[int, float]]:
        rows = self.index.query(row)
        self._statistics.candidates += len(rows)
        for other in self._promising(row, rows):
            self._statistics.verified += 1
            similarity = self._similarity(row, other)
            if similarity >= self._options.threshold:
                yield self._rank[other], similarity

    def _promising(self, row: int, rows: list[int]) -> list[int]:
        if not rows:
            return rows
        agree = np.count_nonzero(self._signatures[rows] == self._signatures[row], axis=1)
        return [other for other, count in zip(rows, agree.tolist(), strict=True) if count >= self._floor]

    def _similarity(self, row: int, other: int) -> float:
        a, b = (self._shelf(self._items[self._rank[at]].index) for at in (row, other))
        return jaccard(a, b) if min(a.size, b.size) >= self._options.min_shingles else 0.0

    def hot(self) -> list[HotBucket]:
        found = self.index.hot if isinstance(self.index, BucketIndex) else []
        return [bucket._replace(first=self._items[self._rank[bucket.first]].index) for bucket in found]


def _floor(options: DedupOptions) -> float:
    """Return how many rows of two signatures must agree to be worth verifying, by Hoeffding's inequality."""
    return options.permutations * (options.threshold - sqrt(-log(_MISSED) / (2 * options.permutations)))


class _Shelf:
    """The shingles of texts by index, the latest used at hand up to a number of bytes."""

    def __init__(self, load_text: Callable[[int], str], most: int = _CACHE_BYTES) -> None:
        self._load = load_text
        self._most = most
        self._bytes = 0
        self._sets: OrderedDict[int, Shingles] = OrderedDict()

    def __call__(self, index: int) -> Shingles:
        if index in self._sets:
            self._sets.move_to_end(index)
            return self._sets[index]
        found = shingles(self._load(index))
        self._sets[index] = found
        self._bytes += found.nbytes
        while self._bytes > self._most and len(self._sets) > 1:
            self._bytes -= self._sets.popitem(last=False)[1].nbytes
        return found

"""Locality-sensitive hashing: which signatures share a band.

Indyk and Motwani (1998); the banding of Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", ch. 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.minhash import PERMUTATIONS, Signature, to_minhash

ALONE = -1
"""Bucket of a band that no other signature shares."""
_STEP = np.uint64(0x9E3779B97F4A7C15)


class HotBucket(NamedTuple):
    """A bucket with more members than were paired with each other."""

    band: int
    first: int
    """Its first member."""
    members: int
    left_out: int
    """Members that later ones were not paired with through this bucket."""


class Candidates(NamedTuple):
    """Pairs of rows that share a band, and the buckets that were cut."""

    pairs: npt.NDArray[np.int64]
    """Each pair once, lower row first, sorted; shape (pairs, 2)."""
    hot: list[HotBucket]


def recall_curve(
    bands: int = 16, rows: int = 8, similarities: Sequence[float] = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
) -> list[tuple[float, float]]:
    """Return the probability that a pair becomes a candidate, for each Jaccard similarity.

    >>> [(s, round(p, 3)) for s, p in recall_curve(16, 8, (0.5, 0.8, 0.9))]
    [(0.5, 0.061), (0.8, 0.947), (0.9, 1.0)]
    """
    return [(similarity, 1.0 - (1.0 - similarity**rows) ** bands) for similarity in similarities]


def buckets(signatures: npt.NDArray[np.uint32], bands: int = 16, rows: int = 8) -> npt.NDArray[np.int32]:
    """Return the bucket of each signature in each band, shape (signatures, bands), ``ALONE`` where no other is.

    Two signatures are in one bucket of a band when its rows agree; numbers are of one band only.
    """
    check_bands(bands, rows, signatures.shape[1])
    out = np.full((len(signatures), bands), ALONE, np.int32)
    for band in range(bands):
        keys = _keys(signatures[:, band * rows : (band + 1) * rows])
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        same = ordered[1:] == ordered[:-1]
        fresh = np.concatenate(([True], ~same))[: len(ordered)]
        shared = np.zeros(len(ordered), np.bool_)
        shared[1:] |= same
        shared[:-1] |= same
        number = np.cumsum(fresh & shared) - 1
        out[order, band] = np.where(shared, number, ALONE)
    return out


def check_bands(bands: int, rows: int, permutations: int) -> None:
    """Raise ValueError unless the bands fit into a signature."""
    if bands < 1 or rows < 1 or bands * rows > permutations:
        raise ValueError(
            f"{bands} bands of {rows} rows need {bands * rows} permutations, and a signature has {permutations}: "
            "lower bands or rows, or raise permutations"
        )


def candidate_pairs(
    signatures: npt.NDArray[np.uint32], bands: int = 16, rows: int = 8, max_bucket: int = 1000
) -> Candidates:
    """Return the pairs of signatures that share at least one band.

    In a bucket of more than ``max_bucket`` members each is paired only with the first few, so many that the
    bucket gives about as many pairs as the largest whole one; it is reported in ``hot``.
    """
    hot: list[HotBucket] = []
    found = [np.zeros(0, np.int64)]
    for band, column in enumerate(buckets(signatures, bands, rows).T):
        for members in _by_size(column):
            size = members.shape[1]
            head = _head(size, max_bucket)
            if head < size:
                hot += [HotBucket(band, first, size, size - head) for first in members[:, 0].tolist()]
            left, right = np.triu_indices(head, 1, size)
            found.append((members[:, left] * len(signatures) + members[:, right]).ravel())
    pairs = np.unique(np.concatenate(found))
    return Candidates(np.column_stack(np.divmod(pairs, max(1, len(signatures)))), sorted(hot))


def _by_size(column: npt.NDArray[np.int32]) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the rows of all buckets of one size, in order, shape (buckets, size)."""
    order = np.argsort(column, kind="stable")
    order = order[np.count_nonzero(column == ALONE) :]
    sizes = np.bincount(column[order])
    starts = np.cumsum(sizes) - sizes
    for size in np.unique(sizes).tolist():
        yield order[starts[sizes == size][:, None] + np.arange(size)]


def _keys(band: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    """Return 64 bits of each row of a band; a collision costs one verification."""
    keys = np.zeros(len(band), np.uint64)
    for column in band.T:
        keys ^= keys >> np.uint64(29)
        keys *= _STEP
        keys += column
    return keys ^ (keys >> np.uint64(32))


def _head(members: int, most: int) -> int:
    return members if members <= most else max(1, most * most // (2 * members))


class BucketIndex:
    """Records that stayed, by the buckets of signatures known beforehand.

    Only what stays enters a bucket, so that a thousand copies of one text make a bucket of one. A bucket takes
    no more than ``max_bucket`` records; those it turned away are counted in ``hot``.
    """

    def __init__(self, signatures: npt.NDArray[np.uint32], bands: int, rows: int, max_bucket: int) -> None:
        self._buckets = buckets(signatures, bands, rows)
        self._most = max_bucket
        self._members: dict[tuple[int, int], list[int]] = {}
        self._left_out: dict[tuple[int, int], int] = {}

    def insert(self, row: int) -> None:
        """Enter a record that stays."""
        for place in self._places(row):
            members = self._members.setdefault(place, [])
            if len(members) < self._most:
                members.append(row)
            else:
                self._left_out[place] = self._left_out.get(place, 0) + 1

    def query(self, row: int) -> list[int]:
        """Return the rows, sorted, that were entered and share a band with this one."""
        return sorted({member for place in self._places(row) for member in self._members.get(place, ())})

    @property
    def hot(self) -> list[HotBucket]:
        """The buckets that turned records away, by band and first member."""
        full = ((place, self._members[place], count) for place, count in self._left_out.items())
        return sorted(HotBucket(band, rows[0], len(rows) + count, count) for (band, _), rows, count in full)

    def _places(self, row: int) -> list[tuple[int, int]]:
        return [(band, bucket) for band, bucket in enumerate(self._buckets[row].tolist()) if bucket != ALONE]


class LshIndex:
    """``datasketch.MinHashLSH`` over signatures, for small sets and for records that come one by one."""

    def __init__(self, bands: int = 16, rows: int = 8, permutations: int = PERMUTATIONS) -> None:
        from datasketch import MinHashLSH

        check_bands(bands, rows, permutations)
        self.lsh = MinHashLSH(num_perm=permutations, params=(bands, rows))

    def insert(self, key: int, signature: Signature) -> None:
        """Enter a signature under a key; ValueError if the key is there already."""
        self.lsh.insert(key, to_minhash(signature))

    def query(self, signature: Signature) -> list[int]:
        """Return the keys, sorted, of entered signatures that share a band with this one."""
        return sorted(self.lsh.query(to_minhash(signature)))

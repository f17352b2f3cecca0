"""Locality-sensitive hashing: which signatures share a band, by sorting rather than by tables.

Indyk and Motwani (1998); the banding of Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", ch. 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.minhash import PERMUTATIONS, Signature, Signatures, from_minhash, to_minhash
from corpuskit.dedup.runs import Runs, Spread, Table, whole

if TYPE_CHECKING:
    from datasketch import MinHash

SMALL_BUCKET = 64
"""In buckets of up to so many members all pairs are listed beforehand."""
_FOUND = 0.94
_STEP = np.uint64(0x9E3779B97F4A7C15)
_LOW = np.uint64(0xFFFFFFFF)
_PAIR = np.uint64(32)
_GIB = 1 << 30


class HotBucket(NamedTuple):
    """A bucket with more members that stay than others were compared with."""

    band: int
    first: int
    """Its first member."""
    members: int
    """Members that stay."""
    left_out: int
    """Members that stay, and that later ones were not compared with through this bucket."""


def recall_curve(
    bands: int = 16, rows: int = 8, similarities: Sequence[float] = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
) -> list[tuple[float, float]]:
    """Return the probability that a pair becomes a candidate, for each Jaccard similarity.

    >>> [(s, round(p, 3)) for s, p in recall_curve(16, 8, (0.5, 0.8, 0.9))]
    [(0.5, 0.061), (0.8, 0.947), (0.9, 1.0)]
    """
    return [(similarity, 1.0 - (1.0 - similarity**rows) ** bands) for similarity in similarities]


def bands_for(threshold: float, permutations: int = PERMUTATIONS) -> tuple[int, int]:
    """Return the bands, and the most rows, that find a pair at the threshold with a probability of 0.94 or more.

    >>> bands_for(0.8), bands_for(0.75)
    ((16, 8), (21, 6))
    """
    shapes = [(permutations // rows, rows) for rows in range(1, permutations + 1)]
    return max((at for at in shapes if recall_curve(*at, [threshold])[0][1] >= _FOUND), key=lambda at: at[1])


def check_bands(bands: int, rows: int, permutations: int) -> None:
    """Raise ValueError unless the bands fit into a signature."""
    if bands < 1 or rows < 1 or bands * rows > permutations:
        raise ValueError(
            f"{bands} bands of {rows} rows need {bands * rows} permutations, and a signature has {permutations}: "
            "lower bands or rows, or raise permutations"
        )


class Bands:
    """The bands of many signatures, each sorted on disk, so that those who share a bucket stand side by side."""

    def __init__(self, bands: int, members: int, folder: Path | None = None, memory: int = _GIB) -> None:
        # half of the memory while bands are filled, the other half for the pairs
        self._runs = [Spread(1, folder, memory // 2 // bands) for _ in range(bands)]
        self._bits = np.uint64(max(1, (members - 1).bit_length()))
        self._pairs = Spread(1, folder, memory // 2, 32 + int(self._bits))
        self._hot = Runs(2, folder, memory // 8)
        self.buckets = 0
        """Buckets of more than ``SMALL_BUCKET`` members."""
        self.bands_of: list[int] = []
        """The band of each of those."""

    def add(self, ranks: npt.NDArray[np.uint64], keys: Table) -> None:
        """Enter the keys of signatures, shape (ranks, bands), under their ranks."""
        for runs, column in zip(self._runs, keys.T, strict=True):
            # the rank takes the low bits of the key: a bucket too many costs a verification
            runs.add((((column >> self._bits) << self._bits) | ranks)[:, None])

    def pair(self, fixed: int = 0, most: int = SMALL_BUCKET) -> None:
        """List the pairs of small buckets and the members of large ones; two ranks below ``fixed`` are no pair."""
        for band, runs in enumerate(self._runs):
            for block in whole(runs.blocks(), self._bucket):
                self._block(band, block[:, 0], fixed, most)
            runs.close()

    def pairs(self) -> Iterator[Table]:
        """Yield the pairs of small buckets, each once, by the later rank and then by the earlier; shape (pairs, 2)."""
        for block in whole(self._pairs.blocks(), _first):
            found = block[:, 0]
            once = found[np.append(True, found[1:] != found[:-1])]
            yield np.column_stack((once >> _PAIR, once & _LOW))

    def hot(self) -> Iterator[Table]:
        """Yield rank and bucket of the members of large buckets, by rank; shape (members, 2)."""
        yield from self._hot.blocks()

    def close(self) -> None:
        """Give the disk back."""
        for runs in (*self._runs, self._pairs, self._hot):
            runs.close()

    def _bucket(self, block: Table) -> npt.NDArray[np.uint64]:
        return block[:, 0] >> self._bits

    def _block(self, band: int, entries: npt.NDArray[np.uint64], fixed: int, most: int) -> None:
        keys = entries >> self._bits
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        sizes = np.diff(np.append(starts, entries.size))
        ranks = entries & ((np.uint64(1) << self._bits) - np.uint64(1))
        for size in np.flatnonzero(np.bincount(sizes[(sizes > 1) & (sizes <= most)])).tolist():
            self._small(ranks[starts[sizes == size][:, None] + np.arange(size)], fixed)
        for at in np.flatnonzero(sizes > most).tolist():
            members = ranks[starts[at] : starts[at] + sizes[at]]
            if members[-1] >= fixed:
                self._large(band, members)

    def _small(self, members: Table, fixed: int) -> None:
        """Pair the members of buckets of one size, shape (buckets, size)."""
        members = members[members[:, -1] >= fixed]
        low, high = np.triu_indices(members.shape[1], 1)
        step = max(1, (1 << 20) // low.size)
        for at in range(0, len(members), step):
            part = members[at : at + step]
            pairs = ((part[:, high] << _PAIR) | part[:, low]).reshape(-1, 1)
            self._pairs.add(pairs[(pairs[:, 0] >> _PAIR) >= fixed])

    def _large(self, band: int, members: npt.NDArray[np.uint64]) -> None:
        self._hot.add(np.column_stack((members, np.full(members.size, self.buckets, np.uint64))))
        self.bands_of.append(band)
        self.buckets += 1


def candidate_pairs(signatures: Signatures, bands: int = 16, rows: int = 8) -> npt.NDArray[np.int64]:
    """Return all pairs of signatures that share at least one band, lower row first, sorted; shape (pairs, 2)."""
    check_bands(bands, rows, signatures.shape[1])
    sorted_bands = Bands(bands, len(signatures))
    sorted_bands.add(np.arange(len(signatures), dtype=np.uint64), band_keys(signatures, bands, rows))
    sorted_bands.pair(most=max(SMALL_BUCKET, len(signatures)))
    found = np.concatenate([np.zeros((0, 2), np.uint64), *sorted_bands.pairs()]).astype(np.int64)[:, ::-1]
    sorted_bands.close()
    found = found[share_band(signatures[found[:, 0]], signatures[found[:, 1]], bands, rows)]
    return found[np.lexsort((found[:, 1], found[:, 0]))]


def share_band(one: npt.NDArray[Any], other: npt.NDArray[Any], bands: int, rows: int) -> npt.NDArray[np.bool_]:
    """Tell of each pair of signatures whether they agree in all rows of a band."""
    same = (one == other)[:, : bands * rows].reshape(-1, bands, rows)
    found: npt.NDArray[np.bool_] = same.all(axis=2).any(axis=1)
    return found


def _first(block: Table) -> npt.NDArray[np.uint64]:
    return block[:, 0]


def band_keys(signatures: Signatures, bands: int, rows: int) -> Table:
    """Return 64 bits of each band of signatures, shape (signatures, bands)."""
    keys = [_keys(signatures[:, band * rows : (band + 1) * rows]) for band in range(bands)]
    return np.column_stack(keys)


def _keys(band: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    """Return 64 bits of each row of a band, the high ones as good as the low ones."""
    keys = np.zeros(len(band), np.uint64)
    for column in band.T:
        keys ^= keys >> np.uint64(29)
        keys *= _STEP
        keys += column
    keys ^= keys >> np.uint64(29)
    keys *= _STEP
    return keys ^ (keys >> np.uint64(32))


class LshIndex:
    """``datasketch.MinHashLSH`` over signatures or its own objects, for small sets and records that come one by one."""

    def __init__(self, bands: int = 16, rows: int = 8, permutations: int = PERMUTATIONS) -> None:
        from datasketch import MinHashLSH

        check_bands(bands, rows, permutations)
        self.lsh = MinHashLSH(num_perm=permutations, params=(bands, rows))

    def insert(self, key: int, signature: Signature | MinHash) -> None:
        """Enter a signature under a key; ValueError if the key is there already."""
        self.lsh.insert(key, _object(signature))

    def query(self, signature: Signature | MinHash) -> list[int]:
        """Return the keys, sorted, of entered signatures that share a band with this one."""
        return sorted(self.lsh.query(_object(signature)))


def _object(signature: Signature | MinHash) -> MinHash:
    return to_minhash(signature if isinstance(signature, np.ndarray) else from_minhash(signature))

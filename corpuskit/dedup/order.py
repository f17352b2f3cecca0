"""Who is judged before whom: the order of a policy, and the first of those that are equal, sorted out of core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.parts import Parts
from corpuskit.dedup.runs import Runs, Table, whole
from corpuskit.dedup.store import Ragged

Ranks = npt.NDArray[np.uint32]

_PREFIX = 16
_KEYS = 1 << 16
_SIGN = np.uint64(1 << 63)
_STEP = np.uint64(0x9E3779B97F4A7C15)


class Order:
    """Records by age, then preference, then length, the longest first, then key.

    Keys are compared as UTF-8, which is the order of code points.
    """

    def __init__(self, folder: Path | None, memory: int) -> None:
        self._folder = folder
        self._runs = Runs(6, folder, memory)
        self._keys = Ragged(np.uint8, folder)

    def __len__(self) -> int:
        """Number of records."""
        return len(self._keys)

    def add(
        self, age: int, preferences: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64], keys: Sequence[bytes]
    ) -> None:
        """Enter records in the order of arrival; lower ages and preferences come first."""
        count = len(keys)
        rows = np.arange(len(self), len(self) + count, dtype=np.uint64)
        prefix = b"".join([key[:_PREFIX].ljust(_PREFIX, b"\0") for key in keys])
        high, low = np.frombuffer(prefix, ">u8").astype(np.uint64).reshape(-1, 2).T
        preferred = preferences.astype(np.int64).view(np.uint64) ^ _SIGN
        columns = (np.full(count, age, np.uint64), preferred, ~lengths.astype(np.uint64), high, low, rows)
        self._runs.add(np.column_stack(columns))
        self._keys.append(np.frombuffer(b"".join(keys), np.uint8), np.fromiter(map(len, keys), np.int64, count))

    def key(self, row: int) -> bytes:
        """Return the key of a record."""
        return self._keys.get(row).tobytes()

    def keys(self, rows: npt.NDArray[np.int64]) -> Iterator[bytes]:
        """Yield the keys of some records, in any order, as often as they are wanted; the file is read once."""
        bounds = np.append(np.arange(0, rows.size, _KEYS), rows.size)
        parts = Parts(self._keys.blocks(), rows, self._keys.sizes()[rows], bounds, np.uint8, self._folder)
        try:
            for number in range(bounds.size - 1):
                values, starts, ends = parts.part(number)
                data = values.tobytes()
                yield from [data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        finally:
            parts.close()

    def rows(self) -> Ranks:
        """Return the record of each rank, shape (records,).

        Raises:
            ValueError: two records that only the key could tell apart have the same.
        """
        out = np.zeros(len(self), np.uint32)
        at = 0
        for block in whole(self._runs.blocks(), _place):
            rows = block[:, -1].astype(np.uint32)
            for start, end in _ties(block[:, :-1]):
                rows[start:end] = self._by_key(rows[start:end])
            out[at : at + rows.size] = rows
            at += rows.size
        return out

    def close(self) -> None:
        """Give the disk back."""
        self._runs.close()
        self._keys.close()

    def _by_key(self, rows: Ranks) -> list[int]:
        named = sorted((self.key(row), row) for row in rows.tolist())
        for (one, _), (other, _) in pairwise(named):
            if one == other:
                raise ValueError(
                    f"two records have the key {one.decode('utf-8', 'replace')!r}: "
                    "give each its own, or ties depend on arrival"
                )
        return [row for _, row in named]


def _place(block: Table) -> npt.NDArray[np.uint64]:
    """Return a number that is the same for rows equal in all columns but the last."""
    found = np.zeros(len(block), np.uint64)
    for column in block[:, :-1].T:
        found = found * _STEP + column
    return found


def _ties(columns: Table) -> list[tuple[int, int]]:
    """Return where rows that are equal in all columns begin and end."""
    fresh = np.append(True, (columns[1:] != columns[:-1]).any(axis=1))
    starts = np.flatnonzero(fresh)
    ends = np.append(starts[1:], len(columns))
    many = ends - starts > 1
    return list(zip(starts[many].tolist(), ends[many].tolist(), strict=True))


def heads(fingerprints: Runs, count: int) -> Ranks:
    """Return for each rank the first rank with its fingerprint; rows are the fingerprint's two halves and the rank."""
    out = np.arange(count, dtype=np.uint32)
    for block in whole(fingerprints.blocks(), lambda rows: rows[:, 0]):
        starts = np.flatnonzero(np.append(True, (block[1:, :2] != block[:-1, :2]).any(axis=1)))
        sizes = np.diff(np.append(starts, len(block)))
        ranks = block[:, 2].astype(np.uint32)
        out[ranks] = np.repeat(ranks[starts], sizes)
    return out

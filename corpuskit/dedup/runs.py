"""Sorting more numbers than fit into memory: sorted runs on disk, merged block by block."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.uint64]

_LEAST_ROWS = 1 << 10
_DEAL_BITS = 8
_BLOCK = 1 << 17
"""Rows from which a block is large."""
_COPIES = 4
"""Sorting holds the rows, their order and a sorted copy; merging about as much."""


class Runs:
    """Rows of unsigned numbers in; the same rows out in ascending order, first column first.

    ``memory`` is about how many bytes are held; what is more lies in a file without a name in ``folder``, which is
    gone with the process however it ends. The order does not depend on ``memory``.
    """

    def __init__(self, columns: int, folder: Path | None, memory: int) -> None:
        self._columns = columns
        self._folder = folder
        self._most = max(_LEAST_ROWS, memory // (8 * columns * _COPIES))
        self._held: list[Table] = []
        self._size = 0
        self._file: IO[bytes] | None = None
        self._runs: list[tuple[int, int]] = []
        self.total = 0

    def add(self, rows: Table) -> None:
        """Take rows, shape (rows, columns)."""
        for start in range(0, len(rows), self._most):
            part = rows[start : start + self._most]
            if self._size + len(part) > self._most:
                self._spill()
            self._held.append(part)
            self._size += len(part)
        self.total += len(rows)

    def blocks(self) -> Iterator[Table]:
        """Yield all rows in ascending order, a block at a time; none is empty."""
        if not self._runs:
            yield from _joined([self._sorted()])
            return
        self._spill()
        yield from self._merged()

    def close(self) -> None:
        """Give memory and disk back."""
        self._held, self._size = [], 0
        if self._file is not None:
            self._file.close()

    def _sorted(self) -> Table:
        rows = np.concatenate([np.zeros((0, self._columns), np.uint64), *self._held])
        self._held, self._size = [], 0
        return ascending(rows)

    def _spill(self) -> None:
        rows = self._sorted()
        if len(rows):
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by close()
            self._runs.append((self._file.seek(0, 2), len(rows)))
            self._file.write(np.ascontiguousarray(rows).data)

    def _merged(self) -> Iterator[Table]:
        size = max(_LEAST_ROWS, self._most // len(self._runs))
        open_runs = [_Run(self, start, count, size) for start, count in self._runs]
        while open_runs := [run for run in open_runs if run.fill()]:
            # up to the least of the last rows at hand nothing smaller can follow
            bound = min(tuple(run.rows[-1].tolist()) for run in open_runs)
            yield ascending(np.concatenate([run.take(bound) for run in open_runs]), fresh=False)

    def _read(self, start: int, rows: int) -> Table:
        assert self._file is not None
        self._file.seek(start)
        data = self._file.read(rows * self._columns * 8)
        return np.frombuffer(data, np.uint64).reshape(-1, self._columns)


class Spread(Runs):
    """Runs of rows whose first column is spread evenly over all numbers below ``2**bits``, as hashes are.

    They are dealt out by the first eight of those bits, so that what is sorted at once fits into a cache, and nothing
    is merged. The rows come out as of ``Runs``, however they are spread.
    """

    def __init__(self, columns: int, folder: Path | None, memory: int, bits: int = 64) -> None:
        super().__init__(columns, folder, memory)
        self._shift = np.uint64(max(0, bits - _DEAL_BITS))
        self._dealt: list[list[tuple[int, int]]] = [[] for _ in range(1 << _DEAL_BITS)]

    def blocks(self) -> Iterator[Table]:
        """Yield all rows in ascending order, a block at a time; none is empty."""
        if self._file is None:
            yield from _joined([self._sorted()]) if self._size <= _BLOCK else _joined_up(map(ascending, self._deal()))
            return
        self._spill()
        yield from _joined_up(rows for deal in self._dealt if deal for rows in self._whole(deal))

    def _deal(self) -> list[Table]:
        """Return the rows held, by the first bits of their first column."""
        rows = np.concatenate([np.zeros((0, self._columns), np.uint64), *self._held])
        first = (rows[:, 0] >> self._shift).astype(np.uint8)
        order = np.argsort(first, kind="stable")
        return np.split(rows[order], np.flatnonzero(np.diff(first[order])) + 1)

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by close()
        for rows in self._deal() if self._size else ():
            self._dealt[int(rows[0, 0] >> self._shift)].append((self._file.seek(0, 2), len(rows)))
            self._file.write(np.ascontiguousarray(rows).data)
        self._held, self._size = [], 0

    def _whole(self, deal: list[tuple[int, int]]) -> Iterator[Table]:
        """Yield the rows of a deal in order; of one that is too large they are merged."""
        runs = Runs(self._columns, self._folder, self._most * self._columns * 8 * _COPIES)
        try:
            for start, count in deal:
                runs.add(self._read(start, count))
            yield from runs.blocks()
        finally:
            runs.close()


class _Run:
    def __init__(self, runs: Runs, start: int, count: int, size: int) -> None:
        self._runs, self._at, self._left, self._size = runs, start, count, size
        self.rows: Table = np.zeros((0, runs._columns), np.uint64)

    def fill(self) -> bool:
        if not len(self.rows) and self._left:
            count = min(self._size, self._left)
            self.rows = self._runs._read(self._at, count)
            self._at += self.rows.nbytes
            self._left -= count
        return len(self.rows) > 0

    def take(self, bound: tuple[int, ...]) -> Table:
        count = _up_to(self.rows, bound)
        taken, self.rows = self.rows[:count], self.rows[count:]
        return taken


def ascending(rows: Table, *, fresh: bool = True) -> Table:
    """Return rows in ascending order, first column first; rows that are not ``fresh`` are runs in order already."""
    if rows.shape[1] == 1:
        # the stable sort is the one that makes use of such runs
        return np.sort(rows, axis=0, kind=None if fresh else "stable")
    telling = [column for column in rows.T if len(rows) and (column != column[0]).any()]
    return rows[np.lexsort(telling[::-1])] if telling else rows


def _joined_up(blocks: Iterable[Table]) -> Iterator[Table]:
    """Join blocks that are small."""
    held: list[Table] = []
    for block in blocks:
        held.append(block)
        if sum(map(len, held)) >= _BLOCK:
            yield from _joined(held)
            held = []
    yield from _joined(held)


def _up_to(rows: Table, bound: tuple[int, ...]) -> int:
    """Return how many of the sorted rows are not above a bound."""
    low, high = 0, len(rows)
    for column, value in enumerate(bound):
        part = rows[low:high, column]
        number = np.uint64(value)
        high = low + int(np.searchsorted(part, number, "right"))
        below = low + int(np.searchsorted(part, number, "left"))
        if column + 1 < len(bound):
            low = below
    return high


def whole(blocks: Iterable[Table], key: Callable[[Table], npt.NDArray[np.uint64]]) -> Iterator[Table]:
    """Cut blocks anew, so that rows side by side with one key are in one block."""
    held: list[Table] = []
    for block in blocks:
        keys = key(block)
        others = np.flatnonzero(keys != keys[-1])
        at = int(others[-1]) + 1 if others.size else 0
        if at == 0 and (not held or key(held[-1][-1:])[0] == keys[-1]):
            held.append(block)
            continue
        yield from _joined([*held, block[:at]])
        held = [block[at:]]
    yield from _joined(held)


def _joined(parts: list[Table]) -> Iterator[Table]:
    rows = parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else None
    if rows is not None and len(rows):
        yield rows

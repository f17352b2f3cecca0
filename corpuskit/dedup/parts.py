"""Arrays of a store laid out anew on disk, in the order in which they are wanted, and read back a part at a time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Sizes = npt.NDArray[np.integer[Any]]


class Part(NamedTuple):
    """Some arrays, one after the other as they were read."""

    values: npt.NDArray[Any]
    starts: npt.NDArray[np.int64]
    """Where each begins, in the order in which they are wanted."""
    ends: npt.NDArray[np.int64]


class Parts:
    """Reads a store once, from its beginning to its end, instead of here and there.

    ``blocks`` are values and sizes of all arrays of the store, ``wanted`` the numbers of those that are wanted, as
    often and in the order they are wanted, ``sizes`` theirs, and ``bounds`` where parts begin and the last ends.
    About 25 bytes are held of each that is wanted.
    """

    def __init__(
        self,
        blocks: Iterable[tuple[npt.NDArray[Any], Sizes]],
        wanted: npt.NDArray[Any],
        sizes: Sizes,
        bounds: npt.NDArray[np.int64],
        dtype: npt.DTypeLike,
        folder: Path | None = None,
    ) -> None:
        self._dtype, self._sizes, self._bounds = np.dtype(dtype), sizes, bounds
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by close()
        self._offsets = np.append(0, np.cumsum(sizes, dtype=np.int64))[bounds] * self._dtype.itemsize
        self._arrived: list[list[npt.NDArray[np.uint32]]] = [[] for _ in bounds[1:]]
        order = np.argsort(wanted, kind="stable")
        sources = wanted[order]
        cursors = self._offsets.tolist()
        at = 0
        for values, lengths in blocks:
            low, high = np.searchsorted(sources, [at, at + lengths.size])
            self._scatter(values, lengths, order[low:high], sources[low:high] - at, cursors)
            at += lengths.size

    def part(self, number: int) -> Part:
        """Return a part."""
        start, end = self._offsets[number : number + 2].tolist()
        values = np.frombuffer(os.pread(self._file.fileno(), end - start, start), self._dtype)
        first, last = self._bounds[number : number + 2].tolist()
        arrived = np.concatenate([np.zeros(0, np.uint32), *self._arrived[number]])
        sizes = self._sizes[arrived].astype(np.int64)
        starts = np.empty(last - first, np.int64)
        starts[arrived - np.uint32(first)] = np.cumsum(sizes) - sizes
        return Part(values, starts, starts + self._sizes[first:last].astype(np.int64))

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()

    def _scatter(
        self,
        values: npt.NDArray[Any],
        lengths: Sizes,
        places: npt.NDArray[np.intp],
        sources: npt.NDArray[Any],
        cursors: list[int],
    ) -> None:
        if not places.size:
            return
        parts = np.searchsorted(self._bounds, places, "right") - 1
        by_part = np.argsort(parts, kind="stable")
        places, sources, parts = places[by_part], sources[by_part], parts[by_part]
        starts = np.cumsum(lengths) - lengths
        first = np.flatnonzero(np.diff(parts, prepend=-1))
        pieces = (np.split(column, first[1:]) for column in (places, sources))
        for number, mine, those in zip(parts[first].tolist(), *pieces, strict=True):
            data = picked(values, starts[those], lengths[those])
            cursors[number] += os.pwrite(self._file.fileno(), data.data, cursors[number])
            self._arrived[number].append(mine.astype(np.uint32))


def picked(values: npt.NDArray[Any], starts: Sizes, sizes: Sizes) -> npt.NDArray[Any]:
    """Return some stretches of an array, one after the other."""
    if (width := int(sizes[0])) and not (sizes != width).any() and values.size % width == 0:
        rows, rest = np.divmod(starts, width)
        if not rest.any():
            return values.reshape(-1, width)[rows]
    ends = np.cumsum(sizes)
    out: npt.NDArray[Any] = values[np.arange(int(ends[-1])) + np.repeat(starts - (ends - sizes), sizes)]
    return out

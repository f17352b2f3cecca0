"""Arrays on disk, appended to once and read by index: what is known of records without holding it in memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_BLOCK = 1 << 23


class Rows:
    """Rows of equal width in a file without a name, or in one that is there to be read."""

    def __init__(self, dtype: npt.DTypeLike, width: int, folder: Path | None = None, path: Path | None = None) -> None:
        self._dtype = np.dtype(dtype)
        self.width = width
        self._bytes = self._dtype.itemsize * width
        self._file: Any = tempfile.TemporaryFile(dir=folder) if path is None else path.open("rb")  # noqa: SIM115
        self._size = 0 if path is None else path.stat().st_size // self._bytes
        self._dirty = False

    def __len__(self) -> int:
        """Number of rows."""
        return self._size

    def append(self, rows: npt.NDArray[Any]) -> None:
        """Add rows, shape (rows, width)."""
        self._file.write(np.ascontiguousarray(rows, self._dtype).data)
        self._size += len(rows)
        self._dirty = True

    @property
    def handle(self) -> int:
        """The file's descriptor, with all that was appended behind it."""
        if self._dirty:
            self._file.flush()
            self._dirty = False
        handle: int = self._file.fileno()
        return handle

    def take(self, indices: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """Return the rows of some indices, shape (indices, width).

        They are read one by one: a map of the file would count whole pages of it as memory of the process.
        """
        handle, size = self.handle, self._bytes
        data = b"".join([os.pread(handle, size, at * size) for at in indices.tolist()])
        return np.frombuffer(data, self._dtype).reshape(-1, self.width)

    def blocks(self, start: int = 0) -> Iterator[npt.NDArray[Any]]:
        """Yield all rows from one on, some megabytes at a time."""
        count = max(1, _BLOCK // self._bytes)
        for at in range(start, self._size, count):
            data = os.pread(self.handle, min(count, self._size - at) * self._bytes, at * self._bytes)
            yield np.frombuffer(data, self._dtype).reshape(-1, self.width)

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()


class Ragged:
    """Arrays of different lengths in a file, by number."""

    def __init__(
        self, dtype: npt.DTypeLike, folder: Path | None = None, paths: tuple[Path, Path] | None = None
    ) -> None:
        values, ends = paths or (None, None)
        self._dtype = np.dtype(dtype)
        self._values = Rows(dtype, 1, folder, values)
        self._ends = Rows(np.int64, 1, folder, ends)

    def __len__(self) -> int:
        """Number of arrays."""
        return len(self._ends)

    def append(self, values: npt.NDArray[Any], sizes: npt.NDArray[np.int64]) -> None:
        """Add arrays that lie one after the other."""
        self._ends.append((np.cumsum(sizes) + len(self._values)).reshape(-1, 1))
        self._values.append(values.reshape(-1, 1))

    def get(self, index: int) -> npt.NDArray[Any]:
        """Return one array."""
        at = max(0, index - 1) * 8
        ends = np.frombuffer(os.pread(self._ends.handle, 16 if index else 8, at), np.int64).tolist()
        start, end = (0, ends[0]) if index == 0 else ends
        size = self._dtype.itemsize
        return np.frombuffer(os.pread(self._values.handle, (end - start) * size, start * size), self._dtype)

    def sizes(self) -> npt.NDArray[np.uint32]:
        """Return the length of each array."""
        out = [sizes.astype(np.uint32) for _, sizes in self._all_ends()]
        return np.concatenate([np.zeros(0, np.uint32), *out])

    def blocks(self) -> Iterator[tuple[npt.NDArray[Any], npt.NDArray[np.int64]]]:
        """Yield all arrays, some megabytes at a time: values one after the other, and the length of each array."""
        size = self._dtype.itemsize
        for start, sizes in self._all_ends():
            ends = np.cumsum(sizes)
            first = 0
            while first < sizes.size:
                before = int(ends[first] - sizes[first])
                last = max(first + 1, int(np.searchsorted(ends, before + _BLOCK // size, "right")))
                count = int(ends[last - 1]) - before
                data = os.pread(self._values.handle, count * size, (start + before) * size)
                yield np.frombuffer(data, self._dtype), sizes[first:last]
                first = last

    def _all_ends(self) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
        """Yield where some arrays begin, and the length of each."""
        start = 0
        for block in self._ends.blocks():
            yield start, np.diff(block[:, 0], prepend=start)
            start = int(block[-1, 0])

    def close(self) -> None:
        """Give the disk back."""
        self._values.close()
        self._ends.close()

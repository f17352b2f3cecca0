"""Bytes appended to a file, read back from any place, and cut back to where they were whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from corpuskit.write.atomic import OutputError, explained

_BUFFER = 1 << 20
_CHUNK = 1 << 20


class Column:
    """An append-only file; what was appended can be read at once, and is on disk after ``sync``.

    Read with system calls rather than mapped into memory, so that what was read once is not held.

    Raises:
        OutputError: the disk is full or cannot be written, or the file holds less than was appended.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._folder = path.parent
        self._held = bytearray()
        with explained(self._folder):
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
            self._written = os.fstat(self._file).st_size

    @property
    def end(self) -> int:
        """Number of bytes."""
        return self._written + len(self._held)

    def append(self, data: bytes) -> None:
        """Add bytes at the end."""
        self._held += data
        if len(self._held) >= _BUFFER:
            self._flush()

    def read(self, offset: int, size: int) -> bytes:
        """Return ``size`` bytes from a place."""
        if offset + size > self._written:
            self._flush()
        with explained(self._folder):
            data = os.pread(self._file, size, offset)
            while 0 < len(data) < size and (more := os.pread(self._file, size - len(data), offset + len(data))):
                data += more
        if len(data) != size:
            raise OutputError(f"{self.path} was cut short: start over with --fresh")
        return data

    def rows(self, size: int) -> Iterator[memoryview]:
        """Yield all rows of ``size`` bytes, in order; what is appended meanwhile may or may not come too."""
        step = max(1, _CHUNK // size) * size
        for offset in range(0, self.end, step):
            held = memoryview(self.read(offset, min(step, self.end - offset)))
            for at in range(0, len(held), size):
                yield held[at : at + size]

    def sync(self) -> None:
        """Bring everything to disk."""
        self._flush()
        with explained(self._folder):
            os.fsync(self._file)

    def cut(self, end: int) -> None:
        """Forget what lies behind ``end``; OutputError if the file does not reach so far."""
        self._held.clear()
        if end > self._written:
            raise OutputError(f"{self.path} was cut short: start over with --fresh")
        with explained(self._folder):
            os.ftruncate(self._file, end)
        self._written = end

    def close(self) -> None:
        """Let go of the file; what was appended since ``sync`` may be lost."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _flush(self) -> None:
        with explained(self._folder):
            while self._held:
                size = os.pwrite(self._file, self._held, self._written)
                self._written += size
                del self._held[:size]

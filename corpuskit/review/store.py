"""Decisions on disk: lines that are only ever appended, each written whole, under a lock where the system has one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from corpuskit.overrides import Decision, Spans, latest, read
from corpuskit.write.atomic import explained
from corpuskit.write.encode import dumps

try:
    import fcntl
except ImportError:  # Windows: O_APPEND alone keeps lines whole there
    fcntl = None  # type: ignore[assignment]


class Store:
    """The decisions of a file, by what they are about; other programs may append to the file at the same time.

    Raises:
        DecisionError: the file is there and holds something else.
        OutputError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._known: dict[tuple[str, str, Spans], Decision] = {}
        self._size = -1
        with explained(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as handle:
                _mend(handle)
        self.decisions()

    def decisions(self) -> dict[tuple[str, str, Spans], Decision]:
        """Return the decision that counts for each passage, those of other windows and programs included."""
        with self._lock:
            size = self.path.stat().st_size if self.path.exists() else 0
            if size != self._size:
                self._known = latest(read(self.path)) if size else {}
                self._size = size
            return self._known

    def add(self, decision: Decision) -> None:
        """Append a decision; afterwards it survives a power cut."""
        line = dumps({name: getattr(decision, name) for name in decision.__struct_fields__})
        with self._lock, explained(self.path.parent), self._open() as handle:
            _mend(handle)
            written = os.write(handle, line)
            if written != len(line):
                raise OSError(28, "the disk is full")
            os.fsync(handle)

    @contextmanager
    def _open(self) -> Iterator[int]:
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)


def _mend(handle: int) -> None:
    """Cut off a last line that was never written to its end."""
    size = os.fstat(handle).st_size
    at = size
    while at:
        back = max(0, at - 4096)
        os.lseek(handle, back, os.SEEK_SET)
        chunk = os.read(handle, at - back)
        found = chunk.rfind(b"\n")
        if found >= 0:
            at = back + found + 1
            break
        at = back
    if at < size:
        os.ftruncate(handle, at)

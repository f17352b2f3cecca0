"""A file that counts and digests what it is given."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple


class FileEntry(NamedTuple):
    """A finished file: its name, the digest and size of its bytes on disk, and its lines."""

    name: str
    sha256: str
    bytes: int
    lines: int


class Digested(io.RawIOBase):
    """A new file under a temporary name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.open("wb")
        self.sha256 = hashlib.sha256()
        self.size = 0
        self.deaf = False

    def writable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the number of bytes so far."""
        return self.size

    def write(self, data: Any) -> int:
        """Append bytes, and return their number."""
        if self.deaf:
            return len(data)
        self.sha256.update(data)
        self.size += len(data)
        return self.file.write(data)

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            try:
                self.file.close()
            finally:
                super().close()

    def finish(self, name: str, lines: int) -> FileEntry:
        """Bring the file to disk, and return what it holds."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.close()
        return FileEntry(name, self.sha256.hexdigest(), self.size, lines)

    def discard(self, close: Callable[[], object]) -> None:
        """Remove the file; ``close`` ends what writes to it."""
        # what the writer still holds may be what could not be written
        self.deaf = True
        with contextlib.suppress(OSError, ValueError):
            close()
            self.close()
        self.path.unlink(missing_ok=True)

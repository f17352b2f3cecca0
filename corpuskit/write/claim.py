"""One run at a time in an output folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpuskit.write.atomic import OutputError, explained


@contextmanager
def claimed(out: Path) -> Iterator[bool]:
    """Keep every other run out of OUT while the block or the process lasts; False if there is no OUT to claim.

    Raises:
        OutputError: another run is at work there.
    """
    if os.name != "posix" or not out.is_dir():
        yield False
        return
    import fcntl

    with explained(out):
        handle = os.open(out, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"another run is at work in {out}: wait for it, or name another folder with -o"
            raise OutputError(message) from None
        yield True
    finally:
        os.close(handle)

"""Files that appear whole or not at all, and errors that say what to do."""

from __future__ import annotations

import errno
import os
from contextlib import AbstractContextManager
from pathlib import Path

_ADVICE = {
    errno.ENOSPC: "the disk is full: free some space or choose another folder with -o",
    errno.EDQUOT: "the disk quota is used up: free some space or choose another folder with -o",
    errno.EACCES: "no permission to write there: choose another folder with -o, or change its rights",
    errno.EPERM: "no permission to write there: choose another folder with -o, or change its rights",
    errno.EROFS: "the file system is read-only: choose another folder with -o",
    errno.ENOTDIR: "a part of the path is a file, not a folder: choose another folder with -o",
    errno.EFBIG: "the file system takes no file of this size: choose smaller parts, or another folder with -o",
}


class OutputError(Exception):
    """The output folder cannot be used; the message says why and what to do next."""


def explained(folder: Path) -> AbstractContextManager[None]:
    """Turn an ``OSError`` of the block into an ``OutputError`` that names the folder."""
    return _Explained(folder)


class _Explained(AbstractContextManager[None]):
    # one is made for every read and line: a generator would take longer than the read
    __slots__ = ("_folder",)

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            advice = _ADVICE.get(error.errno or 0, f"{error.strerror or error}: choose another folder with -o")
            raise OutputError(f"cannot write to {self._folder}: {advice}") from error


def check_file(path: Path) -> None:
    """Look whether a file can be written, before the work that it is for.

    Raises:
        OutputError: it is a folder, or its folder is not there or cannot be written.
    """
    if path.is_dir():
        raise OutputError(f"{path} is a folder: name a file in it with -o")
    folder = os.path.join(path.parent, "")
    with explained(path.parent):
        if not os.access(folder, os.W_OK):
            # a folder that is none says so itself
            os.stat(folder)
            raise PermissionError(errno.EACCES, "no permission")


def sync_folder(folder: Path) -> None:
    """Bring a folder's renames to disk, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file under a temporary name beside it, bring it to disk, then rename it into place.

    Raises:
        OutputError: the folder cannot be written, or its disk is full; the temporary file is gone then.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    with explained(path.parent):
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)

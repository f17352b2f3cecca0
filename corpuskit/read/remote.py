"""Inputs on other file systems, by URL: whatever fsspec has a driver for."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, cast
from zlib import crc32


@dataclass(frozen=True, slots=True, order=True)
class Remote:
    """A file by its URL."""

    url: str

    @property
    def name(self) -> str:
        """The last part of the URL."""
        return self.url.rpartition("/")[2]

    def open(self, mode: str = "rb") -> IO[bytes]:
        """Open the file to be read from any place; OSError, with the driver's own words, when that fails."""
        import fsspec

        with told_as_os_error():
            return cast(IO[bytes], fsspec.open(self.url, mode).open())


@contextmanager
def told_as_os_error() -> Iterator[None]:
    """Tell the errors of a driver as OSError: each driver has its own."""
    try:
        yield
    except (OSError, ImportError):
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}") from error


def is_url(name: str) -> bool:
    """Tell whether a name is a URL rather than a path.

    >>> is_url("s3://bucket/a.jsonl"), is_url("pages/a.jsonl")
    (True, False)
    """
    scheme, mark, _ = name.partition("://")
    return bool(mark) and scheme.isascii() and scheme.replace("+", "").replace("-", "").isalnum()


def find(url: str) -> list[tuple[Remote, int, int]]:
    """Return the files that a URL names - one, all below a folder, or those of a glob - with size and a mark.

    The mark differs when the file has changed, as far as its file system tells. Names that begin with a dot are left
    out of folders and globs.

    Raises:
        ImportError: fsspec, or its driver for the URL, is not installed.
        OSError: there is no such file, or it cannot be looked at.
    """
    from fsspec.core import url_to_fs

    with told_as_os_error():
        system, path = url_to_fs(url)
        if glob.has_magic(path):
            known, base = system.glob(path, detail=True), re.split(r"[*?\[]", path, maxsplit=1)[0]
        elif system.isdir(path):
            known, base = system.find(path, detail=True), path
        else:
            known, base = {path: system.info(path)}, path
        kept = {name: at for name, at in known.items() if at.get("type") == "file" and not _hidden(name, base)}
        files = [(_url(system, name), entry) for name, entry in kept.items()]
        return sorted((Remote(name), entry.get("size") or 0, _mark(entry)) for name, entry in files)


def _hidden(name: str, base: str) -> bool:
    """Tell whether a name begins with a dot somewhere behind what was named."""
    behind = name.lstrip("/").removeprefix(base.lstrip("/"))
    return "/." in behind or (base.endswith("/") and behind.startswith("."))


def _url(system: Any, path: str) -> str:
    url: str = system.unstrip_protocol(path)
    return url


def _mark(entry: dict[str, Any]) -> int:
    names = ("ETag", "etag", "mtime", "LastModified", "last_modified", "updated", "created")
    return crc32(repr([str(entry.get(name)) for name in names]).encode())

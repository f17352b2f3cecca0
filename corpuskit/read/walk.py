"""Folders walked once each, whatever symbolic links lead where."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from corpuskit.core.source import Refusal

_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")

_UNSEEN = "no permission to look at it: change the mode of the folders above"
_UNLISTED = "no permission to list the folder: change its mode or its owner"
_SPECIAL = "a pipe, socket or device inside a folder: name it alone to read it"
_OUTPUT = "it lies in the output folder of this run, so it is not an input"
_EARLIER = "the output of an earlier run, whose ledger and report are no pages: name its corpus/ to read its records"
_MANIFEST_BYTES = 200
"""Where the manifest of a run has said whose it is."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file, the path that led to it, and how many of the path's last names make its URI."""

    path: Path
    real: str
    size: int
    tail: int
    changed: int = 0

    def longer(self) -> Found:
        """Return the same file with one more parent folder in its URI, where there is one."""
        return replace(self, tail=min(self.tail + 1, len(self.path.parts)))


class Walk:
    """Finds files below folders and collects refusals; nothing under ``exclude`` is entered."""

    def __init__(self, exclude: Path | None) -> None:
        self._exclude = exclude
        self.refusals: list[Refusal] = []

    def refuse(self, name: str, rule: str, reason: str) -> None:
        """Note that ``name`` is not read, and why."""
        self.refusals.append(Refusal(escaped(name), rule, reason))

    def file(self, path: Path, tail: int) -> list[Found]:
        """Return ``path`` in a list, or an empty list if it is refused."""
        try:
            status = path.stat()
            real = os.path.realpath(path)
        except PermissionError:
            self.refuse(
                named(path, tail),
                "read.permission",
                _UNSEEN,
            )
            return []
        except OSError as error:
            reason = f"it cannot be found ({error.strerror}): a broken symbolic link, or deleted meanwhile"
            self.refuse(named(path, tail), "read.missing", reason)
            return []
        if self._is_output(real):
            return []
        size = status.st_size if stat.S_ISREG(status.st_mode) else 0
        return [Found(path, real, size, tail, status.st_mtime_ns)]

    def folder(
        self, base: Path, tail: int | None, depth: int | None = None, hidden: bool = False, outputs: bool = True
    ) -> list[Found]:
        """Return the files below ``base``, a resolved path.

        Their URIs begin with the last ``tail`` names of ``base``, or with their own folder if ``tail`` is None.
        ``depth`` bounds the levels entered, and without ``outputs`` no output folder of a run is. Real folders are
        walked before those behind symbolic links, so that a file is found under the same path whatever the order of
        the entries.
        """
        found: list[Found] = []
        seen: set[str] = set()
        real, linked = [base], list[Path]()
        while real or linked:
            here = real.pop() if real else linked.pop()
            target = os.path.realpath(here)
            if target in seen or self._is_output(target):
                continue
            seen.add(target)
            length = len(here.parts) - len(base.parts) + (tail or 1)
            if not outputs and _is_earlier(here):
                self.refuse(named(here, length), "read.output", _EARLIER)
                continue
            for entry in self._entries(here, hidden, length):
                path = here / entry.name
                level = len(path.parts) - len(base.parts)
                if _is_folder(entry):
                    if depth is None or level < depth:
                        (linked if entry.is_symlink() else real).append(path)
                elif depth is None or level <= depth:
                    found += self._entry(entry, path, 2 if tail is None else level + tail)
            linked.sort(reverse=True)
        return found

    def _entries(self, folder: Path, hidden: bool, tail: int) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return [entry for entry in entries if hidden or not entry.name.startswith(".")]
        except PermissionError:
            self.refuse(named(folder, tail), "read.permission", _UNLISTED)
        except OSError as error:
            self.refuse(named(folder, tail), "read.failed", f"the folder cannot be listed ({error.strerror})")
        return []

    def _entry(self, entry: os.DirEntry[str], path: Path, tail: int) -> list[Found]:
        if entry.is_symlink() or entry.is_file():
            return self.file(path, tail)
        self.refuse(named(path, tail), "read.special", _SPECIAL)
        return []

    def _is_output(self, real: str) -> bool:
        if self._exclude is None:
            return False
        path = Path(real)
        inside = path == self._exclude or self._exclude in path.parents
        if inside:
            self.refuse(self._exclude.name, "read.output", _OUTPUT)
        return inside


def _is_earlier(folder: Path) -> bool:
    """Tell whether a folder is the output of a run, by its manifest."""
    try:
        with (folder / "manifest.json").open("rb") as file:
            ours = b'"corpuskit"' in file.read(_MANIFEST_BYTES)
    except OSError:
        return False
    return ours and (folder / "corpus").is_dir() and (folder / "ledger").is_dir()


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def named(path: Path, tail: int) -> str:
    """Return the last ``tail`` names of ``path`` with slashes between."""
    return "/".join(part.strip("/") for part in path.parts[-tail:])


def escaped(name: str) -> str:
    """Write the bytes of a file name that are not UTF-8 as ``%FF``."""
    return _ESCAPED_BYTE.sub(lambda at: f"%{ord(at[0]) - 0xDC00:02X}", name)


def match(names: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Tell whether path components match a glob's; ``**`` stands for any number of them.

    >>> match(("a", "b", "c.txt"), ("**", "*.txt")), match(("a", "c.txt"), ("*.txt",))
    (True, False)
    """
    states = {0}
    for name in names:
        states = {after for state in _closed(states, pattern) for after in _step(state, name, pattern)}
    return len(pattern) in _closed(states, pattern)


def _closed(states: set[int], pattern: tuple[str, ...]) -> set[int]:
    """States reached without a name: ``**`` may stand for none."""
    reached = set(states)
    for state, part in enumerate(pattern):
        if part == "**" and state in reached:
            reached.add(state + 1)
    return reached


def _step(state: int, name: str, pattern: tuple[str, ...]) -> tuple[int, ...]:
    if state == len(pattern):
        return ()
    part = pattern[state]
    if name.startswith(".") and not part.startswith("."):
        return ()
    if part == "**":
        return (state,)
    return (state + 1,) if fnmatchcase(name, part) else ()

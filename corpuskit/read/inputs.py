"""From what the user named - files, folders, globs, stdin - to a sorted list of items, each with its own URI."""

from __future__ import annotations

import glob
import os
import stat
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpuskit.core.source import Refusal
from corpuskit.read.remote import Remote, find, is_url
from corpuskit.read.walk import Found, Walk, escaped, match, named


@dataclass(frozen=True, slots=True)
class Item:
    """One input file, or stdin."""

    uri: str
    path: Path | Remote | None
    """None: stdin."""
    size: int
    """Bytes on disk when the inputs were listed; 0 for stdin and pipes."""
    changed: int = 0
    """When the file was last changed, in nanoseconds as the file system has it; only its equality means anything."""


def discover(inputs: Sequence[str], *, exclude: Path | None = None) -> tuple[list[Item], list[Refusal]]:
    """List the files that ``inputs`` name, sorted by URI, and refuse what cannot be read.

    An input is a file, a folder (recursive, hidden entries skipped), a glob (``**`` for any depth), a URL of one of
    these, or ``-`` (stdin).
    A file reached twice counts once. Of two files with the same URI each gets one more parent folder in front,
    until they differ; the order of ``inputs`` changes nothing. What lies under ``exclude`` is refused.
    """
    walk = Walk(exclude.resolve() if exclude else None)
    paths = [name for name in dict.fromkeys(inputs) if name != "-" and not is_url(name)]
    found = [hit for name in paths for hit in _find(name, walk)]
    far = {item.uri: item for name in inputs if is_url(name) for item in _far(name, walk)}
    items = [*far.values(), *_near(found)]
    if "-" in inputs:
        items.append(Item("stdin", None, 0))
    return sorted(items, key=lambda item: item.uri), sorted(set(walk.refusals), key=lambda at: (at.uri, at.rule))


def _near(found: list[Found]) -> list[Item]:
    return [Item(uri, hit.path, hit.size, hit.changed) for uri, hit in _named(_once(found))]


def _far(url: str, walk: Walk) -> list[Item]:
    try:
        items = [Item(remote.url, remote, size, changed) for remote, size, changed in find(url)]
    except ImportError as error:
        advice = "pip install 'corpuskit-curation[remote]' and the driver that it names"
        walk.refuse(url, "read.needs_extra", f"reading from a URL needs an extra ({error}): {advice}")
        return []
    except FileNotFoundError:
        walk.refuse(url, "read.missing", "no such file or folder: check the URL")
        return []
    except OSError as error:
        walk.refuse(url, "read.failed", f"it cannot be looked at ({error}): check the URL and your rights")
        return []
    if not items:
        walk.refuse(url, "read.no_input", "the URL names no file that is not hidden: name another")
    return items


def _find(name: str, walk: Walk) -> list[Found]:
    path = Path(name)
    try:
        mode = path.stat().st_mode
    except PermissionError:
        walk.refuse(name, "read.permission", "no permission to look at it: change the mode of the folders above")
        return []
    except (OSError, ValueError):
        return _find_glob(name, walk)
    if stat.S_ISDIR(mode):
        return _find_folder(name, path, walk)
    base = path.parent.resolve()
    return walk.file(base / path.name, tail=2)


def _find_folder(name: str, path: Path, walk: Walk) -> list[Found]:
    before = len(walk.refusals)
    base = path.resolve()
    hits = walk.folder(base, tail=1, outputs=False)
    if not hits and len(walk.refusals) == before:
        walk.refuse(name, "read.no_input", "the folder holds no file that is not hidden: name another")
    return hits


def _find_glob(name: str, walk: Walk) -> list[Found]:
    if not glob.has_magic(name):
        walk.refuse(name, "read.missing", "no such file or folder: check the name")
        return []
    parts = Path(name).parts
    fixed = next(number for number, part in enumerate(parts) if glob.has_magic(part))
    base, pattern = Path(*parts[:fixed]).resolve(), parts[fixed:]
    depth = None if "**" in pattern else len(pattern)
    hidden = any(part.startswith(".") for part in pattern)
    before = len(walk.refusals)
    tail = 1 if fixed else None
    hits = [hit for hit in walk.folder(base, tail, depth, hidden) if match(hit.path.relative_to(base).parts, pattern)]
    if not hits and len(walk.refusals) == before:
        walk.refuse(name, "read.no_input", "the pattern matches no file: ** reaches into folders, * does not")
    return hits


def _once(found: list[Found]) -> list[Found]:
    best: dict[str, Found] = {}
    for hit in found:
        other = best.get(hit.real)
        if other is None or (_uri(hit), str(hit.path)) < (_uri(other), str(other.path)):
            best[hit.real] = hit
    return list(best.values())


def _named(found: list[Found]) -> list[tuple[str, Found]]:
    """Lengthen the URIs that collide until none does; names that differ only in their escapes get a number."""
    found = sorted(found, key=lambda hit: os.fsencode(hit.path))
    while True:
        count = Counter(map(_uri, found))
        longer = [hit.longer() if count[_uri(hit)] > 1 or _uri(hit) == "stdin" else hit for hit in found]
        if longer == found:
            break
        found = longer
    seen: Counter[str] = Counter()
    named = []
    for hit in found:
        uri = _uri(hit)
        seen[uri] += 1
        named.append((uri if seen[uri] == 1 else f"{uri}~{seen[uri]}", hit))
    return named


def _uri(hit: Found) -> str:
    return escaped(named(hit.path, hit.tail))

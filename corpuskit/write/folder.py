"""The output folder: what may be written where, and an earlier run replaced only by a whole new one."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from corpuskit.write.atomic import OutputError, explained, sync_folder
from corpuskit.write.claim import claimed
from corpuskit.write.encode import dumps, loads

__all__ = ["OutputError", "claimed", "discard", "inside", "prepare", "publish", "staging", "suspend", "working"]

MANIFEST = "manifest.json"
MARKER = ".corpuskit-run"
STAGING = ".new"
WORKING = ".run"
EARLIER = ".old"
_LEAVING = ".old.part"

FOLDERS = ("corpus", "duplicates", "ledger")
FILES = (MANIFEST, "report.html")
_REST = (*FOLDERS, *FILES[1:])
_WORK = (MARKER, STAGING, WORKING, EARLIER, _LEAVING)
COLUMNS = ("lines", "names", "units", "records", "signatures")
"""Files of an unfinished run, beside its journal and the list of its inputs."""
JOURNAL = "journal.sqlite"
LISTING = "inputs.jsonl"
SCRATCH = "scratch"
_UNFINISHED = {*COLUMNS, LISTING, SCRATCH, *(JOURNAL + end for end in ("", "-wal", "-shm", "-journal"))}
_PART = re.compile(r"\.?part-[0-9]{5,9}\.(?:jsonl(?:\.gz|\.zst)?|parquet)(?:\.tmp)?")


def prepare(
    out: Path, inputs: Sequence[Path], *, force: bool = False, fresh: bool = False, command: str = "run"
) -> None:
    """Make OUT ready for a run, or another command: its new files go to ``staging(out)`` until ``publish(out)``.

    OUT may be absent, empty, or hold an earlier run, which stays untouched until then. With ``force`` other
    things in it are tolerated as long as none has the name of a file of ours. Nothing that is not ours is ever
    deleted. Of a run that did not end, ``working(out)`` stays, unless ``fresh``, and all else is undone first.

    Raises:
        OutputError: OUT is a file, holds something else or what another command made, is, holds or lies in an
            input, or cannot be written.
    """
    for given in inputs:
        _check_input(out, given)
    with explained(out):
        if out.exists() and not out.is_dir():
            raise OutputError(f"{out} is a file: name a folder for the output with -o")
        created = not out.exists()
        if not created:
            _check_content(out, force)
            if _maker(out) not in (None, command):
                what = f"the output of corpuskit {_maker(out)}, which would be replaced"
                raise OutputError(f"{out} holds {what}: name another folder with -o")
            _recover(out)
            created = _created(out / MARKER)
            if fresh:
                _remove_work(out)
        out.mkdir(parents=True, exist_ok=True)
        try:
            (out / MARKER).write_bytes(dumps({"corpuskit": "run", "created": created}))
            (out / STAGING).mkdir()
            (out / WORKING).mkdir(exist_ok=True)
        except OSError:
            _abandon(out, created)
            raise


def staging(out: Path) -> Path:
    """Return the folder that takes the place of OUT while a run lasts."""
    return out / STAGING


def working(out: Path) -> Path:
    """Return the folder that holds what a run has done so far, from which it goes on when it was cut short."""
    return out / WORKING


def publish(out: Path) -> None:
    """Put the new files in the place of the earlier run's.

    The earlier manifest goes first and the new one comes last, so that a folder with a manifest is whole; a
    swap that fails is undone.

    Raises:
        OutputError: a file cannot be moved.
    """
    new, leaving, old = out / STAGING, out / _LEAVING, out / EARLIER
    with explained(out):
        try:
            leaving.mkdir()
            _move([MANIFEST, *_REST], out, leaving)
            leaving.rename(old)
            _move([*_REST, MANIFEST], new, out)
        except OSError:
            _undo(out)
            raise
        sync_folder(out)
        _remove(old)
        _remove(new)
        _remove_work(out)
        (out / MARKER).unlink(missing_ok=True)


def suspend(out: Path) -> None:
    """Remove what an unfinished run wrote for OUT, but keep what it has done, so that it can go on.

    Raises:
        OutputError: a file cannot be removed.
    """
    with explained(out):
        _recover(out)


def discard(out: Path) -> None:
    """Remove what an unfinished run wrote; an OUT that it made, and that is empty now, goes too.

    Raises:
        OutputError: a file cannot be removed.
    """
    with explained(out):
        if not (out / MARKER).is_file():
            return
        created = _created(out / MARKER)
        _recover(out)
        _remove_work(out)
        _abandon(out, created)


def _created(marker: Path) -> bool:
    try:
        return bool(loads(marker.read_bytes())["created"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _abandon(out: Path, created: bool) -> None:
    (out / MARKER).unlink(missing_ok=True)
    if created and not any(out.iterdir()):
        out.rmdir()


def _check_input(out: Path, given: Path) -> None:
    if _same(out, given):
        raise OutputError(f"the output {out} is also an input: name another folder with -o")
    if inside(out, given):
        raise OutputError(
            f"the output {out} lies inside the input {given} and would be read as input: name a folder outside it"
        )
    if inside(given, out):
        raise OutputError(f"the input {given} lies inside the output {out}: name another folder with -o")


def inside(path: Path, folder: Path) -> bool:
    """Tell whether a path, there or not yet, lies inside a folder, links followed."""
    return any(_same(parent, folder) for parent in _real(path).parents)


def _same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return _real(one) == _real(other)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _check_content(out: Path, force: bool) -> None:
    names = sorted(os.listdir(out))
    if not names:
        return
    ours = _is_run(out)
    known = {*FOLDERS, *FILES, *_WORK}
    strange = [name for name in names if name not in known] if ours and not force else []
    if not ours:
        strange = [name for name in names if not force or name in known]
    if ours:
        for name in (*FOLDERS, STAGING, WORKING, EARLIER, _LEAVING):
            strange += _strangers(out, name)
    if strange:
        what = "besides an earlier run" if ours else "and no earlier run of corpuskit"
        raise OutputError(
            f"{out} holds {_some(strange)} {what}: nothing was deleted; "
            "move it away, or name a new or empty folder with -o"
        )


def _is_run(out: Path) -> bool:
    return (out / MARKER).is_file() or _maker(out) is not None


def _maker(out: Path) -> str | None:
    """Return the command whose output OUT holds, None where it holds none that is whole."""
    try:
        manifest = loads((out / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    ours = isinstance(manifest, dict) and "corpuskit" in manifest
    return str(manifest.get("command", "run")) if ours else None


def _strangers(out: Path, name: str) -> list[str]:
    """Return what is not ours in a folder of ours, as paths relative to OUT."""
    folder = out / name
    if not folder.exists() and not folder.is_symlink():
        return []
    if folder.is_symlink() or not folder.is_dir():
        return [name]
    found: list[str] = []
    for entry in sorted(os.listdir(folder)):
        inner = f"{name}/{entry}"
        if name == WORKING:
            found += [] if entry in _UNFINISHED else [inner]
        elif name in FOLDERS or "/" in name:
            ours = _PART.fullmatch(entry) is not None and (out / inner).is_file()
            found += [] if ours else [inner]
        elif entry in FOLDERS:
            found += _strangers(out, inner)
        elif entry.removeprefix(".").removesuffix(".tmp") not in FILES:
            found.append(inner)
    return found


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


def _recover(out: Path) -> None:
    """Undo a swap cut short, and remove the files of a run that did not end."""
    _undo(out)
    for name in (STAGING, EARLIER):
        _remove(out / name)


def _undo(out: Path) -> None:
    """Bring back the earlier run from a swap cut short; do nothing after a swap that was complete.

    This can itself be cut short, and taken up again, at any point.
    """
    new, leaving, old = out / STAGING, out / _LEAVING, out / EARLIER
    if old.is_dir() and (new / MANIFEST).exists():
        # everything of the earlier run had left, so what has our names now is new
        _move(_REST, out, new)
        old.rename(leaving)
    if leaving.is_dir():
        _move([*_REST, MANIFEST], leaving, out)
        leaving.rmdir()


def _remove_work(out: Path) -> None:
    """Remove what a run has done so far: its own files, and the folder if nothing else is in it."""
    work = out / WORKING
    if not work.is_dir():
        return
    # without its journal the rest means nothing, so what is cut short here is a run that never began
    for name in sorted(_UNFINISHED - {SCRATCH}, key=lambda name: (not name.startswith(JOURNAL), name)):
        (work / name).unlink(missing_ok=True)
    shutil.rmtree(work / SCRATCH, ignore_errors=True)
    work.rmdir()


def _move(names: Iterable[str], here: Path, there: Path) -> None:
    for name in names:
        if (here / name).exists():
            (here / name).rename(there / name)


def _remove(path: Path) -> None:
    """Remove our own files and the folders that hold nothing else; what is not ours makes this fail."""
    if not path.is_dir():
        path.unlink(missing_ok=True)
        return
    for entry in sorted(path.iterdir()):
        known = entry.name.removeprefix(".").removesuffix(".tmp") in FILES or _PART.fullmatch(entry.name)
        if entry.is_dir() or known:
            _remove(entry)
    path.rmdir()

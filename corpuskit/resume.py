"""Whether an unfinished run may go on: the same version, config and inputs, or what has changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from corpuskit import __version__
from corpuskit.config import Config
from corpuskit.sources import Inputs
from corpuskit.write import folder
from corpuskit.write.atomic import OutputError, explained
from corpuskit.write.encode import dumps, loads
from corpuskit.write.journal import Journal

Json = dict[str, Any]

_NAMED = 5


class Identity(NamedTuple):
    """What decides the output of a run, its inputs apart."""

    version: str
    config: Json
    given: list[str]
    lasting: bool
    """False where the input cannot be read again."""

    @classmethod
    def of(cls, inputs: Sequence[str], config: Config) -> Identity:
        """Return the identity of a run."""
        # as JSON gives it back: lists, not tuples
        return cls(__version__, loads(dumps(config.as_dict())), list(inputs), "-" not in inputs)


def taken_up(work: Path, out: Path, mine: Identity, inputs: Inputs) -> Json:
    """Return the facts of the run that is unfinished in a folder, or of a new one that begins there.

    Raises:
        OutputError: the unfinished run is of another version, config or input; the message says what differs.
    """
    journal = Journal(work)
    facts = journal.facts()
    journal.close()
    if "version" in facts and not _is_over(facts, out) and (facts["lasting"] or mine.lasting):
        _check(work, facts, mine, inputs)
        return facts
    _clear(work)
    _list(work / folder.LISTING, inputs.listing())
    known = {"root": str(Path.cwd()), "started": now(), "seconds": {}}
    return known | mine._asdict()


def now() -> str:
    """Return the time as ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _is_over(facts: Json, out: Path) -> bool:
    """Tell whether a run that was killed had already put its files in place."""
    try:
        data = (out / folder.MANIFEST).read_bytes()
    except OSError:
        return False
    return facts.get("manifest") == hashlib.sha256(data).hexdigest()


def _check(work: Path, facts: Json, mine: Identity, inputs: Inputs) -> None:
    changes = [] if facts["version"] == mine.version else [f"corpuskit was {facts['version']}, is {mine.version}"]
    changes += _differences(facts["config"], mine.config)
    changes += _changed(work / folder.LISTING, inputs.listing())
    if changes:
        told = "; ".join(changes[:_NAMED]) + (f"; and {len(changes) - _NAMED} more" if changes[_NAMED:] else "")
        raise OutputError(
            f"{work.parent} holds an unfinished run that cannot go on: {told}; nothing was deleted: "
            "run it as it was begun to go on, add --fresh to start over, or name another folder with -o"
        )


def _differences(then: Any, here: Any, path: str = "") -> list[str]:
    """Return what differs between two configs, each with its path."""
    if isinstance(then, Mapping) and isinstance(here, Mapping):
        return [
            found
            for key in sorted({*then, *here})
            for found in _differences(then.get(key), here.get(key), f"{path}.{key}" if path else key)
        ]
    return [] if then == here else [f"{path} was {then!r}, is {here!r}"]


def _list(path: Path, rows: Iterable[Sequence[Any]]) -> None:
    with explained(path.parent), path.open("wb") as file:
        file.writelines(map(dumps, rows))
        file.flush()
        os.fsync(file.fileno())


def _changed(path: Path, rows: Iterable[list[Any]]) -> list[str]:
    """Return how the inputs differ from the list that an unfinished run has of them."""
    with explained(path.parent), path.open("rb") as file:
        before = (loads(line) for line in file)
        return list(_compared(before, iter(rows)))


def _compared(before: Iterator[list[Any]], after: Iterator[list[Any]]) -> Iterator[str]:
    was, is_ = next(before, None), next(after, None)
    while was is not None or is_ is not None:
        if is_ is None or (was is not None and was[0] < is_[0]):
            assert was is not None
            yield f"the input {was[0]} is gone"
            was = next(before, None)
        elif was is None or is_[0] < was[0]:
            yield f"the input {is_[0]} is new"
            is_ = next(after, None)
        else:
            if was != is_:
                yield f"the input {is_[0]} has changed"
            was, is_ = next(before, None), next(after, None)


def _clear(work: Path) -> None:
    """Remove what is left of a run that is over, or that never began."""
    with explained(work):
        for path in sorted(work.iterdir(), key=lambda path: not path.name.startswith(folder.JOURNAL)):
            if path.is_file():
                path.unlink()

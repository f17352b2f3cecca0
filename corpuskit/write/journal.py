"""The journal of a run that is not over: what it is of, and which shards of its input are done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from corpuskit.write.atomic import OutputError
from corpuskit.write.encode import dumps, loads
from corpuskit.write.folder import COLUMNS, JOURNAL

_ENDS = ", ".join(f"{name} INTEGER NOT NULL" for name in COLUMNS)
_SCHEMA = f"""
    CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS shards (
        number INTEGER PRIMARY KEY, entry INTEGER NOT NULL, page INTEGER NOT NULL, checksum INTEGER NOT NULL, {_ENDS}
    );
    CREATE TABLE IF NOT EXISTS refused (name TEXT NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL);
"""


class Shard(NamedTuple):
    """A shard of the input that is done, and how far the files of the run reached after it."""

    number: int
    """From 0, in the order of the input."""
    entry: int
    """The input in which the next shard begins, by its place in the list of inputs."""
    page: int
    """Pages of that input that are done."""
    checksum: int
    """CRC-32 of what the shard added to the files, the lines apart: those are checked one by one."""
    ends: tuple[int, ...]
    """Length of each file of the run, as ``COLUMNS`` has them."""


class Journal:
    """An SQLite file in write-ahead mode: after ``commit``, what it was told survives any kill.

    Raises:
        OutputError: it cannot be read or written, or its disk is full.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / JOURNAL
        with self._explained():
            self._db = sqlite3.connect(self.path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            # a power cut may take the last commits, never half of one; those are done again
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_SCHEMA)

    def facts(self) -> dict[str, Any]:
        """Return all that is known of the run."""
        with self._explained():
            return {name: loads(value) for name, value in self._db.execute("SELECT name, value FROM facts")}

    def last(self) -> Shard | None:
        """Return the last shard that is done."""
        return next(self._shards("ORDER BY number DESC LIMIT 1"), None)

    def shards(self) -> Iterator[Shard]:
        """Yield the shards that are done, in order."""
        return self._shards("ORDER BY number")

    def refused(self) -> list[tuple[str, str, str]]:
        """Return name, rule and reason of pages that were refused whole, in the order in which they came."""
        with self._explained():
            return list(self._db.execute("SELECT name, rule, reason FROM refused ORDER BY rowid"))

    def commit(
        self, facts: Mapping[str, Any], shards: Iterable[Shard] = (), refused: Iterable[tuple[str, str, str]] = ()
    ) -> None:
        """Enter facts, shards and refusals, all or none."""
        marks = ", ".join("?" * (4 + len(COLUMNS)))
        with self._explained():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                rows = [(name, dumps(value)) for name, value in facts.items()]
                self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", rows)
                self._db.executemany(f"INSERT INTO shards VALUES ({marks})", [(*s[:4], *s.ends) for s in shards])
                self._db.executemany("INSERT INTO refused VALUES (?, ?, ?)", [_plain(entry) for entry in refused])
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Let go of the file."""
        with self._explained():
            self._db.close()

    def _shards(self, order: str) -> Iterator[Shard]:
        with self._explained():
            for row in self._db.execute(f"SELECT * FROM shards {order}"):
                number, entry, page, checksum, *ends = row
                yield Shard(number, entry, page, checksum, tuple(ends))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            advice = "free some space and run again to go on, or start over with --fresh"
            raise OutputError(f"the journal {self.path} cannot be used ({error}): {advice}") from error


def _plain(entry: tuple[str, str, str]) -> tuple[str, ...]:
    # SQLite takes no lone surrogates
    return tuple(part.encode("utf-8", "backslashreplace").decode() for part in entry)

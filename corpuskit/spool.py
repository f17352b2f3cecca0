"""Finished lines on disk until the duplicates are known, and what the search for them asks; it survives a kill."""

from __future__ import annotations

import heapq
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from corpuskit.batch import Done, Unit
from corpuskit.dedup import Item
from corpuskit.sources import Cursor
from corpuskit.write.atomic import OutputError, explained
from corpuskit.write.column import Column
from corpuskit.write.encode import loads
from corpuskit.write.folder import COLUMNS, SCRATCH
from corpuskit.write.journal import Journal, Shard
from corpuskit.write.manifest import Tally
from corpuskit.write.stream import Key

Json = dict[str, Any]

COMMIT_SECONDS = 0.5
"""What is done is brought to disk so often: no more than this much work is lost by a kill."""
MEMORY = 512 << 20
TOLD = 1000
"""So many refusals are kept to be told at the end; the ledger has all of them."""

_UNIT = Struct("<qqqqqIBqI")
_RECORD = Struct("<qqqq12s16s?")


class _Unit(NamedTuple):
    offset: int
    corpus: int
    ledger: int
    first: int
    """Number of its first record, or of the next one there is."""
    name: int
    name_size: int
    kind: int
    number: int
    checksum: int


class _Record(NamedTuple):
    offset: int
    size: int
    characters: int
    unit: int
    id: bytes
    fingerprint: bytes
    signed: bool


class Spool:
    """Lines of sources in the order in which they came, and what the search for duplicates asks of their records.

    All is on disk, some 100 bytes a record and its signature; memory does not grow with the records. Shards that
    were committed stand after a kill, and what was added since is cut off when the spool is opened again.

    Raises:
        OutputError: the disk is full or cannot be used, or files of an earlier, unfinished run are damaged.
    """

    def __init__(self, folder: Path, permutations: int, *, memory: int = MEMORY) -> None:
        self.folder = folder
        self.permutations = permutations
        self.memory = memory
        """Bytes that the search for duplicates may take."""
        self.scratch = folder / SCRATCH
        """A folder for files of the search; it is emptied when a run begins or goes on."""
        self.tally = Tally()
        self.journal = Journal(folder)
        self._columns = {name: Column(folder / name) for name in COLUMNS}
        self._lines, self._names, self._units, self._records, self._signatures = self._columns.values()
        self._added: list[Shard] = []
        self._refused: list[tuple[str, str, str]] = []
        self._last_name: tuple[str, int, int] = ("", 0, 0)
        self._last_uri = (-1, "")
        self._committed = time.monotonic()
        self._shards = 0
        self._restore()

    def __len__(self) -> int:
        """Number of records."""
        return self._records.end // _RECORD.size

    @property
    def next(self) -> Cursor:
        """Where the input goes on after the shards that are done."""
        last = self._added[-1] if self._added else self.journal.last()
        return Cursor(last.entry, last.page) if last else Cursor(0, 0)

    @property
    def done(self) -> bool:
        """Whether a shard is in the journal; known after ``close`` too."""
        return self._shards > len(self._added)

    @property
    def due(self) -> bool:
        """Whether it is time to commit."""
        return time.monotonic() - self._committed >= COMMIT_SECONDS

    def add(self, done: Done, after: Cursor) -> None:
        """Append a shard; ``after`` is where the next one begins."""
        begun = self._ends()
        for unit in done.units:
            self._add_unit(unit)
        rows = [known.row for unit in done.units for known in unit.known if known.row is not None]
        if rows:
            self._signatures.append(done.signatures[rows].tobytes())
        self.tally.merge(done.tally)
        self._refused += done.refused[: max(0, TOLD - self._told)]
        self._told += len(done.refused)
        self._added.append(Shard(self._shards, *after, self._checksum(begun, self._ends()), self._ends()))
        self._shards += 1

    def commit(self, **facts: Any) -> None:
        """Bring everything to disk, and enter it in the journal."""
        for column in self._columns.values():
            column.sync()
        self.journal.commit(facts | {"tally": self.tally.as_json()}, self._added, self._refused)
        self._added, self._refused = [], []
        self._committed = time.monotonic()

    def order(self) -> Iterator[int]:
        """Yield the units by URI and record: the order of the output.

        They come in this order but for a few, as when a file ends in an error that is told of the whole of it.
        """
        late: list[tuple[Key, int]] = []
        most: Key | None = None
        for unit, key in enumerate(self._keys()):
            if most is not None and key < most:
                late.append((key, unit))
            else:
                most = key
        missed = {unit for _, unit in late}
        timely = ((key, unit) for unit, key in enumerate(self._keys()) if unit not in missed)
        for _, unit in heapq.merge(timely, sorted(late)):
            yield unit

    def name(self, unit: int) -> str:
        """Return the name of a unit's source."""
        return self._key(self._unit(unit)).name

    def lines(self, unit: int) -> tuple[bytes, bytes]:
        """Return the corpus lines and the ledger lines of a unit.

        Raises:
            OutputError: they are not what was appended.
        """
        at = self._unit(unit)
        data = self._lines.read(at.offset, at.corpus + at.ledger)
        if crc32(data) != at.checksum:
            raise OutputError(f"{self._lines.path} is damaged at {at.offset}: start over with --fresh")
        return data[: at.corpus], data[at.corpus :]

    def unit(self, record: int) -> int:
        """Return the unit of a record."""
        return self._record(record).unit

    def nth(self, record: int) -> int:
        """Return the place of a record among those of its unit."""
        return record - self._unit(self.unit(record)).first

    def id(self, record: int) -> str:
        """Return the id of a record."""
        return self._record(record).id.hex()

    def text(self, record: int) -> str:
        """Return the text of a record, from disk."""
        at = self._record(record)
        found: Json = loads(self._lines.read(at.offset, at.size))
        text: str = found["text"]
        return text

    def items(self) -> Iterator[Item]:
        """Yield what the search for duplicates wants to know of each record, from disk."""
        signatures = self._signatures.rows(4 * self.permutations)
        unit, name = -1, ""
        for record, row in enumerate(self._records.rows(_RECORD.size)):
            at = _Record(*_RECORD.unpack(row))
            if at.unit != unit:
                unit, name = at.unit, self.name(at.unit)
            signature = np.frombuffer(next(signatures), np.uint32) if at.signed else None
            yield Item(record, f"{at.id.hex()} {name}", at.characters, at.fingerprint, signature)

    def close(self) -> None:
        """Let go of the files; what was added since ``commit`` is lost."""
        for column in self._columns.values():
            column.close()
        self.journal.close()

    def _add_unit(self, unit: Unit) -> None:
        here, at = self._units.end // _UNIT.size, self._lines.end
        kind, number = (0, 0) if unit.record is None else (1, int(unit.record))
        name, size = self._name(unit.uri)
        data = unit.corpus + unit.ledger
        row = _Unit(at, len(unit.corpus), len(unit.ledger), len(self), name, size, kind, number, crc32(data))
        self._units.append(_UNIT.pack(*row))
        for known in unit.known:
            id_, signed = bytes.fromhex(known.id), known.row is not None
            record = _Record(at, known.line, known.characters, here, id_, known.fingerprint, signed)
            self._records.append(_RECORD.pack(*record))
            at += known.line
        self._lines.append(data)

    def _name(self, uri: str) -> tuple[int, int]:
        """Return where the name of an input stands; the pages of a file of many share it."""
        if self._last_name[0] != uri or not self._last_name[2]:
            data = uri.encode("utf-8", "surrogatepass")
            self._last_name = (uri, self._names.end, len(data))
            self._names.append(data)
        return self._last_name[1:]

    def _unit(self, unit: int) -> _Unit:
        return _Unit(*_UNIT.unpack(self._units.read(unit * _UNIT.size, _UNIT.size)))

    def _record(self, record: int) -> _Record:
        return _Record(*_RECORD.unpack(self._records.read(record * _RECORD.size, _RECORD.size)))

    def _keys(self) -> Iterator[Key]:
        for row in self._units.rows(_UNIT.size):
            yield self._key(_Unit(*_UNIT.unpack(row)))

    def _key(self, at: _Unit) -> Key:
        return Key(self._uri(at), at.kind, at.number, "")

    def _uri(self, at: _Unit) -> str:
        # the pages of a file of many share its name
        if self._last_uri[0] != at.name:
            self._last_uri = (at.name, self._names.read(at.name, at.name_size).decode("utf-8", "surrogatepass"))
        return self._last_uri[1]

    def _ends(self) -> tuple[int, ...]:
        return tuple(column.end for column in self._columns.values())

    def _checksum(self, begun: tuple[int, ...], ended: tuple[int, ...]) -> int:
        found = 0
        for column, start, end in list(zip(self._columns.values(), begun, ended, strict=True))[1:]:
            found = crc32(column.read(start, end - start), found)
        return found

    def _restore(self) -> None:
        """Cut off what was not committed, and check what was."""
        last = self.journal.last()
        ends = last.ends if last else (0,) * len(COLUMNS)
        self._shards = last.number + 1 if last else 0
        for column, end in zip(self._columns.values(), ends, strict=True):
            column.cut(end)
        begun = (0,) * len(COLUMNS)
        for shard in self.journal.shards():
            if self._checksum(begun, shard.ends) != shard.checksum:
                raise OutputError(f"{self.folder} is damaged in shard {shard.number}: start over with --fresh")
            begun = shard.ends
        self._told = len(self.journal.refused())
        tally = self.journal.facts().get("tally")
        self.tally = Tally.of_json(tally) if tally else Tally()
        with explained(self.folder):
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.scratch.mkdir()

"""Finished lines on disk until the duplicates are known: what stays in memory is numbers."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.batch import Done, Unit
from corpuskit.dedup import Item
from corpuskit.write.atomic import explained
from corpuskit.write.encode import loads
from corpuskit.write.stream import Key

Json = dict[str, Any]

_ID = 12
_FINGERPRINT = 16
_ROWS = 4096


class Spool:
    """Lines of sources in the order in which they came, and what the search for duplicates asks of their records.

    The files have no name: they are gone with the process, however it ends. About 120 bytes of memory a record.
    """

    def __init__(self, folder: Path, permutations: int) -> None:
        self.folder = folder
        self.permutations = permutations
        with explained(folder):
            self._lines = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by close()
            self._signatures = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by close()
        self._at = 0
        self._keys: list[Key] = []
        self._units = {name: array("q") for name in ("offset", "corpus", "ledger", "first")}
        self._records = {name: array("q") for name in ("offset", "size", "characters", "unit")}
        self._ids = bytearray()
        self._fingerprints = bytearray()
        self._signed = bytearray()

    def __len__(self) -> int:
        """Number of records."""
        return len(self._signed)

    def add(self, done: Done) -> None:
        """Append a batch.

        Raises:
            OutputError: the disk is full, or cannot be written.
        """
        for unit in done.units:
            self._unit(unit)
        rows = [known.row for unit in done.units for known in unit.known if known.row is not None]
        if rows:
            with explained(self.folder):
                self._signatures.write(done.signatures[rows].tobytes())

    def order(self) -> list[int]:
        """Return the units by URI and record: the order of the output."""
        return sorted(range(len(self._keys)), key=self._keys.__getitem__)

    def name(self, unit: int) -> str:
        """Return the name of a unit's source."""
        return self._keys[unit].name

    def lines(self, unit: int) -> tuple[bytes, bytes]:
        """Return the corpus lines and the ledger lines of a unit."""
        offset, size = self._units["offset"][unit], self._units["corpus"][unit]
        data = self._read(offset, size + self._units["ledger"][unit])
        return data[:size], data[size:]

    def unit(self, record: int) -> int:
        """Return the unit of a record."""
        return self._records["unit"][record]

    def nth(self, record: int) -> int:
        """Return the place of a record among those of its unit."""
        return record - self._units["first"][self.unit(record)]

    def id(self, record: int) -> str:
        """Return the id of a record."""
        return self._ids[record * _ID : (record + 1) * _ID].hex()

    def text(self, record: int) -> str:
        """Return the text of a record, from disk."""
        found: Json = loads(self._read(self._records["offset"][record], self._records["size"][record]))
        text: str = found["text"]
        return text

    def items(self) -> Iterator[Item]:
        """Yield what the search for duplicates wants to know of each record."""
        signatures = self._rows()
        for record, signed in enumerate(self._signed):
            at = record * _FINGERPRINT
            yield Item(
                record,
                f"{self.id(record)} {self.name(self.unit(record))}",
                self._records["characters"][record],
                bytes(self._fingerprints[at : at + _FINGERPRINT]),
                next(signatures) if signed else None,
            )

    def close(self) -> None:
        """Give the disk back."""
        self._lines.close()
        self._signatures.close()

    def _unit(self, unit: Unit) -> None:
        here = len(self._keys)
        uri = self._keys[-1].uri if self._keys and self._keys[-1].uri == unit.uri else unit.uri
        self._keys.append(Key.of(uri, unit.record))
        for name, value in zip(self._units, (self._at, len(unit.corpus), len(unit.ledger), len(self)), strict=True):
            self._units[name].append(value)
        at = self._at
        for known in unit.known:
            for name, value in zip(self._records, (at, known.line, known.characters, here), strict=True):
                self._records[name].append(value)
            self._ids += bytes.fromhex(known.id)
            self._fingerprints += known.fingerprint
            self._signed.append(known.row is not None)
            at += known.line
        with explained(self.folder):
            self._lines.write(unit.corpus)
            self._lines.write(unit.ledger)
        self._at += len(unit.corpus) + len(unit.ledger)

    def _read(self, offset: int, size: int) -> bytes:
        self._lines.seek(offset)
        return self._lines.read(size)

    def _rows(self) -> Iterator[npt.NDArray[np.uint32]]:
        self._signatures.seek(0)
        width = 4 * self.permutations
        while data := self._signatures.read(width * _ROWS):
            yield from np.frombuffer(data, np.uint32).reshape(-1, self.permutations)

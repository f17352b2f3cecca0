"""What is known of the records of a corpus while their duplicates are searched, on disk."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.dedup import Batch, DedupOptions, Judge, Statistics, Verdicts
from corpuskit.dedup.containment import Inside
from corpuskit.dedup.index import Index
from corpuskit.dedup.paragraphs import Pastes
from corpuskit.dedup.shingles import Shingles
from corpuskit.dedup.store import Ragged
from corpuskit.deduplicate.sketching import SEPARATOR, Sketch, sign

REFUSED, RECORD, KEPT = 0, 1, 2
_STEP = 4096


class Place(NamedTuple):
    """Who a record is: its id, where it has one, its file and its row."""

    id: str
    source: str
    row: int

    @classmethod
    def of(cls, key: bytes) -> Place:
        """Return the place that a key says."""
        name, _, place = key.decode("utf-8", "surrogatepass").split(SEPARATOR.decode())
        source, _, row = place.rpartition("#")
        return cls(name or f"{source}#{int(row)}", source, int(row))


class Gathered:
    """The records of the files by number of arrival, those of an index behind them."""

    def __init__(self, options: DedupOptions, folder: Path, memory: int, index: Index | None) -> None:
        self.index = index
        self.judge = Judge(options, self.load, folder=folder, memory=memory // 2, stores=self._stores)
        self.pastes = Pastes(folder, memory // 4) if options.paragraphs != "keep" else None
        self._inside = Inside(folder, memory // 4) if options.containment else None
        self._options = options
        self.statuses: list[bytearray] = []
        """For each file, what each of its rows is."""
        self._sets = Ragged(np.uint32, folder)
        self._sum = 0

    def __len__(self) -> int:
        """Number of records of the files."""
        return len(self._sets)

    def add(self, sketch: Sketch) -> None:
        """Enter the records of a chunk; chunks come in the order of the files."""
        if self.pastes and sketch.paragraphs:
            self.pastes.add(sketch.paragraphs, len(self))
        if self.index is not None:
            self._sum += sum(map(_content, sketch.batch.keys, sketch.batch.fingerprints))
        self.judge.add(sketch.batch)
        if self._inside:
            self._inside.add(sketch.sets, len(self), self._options.min_shingles)
        self._sets.append(sketch.sets.values, sketch.sets.sizes)
        while len(self.statuses) <= sketch.chunk.corpus.number:
            self.statuses.append(bytearray())
        rows = bytearray([RECORD]) * len(sketch.chunk.numbers)
        for bad in sketch.bad:
            rows[bad.at] = KEPT if bad.kept else REFUSED
        self.statuses[sketch.chunk.corpus.number] += rows

    def load(self, row: int) -> Shingles:
        """Return the shingles of a record."""
        if row < len(self):
            return self._sets.get(row)
        assert self.index is not None
        return self.index.load(row - len(self))

    def _stores(self) -> list[Ragged]:
        return [self._sets, *(segment.shingles for segment in (self.index.segments if self.index else ()))]

    def verdicts(self, statistics: Statistics) -> Verdicts:
        """Judge the records of the files, those of the index before them."""
        if self.index is not None:
            self.index.until(self.digest)
            self.index.enter(self.judge)
            if self._inside:
                self.index.enter_shingles(self._inside, len(self))
        return self.judge.verdicts(statistics, self._inside)

    @property
    def digest(self) -> str:
        """What identifies these records as a whole, in any order."""
        return f"{self._sum % (1 << 128):032x}"

    def place(self, row: int) -> Place:
        """Return who a record is."""
        return Place.of(self.judge.key(row))

    def places(self, rows: npt.NDArray[np.int64]) -> Iterator[Place]:
        """Yield who some records are, in the order given; quicker than one by one where they are many."""
        return map(Place.of, self.judge.keys(rows))

    def staying(self, gone: npt.NDArray[np.bool_]) -> Iterator[tuple[Batch, list[Shingles]]]:
        """Yield what an index keeps of the records that stay, in the order in which they are judged."""
        order = np.argsort(self.judge.ranks[: len(self)])
        rows = order[~gone[order]]
        for start in range(0, len(rows), _STEP):
            part = rows[start : start + _STEP]
            sets = [self._sets.get(row) for row in part.tolist()]
            yield self.judge.batch(part, sign(sets, self._options)), sets

    def close(self) -> None:
        """Give memory and disk back."""
        for at in (self.judge, self._sets, self.pastes, self._inside, self.index):
            if at is not None:
                at.close()


def _content(key: bytes, fingerprint: npt.NDArray[np.uint64]) -> int:
    return int.from_bytes(blake2b(key + fingerprint.tobytes(), digest_size=16).digest())

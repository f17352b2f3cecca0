"""What is kept of earlier corpora, so that a new one is deduplicated against them: append-only and checksummed.

A folder of segments, one a corpus, each complete when it has its name: the keys, preferences, lengths, fingerprints,
signatures and shingles of the records that stayed, and the twins of those that went.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.containment import Inside
from corpuskit.dedup.exact import FINGERPRINT_SCHEME
from corpuskit.dedup.judge import Judge
from corpuskit.dedup.minhash import SCHEME as MINHASH_SCHEME
from corpuskit.dedup.minhash import SEED
from corpuskit.dedup.options import DedupOptions
from corpuskit.dedup.shingles import SCHEME, Sets, Shingles
from corpuskit.dedup.store import Ragged, Rows
from corpuskit.dedup.verdicts import Batch

FORMAT = 1
ABOUT = "segment.json"
TWINS = "twins.jsonl"
_NUMBERS = "records"
_FILES = ("keys", "keys.ends", _NUMBERS, "signatures", "shingles", "shingles.ends", TWINS)
_STAGED = ".staged-"
_BLOCK = 1 << 22
_STEP = 4096


class IndexDamagedError(Exception):
    """The index cannot be used; the message says why and what to do next."""


class Index:
    """The segments of a folder, each checked against its digests.

    ``digest`` identifies a corpus: where the index holds it already, what came before it is what counts, so that a
    run repeated gives the same again and enters nothing twice.

    Raises:
        IndexDamagedError: a segment is damaged, or was made in another way than ``options`` say.
    """

    def __init__(self, folder: Path, options: DedupOptions) -> None:
        self.folder = folder
        self._made = _made(options)
        self._permutations = options.permutations
        self.segments = [_Segment(path, self._made) for path in _paths(folder)]
        self._first = 0

    def until(self, digest: str) -> None:
        """Leave out the corpus of this digest, and what was entered after it."""
        known = [segment.about["corpus"] for segment in self.segments]
        if digest in known:
            self.segments = self.segments[: known.index(digest)]

    def holds(self, digest: str) -> bool:
        """Tell whether the folder has a segment of this digest."""
        return any(_about(path)["corpus"] == digest for path in _paths(self.folder))

    def __len__(self) -> int:
        """Number of records that stayed."""
        return sum(segment.about["records"] for segment in self.segments)

    def enter(self, judge: Judge) -> None:
        """Enter the records into a search, the earliest corpus first."""
        for age, segment in enumerate(self.segments):
            segment.open(self._permutations)
            for batch in segment.batches():
                judge.add(batch, age)

    def enter_shingles(self, inside: Inside, first: int) -> None:
        """Enter the shingles of the records into a search for containment, as numbers ``first`` and after."""
        for start in range(0, len(self), _STEP):
            sets = [self.load(row) for row in range(start, min(start + _STEP, len(self)))]
            sizes = np.fromiter(map(len, sets), np.int64, len(sets))
            inside.add(Sets(np.concatenate(sets), sizes), first + start, 1 << 62)

    def load(self, row: int) -> Shingles:
        """Return the shingles of a record by its number among all."""
        for segment in self.segments:
            if row < segment.about["records"]:
                return segment.shingles.get(row)
            row -= segment.about["records"]
        raise IndexError(row)

    def close(self) -> None:
        """Close the files."""
        for segment in self.segments:
            segment.close()

    def stage(self, digest: str, batches: Iterable[tuple[Batch, list[Shingles]]], twins: Iterable[bytes]) -> Path:
        """Write a segment under a name that does not count yet; ``publish`` gives it one that does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob(f"{_STAGED}*"):
            shutil.rmtree(left)
        path = self.folder / f"{_STAGED}{os.getpid()}"
        path.mkdir()
        with _Writer(path) as writer:
            for batch, sets in batches:
                writer.add(batch, sets)
            for line in twins:
                writer.twin(line)
        about = {"format": FORMAT, "corpus": digest, "records": writer.records, "twins": writer.twins, **self._made}
        about["files"] = {name: _digest(path / name) for name in _FILES}
        _write(path / ABOUT, json.dumps(about, indent=2).encode() + b"\n")
        return path

    def publish(self, staged: Path) -> None:
        """Append a staged segment."""
        staged.rename(self.folder / f"segment-{len(_paths(self.folder)):05d}")
        _sync(self.folder)


class _Segment:
    def __init__(self, path: Path, made: dict[str, Any]) -> None:
        self.path = path
        self.about = _about(path)
        for name, value in made.items():
            if self.about.get(name) != value:
                raise IndexDamagedError(
                    f"{path} was made with {name} {self.about.get(name)!r}, this run wants {value!r}: "
                    "use the same settings, or name another folder with --index"
                )
        for name, digest in self.about["files"].items():
            if not (path / name).is_file() or _digest(path / name) != digest:
                raise IndexDamagedError(
                    f"{path / name} is damaged: restore the folder from a copy, or delete it and the segments after "
                    "it and enter their corpora again"
                )

    def open(self, permutations: int) -> None:
        def at(name: str) -> Path:
            return self.path / name

        self.keys = Ragged(np.uint8, paths=(at("keys"), at("keys.ends")))
        self.shingles = Ragged(np.uint32, paths=(at("shingles"), at("shingles.ends")))
        self.numbers = Rows(np.int64, 5, path=at(_NUMBERS))
        self.signatures = Rows(np.uint32, permutations, path=at("signatures"))

    def batches(self) -> Iterator[Batch]:
        for start in range(0, len(self.numbers), _STEP):
            rows = np.arange(start, min(start + _STEP, len(self.numbers)))
            numbers = self.numbers.take(rows)
            yield Batch(
                [self.keys.get(row).tobytes() for row in rows.tolist()],
                numbers[:, 0],
                numbers[:, 1],
                np.ascontiguousarray(numbers[:, 2:4]).view(np.uint64),
                numbers[:, 4] > 0,
                self.signatures.take(rows),
            )

    def close(self) -> None:
        for name in ("keys", "shingles", "numbers", "signatures"):
            if hasattr(self, name):
                getattr(self, name).close()


class _Writer:
    def __init__(self, path: Path) -> None:
        self._files = {name: (path / name).open("wb") for name in _FILES}
        self._ends = {"keys": 0, "shingles": 0}
        self.records = 0
        self.twins = 0

    def add(self, batch: Batch, sets: list[Shingles]) -> None:
        numbers = (batch.preferences, batch.lengths, *batch.fingerprints.view(np.int64).T, batch.signed)
        self._put(_NUMBERS, np.column_stack([column.astype(np.int64) for column in numbers]))
        self._put("signatures", batch.signatures)
        self._ragged("keys", [np.frombuffer(key, np.uint8) for key in batch.keys])
        self._ragged("shingles", sets)
        self.records += len(batch.keys)

    def twin(self, line: bytes) -> None:
        self._files[TWINS].write(line)
        self.twins += 1

    def _ragged(self, name: str, arrays: list[npt.NDArray[Any]]) -> None:
        for array in arrays:
            self._put(name, array)
        ends = np.cumsum([array.size for array in arrays], dtype=np.int64) + self._ends[name]
        if ends.size:
            self._ends[name] = int(ends[-1])
        self._put(f"{name}.ends", ends)

    def _put(self, name: str, array: npt.NDArray[Any]) -> None:
        self._files[name].write(np.ascontiguousarray(array).tobytes())

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *exc: object) -> None:
        for file in self._files.values():
            file.flush()
            os.fsync(file.fileno())
            file.close()


def _made(options: DedupOptions) -> dict[str, Any]:
    return {
        "shingles": SCHEME,
        "fingerprints": FINGERPRINT_SCHEME,
        "minhash": MINHASH_SCHEME,
        "seed": SEED,
        "permutations": options.permutations,
        "min_shingles": options.min_shingles,
        "near": options.near,
    }


def _paths(folder: Path) -> list[Path]:
    found = sorted(folder.glob("segment-*"))
    for number, path in zip(count(), found, strict=False):
        if path.name != f"segment-{number:05d}":
            raise IndexDamagedError(f"{folder} has no segment {number}: restore the folder from a copy")
    if not found and folder.exists() and any(not at.name.startswith(_STAGED) for at in folder.iterdir()):
        raise IndexDamagedError(f"{folder} holds something else than an index: name a new or empty folder with --index")
    return found


def _about(path: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads((path / ABOUT).read_bytes())
    except (OSError, ValueError) as error:
        raise IndexDamagedError(f"{path / ABOUT} cannot be read ({error}): restore the folder from a copy") from None
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise IndexDamagedError(f"{path} was made by another version of corpuskit: make the index anew")
    return about


def _digest(path: Path) -> str:
    sha256 = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            sha256.update(block)
    return sha256.hexdigest()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)

"""Any corpus as a stream of entries: JSONL plain, gzip or zstd, Parquet, or the output folder of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from corpuskit.write import manifest
from corpuskit.write.encode import loads
from corpuskit.write.folder import MANIFEST
from corpuskit.write.jsonl import read_lines
from corpuskit.write.stream import DAMAGED

Json = dict[str, Any]

SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".json.gz", ".ndjson", ".parquet")
_ROWS = 1024


class CorpusError(Exception):
    """A corpus cannot be opened; the message says which, why and what to do next."""


class Entry(NamedTuple):
    """One record of a corpus: its place, its file, its line or row from 1; ``problem`` where it is no record."""

    number: int
    file: str
    line: int
    value: Json
    problem: str | None = None

    def get(self, field: str) -> Any:
        """Return a field's value, None where it is absent; dots reach inside objects."""
        return find(self.value, field)


def find(value: Json, field: str) -> Any:
    """Return a field of a record; dots reach inside objects.

    >>> find({"meta": {"id": 7}}, "meta.id"), find({"meta.id": 8}, "meta.id"), find({}, "meta.id")
    (7, 8, None)
    """
    if field in value:
        return value[field]
    at: Any = value
    for name in field.split("."):
        if not isinstance(at, dict) or name not in at:
            return None
        at = at[name]
    return at


class Corpus:
    """The files of a corpus, in order; entries are numbered through all of them.

    Raises:
        CorpusError: something named is not there, or holds no corpus.
    """

    def __init__(self, given: Sequence[str]) -> None:
        self.outs: list[Path] = []
        """Those of the given that are output folders of runs."""
        self.whole = True
        """True while every file given is part of such a folder."""
        self.files: list[Path] = []
        for name in given:
            self._open(Path(name))

    def entries(self, wanted: Iterable[int] | None = None) -> Iterator[Entry]:
        """Yield all entries, or those whose numbers are ``wanted`` (ascending); the others are not parsed."""
        left = None if wanted is None else chain(wanted, (-1,))
        following = next(left) if left is not None else None
        if following == -1:
            return
        number = 0
        for path in self.files:
            rows = _parquet(path) if path.suffix == ".parquet" else _lines(path)
            for line, raw in rows:
                if following is None:
                    yield _entry(number, path, line, raw)
                elif following == number:
                    yield _entry(number, path, line, raw)
                    following = next(left) if left is not None else None
                    if following == -1:
                        return
                number += 1

    def _open(self, path: Path) -> None:
        if path.is_dir() and (path / MANIFEST).is_file() and (path / "corpus").is_dir():
            if _of_run(path):
                self.outs.append(path)
            else:
                self.whole = False
            self.files += _folder(path / "corpus")
            return
        self.whole = False
        if path.is_dir():
            self.files += _folder(path)
        elif path.is_file():
            self.files.append(path)
        else:
            raise CorpusError(f"{path}: no such file or folder: name a JSONL or Parquet file, or an output folder")


def _of_run(out: Path) -> bool:
    """Tell whether a folder is a run's; a manifest that cannot be read is told when the run is verified."""
    try:
        return "command" not in manifest.load(out)
    except (OSError, ValueError):
        return True


def _folder(path: Path) -> list[Path]:
    found = [file for file in path.rglob("*") if file.is_file() and file.name.endswith(SUFFIXES)]
    if not found:
        raise CorpusError(f"{path} holds no corpus: files named {', '.join('*' + end for end in SUFFIXES)} are read")
    return sorted(found)


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        for number, line in enumerate(read_lines(path), 1):
            if line and not line.isspace():
                yield number, line
    except DAMAGED as error:
        raise CorpusError(f"{path}: cannot be read to its end ({error}): repair the file, or leave it out") from error


def _parquet(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise CorpusError(f"{path}: Parquet needs pip install 'corpuskit-curation[parquet]'") from None
    try:
        number = 0
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path}: is no Parquet file that can be read: {error}") from error


def _entry(number: int, path: Path, line: int, raw: Any) -> Entry:
    if isinstance(raw, dict):
        return Entry(number, str(path), line, raw)
    try:
        value = loads(raw)
    except ValueError as error:
        return Entry(number, str(path), line, {}, f"not JSON: {error}")
    if not isinstance(value, dict):
        return Entry(number, str(path), line, {}, "JSON, but not an object")
    return Entry(number, str(path), line, value)

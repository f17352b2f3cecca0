"""Records of any JSONL or Parquet corpus, read a chunk at a time, and read again to be written as they were."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from corpuskit.core.source import Refusal
from corpuskit.read import Item, discover
from corpuskit.read.jsonl import Line, lines
from corpuskit.read.packed import PackedError, TruncatedError, chunks

Kind = Literal["jsonl", "parquet"]

_BOM = b"\xef\xbb\xbf"
_BYTES = 1 << 20
_ROWS = 4096
_LIMIT = 256 << 20
_PARQUET = b"PAR1"
_NEEDS = "Parquet is read with pyarrow: pip install 'corpuskit-curation[parquet]', or convert the file to JSONL"


class ChangedError(Exception):
    """A file is not what it was when it was read first."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """One file."""

    number: int
    uri: str
    path: Path
    size: int
    kind: Kind
    given: int
    """The place, among those that were named, of what led to this file."""
    seen: tuple[int, int] = field(default=(0, 0))
    """Size and time of change when it was listed."""


class Chunk(NamedTuple):
    """Some rows of a file."""

    corpus: Corpus
    numbers: list[int]
    """Rows, from 1."""
    lines: list[bytes]
    """Of JSONL; empty where ``records`` are given."""
    records: list[dict[str, Any]]
    """Of Parquet: the fields that are asked for."""


class Corpora:
    """The files that are named by files, folders and globs; of a folder that ``run`` or ``dedup`` made, its corpus."""

    def __init__(self, inputs: Sequence[str], exclude: Path | None = None) -> None:
        named = [_corpus_of(name) for name in inputs]
        items, self.refusals = discover(named, exclude=exclude)
        ages = [{str(item.path) for item in discover([name], exclude=exclude)[0]} for name in named]
        self.files: list[Corpus] = []
        for item in items:
            given = next((at for at, paths in enumerate(ages) if str(item.path) in paths), 0)
            self._take(item, given)
        self.bytes = sum(corpus.size for corpus in self.files)

    def _take(self, item: Item, given: int) -> None:
        if not isinstance(item.path, Path):
            reason = "rows are read twice, from any place: copy the file here first"
            self.refusals.append(Refusal(item.uri, "read.not_a_corpus", reason, bytes=item.size))
            return
        try:
            kind = _kind(item.path)
            seen = _seen(item.path)
        except (OSError, PackedError) as error:
            self.refusals.append(refused(item.uri, error, item.size))
            return
        if kind is None:
            reason = "neither lines of JSON objects nor Parquet: name other files, or convert it"
            self.refusals.append(Refusal(item.uri, "read.not_a_corpus", reason, bytes=item.size))
        elif kind == "parquet" and not has_parquet():
            self.refusals.append(Refusal(item.uri, "read.needs_extra", _NEEDS, bytes=item.size))
        else:
            self.files.append(Corpus(len(self.files), item.uri, item.path, item.size, kind, given, seen))


def has_parquet() -> bool:
    """Tell whether pyarrow is installed."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        return False
    return True


def refused(uri: str, error: Exception, size: int = 0) -> Refusal:
    """Return the refusal of a file, or of its rest, that cannot be read."""
    if isinstance(error, PackedError):
        rule = "read.truncated" if isinstance(error, TruncatedError) else "read.corrupt"
        return Refusal(uri, rule, f"{error}; fetch or pack the file again", error.line, bytes=size)
    what = error.strerror if isinstance(error, OSError) else None
    return Refusal(uri, "read.failed", f"reading failed ({what or error}): check the file and try again", bytes=size)


def read_lines(corpus: Corpus) -> Iterator[Line]:
    """Yield the lines of a file that are not blank; of those over 256 MB only the size.

    Raises:
        OSError, PackedError: it cannot be read any further.
    """
    for line in lines(chunks(corpus.path), _LIMIT):
        if line.number == 1:
            line = line._replace(data=line.data.removeprefix(_BOM))
        if line.size > _LIMIT or (line.data and not line.data.isspace()):
            yield line


def read(corpus: Corpus, fields: Sequence[str]) -> Iterator[Chunk]:
    """Yield the rows of a file in chunks of about a megabyte; ``fields`` are those needed of a Parquet file.

    Raises:
        OSError, PackedError: it cannot be read any further; what was yielded before stands.
    """
    if corpus.kind == "parquet":
        yield from _parquet(corpus, fields)
        return
    held: list[Line] = []
    size = 0
    try:
        for line in read_lines(corpus):
            if held and (size + line.size > _BYTES or len(held) == _ROWS):
                yield _chunk(corpus, held)
                held, size = [], 0
            held.append(line)
            size += line.size
    except (OSError, PackedError):
        if held:
            yield _chunk(corpus, held)
        raise
    if held:
        yield _chunk(corpus, held)


def check(corpus: Corpus) -> None:
    """Raise ChangedError if a file is not what it was."""
    try:
        same = _seen(corpus.path) == corpus.seen
    except OSError:
        same = False
    if not same:
        raise ChangedError(f"{corpus.path} was changed while it was read: run again when nothing writes to it")


def batches(corpus: Corpus, columns: list[str] | None = None) -> Iterator[Any]:
    """Yield the record batches of a Parquet file; OSError if it is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(corpus.path) as file:
            yield from file.iter_batches(_ROWS, columns=columns)
    except pa.ArrowException as error:
        raise OSError(f"damaged Parquet data: {' '.join(str(error).split())[:200]}") from error


def _parquet(corpus: Corpus, fields: Sequence[str]) -> Iterator[Chunk]:
    import pyarrow.parquet as pq

    names = set(pq.read_schema(corpus.path).names)
    columns = sorted({top for name in fields if (top := name if name in names else name.split(".")[0]) in names})
    at = 1
    for batch in batches(corpus, columns):
        records = batch.to_pylist() if columns else [{} for _ in range(batch.num_rows)]
        yield Chunk(corpus, list(range(at, at + len(records))), [], records)
        at += len(records)


def _chunk(corpus: Corpus, held: list[Line]) -> Chunk:
    return Chunk(corpus, [line.number for line in held], [line.data for line in held], [])


def _corpus_of(name: str) -> str:
    folder = Path(name)
    made = (folder / "manifest.json").is_file() and (folder / "corpus").is_dir()
    return str(folder / "corpus") if made else name


def _kind(path: Path) -> Kind | None:
    head = next(chunks(path), b"")
    if head.startswith(_PARQUET):
        return "parquet"
    name = path.name.lower().removesuffix(".gz").removesuffix(".zst")
    known = name.endswith((".jsonl", ".ndjson"))
    return "jsonl" if known or head.removeprefix(_BOM).lstrip().startswith(b"{") else None


def _seen(path: Path) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns

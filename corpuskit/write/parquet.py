"""Records as rows of a Parquet file, with their provenance in nested columns, and back.

What the columns cannot hold as it is - lone surrogates, metadata of a kind that no column knows - stands in the column
``exact`` as the whole record in JSON; the other columns then have U+FFFD for each lone surrogate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from corpuskit.write.atomic import OutputError
from corpuskit.write.digested import Digested, FileEntry
from corpuskit.write.encode import dumps, loads

Json = dict[str, Any]

SUFFIX = ".parquet"
_GROUP_BYTES = 32 << 20
"""JSON of the records of a row group."""
_GROUP_ROWS = 8192
_SURROGATES = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(rb"\\u[dD][89a-fA-F]")
"""A lone surrogate in JSON."""
_PIECE = ("text_start", "text_end", "source_start", "source_end", "rule", "before")
_STRINGS = ("byline", "publisher", "date", "url", "subtitle")
_LISTS = ("captions", "boxes")


def schema() -> Any:
    """Return the Arrow schema of a record.

    Raises:
        OutputError: pyarrow is not installed.
    """
    pa = _pyarrow()
    text, whole, real = pa.string(), pa.int64(), pa.float64()
    spans = pa.list_(pa.list_(whole))
    flag = pa.struct([("rule", text), ("score", real), ("reason", text), ("spans", spans)])
    metadata = [(name, text) for name in _STRINGS] + [(name, pa.list_(text)) for name in _LISTS]
    metadata += [("flags", pa.list_(flag)), ("more", pa.map_(text, text))]
    source = [("uri", text), ("sha256", text), ("bytes", whole), ("record", whole), ("record_id", text)]
    source += [("target_uri", text), ("date", text), ("media_type", text), ("encoding", text), ("lossless", pa.bool_())]
    source += [("decoded_by", text), ("certainty", real), ("chars", whole), ("extractor", text)]
    piece = [(name, whole) for name in _PIECE[:4]] + [(name, text) for name in _PIECE[4:]]
    provenance = [("source", pa.struct(source)), ("pieces", pa.list_(pa.struct(piece)))]
    provenance += [("fields", pa.map_(text, spans)), ("config", text), ("corpuskit", text)]
    columns = [(name, text) for name in ("id", "text", "title", "source", "language")]
    columns += [("metadata", pa.struct(metadata)), ("provenance", pa.struct(provenance)), ("exact", text)]
    return pa.schema(columns)


class ParquetShard:
    """One open part under its temporary name; the same records give the same bytes with the same pyarrow."""

    def __init__(self, path: Path, compression: str) -> None:
        self.path = path
        self.temporary = path.with_name(f".{path.name}.tmp")
        self.size = 0
        self.lines = 0
        self._schema = schema()
        self._rows: list[Json] = []
        self._held = 0
        self._raw = Digested(self.temporary)
        from pyarrow.parquet import ParquetWriter

        self._writer = ParquetWriter(self._raw, self._schema, compression=compression)

    def write(self, line: bytes) -> None:
        """Append the record of a line."""
        self._rows.append(row_of(line))
        self.size += len(line)
        self.lines += 1
        self._held += len(line)
        if self._held >= _GROUP_BYTES or len(self._rows) >= _GROUP_ROWS:
            self._flush()

    def finish(self) -> FileEntry:
        """Bring the part to disk."""
        self._flush()
        self._writer.close()
        return self._raw.finish(self.path.name, self.lines)

    def discard(self) -> None:
        """Remove the part."""
        self._raw.discard(self._writer.close)

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(_pyarrow().Table.from_pylist(self._rows, self._schema))
            self._rows, self._held = [], 0


def lines(path: Path) -> Iterator[bytes]:
    """Yield the records of a part as JSON, without line feeds.

    Raises:
        OSError: it cannot be read, or is damaged.
        OutputError: pyarrow is not installed.
    """
    pa = _pyarrow()
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            for batch in file.iter_batches(256):
                for row in batch.to_pylist():
                    yield dumps(record_of(row)).removesuffix(b"\n")
    except (pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise OSError(f"damaged Parquet data ({type(error).__name__}: {error})") from error


def row_of(line: bytes) -> Json:
    """Return the row of a record's line."""
    record: Json = loads(line)
    row = _row(record)
    if _ESCAPED.search(line) or record_of(row) != record:
        row = _plain(row) | {"exact": dumps(record).decode("utf-8").removesuffix("\n")}
    return row


def record_of(row: Json) -> Json:
    """Return the record of a row."""
    if row.get("exact") is not None:
        found: Json = loads(row["exact"])
        return found
    known, told = row["metadata"], row["provenance"]
    metadata = {name: value for name, value in known.items() if value is not None and name != "more"}
    metadata |= {name: loads(value) for name, value in known["more"] or []}
    source = {name: value for name, value in told["source"].items() if value is not None}
    pieces = [[at[name] for name in _PIECE[: 6 if at["rule"] is not None else 4]] for at in told["pieces"]]
    provenance = {"source": source, "pieces": pieces, "fields": dict(told["fields"])}
    stamp = {name: told[name] for name in ("config", "corpuskit")}
    first = {name: row[name] for name in ("id", "text", "title", "source", "language")}
    return first | {"metadata": metadata, "provenance": provenance | stamp}


def _row(record: Json) -> Json:
    told = record["provenance"]
    metadata: Json = dict.fromkeys((*_STRINGS, *_LISTS, "flags"))
    more = []
    for name, value in record["metadata"].items():
        if _fits(name, value):
            metadata[name] = value
        else:
            more.append((name, dumps(value).decode("utf-8").removesuffix("\n")))
    source = {name: told["source"].get(name) for name in _source_names()}
    pieces = [dict(zip(_PIECE, [*piece, None, None][:6], strict=True)) for piece in told["pieces"]]
    provenance = {"source": source, "pieces": pieces, "fields": list(told["fields"].items())}
    provenance |= {name: told[name] for name in ("config", "corpuskit")}
    first = {name: record[name] for name in ("id", "text", "title", "source", "language")}
    return first | {"metadata": metadata | {"more": more}, "provenance": provenance, "exact": None}


def _fits(name: str, value: Any) -> bool:
    if name in _STRINGS:
        return isinstance(value, str)
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return name == "flags" and isinstance(value, list) and all(map(_is_flag, value))


def _is_flag(value: Any) -> bool:
    return isinstance(value, dict) and [*value] == ["rule", "score", "reason", "spans"]


@cache
def _source_names() -> list[str]:
    return [field.name for field in schema().field("provenance").type.field("source").type]


def _plain(value: Any) -> Any:
    """Return a value with U+FFFD for each lone surrogate."""
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    # the entries of a map must be tuples
    return type(value)(_plain(item) for item in value) if isinstance(value, list | tuple) else value


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError as error:
        advice = "pip install 'corpuskit-curation[parquet]', or run without --format parquet"
        raise OutputError(f"Parquet needs an extra: {advice}") from error
    return pyarrow

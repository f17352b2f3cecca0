"""Records of a Parquet or Arrow file, a few rows at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import IO, Any

from corpuskit.core.source import Raw, Refusal
from corpuskit.read.jsonl import BadRecordError, page_of
from corpuskit.read.packed import CorruptError

EXTRA = "parquet"
_ROWS = 256
_WANTED = ("id", "url", "date", "timestamp", "title", "media_type", "mime_type", "content_type")

Place = tuple[int, Raw | Refusal]
"""The number of a row, from 1, and what it holds."""


def parquet(
    file: IO[bytes], uri: str, text_field: str, limit: int, after: int = 0
) -> Iterator[tuple[int, Raw | Refusal]]:
    """Yield number and page, or refusal, of each row of a Parquet file behind the row ``after``; rows count from 1.

    Only the columns that make a page are read, and row groups before ``after`` are not.

    Raises:
        ImportError: pyarrow is not installed.
        CorruptError: the file cannot be read to its end.
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        found = ParquetFile(file)
        names = [field.name for field in found.schema_arrow]
        columns = [name for name in names if name in (text_field, text_field.partition(".")[0], *_WANTED)]
        number = 0
        groups: list[int] = []
        for group in range(found.num_row_groups):
            rows = found.metadata.row_group(group).num_rows
            if groups or number + rows > after:
                groups.append(group)
            else:
                number += rows
        batches = found.iter_batches(_ROWS, row_groups=groups, columns=columns) if groups and columns else iter(())
        if groups and not columns:
            yield number + 1, _no_field(uri, text_field, names)
        yield from _rows(batches, uri, text_field, limit, number, after)
    except (ArrowException, OSError) as error:
        raise CorruptError(f"damaged Parquet data ({_first(error)})") from error


def arrow(
    file: IO[bytes], uri: str, text_field: str, limit: int, after: int = 0
) -> Iterator[tuple[int, Raw | Refusal]]:
    """Yield number and page, or refusal, of each row of an Arrow or Feather file, or stream, behind a row.

    Raises:
        ImportError: pyarrow is not installed.
        CorruptError: the file cannot be read to its end.
    """
    from pyarrow import ArrowException, ipc

    try:
        magic = file.read(6)
        file.seek(0)
        if magic == b"ARROW1":
            whole = ipc.open_file(file)
            batches: Iterator[Any] = (whole.get_batch(at) for at in range(whole.num_record_batches))
        else:
            batches = iter(ipc.open_stream(file))
        yield from _rows(batches, uri, text_field, limit, 0, after)
    except (ArrowException, OSError) as error:
        raise CorruptError(f"damaged Arrow data ({_first(error)})") from error


def _rows(batches: Iterator[Any], uri: str, text_field: str, limit: int, number: int, after: int) -> Iterator[Place]:
    for batch in batches:
        if number + batch.num_rows <= after:
            number += batch.num_rows
            continue
        for row in batch.to_pylist():
            number += 1
            if number > after:
                yield number, _page(row, uri, number, text_field, limit)


def _page(row: dict[str, Any], uri: str, number: int, text_field: str, limit: int) -> Raw | Refusal:
    try:
        page = page_of(row, uri, number, text_field)
    except BadRecordError as error:
        return Refusal(uri, error.rule, str(error), number)
    if len(page.data) > limit:
        reason = f"the row has {len(page.data):,} bytes of text, over the limit of {limit:,}: raise max_page_mb"
        return Refusal(uri, "read.too_large", reason, number, hashlib.sha256(page.data).hexdigest(), len(page.data))
    return page


def _no_field(uri: str, text_field: str, names: list[str]) -> Refusal:
    has = ", ".join(repr(name[:40]) for name in names[:12]) or "none"
    reason = f"no column {text_field!r}; the columns are {has}: name the text's with --field"
    return Refusal(uri, "read.no_field", reason)


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]

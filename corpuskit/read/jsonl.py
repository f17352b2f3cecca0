"""Records of a JSONL file, one line at a time; a bad line is refused and the next one read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson

from corpuskit.core.source import Raw, Refusal
from corpuskit.read.packed import PackedError

_BOM = b"\xef\xbb\xbf"
_MIME = ("text/html", "text/plain", "application/xhtml+xml")
_BAD_BYTE = re.compile("[\udc80-\udcff]")


class Line(NamedTuple):
    """One line of a file, without its line feed."""

    number: int
    """From 1."""
    data: bytes
    """Empty where the line was too long to be kept."""
    size: int
    """Bytes of the whole line."""


class BadRecordError(Exception):
    """A line that cannot become a page: a rule and a reason."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule


class Block(NamedTuple):
    """Whole lines of a file, not yet looked at."""

    uri: str
    first: int
    """Number of the first line, from 1."""
    data: bytes
    text_field: str
    limit: int
    """Greatest size of a line in bytes."""

    @property
    def last(self) -> int:
        """Number of the last line."""
        return self.first + self.data.count(b"\n") - self.data.endswith(b"\n")

    def pages(self) -> Iterator[Raw | Refusal]:
        """Yield a page or a refusal for each line that is not blank."""
        return records([self.data], self.uri, self.text_field, self.limit, self.first)

    def split(self) -> list[Block]:
        """Return the lines one by one."""
        parts = self.data.removesuffix(b"\n").split(b"\n")
        return [self._replace(first=number, data=line + b"\n") for number, line in enumerate(parts, self.first)]


def blocks(
    chunks: Iterable[bytes], uri: str, text_field: str, limit: int, after: int = 0
) -> Iterator[tuple[int, Block | Refusal]]:
    """Cut ``chunks`` at line feeds, with the number of the last line of each block; lines up to ``after`` are left out.

    Of a line over ``limit`` bytes no more than that is held. Where ``chunks`` raises, the unfinished line before is
    not yielded.
    """
    number = 1
    rest = _Rest(limit)
    try:
        for chunk in chunks:
            if b"\n" not in chunk:
                rest.add(chunk)
                continue
            if rest.dropped:
                end, _, chunk = chunk.partition(b"\n")
                yield from _left(number, after, _too_large(uri, number, rest.size + len(end), limit))
                number += 1
                rest.clear()
            whole, feed, tail = chunk.rpartition(b"\n")
            if data := rest.take() + whole + feed:
                yield from _left(number, after, Block(uri, number, data, text_field, limit))
                number += data.count(b"\n")
            rest.add(tail)
    except PackedError as error:
        error.line = number
        raise
    if rest.dropped:
        yield from _left(number, after, _too_large(uri, number, rest.size, limit))
    elif data := rest.take():
        yield from _left(number, after, Block(uri, number, data, text_field, limit))


class _Rest:
    """A line whose end has not been seen; nothing of it is kept once it is too long."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.clear()

    def clear(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    @property
    def dropped(self) -> bool:
        return self.size > self._limit

    def add(self, part: bytes) -> None:
        self.size += len(part)
        self._parts.append(part)
        if self.dropped:
            self._parts.clear()

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self.clear()
        return data


def _left(number: int, after: int, found: Block | Refusal) -> Iterator[tuple[int, Block | Refusal]]:
    """Yield what is left of a block behind the line ``after``."""
    last = found.last if isinstance(found, Block) else number
    if isinstance(found, Block) and number <= after < last:
        lines = found.data.split(b"\n")[after - number + 1 :]
        found = found._replace(first=after + 1, data=b"\n".join(lines))
    if last > after and not (isinstance(found, Block) and found.data.isspace()):
        yield last, found


def lines(chunks: Iterable[bytes], limit: int, first: int = 1) -> Iterator[Line]:
    """Split ``chunks`` at line feeds; of a line over ``limit`` bytes only the size is kept.

    Where ``chunks`` raises, the unfinished line before is not yielded.
    """
    number, size = first, 0
    parts: list[bytes] = []
    try:
        for chunk in chunks:
            *whole, rest = chunk.split(b"\n")
            for end in whole:
                size += len(end)
                yield Line(number, b"".join((*parts, end)) if size <= limit else b"", size)
                number, size = number + 1, 0
                parts.clear()
            size += len(rest)
            parts.append(rest)
            if size > limit:
                parts.clear()
    except PackedError as error:
        error.line = number
        raise
    if size:
        yield Line(number, b"".join(parts), size)


def records(chunks: Iterable[bytes], uri: str, text_field: str, limit: int, first: int = 1) -> Iterator[Raw | Refusal]:
    """Yield a page or a refusal for each line that is not blank; ``limit`` is a line's greatest size in bytes."""
    for line in lines(chunks, limit, first):
        data = line.data.removeprefix(_BOM) if line.number == 1 else line.data
        if line.size > limit:
            yield _too_large(uri, line.number, line.size, limit)
        elif data and not data.isspace():
            yield _page(data, uri, line.number, text_field)


def _too_large(uri: str, number: int, size: int, limit: int) -> Refusal:
    reason = f"the line has {size:,} bytes, over the limit of {limit:,}: raise max_page_mb or split it"
    return Refusal(uri, "read.too_large", reason, number, bytes=size)


def _page(data: bytes, uri: str, number: int, text_field: str) -> Raw | Refusal:
    try:
        return page_of(_parse(data), uri, number, text_field)
    except BadRecordError as error:
        return Refusal(uri, error.rule, str(error), number, hashlib.sha256(data).hexdigest(), len(data))


def page_of(record: dict[str, Any], uri: str, number: int, text_field: str) -> Raw:
    """Return the page that a record holds; BadRecordError if it holds none."""
    text = _text(record, text_field)
    return Raw(
        uri,
        text.encode("utf-8", "surrogatepass"),
        _media_type(record),
        record=number,
        record_id=_record_id(record),
        text=text,
        metadata=_metadata(record),
    )


def _parse(data: bytes) -> dict[str, Any]:
    try:
        record = orjson.loads(data)
    except orjson.JSONDecodeError:
        record = _parse_leniently(data)
    if isinstance(record, dict):
        return record
    raise BadRecordError(
        "read.not_json", f"the line is JSON but {_kind(record)}, not an object: write {{...}} per line"
    )


def _parse_leniently(data: bytes) -> Any:
    """The standard library takes what orjson refuses: lone surrogates, NaN, and text with a few undecodable bytes."""
    text = data.decode("utf-8", "surrogateescape")
    bad = len(_BAD_BYTE.findall(text))
    if bad > 3 and bad * 10 > sum(char >= "\x80" for char in text):
        at = data.index(_BAD_BYTE.search(text)[0].encode("utf-8", "surrogateescape"))  # type: ignore[index]
        raise BadRecordError("read.not_utf8", f"the line is not UTF-8 (byte {at + 1}): convert the file to UTF-8")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        reason = f"the line is not JSON: {error.msg} at column {error.colno}; repair or delete the line"
        raise BadRecordError("read.not_json", reason) from None
    except (RecursionError, ValueError) as error:
        reason = f"the line is JSON nested too deep or with numbers too long ({type(error).__name__})"
        raise BadRecordError("read.not_json", reason) from None


def _text(record: dict[str, Any], text_field: str) -> str:
    value: Any = record
    if text_field in record:
        value = record[text_field]
    else:
        for name in text_field.split("."):
            if not isinstance(value, dict) or name not in value:
                raise BadRecordError("read.no_field", _missing(text_field, name, value))
            value = value[name]
    if isinstance(value, str):
        return value
    raise BadRecordError("read.not_text", f"the field {text_field!r} holds {_kind(value)}, not a string")


def _missing(text_field: str, name: str, parent: Any) -> str:
    if not isinstance(parent, dict):
        return f"no field {text_field!r}: {name!r} is looked for in {_kind(parent)}"
    has = ", ".join(repr(key[:40]) for key in list(parent)[:12]) or "nothing"
    return f"no field {text_field!r}; the record has {has}: name the text's field in the options"


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "an array"}
    return names.get(type(value), "an object")


def _record_id(record: dict[str, Any]) -> str | None:
    value = record.get("id")
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _media_type(record: dict[str, Any]) -> str:
    for key in ("media_type", "mime_type", "content_type"):
        value = record.get(key)
        if isinstance(value, str) and (mime := value.partition(";")[0].strip().lower()) in _MIME:
            return mime
    return "text/plain"


def _metadata(record: dict[str, Any]) -> dict[str, Any]:
    date = record["date"] if isinstance(record.get("date"), str) else record.get("timestamp")
    found = {"url": record.get("url"), "date": date, "title": record.get("title")}
    return {key: value for key, value in found.items() if isinstance(value, str)}

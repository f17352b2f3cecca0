"""The corpus and the ledger of OUT as streams, and several sorted streams taken in step."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import zstandard

from corpuskit.write.encode import loads
from corpuskit.write.jsonl import parts, read_lines

Json = dict[str, Any]
T = TypeVar("T")

DAMAGED = (OSError, EOFError, zlib.error, zstandard.ZstdError)


class Key(NamedTuple):
    """The place of a source in the order of a run: by URI, then by number, then by name of its record."""

    uri: str
    kind: int
    number: int
    label: str

    @classmethod
    def of(cls, uri: str, record: str | int | None) -> Key:
        """Return the key of a source.

        >>> Key.of("a.jsonl", 9) < Key.of("a.jsonl", 10) < Key.of("b.txt", None)
        True
        """
        if record is None:
            return cls(uri, 0, 0, "")
        return cls(uri, 1, record, "") if isinstance(record, int) else cls(uri, 2, 0, record)

    @property
    def name(self) -> str:
        """The name of the source, as ``Source.name`` has it."""
        return self.uri if self.kind == 0 else f"{self.uri}#{self.number if self.kind == 1 else self.label}"


def key_of_record(record: Json) -> Key:
    """Return the place of a corpus record; KeyError or TypeError when it does not say."""
    source = record["provenance"]["source"]
    return Key.of(source["uri"], source.get("record"))


def key_of_line(line: Json) -> Key:
    """Return the place of a ledger line; KeyError or TypeError when it does not say."""
    return Key.of(line["source"], line.get("source_record"))


def is_refusal(line: Json) -> bool:
    """Tell whether a ledger line refuses an input that could not be read."""
    return line.get("kind") == "drop" and line.get("stage") == "read"


def entries(folder: Path, damaged: Callable[[str, str], None]) -> Iterator[Json]:
    """Yield the objects of a folder's parts; say through ``damaged(where, what)`` what cannot be read, and go on."""
    for path in parts(folder):
        where = f"{folder.name}/{path.name}"
        try:
            for number, line in enumerate(read_lines(path), 1):
                entry = _entry(line)
                if entry is None:
                    damaged(where, f"line {number} is not a JSON object")
                else:
                    yield entry
        except DAMAGED as error:
            damaged(where, f"cannot be read to its end: {error}")


def _entry(line: bytes) -> Json | None:
    try:
        value = loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


class Stream(Generic[T]):
    """A sorted stream, taken one key at a time."""

    def __init__(self, items: Iterable[T], key: Callable[[T], Key]) -> None:
        self._items = iter(items)
        self._key = key
        self.head: tuple[Key, T] | None = None
        self._next()

    def take(self, key: Key) -> list[T]:
        """Return the items at the head of the stream that have this key."""
        out: list[T] = []
        while self.head is not None and self.head[0] == key:
            out.append(self.head[1])
            self._next()
        return out

    def _next(self) -> None:
        item = next(self._items, None)
        self.head = None if item is None else (self._key(item), item)


def least(*streams: Stream[Any]) -> Key | None:
    """Return the smallest key at the head of any stream, or None when all have ended."""
    return min((s.head[0] for s in streams if s.head is not None), default=None)

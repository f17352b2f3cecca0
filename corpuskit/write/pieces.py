"""Who holds which stretch of a source: the pieces of records, and the spans of ledger lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

Json = dict[str, Any]


class Piece(NamedTuple):
    """A piece of a record: code points of the text, of the source, and for written ones rule and receipt."""

    start: int
    end: int
    low: int
    high: int
    rule: str | None = None
    before: str | None = None


class Held(NamedTuple):
    """A stretch of the source, who holds it, and its text if the holder tells it."""

    start: int
    end: int
    holder: str
    text: str | None


def excerpt(text: str, size: int = 40) -> str:
    """Return a text as Python would quote it, long ones without their middle.

    >>> excerpt("a" * 50, 10)
    "'aaaaa…aaaaa'"
    """
    half = size // 2
    return repr(text if len(text) <= size else f"{text[:half]}…{text[-half:]}")


def differ(one: str, other: str) -> int:
    """Return the offset of the first difference of two texts."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def pieces_of(record: Json) -> list[Piece]:
    """Return the pieces of a record."""
    return [Piece(*piece) for piece in record["provenance"]["pieces"]]


def describe(line: Json) -> str:
    """Return a ledger line in a few words: its kind and rule."""
    return f"{line['kind']} line of {line['rule']}"


def holdings(records: Iterable[Json], lines: Iterable[Json]) -> list[Held]:
    """Return who holds which stretch of a source, by place; rewrite lines hold nothing, their piece does."""
    out: list[Held] = []
    for record in records:
        holder, text = f"record {record['id']}", record["text"]
        for piece in pieces_of(record):
            there = piece.before if piece.rule is not None else text[piece.start : piece.end]
            out.append(Held(piece.low, piece.high, holder, there))
    for line in lines:
        if line["kind"] != "rewrite":
            before = line.get("before") or [None] * len(line["spans"])
            for (start, end), there in zip(line["spans"], before, strict=True):
                out.append(Held(start, end, describe(line), there))
    return sorted((held for held in out if held.start < held.end), key=lambda held: held[:3])


def rebuild(records: Iterable[Json], lines: Iterable[Json]) -> str | None:
    """Return the text of a source from its records and ledger lines alone, None where the ledger keeps no text."""
    texts = [held.text for held in holdings(records, lines)]
    return None if None in texts else "".join(text for text in texts if text is not None)

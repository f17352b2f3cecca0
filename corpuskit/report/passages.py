"""A source as a run left it: what became of each stretch, from its records and ledger lines alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from corpuskit.core.span import Span, merge
from corpuskit.write.pieces import pieces_of

Json = dict[str, Any]

JOIN = "layout.join"


class Passage(NamedTuple):
    """A stretch of a source, code points ``start`` to ``end``, and what became of it."""

    start: int
    end: int
    kind: str
    """keep, join, space, rewrite, remove, lift or drop."""
    before: str | None
    """What the source has there; None where the ledger keeps no text."""
    after: str = ""
    rule: str = ""
    score: float = 1.0
    reason: str = ""
    field: str = ""
    record: int = 0
    """Number of the record that holds it, or whose metadata does, from 1; 0 for none."""
    twin: str | None = None
    whole: tuple[tuple[int, int], ...] = ()
    """All the spans of its decision."""

    @property
    def size(self) -> int:
        """Characters of the source."""
        return self.end - self.start

    @property
    def blank(self) -> bool:
        """True where there is nothing but white space."""
        return self.before is not None and not (self.before + self.after).strip()


def passages(records: Sequence[Json], lines: Sequence[Json]) -> list[Passage]:
    """Return what became of every stretch of a source, by place."""
    out = [passage for number, record in enumerate(records, 1) for passage in held(record, number, lines)]
    numbers = {record["id"]: number for number, record in enumerate(records, 1)}
    for line in lines:
        if line["kind"] != "rewrite":
            out += _taken(line, numbers.get(line["record"], 0) if line["kind"] == "lift" else 0)
    return sorted(out, key=lambda passage: passage[:2])


def held(record: Json, number: int, lines: Iterable[Json]) -> Iterator[Passage]:
    """Yield what a record holds, in the order of its text."""
    receipts: dict[tuple[str, int, int], Json] = {}
    for line in lines:
        if line["kind"] == "rewrite" and line["record"] == record["id"]:
            for start, end in line["spans"]:
                receipts.setdefault((line["rule"], start, end), line)
    for piece in pieces_of(record):
        here = record["text"][piece.start : piece.end]
        if piece.rule is None:
            yield Passage(piece.low, piece.high, "keep", here, here, record=number)
            continue
        line = receipts.get((piece.rule, piece.low, piece.high), {})
        before = piece.before or ""
        kind = "rewrite" if (before + here).strip() else "join" if piece.rule == JOIN else "space"
        what = (piece.rule, line.get("score", 1.0), line.get("reason", ""))
        spans = _spans(line) if line else ((piece.low, piece.high),)
        yield Passage(piece.low, piece.high, kind, before, here, *what, record=number, whole=spans)


def _taken(line: Json, number: int) -> Iterator[Passage]:
    texts = line.get("before") or [None] * len(line["spans"])
    what = (line["rule"], line["score"], line["reason"], line.get("field") or "")
    for (start, end), before in zip(line["spans"], texts, strict=False):
        yield Passage(start, end, line["kind"], before, "", *what, number, line["twin"], _spans(line))


def _spans(line: Json) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in line["spans"])


def windows(found: Sequence[Passage], focus: Iterable[tuple[int, int]], *, whole: int, around: int) -> tuple[Span, ...]:
    """Return the spans to show: the whole source up to ``whole`` characters, else what is near the ``focus``.

    Of a span in focus that is longer than ``whole``, the beginning and the end are shown.
    """
    size = max((passage.end for passage in found), default=0)
    if size <= whole:
        return (Span(0, size),)
    out: list[Span] = []
    room = whole
    for start, end in focus:
        cuts = [(start, end)] if end - start <= 4 * around else [(start, start + around), (end - around, end)]
        for low, high in cuts:
            span = Span(max(0, low - around), min(size, high + around))
            if room >= span.size:
                out.append(span)
                room -= span.size
    return merge(out or [Span(0, min(size, whole))])


def within(found: Iterable[Passage], shown: Sequence[Span]) -> Iterator[Passage | int]:
    """Yield the parts of passages that lie in the shown spans; numbers are characters left out in between."""
    hidden = 0
    for passage in found:
        at = passage.start
        for start, end in shown:
            low, high = max(start, passage.start), min(end, passage.end)
            if low < high or (low == high and not passage.size and start <= low < end):
                hidden += low - at
                if hidden:
                    yield hidden
                    hidden = 0
                yield part(passage, low, high)
                at = high
        hidden += passage.end - at
    if hidden:
        yield hidden


def part(passage: Passage, low: int, high: int) -> Passage:
    """Return the part of a passage between two places; what was written stands whole in its first part."""
    if (low, high) == (passage.start, passage.end):
        return passage
    before = None if passage.before is None else passage.before[low - passage.start : high - passage.start]
    after = before or "" if passage.kind == "keep" else passage.after if low == passage.start else ""
    return passage._replace(start=low, end=high, before=before, after=after)


_LINES = re.compile(r"\r\n?|\n")


def broken(text: str) -> str:
    """Return the line breaks of a text as signs.

    >>> broken("\\n ")
    '\u21b5 '
    """
    return _LINES.sub("\u21b5", text)

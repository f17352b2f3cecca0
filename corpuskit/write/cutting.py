"""A stretch taken out of a finished record and given back to the ledger; the record keeps the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from corpuskit.core.span import Span, chain
from corpuskit.write.record import _join, record_id

Json = dict[str, Any]


class Cut(NamedTuple):
    """A stretch of a record's text, in characters, and what the ledger is to say of it."""

    start: int
    end: int
    rule: str
    reason: str
    twin: str | None


def line_of(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a line of a text with the line break that goes with it.

    >>> line_of("one\\ntwo", 0, 3), line_of("one\\ntwo", 4, 7)
    ((0, 4), (3, 7))
    """
    return (start, end + 1) if end < len(text) else (max(0, start - 1), end)


def can_cut(record: Json, cuts: Sequence[Cut]) -> bool:
    """Tell whether stretches can be taken out whole, and something is left.

    Repairs stand: their ledger lines answer for several pieces at once. So do line breaks that are written together
    with something else.
    """
    text: str = record["text"]
    left = len(text.strip())
    for start, end, low, high, *receipt in record["provenance"]["pieces"]:
        for cut in cuts:
            inside = start < cut.end and end > cut.start
            if receipt and inside and (not receipt[0].startswith("layout.") or start < cut.start or end > cut.end):
                return False
            if high - low and not receipt and inside:
                left -= len(text[max(start, cut.start) : min(end, cut.end)].strip())
    return left > 0


def take_out(
    record: Json, lines: list[Json], cuts: Sequence[Cut], *, with_text: bool = True
) -> tuple[Json, list[Json]]:
    """Return a record without some stretches, under its new id, and the ledger lines of its source with theirs.

    ``cuts`` are in order and do not overlap; ``can_cut`` has allowed them. A record's id says which passages it
    holds, so it changes.
    """
    old = record["id"]
    source = record["provenance"]["source"]
    kept, taken = _divide(record, cuts)
    text = "".join(piece[-1] for piece in kept)
    pieces, at = [], 0
    for low, high, receipt, part in kept:
        pieces.append([at, at + len(part), low, high, *receipt])
        at += len(part)
    held = chain(Span(low, high) for low, high, _, _ in kept)
    new = record_id(source["sha256"], held)
    provenance = record["provenance"] | {"pieces": pieces}
    record = record | {"id": new, "text": text, "provenance": provenance}
    record["metadata"] = _flags_left(record["metadata"], held)
    out = [entry | {"record": new} if entry["record"] == old and entry["kind"] != "drop" else entry for entry in lines]
    for cut, spans in zip(cuts, taken, strict=True):
        out.append(_line(record, cut, spans, with_text))
    return record, out


def spans_of(record: Json, start: int, end: int) -> list[list[int]]:
    """Return the source spans of a stretch of a record's text."""
    out: list[Span] = []
    for first, last, low, high, *receipt in record["provenance"]["pieces"]:
        if first < end and last > start:
            inside = Span(low, high) if receipt else Span(low + max(0, start - first), high - max(0, last - end))
            out.append(inside)
    return [list(span) for span in chain(out)]


_Part = tuple[int, int, list[str], str]
"""Source span, receipt and text of a part of a piece."""


def _divide(record: Json, cuts: Sequence[Cut]) -> tuple[list[_Part], list[list[tuple[Span, str]]]]:
    """Return the parts that stay, and for each cut the source spans that it takes with their text."""
    kept: list[_Part] = []
    taken: list[list[tuple[Span, str]]] = [[] for _ in cuts]
    for start, end, low, high, *receipt in record["provenance"]["pieces"]:
        part = record["text"][start:end]
        whose = next(
            (n for n, cut in enumerate(cuts) if cut.start <= start and end <= cut.end and cut.start < end), None
        )
        if receipt:
            if whose is None or (start == end == cuts[whose].end):
                kept.append((low, high, receipt, part))
            else:
                taken[whose].append((Span(low, high), receipt[1]))
            continue
        at = start
        for n, cut in enumerate(cuts):
            first, last = max(start, cut.start), min(end, cut.end)
            if first < last:
                if at < first:
                    kept.append((low + at - start, low + first - start, [], record["text"][at:first]))
                taken[n].append((Span(low + first - start, low + last - start), record["text"][first:last]))
                at = last
        if at < end:
            kept.append((low + at - start, high, [], record["text"][at:end]))
    return kept, taken


def _line(record: Json, cut: Cut, spans: list[tuple[Span, str]], with_text: bool) -> Json:
    joined = _join(sorted(spans))
    source = record["provenance"]["source"]
    out: Json = {"source": record["source"]}
    if "record" in source:
        out["source_record"] = source["record"]
    out |= {"sha256": source["sha256"], "kind": "remove", "stage": cut.rule.partition(".")[0], "rule": cut.rule}
    out |= {"score": 1.0, "reason": cut.reason, "spans": [list(span) for span, _ in joined]}
    if with_text:
        out["before"] = [before for _, before in joined]
    return out | {"after": None, "record": record["id"], "twin": cut.twin}


def _flags_left(metadata: Json, held: Sequence[Span]) -> Json:
    flags = [
        flag
        for flag in metadata.get("flags", [])
        if any(start < span.end and span.start < end for start, end in flag["spans"] for span in held)
    ]
    left = {key: value for key, value in metadata.items() if key != "flags"}
    return left | ({"flags": flags} if flags else {})

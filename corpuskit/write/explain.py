"""Why is this here, why is that gone: answers from corpus and ledger alone."""

from __future__ import annotations

import difflib
import heapq
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from corpuskit.write.pieces import Piece, differ, excerpt, pieces_of
from corpuskit.write.stream import Key, entries, is_refusal, key_of_line, key_of_record

Json = dict[str, Any]

_EXCERPT = 60
_NEAREST = 5
_CANDIDATES = 200
_ID = re.compile("[0-9a-f]{24}")
"""What the id of a record looks like."""


class UnknownError(LookupError):
    """OUT has no such record, source or place; the message names the nearest."""


class Passage(NamedTuple):
    """A stretch of a source and what became of it."""

    fate: str
    """verbatim, written, or the kind of the ledger line: remove, rewrite, lift, drop."""
    start: int | None
    end: int | None
    """Code points of the source, None where the whole input was refused."""
    excerpt: str
    rule: str | None = None
    score: float | None = None
    reason: str | None = None
    record: str | None = None
    text: tuple[int, int] | None = None
    """Where it stands in the record's text."""
    after: str | None = None
    """What was written or lifted."""
    twin: str | None = None

    def render(self) -> str:
        """Return one or two lines for people."""
        place = "the whole input" if self.start is None else f"source {self.start}-{self.end}"
        out = [f"{self.fate:8} {place}"]
        if self.text is not None:
            out.append(f"-> text {self.text[0]}-{self.text[1]}")
        if self.rule is not None:
            out.append(self.rule + (f" ({self.score:.2f})" if self.score is not None else ""))
        out.append(self.excerpt)
        if self.after is not None:
            out.append(f"=> {excerpt(self.after, _EXCERPT)}")
        if self.twin is not None:
            out.append(f"twin of {self.twin}")
        return "  ".join(out) + (f"\n         {self.reason}" if self.reason else "")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was asked, what it is, and the passages that answer."""

    subject: str
    summary: str
    held: tuple[Passage, ...] = ()
    """What the record, or the place, holds."""
    around: tuple[Passage, ...] = field(default=())
    """What was taken out of the same source."""

    def render(self) -> str:
        """Return the explanation for people."""
        out = [self.subject, self.summary]
        for title, passages in (("held:", self.held), ("taken out around it:", self.around)):
            if passages:
                out += ["", title, *(passage.render() for passage in passages)]
        return "\n".join(out)


def explain_record(out: Path, record_id: str) -> Explanation:
    """Return where each passage of a record came from, and what was taken out around it and why.

    A record that was refused is explained by its drop line.

    Raises:
        UnknownError: OUT has neither such a record nor a drop line that refuses it.
    """
    near = _Nearest(record_id)
    for record in _entries(out, "corpus"):
        if record["id"] == record_id:
            return _record(out, record)
        near.add(record["id"])
    for line in _entries(out, "ledger"):
        if line["kind"] == "drop" and line["record"] == record_id:
            subject = f"record {record_id} of {key_of_line(line).name}"
            return Explanation(subject, f"refused by {line['rule']}", tuple(_passages(line)))
        if line["kind"] == "drop" and line["record"]:
            near.add(line["record"])
    raise UnknownError(f"{out} has no record {record_id!r}{near.hint()}")


def explain_source(out: Path, source_uri: str, source_record: str | int | None = None) -> Explanation:
    """Return what became of a source, from its first character to its last.

    Raises:
        UnknownError: OUT knows no such source.
    """
    name, records, lines = _known_source(out, source_uri, source_record)
    passages = sorted(_all(records, lines), key=lambda passage: (passage.start or 0, passage.end or 0))
    ids = ", ".join(record["id"] for record in records)
    return Explanation(name, f"records: {ids}" if ids else "no record", tuple(passages))


def explain_named(out: Path, name: str) -> Explanation:
    """Return what is known of a record, or else of a source, of this name.

    Raises:
        UnknownError: OUT has neither.
    """
    try:
        return explain_record(out, name)
    except UnknownError:
        if _ID.fullmatch(name):
            raise
    return explain_source(out, name)


def explain_place(out: Path, source_uri: str, offset: int, source_record: str | int | None = None) -> Explanation:
    """Return which record's piece or which ledger lines hold a character of a source.

    Raises:
        UnknownError: OUT knows no such source, or nothing holds that place.
    """
    name, records, lines = _known_source(out, source_uri, source_record)
    held = [passage for passage in _all(records, lines) if _covers(passage, offset)]
    if not held:
        last = max((p.end or 0 for p in _all(records, lines)), default=0)
        raise UnknownError(f"nothing holds offset {offset} of {name!r}: what OUT holds of it ends at {last}")
    return Explanation(f"{name} at {offset}", _summary(held), tuple(held))


def _known_source(out: Path, uri: str, record: str | int | None) -> tuple[str, list[Json], list[Json]]:
    """Return the name of a source, its records and its ledger lines."""
    key = Key.of(uri, record)
    near = _Nearest(key.name)
    records = _of_source(out, "corpus", key, near)
    lines = _of_source(out, "ledger", key, near)
    if not records and not lines:
        raise UnknownError(f"{out} has nothing of the source {key.name!r}{near.hint()}")
    return key.name, records, lines


def _summary(held: list[Passage]) -> str:
    names = {"verbatim": "kept", "written": "rewritten", "remove": "removed", "lift": "lifted", "drop": "refused"}
    parts = []
    for passage in held:
        by = f" by {passage.rule}" if passage.rule else ""
        where = f" in record {passage.record}" if passage.record and passage.fate in ("verbatim", "written") else ""
        parts.append(names[passage.fate] + by + where)
    return "; ".join(parts)


def _all(records: list[Json], lines: list[Json]) -> Iterator[Passage]:
    for record in records:
        yield from _pieces(record, _rewrites(record, lines))
    for line in lines:
        # its characters stand in a record's piece
        if line["kind"] != "rewrite":
            yield from _passages(line)


def _covers(passage: Passage, offset: int) -> bool:
    if passage.start is None or passage.end is None:
        return True
    return passage.start <= offset < passage.end


def _record(out: Path, record: Json) -> Explanation:
    key = key_of_record(record)
    lines = _of_source(out, "ledger", key, _Nearest(""))
    source = record["provenance"]["source"]
    title = f", {excerpt(record['title'], _EXCERPT)}" if record["title"] else ""
    summary = (
        f"{len(record['text'])} of {source['chars']} characters{title}, {source['media_type']}, {source['encoding']}"
    )
    held = _pieces(record, _rewrites(record, lines))
    others = [line for line in lines if line["kind"] != "rewrite"]
    around = [p for line in others if line["record"] in (None, record["id"]) for p in _passages(line)]
    return Explanation(f"record {record['id']} of {key.name}", summary, tuple(held), tuple(around))


def _rewrites(record: Json, lines: Iterable[Json]) -> list[Json]:
    return [line for line in lines if line["kind"] == "rewrite" and line["record"] == record["id"]]


def _pieces(record: Json, rewrites: list[Json]) -> list[Passage]:
    receipts: dict[tuple[str, int, int], Json] = {}
    for line in rewrites:
        for start, end in line["spans"]:
            receipts.setdefault((line["rule"], start, end), line)
    return [_piece(record, piece, receipts) for piece in pieces_of(record)]


def _piece(record: Json, piece: Piece, receipts: dict[tuple[str, int, int], Json]) -> Passage:
    text = record["text"][piece.start : piece.end]
    place = (piece.start, piece.end)
    if piece.rule is None:
        return Passage("verbatim", piece.low, piece.high, excerpt(text, _EXCERPT), record=record["id"], text=place)
    line = receipts.get((piece.rule, piece.low, piece.high), {})
    before = excerpt(piece.before or "", _EXCERPT)
    more = {"record": record["id"], "text": place, "after": text}
    return Passage("written", piece.low, piece.high, before, piece.rule, line.get("score"), line.get("reason"), **more)


def _passages(line: Json) -> Iterator[Passage]:
    what = (line["rule"], line["score"], line["reason"], line["record"], None, line["after"], line["twin"])
    if is_refusal(line):
        yield Passage("drop", None, None, "not read", *what)
    texts = line.get("before") or [""] * len(line["spans"])
    for (start, end), text in zip(line["spans"], texts, strict=False):
        yield Passage(line["kind"], start, end, excerpt(text, _EXCERPT) if text else "(text not kept)", *what)


def _entries(out: Path, folder: str) -> Iterator[Json]:
    def damaged(where: str, what: str) -> None:
        raise UnknownError(f"{out / where}: {what}; run verify")

    if not (out / folder).is_dir():
        raise UnknownError(f"{out} has no {folder}/: name the output folder of a run")
    yield from entries(out / folder, damaged)


def _of_source(out: Path, folder: str, key: Key, near: _Nearest) -> list[Json]:
    found: list[Json] = []
    place = key_of_record if folder == "corpus" else key_of_line
    last: Key | None = None
    for entry in _entries(out, folder):
        here = place(entry)
        # by name: a page of a file of many may be called as its records' ledger lines and reports call it
        if here.name == key.name:
            found.append(entry)
        elif here != last:
            near.add(here.name)
        last = here
    return found


class _Nearest:
    """The known names nearest to a wanted one, from any number of them."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self.heap: list[tuple[int, str]] = []

    def add(self, name: str) -> None:
        """Keep the name if it looks alike: comparing all with difflib would take too long."""
        entry = (self._likeness(name), name)
        full = len(self.heap) == _CANDIDATES
        if (full and entry <= self.heap[0]) or entry in self.heap:
            return
        heapq.heappush(self.heap, entry)
        if full:
            heapq.heappop(self.heap)

    def hint(self) -> str:
        names = [name for _, name in sorted(self.heap, reverse=True)]
        close = difflib.get_close_matches(self.wanted, names, _NEAREST, 0.5) or names[:_NEAREST]
        return f"; the nearest are {', '.join(map(repr, close))}" if close else "; it is empty"

    def _likeness(self, name: str) -> int:
        return differ(name, self.wanted) + differ(name[::-1], self.wanted[::-1])

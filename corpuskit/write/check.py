"""One source against the records and ledger lines that claim to hold it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from corpuskit.core.source import Source
from corpuskit.core.span import Span, chain
from corpuskit.write.fields import misfits
from corpuskit.write.pieces import Held, Piece, describe, differ, excerpt, holdings, pieces_of, rebuild
from corpuskit.write.receipts import Receipts
from corpuskit.write.record import record_id

Json = dict[str, Any]
Report = Callable[[str, str | None, str], None]
"""Takes the kind of a problem, the record's id if any, and the message."""

KINDS = ("remove", "rewrite", "lift", "drop")
MALFORMED = (KeyError, TypeError, ValueError, IndexError, AttributeError)


class PageCheck:
    """The checks of one source; each mismatch goes to ``report``."""

    def __init__(self, source: Source, records: Sequence[Json], lines: Sequence[Json], report: Report) -> None:
        self.source = source
        self.report = report
        self.records = self._sound(records, self._record_shape)
        self.lines = self._sound(lines, self._line_shape)
        self.ids = Counter(record["id"] for record in self.records)
        self.receipts = Receipts(self.records, self.lines)
        self.lifts: defaultdict[str, list[Json]] = defaultdict(list)
        for line in self.lines:
            if line["kind"] == "lift":
                self.lifts[line["record"]].append(line)

    def run(self) -> None:
        """Check everything."""
        for record in self.records:
            self._origin(record)
            self._pieces(record)
            self._identity(record)
            for message in misfits(self.source, record, self.lifts.get(record["id"], [])):
                self.report("field", record["id"], message)
        for line in self.lines:
            self._line(line)
        self._unanswered()
        self._partition()

    def _sound(self, entries: Sequence[Json], shape: Callable[[Json], None]) -> list[Json]:
        out: list[Json] = []
        for entry in entries:
            try:
                shape(entry)
                out.append(entry)
            except MALFORMED as error:
                self.report("shape", None, f"not of the contract's shape ({error!r}): {excerpt(str(entry))}")
        return out

    def _record_shape(self, record: Json) -> None:
        for piece in pieces_of(record):
            _span(piece.start, piece.end, len(record["text"]))
            _span(piece.low, piece.high, len(self.source.text))
        for spans in record["provenance"]["fields"].values():
            for start, end in spans:
                _span(start, end, len(self.source.text))
        _ = record["id"] + record["source"], record["title"], record["metadata"].get

    def _line_shape(self, line: Json) -> None:
        if line["kind"] not in KINDS:
            raise ValueError(f"no kind {line['kind']!r}")
        if line["kind"] in ("rewrite", "lift") and not line["spans"]:
            raise ValueError("without spans")
        for start, end in line["spans"]:
            _span(start, end, len(self.source.text))
        before = line.get("before")
        if before is not None and len(before) != len(line["spans"]):
            raise ValueError("as many texts in 'before' as 'spans' are needed")
        _ = line["stage"] + line["rule"], line["after"], line["record"]

    def _origin(self, record: Json) -> None:
        said, found = record["provenance"]["source"], self.source.describe()
        if said.get("sha256") != found["sha256"]:
            self.report(
                "source", record["id"], f"made from bytes {said.get('sha256')}, the source now has {found['sha256']}"
            )
            return
        for key in sorted(said.keys() | found.keys()):
            if said.get(key) != found.get(key):
                self.report(
                    "source",
                    record["id"],
                    f"provenance says {key} {said.get(key)!r}, the source has {found.get(key)!r}",
                )
        if record["source"] != self.source.uri:
            self.report("source", record["id"], f"names the source {record['source']!r}")

    def _pieces(self, record: Json) -> None:
        at, key, text = 0, record["id"], record["text"]
        for piece in pieces_of(record):
            if piece.start != at:
                self.report("pieces", key, f"the piece after text offset {at} begins at {piece.start}")
            at = piece.end
            here, there = text[piece.start : piece.end], self.source.text[piece.low : piece.high]
            if piece.rule is None:
                self._verbatim(key, piece, here, there)
            else:
                self._written(key, piece, here, there)
        if at != len(text):
            self.report("pieces", key, f"the pieces end at {at}, the text has {len(text)} characters")

    def _verbatim(self, key: str, piece: Piece, here: str, there: str) -> None:
        if here != there:
            at = differ(here, there)
            found, wanted = excerpt(here[at : at + 20]), excerpt(there[at : at + 20])
            self.report(
                "verbatim", key, f"text offset {piece.start + at} has {found}, the source at {piece.low + at} {wanted}"
            )

    def _written(self, key: str, piece: Piece, here: str, there: str) -> None:
        if piece.before is not None and piece.before != there:
            what = f"says the source has {excerpt(piece.before)} at {piece.low}, it has {excerpt(there)}"
            self.report("written", key, f"the piece of {piece.rule} at text offset {piece.start} {what}")
        if piece.rule is not None and piece.rule.startswith("layout."):
            if here.strip():
                self.report("layout", key, f"{piece.rule} at text offset {piece.start} writes letters: {excerpt(here)}")
        elif not self.receipts.find(key, piece, here):
            what = f"{excerpt(here)} at text offset {piece.start}, over source {piece.low}-{piece.high}"
            self.report("receipt", key, f"no rewrite line of {piece.rule} writes {what}")

    def _identity(self, record: Json) -> None:
        key = record["id"]
        if self.ids[key] > 1:
            self.report("id", key, f"{self.ids[key]} records of this source have this id")
        wanted = record_id(self.source.sha256, chain(Span(p.low, p.high) for p in pieces_of(record)))
        if key != wanted:
            self.report("id", key, f"the id of these passages of this source is {wanted}")

    def _line(self, line: Json) -> None:
        key, what = line["record"], describe(line)
        if line["sha256"] != self.source.sha256:
            self.report(
                "source", key, f"{what}: made from bytes {line['sha256']}, the source now has {self.source.sha256}"
            )
        for (start, end), before in zip(line["spans"], line.get("before") or (), strict=False):
            there = self.source.text[start:end]
            if before != there:
                at = differ(before, there)
                found, wanted = excerpt(before[at : at + 20]), excerpt(there[at : at + 20])
                self.report("ledger", key, f"{what}: 'before' has {found}, the source at {start + at} {wanted}")
        if line["kind"] == "drop" and key in self.ids:
            self.report("ledger", key, f"{what}: the record it refuses is in the corpus")
        elif (line["kind"] in ("lift", "rewrite") or key) and line["kind"] != "drop" and key not in self.ids:
            self.report(
                "ledger", key, f"{what} at {line['spans'][:1]}: the corpus has no record {key!r} of this source"
            )

    def _unanswered(self) -> None:
        for line, number, pieces in self.receipts.unanswered():
            what = f"{line['rule']} writes {excerpt(str(line['after']))} at {line['spans'][0]}"
            self.report("receipt", line["record"], f"{what} in {number} rewrite lines and {pieces} pieces")

    def _partition(self) -> None:
        held = holdings(self.records, self.lines)
        at, last = 0, ""
        for start, end, holder, _ in [*held, Held(len(self.source.text), len(self.source.text), "", "")]:
            if start > at:
                what = excerpt(self.source.text[at:start])
                self.report("hole", None, f"nothing holds {what} at {at}-{start}")
            elif start < at and start < end:
                what = excerpt(self.source.text[start : min(at, end)])
                self.report("double", None, f"{last} and {holder} both hold {what} at {start}-{min(at, end)}")
            if end > at:
                at, last = end, holder
        text = rebuild(self.records, self.lines)
        if text is not None and text != self.source.text:
            where = differ(text, self.source.text)
            self.report("rebuild", None, f"what corpus and ledger give back differs from the source at offset {where}")


def _span(start: int, end: int, size: int) -> None:
    if not 0 <= start <= end <= size:
        raise ValueError(f"{start}-{end} is no range of {size} characters")

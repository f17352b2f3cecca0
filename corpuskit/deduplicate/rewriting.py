"""The second reading of ``dedup``: records that stay are copied, those that go are named."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from corpuskit.core.source import Refusal
from corpuskit.dedup import DedupOptions, Verdicts
from corpuskit.dedup.paragraphs import Pasted
from corpuskit.dedup.policy import field
from corpuskit.dedup.verdicts import GRAINS
from corpuskit.deduplicate.corpora import Corpus, check, read_lines
from corpuskit.deduplicate.gathered import RECORD, REFUSED, Gathered
from corpuskit.read.packed import PackedError
from corpuskit.write import record as form
from corpuskit.write.encode import dumps, loads
from corpuskit.write.jsonl import Compression, FileEntry, PartWriter

Json = dict[str, Any]


class Paste(NamedTuple):
    """A pasted paragraph of a record: where it is, who holds it, and in how many records it stands."""

    start: int
    end: int
    holder: int
    records: int


class Ledger:
    """Rows that could not be read, and paragraphs that were taken out."""

    def __init__(self, writer: PartWriter) -> None:
        self._writer = writer

    def refuse(self, refusal: Refusal, line: bytes | None) -> None:
        """Enter a file or a row that could not be read, with what it holds."""
        entry = form.refusal_line(refusal)
        if line is not None:
            entry["sha256"] = hashlib.sha256(line).hexdigest()
            entry["before"] = [line.decode("utf-8", "surrogateescape")]
        self._writer.write(dumps(entry))

    def cut(self, where: Json, text: str, paste: Paste, holder: Json) -> None:
        """Enter a paragraph that was taken out of a record."""
        reason = f"it stands in {paste.records} records, and {holder['id']} of {holder['source']} holds it"
        entry: Json = {"source": where["source"], "source_record": where["row"]}
        entry |= {"kind": "remove", "stage": "duplicates", "rule": "duplicates.paragraph", "score": 1.0}
        entry |= {"reason": reason, "spans": [[paste.start, paste.end]], "before": [text[paste.start : paste.end]]}
        self._writer.write(dumps(entry | {"after": None, "record": where["id"], "twin": holder["id"]}))


class Rewriter:
    """Writes the corpus without its duplicates, and the table of them."""

    def __init__(
        self,
        new: Path,
        options: DedupOptions,
        text_field: str,
        known: Gathered,
        verdicts: Verdicts,
        ledger: Ledger,
    ) -> None:
        self.new, self.known, self.ledger, self.verdicts = new, known, ledger, verdicts
        self.options, self.text_field = options, text_field
        self.gone = np.zeros(len(known), np.bool_)
        self.gone[verdicts.rows] = True
        grains = Counter(verdicts.grains.tolist())
        self.counts = {"records": len(known), "kept": len(known) - verdicts.rows.size}
        self.counts |= {name: grains[at] for at, name in enumerate(GRAINS)} | {"paragraphs": 0, "cut_paragraphs": 0}

    def write(self, files: Sequence[Corpus], compression: Compression, shard_bytes: int) -> dict[str, list[FileEntry]]:
        """Copy what stays, in the order of the files; return the parts that were written."""
        with PartWriter(self.new / "duplicates", compression=compression, shard_bytes=shard_bytes) as table:
            for line in duplicates(self.known, self.verdicts):
                table.write(dumps(line))
            pastes = Pastings(self._pasted())
            lines = [corpus for corpus in files if corpus.kind == "jsonl"]
            written: list[FileEntry] = []
            if lines or not files:
                with PartWriter(self.new / "corpus", compression=compression, shard_bytes=shard_bytes) as part:
                    written += self._parquet_and_lines(files, part, pastes, table)
                written += part.files
            else:
                written += self._parquet_and_lines(files, None, pastes, table)
        return {"corpus": sorted(written), "duplicates": table.files}

    def _parquet_and_lines(
        self, files: Sequence[Corpus], part: PartWriter | None, pastes: Pastings, table: PartWriter
    ) -> list[FileEntry]:
        out: list[FileEntry] = []
        at = 0
        for corpus in files:
            check(corpus)
            statuses = self.known.statuses[corpus.number] if corpus.number < len(self.known.statuses) else bytearray()
            if corpus.kind == "parquet":
                from corpuskit.deduplicate.tables import Table

                name = f"part-{len(out):05d}.parquet"
                out.append(Table(self, corpus, statuses, at, pastes, table).write(self.new / "corpus" / name))
            elif part is not None:
                self._lines(corpus, statuses, at, part, pastes, table)
            check(corpus)
            at += statuses.count(RECORD)
        return out

    def _lines(
        self, corpus: Corpus, statuses: bytearray, at: int, part: PartWriter, pastes: Pastings, table: PartWriter
    ) -> None:
        lines = _readable(corpus)
        for status, line in zip(statuses, lines, strict=False):
            if status != RECORD:
                if status != REFUSED:
                    part.write(line + b"\n")
                continue
            if not self.gone[at]:
                if found := pastes.of(at):
                    line = self._without(line, at, found, table)
                part.write(line + b"\n")
            at += 1

    def _without(self, line: bytes, row: int, found: list[Paste], table: PartWriter) -> bytes:
        record = loads(line)
        text = self.pasted(row, field(record, self.text_field), found, table)
        if text is None:
            return line
        put(record, self.text_field, text)
        return dumps(record)[:-1]

    def pasted(self, row: int, text: str, found: list[Paste], table: PartWriter) -> str | None:
        """Name the pasted paragraphs of a record; return its text without them, None if they stay."""
        where = self.known.place(row)._asdict()
        left = cut(text, found) if self.options.paragraphs == "remove" else ""
        for paste in found:
            holder = self.known.place(paste.holder)._asdict()
            span = {"span": [paste.start, paste.end], "removed": bool(left.strip())}
            table.write(dumps(_line(where, holder, 1.0, "paragraph", earlier=False) | span))
            self.counts["paragraphs"] += 1
            if left.strip():
                self.counts["cut_paragraphs"] += 1
                self.ledger.cut(where, text, paste, holder)
        return left if left.strip() else None

    def _pasted(self) -> Iterator[Pasted]:
        if self.known.pastes is not None:
            ranks = self.known.judge.ranks
            yield from self.known.pastes.pasted(ranks, self.gone, self.options.paragraph_records)


class Pastings:
    """The pasted paragraphs of one record after the other."""

    def __init__(self, blocks: Iterator[Pasted]) -> None:
        self._all = (
            (row, Paste(*rest)) for block in blocks for row, *rest in zip(*(a.tolist() for a in block), strict=True)
        )
        self._head = next(self._all, None)

    def of(self, row: int) -> list[Paste]:
        """Return those of a record; the records are asked for in order."""
        out: list[Paste] = []
        while self._head is not None and self._head[0] <= row:
            if self._head[0] == row:
                out.append(self._head[1])
            self._head = next(self._all, None)
        return out


def duplicates(known: Gathered, verdicts: Verdicts) -> Iterator[Json]:
    """Yield the table of duplicates, in the order of the files."""
    order = np.argsort(verdicts.rows, kind="stable")
    twins = verdicts.twins[order]
    places = known.places(np.column_stack((verdicts.rows[order], twins)).reshape(-1))
    similarities, grains = verdicts.similarities[order].tolist(), verdicts.grains[order].tolist()
    earlier = (twins >= len(known)).tolist()
    for where, twin, similarity, grain, old in zip(places, places, similarities, grains, earlier, strict=True):
        yield _line(where._asdict(), twin._asdict(), similarity, GRAINS[grain], earlier=old)


def _line(where: Json, twin: Json, similarity: float, grain: str, *, earlier: bool) -> Json:
    line = {"id": where["id"], "twin": twin["id"], "similarity": round(similarity, 4), "grain": grain}
    line |= {"source": where["source"], "row": where["row"], "twin_source": twin["source"], "twin_row": twin["row"]}
    return line | {"twin_corpus": "earlier" if earlier else "this"}


def cut(text: str, found: Sequence[Paste]) -> str:
    """Return a text without some of its lines.

    >>> cut("one\\ntwo\\nthree", [Paste(4, 7, 0, 3)])
    'one\\nthree'
    """
    parts: list[str] = []
    at = 0
    for paste in found:
        parts.append(text[at : paste.start])
        at = paste.end + (paste.end < len(text))
    left = "".join([*parts, text[at:]])
    return left.removesuffix("\n") if at >= len(text) and not text.endswith("\n") else left


def put(record: Json, name: str, value: str) -> None:
    """Set a field of a record; dots reach inside objects."""
    if name in record:
        record[name] = value
        return
    *outer, last = name.split(".")
    for part in outer:
        record = record[part]
    record[last] = value


def _readable(corpus: Corpus) -> Iterator[bytes]:
    try:
        for line in read_lines(corpus):
            yield line.data
    except (OSError, PackedError):
        # what could be read before is all there is; the first reading has said so
        return

"""Duplicates of a run: found over the spool, and turned into the ledger lines that refuse or shorten records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from corpuskit.batch import count
from corpuskit.config import Config
from corpuskit.dedup import Duplicate, Item, Statistics, find_duplicates
from corpuskit.dedup.judge import GIB
from corpuskit.dedup.paragraphs import Pastes, paragraphs
from corpuskit.dedup.policy import date_of, preference
from corpuskit.spool import Spool
from corpuskit.write import record as form
from corpuskit.write.cutting import Cut, can_cut, line_of, spans_of, take_out
from corpuskit.write.encode import dumps, loads
from corpuskit.write.manifest import Tally

Json = dict[str, Any]

PARAGRAPH = "duplicates.paragraph"
_BATCH = 256


class Duplicates:
    """The records of a spool that go, and the paragraphs that others lose, by the unit that holds them.

    ``folder`` takes files without a name, ``memory`` is about how many bytes the search may hold.
    """

    def __init__(self, spool: Spool, config: Config, *, folder: Path | None = None, memory: int = GIB) -> None:
        self._spool = spool
        self._text = config.ledger.text
        self._options = config.dedup
        self._of: defaultdict[int, list[Duplicate]] = defaultdict(list)
        self._pasted: dict[int, list[tuple[int, int, int, int]]] = {}
        """By record: start and end in the text, the record that holds the paragraph, and how many have it."""
        self._units: defaultdict[int, list[int]] = defaultdict(list)
        self._renamed: dict[int, str] = {}
        options, statistics = config.dedup, Statistics()
        kept = {entry.record for entry in config.overrides if entry.keep and entry.rule.startswith("duplicates.")}
        wanted = options.exact or options.near or options.containment or options.paragraphs != "keep"
        if len(spool) > 1 and wanted:
            found = find_duplicates(self._items(), options, spool.text, statistics, folder=folder, memory=memory)
            for duplicate in found:
                if spool.id(duplicate.index) not in kept:
                    self._of[spool.unit(duplicate.index)].append(duplicate)
            if options.paragraphs != "keep":
                self._paste(statistics, folder, memory)

    def lines(self, unit: int, tally: Tally) -> tuple[bytes, bytes]:
        """Return the corpus lines and ledger lines of a unit without its duplicates, and correct the tally."""
        corpus, ledger = self._spool.lines(unit)
        if unit not in self._of and unit not in self._units:
            return corpus, ledger
        records: list[Json] = [loads(line) for line in corpus.splitlines()]
        lines: list[Json] = [loads(line) for line in ledger.splitlines()]
        subtract(tally, count(Tally(), records, lines))
        gone = {self._spool.nth(found.index): found for found in self._of.get(unit, ())}
        for nth, found in gone.items():
            lines.append(self._refuse(records[nth], lines, found))
        first = self._first(unit) if unit in self._units else 0
        for nth, record in enumerate(records):
            if nth not in gone and first + nth in self._pasted:
                records[nth], lines = self._shorten(first + nth, record, lines)
        lines.sort(key=form.place)
        records = [record for nth, record in enumerate(records) if nth not in gone]
        count(tally, records, lines)
        return b"".join(map(dumps, records)), b"".join(map(dumps, lines))

    def _items(self) -> Iterator[Item]:
        keep = self._options.keep
        for item in self._spool.items():
            if keep == "longest":
                yield item
                continue
            date = date_of(self._record(item.index)) if keep == "earliest" else 0
            source = self._spool.name(self._spool.unit(item.index))
            wanted = preference(self._options, date, source)
            yield replace(item, preference=wanted, length=0 if keep == "id" else item.length)

    def _record(self, index: int) -> Json:
        corpus, _ = self._spool.lines(self._spool.unit(index))
        found: Json = loads(corpus.splitlines()[self._spool.nth(index)])
        return found

    def _id(self, index: int) -> str:
        return self._renamed.get(index) or self._spool.id(index)

    def _first(self, unit: int) -> int:
        return next(index - self._spool.nth(index) for index in self._units[unit])

    def _paste(self, statistics: Statistics, folder: Path | None, memory: int) -> None:
        gone = np.zeros(len(self._spool), np.bool_)
        gone[[found.index for duplicates in self._of.values() for found in duplicates]] = True
        pastes = Pastes(folder, memory // 2)
        for start in range(0, len(self._spool), _BATCH):
            texts = [self._spool.text(at) for at in range(start, min(start + _BATCH, len(self._spool)))]
            pastes.add(paragraphs(texts, self._options.paragraph_chars), start)
        for block in pastes.pasted(statistics.ranks, gone, self._options.paragraph_records):
            for row, *rest in zip(*(column.tolist() for column in block), strict=True):
                self._pasted.setdefault(row, []).append((rest[0], rest[1], rest[2], rest[3]))
        pastes.close()
        for index in self._pasted:
            self._units[self._spool.unit(index)].append(index)
            record = self._record(index)
            if self._options.paragraphs == "remove" and can_cut(record, self._cuts(index, record)):
                self._renamed[index] = take_out(record, [], self._cuts(index, record))[0]["id"]

    def _cuts(self, index: int, record: Json) -> list[Cut]:
        out: list[Cut] = []
        for start, end, holder, number in self._pasted[index]:
            twin = self._id(holder)
            where = self._spool.name(self._spool.unit(holder))
            reason = f"the paragraph stands in {number} records, and record {twin} of {where} holds it"
            low, high = line_of(record["text"], start, end)
            # of two at the end of a text, the first has taken the line break between them
            out.append(Cut(max(low, out[-1].end if out else 0), high, PARAGRAPH, reason, twin))
        return out

    def _shorten(self, index: int, record: Json, lines: list[Json]) -> tuple[Json, list[Json]]:
        cuts = self._cuts(index, record)
        if index in self._renamed:
            return take_out(record, lines, cuts, with_text=self._text)
        flags = [
            {"rule": PARAGRAPH, "score": 1.0, "reason": cut.reason, "spans": spans_of(record, start, end)}
            for cut, (start, end, *_) in zip(cuts, self._pasted[index], strict=True)
        ]
        metadata = record["metadata"]
        return record | {"metadata": metadata | {"flags": [*metadata.get("flags", []), *flags]}}, lines

    def _refuse(self, record: Json, lines: list[Json], found: Duplicate) -> Json:
        twin = self._id(found.twin_index)
        where = self._spool.name(self._spool.unit(found.twin_index))
        if found.grain == "exact":
            reason = f"equal to record {twin} of {where}, punctuation, width and white space aside"
        elif found.grain == "near":
            reason = f"{found.similarity:.4f} of the shingles are those of record {twin} of {where}"
        else:
            reason = f"{found.similarity:.4f} of it stands in record {twin} of {where}"
        rule = f"duplicates.{found.grain}"
        return form.refuse(record, lines, rule, found.similarity, reason, twin, with_text=self._text)


def subtract(tally: Tally, other: Tally) -> None:
    """Take the counts of ``other``, which are part of the tally, out of it."""
    for field in fields(Tally):
        mine, theirs = getattr(tally, field.name), getattr(other, field.name)
        mine.subtract(theirs)

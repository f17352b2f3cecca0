"""Duplicates of a run: found over the spool, and turned into the drop lines that refuse them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from typing import Any

from corpuskit.batch import count
from corpuskit.config import Config
from corpuskit.dedup import Duplicate, find_duplicates
from corpuskit.spool import Spool
from corpuskit.write import record as form
from corpuskit.write.encode import dumps, loads
from corpuskit.write.manifest import Tally

Json = dict[str, Any]


class Duplicates:
    """The records of a spool that go, by the unit that holds them."""

    def __init__(self, spool: Spool, config: Config) -> None:
        self._spool = spool
        self._text = config.ledger.text
        self._of: defaultdict[int, list[Duplicate]] = defaultdict(list)
        options = config.dedup
        kept = {entry.record for entry in config.overrides if entry.keep and entry.rule.startswith("duplicates.")}
        if len(spool) > 1 and (options.exact or options.near):
            for found in find_duplicates(spool.items(), options, spool.text):
                if spool.id(found.index) not in kept:
                    self._of[spool.unit(found.index)].append(found)

    def lines(self, unit: int, tally: Tally) -> tuple[bytes, bytes]:
        """Return the corpus lines and ledger lines of a unit without its duplicates, and correct the tally."""
        corpus, ledger = self._spool.lines(unit)
        if unit not in self._of:
            return corpus, ledger
        records: list[Json] = [loads(line) for line in corpus.splitlines()]
        lines: list[Json] = [loads(line) for line in ledger.splitlines()]
        subtract(tally, count(Tally(), records, lines))
        gone = {self._spool.nth(found.index): found for found in self._of[unit]}
        for nth, found in gone.items():
            lines.append(self._refuse(records[nth], lines, found))
        lines.sort(key=form.place)
        records = [record for nth, record in enumerate(records) if nth not in gone]
        count(tally, records, lines)
        return b"".join(map(dumps, records)), b"".join(map(dumps, lines))

    def _refuse(self, record: Json, lines: list[Json], found: Duplicate) -> Json:
        twin = self._spool.id(found.twin_index)
        where = self._spool.name(self._spool.unit(found.twin_index))
        if found.grain == "exact":
            reason = f"equal to record {twin} of {where}, punctuation, width and white space aside"
        else:
            reason = f"{found.similarity:.4f} of the shingles are those of record {twin} of {where}"
        rule = f"duplicates.{found.grain}"
        return form.refuse(record, lines, rule, found.similarity, reason, twin, with_text=self._text)


def subtract(tally: Tally, other: Tally) -> None:
    """Take the counts of ``other``, which are part of the tally, out of it."""
    for field in fields(Tally):
        mine, theirs = getattr(tally, field.name), getattr(other, field.name)
        mine.subtract(theirs)

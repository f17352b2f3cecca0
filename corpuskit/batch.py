"""The work of one worker: a batch of pages to finished lines, and what the search for duplicates needs of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.config import Config
from corpuskit.core.edit import Receipt
from corpuskit.core.source import Raw, Refusal, Source
from corpuskit.core.span import Span
from corpuskit.dedup import fingerprint, shingles, signatures
from corpuskit.dedup.shingles import Shingles
from corpuskit.pipeline import Pipeline
from corpuskit.sources import Cursor, decoded, explain
from corpuskit.write import record as form
from corpuskit.write.encode import dumps
from corpuskit.write.manifest import Tally

Json = dict[str, Any]
Page = Raw | Refusal
Task = Sequence[tuple[Cursor, Page]]
"""Pages to be done together, each with the place behind it."""

_BYTES = 1 << 20
_PAGES = 64


class Known(NamedTuple):
    """What is remembered of a record while the run lasts; ``line`` is the number of bytes of its line."""

    id: str
    characters: int
    line: int
    fingerprint: bytes
    row: int | None
    """Row of the batch's signatures; None keeps it out of the search for near duplicates."""


class Unit(NamedTuple):
    """One source, done: its lines, and what is known of its records."""

    uri: str
    record: str | int | None
    corpus: bytes
    ledger: bytes
    known: list[Known]


@dataclass(slots=True)
class Done:
    """One batch, done."""

    units: list[Unit] = field(default_factory=list)
    signatures: npt.NDArray[np.uint32] = field(default_factory=lambda: np.zeros((0, 0), np.uint32))
    tally: Tally = field(default_factory=Tally)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, rule and reason of each page that was refused whole."""


def batches(pages: Iterable[tuple[Cursor, Page]]) -> Iterator[Task]:
    """Gather pages until they have about a megabyte, or are 64."""
    held: list[tuple[Cursor, Page]] = []
    size = 0
    for after, page in pages:
        more = len(page.data) if isinstance(page, Raw) else 0
        if held and (size + more > _BYTES or len(held) == _PAGES):
            yield held
            held, size = [], 0
        held.append((after, page))
        size += more
    if held:
        yield held


def start(config: Config) -> Callable[[Task], Done]:
    """Return the work of a worker."""
    return Worker(config)


class Worker:
    """A pipeline that turns batches of pages to lines."""

    def __init__(self, config: Config) -> None:
        self.pipeline = Pipeline(config)
        self.text = config.ledger.text
        self.dedup = config.dedup

    def __call__(self, task: Task) -> Done:
        """Clean a batch; a page that fails is refused, and its text stays in the ledger."""
        done = Done()
        sets: list[Shingles] = []
        for _, page in task:
            done.units.append(self._unit(decoded(page), sets, done))
        if sets:
            done.signatures = signatures(sets, self.dedup.permutations)
        return done

    def _unit(self, source: Source | Refusal, sets: list[Shingles], done: Done) -> Unit:
        if isinstance(source, Refusal):
            return refused(source, form.refusal_line(source), done)
        try:
            cleaned = self.pipeline.clean(source)
            corpus = [dumps(record) for record in cleaned.records]
            ledger = b"".join(map(dumps, cleaned.ledger))
        except Exception as error:
            reason = f"cleaning failed ({explain(error)}): please report it with the page"
            return refused(source, failure(source, reason, with_text=self.text), done)
        done.tally.add_source(source.describe())
        count(done.tally, cleaned.records, cleaned.ledger)
        known = [self._known(r, len(line), sets) for r, line in zip(cleaned.records, corpus, strict=True)]
        return Unit(source.uri, source.record, b"".join(corpus), ledger, known)

    def _known(self, record: Json, line: int, sets: list[Shingles]) -> Known:
        text, row = record["text"], None
        if self.dedup.near:
            found = shingles(text)
            if found.size >= self.dedup.min_shingles:
                row = len(sets)
                sets.append(found)
        mark = fingerprint(text) if self.dedup.exact or self.dedup.near else b""
        return Known(record["id"], len(text), line, mark, row)


def count(tally: Tally, records: Iterable[Json], lines: Iterable[Json]) -> Tally:
    """Count the records and ledger lines of one source."""
    for record in records:
        tally.add_record(record)
    for line in lines:
        tally.add_ledger(line)
    return tally


def failure(source: Source, reason: str, *, with_text: bool) -> Json:
    """Return the ledger line that refuses a whole page that could not be cleaned."""
    spans = (Span(0, len(source.text)),) if source.text else ()
    return form.line(
        source, Receipt("drop", "clean", "clean.failed", 1.0, reason, spans, None), None, with_text=with_text
    )


def refused(source: Source | Refusal, line: Json, done: Done) -> Unit:
    """Enter a page that was refused whole."""
    if isinstance(source, Source):
        done.tally.add_source(source.describe())
    count(done.tally, [], [line])
    done.refused.append((source.name, line["rule"], line["reason"]))
    return Unit(source.uri, source.record, b"", dumps(line), [])


def crashed(part: tuple[Cursor, Page], error: Exception) -> Done:
    """Refuse a page that killed its worker."""
    page = part[1]
    done = Done()
    reason = f"{error}, for lack of memory or by a fault in a library: split the page, or report it"
    source = Refusal(page.uri, "read.crashed", reason, page.record)
    if isinstance(page, Raw) and page.media_type != "text/html":
        found = decoded(page)
        if isinstance(found, Source):
            done.units.append(refused(found, failure(found, reason, with_text=True), done))
            return done
    done.units.append(refused(source, form.refusal_line(source), done))
    return done

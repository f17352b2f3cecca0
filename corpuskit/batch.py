"""The work of one worker: a batch of pages to finished lines, and what the search for duplicates needs of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit import cycles
from corpuskit.config import Config
from corpuskit.core.edit import Receipt
from corpuskit.core.gather import gathered
from corpuskit.core.source import Raw, Refusal, Source
from corpuskit.core.span import Span
from corpuskit.dedup import signatures
from corpuskit.dedup.shingles import Shingles
from corpuskit.engines import SlowError, deadline
from corpuskit.pipeline import Cleaned, Drafted, Pipeline
from corpuskit.profile import Clock, NoClock, TimedPipeline
from corpuskit.read import Block, Part, pages_of
from corpuskit.sketches import Sketch, long_sketched, sketches
from corpuskit.sources import Cursor, decoded, explain
from corpuskit.write import record as form
from corpuskit.write.encode import dumps
from corpuskit.write.manifest import Tally

Json = dict[str, Any]
Page = Raw | Refusal
Task = Sequence[tuple[Cursor, Part]]
"""Parts of the input to be done together, each with the place behind it."""

_BYTES = 1 << 20
_PAGES = 64
_ABREAST = 256
"""Most pages that go down the road together, and most bytes of them: they are in memory with all their features."""
_ABREAST_BYTES = 1 << 20
_MARKUP = 8
"""Bytes of HTML to one of text, at the least of most pages."""


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
    seconds: dict[str, float] = field(default_factory=dict)
    """CPU time by part of the road, where it was asked for."""


def batches(parts: Iterable[tuple[Cursor, Part]]) -> Iterator[list[tuple[Cursor, Part]]]:
    """Gather parts until they have about a megabyte, or are 64."""
    return gathered(parts, lambda part: _size(part[1]), _BYTES, _PAGES)


def _size(part: Part) -> int:
    return 0 if isinstance(part, Refusal) else len(part.data)


def _text_size(page: Page) -> int:
    """Return about how many bytes of text a page has: of HTML most is mark-up."""
    return _size(page) // _MARKUP if isinstance(page, Raw) and page.media_type == "text/html" else _size(page)


@dataclass(frozen=True, slots=True)
class Cleaning:
    """The work of a run on its tasks."""

    config: Config
    seconds: float | None = None
    """What a page may take."""
    profile: bool = False
    """Measure the parts of the road."""

    def begin(self) -> Callable[[Task], Done]:
        """Return the work of a worker."""
        return Worker(self.config, self.seconds, profile=self.profile)

    def split(self, task: Task) -> list[Task]:
        """Return the pages of a task one by one."""
        out: list[Task] = []
        for after, part in task:
            if isinstance(part, Block):
                out += [[(Cursor(after.entry, line.first), line)] for line in part.split()]
            else:
                out.append([(after, part)])
        return out

    def crashed(self, part: Task, error: Exception) -> Done:
        """Refuse a page that killed its worker."""
        done = Done()
        for page in pages_of(part[0][1]):
            done.units.append(_crashed(page, error, done, with_text=self.config.ledger.text))
        return done

    def weigh(self, task: Task) -> int:
        """Return the bytes of a task."""
        return sum(_size(part) for _, part in task)


class _Ahead(NamedTuple):
    """A page that is decoded and, if it could be, through all stages."""

    source: Source | Refusal
    drafted: Drafted | None = None


class _Made(NamedTuple):
    corpus: bytes
    ledger: bytes
    known: list[Known]
    held: list[str | Sketch]
    """The texts of the records; of a long one its sketch, so that its page answers for what it takes."""
    cleaned: Cleaned


class Worker:
    """A pipeline that turns batches of pages to lines."""

    def __init__(self, config: Config, seconds: float | None = None, *, profile: bool = False) -> None:
        self.pipeline = TimedPipeline(config) if profile else Pipeline(config)
        self.clock = Clock() if profile else NoClock()
        if isinstance(self.pipeline, TimedPipeline):
            self.pipeline.clock = self.clock
        self.text = config.ledger.text
        self.dedup = config.dedup
        self.seconds = seconds
        self._settled = False

    def __call__(self, task: Task) -> Done:
        """Clean a batch; a page that fails, or takes too long, is refused, and its text stays in the ledger."""
        done = Done()
        held: list[str | Sketch] = []
        with cycles.seldom():
            pages = self.clock.each((page for _, part in task for page in pages_of(part)), "parse")
            for group in gathered(pages, _text_size, _ABREAST_BYTES, _ABREAST):
                for page, before in zip(group, self._ahead(group), strict=True):
                    done.units.append(self._unit(page, before, held, done))
                    self.clock.lap("counts")
            self._compare(done, held)
        if not self._settled:
            self._settled = True
            cycles.settle()
        done.seconds = self.clock.taken()
        return done

    def _ahead(self, pages: Sequence[Page]) -> Sequence[_Ahead | None]:
        """Take pages through all stages together; None stands for a page that is to go alone, in its own time."""
        if len(pages) == 1:
            return [None]
        try:
            # what all of them together are done in is enough for each
            with deadline(self.seconds):
                return self._together(pages)
        except SlowError:
            return [None] * len(pages)

    def _together(self, pages: Sequence[Page]) -> list[_Ahead | None]:
        found = [decoded(page) for page in pages]
        self.clock.lap("decode")
        each = iter(self.pipeline.drafts_each([source for source in found if isinstance(source, Source)]))
        drafts = [next(each) if isinstance(source, Source) else None for source in found]
        # one that fails may only have lacked the memory that the others took
        return [
            None if isinstance(drafted, Exception) else _Ahead(source, drafted)
            for source, drafted in zip(found, drafts, strict=True)
        ]

    def _compare(self, done: Done, held: list[str | Sketch]) -> None:
        """Enter what the search for duplicates asks of the records; ``held`` has one text or sketch for each."""
        found = sketches(held, self.dedup)
        sets: list[Shingles] = []
        for unit in done.units:
            unit.known[:] = [_entered(known, next(found), sets) for known in unit.known]
        self.clock.lap("shingles")
        if sets:
            done.signatures = signatures(sets, self.dedup.permutations)
            self.clock.lap("signatures")

    def _unit(self, page: Page, ahead: _Ahead | None, held: list[str | Sketch], done: Done) -> Unit:
        source: Source | Refusal | None = None
        try:
            # what is left to do of a page that is through all stages takes as long as the page is
            with nullcontext() if ahead else deadline(self.seconds):
                source, drafted = ahead or _Ahead(decoded(page))
                self.clock.lap("decode")
                made = None if isinstance(source, Refusal) else self._made(source, drafted)
        except SlowError:
            return self._too_slow(page, source, done)
        except Exception as error:
            assert isinstance(source, Source)
            reason = f"cleaning failed ({explain(error)}): please report it with the page"
            return refused(source, failure(source, reason, with_text=self.text), done)
        if made is None or isinstance(source, Refusal):
            assert isinstance(source, Refusal)
            return refused(source, form.refusal_line(source), done)
        done.tally.add_source(source.describe())
        count(done.tally, made.cleaned.records, made.cleaned.ledger)
        held += made.held
        return Unit(source.uri, source.record, made.corpus, made.ledger, made.known)

    def _made(self, source: Source, drafted: Drafted | None) -> _Made:
        cleaned = self.pipeline.finish(source, *(drafted or self.pipeline.drafts(source)))
        lines, ledger = [dumps(record) for record in cleaned.records], b"".join(map(dumps, cleaned.ledger))
        self.clock.lap("encode")
        texts = [record["text"] for record in cleaned.records]
        known = [
            Known(record["id"], len(text), len(line), b"", None)
            for record, text, line in zip(cleaned.records, texts, lines, strict=True)
        ]
        sketched = long_sketched(texts, self.dedup)
        self.clock.lap("shingles")
        return _Made(b"".join(lines), ledger, known, sketched, cleaned)

    def _too_slow(self, page: Page, found: Source | Refusal | None, done: Done) -> Unit:
        reason = f"it took over {self.seconds:g} seconds: raise --page-timeout, split the page, or leave it out"
        if isinstance(found, Source):
            return refused(found, failure(found, reason, "clean.timeout", with_text=self.text), done)
        refusal = Refusal(page.uri, "read.timeout", reason, page.record)
        return refused(refusal, form.refusal_line(refusal), done)


def _entered(known: Known, found: Sketch, sets: list[Shingles]) -> Known:
    """Enter the shingles of a record that is to be compared with others."""
    if found.shingles is None:
        return known._replace(fingerprint=found.fingerprint)
    sets.append(found.shingles)
    return known._replace(fingerprint=found.fingerprint, row=len(sets) - 1)


def count(tally: Tally, records: Iterable[Json], lines: Iterable[Json]) -> Tally:
    """Count the records and ledger lines of one source."""
    for record in records:
        tally.add_record(record)
    for line in lines:
        tally.add_ledger(line)
    return tally


def failure(source: Source, reason: str, rule: str = "clean.failed", *, with_text: bool) -> Json:
    """Return the ledger line that refuses a whole page that could not be cleaned."""
    spans = (Span(0, len(source.text)),) if source.text else ()
    return form.line(source, Receipt("drop", "clean", rule, 1.0, reason, spans, None), None, with_text=with_text)


def refused(source: Source | Refusal, line: Json, done: Done) -> Unit:
    """Enter a page that was refused whole."""
    if isinstance(source, Source):
        done.tally.add_source(source.describe())
    count(done.tally, [], [line])
    done.refused.append((source.name, line["rule"], line["reason"]))
    return Unit(source.uri, source.record, b"", dumps(line), [])


def _crashed(page: Page, error: Exception, done: Done, *, with_text: bool) -> Unit:
    reason = f"{error}, for lack of memory or by a fault in a library: split the page, or report it"
    if isinstance(page, Raw) and page.media_type != "text/html":
        found = decoded(page)
        if isinstance(found, Source):
            return refused(found, failure(found, reason, "clean.crashed", with_text=with_text), done)
    refusal = Refusal(page.uri, "read.crashed", reason, page.record)
    return refused(refusal, form.refusal_line(refusal), done)

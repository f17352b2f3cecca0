"""The text as it stands: a piece table over the source."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import Struct

from corpuskit.core.edit import Receipt
from corpuskit.core.span import Span


class Kept(NamedTuple):
    """``size`` code points copied verbatim from the source at ``start``."""

    start: int
    size: int


class Written(NamedTuple):
    """``size`` code points of ``receipts[by].after`` from ``offset``.

    An empty run stands where white space was taken out and the record's piece is its receipt.
    """

    by: int
    offset: int
    size: int


Run = Kept | Written


class Draft(Struct, frozen=True):
    """Text and the runs it is made of; ``lifted`` and ``dropped`` are indices of receipts."""

    text: str
    runs: tuple[Run, ...]
    lifted: tuple[int, ...] = ()
    dropped: int | None = None

    @classmethod
    def of(cls, source: str) -> Draft:
        """Return the untouched draft of a source text."""
        return cls(source, (Kept(0, len(source)),) if source else ())


class Table:
    """Random access into a draft's runs."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.starts: list[int] = []
        at = 0
        for run in draft.runs:
            self.starts.append(at)
            at += run.size

    def at(self, place: int) -> tuple[Run, int] | None:
        """Return the run that holds the character at a place, and how far into it; None behind the end."""
        index = bisect_right(self.starts, place) - 1
        if not 0 <= place < len(self.draft.text):
            return None
        # the last of the runs that begin there is the one that is not empty
        return self.draft.runs[index], place - self.starts[index]

    def cut(self, start: int, end: int) -> list[Run]:
        """Return the runs of ``text[start:end]``, trimmed to fit.

        Empty runs belong to the slice that holds their place, half-open; those at the very end of the
        text belong to the slice that ends there. So consecutive slices hold each run exactly once.
        """
        last = len(self.draft.text)
        if len(self.starts) == 1 and 0 <= start < end <= last:
            return [_trim(self.draft.runs[0], start, end - start)]
        at = max(0, bisect_right(self.starts, start) - 1)
        # several runs can share a start when some are empty
        first = min(at, bisect_left(self.starts, start))
        if first == at and self._within(at, start, end, last):
            return [_trim(self.draft.runs[at], start - self.starts[at], end - start)]
        return self._several(first, start, end, last)

    def _within(self, at: int, start: int, end: int, last: int) -> bool:
        """Say whether one run holds a slice that is not empty, and no empty run is of the slice."""
        if not self.starts or not self.starts[at] <= start < end:
            return False
        stop = self.starts[at] + self.draft.runs[at].size
        return end < stop or (end == stop and (end < last or at == len(self.starts) - 1))

    def _several(self, at: int, start: int, end: int, last: int) -> list[Run]:
        out: list[Run] = []
        for index in range(at, len(self.starts)):
            run, begin = self.draft.runs[index], self.starts[index]
            if begin > end or (begin == end and not (end == last and run.size == 0)):
                break
            if run.size == 0:
                if begin >= start:
                    out.append(run)
                continue
            low, high = max(start, begin), min(end, begin + run.size)
            if low < high:
                out.append(_trim(run, low - begin, high - low))
        return out


def _trim(run: Run, skip: int, size: int) -> Run:
    if size == run.size:
        return run
    if isinstance(run, Kept):
        return Kept(run.start + skip, size)
    return Written(run.by, run.offset + skip, size)


def fuse(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Unite runs that continue each other."""
    out: list[Run] = []
    for run in runs:
        last = out[-1] if out else None
        if isinstance(run, Kept) and isinstance(last, Kept) and last.start + last.size == run.start:
            out[-1] = Kept(last.start, last.size + run.size)
        elif (
            isinstance(run, Written)
            and isinstance(last, Written)
            and last.by == run.by
            and last.offset + last.size == run.offset
        ):
            out[-1] = Written(last.by, last.offset, last.size + run.size)
        else:
            out.append(run)
    return tuple(out)


def origin_of(run: Run, receipts: Sequence[Receipt]) -> tuple[Span, ...]:
    """Return the source spans a run answers for.

    What a repair was written over cannot be divided, so the first part of a written text answers for
    all of it and a later part for an empty span at its end.
    """
    if isinstance(run, Kept):
        return (Span(run.start, run.start + run.size),)
    origin = receipts[run.by].origin
    if run.offset == 0:
        return origin
    end = origin[-1].end
    return (Span(end, end),)


def origin(runs: Sequence[Run], receipts: Sequence[Receipt]) -> tuple[Span, ...]:
    """Return the source spans that runs answer for, in the order of the runs, neighbours united."""
    if len(runs) == 1 and isinstance(runs[0], Kept):
        return origin_of(runs[0], receipts)
    out: list[Span] = []
    for run in runs:
        for span in origin_of(run, receipts):
            if out and out[-1].end == span.start:
                out[-1] = Span(out[-1].start, span.end)
            elif span.size or not out:
                out.append(span)
    return tuple(s for s in out if s.size) if len(out) > 1 else tuple(out)

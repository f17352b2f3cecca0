"""Half-open ranges of Unicode code points."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """Half-open range ``[start, end)`` of code points."""

    start: int
    end: int

    @property
    def size(self) -> int:
        """Length in code points."""
        return self.end - self.start


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sort spans and unite those that touch or overlap; empty spans vanish inside or beside others.

    >>> merge([Span(5, 7), Span(0, 2), Span(2, 3)])
    (Span(start=0, end=3), Span(start=5, end=7))
    """
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start <= out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return tuple(out)


def chain(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Unite neighbours that follow each other without a gap, keeping the given order.

    >>> chain([Span(5, 7), Span(7, 9), Span(0, 2)])
    (Span(start=5, end=9), Span(start=0, end=2))
    """
    out: list[Span] = []
    for span in spans:
        start, end = span
        if start == end:
            continue
        if out and out[-1].end == start:
            out[-1] = Span(out[-1].start, end)
        else:
            out.append(span)
    return tuple(out)

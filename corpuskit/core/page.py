"""A read-only view of the text a stage judges: lines and their features, computed once.

A page is ``margin, line, seam, line, seam ...``: a line is a non-blank line without the white space
around it, a seam all the white space between two of them. Offsets are code points of ``text``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from corpuskit.core.chars import CLASS_OF as CLASS_OF
from corpuskit.core.chars import Char as Char
from corpuskit.core.chars import count_classes
from corpuskit.core.codes import code_points
from corpuskit.core.draft import Draft, Kept, Table
from corpuskit.core.source import Block, Source
from corpuskit.core.span import Span

_T = TypeVar("_T")


class Line(NamedTuple):
    """A non-blank line without the white space around it."""

    start: int
    end: int
    text: str


class Page:
    """The text as it stands, with its lines, their features and what the reader knew of it."""

    def __init__(
        self,
        source: Source,
        draft: Draft,
        by_line: dict[str, Any] | None = None,
        learned: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.source = source
        self.draft = draft
        self.text = draft.text
        self.cache: dict[str, Any] = {}
        """What a room has worked out for this text, shared by its stages."""
        self.by_line: dict[str, Any] = {} if by_line is None else by_line
        """What depends on a line's text alone, handed on to the page's later drafts and never further."""
        self.learned = learned
        """What the config's files, made from the user's own pages, say of every page, by option."""

    def once(self, name: str, make: Callable[[], _T]) -> _T:
        """Return what ``make`` works out for this text, working it out on first use."""
        if name not in self.cache:
            self.cache[name] = make()
        found: _T = self.cache[name]
        return found

    def broken(self, index: int) -> bool:
        """Say whether something other than white space was taken out right before a line."""
        if len(self.draft.runs) == 1:
            return False
        left, right = self._lasts[index - 1] if index else None, self.places[index]
        end, start = self.lines[index - 1].end, self.lines[index].start
        if left is None or right is None or right - left <= start - end + 1:
            return False
        return any(self.source.text[low:high].strip() for low, high in self.sources_between(end, start))

    def after(self, draft: Draft) -> Page:
        """Return the view of a later draft of the same page."""
        return self if draft is self.draft else Page(self.source, draft, self.by_line, self.learned)

    @classmethod
    def of(cls, text: str, **metadata: Any) -> Page:
        """Return the page of a bare text, for tests and one-off use.

        >>> [line.text for line in Page.of("  one\\n\\n two ").lines]
        ['one', 'two']
        """
        return cls(Source("-", text, "", 0, metadata=metadata), Draft.of(text))

    @cached_property
    def codes(self) -> npt.NDArray[np.uint32]:
        """Code points, shape (characters,)."""
        return code_points(self.text)

    @cached_property
    def classes(self) -> npt.NDArray[np.uint8]:
        """:class:`Char` of each character, shape (characters,)."""
        return CLASS_OF[self.codes]

    @cached_property
    def lines(self) -> list[Line]:
        """The non-blank lines, in order."""
        out: list[Line] = []
        at, make = 0, tuple.__new__
        for raw in self.text.splitlines(keepends=True):
            text = raw.strip()
            if text:
                start = at if raw[0] == text[0] else at + raw.index(text[0])
                # as Line() does, without a call of Python code
                out.append(make(Line, (start, start + len(text), text)))
            at += len(raw)
        return out

    @cached_property
    def bounds(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Where each line begins and ends, two arrays of shape (lines,)."""
        starts, ends = ([line[at] for line in self.lines] for at in range(2))
        return np.array(starts, np.int64), np.array(ends, np.int64)

    def lines_at(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the line in which, or behind which, each of some places of the text stands; -1 before the first."""
        return self.bounds[0].searchsorted(places, "right") - 1

    @cached_property
    def counts(self) -> list[list[int]]:
        """Characters of each class in each line: ``counts[line][Char.HAN]``."""
        out: list[list[int]] = self.tally.tolist()
        return out

    @cached_property
    def tally(self) -> npt.NDArray[np.int64]:
        """The same as a matrix, shape (lines, classes)."""
        if not self.lines:
            return np.zeros((0, 16), np.int64)
        return count_classes(self.classes, *self.bounds)

    def seam(self, index: int) -> Span:
        """Return the white space after a line, up to the next line or the end of the text."""
        end = self.lines[index + 1].start if index + 1 < len(self.lines) else len(self.text)
        return Span(self.lines[index].end, end)

    def adjoins(self, index: int) -> bool:
        """Say whether nothing but one line feed stands between a line and the next."""
        end, following = self.lines[index].end, index + 1
        return following < len(self.lines) and self.lines[following].start == end + 1 and self.text[end] == "\n"

    def block(self, first: int, last: int) -> Span:
        """Return lines ``first`` up to, but not including, ``last``, with the white space after each."""
        return Span(self.lines[first].start, self.seam(last - 1).end)

    @cached_property
    def _table(self) -> Table:
        return Table(self.draft)

    def sources_between(self, start: int, end: int) -> list[Span]:
        """Return what of the source lay between two places of the text and is there no more.

        Empty where the two places follow each other in the source too, and where a repair stands between
        them: then the difference in length says nothing.
        """
        left, right = self.place(start - 1), self.place(end)
        if left is None or right is None or right - left == end - start + 1 or left >= right:
            return []
        if any(not isinstance(run, Kept) for run in self._table.cut(start, end)):
            return []
        return [Span(left + 1, right)] if right - left > end - start + 1 else []

    def place(self, at: int) -> int | None:
        """Return where in the source the character at a place of the text stands; None if it was written."""
        found = self._table.at(at)
        if found is None or not isinstance(found[0], Kept):
            return None
        return found[0].start + found[1]

    @cached_property
    def places(self) -> list[int | None]:
        """Where in the source each line begins; None for a line whose first character was written."""
        return self._in_source([line.start for line in self.lines])

    @cached_property
    def _lasts(self) -> list[int | None]:
        """Where in the source the last character of each line stands; None where it was written."""
        return self._in_source([line.end - 1 for line in self.lines])

    def _in_source(self, places: Sequence[int]) -> list[int | None]:
        """Return where in the source characters at places of the text stand, given in order."""
        out: list[int | None] = []
        begin = first = 0
        for run in self.draft.runs:
            last = bisect_left(places, begin + run.size, first)
            if isinstance(run, Kept):
                shift = run.start - begin
                out += [place + shift for place in places[first:last]]
            else:
                out += [None] * (last - first)
            begin, first = begin + run.size, last
        return out

    @cached_property
    def blocks(self) -> list[Block | None]:
        """The HTML block that each line came from; all None for plain text."""
        if not self.source.blocks:
            return [None] * len(self.lines)
        starts = [block.start for block in self.source.blocks]
        out: list[Block | None] = []
        for line, place in zip(self.lines, self.places, strict=True):
            first = self._first_kept(line) if place is None else place
            at = bisect_right(starts, first) - 1 if first is not None else -1
            out.append(self.source.blocks[at] if at >= 0 else None)
        return out

    def _first_kept(self, line: Line) -> int | None:
        runs = self._table.cut(line.start, line.end)
        return next((run.start for run in runs if isinstance(run, Kept)), None)


def count_each(pages: Sequence[Page]) -> None:
    """Count the characters of the lines of several pages at once, where they are not counted yet."""
    pages = [page for page in pages if page.lines and "tally" not in vars(page)]
    if not pages:
        return
    sizes = [len(page.lines) for page in pages]
    begins = np.repeat(np.cumsum([0, *(len(page.text) for page in pages)])[:-1], sizes)
    starts, ends = (np.concatenate(each) + begins for each in zip(*(page.bounds for page in pages), strict=True))
    tally = count_classes(CLASS_OF[np.concatenate([page.codes for page in pages])], starts, ends)
    for page, end in zip(pages, np.cumsum(sizes).tolist(), strict=True):
        page.tally = tally[end - len(page.lines) : end]

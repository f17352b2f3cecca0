"""A read-only view of the text a stage judges: lines and their features, computed once.

A page is ``margin, line, seam, line, seam ...``: a line is a non-blank line without the white space
around it, a seam all the white space between two of them. Offsets are code points of ``text``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, IntEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from corpuskit.core.codes import code_points
from corpuskit.core.draft import Draft, Kept, Table
from corpuskit.core.source import Block, Source
from corpuskit.core.span import Span

_T = TypeVar("_T")
_E = TypeVar("_E", bound=type[Enum])


def direct(kind: _E) -> _E:
    """Let the members of an enum be looked up like any attribute: before Python 3.12 each look runs Python code."""
    for name, member in kind.__members__.items():
        type.__setattr__(kind, name, member)
    return kind


@direct
class Char(IntEnum):
    """Classes of characters, disjoint."""

    OTHER = 0
    SPACE = 1
    HAN = 2
    FUNCTION = 3
    """Han characters that carry grammar more than topic."""
    KANA = 4
    HANGUL = 5
    LATIN = 6
    DIGIT = 7
    FINAL = 8
    """Marks that end a sentence."""
    INNER = 9
    """Marks inside a sentence."""
    BRACKET = 10
    RULE = 11
    """Separators of menus and keyword rows."""
    WIDE = 12
    """Full-width, enclosed and styled letters and digits."""
    SYMBOL = 13
    """Symbols, dingbats, emoji."""
    DAMAGE = 14
    """Controls, private use, surrogates, noncharacters and U+FFFD."""
    LETTER = 15
    """Letters of any other script."""


FUNCTION_CHARS = (
    "的了在是和与與及等对對为為将將并並也有不就都而以被把从從向到这這那我他她"
    "它们們你还還已让讓其该該此或但又很更最于於之则則因如若"
)
_RANGES: tuple[tuple[Char, tuple[tuple[int, int], ...]], ...] = (
    (Char.LETTER, ((0xAA, 0x2AF), (0x370, 0x1FFF), (0x2C00, 0x2DFF), (0xA000, 0xABFF), (0x10000, 0x1CFFF))),
    (Char.SYMBOL, ((0x2010, 0x2BFF), (0x3004, 0x3020), (0x3030, 0x303F), (0x1F000, 0x1FAFF))),
    (Char.SPACE, ((0x09, 0x0D), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A))),
    (Char.SPACE, ((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000))),
    (
        Char.RULE,
        ((0x2010, 0x2012), (0x2022, 0x2022), (0x2500, 0x257F), (0x25A0, 0x25FF), (0xB7, 0xB7), (0x30FB, 0x30FB)),
    ),
    (
        Char.HAN,
        ((0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)),
    ),
    (Char.KANA, ((0x3041, 0x30FA), (0x30FC, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))),
    (Char.HANGUL, ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF))),
    (Char.LATIN, ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x1E00, 0x1EFF))),
    (Char.DIGIT, ((0x30, 0x39),)),
    (Char.WIDE, ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A), (0x2460, 0x24FF), (0x2776, 0x2793))),
    (Char.WIDE, ((0x1D400, 0x1D7FF), (0x1F100, 0x1F1FF), (0x3200, 0x32FF))),
    (Char.DAMAGE, ((0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x200B, 0x200F))),
    (Char.DAMAGE, ((0x202A, 0x202E), (0x2060, 0x206F), (0xD800, 0xF8FF), (0xFDD0, 0xFDEF), (0xFEFF, 0xFEFF))),
    (Char.DAMAGE, ((0xFFF0, 0xFFFF), (0xE0000, 0x10FFFF))),
)
_MARKS: tuple[tuple[Char, str], ...] = (
    (Char.FUNCTION, FUNCTION_CHARS),
    (Char.FINAL, "。！？!?…｡‥"),
    (Char.INNER, "，、；：,;:.．､"),
    (Char.BRACKET, "“”‘’\"'「」『』（）()《》〈〉【】[]［］〔〕{}"),
    (Char.RULE, "|｜丨_/／>＞»<＜«-—–~～=*#+\\"),
    (Char.SYMBOL, "©®™°$€£¥%&@^`§±×÷"),
)


def _table() -> npt.NDArray[np.uint8]:
    table = np.zeros(0x110000, np.uint8)
    for kind, ranges in _RANGES:
        for low, high in ranges:
            table[low : high + 1] = kind
    for kind, chars in _MARKS:
        for char in chars:
            table[ord(char)] = kind
    return table


CLASS_OF: npt.NDArray[np.uint8] = _table()
"""Class of each code point, shape (0x110000,)."""


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
        out, at = [], 0
        for raw in self.text.splitlines(keepends=True):
            text = raw.strip()
            if text:
                start = at if raw[0] == text[0] else at + raw.index(text[0])
                out.append(Line(start, start + len(text), text))
            at += len(raw)
        return out

    @cached_property
    def bounds(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Where each line begins and ends, two arrays of shape (lines,)."""
        found = np.array([line[:2] for line in self.lines], np.int64).reshape(-1, 2)
        return found[:, 0], found[:, 1]

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
        starts, ends = self.bounds
        number, first = len(starts), starts[0]
        blocks = np.append(starts[1:], len(self.text)) - starts
        owner = np.repeat(np.arange(0, 16 * number, 16), blocks)
        flat = np.bincount(owner + self.classes[first:], minlength=16 * number).reshape(-1, 16)
        # the seam behind a line is nothing but white space
        flat[:, Char.SPACE] -= blocks - (ends - starts)
        return flat

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

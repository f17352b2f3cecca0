"""Lines that are whole sentences of running text, and what heads of pages may hold, told of many pages at once.

What is told here is what :func:`shape_of` and :func:`sheet` find with a dozen patterns a line; where it is not sure,
they are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import compress

import numpy as np
import numpy.typing as npt

from corpuskit.core.chars import CLASS_OF, Char, count_classes
from corpuskit.core.codes import CodePoints, code_points
from corpuskit.core.lexicon import alternatives
from corpuskit.core.page import Page
from corpuskit.core.screen import Screen
from corpuskit.segment import sheets
from corpuskit.segment.shapes import CLOSING, FINALS, FORMS, LONGEST, LONGEST_CAPTION, LONGEST_JUMP, dated

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_INITIAL = 10
"""Most characters of a line that may be an initial with its full stop."""
_STOP = "。"
"""What no headline and no line of data holds."""
_LINES = ("caption", "jump", "source", "dateline")


def look(pages: Sequence[Page]) -> None:
    """Leave for each page which lines are sound, which of the others are bare, and what its head may hold.

    Bare is what has none of the forms of :data:`FORMS`.
    """
    pages = [page for page in pages if page.lines]
    if not pages:
        return
    lines = _Lines(pages)
    sound = lines.sound()
    bare = _bare(lines.texts, sound)
    for page, first, last in zip(pages, lines.firsts, lines.lasts, strict=True):
        page.cache["layout.sound"], page.cache["layout.bare"] = sound[first:last], bare[first:last]
    for page, may in zip(pages, _sheets(pages), strict=True):
        page.cache["layout.sheet"] = may


class _Lines:
    """The lines of several pages, one page after another."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.texts = [line.text for page in pages for line in page.lines]
        gap = code_points("\n")
        self.codes: CodePoints = np.concatenate([part for page in pages for part in (page.codes, gap)])
        begins = np.cumsum([0, *(len(page.text) + 1 for page in pages)]).tolist()
        bounds = [
            at + start for page, at in zip(pages, begins, strict=False) for line in page.lines for start in line[:2]
        ]
        self.starts, self.ends = np.array(bounds, np.int64).reshape(-1, 2).T
        self.lasts = np.cumsum([len(page.lines) for page in pages]).tolist()
        self.firsts = [0, *self.lasts[:-1]]
        self.tally = count_classes(CLASS_OF[self.codes], self.starts, self.ends)
        for page, first, last in zip(pages, self.firsts, self.lasts, strict=True):
            page.tally = self.tally[first:last]

    def sound(self) -> list[bool]:
        """Return which lines are sound: text that ends a sentence, and neither opens nor closes a report."""
        caption, jump, source, dateline = _screen().possible(self.codes, self.starts)
        stop = np.logical_or.reduceat(self.codes == ord(_STOP), self.starts)
        size = self.ends - self.starts - self.tally[:, Char.SPACE]
        told = (size > LONGEST_CAPTION) | ~caption & ((size > LONGEST_JUMP) | ~(jump | source))
        told = self._ended() & (self.tally[:, Char.WIDE] == 0) & ((size > LONGEST) | stop & told)
        for line in np.flatnonzero(told & dateline).tolist():
            told[line] = not dated(self.texts[line])
        found: list[bool] = told.tolist()
        return found

    def _ended(self) -> Flags:
        """Return which lines end with the mark of a sentence, behind which at most one mark closes what is no note."""
        last, before = self.codes[self.ends - 1], self.codes[self.ends - 2]
        finals = code_points(FINALS + ".")
        closers = code_points("".join(mark for mark in CLOSING if mark not in ")）"))
        marked = np.isin(last, finals) | (np.isin(last, closers) & np.isin(before, finals))
        return np.asarray(marked & (self.ends - self.starts > _INITIAL))


@cache
def _screen() -> Screen:
    known, _ = alternatives("roles")
    return Screen([known[form] for form in _LINES], most=1)


def _bare(texts: Sequence[str], sound: Sequence[bool]) -> list[bool]:
    """Return which lines can have no form, of those that are not sound; a sound one may have one."""
    asked = [text for text, whole in zip(texts, sound, strict=True) if not whole]
    if not asked:
        return [False] * len(texts)
    starts = np.cumsum([0, *(len(text) + 1 for text in asked)])[:-1]
    may = _forms().possible(code_points("\n".join(asked)), starts).any(axis=0)
    out = np.zeros(len(texts), np.bool_)
    out[~np.array(sound)] = ~may
    found: list[bool] = out.tolist()
    return found


@cache
def _forms() -> Screen:
    known, _ = alternatives("roles")
    return Screen([known[form] for form in FORMS], most=1)


def _sheets(pages: Sequence[Page]) -> list[frozenset[str]]:
    """Return which forms the head of each page may hold, of those that make up a sheet's."""
    heads = [sheets.whole(page) for page in pages]
    starts = np.cumsum([0, *(len(text) + 1 for text in heads)])[:-1]
    held = _heads().possible(code_points("\0".join(heads)), starts)
    return [frozenset(compress(sheets.FORMS, may)) for may in held.T.tolist()]


@cache
def _heads() -> Screen:
    known, _ = alternatives("roles")
    return Screen([known[form] for form in sheets.FORMS], most=2)

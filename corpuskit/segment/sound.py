"""Lines that are whole sentences of running text, and what heads of pages may hold, told of many pages at once.

What is told here is what :func:`shape_of` and :func:`sheet` find with a dozen patterns a line; where it is not sure,
they are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from itertools import compress

import numpy as np
import numpy.typing as npt

from corpuskit.core.chars import FINALS, Char
from corpuskit.core.codes import CodePoints, code_points, members_of
from corpuskit.core.lexicon import alternatives
from corpuskit.core.page import Page, count_each
from corpuskit.core.screen import Screen
from corpuskit.segment import sheets
from corpuskit.segment.shapes import CLOSING, FORMS, LONGEST, LONGEST_CAPTION, LONGEST_JUMP, dated

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_INITIAL = 10
"""Most characters of a line that may be an initial with its full stop."""
_STOP = "。"
"""What no headline and no line of data holds."""
_LINES = ("caption", "jump", "source", "dateline")
_BREAK = code_points("\n")


def look(pages: Sequence[Page]) -> Lines:
    """Leave for each page which lines are sound, which of the others are bare, and what its head may hold.

    Bare is what has none of the forms of :data:`FORMS`. There is a page at least, and each has a line. Return the lines
    of all of them.
    """
    lines = Lines(pages)
    sound, bare = lines.sound.tolist(), lines.bare.tolist()
    for page, own in zip(pages, lines.slices, strict=True):
        page.cache["layout.sound"], page.cache["layout.bare"] = sound[own], bare[own]
    _sheets(pages)
    return lines


class Lines:
    """The lines of several pages, one page after another; what is told of each has shape (lines,)."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = pages
        starts, ends, texts = zip(*(line for page in pages for line in page.lines), strict=True)
        self.texts: list[str] = [*texts]
        self.codes: CodePoints = np.concatenate([part for page in pages for part in (page.codes, _BREAK)])
        begins = np.cumsum([0, *(len(page.text) + 1 for page in pages)])[:-1]
        self.sizes: Ints = np.array([len(page.lines) for page in pages], np.int64)
        """Lines of each page, shape (pages,)."""
        self.lasts: Ints = np.cumsum(self.sizes)
        self.firsts: Ints = self.lasts - self.sizes
        """Where each page's lines begin, and (:attr:`lasts`) where they end."""
        self.starts, self.ends = np.array([starts, ends], np.int64) + np.repeat(begins, self.sizes)
        """Where in :attr:`codes` each line begins and ends."""
        count_each(pages)
        self.tally: Ints = np.concatenate([page.tally for page in pages])
        """Characters of each class, shape (lines, classes)."""
        self.size: Ints = self.ends - self.starts - self.tally[:, Char.SPACE]
        """Characters that are no white space."""

    @property
    def slices(self) -> list[slice]:
        """The lines of each page."""
        return [*map(slice, self.firsts.tolist(), self.lasts.tolist())]

    @cached_property
    def sound(self) -> Flags:
        """Whether a line is sound: text that ends a sentence, and neither opens nor closes a report."""
        caption, jump, source, dateline = _screen().possible(self.codes, self.starts)
        stop = np.logical_or.reduceat(self.codes == ord(_STOP), self.starts)
        told = (self.size > LONGEST_CAPTION) | ~caption & ((self.size > LONGEST_JUMP) | ~(jump | source))
        told = self._ended() & (self.tally[:, Char.WIDE] == 0) & ((self.size > LONGEST) | stop & told)
        for line in np.flatnonzero(told & dateline).tolist():
            told[line] = not dated(self.texts[line])
        return np.asarray(told)

    @cached_property
    def cut(self) -> Flags:
        """Whether a line ends no sentence by its marks, and is of a script that only these tell it of."""
        unspaced = self.tally[:, [Char.HAN, Char.FUNCTION, Char.KANA, Char.HANGUL]].any(axis=1)
        latin = self.tally[:, Char.LATIN] > self.size / 2
        return np.asarray(unspaced & ~latin & ~_marks().take(self.codes[self.ends - 1], mode="clip"))

    @cached_property
    def bare(self) -> Flags:
        """Which lines that are not sound can have no form; a sound one may have one."""
        out = ~self.sound
        asked = [*compress(self.texts, out.tolist())]
        if asked:
            starts = np.cumsum([0, *(len(text) + 1 for text in asked)])[:-1]
            out[out] = ~_forms().possible(code_points("\n".join(asked)), starts).any(axis=0)
        return out

    def _ended(self) -> Flags:
        """Return which lines end with the mark of a sentence, behind which at most one mark closes what is no note."""
        last, before = self.codes[self.ends - 1], self.codes[self.ends - 2]
        finals = code_points(FINALS + ".")
        closers = code_points("".join(mark for mark in CLOSING if mark not in ")）"))
        marked = np.isin(last, finals) | (np.isin(last, closers) & np.isin(before, finals))
        return np.asarray(marked & (self.ends - self.starts > _INITIAL))


@cache
def _marks() -> Flags:
    """Return which characters may end a sentence, or close what does."""
    return members_of(FINALS + "." + CLOSING)


@cache
def _screen() -> Screen:
    known, _ = alternatives("roles")
    return Screen([known[form] for form in _LINES], most=1)


@cache
def _forms() -> Screen:
    known, _ = alternatives("roles")
    return Screen([known[form] for form in FORMS], most=1)


def _sheets(pages: Sequence[Page]) -> None:
    """Leave for each page which forms its head may hold, of those that make up a sheet's."""
    heads = [sheets.whole(page) for page in pages]
    starts = np.cumsum([0, *(len(text) + 1 for text in heads)])[:-1]
    held = _heads().possible(code_points("\0".join(heads)), starts)
    sheets.note(pages, held)


@cache
def _heads() -> Screen:
    known, _ = alternatives("roles")
    return Screen([known[form] for form in sheets.FORMS], most=2, lined=True)

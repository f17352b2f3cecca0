"""Garbled text: escapes, wrong codecs, phase slips, forms, invisible characters, what is lost for good."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar, Literal

from corpuskit.clean.coded import can_be_code, coded
from corpuskit.clean.mojibake import gate, table
from corpuskit.clean.mojibake.escapes import escapes
from corpuskit.clean.mojibake.fill import LOST
from corpuskit.clean.mojibake.forms import forms, invisible, narrow
from corpuskit.clean.mojibake.recode import recode
from corpuskit.clean.mojibake.repair import Repairs
from corpuskit.clean.mojibake.seven import seven
from corpuskit.clean.mojibake.statistic import CLEAR, gain
from corpuskit.clean.mojibake.table import MARKS
from corpuskit.clean.mojibake.typos import simplified, typos
from corpuskit.clean.mojibake.work import Change, Work, smallest
from corpuskit.core.codes import code_points
from corpuskit.core.edit import Flag, Proposal
from corpuskit.core.page import Page
from corpuskit.core.span import Span
from corpuskit.core.stage import Stage

__all__ = ["Garbled", "smallest"]

_LOST = re.compile(r"(?:锟斤拷|锟斤|斤拷)+|\ufffd+|烫{3,}|屯{3,}")
_SOFT = re.compile(r"(?:=[0-9A-F]{2}|[ !-<>-~])=\Z")
_BESIDE = re.compile(r"(?<=[\u3001-\u9fff\uff00-\uff60])[?\ufffd]")
_PLACES = "garbled.places"
"""Where a page's cache has the places that the gate found."""
_SHOWS = table.ALONE | table.SIGN | table.SYLLABLE | table.RARE | table.LATIN | table.PIECE | table.WIDE
_Step = Callable[[str], Iterable[Change]]
_ROUNDS = 3
"""A repair can lay bare another damage, as an escape that a control character cut in two."""


class Garbled(Stage, frozen=True):
    """Repair what can be repaired without guessing; flag what cannot.

    Order: escapes, wrong codecs, phase slips, forms, then what is invisible: a control or a soft hyphen can be
    half of a wrongly decoded character, and taking it out first would destroy the other half.
    """

    name: ClassVar[str] = "garbled"
    rules: ClassVar[dict[str, str]] = {
        "garbled.entity": "an HTML entity left in the text, named, decimal or hexadecimal, escaped once or more",
        "garbled.escape": "another escape left in the text: \\u, %u, percent, quoted-printable, HZ, doubled backslash",
        "garbled.codec": "text read in another encoding than it was written in",
        "garbled.phase": "GBK that was cut inside a character and read one byte out of step",
        "garbled.control": "control characters",
        "garbled.invisible": "zero-width characters, soft hyphens and byte order marks inside text",
        "garbled.bidi": "direction marks where no right-to-left script is",
        "garbled.form": "a Kangxi radical, compatibility ideograph or half-width katakana for the ordinary character",
        "garbled.width": "full-width letters and digits (only with width = 'narrow')",
        "garbled.undecodable": "bytes that fit no character, shown as U+FFFD",
        "garbled.suspect": "a repair in which a character stays open: flagged, its candidates in the reason",
        "garbled.typo": "a slip of the hand, as a look-alike or a lost point (only with typos = true): flagged",
        "garbled.lost": "a place where characters are gone for good: flagged, never guessed",
    }
    example: ClassVar[tuple[str, str]] = ("他说&ldquo;水\u200b清了&rdquo;。", "他说“水清了”。")

    width: Literal["keep", "narrow"] = "keep"
    """Whether full-width letters and digits become ASCII."""

    typos: bool = False
    """Whether slips of the hand are flagged: look-alikes, words twice, lost decimal points, stray characters."""

    def ahead(self, pages: Sequence[Page]) -> None:
        """Take many pages through the gate at once."""
        found = gate.places([page.codes for page in pages], wide=self.width == "narrow")
        for page, places in zip(pages, found, strict=True):
            page.cache[_PLACES] = places.tolist()

    def propose(self, page: Page) -> Iterable[Proposal]:
        """Return minimal edits for the lines that the gate lets through, and flags for what is lost."""
        if _PLACES not in page.cache:
            self.ahead([page])
        if page.cache[_PLACES]:
            yield from self._repaired(page)
        if self.typos:
            text, simple = page.text, simplified(page.text)
            for line in page.lines:
                yield from typos(text, line.start, line.end, simplified=simple)

    def _repaired(self, page: Page) -> Iterator[Proposal]:
        found = list(_lines(page.text, page.cache[_PLACES]))
        repairs = Repairs(page.text, [page.text[start:end] for start, end in found])
        marks = [match.start() for match in _BESIDE.finditer(page.text)]
        if marks and repairs.slipped():
            # where some characters were cut, marks beside others are looked at too, however short the run
            found = list(_lines(page.text, sorted([*page.cache[_PLACES], *marks])))
        read = [(start, end, list(self._line(page.text[start:end], start, repairs))) for start, end in found]
        asked = any(made and can_be_code(page.text[start:end]) for start, end, made in read)
        programs = {page.lines[at].start for at in coded(page)} if asked else set()
        for start, end, made in read:
            yield from self._line(page.text[start:end], start, None) if start in programs else made

    def _line(self, text: str, start: int, repairs: Repairs | None) -> Iterator[Proposal]:
        work = Work(text)
        if repairs is None:
            # a program writes escapes, and text that was read wrongly, on purpose
            work.apply(invisible(work.text))
        else:
            self._mend(work, repairs)
        for edit in work.edits(start):
            yield edit
            if LOST in edit.text:
                yield Flag(edit.span, "garbled.suspect", 0.5, edit.reason)
        for match in _LOST.finditer(text):
            span = Span(start + match.start(), start + match.end())
            yield Flag(span, "garbled.lost", 0.9, f"{match[0][:12]!r} stands where characters are gone")

    def _mend(self, work: Work, repairs: Repairs) -> None:
        """Take a line through the steps, once more where a repair may have laid bare another damage."""
        decoding: list[_Step] = [escapes, seven, repairs.latin, recode, repairs.utf8, repairs.parts]
        slipping: list[_Step] = [repairs.phase, repairs.big5, repairs.stops]
        rest: list[_Step] = [forms, repairs.katakana, invisible, *([narrow] if self.width == "narrow" else [])]
        for _ in range(_ROUNDS):
            changed = False
            for step in decoding:
                if work.apply(step(work.text)):
                    changed = True
                    if not (repairs.shifted or _odd(work.text)):
                        return
            for step in slipping:
                work.apply(step(work.text))
            for step in rest:
                changed |= work.apply(step(work.text))
            if not (changed and _odd(work.text)):
                return


def _odd(text: str) -> bool:
    """Say whether a line has any character that damage may show in."""
    return bool((table.classes().take(code_points(text)) & _SHOWS).any())


def _lines(text: str, places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the range of each line that has one of the places."""
    last = -1
    for at in places:
        if at > last:
            start = _start(text, at, last)
            last = _end(text, at)
            yield start, last


def _start(text: str, at: int, last: int) -> int:
    """Return where a line begins, or the line before it that was wrapped inside a character."""
    start = text.rfind("\n", 0, at) + 1
    while start > 1:
        end = start - 1 - (text[start - 2] == "\r")
        if end <= last or not _cut(text, end, start):
            break
        start = text.rfind("\n", 0, end) + 1
    return start


def _end(text: str, at: int) -> int:
    """Return where a line ends; quoted-printable breaks its own with ``=``, and a slip can go on."""
    while True:
        end = text.find("\n", at)
        if end < 0:
            return len(text)
        if text[end - 1 : end] == "\r":
            end -= 1
        after = text.find("\n", end) + 1
        if not _SOFT.search(text, max(at, end - 3), end) and not _cut(text, end, after):
            return end
        at = after


def _cut(text: str, end: int, after: int) -> bool:
    """Say whether a line was wrapped inside a character: its half is a mark, and what follows is out of step."""
    if text[end - 1 : end] not in tuple(MARKS):
        return False
    gains, sizes = gain(code_points(text[after : after + 6]))
    return bool(len(gains)) and bool(sizes[0] >= 3) and bool(gains[0] > CLEAR)

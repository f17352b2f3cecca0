"""What each line of a page shows, by itself, of being a half of a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from corpuskit.core.codes import CodePoints
from corpuskit.core.lexicon import forms
from corpuskit.core.page import Char, Page
from corpuskit.core.terms import Floats, Ints
from corpuskit.segment import cuts, halves
from corpuskit.segment.boundaries import Part
from corpuskit.segment.echo import Echo
from corpuskit.segment.flow import LEAST, MOST, Flow
from corpuskit.segment.model import table
from corpuskit.segment.shapes import Cast, Role, ends
from corpuskit.segment.starts import ABOVE

Flags = npt.NDArray[np.bool_]

_HIRAGANA, _HAN, _HANGUL = 0x3041, 0x3400, 0xA000
"""Where the scripts begin in which particles and endings are written, and that which stands between them."""
_OPENERS, _MARKS = '“‘「『【（(《"〈', "，。、；：！？,.;:!?”’）)」』》…—"
_ENDING = re.compile(
    "(?:[은는이가을를의에로와과도만다]|으로|에서|에게|까지|부터|[었았였했]다?|습니다|니다)(?![가-힣])|[をがはにでと](?=[\u4e00-\u9fff])"
)
"""Particles and endings of Korean and of Japanese: they stand behind a word."""
_SHORT = 30
"""Characters below which a line may be a name, an address or an advertisement."""
_QUOTED = 8
"""Least characters of a line that may be a sentence quoted beside the text."""
_MARKED = ("a mark comes next", "a suffix comes next", "quote comes next")
_HEADED = ("behind a headline", "begins a part")
_UNDER = (
    *("under a headline", "under two headlines", "under a signed headline", "under a signature", "under a caption"),
    "under nothing",
)
_CLOSER = (
    *("lead", "dateline", "number", "begins in a capital", "onward", "indented", "begins with a sign"),
    *("said elsewhere", "labelled", "unfinished", "under an end"),
)
"""Signs of a line by itself that take a closer look."""
_TINY = 8
"""Most characters of a tiny remainder."""


class Field:
    """The lines of a page that stop inside a sentence, and those that may read on from them."""

    def __init__(self, page: Page, cast: Sequence[Cast], parts: Sequence[Part]) -> None:
        self.page, self.cast, self.parts = page, cast, parts
        self.flow = Flow.of(page, cast)
        self.rows, self.columns = self.flow.rows, self.flow.columns
        self.first = {part.lines[0]: bool(part.heads) for part in parts if part.lines}
        self.last = {part.lines[-1] for part in parts if part.lines}
        self.echo = Echo(page)
        self._own: dict[int, float] = {}
        self._none: dict[int, float] = {}

    @cached_property
    def indented(self) -> list[bool]:
        """Whether each line is indented."""
        return cuts.indents(self.page)

    @cached_property
    def indents(self) -> bool:
        """Whether the page indents its paragraphs."""
        return sum(self.indented[i] for i in self.columns) > 0.4 * len(self.columns)

    def none(self, row: int) -> dict[str, float]:
        """Return what speaks for a line's reading on nowhere on the page."""
        here, count = self.cast[row], self.page.counts[row]
        return {
            "none": 1.0,
            "none, cut for sure": min(4.0, here.stop - 2.5),
            "none, short": here.size < _SHORT,
            "none, no mark inside": not (count[Char.INNER] or count[Char.FINAL]),
            "none, ends a part": row in self.last,
        }

    def nowhere(self, row: int) -> float:
        """Return what a line weighs that reads on nowhere on the page."""
        if row not in self._none:
            self._none[row] = table("joins").of(self.none(row))
        return self._none[row]

    def near(self, row: int) -> list[int]:
        """Return the lines that may read on from a line, in page order."""
        return self.flow.near(row)

    def weight(self, column: int) -> float:
        """Return what a line weighs that may read on from another, whichever that is."""
        if column not in self._own:
            self._own[column] = table("joins").of(self.alone(column))
        return self._own[column]

    def alone(self, column: int) -> dict[str, float]:
        """Return what a line shows that may read on from another, whichever that is."""
        then, right = self.cast[column], self.page.lines[column].text
        whole = ends(right)
        return {
            **cuts.begins(right),
            "lead": then.lead > 0,
            "dateline": then.lead == 2,
            "number": then.numbered,
            "begins in a capital": right[0].isupper(),
            "begins with an ending": _ENDING.match(right) is not None,
            "begins as sentences do": self.flow.opens[column] / 4,
            "onward": forms("roles")["onward"].match(right) is not None,
            "indented": self.indented[column],
            "flush": self.indents and not self.indented[column],
            "tiny remainder": then.size <= _TINY and whole,
            "seldom begins words": halves.seldom(right[0]),
            "remainder": then.size < cuts.REMAINDER and whole,
            "begins with a sign": not right[0].isalnum() and right[0] not in _OPENERS + _MARKS,
            "said elsewhere": then.size >= _QUOTED and self._again(right),
            "labelled": "：" in right[:8] or ":" in right[:8],
            "unfinished": not whole and not then.dangling,
            "behind a headline": self.first.get(column, False),
            "begins a part": not self.first.get(column, True),
            **self._under(column),
        }

    def _under(self, column: int) -> dict[str, float]:
        """Return what stands right above a line; a sign that is not there is 0."""
        if column and self.cast[column - 1].role is Role.BODY:
            return {"under an end": self.cast[column - 1].ended}
        above = [self.cast[i].role for i in range(column - 1, max(-1, column - 5), -1)]
        run = above[: next((i for i, role in enumerate(above) if role not in ABOVE), len(above))]
        return {
            "under a headline": run[:1] == [Role.HEAD],
            "under two headlines": run[:2] == [Role.HEAD] * 2,
            "under a signed headline": Role.HEAD in run and run[0] is not Role.HEAD,
            "under a signature": bool(run) and Role.HEAD not in run,
            "under a caption": above[:1] == [Role.CAPTION],
            "under an end": column > 0 and self.cast[column - 1].ended,
            "under nothing": column == 0,
        }

    def _again(self, text: str) -> bool:
        """Say whether the page says a line once more: a sentence quoted in large type beside the text."""
        bare = text.strip(cuts.CLOSERS + _OPENERS)
        return self.page.text.count(bare) > 1


def most(texts: Sequence[str], first: CodePoints, size: Ints, begins: Flags, flush: Flags, text_above: Flags) -> Floats:
    """Return the most that lines may weigh by themselves, shape (lines,): :meth:`Field.weight` is no more.

    ``first`` are their first characters, ``size`` how many they have without white space; ``begins``: where a part
    may begin, ``flush``: on pages that indent their paragraphs, ``text_above``: right below a line of text.
    """
    ending = (first >= _HIRAGANA) & ((first < _HAN) | (first >= _HANGUL))
    known = table("joins")
    opens = known["begins as sentences do"] / 4
    out = np.full(len(texts), _at_most(*_CLOSER) + 3.0 * abs(known["seldom begins words"]))
    out += max(opens * LEAST, opens * MOST)
    out += _at_most(*_MARKED) * np.array([bool(cuts.begins(text)) for text in texts])
    out += _at_most("begins with an ending") * ending
    out += _at_most("remainder") * (size < cuts.REMAINDER) + _at_most("tiny remainder") * (size <= _TINY)
    out += _at_most(*_HEADED) * begins + _at_most("flush") * flush + _at_most(*_UNDER) * ~text_above
    return out


def _at_most(*signs: str) -> float:
    """Return the most that some signs weigh together, each of which is there or not."""
    return sum(max(0.0, table("joins")[sign]) for sign in signs)

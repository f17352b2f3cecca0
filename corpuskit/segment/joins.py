"""Which cut sentence reads on where: pairs of lines scored by learned weights, chosen together over the page."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from corpuskit.core.lexicon import forms
from corpuskit.core.page import Char, Page
from corpuskit.core.pairs import pairs
from corpuskit.segment import cuts, halves
from corpuskit.segment.assign import Scores, assigned
from corpuskit.segment.boundaries import Part
from corpuskit.segment.echo import Echo
from corpuskit.segment.flow import Flow
from corpuskit.segment.model import table
from corpuskit.segment.shapes import WRAPPED, Cast, Role, ends, onward
from corpuskit.segment.starts import ABOVE
from corpuskit.segment.subjects import Subjects

_OPENERS, _MARKS = '“‘「『【（(《"〈', "，。、；：！？,.;:!?”’）)」』》…—"
_ENDING = re.compile(
    "(?:[은는이가을를의에로와과도만다]|으로|에서|에게|까지|부터|[었았였했]다?|습니다|니다)(?![가-힣])|[をがはにでと](?=[\u4e00-\u9fff])"
)
"""Particles and endings of Korean and of Japanese: they stand behind a word."""
_SHORT = 30
"""Characters below which a line may be a name, an address or an advertisement."""
_QUOTED = 8
"""Least characters of a line that may be a sentence quoted beside the text."""
SURE = 0.25
"""Least margin, in nats, by which a join has to win; others stay open."""
CERTAIN = 2.0
"""Margin from which a join needs no flag."""


class Join(NamedTuple):
    """A cut sentence and the line on which it reads on."""

    before: int
    after: int
    margin: float
    """By how much, in nats, the join wins over the next best pairing, or over none."""


def weigh(signs: Mapping[str, float]) -> float:
    """Return the log odds that two lines with these signs are halves of one sentence."""
    return table("joins").of(signs)


class Field:
    """What the pairs of a page's lines are judged by."""

    def __init__(self, page: Page, cast: Sequence[Cast], parts: Sequence[Part]) -> None:
        self.page, self.cast = page, cast
        self.part = {line: at for at, part in enumerate(parts) for line in (*part.heads, *part.lines)}
        self.first = {part.lines[0]: bool(part.heads) for part in parts if part.lines}
        self.last = {part.lines[-1] for part in parts if part.lines}
        self.loose = {line for part in parts if not part.heads for line in part.lines}
        """The lines of parts without a headline: they go on from somewhere, unless they open the page."""
        self.whole = len(parts) == 1
        """Whether the page was not cut, so that its lines stand as they are read."""
        self._turns = page.cache.get("layout.turns")
        self._echo = Echo(page)
        self._flow = Flow.of(page, cast)
        self.rows, self.columns = self._flow.rows, self._flow.columns
        self._subjects = Subjects(page, cast)
        self._own: dict[int, float] = {}
        self._ends: dict[int, bool] = {}
        self._begins: dict[int, bool] = {}

    @cached_property
    def indented(self) -> list[bool]:
        """Whether each line is indented."""
        return cuts.indents(self.page)

    @cached_property
    def indents(self) -> bool:
        """Whether the page indents its paragraphs."""
        return sum(self.indented[i] for i in self.columns) > 0.4 * len(self.columns)

    @cached_property
    def _text(self) -> list[int]:
        """The lines between two others that set them apart, in page order."""
        return [i for i, here in enumerate(self.cast) if here.role in (Role.BODY, Role.HEAD, Role.BOX)]

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

    def near(self, row: int) -> list[int]:
        """Return the lines that may read on from a line, in page order."""
        return self._flow.near(row)

    def score(self, row: int, column: int) -> float:
        """Return the log odds that two lines are halves of one sentence."""
        if column not in self._own:
            self._own[column] = weigh(self._alone(column))
        return self._own[column] + weigh(self._both(row, column))

    def signs(self, row: int, column: int) -> dict[str, float]:
        """Return what speaks for and against two lines being halves of one sentence."""
        return self._alone(column) | self._both(row, column)

    def _alone(self, column: int) -> dict[str, float]:
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
            "begins as sentences do": self._flow.opens[column] / 4,
            "onward": forms("roles")["onward"].match(right) is not None,
            "indented": self.indented[column],
            "flush": self.indents and not self.indented[column],
            "tiny remainder": then.size <= 8 and whole,
            "seldom begins words": halves.seldom(right[0]),
            "remainder": then.size < 30 and whole,
            "begins with a sign": not right[0].isalnum() and right[0] not in _OPENERS + _MARKS,
            "said elsewhere": then.size >= _QUOTED and self._again(right),
            "labelled": "：" in right[:8] or ":" in right[:8],
            "unfinished": not whole and not then.dangling,
            "behind a headline": self.first.get(column, False),
            "begins a part": not self.first.get(column, True),
            **self._under(column),
        }

    def _under(self, column: int) -> dict[str, float]:
        """Return what stands right above a line."""
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

    def _both(self, row: int, column: int) -> dict[str, float]:
        """Return what only the two lines together show."""
        left, right = self.page.lines[row].text, self.page.lines[column].text
        opened = self._end(row)
        unopened = self._begin(column)
        bond = pairs().bond(left[-1], right[0])
        return {
            **self._place(row, column),
            **self._flow.signs(row, column),
            **self._subjects.signs(row, column),
            **cuts.bonds(left, right, opened, bond),
            "a word of the page": self._echo.length(left, right) / 3,
            "closes nothing": unopened and not opened,
            "kana behind a character": "\u3041" <= right[0] <= "\u3096" and "\u4e00" <= left[-1] <= "\u9fff",
            "a hyphen and a small letter": left[-1] == "-" and right[0].islower(),
            "a small letter": right[0].islower() and left[-1].isascii(),
            **halves.hyphenated(left, right),
        }

    def _jumps(self, row: int, column: int) -> float:
        """Return how many jump lines lead from one line to another: one below the first, one above the second."""
        lines = self.page.lines
        below = row + 1 < len(lines) and self.cast[row + 1].role is Role.JUMP and onward(lines[row + 1].text)
        above = column > 0 and self.cast[column - 1].role is Role.JUMP and not onward(lines[column - 1].text)
        return float(below) + float(above) if column != row + 2 else 0.0

    def _end(self, row: int) -> bool:
        """Return whether a line leaves a quotation or bracket open."""
        if row not in self._ends:
            self._ends[row] = cuts.opened(self.page.lines[row].text)
        return self._ends[row]

    def _begin(self, column: int) -> bool:
        """Return whether a line closes what it does not open."""
        if column not in self._begins:
            self._begins[column] = halves.unopened(self.page.lines[column].text)
        return self._begins[column]

    def _place(self, row: int, column: int) -> dict[str, float]:
        low = bisect_right(self._text, row)
        skipped = self._text[low : max(low, bisect_left(self._text, column))]
        one, few = len(skipped) == 1, 1 < len(skipped) <= 6
        opening = sum(self._flow.opens[i] for i in skipped[:6]) / (4 * max(1, len(skipped)))
        same = self.part.get(row) == self.part.get(column)
        turn = self._turns is not None and self._turns[row]
        return {
            "adjacent": column > row and len(skipped) == turn,
            "skips a line": one and same and not turn,
            "skips a short sentence": one and not turn and self.cast[skipped[0]].size < 45,
            "skips a few lines": few and same,
            "skips a box": same and 0 < len(skipped) <= 7 and self.cast[skipped[0]].role is Role.BOX,
            "skips beginnings of sentences": opening if one or few else 0.0,
            "skips rows": few and all(self.cast[i].size < 30 for i in skipped),
            "backwards": column < row,
            "distance": math.log(1 + abs(column - row)),
            "another part": not same,
            "into text without a headline": not same and column in self.loose,
            "back into text without a headline": not same and column < row and column in self.loose,
            "from the end of a part": not same and row in self.last,
            "backwards in one article": column < row and self.whole,
            "distance in one article": self.whole * math.log(1 + abs(column - row)),
            "a jump leads here": self._jumps(row, column),
            "behind a cut": column > 0 and column - 1 != row and self.cast[column - 1].dangling and not turn,
        }


def joins(page: Page, cast: Sequence[Cast], parts: Sequence[Part]) -> list[Join]:
    """Return the joins of a page, in page order; each line reads on at one line at most, and from one.

    The sum of the log odds is greatest over all such choices (the assignment problem). The margin of a join is what
    it wins over the next best line for either of its halves, and over staying open.
    """
    if not any(here.dangling for here in cast):
        return []
    field = Field(page, cast, parts)
    sure = [Join(row, row + 1, WRAPPED) for row in field.rows if cast[row].stop >= WRAPPED]
    ends_, begins = {join.before for join in sure}, {join.after for join in sure}
    open_ = [row for row in field.rows if row not in ends_]
    scores: list[dict[int, float]] = []
    for row in open_:
        none = weigh(field.none(row))
        scores.append({column: field.score(row, column) - none for column in field.near(row) if column not in begins})
    found = assigned(scores)
    margins = _margins(scores, found)
    return sorted([*sure, *(Join(open_[row], column, margins[row]) for row, column in found)])


def _margins(scores: Scores, found: Sequence[tuple[int, int]]) -> dict[int, float]:
    """Return for each row that found its column what the pair wins over the next best for either, or over none.

    What another row would win by the column counts less what that row has now, and what a column would give less
    what it gives now: a pair is not in doubt because of one that is better off elsewhere.
    """
    own = {row: scores[row][column] for row, column in found}
    given = {column: own[row] for row, column in found}
    wanted = dict.fromkeys(given, 0.0)
    column_of = dict(found)
    for row, held in enumerate(scores):
        for column, score in held.items():
            if column in wanted and column_of.get(row) != column:
                wanted[column] = max(wanted[column], score - own.get(row, 0.0))
    margins = {}
    for row, column in found:
        others = [score - given.get(other, 0.0) for other, score in scores[row].items() if other != column]
        margins[row] = own[row] - max(0.0, wanted[column], *others)
    return margins


def between(left: str, right: str) -> str:
    """Return what stands between two halves of a sentence: a blank between spaced scripts, nothing else.

    >>> between("the old", "bus"), between("河边的空", "地"), between("同时用 App", "扫码")
    (' ', '', '')
    """
    spaced = (
        left[-1] < "\u0500" and left[-1] not in "“‘（([—…-" and right[0] < "\u0500" and right[0] not in "”’）)]—…,.;:!?"
    )
    hangul = "\uac00" <= left[-1] < "\ud7a4" and "\uac00" <= right[0] < "\ud7a4"
    return " " if spaced or hangul else ""

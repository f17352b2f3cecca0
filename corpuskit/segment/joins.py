"""Which cut sentence reads on where: pairs of lines scored by learned weights, chosen together over the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from corpuskit.core.gather import gathered
from corpuskit.core.page import Page
from corpuskit.segment.assign import Scores, assigned
from corpuskit.segment.boundaries import Part
from corpuskit.segment.partners import Partners
from corpuskit.segment.shapes import WRAPPED, Cast
from corpuskit.segment.ways import Field

SURE = 0.1
"""Least margin, in nats, by which a join has to win; others stay open."""
CERTAIN = 2.5
"""Margin from which a join needs no flag."""
_TOGETHER = 1 << 12
"""Pairs of lines that are scored at once: enough for many short pages, and little memory on a long one."""


class Join(NamedTuple):
    """A cut sentence and the line on which it reads on."""

    before: int
    after: int
    margin: float
    """By how much, in nats, the join wins over the next best pairing, or over none."""


def joins(page: Page, cast: Sequence[Cast], parts: Sequence[Part]) -> list[Join]:
    """Return the joins of a page, in page order; each line reads on at one line at most, and from one.

    The sum of the log odds is greatest over all such choices (the assignment problem). The margin of a join is what
    it wins over the next best line for either of its halves, and over staying open.
    """
    return joins_each([Field(page, cast, parts)])[0]


def joins_each(fields: Sequence[Field]) -> list[list[Join]]:
    """Return the joins of each of several pages."""
    ways = [_Ways(field) for field in fields]
    for group in gathered([way for way in ways if way.near], _Ways.size, _TOGETHER):
        partners = Partners([way.field for way in group])
        asked = ((at, row, columns) for at, way in enumerate(group) for row, columns in way.near.items())
        for some in gathered(asked, lambda one: len(one[2]), _TOGETHER):
            scores = iter(partners.scores(some))
            for at, row, columns in some:
                group[at].enter(row, [next(scores) for _ in columns])
    return [way.joins() for way in ways]


class _Ways:
    """The ways in which the cut lines of a page may read on."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self._sure = [Join(row, row + 1, WRAPPED) for row in field.rows if field.cast[row].stop >= WRAPPED]
        ends, begins = {join.before for join in self._sure}, {join.after for join in self._sure}
        self.near = {
            row: [column for column in field.near(row) if column not in begins] for row in field.rows if row not in ends
        }
        """The lines at which each line may read on of which it is not sure."""
        self._won: list[dict[int, float]] = []

    def size(self) -> int:
        """Return how many pairs of lines there are to be scored."""
        return sum(map(len, self.near.values()))

    def enter(self, row: int, scores: Sequence[float]) -> None:
        """Take the log odds that a line reads on at each of the lines near it; rows come in order."""
        none = self.field.nowhere(row)
        self._won.append({column: score - none for column, score in zip(self.near[row], scores, strict=True)})

    def joins(self) -> list[Join]:
        """Return the joins, once all lines are entered."""
        rows, found = [*self.near], assigned(self._won)
        margins = _margins(self._won, found)
        return sorted([*self._sure, *(Join(rows[row], column, margins[row]) for row, column in found)])


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

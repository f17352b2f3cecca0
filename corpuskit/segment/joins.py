"""Which cut sentence reads on where: pairs of lines scored by learned weights, chosen together over the page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page
from corpuskit.core.pairs import pairs
from corpuskit.segment import cuts
from corpuskit.segment.boundaries import Part
from corpuskit.segment.model import table
from corpuskit.segment.roles import WRAPPED, Cast, Role, ends

WINDOW = 60
"""Lines before and behind a cut sentence among which its other half is looked for."""
SURE = 0.25
"""Least margin, in nats, by which a join has to win; others stay open."""
CERTAIN = 2.0
"""Margin from which a join needs no flag."""
_NEVER = -1e6


class Join(NamedTuple):
    """A cut sentence and the line on which it reads on."""

    before: int
    after: int
    margin: float
    """By how much, in nats, the join wins over the next best pairing, or over none."""


def weigh(signs: Mapping[str, float]) -> float:
    """Return the log odds that two lines with these signs are halves of one sentence."""
    known = table("joins")
    return sum(known.get(name, 0.0) * value for name, value in signs.items())


class Field:
    """What the pairs of a page's lines are judged by."""

    def __init__(self, page: Page, cast: Sequence[Cast], parts: Sequence[Part]) -> None:
        self.page, self.cast = page, cast
        self.part = {line: at for at, part in enumerate(parts) for line in (*part.heads, *part.lines)}
        self.first = {part.lines[0]: bool(part.heads) for part in parts if part.lines}
        self.rows = [i for i, here in enumerate(cast) if here.dangling and here.role is Role.BODY]
        self.columns = [i for i, here in enumerate(cast) if here.role is Role.BODY]
        self.indented = cuts.indents(page)
        self.indents = sum(self.indented[i] for i in self.columns) > 0.4 * len(self.columns)

    def none(self, row: int) -> dict[str, float]:
        """Return what speaks for a line's reading on nowhere on the page."""
        return {"none": 1.0, "none, cut for sure": min(4.0, self.cast[row].stop - 2.5)}

    def near(self, row: int) -> list[int]:
        """Return the lines that may read on from a line, in page order."""
        return [column for column in self.columns if column != row and abs(column - row) <= WINDOW]

    def signs(self, row: int, column: int) -> dict[str, float]:
        """Return what speaks for and against two lines being halves of one sentence."""
        page, then = self.page, self.cast[column]
        left, right = page.lines[row].text, page.lines[column].text
        return {
            **self._place(row, column),
            **cuts.seam(left, right),
            "a word of the page": _echo(page.text, left, right),
            "a known triple": _triple(left, right),
            "closes nothing": float(_unopened(right) and not cuts.opened(left)),
            "lead": float(then.lead > 0),
            "dateline": float(then.lead == 2),
            "number": float(then.numbered),
            "onward": float(forms("roles")["onward"].match(right) is not None),
            "indented": float(self.indented[column]),
            "flush": float(self.indents and not self.indented[column]),
            "tiny remainder": float(then.size <= 8 and ends(right)),
            "seldom begins words": _seldom(right[0]),
            "remainder": float(then.size < 30 and ends(right)),
            "labelled": float(any(mark in right[:8] for mark in "：:")),
            "unfinished": float(not ends(right) and not then.dangling),
        }

    def _place(self, row: int, column: int) -> dict[str, float]:
        skipped = [i for i in range(row + 1, column) if self.cast[i].role in (Role.BODY, Role.HEAD, Role.BOX)]
        same = self.part.get(row) == self.part.get(column)
        boxed = bool(skipped) and self.cast[skipped[0]].role is Role.BOX and len(skipped) <= 7
        return {
            "adjacent": float(column > row and not skipped),
            "skips a line": float(len(skipped) == 1 and same),
            "skips a short sentence": float(len(skipped) == 1 and self.cast[skipped[0]].size < 45),
            "skips a few lines": float(1 < len(skipped) <= 6 and same),
            "skips a box": float(boxed and same),
            "skips rows": float(1 < len(skipped) <= 6 and all(self.cast[i].size < 30 for i in skipped)),
            "backwards": float(column < row),
            "distance": math.log(1 + abs(column - row)),
            "another part": float(not same),
            "behind a headline": float(self.first.get(column, False)),
            "begins a part": float(not self.first.get(column, True)),
            "behind a cut": float(column > 0 and column - 1 != row and self.cast[column - 1].dangling),
        }


def _seldom(char: str) -> float:
    """Return how much more often a character stands inside or at the end of a word than at its beginning."""
    known = pairs()
    simple = known.simplified.get(char, char)
    if not "\u4e00" <= simple <= "\u9fff":
        return 0.0
    return max(-3.0, min(3.0, (known.end.get(simple, 3) - known.begin.get(simple, 3)) / 2))


def _echo(text: str, left: str, right: str) -> float:
    """Return how long a string across the break the page has elsewhere, in characters, six at most."""
    best = 0
    for a in (1, 2, 3):
        for b in (1, 2, 3):
            held = left[-a:] + right[:b]
            if a + b > best and len(held) == a + b and held.isalnum() and held in text:
                best = a + b
    return best / 3


def _triple(left: str, right: str) -> float:
    """Return how well three characters across the break hang together, whichever side has two."""
    known = pairs()
    one = known.bond(left[-1], right[0])
    sides = [
        known.bond(left[-2], left[-1]) if len(left) > 1 else 0.0,
        known.bond(right[0], right[1]) if len(right) > 1 else 0.0,
    ]
    return max(-3.0, min(3.0, (one - min(4.0, max(sides))) / 4))


def _unopened(text: str) -> bool:
    """Say whether a line closes a quotation or bracket that it does not open."""
    for pair in ("“”", "（）", "「」", "《》", "『』"):
        shut, first = text.find(pair[1]), text.find(pair[0])
        if shut >= 0 and (first < 0 or shut < first):
            return True
    return False


def joins(page: Page, cast: Sequence[Cast], parts: Sequence[Part]) -> list[Join]:
    """Return the joins of a page, in page order; each line reads on at one line at most, and from one.

    The sum of the log odds is greatest over all such choices (the assignment problem). The margin of a join is what
    it wins over the next best line for either of its halves, and over staying open.
    """
    field = Field(page, cast, parts)
    if not field.rows:
        return []
    sure = [Join(row, row + 1, WRAPPED) for row in field.rows if cast[row].stop >= WRAPPED]
    taken = {join.before for join in sure}
    open_ = [row for row in field.rows if row not in taken]
    columns = sorted({column for row in open_ for column in field.near(row)} - {join.after for join in sure})
    if not open_ or not columns:
        return sure
    at = {column: number for number, column in enumerate(columns)}
    scores = np.full((len(open_), len(columns)), _NEVER)
    for number, row in enumerate(open_):
        for column in field.near(row):
            if column in at:
                scores[number, at[column]] = weigh(field.signs(row, column)) - weigh(field.none(row))
    found = [Join(open_[a], columns[b], _margin(scores, a, b)) for a, b in _assigned(scores)]
    return sorted(sure + found)


def _assigned(scores: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return the pairs of rows and columns with positive scores whose sum is greatest."""
    best = scores.argmax(axis=1)
    likely = [row for row in range(len(scores)) if scores[row, best[row]] > 0]
    if len({best[row] for row in likely}) == len(likely):
        return [(row, int(best[row])) for row in likely]
    from scipy.optimize import linear_sum_assignment

    # a column of nothing for each row: staying open scores 0
    rows, columns = linear_sum_assignment(-np.hstack([scores, np.zeros((len(scores), len(scores)))]))
    return [(int(a), int(b)) for a, b in zip(rows, columns, strict=True) if b < scores.shape[1] and scores[a, b] > 0]


def _margin(scores: npt.NDArray[np.float64], row: int, column: int) -> float:
    here = scores[row, column]
    others = np.concatenate([np.delete(scores[row], column), np.delete(scores[:, column], row), [0.0]])
    return float(here - others.max())


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

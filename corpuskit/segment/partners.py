"""What two lines of a page show, together, of being the halves of one sentence; told of several pages at once.

The fixed cost of an array operation is most of its cost on a short page. No page bears on another, nor a pair on the
other pairs that are asked about: what is added up is added one by one, in the same order whatever stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.core.chars import Char
from corpuskit.core.codes import code_points
from corpuskit.core.pairs import pairs
from corpuskit.core.terms import Ints
from corpuskit.segment import cuts, halves
from corpuskit.segment.flow import STEPS
from corpuskit.segment.model import table
from corpuskit.segment.shapes import Cast, Role, onward
from corpuskit.segment.subjects import Subjects
from corpuskit.segment.ways import Field, most

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
Asked = tuple[int, int, Sequence[int]]
"""A page, by its number, a cut line of it and the lines at which that may read on."""

_GAP = Cast(Role.SOURCE, 0, 0.0, numbered=False, lead=0, ended=False)
"""What stands before each page, and behind the last, so that no line has one of another page beside it."""
_BETWEEN = (Role.BODY, Role.HEAD, Role.BOX)
_ONWARD = [ord(mark) for mark in "，、；,;"]
_SLACK = 1e-6
"""Nats by which a sum may differ from one that is added up in another order."""
_FEW, _BOXED = 6, 7
"""Most lines between two that are looked at one by one, and most of a box."""


class Partners:
    """The lines of several pages, one page after another with a gap between; what is told of each is an array."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._fields = fields
        self._base = np.cumsum([1, *(len(field.cast) + 1 for field in fields)])
        """Where each page's lines begin, and (``_bases``) the same as a list."""
        self._bases: list[int] = self._base.tolist()
        self._texts = [text for field in fields for text in ("\n", *(line.text for line in field.page.lines))] + ["\n"]
        cast = [here for field in fields for here in (_GAP, *field.cast)] + [_GAP]
        roles = [here.role for here in cast]
        self._size = np.array([here.size for here in cast])
        self._cut = np.array([here.dangling for here in cast])
        self._body, self._box = (np.array([role is kind for role in roles]) for kind in (Role.BODY, Role.BOX))
        self._first, self._last = (code_points("".join(text[at] for text in self._texts)) for at in (0, -1))
        """First and last character of each line."""
        self._goes = np.isin(self._last, _ONWARD) & ~self._cut
        """Lines that end with a mark behind which a sentence goes on, in the next line as a rule."""
        jumps = [line for line, role in enumerate(roles) if role is Role.JUMP]
        self._onward = self._flags(line for line in jumps if onward(self._texts[line]))
        self._back = self._flags(jumps) & ~self._onward
        """Jump lines that tell where the text below them comes from; the others lead on from the text above."""
        self._text = np.flatnonzero([role in _BETWEEN for role in roles])
        """The lines between two others that set them apart, in order."""
        self._small = np.array([text[0].islower() for text in self._texts])
        lines, text = self._lines_of, self._texts
        self._opened = self._flags(i for i in lines(lambda field: field.rows) if cuts.opened(text[i]))
        """Cut lines that leave a quotation or bracket open, and (``_unopened``) those that close one of others."""
        self._unopened = self._flags(i for i in lines(_bracketed) if halves.unopened(text[i]))
        self._ends = self._flags(lines(lambda field: field.last))
        self._part, self._loose = self._parted()
        self._whole = np.array([len(field.parts) == 1 for field in fields])
        self._opens = np.array([opens for field in fields for opens in (0.0, *field.flow.opens)] + [0.0])
        self._steps = np.array([field.flow.steps for field in fields])
        self._next = np.zeros(len(cast))
        for base, field in zip(self._base.tolist(), fields, strict=False):
            for line, gained in field.flow.following.items():
                self._next[base + line] = gained
        turns = (field.page.cache.get("layout.turns") or [False] * len(field.cast) for field in fields)
        self._turn = np.array([turn for own in turns for turn in (False, *own)] + [False])
        """Cut lines of columns that were read straight across."""
        self._subjects = Subjects([field.page for field in fields], self._base, self._body, self._cut)

    def scores(self, asked: Sequence[Asked]) -> list[float]:
        """Return the log odds that two lines are halves of one sentence, for each line at which one may read on.

        Where they cannot come up to those of reading on nowhere, whatever the line shows by itself, they are -inf.
        """
        both = table("joins").of(self.signs(asked))
        places = [(at, column) for at, _, columns in asked for column in columns]
        none = np.repeat([self._fields[at].nowhere(row) for at, row, _ in asked], [len(near) for _, _, near in asked])
        most = self._most[[self._bases[at] + column for at, column in places]]
        own = np.full(len(places), -np.inf)
        for place in np.flatnonzero(both + most - none > -_SLACK).tolist():
            at, column = places[place]
            own[place] = self._fields[at].weight(column)
        scores: list[float] = (own + both).tolist()
        return scores

    @cached_property
    def _most(self) -> Array:
        """The most that each line may weigh by itself."""
        begins = self._flags(self._lines_of(lambda field: field.first))
        flush = self._flags(self._lines_of(lambda field: field.columns if field.indents else ()))
        text_above = np.append(False, self._body[:-1])
        return most(self._texts, self._first, self._size, begins, flush, text_above)

    def signs(self, asked: Sequence[Asked]) -> dict[str, Array]:
        """Return what only the two lines of each pair together show, arrays of shape (pairs,)."""
        page = np.repeat([at for at, _, _ in asked], [len(columns) for _, _, columns in asked])
        rows = self._base[page] + np.repeat([row for _, row, _ in asked], [len(columns) for _, _, columns in asked])
        columns = self._base[page] + np.array([column for _, _, near in asked for column in near], np.int64)
        texts = [(self._texts[i], self._texts[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)]
        echoes = [self._fields[at].echo.length(*two) for at, two in zip(page.tolist(), texts, strict=True)]
        bond = np.array([pairs().bond(left[-1], right[0]) for left, right in texts])
        last, first, opened, small = self._last[rows], self._first[columns], self._opened[rows], self._small[columns]
        hyphen = small & (last == ord("-"))
        return {
            **self._between(rows, columns),
            **self._placed(page, rows, columns),
            **self._flow(asked, page, rows, columns),
            **self._subjects.signs(page, rows, columns),
            "bond": (bond / 4).clip(-3.0, 3.0),
            "strong bond": bond >= 4,
            "closes what was open": _told(cuts.closes, texts, opened),
            "a word of the page": np.array(echoes) / 3,
            "closes nothing": self._unopened[columns] & ~opened,
            "kana behind a character": (first >= 0x3041) & (first <= 0x3096) & (last >= 0x4E00) & (last <= 0x9FFF),
            "a hyphen and a small letter": hyphen,
            "a small letter": small & (last < 0x80),
            "a word across a hyphen": _told(halves.hyphenated, texts, hyphen),
        }

    def _placed(self, page: Ints, rows: Ints, columns: Ints) -> dict[str, Array]:
        """Return how two lines stand to each other."""
        same, loose, back = self._part[rows] == self._part[columns], self._loose[columns], columns < rows
        far, whole = np.array([math.log(1 + abs(steps)) for steps in (columns - rows).tolist()]), self._whole[page]
        leading = self._onward[rows + 1].astype(float) + self._back[columns - 1]
        return {
            "backwards": back,
            "distance": far,
            "another part": ~same,
            "into text without a headline": ~same & loose,
            "back into text without a headline": ~same & back & loose,
            "from the end of a part": ~same & self._ends[rows],
            "backwards in one article": back & whole,
            "distance in one article": whole * far,
            "a jump leads here": np.where(columns == rows + 2, 0.0, leading),
            "behind a mark that goes on": self._goes[columns - 1] & (columns - 1 != rows),
            "behind a cut": self._cut[columns - 1] & (columns - 1 != rows) & ~self._turn[rows],
        }

    def _between(self, rows: Ints, columns: Ints) -> dict[str, Array]:
        """Return what stands between two lines."""
        same = self._part[rows] == self._part[columns]
        low = self._text.searchsorted(rows, "right")
        count = np.maximum(0, self._text.searchsorted(columns) - low)
        one, few, turn = count == 1, (count > 1) & (count <= _FEW), self._turn[rows]
        skipped = self._text[np.minimum(low[:, None] + np.arange(_FEW), len(self._text) - 1)]
        held = np.arange(_FEW) < count[:, None]
        opening = np.where(held, self._opens[skipped], 0.0).cumsum(axis=1)[:, -1] / (4 * np.maximum(1, count))
        return {
            "adjacent": (columns > rows) & (count == turn),
            "skips a line": one & same & ~turn,
            "skips a short sentence": one & ~turn & (self._size[skipped[:, 0]] < 45),
            "skips a few lines": few & same,
            "skips a box": same & (count > 0) & (count <= _BOXED) & self._box[skipped[:, 0]],
            "skips beginnings of sentences": np.where(one | few, opening, 0.0),
            "skips rows": few & (~held | (self._size[skipped] < 30)).all(axis=1),
        }

    def _flow(self, asked: Sequence[Asked], page: Ints, rows: Ints, columns: Ints) -> dict[str, Array]:
        """Return how lines go on from cut ones, and how others do: those as far apart, and the one above each."""
        gained = [gain for at, row, near in asked for gain in self._fields[at].flow.gained(row, near)]
        first, second = np.array(gained).reshape(-1, 2).T
        place = np.cumsum(self._body)
        steps = place[columns] - place[rows]
        near = (steps > 0) & (steps <= STEPS)
        total, count = self._steps[page, np.where(near, steps - 1, 0)].T
        return {
            "reads on": first / 4,
            "reads on further": second / 4,
            "reads on well": np.maximum(0.0, first + second - 2) / 4,
            "others read on as far": np.where(near, (total - first - second) / (count + 1), 0.0) / 4,
            "behind a cut it reads on from": np.where(columns - 1 != rows, self._next[columns], 0.0) / 4,
        }

    def _flags(self, lines: Iterable[int]) -> Flags:
        out = np.zeros(len(self._texts), np.bool_)
        out[[*lines]] = True
        return out

    def _lines_of(self, held: Callable[[Field], Iterable[int]]) -> list[int]:
        """Return some lines of each page, by their numbers among those of all."""
        each = zip(self._base.tolist(), self._fields, strict=False)
        return [base + line for base, field in each for line in held(field)]

    def _parted(self) -> tuple[Ints, Flags]:
        """Return the part of each line, and which stand in parts without a headline: they go on from somewhere."""
        part, loose = [-1] * len(self._texts), [False] * len(self._texts)
        for base, field in zip(self._base.tolist(), self._fields, strict=False):
            for number, one in enumerate(field.parts):
                for line in (*one.heads, *one.lines):
                    part[base + line], loose[base + line] = number, not one.heads
        return np.array(part), np.array(loose)


def _bracketed(field: Field) -> list[int]:
    """Return the lines of text that hold a bracket or a quotation mark."""
    counts = field.page.counts
    return [line for line in field.columns if counts[line][Char.BRACKET]]


def _told(tell: Callable[[str, str], float], texts: Sequence[tuple[str, str]], where: Flags) -> Array:
    """Return what is told of pairs of lines where it is asked for, 0 of the others."""
    out = np.zeros(len(texts))
    for at in np.flatnonzero(where).tolist():
        out[at] = tell(*texts[at])
    return out


def signs(field: Field, row: int, columns: Sequence[int]) -> list[dict[str, float]]:
    """Return what speaks for and against each of some lines' being the other half of a line."""
    both = {name: of.tolist() for name, of in Partners([field]).signs([(0, row, columns)]).items()}
    return [field.alone(column) | {name: both[name][at] for name in both} for at, column in enumerate(columns)]

"""How well the characters on both sides of a break go together, as running Chinese text has them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from corpuskit.core.characters import Ids, model
from corpuskit.core.codes import CodePoints, code_points
from corpuskit.core.page import Page
from corpuskit.core.terms import Floats, Ints
from corpuskit.lexicon.alphabet import CLASSES
from corpuskit.segment.shapes import WRAPPED, Cast, Role

WINDOW = 60
"""Lines before and behind a cut sentence among which its other half is looked for."""
_STOP = "。"
LEAST, MOST = -2.0, 8.0
"""Nats beyond which a character says no more: a rare one does not speak against a break."""
STEPS = 4
"""Lines of text below a cut one that are looked at on the whole page: columns read straight across take turns."""


class Flow:
    """The ends of a page's cut lines held against the beginnings of its lines of text."""

    def __init__(self, page: Page, rows: Sequence[int], columns: Sequence[int], asked: Sequence[int] = ()) -> None:
        """Take the cut lines, the lines of text, and the cut lines whose other half is going to be asked for."""
        self.page, self.rows, self.columns, self.asked = page, rows, columns, asked
        self.place = {column: at for at, column in enumerate(columns)}
        self.held: dict[tuple[int, int], tuple[float, float]] = {}
        """What two lines gain, as :meth:`gains` tells it."""

    @classmethod
    def of(cls, page: Page, cast: Sequence[Cast]) -> Flow:
        """Return that of a page, which all that ask share."""
        return page.once("layout.flow", lambda: cls._made(page, cast))

    @classmethod
    def _made(cls, page: Page, cast: Sequence[Cast]) -> Flow:
        columns = [line for line, here in enumerate(cast) if here.role is Role.BODY]
        rows = [line for line in columns if cast[line].dangling]
        return cls(page, rows, columns, [line for line in rows if cast[line].stop < WRAPPED])

    def near(self, row: int) -> list[int]:
        """Return the lines that may read on from a line, in page order."""
        low, high = bisect_left(self.columns, row - WINDOW), bisect_right(self.columns, row + WINDOW)
        return [column for column in self.columns[low:high] if column != row]

    def wanted(self) -> list[tuple[int, int]]:
        """Return the pairs of lines of which it is going to be asked."""
        near = ((row, column) for row in self.asked for column in self.near(row))
        return [*dict.fromkeys([*self._below, *near])]

    def gains(self, rows: Ints, columns: Ints) -> Floats:
        """Return what the first two characters of lines gain by following other lines, in nats, shape (pairs, 2).

        The first is held against how often the character is met at all, the second against how often it is met
        behind the first where a sentence begins. 0 where one side of the break is not Chinese.
        """
        return _gains(self.ends[rows], self.begins[columns])

    def gained(self, row: int, columns: Sequence[int]) -> list[tuple[float, float]]:
        """Return what each of some lines gains by following another."""
        if not self.held:
            reckon([self])
        unknown = [column for column in columns if (row, column) not in self.held]
        if unknown:
            found = map(tuple, self.gains(np.full(len(unknown), row), np.array(unknown)).tolist())
            self.held.update(zip(((row, column) for column in unknown), found, strict=True))
        return [self.held[row, column] for column in columns]

    @cached_property
    def opens(self) -> list[float]:
        """How much likelier the first two characters of each line are where a sentence begins than elsewhere."""
        found: list[float] = _opens(self.begins).tolist()
        return found

    @cached_property
    def _below(self) -> list[tuple[int, int]]:
        """Each cut line with each of the next lines of text below it, those nearest first."""
        steps = [(row, self.place[row] + step) for step in range(1, STEPS + 1) for row in self.rows]
        return [(row, self.columns[at]) for row, at in steps if at < len(self.columns)]

    @cached_property
    def steps(self) -> list[tuple[float, int]]:
        """What the lines so many below cut ones gain by following them, together, and how many there are."""
        each: list[list[float]] = [[] for _ in range(STEPS)]
        for row, column in self._below:
            each[self.place[column] - self.place[row] - 1].append(self._both(row, column))
        return [(float(np.sum(of_step)), len(of_step)) for of_step in each]

    @cached_property
    def following(self) -> dict[int, float]:
        """What each line right below a cut one gains by following it."""
        return {column: self._both(row, column) for row, column in self._below if column == row + 1}

    def _both(self, row: int, column: int) -> float:
        [(first, second)] = self.gained(row, [column])
        return first + second

    @cached_property
    def ends(self) -> CodePoints:
        """The last two characters of each line, shape (lines, 2)."""
        return _codes([(_STOP + line.text)[-2:] for line in self.page.lines])

    @cached_property
    def begins(self) -> CodePoints:
        """The first two characters of each line, shape (lines, 2)."""
        return _codes([(line.text + _STOP)[:2] for line in self.page.lines])


def reckon(flows: Sequence[Flow]) -> None:
    """Ask the model at once for all that several pages are going to want of it."""
    if not flows:
        return
    wanted = [flow.wanted() for flow in flows]
    pairs = [np.array(found, np.int64).reshape(-1, 2).T for found in wanted]
    ends = [flow.ends[rows] for flow, (rows, _) in zip(flows, pairs, strict=True)]
    begins = [flow.begins[columns] for flow, (_, columns) in zip(flows, pairs, strict=True)]
    gained = iter(_gains(np.concatenate(ends), np.concatenate(begins)).tolist())
    opens = iter(_opens(np.concatenate([flow.begins for flow in flows])).tolist())
    for flow, found in zip(flows, wanted, strict=True):
        flow.held.update((pair, tuple(next(gained))) for pair in found)
        flow.opens = [next(opens) for _ in flow.page.lines]


def _gains(ends: CodePoints, begins: CodePoints) -> Floats:
    told = _chinese(ends) & _chinese(begins)
    out = np.zeros((len(told), 2))
    if told.any():
        known = model()
        (a, b), (c, d) = known.alphabet.table[ends[told].T], known.alphabet.table[begins[told].T]
        stop = np.full_like(c, known.alphabet.id(_STOP))
        one = known.after(a, b, c) - known.alone(c)
        two = np.where(d == stop, 0.0, known.after(b, c, d) - known.after(stop, c, d))
        out[told] = np.stack([one, two], axis=1) * _told(b, c)[:, None]
    return np.clip(out, LEAST, MOST)


def _opens(begins: CodePoints) -> Floats:
    told = _chinese(begins)
    out = np.zeros(len(told))
    if told.any():
        known = model()
        c, d = known.alphabet.table[begins[told].T]
        stop = np.full_like(c, known.alphabet.id(_STOP))
        found = known.after(stop, stop, c) - known.alone(c) + known.after(stop, c, d) - known.alone(d)
        out[told] = found * _told(c)
    return np.clip(out, LEAST, MOST)


def _codes(twos: Sequence[str]) -> CodePoints:
    return code_points("".join(twos)).reshape(-1, 2)


def _chinese(codes: CodePoints) -> npt.NDArray[np.bool_]:
    """Say which rows hold a character of Chinese."""
    return np.asarray(((codes >= 0x4E00) & (codes <= 0x9FFF)).any(axis=1))


def _told(*ids: Ids) -> npt.NDArray[np.bool_]:
    """Say where the model knows each character by itself, not by its class alone."""
    return np.asarray(np.all([number >= len(CLASSES) for number in ids], axis=0))

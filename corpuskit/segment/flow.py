"""How well the characters on both sides of a break go together, as running Chinese text has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from corpuskit.core.characters import Ids, model
from corpuskit.core.codes import code_points
from corpuskit.core.page import Page
from corpuskit.core.terms import Floats, Ints
from corpuskit.lexicon.alphabet import CLASSES

_STOP = "。"
_LEAST, _MOST = -2.0, 8.0
"""Nats beyond which a character says no more: a rare one does not speak against a break."""
STEPS = 4
"""Lines of text below a cut one that are looked at on the whole page: columns read straight across take turns."""


class Flow:
    """The ends of a page's cut lines held against the beginnings of its lines of text."""

    def __init__(self, page: Page, rows: Sequence[int], columns: Sequence[int]) -> None:
        self._page = page
        self._rows = rows
        self._columns = columns
        self._place = {column: at for at, column in enumerate(columns)}
        self._held: dict[int, dict[int, tuple[float, float]]] = {}

    def look(self, row: int, columns: Sequence[int]) -> None:
        """Work out at once what :meth:`signs` needs of a cut line and of those among which its other half may be."""
        found = self.gains(np.full(len(columns), row), np.array(columns, np.int64))
        self._held[row] = dict(zip(columns, map(tuple, found.tolist()), strict=True))

    def gains(self, rows: Ints, columns: Ints) -> Floats:
        """Return what the first two characters of lines gain by following other lines, in nats, shape (pairs, 2).

        The first is held against how often the character is met at all, the second against how often it is met
        behind the first where a sentence begins. 0 where one side of the break is not Chinese.
        """
        ends, begins = self._ends[rows], self._begins[columns]
        told = _chinese(ends) & _chinese(begins)
        out = np.zeros((len(told), 2))
        if told.any():
            known = model()
            (a, b), (c, d) = known.alphabet.table[ends[told].T], known.alphabet.table[begins[told].T]
            stop = np.full_like(c, known.alphabet.id(_STOP))
            one = known.after(a, b, c) - known.alone(c)
            two = np.where(d == stop, 0.0, known.after(b, c, d) - known.after(stop, c, d))
            out[told] = np.stack([one, two], axis=1) * _told(b, c)[:, None]
        return np.clip(out, _LEAST, _MOST)

    def opens(self) -> Floats:
        """Return how much likelier the first two characters of each line are where a sentence begins than elsewhere."""
        told = _chinese(self._begins)
        out = np.zeros(len(told))
        if told.any():
            known = model()
            c, d = known.alphabet.table[self._begins[told].T]
            stop = np.full_like(c, known.alphabet.id(_STOP))
            found = known.after(stop, stop, c) - known.alone(c) + known.after(stop, c, d) - known.alone(d)
            out[told] = found * _told(c)
        return np.clip(out, _LEAST, _MOST)

    def signs(self, row: int, column: int) -> Mapping[str, float]:
        """Return how a line goes on from a cut one, and how others do: those as far apart, and the one above it."""
        first, second = self._held[row][column]
        step = self._place[column] - self._place[row]
        beside = 0.0
        if 0 < step <= STEPS:
            total, number = self._steps[step - 1]
            beside = (total - first - second) / (number + 1)
        above = self._next.get(column, 0.0) if column - 1 != row else 0.0
        return {
            "reads on": first / 4,
            "reads on further": second / 4,
            "reads on well": max(0.0, first + second - 2) / 4,
            "others read on as far": beside / 4,
            "behind a cut it reads on from": above / 4,
        }

    @cached_property
    def _below(self) -> tuple[Ints, Floats]:
        """Each cut line, a line of text below it and how many lines of text that is, and what that line gains."""
        found = [
            (row, self._columns[self._place[row] + step], step)
            for step in range(1, STEPS + 1)
            for row in self._rows
            if self._place[row] + step < len(self._columns)
        ]
        pairs = np.array(found, np.int64).reshape(-1, 3)
        return pairs, self.gains(pairs[:, 0], pairs[:, 1]).sum(axis=1)

    @cached_property
    def _steps(self) -> list[tuple[float, int]]:
        """What the lines so many below cut ones gain by following them, together, and how many there are."""
        pairs, gained = self._below
        each = [gained[pairs[:, 2] == step] for step in range(1, STEPS + 1)]
        return [(float(of_step.sum()), len(of_step)) for of_step in each]

    @cached_property
    def _next(self) -> dict[int, float]:
        """What a line right below a cut one gains by following it."""
        pairs, gained = self._below
        own = pairs[:, 1] == pairs[:, 0] + 1
        return dict(zip(pairs[own, 1].tolist(), gained[own].tolist(), strict=True))

    @cached_property
    def _ends(self) -> npt.NDArray[np.uint32]:
        """The last two characters of each line, shape (lines, 2)."""
        return _codes([(_STOP + line.text)[-2:] for line in self._page.lines])

    @cached_property
    def _begins(self) -> npt.NDArray[np.uint32]:
        """The first two characters of each line, shape (lines, 2)."""
        return _codes([(line.text + _STOP)[:2] for line in self._page.lines])


def _codes(twos: Sequence[str]) -> npt.NDArray[np.uint32]:
    return code_points("".join(twos)).reshape(-1, 2)


def _chinese(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Say which rows hold a character of Chinese."""
    return np.asarray(((codes >= 0x4E00) & (codes <= 0x9FFF)).any(axis=1))


def _told(*ids: Ids) -> npt.NDArray[np.bool_]:
    """Say where the model knows each character by itself, not by its class alone."""
    return np.asarray(np.all([number >= len(CLASSES) for number in ids], axis=0))

"""Where runs out of step begin and end: the best of two readings of each place of a line, in step and out of it.

Inside a run each pair of neighbours has exactly one reading, so both readings of a whole line are priced at once,
and what remains is the choice, at each place, of the lane to go on in (Viterbi, 1967). A half-known character
at the edge of a run has a fixed price here; who it is, and what it is worth, is found out afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.mojibake.gbk import numbers, old, valid, widened
from corpuskit.clean.mojibake.statistic import gain
from corpuskit.clean.mojibake.table import MARKS
from corpuskit.core.characters import Floats, model
from corpuskit.core.codes import code_points
from corpuskit.lexicon.alphabet import MARKS as FULL

ENTER = 4.0
"""Price of a cut that shows as a mark."""
MASKED = 5.0
"""Price of a cut whose first byte shows as the ASCII character that its low seven bits are."""
HIDDEN = 7.0
"""Price of a cut that does not show."""
LEAVE = 1.0
WRAP = 2.0
"""Price of a line's end inside a character."""
FAINT = 4.0
"""Price of an end that does not show, before a mark or ASCII."""
STRIPPED = 3.0
"""Price of a pair of the user-defined rows that somebody took out."""
UNDEFINED = 4.0
"""Price of a mark that stands for such a pair."""
HALF = 5.5
"""Price of a half-known character, until it is known."""
NARROW = 2.5
"""Price of ASCII that normalisation made of a full-width character."""
ASKED = 5.0
"""Price of a mark that is read for itself out of step."""
SURPRISE = -7.0
"""ln P of a character below which such a pair may be missing before it."""
NEVER = -99.0


class Line(NamedTuple):
    """A line and both its readings; all lists have one number for each character."""

    text: str
    stays: list[float]
    """ln P of each character after the two before it."""
    codes: list[int]
    """The GBK code that it would have inside a run; 0 where none."""
    across: list[float]
    """ln P of what its second byte and the next first byte read, after the two such before; ``NEVER`` if nothing."""
    alone: list[float]
    """The same whatever stands before."""
    doubt: list[float]


class Run(NamedTuple):
    """A run: the range of the line, its first and last characters, how it begins and ends, and its price."""

    start: int
    end: int
    first: int
    last: int
    head: str
    """mark, hidden, or masked."""
    tail: str
    """mark, hidden, faint, or fall: an ASCII letter that was a second byte."""
    gaps: tuple[tuple[int, str], ...]
    """Places inside with a pair lost: stripped before the character there, or undefined at it."""


def lines(texts: Sequence[str]) -> list[Line]:
    """Return the readings of lines, all priced at once."""
    joined = "。。" + "\n。。".join(texts) + "\n"
    points = code_points(joined)
    ids = model().alphabet.table[points]
    stays = model().steps(ids) - model().prices(points)[2:]
    held, price = _codes(points)
    read = (held[:-1] & 0xFF) << 8 | held[1:] >> 8
    fits = (held[:-1] > 0) & (held[1:] > 0) & valid()[read]
    shifted = np.where(fits, numbers()[read], 0).astype(np.uint16)
    cost = old()[read] + price[1:]
    across = np.where(fits[2:], model().steps(shifted) - cost[2:], NEVER)
    alone = np.where(fits, model().alone(shifted) - cost, NEVER)
    doubt, _ = gain(points)
    out, at = [], 2
    for text in texts:
        end = at + len(text)
        column = (stays[at - 2 : end - 2], held[at:end], across[at - 2 : end - 2], alone[at:end], doubt[at:end])
        out.append(Line(text, *(part.tolist() for part in column)))
        at = end + 3
    return out


def _codes(points: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint16], Floats]:
    """Return the code of each character inside a run, and the price of reading it so."""
    held = widened()[points].astype(np.uint16)
    price = np.zeros(len(points), np.float32)
    plain = (points > 0x20) & (points < 0x7F) & (held == 0)
    held[plain] = 0xA380 + points[plain]
    price[plain] = NARROW
    price[np.isin(points, [ord("?"), ord("？")])] = ASKED
    return held, price


class _Lanes:
    """The best price of each place in each lane, and how it was reached."""

    def __init__(self, line: Line) -> None:
        self.line = line
        size = len(line.text) + 1
        self.still, self.out = [-1e9] * size, [-1e9] * size
        self.still_from: list[tuple[bool, int, str]] = [(False, -1, "")] * size
        self.out_from: list[tuple[bool, int, str]] = [(False, -1, "")] * size
        self.still[0] = 0.0
        self.private = any("\ue000" <= char <= "\uf8ff" for char in line.text)

    def into(self, at: int, score: float, origin: tuple[bool, int, str]) -> None:
        """Offer a way into the lane in step."""
        if score > self.still[at]:
            self.still[at], self.still_from[at] = score, origin

    def away(self, at: int, score: float, origin: tuple[bool, int, str]) -> None:
        """Offer a way into the lane out of step."""
        if at < len(self.out) and score > self.out[at]:
            self.out[at], self.out_from[at] = score, origin

    def run(self) -> None:
        """Go through the line."""
        line = self.line
        size = len(line.text)
        for at in range(size):
            score = self.still[at] + line.stays[at]
            if score > self.still[at + 1]:
                self.still[at + 1], self.still_from[at + 1] = score, (False, at, "")
            char = line.text[at]
            if char in MARKS or line.doubt[at] > 0.3 or (char < "x" and self._masks(at)):
                self._enter(at, char)
            if self.out[at] > self.still[at] - 40:
                self._go_on(at, char)
        self.into(size, self.out[size] - FAINT - HALF, (True, size, "faint"))

    def _masks(self, at: int) -> bool:
        """Say whether ASCII may be a masked byte: what follows it is doubtful, or ends soon at a mark."""
        line = self.line
        if at + 1 >= len(line.text) or line.text[at + 1] < "\x80":
            return False
        return line.doubt[at + 1] > 0 or any(char in MARKS for char in line.text[at + 2 : at + 6])

    def _enter(self, at: int, char: str) -> None:
        line, score = self.line, self.still[at]
        if char in MARKS:
            first = at + 1
            while first < len(line.text) and line.text[first] in "\r\n":
                first += 1
            price = ENTER + (WRAP if first > at + 1 else 0.0)
            self.away(first + 1, score - price + self._half(first), (False, at, "mark"))
        elif "0" <= char <= "w" and at + 1 < len(line.text) and line.codes[at + 1]:
            read = (ord(char) | 0x80) << 8 | line.codes[at + 1] >> 8
            if valid()[read]:
                worth = float(model().alone(numbers()[read]))
                self.away(at + 2, score - MASKED + worth, (False, at, "masked"))
        elif char > "\x7f" and line.doubt[at] > 0.3:
            self.away(at + 1, score - HIDDEN + self._half(at), (False, at, "hidden"))

    def _half(self, first: int) -> float:
        """Return the price of entering where ``first`` is the first character of the run."""
        line = self.line
        if first >= len(line.text) or not line.codes[first]:
            return -1e9
        return -HALF + max(0.0, line.alone[first] - line.across[first])

    def _go_on(self, at: int, char: str) -> None:
        line, score = self.line, self.out[at]
        self.away(at + 1, score + line.across[at - 1], (True, at, ""))
        if char in MARKS:
            self.into(at + 1, score - LEAVE - HALF, (True, at, "mark"))
            self.away(at + 2, score - UNDEFINED - HALF + self._half(at + 1), (True, at, "undefined"))
            return
        if line.across[at - 1] < SURPRISE and line.codes[at] and not self.private:
            self.away(at + 1, score - STRIPPED - HALF + self._half(at), (True, at, "stripped"))
        if "@" <= char <= "~" and line.codes[at - 1]:
            read = (line.codes[at - 1] & 0xFF) << 8 | ord(char)
            if valid()[read]:
                self.into(at + 1, score + float(model().alone(numbers()[read])), (True, at, "fall"))
        faint = char < "\x7f" or char in FULL or not line.codes[at]
        if faint or line.doubt[at] < 0:
            self.into(at, score - (FAINT if faint else HIDDEN) - HALF, (True, at, "faint" if faint else "hidden"))
            self._again(at)

    def _again(self, at: int) -> None:
        """Copy the character at a place whose price in step has just become better."""
        score = self.still[at] + self.line.stays[at]
        self.into(at + 1, score, (False, at, ""))

    def runs(self) -> Iterator[Run]:
        """Yield the runs of the best way, last first."""
        at, out = len(self.line.text), False
        end = last = 0
        tail = ""
        gaps: list[tuple[int, str]] = []
        while at > 0:
            was, origin, kind = self.out_from[at] if out else self.still_from[at]
            if not out and was:
                end, tail, gaps = at, kind, []
                last = origin - 1
            elif out and was and kind:
                gaps.append((origin, kind))
            elif out and not was:
                first = at - 1
                yield Run(origin, end, first, last, kind, tail, tuple(reversed(gaps)))
            at, out = origin, was


def runs(line: Line) -> list[Run]:
    """Return the runs of a line that may be out of step, in order."""
    lanes = _Lanes(line)
    lanes.run()
    return list(lanes.runs())[::-1]

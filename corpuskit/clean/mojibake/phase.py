"""Phase slips: GBK cut inside a character, so that a run of bytes was read one out of step.

Inside such a run every byte is known; the two at its ends are lost, and a ``?``, a U+FFFD or nothing stands for
each. The runs of all lines of a page are found and weighed together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import compress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.mojibake import lanes
from corpuskit.clean.mojibake.context import around as sides
from corpuskit.clean.mojibake.fill import Filled, Options, Usage, fill, together
from corpuskit.clean.mojibake.gbk import candidates, old, pairs, shared
from corpuskit.clean.mojibake.lanes import Line, Run, lines, runs
from corpuskit.clean.mojibake.statistic import CLEAR, gain
from corpuskit.clean.mojibake.table import MARKS
from corpuskit.core.characters import likelihoods, model
from corpuskit.core.codes import code_points
from corpuskit.core.late import late

LEAST_GAIN = 6.0
SHIFTS = (-2, -1, 0, 1, 2)
"""Where an edge that does not show may lie, from where it was found."""
GAPS = 16
"""Gaps of a run that it is tried without, one by one, at most."""


class Item(NamedTuple):
    """One character of a reading: known, or the best of several."""

    char: str
    guess: Filled | None = None
    shown: bool = True
    """Whether a mark shows that a byte is lost just there."""
    few: bool = False
    """Whether the other bytes leave few characters to choose from."""


class Slip(NamedTuple):
    """A run to be rewritten: half-open range of the text, the characters that stood there, the gain in ln P."""

    start: int
    end: int
    items: tuple[Item, ...]
    gain: float


LOST = late(r"(?:锟斤拷|锟斤|斤拷)+|\ufffd{2,}|烫{3,}|屯{3,}")
"""Where characters are gone for good: no reading goes across."""
_FIRST = late(rf"[{MARKS}][!;:,?！；：，？。、]*\n*|[0-w](?=[^\x00-\x7f])")
_KANA = late(r"[\u3041-\u30fe]")
_PAIRED = late(rf"[{MARKS}0-w][^\x00-\x7f]{{1,4}}[{MARKS}]")


def suspects(texts: Sequence[str]) -> list[bool]:
    """Say of each of some lines whether any place of it may be out of step."""
    measured, sizes = gain(code_points(_GAP.join(texts)))
    clear, out, at = (measured > CLEAR) & (sizes >= 3), [], 0
    for text in texts:
        end = at + len(text)
        # out of step, one character in twenty is kana; in Japanese, every second one
        japanese = 5 * len(_KANA.findall(text)) > len(text)
        out.append(not japanese and (bool(clear[at:end].any()) or _shows(text, measured[at:end])))
        at = end + len(_GAP)
    return out


_GAP = "\n" * 4
"""Stands between lines: what is no character of GBK ends what the statistic looks ahead at."""


def _shows(text: str, measured: npt.NDArray[np.float64]) -> bool:
    """Say whether a mark, or a byte that shows as ASCII, stands where what follows reads better out of step."""
    if _PAIRED.search(text):
        return True
    doubt: list[float] | None = None
    for match in _FIRST.finditer(text):
        doubt = doubt or [*measured.tolist(), -1.0, -1.0]
        floor = 0.0 if match[0][0] in MARKS else 0.3
        if doubt[match.end()] > floor or (floor == 0.0 and doubt[match.start() + 1] > floor):
            return True
    return False


def slips(texts: Sequence[str], usage: Callable[[], Usage]) -> list[list[Slip]]:
    """Return, for each line, the runs that read better in step, in order."""
    held = [(i, at, part) for i, text in enumerate(texts) for at, part in _parts(text)]
    parts = list(compress(held, suspects([part for _, _, part in held])))
    out: list[list[Slip]] = [[] for _ in texts]
    if parts:
        for (i, at, _), found in zip(parts, _slips([part for _, _, part in parts], usage), strict=True):
            out[i] += [slip._replace(start=slip.start + at, end=slip.end + at) for slip in found]
    return out


def _parts(text: str) -> list[tuple[int, str]]:
    """Return the parts of a line between places where characters are gone, with where they begin."""
    out, last = [], 0
    for match in [*LOST.finditer(text), None]:
        end = match.start() if match else len(text)
        if end - last > 2:
            out.append((last, text[last:end]))
        last = match.end() if match else end
    return out


def _slips(texts: Sequence[str], use: Callable[[], Usage]) -> list[list[Slip]]:
    found = [(i, line, run) for i, line in enumerate(lines(texts)) for run in runs(line)]
    if not found:
        return [[] for _ in texts]
    usage = use()
    weighed = _weighed([(line, run) for _, line, run in found], usage)
    for side in ("gaps", "head", "tail"):
        weighed = _moved([line for _, line, _ in found], weighed, side, usage)
    out: list[list[Slip]] = [[] for _ in texts]
    for (i, _, _), (_, slip) in zip(found, weighed, strict=True):
        apart = not out[i] or out[i][-1].end <= slip.start
        if slip.gain >= LEAST_GAIN and apart:
            out[i].append(slip)
    return out


def _moved(held: list[Line], weighed: list[tuple[Run, Slip]], side: str, usage: Usage) -> list[tuple[Run, Slip]]:
    """Return the runs without a gap that need not be, or with an edge that does not show where it fits best."""
    tried: list[tuple[int, Line, Run]] = []
    for at, (line, (run, _)) in enumerate(zip(held, weighed, strict=True)):
        tried += [(at, line, other) for other in _variants(line, run, side)]
    best = list(weighed)
    for (at, _, _), other in zip(tried, _weighed([(line, run) for _, line, run in tried], usage), strict=True):
        if other[1].gain > best[at][1].gain:
            best[at] = other
    return best


def _variants(line: Line, run: Run, side: str) -> list[Run]:
    if side == "gaps":
        # letters that say nothing have hundreds, and stay what they are without any one of them
        tried = range(len(run.gaps) if len(run.gaps) <= GAPS else 0)
        return [run._replace(gaps=run.gaps[:at] + run.gaps[at + 1 :]) for at in tried]
    if getattr(run, side) not in ("hidden", "faint"):
        return []
    out = []
    for by in SHIFTS:
        first, last = (run.first + by, run.last) if side == "head" else (run.first, run.last + by)
        inside = all(first < place <= last for place, _ in run.gaps)
        if by and 0 <= first < last < len(line.text) and inside and all(line.codes[first : last + 1]):
            out.append(
                run._replace(first=first, start=first) if side == "head" else run._replace(last=last, end=last + 1)
            )
    return out


class _Half(NamedTuple):
    """A half-known character of a run: where among its characters, what is known, whether a mark shows the loss."""

    at: int
    side: str
    byte: int
    shown: bool


class _Reading:
    """What a run reads: its characters, a space for each half-known one, and what it costs to read it so."""

    def __init__(self, line: Line, run: Run) -> None:
        self.chars: list[str] = []
        self.halves: list[_Half] = []
        self.price = 0.0
        self.line, self.run = line, run
        self._head()
        gaps = dict(run.gaps)
        for at in range(run.first + 1, run.last + 1):
            if at in gaps:
                self._gap(at, gaps[at])
            elif gaps.get(at - 1) != "undefined":
                self._known(line.codes[at - 1] & 0xFF, line.codes[at] >> 8)
        self._tail()

    def _known(self, lead: int, trail: int) -> None:
        char = pairs()[lead << 8 | trail]
        self.chars.append(char)
        if char == " ":
            self.price -= lanes.NEVER

    def _half(self, side: str, at: int, *, shown: bool) -> None:
        code = self.line.codes[at]
        byte = code >> 8 if side == "trail" else code & 0xFF
        self.halves.append(_Half(len(self.chars), side, byte, shown))
        self.chars.append(" ")

    def _head(self) -> None:
        line, run = self.line, self.run
        if run.head == "masked":
            self._known(ord(line.text[run.start]) | 0x80, line.codes[run.first] >> 8)
            self.price += lanes.MASKED
            return
        self._half("trail", run.first, shown=run.head == "mark")
        wrapped = run.first > run.start + 1
        self.price += lanes.HIDDEN if run.head == "hidden" else lanes.ENTER + lanes.WRAP * wrapped

    def _gap(self, at: int, kind: str) -> None:
        self._half("private", at - 1, shown=False)
        self._half("trail", at + (kind == "undefined"), shown=False)
        self.price += lanes.UNDEFINED if kind == "undefined" else lanes.STRIPPED

    def _tail(self) -> None:
        line, run = self.line, self.run
        if run.tail == "fall":
            self._known(line.codes[run.last] & 0xFF, ord(line.text[run.end - 1]))
            return
        self._half("lead", run.last, shown=run.tail == "mark")
        self.price += {"mark": lanes.LEAVE, "faint": lanes.FAINT, "hidden": lanes.HIDDEN}[run.tail]


@cache
def _options(side: str, byte: int, *, traditional: bool) -> Options:
    held = candidates(side, byte, traditional=traditional)
    chars = "".join(pairs()[code] for code in held.tolist())
    prices = old()[held] + shared()[held] if chars else old()[:1]
    return Options(chars or "\ufffd", model().ids(chars or "\ufffd"), prices)


def _weighed(found: Sequence[tuple[Line, Run]], usage: Usage) -> list[tuple[Run, Slip]]:
    """Return what runs read and what that gains, their half-known characters filled."""
    if not found:
        return []
    readings = [_Reading(line, run) for line, run in found]
    around = [sides(line.text, run.start, run.end) for line, run in found]
    guesses: list[dict[int, Filled]] = [{} for _ in readings]
    jobs = [(i, half) for i, reading in enumerate(readings) for half in reading.halves]
    _fill(jobs, readings, around, guesses, usage)
    for i, reading in enumerate(readings):
        if _close(reading):
            _together(reading, around[i], guesses[i], usage)
    texts = [
        left[-2:] + "".join(reading.chars) + right[:2] for reading, (left, right) in zip(readings, around, strict=True)
    ]
    after = [new - reading.price for new, reading in zip(likelihoods(texts).tolist(), readings, strict=True)]
    return [
        (run, Slip(run.start, run.end, _items(reading, guess), new - _stays(line, run)))
        for (line, run), reading, guess, new in zip(found, readings, guesses, after, strict=True)
    ]


def _close(reading: _Reading) -> bool:
    """Say whether the two ends of a run, both shown by marks, are context of each other."""
    if len(reading.halves) != 2:
        return False
    first, second = reading.halves
    return second.at - first.at < 3 and first.shown and second.shown


def _together(reading: _Reading, around: tuple[str, str], guess: dict[int, Filled], usage: Usage) -> None:
    """Fill both ends of a short run at once."""
    for half in reading.halves:
        reading.chars[half.at] = " "
    ids = model().ids(around[0] + "".join(reading.chars) + around[1])
    first, second = (_options(half.side, half.byte, traditional=usage.traditional) for half in reading.halves)
    at = np.array([len(around[0]) + half.at for half in reading.halves])
    for half, found in zip(reading.halves, together((first, second), ids, at, usage), strict=True):
        reading.chars[half.at] = found.char
        guess[half.at] = found


def _fill(
    jobs: list[tuple[int, _Half]],
    readings: list[_Reading],
    around: list[tuple[str, str]],
    guesses: list[dict[int, Filled]],
    usage: Usage,
) -> None:
    if not jobs:
        return
    texts = [left + "".join(reading.chars) + right for reading, (left, right) in zip(readings, around, strict=True)]
    starts = np.cumsum([0, *map(len, texts)])
    ids = model().ids("".join(texts))
    at = np.array([starts[i] + len(around[i][0]) + half.at for i, half in jobs])
    options = [_options(half.side, half.byte, traditional=usage.traditional) for _, half in jobs]
    found = fill(options, ids, at, usage)
    for (i, half), guess in zip(jobs, found, strict=True):
        readings[i].chars[half.at] = guess.char
        guesses[i][half.at] = guess


def _stays(line: Line, run: Run) -> float:
    end = min(run.end + 2, len(line.text))
    return sum(line.stays[run.start : end]) - 5.0 * (run.end + 2 - end)


def _items(reading: _Reading, guess: dict[int, Filled]) -> tuple[Item, ...]:
    shown = {half.at: half.shown for half in reading.halves}
    return tuple(Item(char, guess.get(at), shown.get(at, True)) for at, char in enumerate(reading.chars))

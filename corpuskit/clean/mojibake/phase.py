"""Phase slips: GBK cut inside a character, so that a run of bytes was read one out of step.

Inside such a run every byte is known; the two at its ends are lost, and a ``?``, a U+FFFD or nothing stands for
each. A beam over the text decides where runs begin and end: its state is the last two characters and the byte
that waits for its other half.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from corpuskit.clean.mojibake.gate import CLEAR, MARKS, gain, points_of
from corpuskit.clean.mojibake.gbk import UNKNOWN, Guess, codes, folded, pairs
from corpuskit.clean.mojibake.model import MARKS as FULL
from corpuskit.clean.mojibake.model import model

BEAM = 16
WIDTH = 22.0
"""How far behind the best, in ln P, a reading may fall and still go on."""
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
STRIPPED = 0.5
"""Price of a pair of the user-defined rows that somebody took out."""
SURPRISE = -7.5
"""ln P of a character below which such a pair may be missing before it."""
LEAST_GAIN = 6.0


class Item(NamedTuple):
    """One character of a reading: copied from ``at``, read out of step, or half-known."""

    char: str
    at: int
    """Where it stands in the text, if copied; -1."""
    side: str = ""
    """Which of its bytes is known, lead or trail, where only one is."""
    byte: int = 0
    held: tuple[int, ...] = ()
    """Its bytes in UTF-8, -1 for those that are lost."""


class Slip(NamedTuple):
    """A run to be rewritten: half-open range of the text, the characters that stood there, the gain in ln P."""

    start: int
    end: int
    items: tuple[Item, ...]
    gain: float


Node = tuple["Node", Item] | None
State = tuple[str, str, int | None]
Path = tuple[float, Node, int]
"""ln P, the last item, characters read in the run so far."""


class Beam:
    """All readings of one window that are still worth following."""

    def __init__(self, text: str, doubt: list[float], guess: Guess) -> None:
        self.text, self.doubt, self.guess = text, doubt, guess
        self.private = any("\ue000" <= char <= "\uf8ff" for char in text)
        self.after = model().after
        self.heads: list[dict[State, Path]] = [{} for _ in range(len(text) + 1)]

    def run(self, left: str, right: str) -> tuple[float, list[Item]]:
        """Return ln P of the best reading, and its items."""
        self.heads[0][left[-2], left[-1], None] = (0.0, None, 0)
        for at in range(len(self.text)):
            for state, path in self._best(at):
                if state[2] is None:
                    self._in_step(at, state, path)
                else:
                    self._out_of_step(at, state, path)
            self.heads[at] = {}
        return self._finish(right)

    def _best(self, at: int) -> list[tuple[State, Path]]:
        heads = sorted(self.heads[at].items(), key=lambda item: -item[1][0])[:BEAM]
        floor = heads[0][1][0] - WIDTH if heads else 0.0
        return [head for head in heads if head[1][0] >= floor]

    def _put(self, at: int, state: State, path: Path) -> None:
        if at <= len(self.text):
            held = self.heads[at].get(state)
            if held is None or path[0] > held[0]:
                self.heads[at][state] = path

    def _in_step(self, at: int, state: State, path: Path) -> None:
        (a, b, _), (score, node, _) = state, path
        char = self.text[at]
        self._put(at + 1, (b, char, None), (score + self.after(a, b, char), (node, Item(char, at)), 0))
        if char in MARKS:
            self._put(at + 1, (a, b, UNKNOWN), (score - ENTER, node, 0))
        elif self.doubt[at + 1] > 0 and "0" <= char <= "w" and char not in ":;<=>?@":
            self._put(at + 1, (a, b, ord(char) | 0x80), (score - MASKED, node, 0))
        elif self.doubt[at] > 0.3 and char > "\x7f":
            self._out_of_step(at, (a, b, UNKNOWN), (score - HIDDEN, node, 0))

    def _out_of_step(self, at: int, state: State, path: Path) -> None:
        char = self.text[at]
        code = codes().get(char)
        if char in "\r\n" and state[2] == UNKNOWN:
            self._put(at + 1, state, (path[0] - WRAP, path[1], path[2]))
        elif char in MARKS:
            self._leave(at + 1, state, path, LEAVE)
            self._through(at, state, path, 0xA3BF, 5.0)
            self._undefined(at, state, path)
        elif code is not None:
            self._through(at, state, path, code, 0.0)
        elif (mark := folded(char)) is not None:
            self._through(at, state, path, mark, 0.0)
        elif "!" <= char <= "~":
            self._through(at, state, path, 0xA380 + ord(char), 2.5)
        if "@" <= char <= "~":
            self._fall_in(at, state, path)
        if char not in MARKS and (code is None or char in FULL or self.doubt[at] < 0):
            self._leave(at, state, path, FAINT if code is None or char in FULL else HIDDEN)

    def _through(self, at: int, state: State, path: Path, code: int, price: float) -> None:
        """Read the waiting byte with the first byte of the character here; its second waits."""
        (a, b, held), (score, node, size) = state, path
        lead, trail = code >> 8, code & 0xFF
        if held == UNKNOWN:
            for p, char in self.guess.best("trail", lead, a, b):
                item = Item(char, -1, "trail", lead)
                self._put(at + 1, (b, char, trail), (score + p - price, (node, item), size + 1))
        else:
            assert held is not None
            char = pairs()[held << 8 | lead]
            p = self.after(a, b, char) - price if char else -99.0
            if char:
                self._put(at + 1, (b, char, trail), (score + p, (node, Item(char, -1)), size + 1))
            if (p < SURPRISE or "Ａ" <= char <= "ｚ") and size and not self.private:
                self._stripped(at, state, path, code)

    def _stripped(self, at: int, state: State, path: Path, code: int) -> None:
        """Read a place where a user-defined pair was taken out: two half-known characters."""
        (a, b, held), (score, node, size) = state, path
        assert held is not None
        for p, char in self.guess.best("private", held, a, b)[:4]:
            first = (node, Item(char, -1, "lead", held))
            for q, other in self.guess.best("trail", code >> 8, b, char)[:4]:
                item = Item(other, -1, "trail", code >> 8)
                self._put(at + 1, (char, other, code & 0xFF), (score + p + q - STRIPPED, (first, item), size + 2))

    def _fall_in(self, at: int, state: State, path: Path) -> None:
        """Read the waiting byte with an ASCII letter, as GBK beyond GB 2312 has it: then the text is in step again."""
        (a, b, held), (score, node, size) = state, path
        char = pairs()[held << 8 | ord(self.text[at])] if held is not None and held != UNKNOWN else ""
        if char and size:
            self._put(at + 1, (b, char, None), (score + self.after(a, b, char), (node, Item(char, -1)), 0))

    def _leave(self, at: int, state: State, path: Path, price: float) -> None:
        """Close the run: the waiting byte's other half is lost."""
        (a, b, held), (score, node, size) = state, path
        if held == UNKNOWN or held is None:
            return
        price += 0.0 if size else 6.0
        for p, char in self.guess.best("lead", held, a, b):
            entry = (score + p - price, (node, Item(char, -1, "lead", held)), 0)
            if at < len(self.text) and self.text[at] not in MARKS and price >= FAINT:
                self._copy(at, (b, char, None), entry)
            else:
                self._put(at, (b, char, None), entry)

    def _copy(self, at: int, state: State, path: Path) -> None:
        (a, b, _), (score, node, _) = state, path
        char = self.text[at]
        self._put(at + 1, (b, char, None), (score + self.after(a, b, char), (node, Item(char, at)), 0))

    def _undefined(self, at: int, state: State, path: Path) -> None:
        """Read a mark that stands for a whole pair of the user-defined rows: both its bytes are half-known."""
        (a, b, held), (score, node, size) = state, path
        if held == UNKNOWN or held is None:
            return
        for p, char in self.guess.best("private", held, a, b)[:5]:
            item = Item(char, -1, "lead", held)
            self._put(at + 1, (b, char, UNKNOWN), (score + p - 4.0, (node, item), size + 1))

    def _finish(self, right: str) -> tuple[float, list[Item]]:
        best: tuple[float, Node] = (-1e9, None)
        end = len(self.text)
        for state, path in list(self.heads[end].items()):
            if state[2] is not None:
                self._leave(end, state, path, FAINT)
        for (a, b, held), (score, node, _) in self.heads[end].items():
            if held is None:
                total = score + model().of(right, a, b)
                if total > best[0]:
                    best = (total, node)
        return best[0], unwound(best[1])


def unwound(node: Node) -> list[Item]:
    """Return the items of a path, first to last."""
    out: list[Item] = []
    while node is not None:
        node, item = node
        out.append(item)
    return out[::-1]


_FIRST = re.compile(rf"[{MARKS}][!;:,?！；：，？。、]*|[0-9A-Za-w](?=[^\x00-\x7f])")
_KANA = re.compile(r"[\u3041-\u30fe]")
_PAIRED = re.compile(rf"[{MARKS}][^\x00-\x7f]{{1,3}}[{MARKS}]")


def windows(text: str) -> tuple[list[tuple[int, int]], list[float]]:
    """Return the ranges of a line that a beam should read, and the line's gains with two places after its end."""
    measured, size = gain(points_of(text))
    starts = set(np.flatnonzero((measured > CLEAR) & (size >= 3)).tolist())
    doubt = [*measured.tolist(), -1.0, -1.0]
    for match in _FIRST.finditer(text):
        floor = 0.0 if match[0][0] in MARKS else 0.3
        if doubt[match.end()] > floor or (floor == 0.0 and doubt[match.start() + 1] > floor):
            starts.add(match.start())
    starts |= {match.start() for match in _PAIRED.finditer(text)}
    out: list[tuple[int, int]] = []
    for start in sorted(starts):
        if out and start < out[-1][1] - 6:
            continue
        end = _reach(text, doubt, start)
        low = max(0, start - 4)
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((low, end))
    return out, doubt


def _reach(text: str, doubt: list[float], start: int) -> int:
    """Return where the text has been in step for a while."""
    end = start + 1
    while end < len(text):
        calm = doubt[end] < -0.5 and doubt[min(end + 2, len(text))] < -0.5
        if calm and not any(char in MARKS for char in text[end : end + 8]):
            break
        end += 1
    return min(len(text), end + 6)


LOST = re.compile(r"(?:锟斤拷|锟斤|斤拷)+|\ufffd{2,}|烫{3,}|屯{3,}")
"""Where characters are gone for good: no reading goes across."""


def slips(text: str, guess: Guess) -> list[Slip]:
    """Return the runs of a line that read better in step, in order."""
    return apart(text, lambda part: _slips(part, guess))


def apart(text: str, read: Callable[[str], list[Slip]]) -> list[Slip]:
    """Read the parts of a line between places where characters are gone, each alone."""
    out: list[Slip] = []
    last = 0
    for match in [*LOST.finditer(text), None]:
        part = text[last : match.start() if match else len(text)]
        out += [slip._replace(start=slip.start + last, end=slip.end + last) for slip in read(part)]
        last = match.end() if match else 0
    return out


def _slips(text: str, guess: Guess) -> list[Slip]:
    # out of step, one character in twenty is kana; in Japanese, every second one
    if 5 * len(_KANA.findall(text)) > len(text):
        return []
    ranges, doubt = windows(text)
    out: list[Slip] = []
    for low, high in ranges:
        left = ("。。" + text[:low])[-2:]
        right = text[high : high + 2] or "\n"
        stays = model().of(text[low:high] + right, *left)
        score, items = Beam(text[low:high], doubt[low : high + 2], guess).run(left, right)
        if score - stays >= LEAST_GAIN:
            out += runs(items, low, high, score - stays)
    return out


def runs(items: list[Item], low: int, high: int, worth: float) -> list[Slip]:
    """Return the runs between the copied items of a window."""
    out: list[Slip] = []
    held: list[Item] = []
    last = 0
    for item in [*items, Item("", high - low)]:
        if item.at < 0:
            held.append(item)
            continue
        if held:
            out.append(Slip(low + last, low + item.at, tuple(held), worth))
        held, last = [], item.at + 1
    return out

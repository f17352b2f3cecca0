"""UTF-8 read as GBK: three bytes a character regrouped by two, where the reader dropped what made no pair.

A beam over the text, its state the last two characters and the bytes that wait for the rest of their character;
a ``?`` stands for one lost byte, or for two.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from corpuskit.clean.mojibake.gate import MARKS
from corpuskit.clean.mojibake.gbk import KEPT, RARE, codes, pairs
from corpuskit.clean.mojibake.model import model
from corpuskit.clean.mojibake.phase import LEAST_GAIN, Item, Node, Slip, apart, runs, unwound

LOST = -1
"""A lost byte; ``LOST - n`` is one that stood before byte ``n`` and made no GBK pair with it."""
PAIRED = 5.0
"""Price of reading a lost byte as one that would have made a pair."""
BEAMS = (20, 80)
"""Readings followed at once; the wide beam where the narrow one finds none."""
WIDTH = 20.0
ENTER = 6.0
LEAVE = 4.0
BLANK = 13.0
"""Price of a character of which nothing is known."""
LEAST_HITS = 3
_NEAR = 7
_HIT = re.compile(r"(?!\xef\xbf\xbd)[\xe2-\xe9\xef][\x80-\xbf][\x80-\xbf]")

Bytes = tuple[int, ...]
State = tuple[str, str, Bytes | None]
Path = tuple[float, Node]


@cache
def _known() -> dict[Bytes, tuple[str, ...]]:
    """Return the characters whose UTF-8 has given bytes, ``LOST`` for those not known, the likely first."""
    weight = {c: model().alone(c) for c in codes() if model().total.get(model().fold(c), 0.0) > RARE and c > "\u07ff"}
    out: dict[Bytes, list[str]] = defaultdict(list)
    for char in sorted(weight, key=lambda c: (-weight[c], c)):
        one, two, three = char.encode()
        for key in ((one, two, LOST), (one, LOST, three), (LOST, two, three), (one, LOST, LOST)):
            out[key].append(char)
    return {key: tuple(chars) for key, chars in out.items()}


@cache
def candidates(held: Bytes) -> tuple[tuple[str, float], ...]:
    """Return the characters that fit three bytes of which some are lost, the likely first, each with its price."""
    fit = _known().get(tuple(max(byte, LOST) for byte in held), ())
    priced = [(char, sum(map(_price, held, char.encode()))) for char in fit]
    return tuple(sorted(priced, key=lambda item: item[1] - model().alone(item[0])))


def _price(held: int, byte: int) -> float:
    return PAIRED if held < LOST and pairs()[byte << 8 | LOST - held] else 0.0


def spans(text: str) -> list[tuple[int, int]]:
    """Return the ranges of a line whose GBK bytes are built like UTF-8, with some room at both ends."""
    if len(_HIT.findall(text.encode("gb18030", "replace").decode("latin-1"))) < LEAST_HITS:
        return []
    data: list[int] = []
    owner: list[int] = []
    for at, char in enumerate(text):
        code = codes().get(char)
        both = (code >> 8, code & 0xFF) if code is not None else char.encode("gb18030", "replace")
        data.extend(both)
        owner.extend([at] * len(both))
    out: list[tuple[int, int, int]] = []
    for match in _HIT.finditer(bytes(data).decode("latin-1")):
        low, high = match.span()
        if out and low - out[-1][1] <= _NEAR:
            out[-1] = (out[-1][0], high, out[-1][2] + 1)
        else:
            out.append((low, high, 1))
    found = [(owner[low], owner[high - 1] + 1) for low, high, hits in out if hits >= LEAST_HITS]
    return _roomy(found, len(text))


def _roomy(found: list[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for low, high in found:
        low, high = max(0, low - 4), min(size, high + 5)
        if out and low <= out[-1][1] + 4:
            out[-1] = (out[-1][0], high)
        else:
            out.append((low, high))
    return out


class Beam:
    """All readings of one range that are still worth following."""

    def __init__(self, text: str, width: int) -> None:
        self.text = text
        self.width = width
        self.after = model().after
        self.heads: dict[State, Path] = {}
        self._guesses: dict[tuple[Bytes, str, str], list[tuple[float, str]]] = {}

    def run(self, left: str, right: str) -> tuple[float, list[Item]]:
        """Return ln P of the best reading, and its items."""
        self.heads = {(left[-2], left[-1], None): (0.0, None)}
        for at in range(len(self.text)):
            heads = sorted(self.heads.items(), key=lambda item: -item[1][0])[: self.width]
            floor = heads[0][1][0] - WIDTH if heads else 0.0
            self.heads = {}
            for state, path in heads:
                if path[0] >= floor:
                    self._step(at, state, path)
        return self._finish(right)

    def _put(self, state: State, path: Path) -> None:
        held = self.heads.get(state)
        if held is None or path[0] > held[0]:
            self.heads[state] = path

    def _step(self, at: int, state: State, path: Path) -> None:
        (a, b, held), (score, node) = state, path
        char = self.text[at]
        if held is None:
            self._put((b, char, None), (score + self.after(a, b, char), (node, Item(char, at))))
            if char > "\x7f" or char == "?":
                self._inside(at, (a, b, ()), (score - ENTER, node))
        else:
            self._inside(at, (a, b, held), path)
            if not held:
                p = self.after(a, b, char) - LEAVE
                self._put((b, char, None), (score + p, (node, Item(char, at))))

    def _inside(self, at: int, state: State, path: Path) -> None:
        char = self.text[at]
        code = codes().get(char)
        if char in MARKS:
            self._feed(state, (path[0] - 0.7, path[1]), (LOST - self._next(at),))
            self._feed(state, (path[0] - 2.0, path[1]), (LOST, LOST))
        if code is not None:
            self._feed(state, path, (code >> 8, code & 0xFF))
        elif char == "€":
            self._feed(state, path, (0x80,))
        elif char < "\x80":
            self._plain(char, state, path)
        else:
            self._feed(state, path, tuple(char.encode("gb18030", "replace")))

    def _next(self, at: int) -> int:
        """Return the byte after a place of the text; 0 where it is not known."""
        char = self.text[at + 1 : at + 2]
        code = codes().get(char)
        return code >> 8 if code is not None else 0 if char in MARKS else ord(char) if char < "\x80" else 0x80

    def _plain(self, char: str, state: State, path: Path) -> None:
        a, b, held = state
        if not held:
            self._put((b, char, ()), (path[0] + self.after(a, b, char), (path[1], Item(char, -1))))

    def _feed(self, state: State, path: Path, new: Bytes) -> None:
        """Add bytes to those that wait; write each character that is complete."""
        a, b, held = state
        waiting = (held or ()) + new
        if len(waiting) < 3:
            if _begins(waiting):
                self._put((a, b, waiting), path)
            return
        first, rest = waiting[:3], waiting[3:]
        if not _begins(first) or not _begins(rest):
            return
        score, node = path
        for p, char, item in self._read(first, a, b):
            self._put((b, char, rest), (score + p, (node, item)))

    def _read(self, held: Bytes, a: str, b: str) -> list[tuple[float, str, Item]]:
        if min(held) >= 0:
            char = bytes(held).decode("utf-8", "ignore")
            return [(self.after(a, b, char), char, Item(char, -1))] if len(char) == 1 else []
        if max(held) < 0:
            return [(-BLANK, "\ufffd", Item("\ufffd", -1, "utf-8", 0, held))]
        return [(p, char, Item(char, -1, "utf-8", 0, held)) for p, char in self._guess(held, a, b)]

    def _guess(self, held: Bytes, a: str, b: str) -> list[tuple[float, str]]:
        key = (held, a, b)
        if key not in self._guesses:
            fit, joined = candidates(held), model().following(b)
            likely = (*fit[:KEPT], *(item for item in fit[KEPT:] if item[0] in joined))
            self._guesses[key] = sorted(((self.after(a, b, c) - price, c) for c, price in likely), key=_first)[:KEPT]
        return self._guesses[key]

    def _finish(self, right: str) -> tuple[float, list[Item]]:
        best: Path = (-1e9, None)
        for (a, b, held), (score, node) in self.heads.items():
            if held is not None and len(held) > 0:
                continue
            total = score + model().of(right, a, b)
            if total > best[0]:
                best = (total, node)
        return best[0], unwound(best[1])


def _begins(held: Bytes) -> bool:
    """Say whether bytes can begin a character of three."""
    if not held:
        return True
    lead = held[0] < 0 or 0xE2 <= held[0] <= 0xEF
    return lead and all(byte < 0 or 0x80 <= byte < 0xC0 for byte in held[1:])


def _first(item: tuple[float, str]) -> tuple[float, str]:
    return -item[0], item[1]


def readings(text: str) -> list[Slip]:
    """Return the runs of a line that read better as UTF-8, in order."""
    return apart(text, _readings)


def _readings(text: str) -> list[Slip]:
    out: list[Slip] = []
    for low, high in spans(text):
        left = ("。。" + text[:low])[-2:]
        right = text[high : high + 2] or "\n"
        stays = model().of(text[low:high] + right, *left)
        for width in BEAMS:
            score, items = Beam(text[low:high], width).run(left, right)
            if score - stays >= LEAST_GAIN:
                out += runs(items, low, high, score - stays)
                break
    return out

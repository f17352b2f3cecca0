"""How likely a character is after two others: Chinese as a stream of independent words.

Each word of the packaged list stands as often as its frequency says, whatever stood before; the probability of
a character after two others under that model is exact: words may end and begin between any of the three.
Marks, digits, letters and other scripts are classes of their own.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

HAN_SHARE = 0.82
"""Share of the words among the tokens of running text; the rest are marks."""
MARKS = {
    "，": 0.055,
    "。": 0.025,
    "、": 0.012,
    "“": 0.006,
    "”": 0.006,
    "：": 0.005,
    "；": 0.002,
    "！": 0.002,
    "？": 0.002,
    "《": 0.002,
    "》": 0.002,
    "（": 0.003,
    "）": 0.003,
    "…": 0.001,
    "—": 0.001,
    "·": 6e-4,
    "‘": 3e-4,
    "’": 3e-4,
    "【": 2e-4,
    "】": 2e-4,
    "％": 6e-4,
    "～": 1e-4,
    "「": 5e-5,
    "」": 5e-5,
    "『": 2e-5,
    "』": 2e-5,
    "　": 1e-3,
}
"""Full-width marks and how often each is a token."""
FOLDED = {",": "，", "?": "？", "!": "！", ";": "；", ":": "：", "(": "（", ")": "）", ".": "。", "~": "～", "%": "％"}
"""ASCII marks and the full-width ones they stand for."""
_AFTER_STOP = {"”": 0.12, "’": 0.02, "」": 0.03, "》": 0.01, "）": 0.02, "\n": 0.1}
RUNNING = 0.4
"""Weight of the counts of running text."""
_PRIOR = 12.0
"""Occurrences that the word list is worth beside them."""
OLD = 1.0
"""Price of a traditional character in text that may be of either kind."""
_FLOOR = 1e-8
_OTHER = 0.02
"""Mass of a character of another script, whatever it is."""
_WEIGHTS = (0.8, 0.18, 0.02)


class Model:
    """Log probabilities, natural; one instance a process, read on first use."""

    def __init__(self) -> None:
        self._fold = variants()
        self._table = str.maketrans(self._fold)
        self._memo: dict[str, float] = {}
        self._running = _counts()
        masses = _masses()
        self.single = masses.single | MARKS
        self.start = masses.start | MARKS
        self.end = masses.end | MARKS
        self.total = totals()
        self._following, self._leading = _neighbours(masses.inside)
        self._inside, self._ends, self._first, self._triple = masses.inside, masses.ends, masses.first, masses.triple

    def after(self, a: str, b: str, c: str) -> float:
        """Return ln P(c | a b).

        >>> model().after("中", "华", "人") > model().after("中", "华", "仁")
        True
        """
        key = a + b + c
        found = self._memo.get(key)
        if found is None:
            if len(self._memo) > 400_000:
                self._memo.clear()
            found = self._memo[key] = self._after(a, b, c)
        return found

    def of(self, text: str, a: str = "。", b: str = "。") -> float:
        """Return ln P(text) after two characters."""
        out = 0.0
        for c in text:
            out += self.after(a, b, c)
            a, b = b, c
        return out

    def simplified(self, text: str) -> str:
        """Return a text with its traditional characters simplified and its ASCII marks widened."""
        return text.translate(self._table)

    def fold(self, char: str) -> str:
        """Return the simplified form of a character, or the full-width form of an ASCII mark."""
        return self._fold.get(char, char)

    def rough(self, b: str, c: str) -> float:
        """Return P(b c) of the word list, for a first choice among many."""
        return self._inside.get(b + c, 0.0) + self._close(b) * self.start.get(c, 0.0)

    def following(self, char: str) -> frozenset[str]:
        """Return the characters that some word has right after a character."""
        return self._following.get(char, frozenset())

    def leading(self, char: str) -> frozenset[str]:
        """Return the characters that some word has right before a character."""
        return self._leading.get(char, frozenset())

    def alone(self, char: str) -> float:
        """Return ln P(char) whatever stands before."""
        return alone(char)

    def _after(self, a: str, b: str, c: str) -> float:
        fold = self._fold
        a, b, x = fold.get(a, a), fold.get(b, b), fold.get(c, c)
        cost = OLD if x != c and c > "~" else 0.0
        if x not in self.total:
            return _strange(c, b, self._border(a, b)) - cost
        if b == "。" and x in _AFTER_STOP:
            return math.log(_AFTER_STOP[x]) - cost
        ends, start = self._close(b), self.start.get(x, 0.0)
        mass = self.total.get(b, 0.02)
        pair = b + x
        both = self._inside.get(pair, 0.0) + ends * start
        two = both / mass
        three = two
        before = self._inside.get(a + b, 0.0) + self._close(a) * self._open(b)
        if before > 0:
            three = self._triple.get(a + pair, 0.0) + self._ends.get(a + b, 0.0) * start
            alone = (
                self.single.get(b, 0.0)
                if b in self.single
                else 0.0
                if "\u4e00" <= b <= "\u9fff"
                else self.start.get(b, 0.02)
            )
            three += self.end.get(a, 0.02) * (self._first.get(pair, 0.0) + alone * start)
            three /= before
        high, middle, low = _WEIGHTS
        words = high * three + middle * two + low * self.total[x]
        return math.log(self._blend(words, a, b, x) + _FLOOR) - cost

    def _blend(self, words: float, a: str, b: str, c: str) -> float:
        """Return P(c | a b) of the word list and of running text together, by how often the latter has ``b``."""
        counts = self._running
        single = counts.get(b, 0)
        if not single:
            return words
        pair = counts.get(a + b, 0)
        middle = (counts.get(b + c, 0) + _PRIOR * words) / (single + _PRIOR)
        high = (counts.get(a + b + c, 0) + _PRIOR * middle) / (pair + _PRIOR) if pair else middle
        return (1 - RUNNING) * words + RUNNING * high

    def _close(self, char: str) -> float:
        return self.end.get(char, 0.0) if char in self.total else _OTHER

    def _open(self, char: str) -> float:
        return self.start.get(char, 0.0) if char in self.total else _OTHER

    def _alone(self, char: str) -> float:
        """Return the mass of a character as a token of its own."""
        return self.single.get(char, 0.0) if char in self.total else _OTHER

    def _border(self, a: str, b: str) -> float:
        """Return ln P that a word ends with ``b``."""
        mass = self.total.get(b)
        return math.log(min(1.0, self.end.get(b, 0.0) / mass + 0.02)) if mass else 0.0


def _strange(c: str, b: str, border: float) -> float:
    """Return ln P of a character that is in no word: by its class, and whether that class is already on."""
    kind = script(c)
    if kind == script(b):
        return _STAY[kind]
    return _COME[kind] + border


def script(c: str) -> str:
    """Return the class of a character that the word list does not hold.

    H unlisted Han, D digit, L ASCII letter, S white space, A other ASCII, K kana, G Hangul, E other letters of
    Europe, X everything else.
    """
    if c == "":
        return "-"
    for kind, low, high in _SCRIPTS:
        if low <= c <= high:
            return kind
    return "A" if c < "\x7f" else "X"


_SCRIPTS = (
    *(("H", "\u4e00", "\u9fff"), ("D", "0", "9"), ("L", "a", "z"), ("L", "A", "Z"), ("S", "\t", "\r"), ("S", " ", " ")),
    *(("K", "\u3040", "\u30ff"), ("G", "\uac00", "\ud7a3"), ("E", "\u00c0", "\u024f"), ("E", "\u0370", "\u052f")),
    *(("Z", "\ue000", "\uf8ff"), ("Z", "\ufffd", "\ufffd"), ("B", "\u2500", "\u25ff"), ("H", "\u3400", "\u4dbf")),
    *(("P", "\u2010", "\u203b"), ("P", "\u3000", "\u3020"), ("W", "\uff10", "\uff5a"), ("P", "\uff01", "\uff65")),
)
_COME = {"H": -14.0, "D": -6.5, "L": -8.0, "S": -5.0, "A": -9.0, "K": -11.0, "G": -12.0, "E": -12.0, "Z": -16.0}
_COME |= {"W": -12.5, "B": -11.0, "P": -10.0, "X": -14.0, "-": -14.0}
_STAY = {"H": -12.0, "D": -2.7, "L": -3.6, "S": -2.0, "A": -5.0, "K": -4.6, "G": -5.5, "E": -4.5, "Z": -12.0}
_STAY |= {"W": -4.0, "B": -3.0, "P": -7.0, "X": -9.0, "-": -14.0}


class _masses:  # noqa: N801
    """Masses of the word list, each a share of all tokens."""

    def __init__(self) -> None:
        self.single: dict[str, float] = {}
        sums: dict[str, list[tuple[npt.NDArray[np.uint64], npt.NDArray[np.float64]]]] = {
            name: [] for name in ("start", "end", "inside", "ends", "first", "triple")
        }
        for words, mass in _words():
            size = words.shape[1]
            if size == 1:
                self.single = dict(zip(map(chr, words[:, 0].tolist()), mass.tolist(), strict=True))
            sums["start"].append((words[:, 0], mass))
            sums["end"].append((words[:, -1], mass))
            pairs = [words[:, i] << np.uint64(16) | words[:, i + 1] for i in range(size - 1)]
            triples = [pairs[i] << np.uint64(16) | words[:, i + 2] for i in range(size - 2)]
            sums["inside"] += [(pair, mass) for pair in pairs]
            sums["triple"] += [(triple, mass) for triple in triples]
            sums["first"] += [(pair, mass) for pair in pairs[:1]]
            sums["ends"] += [(pair, mass) for pair in pairs[-1:]]
        sizes = {"start": 1, "end": 1, "triple": 3}
        tables = {name: _table(parts, sizes.get(name, 2)) for name, parts in sums.items()}
        self.start, self.end = tables["start"], tables["end"]
        self.inside, self.ends, self.first = tables["inside"], tables["ends"], tables["first"]
        self.triple = tables["triple"]


def _neighbours(pairs: Iterable[str]) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    after: dict[str, list[str]] = defaultdict(list)
    before: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        after[pair[0]].append(pair[1])
        before[pair[1]].append(pair[0])
    return {b: frozenset(c) for b, c in after.items()}, {c: frozenset(b) for c, b in before.items()}


def _table(parts: list[tuple[npt.NDArray[np.uint64], npt.NDArray[np.float64]]], size: int) -> dict[str, float]:
    keys, places = np.unique(np.concatenate([key for key, _ in parts]), return_inverse=True)
    sums = np.bincount(places, np.concatenate([mass for _, mass in parts]))
    shifts = np.arange(16 * (size - 1), -1, -16, dtype=np.uint64)
    codes = (keys[:, None] >> shifts & np.uint64(0xFFFF)).astype("<u2")
    text = codes.tobytes().decode("utf-16-le")
    return dict(zip((text[i : i + size] for i in range(0, len(text), size)), sums.tolist(), strict=True))


def _words() -> Iterator[tuple[npt.NDArray[np.uint64], npt.NDArray[np.float64]]]:
    """Yield the words of each length, shape (words, length) of code points, with their masses."""
    rows = [line.split(" ") for line in _read("words.txt")]
    total = sum(2 ** (int(level) / 2) * len(held) / int(size) for size, level, held in rows)
    for length in sorted({int(size) for size, _, _ in rows}):
        held = [
            (np.frombuffer(held.encode("utf-16-le"), "<u2"), int(level))
            for size, level, held in rows
            if int(size) == length
        ]
        mass = np.concatenate([np.full(len(codes) // length, 2 ** (level / 2)) for codes, level in held])
        codes = np.concatenate([codes for codes, _ in held]).reshape(-1, length).astype(np.uint64)
        yield codes, mass * (HAN_SHARE / total)


def _counts() -> dict[str, int]:
    """Return how often running text has each character, pair and triple."""
    out: dict[str, int] = {}
    for line in _read("running.txt"):
        size, n, held = line.split(" ")
        step = int(size)
        out |= dict.fromkeys((held[i : i + step] for i in range(0, len(held), step)), int(n))
    return out


@cache
def totals() -> dict[str, float]:
    """Return the mass of each character, wherever it stands, and of each mark."""
    mass = np.zeros(0x10000)
    for words, masses in _words():
        mass += np.bincount(words.ravel().astype(np.intp), np.repeat(masses, words.shape[1]), 0x10000)
    held = np.flatnonzero(mass)
    return dict(zip(map(chr, held.tolist()), mass[held].tolist(), strict=True)) | MARKS


@cache
def alone(char: str) -> float:
    """Return ln P of a character whatever stands before; reads the word list, not the whole model."""
    p = totals().get(variants().get(char, char))
    return math.log(p) if p else -6.0 if char.isascii() and char.isalnum() else _strange(char, "", 0.0)


def _read(name: str) -> list[str]:
    text = (resources.files("corpuskit.lexicon") / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def variants() -> dict[str, str]:
    """Return the simplified form of each traditional character, and full-width forms of ASCII marks."""
    out = dict(FOLDED)
    for line in _read("variants.txt"):
        out |= dict(zip(line[1::2], line[::2], strict=True))
    return out


@cache
def model() -> Model:
    """Return the model, read on first use."""
    return Model()

"""How likely a character is after two others: Chinese as a stream of words, and as running text has it.

Two models are mixed. In the first each word stands as often as its frequency says, whatever stood before; the
probability of a character after two others is exact: words may end and begin between any of the three. The
second counts characters, pairs and triples of running text, smoothed by the first (Dirichlet priors, after MacKay
and Peto, "A hierarchical Dirichlet language model", 1995). All questions are asked of whole arrays.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.core.codes import code_points
from corpuskit.lexicon.alphabet import CLASSES, Alphabet, variants

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.uint16]

RUNNING = 0.6
"""Weight of the counts of running text."""
PRIOR_PAIR = 100.0
"""Occurrences that the word list is worth beside the counts after one character, and after two."""
PRIOR_TRIPLE = 24.0
DISCOUNT = 0.9
"""Share of one that each counted pair or triple gives up to those not seen."""
OLD = 1.0
"""Price of a traditional character in text that may be of either kind."""
_FLOOR = 1e-8
_WEIGHTS = (0.8, 0.18, 0.02)
_COME = {"X": -14, "H": -14, "D": -6.5, "L": -8, "S": -5, "A": -9, "K": -11, "G": -12, "E": -12, "Z": -16}
_COME |= {"B": -11, "P": -10, "W": -12.5}
_STAY = {"X": -9, "H": -12, "D": -2.7, "L": -3.6, "S": -2, "A": -5, "K": -4.6, "G": -5.5, "E": -4.5, "Z": -12}
_STAY |= {"B": -3, "P": -7, "W": -4}
BITS = 13


class Model:
    """Log probabilities, natural; one instance a process, read on first use."""

    def __init__(self, unseen: float = 0.0) -> None:
        """Read the file; ``unseen`` is taken off each count of running text, for text that was itself counted."""
        held = self._held = Arrays("characters.bin")
        self._unseen = unseen
        self.alphabet = Alphabet(held["chars"].tobytes().decode("utf-16-le"))
        self.total = np.maximum(held["total"], _FLOOR)
        self._alone = _alone(self.total, held["count"])
        self._border = np.log(np.minimum(1, held["end"] / self.total + 0.02))
        self._old = _old()

    # pairs and triples are asked for where a line is odd: no page without one waits for them

    def _counts(self, name: str) -> Floats:
        """Return how often each pair or triple stands in running text."""
        out: Floats = np.maximum(_long(self._held[f"{name}_count"]) - self._unseen, 0)
        return out

    @cached_property
    def _leads(self) -> npt.NDArray[np.uint32]:
        """First character of each pair."""
        return np.repeat(np.arange(len(self.total), dtype=np.uint32), self._held["fans"])

    @cached_property
    def _triple_pairs(self) -> npt.NDArray[np.uint32]:
        """First two characters of each triple, as the place of the pair."""
        return np.repeat(np.arange(len(self._leads), dtype=np.uint32), self._held["pair_fans"])

    @cached_property
    def _pairs(self) -> npt.NDArray[np.uint32]:
        return np.append(self._leads << BITS | self._held["pair"], np.uint32(0xFFFFFFFF))

    @cached_property
    def _triples(self) -> npt.NDArray[np.uint32]:
        return np.append(self._triple_pairs << BITS | self._held["triple"], np.uint32(0xFFFFFFFF))

    # what is looked up together lies together

    @cached_property
    def _one(self) -> Floats:
        held = self._held
        spare = DISCOUNT * _sums(self._counts("pair") > 0, held["fans"]) + PRIOR_PAIR
        return _columns(0, self.total, held["start"], held["end"], held["single"], held["count"] + PRIOR_PAIR, spare)

    @cached_property
    def _two(self) -> Floats:
        held, fans = self._held, self._held["pair_fans"]
        count, triple_count = self._counts("pair"), self._counts("triple")
        spare = DISCOUNT * _sums(triple_count > 0, fans) + PRIOR_TRIPLE
        # not the pair's own count: triples seen once in the newspaper are not in the file
        followed = _sums(triple_count, fans)
        rows = (_mass().take(held["inside"]), _mass().take(held["ends"]), _mass().take(held["first"]))
        out = _columns(1, *rows, count - np.minimum(count, DISCOUNT), followed + PRIOR_TRIPLE, spare)
        out[-1, 4:] = PRIOR_TRIPLE
        return out

    @cached_property
    def _three(self) -> Floats:
        count = self._counts("triple")
        return _columns(1, _mass().take(self._held["triple_mass"]), count - np.minimum(count, DISCOUNT))

    def ids(self, text: str) -> Ids:
        """Return the numbers of the characters of a text, shape (characters,)."""
        return self.alphabet.ids(text)

    def steps(self, ids: Ids) -> Floats:
        """Return ln P of each number after the two before it, from the third on, shape (numbers - 2,)."""
        pairs = self._places(ids[:-1], ids[1:])
        return self._log(ids[:-2], ids[1:-1], ids[2:], pairs[:-1], pairs[1:])

    def after(self, a: Ids, b: Ids, c: Ids) -> Floats:
        """Return ln P(c | a b) of numbers, element by element."""
        return self._log(a, b, c, self._places(a, b), self._places(b, c))

    def between(self, left: Ids, c: Ids, right: Ids, sizes: npt.NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """Return ln P of characters after the two before them, and of each of the two behind them after those.

        ``left`` and ``right`` have the shape (places, 2); ``c`` holds ``sizes[i]`` numbers for place ``i``.
        """
        ab = np.repeat(self._places(left[:, 0], left[:, 1]), sizes)
        de = np.repeat(self._places(right[:, 0], right[:, 1]), sizes)
        (a, b), (d, e) = np.repeat(left, sizes, axis=0).T, np.repeat(right, sizes, axis=0).T
        bc, cd = self._places(b, c), self._places(c, d)
        return self._log(a, b, c, ab, bc), self._log(b, c, d, bc, cd), self._log(c, d, e, cd, de)

    def of(self, text: str, left: str = "。。") -> float:
        """Return ln P(text) after two characters.

        >>> model().of("河水清了，鱼也回来了。") > model().of("烘水清了，于找回来了。")
        True
        """
        return float(self.steps(self.ids(left + text)).sum()) - self.old(text)

    def old(self, text: str) -> float:
        """Return the price of the traditional characters of a text."""
        return float(self.prices(code_points(text)).sum())

    def prices(self, points: npt.NDArray[np.uint32]) -> Floats:
        """Return the price of each code point that is a traditional character."""
        return np.where(self._old[points], np.float32(OLD), np.float32(0))

    def alone(self, ids: Ids) -> Floats:
        """Return ln P of numbers, whatever stands before."""
        return self._alone[ids]

    def of_points(self, points: npt.NDArray[np.integer[Any]]) -> Floats:
        """Return ln P of the characters at some code points, whatever stands before."""
        return self.alone(self.alphabet.table[points])

    def _places(self, b: Ids, c: Ids) -> npt.NDArray[np.intp]:
        return _found(self._pairs, b.astype(np.uint32) << BITS | c)

    def _log(self, a: Ids, b: Ids, c: Ids, ab: npt.NDArray[np.intp], bc: npt.NDArray[np.intp]) -> Floats:
        abc = self._three[_found(self._triples, ab.astype(np.uint32) << BITS | c)]
        one, two, next_two = self._one[b], self._two[ab], self._two[bc]
        words = _words(self._one[a], one, self._one[c], two, next_two, abc[:, 0])
        middle = (next_two[:, 3] + one[:, 5] * words) / one[:, 4]
        high = (abc[:, 1] + two[:, 5] * middle) / two[:, 4]
        out: Floats = np.log((1 - RUNNING) * words + RUNNING * high + _FLOOR)
        strange = np.flatnonzero(c < len(CLASSES))
        if strange.size:
            kind, before = c[strange], b[strange]
            new = _come()[kind] + self._border[before]
            out[strange] = np.where(kind == before, _stay()[kind], new)
        return out


def _words(a: Floats, b: Floats, c: Floats, ab: Floats, bc: Floats, abc: Floats) -> Floats:
    """Return P(c | a b) of the word list, from the rows of the characters, of the pairs and of the triple."""
    start, end = c[:, 1], a[:, 2]
    two = (bc[:, 0] + b[:, 2] * start) / b[:, 0]
    before = ab[:, 0] + end * b[:, 1]
    three = abc + ab[:, 1] * start + end * (bc[:, 2] + b[:, 3] * start)
    three = np.where(before > 0, three / np.maximum(before, 1e-30), two)
    high, middle, low = _WEIGHTS
    out: Floats = high * three + middle * two + low * c[:, 0]
    return out


def _columns(more: int, *columns: npt.NDArray[np.floating[Any]]) -> Floats:
    """Return arrays side by side, with a row of zeros more for what is not held."""
    out = np.zeros((len(columns[0]) + more, len(columns)), np.float32)
    for at, column in enumerate(columns):
        out[: len(column), at] = column
    return out


def _found(keys: npt.NDArray[np.uint32], wanted: npt.NDArray[np.generic]) -> npt.NDArray[np.intp]:
    """Return where sorted keys hold what is wanted; the last place where they do not."""
    at = np.searchsorted(keys, wanted)
    return np.where(keys[at] == wanted, at, len(keys) - 1)


def _sums(values: npt.NDArray[np.generic], sizes: npt.NDArray[np.uint16]) -> npt.NDArray[np.float64]:
    """Return the sum of each of some groups of values, one after the other; counts are few bits, so it is exact."""
    sums, edges = np.zeros(len(values) + 1), np.zeros(len(sizes) + 1, np.intp)
    np.cumsum(values, out=sums[1:])
    np.cumsum(sizes, out=edges[1:])
    return np.diff(sums.take(edges))


def _long(short: npt.NDArray[np.uint8]) -> Floats:
    table = np.arange(256, dtype=np.float32)
    table[128:] = 127 * 2 ** (np.arange(1, 129) / 16)
    return np.asarray(table.take(short))


@cache
def _mass() -> Floats:
    """Return the mass that each byte of the file stands for."""
    table = np.exp(np.arange(256, dtype=np.float32) / -14)
    table[0] = 0
    return table


def _alone(total: Floats, count: Floats) -> Floats:
    share = count / count.sum()
    out = np.log(0.8 * total + 0.2 * share + 1e-9)
    out[: len(CLASSES)] = _come()
    out[[CLASSES.index("D"), CLASSES.index("L")]] = -6.0
    return np.asarray(out, np.float32)


@cache
def _come() -> Floats:
    return np.array([_COME[kind] for kind in CLASSES], np.float32)


@cache
def _stay() -> Floats:
    return np.array([_STAY[kind] for kind in CLASSES], np.float32)


def _old() -> npt.NDArray[np.bool_]:
    table = np.zeros(0x110000, np.bool_)
    table[[ord(c) for c in variants() if c > "~"]] = True
    return table


def likelihoods(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return ln P of each of some texts after its own first two characters, shape (texts,)."""
    joined = "".join(texts)
    if not joined:
        return np.zeros(0)
    steps = model().steps(model().ids(joined)) - model().prices(code_points(joined))[2:]
    sums = np.concatenate(([0.0], np.cumsum(steps, dtype=np.float64)))
    ends = np.cumsum([len(text) for text in texts])
    return np.asarray(sums[ends - 2] - sums[ends - [len(text) for text in texts]])


def script(char: str) -> str:
    """Return the class of a character that the model does not know by itself; a dash for one that it does."""
    at = model().alphabet.id(char)
    return CLASSES[at] if at < len(CLASSES) else "-"


class Arrays:
    """The arrays of a file of the lexicon, each unpacked when it is asked for."""

    def __init__(self, name: str) -> None:
        data = (resources.files("corpuskit.lexicon") / name).read_bytes()
        at = data.index(b"\n") + 1
        self._parts: dict[str, tuple[str, bytes]] = {}
        for part, kind, size in json.loads(data[:at])["arrays"]:
            self._parts[part] = kind, data[at : at + size]
            at += size

    def __getitem__(self, part: str) -> Any:
        kind, data = self._parts[part]
        return np.frombuffer(zlib.decompress(data), kind)


@cache
def model() -> Model:
    """Return the model, read on first use."""
    return Model()

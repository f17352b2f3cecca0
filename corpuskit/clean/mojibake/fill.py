"""Characters of which only some bytes are known: who they are, judged from both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.mojibake.context import context
from corpuskit.core.characters import BITS, OLD, Floats, Ids, model
from corpuskit.lexicon.alphabet import REACH

SHARE = 0.03
"""Weight of the page's own characters beside the model's."""
PAIRS = 0.15
"""Weight of the page's own pairs, where it has the first character often; half of it where it has it once."""
COUNTED = 0.9
"""Weight of what is counted, and of what the network says."""
TOLD = 0.3
LEAST_OLD = 0.02
"""Share of traditional characters from which a page may be traditional."""
SURE = 0.98
"""Certainty above which nobody asks for the runners-up."""
MOST = 24
"""Options of a place that are weighed together with those of another."""
LOST = "\ufffd"
_AROUND = np.array([*range(-REACH, 0), *range(1, REACH + 1)])
Places = npt.NDArray[np.intp]


class Usage:
    """How often characters and pairs stand on a page."""

    def __init__(self, page: str) -> None:
        ids = model().ids(page)
        size = len(model().total)
        self.traditional = model().old(page) > OLD * LEAST_OLD * len(page)
        self._chars = np.bincount(ids, minlength=size).astype(np.float32)
        keys, counts = np.unique(ids[:-1].astype(np.uint32) << BITS | ids[1:], return_counts=True)
        self._keys = np.append(keys, np.uint32(0xFFFFFFFF))
        self._counts = np.append(counts, 0).astype(np.float32)
        self._share = self._chars / max(1, len(ids))

    def mixed(self, counted: Floats, b: Ids, c: Ids) -> Floats:
        """Return ln P of characters after others, the model's with what the page has of it."""
        wanted = b.astype(np.uint32) << BITS | c
        at = np.searchsorted(self._keys, wanted)
        pairs = np.where(self._keys[at] == wanted, self._counts[at], 0)
        known = self._chars[b]
        weight = PAIRS * known / (known + 1)
        own = SHARE * self._share[c] + weight * pairs / np.maximum(known, 1)
        return np.asarray(np.log((1 - SHARE - weight) * np.exp(counted) + own), np.float32)


class Options(NamedTuple):
    """The characters that fit a place: themselves, their numbers, and the price of each beside its likelihood."""

    chars: str
    ids: Ids
    prices: Floats


class Filled(NamedTuple):
    """A half-known character: the best reading, how sure it is, and the runners-up."""

    char: str
    certainty: float
    others: str


def fill(options: Sequence[Options], ids: Ids, at: Places, usage: Usage) -> list[Filled]:
    """Return the best of the options of each place of a text; ``ids`` are its numbers, ``REACH`` on each side."""
    sizes = np.array([len(option.chars) for option in options])
    c, prices = np.concatenate([option.ids for option in options]), np.concatenate([o.prices for o in options])
    counted = _scores(c, ids[at[:, None] - [2, 1]], ids[at[:, None] + [1, 2]], sizes, usage)
    scores = COUNTED * (counted - prices) + TOLD * context().scores(ids[at[:, None] + _AROUND], c, sizes)
    starts = np.cumsum(sizes) - sizes
    tops = np.maximum.reduceat(scores, starts)
    weights = np.exp(scores - np.repeat(tops, sizes))
    others = np.maximum(np.add.reduceat(weights, starts) - 1, 1e-12)
    first = np.flatnonzero(weights == 1)
    best = first[np.searchsorted(first, starts)] - starts
    certain = 1 / (1 + others)
    rows = zip(options, best.tolist(), certain.tolist(), starts.tolist(), strict=True)
    return [Filled(o.chars[at], sure, _others(o.chars, weights[low:], at, sure)) for o, at, sure, low in rows]


def together(options: tuple[Options, Options], ids: Ids, at: Places, usage: Usage) -> tuple[Filled, Filled]:
    """Return the best of the options of two places of a text so close that each is context of the other."""
    first, second = (_likeliest(some) for some in options)
    sizes = np.array([len(first.chars), len(second.chars)])
    told = context().scores(ids[at[:, None] + _AROUND], np.concatenate([first.ids, second.ids]), sizes)
    grid = np.indices(sizes.tolist()).reshape(2, -1)
    low, high = at.tolist()
    fixed = [np.full(grid.shape[1], number, np.uint16) for number in ids[low - 2 : high + 3]]
    row = [*fixed[:2], first.ids[grid[0]], *fixed[3 : high - low + 2], second.ids[grid[1]], *fixed[high - low + 3 :]]
    counted = -first.prices[grid[0]] - second.prices[grid[1]]
    for a, b, c in zip(row, row[1:], row[2:], strict=False):
        counted = counted + usage.mixed(model().after(a, b, c), b, c)
    scores = COUNTED * counted + TOLD * (told[grid[0]] + told[sizes[0] + grid[1]])
    weights = np.exp(scores - scores.max()).reshape(len(first.chars), -1)
    best = divmod(int(weights.argmax()), weights.shape[1])
    sums = (weights.sum(axis=1), weights.sum(axis=0))
    return _one(first, sums[0], best[0]), _one(second, sums[1], best[1])


def _likeliest(options: Options) -> Options:
    """Return the options that are common characters, as many as are weighed against those of another place."""
    order = np.argsort(options.prices - model().alone(options.ids), kind="stable")[:MOST]
    return Options("".join(options.chars[at] for at in order.tolist()), options.ids[order], options.prices[order])


def _one(options: Options, sums: Floats, best: int) -> Filled:
    certain = float(sums[best] / sums.sum())
    return Filled(options.chars[best], certain, _others(options.chars, sums, best, certain))


def _others(chars: str, weights: Floats, best: int, certain: float) -> str:
    """Return the runners-up of a choice that is not certain."""
    if certain > SURE:
        return ""
    order = np.argsort(-weights[: len(chars)], kind="stable")[:4].tolist()
    return "".join(chars[i] for i in order if i != best)[:3]


def _scores(c: Ids, left: Ids, right: Ids, sizes: npt.NDArray[np.intp], usage: Usage) -> Floats:
    own, then, last = model().between(left, c, right, sizes)
    b, d = np.repeat(left[:, 1], sizes), np.repeat(right[:, 0], sizes)
    return np.asarray(usage.mixed(own, b, c) + usage.mixed(then, c, d) + last)

"""Characters of which only some bytes are known: who they are, judged from both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.core.characters import BITS, OLD, Floats, Ids, model

SHARE = 0.12
"""Weight of the page's own characters and pairs beside the model's."""
LEAST_OLD = 0.02
"""Share of traditional characters from which a page may be traditional."""
SURE = 0.98
"""Certainty above which nobody asks for the runners-up."""
MOST = 24
"""Options of a place that are weighed together with those of another."""
LOST = "\ufffd"


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

    def after(self, b: Ids, c: Ids) -> Floats:
        """Return P(c | b) as the page has it."""
        wanted = b.astype(np.uint32) << BITS | c
        at = np.searchsorted(self._keys, wanted)
        pairs = np.where(self._keys[at] == wanted, self._counts[at], 0)
        known = self._chars[b]
        rare = self._share[c]
        return np.where(known > 0, 0.5 * pairs / np.maximum(known, 1) + 0.5 * rare, rare).astype(np.float32)


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


def fill(options: Sequence[Options], left: Ids, right: Ids, usage: Usage) -> list[Filled]:
    """Return the best of the options of each place; ``left`` and ``right`` are the numbers around, (places, 2)."""
    sizes = np.array([len(option.chars) for option in options])
    c = np.concatenate([option.ids for option in options])
    scores = _scores(c, left, right, sizes, usage) - np.concatenate([option.prices for option in options])
    starts = np.cumsum(sizes) - sizes
    tops = np.maximum.reduceat(scores, starts)
    weights = np.exp(scores - np.repeat(tops, sizes))
    others = np.maximum(np.add.reduceat(weights, starts) - 1, 1e-12)
    first = np.flatnonzero(weights == 1)
    best = first[np.searchsorted(first, starts)] - starts
    certain = 1 / (1 + others)
    rows = zip(options, best.tolist(), certain.tolist(), starts.tolist(), strict=True)
    return [Filled(o.chars[at], sure, _others(o.chars, weights[low:], at, sure)) for o, at, sure, low in rows]


def together(options: tuple[Options, Options], known: tuple[Ids, Ids, Ids], usage: Usage) -> tuple[Filled, Filled]:
    """Return the best of the options of two places so close that each is context of the other.

    ``known`` are the numbers of the two characters before them, of what stands between, and of the two behind.
    """
    first, second = (_likeliest(some) for some in options)
    grid = np.indices((len(first.chars), len(second.chars))).reshape(2, -1)
    fixed = [[np.full(grid.shape[1], number, np.uint16) for number in part] for part in known]
    row = [*fixed[0], first.ids[grid[0]], *fixed[1], second.ids[grid[1]], *fixed[2]]
    scores = -first.prices[grid[0]] - second.prices[grid[1]]
    for a, b, c in zip(row, row[1:], row[2:], strict=False):
        scores = scores + np.log((1 - SHARE) * np.exp(model().after(a, b, c)) + SHARE * usage.after(b, c))
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
    out = np.log((1 - SHARE) * np.exp(own) + SHARE * usage.after(b, c))
    return np.asarray(out + np.log((1 - SHARE) * np.exp(then) + SHARE * usage.after(c, d)) + last)

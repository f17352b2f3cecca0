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

"""Characters of which only some bytes are known: who they are, judged from both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.mojibake.model import BITS, Floats, Ids, model

SHARE = 0.06
"""Weight of the page's own characters and pairs beside the model's."""
SURER = 1.5
"""The model is surer than it is right: the log odds of its choice are divided by this (fitted on labelled pages)."""
LOST = "\ufffd"


class Usage:
    """How often characters and pairs stand on a page."""

    def __init__(self, page: str) -> None:
        ids = model().ids(page)
        size = len(model().total)
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
    starts = np.concatenate(([0], np.cumsum(sizes)))
    return [
        _best(option.chars, scores[low:high]) for option, low, high in zip(options, starts[:-1], starts[1:], strict=True)
    ]


def _scores(c: Ids, left: Ids, right: Ids, sizes: npt.NDArray[np.intp], usage: Usage) -> Floats:
    own, then, last = model().between(left, c, right, sizes)
    b, d = np.repeat(left[:, 1], sizes), np.repeat(right[:, 0], sizes)
    out = np.log((1 - SHARE) * np.exp(own) + SHARE * usage.after(b, c))
    return np.asarray(out + np.log((1 - SHARE) * np.exp(then) + SHARE * usage.after(c, d)) + last)


def _best(chars: str, scores: Floats) -> Filled:
    order = np.argsort(-scores, kind="stable")[:4].tolist()
    top = float(scores[order[0]])
    others = float(np.exp(scores - top).sum()) - 1
    certainty = 1 / (1 + max(others, 1e-12) ** (1 / SURER))
    return Filled(chars[order[0]], certainty, "".join(chars[i] for i in order[1:]))

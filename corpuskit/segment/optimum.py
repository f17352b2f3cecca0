"""The best way to cut a page, over all ways there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpuskit.core.terms import Floats
from corpuskit.core.topics import Topics
from corpuskit.segment.starts import Start, weigh

SIGNED, AMONG = 3.8, "signed among several"
"""Nats by which a signed headline of a page of several articles gains besides: two on one subject are two as well."""


def best(
    found: Sequence[Start],
    topics: Topics,
    reserve: float = 0.0,
    price: float = 0.0,
    own: Sequence[float] | None = None,
) -> list[tuple[Start, float]]:
    """Return the starts that score most together, each with its own score; the first line always is one.

    Exact: the score of a cut is the sum of its starts' scores and of its stretches' topic scores, so the best cut
    up to a line is the best cut up to some earlier start plus the stretch from there (dynamic programming). Every
    start but the first costs ``price``; a page that gains less than ``reserve`` by being cut stays whole.
    """
    lines = np.array([s.line for s in found])
    if own is None:
        own = [weigh(s.signs) + SIGNED * s.signs.get(AMONG, 0.0) - price if s.line else 0.0 for s in found]
    heads = _Heads(found)
    # of the best cut up to each start: its score, that with the start's own, and where its last stretch begins
    score, begun, back = np.zeros(len(found) + 1), np.zeros(len(found)), [0] * (len(found) + 1)
    ends = [*lines[1:].tolist(), topics.lines]
    for at, (end, gain, cost) in enumerate(zip(ends, topics.gains(lines), topics.costs(lines), strict=True)):
        begun[at] = score[at] + own[at]
        ways = begun[: at + 1] + gain + cost
        heads.bar(ways, end)
        back[at + 1] = int(ways.argmax())
        score[at + 1] = ways[back[at + 1]]
    if score[-1] - (gain[0] + cost[0]) < reserve:
        return [(found[0], 1.0)]
    return [(found[i], own[i]) for i in _traced(back)]


class _Heads:
    """Where the headline blocks of starts end: an article has text, so none ends inside its own."""

    def __init__(self, found: Sequence[Start]) -> None:
        self.text = np.array([s.line + len(s.block) for s in found])
        self.most = np.maximum.accumulate(np.append(0, self.text[1:])).tolist()

    def bar(self, ways: Floats, end: int) -> None:
        """Bar the stretches up to a line that hold nothing but a headline block; the first may."""
        if self.most[len(ways) - 1] >= end:
            ways[1:][self.text[1 : len(ways)] >= end] = -np.inf


def _traced(back: Sequence[int]) -> list[int]:
    """Return the starts of the best cut, first to last."""
    chosen: list[int] = []
    at = len(back) - 1
    while at > 0:
        at = back[at]
        chosen.append(at)
    return chosen[::-1]

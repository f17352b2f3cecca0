"""Characters of which one byte is known: who they are, judged from both sides."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from corpuskit.clean.mojibake.gbk import KEPT
from corpuskit.clean.mojibake.model import model

SHARE = 0.06
"""Weight of the page's own characters and pairs beside the model's."""
HEAT = 0.8
"""Temperature of the choice among the candidates."""
SURER = 1.7
"""The model is surer than it is right: the log odds of its choice are divided by this (fitted on labelled pages)."""
LOST = "\ufffd"


class Usage(NamedTuple):
    """How often characters and pairs stand on a page."""

    chars: Counter[str]
    pairs: Counter[str]

    @classmethod
    def of(cls, text: str) -> Usage:
        """Count a page."""
        return cls(Counter(text), Counter(map(str.__add__, text, text[1:])))

    def tied(self, before: str, behind: str) -> set[str]:
        """Return the characters that the page has after one character, or before another."""
        return {pair[1] for pair in self.pairs if pair[0] == before} | {
            pair[0] for pair in self.pairs if pair[1] == behind
        }

    def after(self, b: str, c: str) -> float:
        """Return P(c | b) as the page has it."""
        total = max(1, self.chars.total())
        rare = self.chars[c] / total
        return 0.5 * self.pairs[b + c] / self.chars[b] + 0.5 * rare if self.chars[b] else rare


class Filled(NamedTuple):
    """A half-known character: the best reading, how sure it is, and the runners-up."""

    char: str
    certainty: float
    others: tuple[str, ...]


def fill(options: Sequence[tuple[str, float]], left: str, right: str, usage: Usage) -> Filled:
    """Return the best of some characters, each with its price, between two characters on each side."""
    held = _likely(options, left[-1], right[0], usage)
    scores = _scores(held, left, right, usage)
    top = max(scores)
    weights = [math.exp((score - top) / HEAT) for score in scores]
    total = sum(weights)
    order = sorted(range(len(held)), key=lambda i: (-weights[i], held[i]))
    odds = weights[order[0]] / max(total - weights[order[0]], 1e-12)
    certainty = 1 / (1 + odds ** (-1 / SURER))
    return Filled(held[order[0]][0], certainty, tuple(held[i][0] for i in order[1:4]))


def _likely(options: Sequence[tuple[str, float]], before: str, behind: str, usage: Usage) -> list[tuple[str, float]]:
    """Return the options that are frequent, or that a word or the page joins to a neighbour."""
    tied = model().following(before) | model().leading(behind) | usage.tied(before, behind)
    return [*options[:KEPT], *(option for option in options[KEPT:] if option[0] in tied)]


def _scores(held: Sequence[tuple[str, float]], left: str, right: str, usage: Usage) -> list[float]:
    step = _step(usage)
    a, b = left[-2], left[-1]
    out = []
    for c, price in held:
        score, trail = -price, (a, b)
        for char in (c, *right[:2]):
            score += step(*trail, char)
            trail = (trail[1], char)
        out.append(score)
    return out


def _step(usage: Usage) -> Callable[[str, str, str], float]:
    after = model().after

    def step(a: str, b: str, c: str) -> float:
        return math.log((1 - SHARE) * math.exp(after(a, b, c)) + SHARE * usage.after(b, c))

    return step

"""Learn which cut sentence reads on where, from labelled pages and from composed newspaper pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
from compose import TEST, halves, several, sheet, traditional, woven
from train_cuts import Floats

from corpuskit.core.characters import Model
from corpuskit.core.page import Page
from corpuskit.labelled import KEEP, load
from corpuskit.labelled import Page as Labelled
from corpuskit.lexicon.build_characters import PAGES
from corpuskit.segment import flow
from corpuskit.segment.boundaries import split
from corpuskit.segment.partners import signs
from corpuskit.segment.roles import cast
from corpuskit.segment.shapes import WRAPPED
from corpuskit.segment.ways import Field

LEANING = 1.2
"""Log odds in favour of a join: one that is wrong by little is flagged, one that is missed is lost."""

NEARNESS = 0.7
"""Log odds in favour of the next line: composed pages have more between the halves of a sentence than others."""

MARKED = 1.5
"""Log odds in favour of a line that begins with a mark: it goes on from some line, whichever that is."""


def field(page: Page) -> Field:
    """Return a page ready for joining."""
    roles = cast(page)
    return Field(page, roles, split(page, roles))


class Choice(NamedTuple):
    """A line that stops inside a sentence: the signs of all lines it may read on at, of none, and which is right."""

    signs: list[dict[str, float]]
    right: int
    weight: float


def choices(found: Field, follows: Mapping[int, int], weight: float) -> Iterator[Choice]:
    """Yield a choice for each line that stops inside a sentence; the last way is to read on nowhere."""
    for row in found.rows:
        if found.cast[row].stop < WRAPPED:
            near = found.near(row)
            right = near.index(follows[row]) if follows.get(row) in near else len(near)
            yield Choice([*signs(found, row, near), found.none(row)], right, weight)


def fit(found: Sequence[Choice], names: Sequence[str], strength: float, first: Floats | float = 0.0) -> Floats:
    """Return the weights of a conditional logit model with an L2 penalty on their distance from ``first``."""
    from scipy.optimize import minimize

    ways = np.array([[signs.get(name, 0.0) for name in names] for choice in found for signs in choice.signs])
    begins = np.cumsum([0, *(len(choice.signs) for choice in found)])[:-1]
    owner = np.repeat(np.arange(len(found)), [len(choice.signs) for choice in found])
    right = begins + np.array([choice.right for choice in found])
    weight = np.array([choice.weight for choice in found])

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = ways @ weights
        scores -= np.maximum.reduceat(scores, begins)[owner]
        total = np.add.reduceat(np.exp(scores), begins)
        share = np.exp(scores) / total[owner] * weight[owner]
        value = (weight * (np.log(total) - scores[right])).sum() + strength * float(
            (weights - first) @ (weights - first)
        )
        slope = ways.T @ share - ways[right].T @ weight + 2 * strength * (weights - first)
        return float(value), slope

    done = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    fitted: Floats = done.x
    return fitted


def gold(labelled: Labelled, page: Page) -> dict[int, int]:
    """Return the line on which each cut line reads on."""
    places: dict[int, tuple[int, int]] = {}
    at = 0
    for block in labelled.blocks:
        at = labelled.raw.index(block.raw, at)
        places[id(block)] = (at, at + len(block.raw.rstrip()) - 1)
        at += len(block.raw)
    first = {page.place(line.start): number for number, line in enumerate(page.lines)}
    last = {page.place(line.end - 1): number for number, line in enumerate(page.lines)}
    out = {}
    for blocks in labelled.articles().values():
        text = [block for block in blocks if block.role in KEEP]
        for one, other in pairwise(text):
            before, after = last.get(places[id(one)][1]), first.get(places[id(other)][0])
            if other.joins and before is not None and after is not None:
                out[before] = after
    return out


def examples(folder: Path, *, test: bool) -> Iterator[tuple[Field, dict[int, int], float]]:
    """Yield the tuning or the test pages, each with its joins and the weight of its pairs."""
    from train_articles import cleaned

    for labelled in load(folder):
        if labelled.id.startswith(TEST) is test:
            page = cleaned(labelled.raw)
            found = gold(labelled, page)
            # pages without a cut sentence teach what looks like one
            if page.lines and (found or not test):
                yield field(page), found, 2.0
    pool = halves(folder)[test]
    for number, made in enumerate(several(sheet, pool, 40 if test else 60, 90 + test)):
        lines = [traditional(line) for line in made.lines] if number % 3 == 2 else made.lines
        yield field(Page.of("\n".join(lines))), made.follows, 0.3
    for made in () if test else several(woven, pool, 12, 95):
        yield field(Page.of("\n".join(made.lines))), made.follows, 0.25


def train(folder: Path, strength: float = 0.3) -> dict[str, float]:
    """Return the weights; the character model was counted on the very pages, so it forgets what each gave."""
    unseen = Model(PAGES)
    with patch.object(flow, "model", lambda: unseen):
        found = [
            choice for one, follows, weight in examples(folder, test=False) for choice in choices(one, follows, weight)
        ]
    names = sorted({name for choice in found for signs in choice.signs for name in signs})
    fitted = dict(zip(names, fit(found, names, strength).tolist(), strict=True))
    fitted["none"] -= LEANING
    fitted["adjacent"] += NEARNESS
    fitted["a mark comes next"] += MARKED
    return {name: round(value, 3) for name, value in fitted.items()}


def accuracy(found: Sequence[tuple[Mapping[int, int], Mapping[int, int]]]) -> tuple[float, float]:
    """Return the share of gold joins that were found, and of found joins that are gold."""
    right = sum(made.get(before) == after for made, gold_ in found for before, after in gold_.items())
    return right / max(1, sum(len(g) for _, g in found)), right / max(1, sum(len(m) for m, _ in found))

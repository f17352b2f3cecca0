"""Learn whether a line stops inside a sentence, from labelled pages and from composed newspaper pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from compose import TEST, alone, halves, several, sheet, traditional

from corpuskit.core.page import Page
from corpuskit.labelled import KEEP, load
from corpuskit.labelled import Page as Labelled
from corpuskit.segment.roles import cut_signs, following, indents, shapes, undecided

Floats = npt.NDArray[np.float64]


class Row(NamedTuple):
    """A line that ends no sentence by its marks."""

    signs: dict[str, float]
    cut: bool
    weight: float


def rows(page: Page, cut: set[int], weight: float, passed: set[int] | None = None) -> Iterator[Row]:
    """Yield a row for each line that has to be judged; lines of ``passed`` are left out."""
    shaped = shapes(page)
    indented = indents(page, shaped)
    for line, here in enumerate(shaped):
        if undecided(here) and line not in (passed or ()):
            yield Row(cut_signs(page, shaped, line, following(shaped, line), indented), line in cut, weight)


def gold(labelled: Labelled, page: Page) -> tuple[set[int], set[int]]:
    """Return the lines at which a sentence is cut, and those of which the labels do not tell."""
    at, ends, inner = 0, {}, set()
    order = [b for blocks in labelled.articles().values() for b in blocks if b.role in KEEP]
    goes_on = {id(one): other.joins for one, other in pairwise(order) if one.article == other.article}
    for block in labelled.blocks:
        at = labelled.raw.index(block.raw, at)
        ends[at + len(block.raw.rstrip())] = goes_on.get(id(block), False)
        inner |= {at + i for i, char in enumerate(block.raw.rstrip()) if char == "\n"} if block.role in KEEP else set()
        at += len(block.raw)
    cut, passed = set(), set()
    for number, line in enumerate(page.lines):
        place = page.place(line.end - 1)
        if place is None or (place + 1) in inner or place + 1 not in ends:
            passed.add(number)
        elif ends[place + 1]:
            cut.add(number)
    return cut, passed


def examples(folder: Path, *, test: bool) -> Iterator[Row]:
    """Yield the rows of the tuning pages or of the test pages."""
    from train_articles import cleaned

    for labelled in load(folder):
        if labelled.id.startswith(TEST) is test:
            page = cleaned(labelled.raw)
            yield from rows(page, *_weighed(labelled, page)) if page.lines else ()
    pool = halves(folder)[test]
    for number, made in enumerate(several(sheet, pool, 60, 70 + test)):
        lines = [traditional(line) for line in made.lines] if number % 3 == 2 else made.lines
        yield from rows(Page.of("\n".join(lines)), set(made.follows), 0.5)
    for made in several(alone, pool, 60, 80 + test):
        yield from rows(Page.of("\n".join(made.lines)), set(), 0.5)


def _weighed(labelled: Labelled, page: Page) -> tuple[set[int], float, set[int]]:
    cut, passed = gold(labelled, page)
    return cut, 1.0, passed


def matrix(found: Sequence[Row], names: Sequence[str]) -> Floats:
    """Return the signs of rows, shape (rows, names)."""
    return np.array([[row.signs.get(name, 0.0) for name in names] for row in found])


def fit(features: Floats, labels: Floats, shares: Floats, strength: float) -> Floats:
    """Return the weights of a logistic regression with an L2 penalty (Newton's method)."""
    weights = np.zeros(features.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        slope = features.T @ (shares * (p - labels)) + strength * weights
        curve = (features * (shares * p * (1 - p))[:, None]).T @ features + strength * np.eye(len(weights))
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-9:
            break
    return weights


def train(folder: Path, strength: float = 0.5) -> dict[str, float]:
    """Return the weights."""
    found = list(examples(folder, test=False))
    names = sorted({name for row in found for name in row.signs})
    labels = np.array([float(row.cut) for row in found])
    fitted = fit(matrix(found, names), labels, np.array([row.weight for row in found]), strength)
    return {name: round(float(value), 3) for name, value in zip(names, fitted, strict=True)}


def area(scores: Floats, labels: Floats) -> float:
    """Return the area under the ROC curve: the chance that a cut line scores above one that is not."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    positive = labels > 0
    count = positive.sum()
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * (~positive).sum()))

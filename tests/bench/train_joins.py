"""Learn which cut sentence reads on where, from labelled pages and from composed newspaper pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from corpuskit.core.page import Page
from corpuskit.labelled import KEEP, load
from corpuskit.labelled import Page as Labelled
from corpuskit.segment.boundaries import split
from corpuskit.segment.joins import Field
from corpuskit.segment.roles import cast
from tests.bench.compose import TEST, halves, several, sheet, traditional
from tests.bench.train_cuts import Row, fit, matrix


def field(page: Page) -> Field:
    """Return a page ready for joining."""
    roles = cast(page)
    return Field(page, roles, split(page, roles))


def rows(found: Field, follows: Mapping[int, int], weight: float) -> Iterator[Row]:
    """Yield a row for each pair of a line that stops inside a sentence and one that may read on from it."""
    for row in found.rows:
        for column in found.near(row):
            if found.cast[row].stop < 100:
                yield Row(found.signs(row, column), follows.get(row) == column, weight)


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
        for one, other in zip(text, text[1:], strict=False):
            before, after = last.get(places[id(one)][1]), first.get(places[id(other)][0])
            if other.joins and before is not None and after is not None:
                out[before] = after
    return out


def examples(folder: Path, *, test: bool) -> Iterator[tuple[Field, dict[int, int], float]]:
    """Yield the tuning or the test pages, each with its joins and the weight of its pairs."""
    from tests.bench.train_articles import cleaned

    for labelled in load(folder):
        if labelled.id.startswith(TEST) is test:
            page = cleaned(labelled.raw)
            if page.lines and (found := gold(labelled, page)):
                yield field(page), found, 1.0
    for number, made in enumerate(several(sheet, halves(folder)[test], 40, 90 + test)):
        lines = [traditional(line) for line in made.lines] if number % 3 == 2 else made.lines
        yield field(Page.of("\n".join(lines))), made.follows, 0.5


def train(folder: Path, strength: float = 0.5) -> dict[str, float]:
    """Return the weights."""
    found = [row for one, follows, weight in examples(folder, test=False) for row in rows(one, follows, weight)]
    names = sorted({name for row in found for name in row.signs})
    labels = np.array([float(row.cut) for row in found])
    fitted = fit(matrix(found, names), labels, np.array([row.weight for row in found]), strength)
    return {name: round(float(value), 3) for name, value in zip(names, fitted, strict=True)}


def accuracy(found: Sequence[tuple[Mapping[int, int], Mapping[int, int]]]) -> tuple[float, float]:
    """Return the share of gold joins that were found, and of found joins that are gold."""
    right = sum(made.get(before) == after for made, gold_ in found for before, after in gold_.items())
    return right / max(1, sum(len(g) for _, g in found)), right / max(1, sum(len(m) for m, _ in found))

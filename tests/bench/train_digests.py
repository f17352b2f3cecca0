"""Learn which pages of headlines, or of paragraphs with marks, are digests, from tuning pages and composed digests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from compose import TEST, alone, bulletin, halves, several, traditional
from train_cuts import Floats, fit

from corpuskit.core.page import Page
from corpuskit.core.terms import Terms
from corpuskit.labelled import load
from corpuskit.segment.digests import ITEMS, marked_signs, series, titled_signs
from corpuskit.segment.roles import cast
from corpuskit.segment.starts import several as shown
from corpuskit.segment.starts import starts

STRENGTH = 2.0
COMPOSED, FOUND = 0.3, 3.0
"""Weights of a composed digest and of a labelled one beside a page of one article."""
POOLS = (("的", 450), ("の", 60), (" the ", 90))
"""Words that tell the languages of composed digests, and how many there are of each."""


class Row(NamedTuple):
    """A page of items that does not show by itself that it carries several articles."""

    signs: dict[str, float]
    digest: bool
    weight: float


def row(page: Page, digest: bool, weight: float) -> Iterator[Row]:
    """Yield the rows of a page, if there is anything to judge."""
    roles = cast(page)
    found, terms = starts(page, roles), Terms.of(page)
    if len(found) > 1 and not shown(page, roles, found):
        held = titled_signs(page, roles, found, terms), marked_signs(page, roles, series(page), terms)
        yield from (Row(signs, digest, weight) for signs in held if signs)


def examples(folder: Path) -> Iterator[Row]:
    """Yield the rows of the tuning pages and of composed digests."""
    from train_articles import begun, cleaned, owners

    for labelled in load(folder):
        page = cleaned(labelled.raw)
        if not labelled.id.startswith(TEST) and page.lines:
            digest = len(begun(owners(labelled, page))) >= ITEMS
            yield from row(page, digest, FOUND if digest else 1.0)
    for seed, (mark, count) in enumerate(POOLS):
        for marked in (False, True):
            found = several(partial(bulletin, marked=marked), halves(folder, 1, mark)[0], count, 90 + seed)
            for number, made in enumerate(found):
                lines = [traditional(line) for line in made.lines] if number % 3 == 2 else made.lines
                yield from row(Page.of("\n".join(lines)), True, COMPOSED)
        for made in several(alone, halves(folder, 1, mark)[0], count, 80 + seed):
            yield from row(Page.of("\n".join(made.lines)), False, 1.0)


def train(folder: Path) -> dict[str, float]:
    """Return the weights."""
    found = list(examples(folder))
    names = sorted({name for one in found for name in one.signs})
    values: Floats = np.array([[one.signs.get(name, 0.0) for name in names] for one in found])
    scale = np.where(values.std(axis=0) > 0, values.std(axis=0), 1.0)
    labels = np.array([float(one.digest) for one in found])
    fitted = fit(values / scale, labels, np.array([one.weight for one in found]), STRENGTH) / scale
    return {name: round(float(value), 3) for name, value in zip(names, fitted, strict=True)}

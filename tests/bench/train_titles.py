"""Learn which line of a headline block is the title, from labelled pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from compose import TEST
from train_joins import Choice, fit

from corpuskit.core.page import Page
from corpuskit.labelled import Page as Labelled
from corpuskit.labelled import load
from corpuskit.segment.roles import cast
from corpuskit.segment.shapes import Cast, Role
from corpuskit.segment.starts import starts
from corpuskit.segment.titles import title_signs

FIRST = {
    "looks": 1.0,
    "called the title": 4.0,
    "opens the text": 2.0,
    "has the rights": -2.0,
    "told": 2.0,
    "below a dash": 3.0,
    "points on": -3.0,
    "begins with a dash": -3.0,
    "goes on from the line above": -2.0,
    "above its rest": 2.0,
    "in brackets": -1.0,
    "lettered": 2.0,
    "says nothing of the text": -2.0,
    "first that looks like one, plain page": 1.5,
    "rank": -3.0,
    "longer, sheet": -1.0,
    "longer, traditional sheet": -1.0,
    "longer, signed page": -2.0,
    "upper of two, signed page": 0.7,
    "lower of two, signed page": -0.7,
}
"""What is known of headlines beforehand: a kicker points at its title, a deck hangs from it, both are set smaller."""


def titles(labelled: Labelled, page: Page) -> dict[str, int]:
    """Return the line of each article's title; one set in two lines does not tell a kicker from a deck."""
    at = 0
    found: dict[str, int] = {}
    blocks_of = Counter[str]()
    lines = {page.place(line.start): number for number, line in enumerate(page.lines)}
    for block in labelled.blocks:
        at = labelled.raw.index(block.raw, at)
        if block.role == "title" and block.article and at in lines:
            blocks_of[block.article] += 1
            found.setdefault(block.article, lines[at])
        at += len(block.raw)
    return {article: line for article, line in found.items() if blocks_of[article] == 1}


def blocks(page: Page, roles: list[Cast], title: int) -> Iterator[list[int]]:
    """Yield the headline blocks that hold a title and that the article may begin with."""
    for start in starts(page, roles):
        if title in start.block:
            yield start.block


def choices(labelled: Labelled, page: Page) -> Iterator[Choice]:
    """Yield a choice among the headlines of each block that holds a title; the blocks of a title share its weight."""
    roles = cast(page)
    for title in titles(labelled, page).values():
        found = [b for b in blocks(page, roles, title) if sum(roles[i].role is Role.HEAD for i in b) > 1]
        for block in found:
            signs = title_signs(page, roles, block)
            if title in signs:
                yield Choice([*signs.values()], [*signs].index(title), 1 / len(found))


def train(folder: Path, strength: float = 0.5) -> dict[str, float]:
    """Return the weights."""
    from train_articles import cleaned

    found = [
        choice
        for labelled in load(folder)
        if not labelled.id.startswith(TEST)
        for choice in choices(labelled, cleaned(labelled.raw))
    ]
    names = sorted({name for choice in found for signs in choice.signs for name in signs})
    first = np.array([FIRST.get(name, 0.0) for name in names])
    return {n: round(float(v), 3) for n, v in zip(names, fit(found, names, strength, first), strict=True)}

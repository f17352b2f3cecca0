"""Learn which line of a headline block is the title, from labelled pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compose import TEST
from train_joins import Choice, fit

from corpuskit.core.page import Page
from corpuskit.labelled import Page as Labelled
from corpuskit.labelled import load
from corpuskit.segment.roles import Cast, Role, cast
from corpuskit.segment.starts import starts
from corpuskit.segment.titles import title_signs


def titles(labelled: Labelled, page: Page) -> dict[str, int]:
    """Return the line of each article's title, the first where it is set in two."""
    at, found = 0, {}
    lines = {page.place(line.start): number for number, line in enumerate(page.lines)}
    for block in labelled.blocks:
        at = labelled.raw.index(block.raw, at)
        if block.role == "title" and block.article and at in lines:
            found.setdefault(block.article, lines[at])
        at += len(block.raw)
    return found


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


def train(folder: Path, strength: float = 0.3) -> dict[str, float]:
    """Return the weights."""
    from train_articles import cleaned

    found = [
        choice
        for labelled in load(folder)
        if not labelled.id.startswith(TEST)
        for choice in choices(labelled, cleaned(labelled.raw))
    ]
    names = sorted({name for choice in found for signs in choice.signs for name in signs})
    return {n: round(float(v), 3) for n, v in zip(names, fit(found, names, strength), strict=True)}

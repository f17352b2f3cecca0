"""Columns for the labeller: the scripts of each line, its indent, the blank lines around it."""

from __future__ import annotations

from functools import cache
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.core.page import Char, Page
from corpuskit.core.pairs import pairs

Column = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

_SCRIPTS = (Char.HAN, Char.KANA, Char.HANGUL, Char.LATIN, Char.LETTER)


def scripts(page: Page, prose: Flags) -> list[Column]:
    """Return how far each line's scripts are from those of the paragraphs, and whether its Han is of the other form."""
    counts = page.tally.astype(np.float32)
    held = counts[:, list(map(int, _SCRIPTS))]
    held[:, 0] += counts[:, Char.FUNCTION]
    letters = held.sum(axis=1)
    main = held[prose].sum(axis=0) if prose.any() else held.sum(axis=0)
    rare = main < 0.1 * max(1.0, float(main.sum()))
    foreign = held[:, rare].sum(axis=1) / np.maximum(1, letters)
    han = held[:, 0]
    traditional = _traditional(page)
    share = traditional / np.maximum(1, han)
    body = prose if prose.any() else np.ones(len(prose), bool)
    usual = float(traditional[body].sum() / max(1.0, float(han[body].sum())))
    other = (han >= 6) & ((share < 0.03) if usual > 0.12 else (share > 0.12))
    return [foreign, foreign * prose, other, (han == 0) & (letters > 8) & ~rare[0]]


@cache
def _traditional_table() -> Flags:
    table = np.zeros(0x10000, bool)
    table[[ord(char) for char in pairs().simplified if ord(char) < 0x10000]] = True
    return table


def _traditional(page: Page) -> Column:
    """Return the characters of each line that only traditional Chinese has."""
    flags = _traditional_table()[np.where(page.codes < 0x10000, page.codes, 0)]
    total = np.concatenate([[0], np.cumsum(flags)])
    starts, ends = page.bounds
    out: Column = (total[ends] - total[starts]).astype(np.float32)
    return out


def layout(page: Page, prose: Flags) -> list[Column]:
    """Return indents and blank lines, and where they differ from the paragraphs'."""
    starts, ends = page.bounds
    breaks = np.flatnonzero(page.codes == 10)
    # the white space above each line, and below the last
    low, high = np.append(0, ends), np.append(starts, len(page.text))
    first, last = breaks.searchsorted(low), breaks.searchsorted(high)
    blank = np.clip(last - first - 1, 0, 3).astype(np.float32)
    behind = np.append(0, breaks + 1)[last]
    indent = (high - np.maximum(low, behind))[:-1].astype(np.float32)
    above, below = blank[:-1], blank[1:]
    usual = spread = gap = 0.0
    if np.count_nonzero(prose) >= 3:
        usual, gap = median(indent[prose].tolist()), median(above[prose].tolist())
        spread = float((indent[prose] == usual).mean())
    regular = spread >= 0.8
    like = (indent == usual) & regular & (usual > 0)
    unlike = (indent != usual) & regular
    more_above, more_below = above > gap, below > gap
    return [indent > 0, like, unlike, above > 0, below > 0, more_above, more_below, unlike & prose]

"""Which lines are rows of a table, with cells parted by tabs or wide blanks and figures; which were cut at a width."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby

import numpy as np

from corpuskit.core.page import Page

_CELLS = re.compile(r"\t+|\u3000+|[ \xa0]{2,}")
_BLANK = re.compile("[\t\u3000 \xa0]")
_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}|\d{1,2}[-/月]\d{1,2}|\d{1,2}:\d{2}")
_NO_ROW = (0, False)
_RUN = 3
"""Rows of one shape in a run that make a table."""
_LONGEST = 200


def rows(page: Page) -> list[bool]:
    """Say which lines are rows of a table, worked out once.

    Rows that are dated are none: lists of other pages look like that.
    """
    return page.once("rows", lambda: _rows(page))


def _rows(page: Page) -> list[bool]:
    shapes = [_shape(line.text) if line.end - line.start <= _LONGEST else _NO_ROW for line in page.lines]
    out: list[bool] = []
    for (cells, _), run in groupby(shapes):
        size = len([*run])
        out += [cells > 1 and size >= _RUN] * size
    return out


@lru_cache(maxsize=1 << 14)
def _shape(text: str) -> tuple[int, bool]:
    """Return the cells of a row with figures, and whether tabs part them; 0 cells of any other line."""
    if not _BLANK.search(text) or not any(map(str.isdigit, text)) or _DATE.search(text):
        return _NO_ROW
    cells = _CELLS.split(text)
    if "\t" in text:
        return len(cells), True
    # a number, a title and a count of readers are a ranking
    figures = sum(any(map(str.isdigit, cell)) for cell in cells)
    return (len(cells), False) if figures > 2 or (figures and not cells[0].isdigit()) else _NO_ROW


def wrapped(page: Page) -> list[bool]:
    """Say which lines were cut at a fixed width: about as long as most of the page's characters stand in lines of."""
    starts, ends = page.bounds
    sizes = ends - starts
    counts = np.bincount(np.minimum(sizes, _LONGEST), weights=sizes)
    near = counts + np.append(counts[1:], 0) + np.append(counts[2:], (0, 0))[: len(counts)]
    width = int(near.argmax())
    if not _NARROW <= width < _LONGEST or near[width] < _MOST * sizes.sum():
        return [False] * len(sizes)
    alike = (sizes >= width) & (sizes <= width + 2)
    found: list[bool] = (alike & (np.count_nonzero(alike) >= _WRAPPED)).tolist()
    return found


_NARROW = 18
_WRAPPED = 6
"""Lines of one width, at least."""
_MOST = 0.5
"""Share of a page's characters in lines of one width, within two characters, that says it was cut."""

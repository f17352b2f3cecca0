"""Which lines are rows of a table, with cells parted by tabs or wide blanks and figures; which were cut at a width."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby

import numpy as np

from corpuskit.clean.evidence import evidence
from corpuskit.core.page import Char, Page

_CELLS = re.compile(r"\t+|\u3000+|[ \xa0]{2,}")
_BLANK = re.compile("[\t\u3000 \xa0]")
_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}|\d{1,2}[-/月]\d{1,2}|\d{1,2}:\d{2}")
_ANSWERS = re.compile(
    r"(?:回[复覆應应]|评论|評論|收藏|点赞|讚|播放|浏览|瀏覽) ?[\d.,]+ ?[万萬]?$"
    r"|\d ?[万萬]?[个個条條人次]?(?:回答|评论|評論|回[复覆應应]|播放|收藏|点赞|[楼樓])$"
)
"""How many answered or saw what a line leads to, or which post it is."""
_FRACTION = re.compile(r"[-+]?\d{1,12}\.\d{1,8}(?:%|[a-zA-Z]{1,2})?|[-+]?\d{1,12}%")
_MEASURED, _DAY = 4, 16
"""Cells of a row of measurements with a date or a time, at least; characters of a cell that is one, at most."""
_NO_ROW = (0, False)
_RUN = 3
"""Rows of one shape in a run that make a table."""
_LONGEST = 200


def rows(page: Page) -> list[bool]:
    """Say which lines are rows of a table, worked out once.

    Rows that are dated, but for measurements, or end in a count of readers are none: lists of other pages look like
    that.
    """
    return page.once("rows", lambda: _rows(page))


def _rows(page: Page) -> list[bool]:
    shapes = [_shape(line.text) if _may_be_row(line.text) else _NO_ROW for line in page.lines]
    if shapes.count(_NO_ROW) > len(shapes) - _RUN:
        return [False] * len(shapes)
    out: list[bool] = []
    for (cells, _), run in groupby(shapes):
        size = len([*run])
        out += [cells > 1 and size >= _RUN] * size
    return out


def _may_be_row(text: str) -> bool:
    return len(text) <= _LONGEST and _BLANK.search(text) is not None


@lru_cache(maxsize=1 << 14)
def _shape(text: str) -> tuple[int, bool]:
    """Return the cells of a row with figures, and whether tabs part them; 0 cells of any other line."""
    if not any(map(str.isdigit, text)) or _ANSWERS.search(text):
        return _NO_ROW
    cells = _CELLS.split(text)
    if _DATE.search(text):
        # what was measured at a time, or stood at a date in a place: lists of other pages give no fractions, and their
        # dates last
        measured = len(cells) >= _MEASURED and any(map(_FRACTION.fullmatch, cells))
        placed = len(cells) >= _MEASURED - 1 and len(cells[0]) <= _DAY and _DATE.match(cells[0]) is not None
        return (_MEASURED, True) if "\t" in text and (measured or placed) else _NO_ROW
    if "\t" in text:
        return len(cells), True
    # a number, a title and a count of readers are a ranking
    figures = sum(any(map(str.isdigit, cell)) for cell in cells)
    return (len(cells), False) if figures > 2 or (figures and not cells[0].isdigit()) else _NO_ROW


def wrapped(page: Page) -> list[bool]:
    """Say which lines were cut at a fixed width: amid a word, or before the word that did not fit; worked out once."""
    return page.once("wrapped", lambda: [cut or full for cut, full in zip(_cut(page), filled(page), strict=True)])


def _cut(page: Page) -> list[bool]:
    """Say which lines are about as long as most of the page's characters stand in lines of, and which touch those.

    The first line of a paragraph is indented, and its last one is shorter.
    """
    ranked = sorted(len(line.text) for line in page.lines)
    if not any(
        small >= _NARROW and large - small <= 2 for small, large in zip(ranked, ranked[_WRAPPED - 1 :], strict=False)
    ):
        return [False] * len(page.lines)
    starts, ends = page.bounds
    sizes = ends - starts
    counts = np.bincount(np.minimum(sizes, _LONGEST), sizes, _LONGEST + 3)
    near = counts[:-2] + counts[1:-1] + counts[2:]
    width = int(near.argmax())
    if not _NARROW <= width < _LONGEST or near[width] < _MOST * sizes.sum():
        return [False] * len(sizes)
    alike = (sizes >= width) & (sizes <= width + 2)
    if np.count_nonzero(alike) < _WRAPPED:
        return [False] * len(sizes)
    breaks = np.cumsum(page.codes == _BREAK)
    touch = breaks[starts[1:]] - breaks[ends[:-1] - 1] < 2
    found: list[bool] = alike.tolist()
    for index in np.flatnonzero(touch).tolist():
        indented = page.codes[starts[index] - 1] != _BREAK if starts[index] else False
        found[index] |= bool(alike[index + 1]) and indented and sizes[index] >= _INDENTED * width
        found[index + 1] |= bool(alike[index]) and page.lines[index].text[-1] not in _CLOSED
    return found


def filled(page: Page) -> list[bool]:
    """Say which lines of words were filled up to a width, and which continue such a line; worked out once.

    The first word of the next line would have gone beyond the width: each pair of lines tells a range of widths, and
    most tell that of the page.
    """
    return page.once("filled", lambda: _filled(page))


def _filled(page: Page) -> list[bool]:
    lines, out = page.lines, [False] * len(page.lines)
    each = zip(lines, evidence(page), strict=True)
    if sum(e.han < 0.5 and _WORDS <= line.end - line.start < _LONGEST for line, e in each) < _WRAPPED:
        return out
    starts, ends = page.bounds
    sizes = ends - starts
    pairs = []
    words = (page.tally[:, Char.LATIN] > sizes / 2) & (sizes >= _WORDS) & (sizes < _LONGEST)
    for index in np.flatnonzero(words[:-1]).tolist():
        line, after = lines[index], lines[index + 1]
        if page.text.count("\n", line.end, after.start) < 2:
            pairs.append((index, len(line.text), len(after.text.split(" ", 1)[0])))
    change = np.zeros(_LONGEST + 2, np.int64)
    for _, size, word in pairs:
        change[size] += 1
        change[min(_LONGEST, size + word) + 1] -= 1
    told = change.cumsum()
    width = int(told.argmax())
    if told[width] < max(_WRAPPED, _MOST * len(pairs)):
        return out
    for index, size, word in pairs:
        if size <= width <= size + word:
            out[index] = out[index + 1] = True
    return out


_WORDS = 30
"""Characters of a line of words that was filled, at least."""
_NARROW = 18
_INDENTED = 0.75
"""Share of the width that the first line of a paragraph has."""
_BREAK = ord("\n")
_CLOSED = "。！？!?…”』」"
"""What a line ends in that needs no further one."""
_WRAPPED = 6
"""Lines of one width, at least."""
_MOST = 0.5
"""Share of a page's characters in lines of one width, within two characters, that says it was cut."""

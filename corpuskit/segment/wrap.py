"""Text cut at a fixed width: every line full but the last of each paragraph."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpuskit.core.page import Char, Page

_LEAST_LINES = 5
_NARROWEST, _WIDEST = 24, 200
_DEEP = 9
"""Characters of white space from which a line is set apart, not indented."""
_FULL = 0.5
"""Least share of lines that are full."""
_ROOM = 2
"""Columns that one more character takes."""
_TWO = np.array([ord(char) for char in "“”‘’…—"], np.uint32)
"""Marks that are set as wide as the characters of an unspaced script."""
_MARKS = (Char.FINAL, Char.INNER)


def wrapped(page: Page) -> list[bool]:
    """Return for each line whether it was cut at the width of the page, so that the next reads on from it.

    A page counts as cut when at least half of its lines end within four columns of the same width and most of these
    end without a mark: verse of equal lines is narrower, and lists end where they will. A line that a blank line or
    an indented one follows ends its paragraph.
    """
    count = len(page.lines)
    none = [False] * count
    if count < _LEAST_LINES:
        return none
    wide = _columns(page)
    width = _width(wide)
    if not width:
        return none
    full = (wide >= width - _slack(page)) & (wide <= width)
    marked = np.array([_marked(page, i) for i in np.flatnonzero(full).tolist()])
    if full.sum() < max(_LEAST_LINES - 1, _FULL * count) or marked.mean() > 0.4:
        return none
    return [bool(full[i]) and _goes_on(page, i) and not _short(page, i, width - int(wide[i])) for i in range(count)]


def _columns(page: Page) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the width of each line in columns: two for a character of an unspaced script."""
    before = np.concatenate([[0], np.cumsum((page.codes > 0x2E7F) | np.isin(page.codes, _TWO))])
    wide = [
        int(before[line.end] - before[line.start]) if _unspaced(count) else 0
        for line, count in zip(page.lines, page.counts, strict=True)
    ]
    sizes = [_indent(page, line.start) + len(line.text) for line in page.lines]
    return np.array([size + more for size, more in zip(sizes, wide, strict=True)])


def _indent(page: Page, start: int) -> int:
    """Return the columns of white space before a line."""
    if page.text[start - 1 : start] not in (" ", "\u3000"):
        return 0
    before = page.text[max(0, start - _DEEP) : start]
    blank = before[len(before.rstrip(" \u3000")) :]
    return len(blank) + blank.count("\u3000") if len(blank) < _DEEP else 0


def _unspaced(count: Sequence[int]) -> bool:
    return count[Char.HAN] + count[Char.FUNCTION] + count[Char.KANA] + count[Char.HANGUL] > 0


def _width(wide: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    """Return the width at which the page is cut, 0 if lines are wider here and there."""
    width = int(np.sort(wide)[int(0.97 * (len(wide) - 1))])
    return width if _NARROWEST <= width <= _WIDEST else 0


def _slack(page: Page) -> int:
    """Return how much narrower a full line may be: a mark that may not begin a line, or a word of Latin script."""
    latin = sum(count[Char.LATIN] for count in page.counts)
    return 11 if latin > 0.5 * len(page.text) else 4


def _marked(page: Page, line: int) -> bool:
    return int(page.classes[page.lines[line].end - 1]) in _MARKS


def _short(page: Page, line: int, missing: int) -> bool:
    """Say whether a line that ends a sentence had room for what follows: no mark there that may not begin a line."""
    final = int(page.classes[page.lines[line].end - 1]) == Char.FINAL
    if not final or missing < _ROOM or line + 1 == len(page.lines):
        return False
    begin = page.lines[line + 1].start
    return not any(int(kind) in _MARKS for kind in page.classes[begin : begin + 3])


def _goes_on(page: Page, line: int) -> bool:
    seam = page.seam(line)
    gap = page.text[seam.start : seam.end]
    return line + 1 < len(page.lines) and gap.strip(" \t\r") == "\n" and not gap.endswith((" ", "\u3000", "\t"))

"""Where on a page of plain text the article stands: the stretch of lines in which prose most outweighs the rest.

After Finn, Kushmerick and Smyth, "Fact or fiction: content classification for digital libraries" (2001), by lines:
prose counts by its length, any other line costs a fixed number of characters.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.formed import has
from corpuskit.core.codes import runs
from corpuskit.core.page import Page

_GAP = 20
"""Characters that a line which is no sentence costs."""
_MENU = 16
"""Short lines in a row, outside the stretch, that no article has beside it: a menu or a list."""
_DENSE = 0.8
"""Share of the stretch's characters that are prose."""
_LEAST = 200
"""Characters of prose an article has."""
_SHARE = 0.4
"""Least share of an article's prose to what stands outside: verse with a note under it has less."""
_SHORT = 36


class Stretch(NamedTuple):
    """Lines ``first`` up to ``last``, and whether the page is a thread, whose posts stand anywhere."""

    first: int
    last: int
    thread: bool


def stretch(page: Page) -> Stretch:
    """Return where the article stands, worked out once."""
    return page.once("stretch", lambda: _stretch(page, evidence(page)))


def _stretch(page: Page, found: list[Evidence]) -> Stretch:
    value = np.array([_value(e) for e in found], np.float64)
    total = np.concatenate([[0.0], np.cumsum(value)])
    last = int(np.argmax(total - np.minimum.accumulate(total)))
    first = int(np.argmin(total[: last + 1]))
    return Stretch(first, last, _is_thread(page, found))


def _value(e: Evidence) -> float:
    if e.chrome >= 0.5 or not (e.prose or e.final):
        return -_GAP
    return e.size if e.prose else e.size / 2


def _is_thread(page: Page, found: list[Evidence]) -> bool:
    """Say whether the page is a thread: marks of posts, at least four, with sentences between them."""
    marks = [i for i, line in enumerate(page.lines) if len(line.text) <= 60 and has("furniture", "voice", line.text)]
    if len(marks) < 4:
        return False
    said = np.cumsum([0, *(e.final or e.prose for e in found)])
    return sum(bool(said[b] > said[a + 1]) for a, b in pairwise(marks)) >= 3


def outside(page: Page) -> list[bool]:
    """Say which lines stand outside the article, on a page that is plainly an article among menus; else none."""
    found = evidence(page)
    first, last, thread = stretch(page)
    inside = found[first:last]
    prose = sum(e.size for e in inside if e.prose)
    nothing = [False] * len(found)
    size = sum(e.size for e in inside)
    beside = sum(e.size for e in found) - size
    if thread or prose < _LEAST or prose < _DENSE * size or prose < _SHARE * beside:
        return nothing
    out = np.ones(len(found), bool)
    out[first:last] = False
    short = np.array([e.size <= _SHORT and not e.final for e in found])
    begins, ends = runs(short & out)
    return out.tolist() if (ends - begins).max(initial=0) >= _MENU else nothing

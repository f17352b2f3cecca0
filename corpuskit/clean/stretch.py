"""Where on a page of plain text the article stands: the stretch of lines in which prose most outweighs the rest.

After Finn, Kushmerick and Smyth, "Fact or fiction: content classification for digital libraries" (2001), by lines:
prose counts by its length, any other line costs a fixed number of characters.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.evidence import Evidence, columns, evidence
from corpuskit.clean.formed import has
from corpuskit.core.codes import runs
from corpuskit.core.page import Char, Page

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_GAP = 20
"""Characters that a line which is no sentence costs."""
_MENU = 16
"""Short lines in a row, outside the stretch, that no article has beside it: a menu or a list."""
_DENSE = 0.8
"""Share of the stretch's characters that are prose."""
_LEAST, _SHARE = 200, 0.4
"""Characters of prose an article has, and its least share to what stands outside: verse with a note has less."""
_LIKELY, _FEWER, _LESSER = 0.65, 120, 0.14
"""Where what stands outside is likely noise, by the mean probability of its characters, less of both will do."""
_SHORT = 36
_SPELT = 2.7
"""Letters of an alphabet that say what one Han character says."""
_ALPHABETS = [Char.LATIN, Char.LETTER]


class Stretch(NamedTuple):
    """Lines ``first`` up to ``last``, and whether the page is a thread, whose posts stand anywhere."""

    first: int
    last: int
    thread: bool


def stretch(page: Page) -> Stretch:
    """Return where the article stands, worked out once."""
    return page.once("stretch", lambda: _stretch(page, evidence(page)))


def _stretch(page: Page, found: list[Evidence]) -> Stretch:
    worth = _worth(page)
    held = columns(page)
    said = (held["chrome"] < 0.5) & (held.prose | held.final)
    value = np.where(said, np.where(held.prose, worth, worth / 2), -_GAP)
    total = np.concatenate([[0.0], np.cumsum(value)])
    last = int(np.argmax(total - np.minimum.accumulate(total)))
    first = int(np.argmin(total[: last + 1]))
    return Stretch(first, last, _is_thread(page, found))


def _worth(page: Page) -> Numbers:
    """Return the characters of each line; those of an alphabet say less each than Han characters and syllables."""
    size = columns(page).size
    worth: Numbers = np.where(spelt(page), size / _SPELT, size)
    return worth


def spelt(page: Page) -> Flags:
    """Say which lines are mostly of an alphabet's letters, worked out once."""
    return page.once("spelt", lambda: _spelt(page))


def _spelt(page: Page) -> Flags:
    letters: Flags = page.tally[:, _ALPHABETS].sum(axis=1) > columns(page).size / 2
    return letters


def _is_thread(page: Page, found: list[Evidence]) -> bool:
    """Say whether the page is a thread: marks of posts, at least four, with sentences between them."""
    marks = [i for i, line in enumerate(page.lines) if len(line.text) <= 60 and has("furniture", "voice", line.text)]
    if len(marks) < 4:
        return False
    said = np.cumsum([0, *(e.final or e.prose for e in found)])
    return sum(bool(said[b] > said[a + 1]) for a, b in pairwise(marks)) >= 3


def outside(page: Page, noise: Numbers) -> Flags:
    """Say which lines stand outside the article, on a page that is plainly an article among menus; else none.

    ``noise`` is the probability that each line is noise, shape (lines,).
    """
    first, last, thread = stretch(page)
    held = columns(page)
    out = np.ones(len(noise), bool)
    out[first:last] = False
    prose, size = (float(held.size[~out] @ part) for part in (held.prose[~out], np.ones(last - first)))
    beside = float(held.size[out].sum())
    least, share = (_FEWER, _LESSER) if held.size[out] @ noise[out] >= _LIKELY * beside else (_LEAST, _SHARE)
    if thread or prose < least or prose < _DENSE * size or prose < share * beside:
        return np.zeros(len(out), bool)
    begins, ends = runs((_worth(page) <= _SHORT) & ~held.final & out)
    return out if (ends - begins).max(initial=0) >= _MENU else np.zeros(len(out), bool)

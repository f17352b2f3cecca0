"""Whose words a text holds: a seller's, those of who wants to be reached, a site's to its readers, readers' own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from corpuskit.core.lexicon import Finder, fold, terms
from corpuskit.core.pairs import pairs

VOICES = ("pitch", "contact", "prompts", "talk")
"""The word lists."""


@cache
def _finder() -> Finder:
    return Finder(*VOICES)


@cache
def _lists() -> list[npt.NDArray[np.bool_]]:
    """Return which terms stand in each list; some stand in several."""
    return [*map(_finder().of, VOICES)]


@cache
def simple() -> dict[int, str]:
    """Return what translates traditional characters to simplified ones, each in its place."""
    return str.maketrans(pairs().simplified)


@cache
def _traditional() -> re.Pattern[str]:
    return re.compile(f"[{''.join(pairs().simplified)}]")


def counted(text: str) -> dict[str, tuple[int, int]]:
    """Return of each list how many characters of a text its terms cover, and how many different ones there are.

    >>> counted("限时特价，加微信")["pitch"]
    (4, 2)
    """
    hits = _finder().find(simplified(fold(text)))
    each = {name: [hit for hit in hits if hit.term in terms(name)] for name in VOICES}
    return {name: (sum(h.end - h.start for h in own), len({h.term for h in own})) for name, own in each.items()}


def simplified(folded: str) -> str:
    """Return a text in simplified characters, each in its place."""
    # to translate a text is slow, and seldom needed
    return folded.translate(simple()) if _traditional().search(folded) else folded


def heard(folded: Sequence[str], sizes: Sequence[int]) -> npt.NDArray[np.float64]:
    """Return how much of some folded lines each list covers, list by list: a share, and how many terms, for its size.

    Shape (lines, 2 * lists).
    """
    found = _finder().spread([*map(simplified, folded)])
    size = np.array(sizes, np.int64)
    out = np.empty((len(folded), 2 * len(VOICES)))
    for number, of in enumerate(_lists()):
        covered, kinds = found.measured(of, len(folded))
        out[:, 2 * number] = np.minimum(1.0, covered / np.maximum(size, 6))
        out[:, 2 * number + 1] = np.minimum(1.0, kinds / (2 + size / 15))
    return out

"""Whose words a text holds: a seller's, those of who wants to be reached, a site's to its readers, readers' own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from corpuskit.core.lexicon import Finder, Hit, fold, terms
from corpuskit.core.pairs import pairs

VOICES = ("pitch", "contact", "prompts", "talk")
"""The word lists."""


@cache
def _finder() -> Finder:
    return Finder(*VOICES)


@cache
def _owners() -> dict[str, list[str]]:
    """Return the lists that each term stands in."""
    return {term: [name for name in VOICES if term in terms(name)] for every in VOICES for term in terms(every)}


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
    return _counted(_finder().find(_simplified(fold(text))))


def _simplified(folded: str) -> str:
    # to translate a text is slow, and seldom needed
    return folded.translate(simple()) if _traditional().search(folded) else folded


def _counted(hits: list[Hit]) -> dict[str, tuple[int, int]]:
    if not hits:
        return _SILENT
    covered, kinds = dict.fromkeys(VOICES, 0), {name: set[str]() for name in VOICES}
    for hit in hits:
        for name in _owners()[hit.term]:
            covered[name] += hit.end - hit.start
            kinds[name].add(hit.term)
    return {name: (covered[name], len(kinds[name])) for name in VOICES}


_SILENT = dict.fromkeys(VOICES, (0, 0))


def heard(folded: Sequence[str], sizes: Sequence[int]) -> list[list[float]]:
    """Return for each of some folded lines, list by list, the share of it that terms cover, and how many there are.

    The number is of different terms, for the line's size.
    """
    hits = _finder().find_each([*map(_simplified, folded)])
    return [_measured(hits[line], size) if line in hits else _NOTHING for line, size in enumerate(sizes)]


def _measured(hits: list[Hit], size: int) -> list[float]:
    out: list[float] = []
    for covered, kinds in _counted(hits).values():
        out += [min(1.0, covered / max(size, 6)), min(1.0, kinds / (2 + size / 15))]
    return out


_NOTHING = [0.0] * 2 * len(VOICES)

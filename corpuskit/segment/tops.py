"""Which first lines of pages cannot stop inside a sentence that the second goes on with, told of many pages at once.

What :mod:`corpuskit.segment.cuts` weighs one by one is added up for all of them; a sign that takes a closer look counts
where it could be there and would speak for a cut. What is left over is weighed as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.core.chars import FINALS, Char
from corpuskit.core.codes import members_of
from corpuskit.core.pairs import pairs
from corpuskit.segment import cuts
from corpuskit.segment.roles import LEANING
from corpuskit.segment.shapes import CLOSING, GOES_ON, LONGEST_HEAD
from corpuskit.segment.signatures import VERSE
from corpuskit.segment.sound import Flags, Ints, Lines

Numbers = npt.NDArray[Any]

_SLACK = 1e-6
"""Log odds by which a sum may differ from one that is added up in another order."""
_UNSPACED = [Char.HAN, Char.FUNCTION, Char.KANA, Char.HANGUL]
_ALWAYS = ("numbered", "known ending", "a lead follows", "a number follows")
_BRACKET, _BLANK = ("open bracket", "closes what was open"), ("spaced", "tabs", "cells")
_SHORT = ("a remainder follows", "a short line follows")
_BROKEN = ("furniture between", "comma before furniture")
_INDENT = ("an indent before", "an indent follows", "no indent before", "no indent follows")


def may_stop(lines: Lines, chosen: Ints) -> Flags:
    """Return which of some pages, by number, may have a headline that is cut above text that is whole.

    Each has two lines at least, of which the first looks like a headline of an unspaced script.
    """
    top = lines.firsts[chosen]
    tally, below = lines.tally[top], lines.size[top + 1]
    texts = [(lines.texts[at], lines.texts[at + 1]) for at in top.tolist()]
    odds = cuts.weights().of(_counted(tally, lines.size[top], below) | _bonds(texts))
    odds += [_ending(left[-1]) + _beginning(right[:2]) for left, right in texts]
    odds += _most(*_ALWAYS)
    odds += _most(*_BRACKET) * (tally[:, Char.BRACKET] > 0)
    odds += _most(*_BLANK) * (tally[:, Char.SPACE] > 0)
    odds += _most(*_SHORT) * (below < cuts.REMAINDER)
    odds += _most(*_INDENT) * _may_indent(lines)[chosen]
    odds += _most(*_BROKEN) * np.array([len(lines.pages[at].draft.runs) > 1 for at in chosen.tolist()], np.bool_)
    return np.asarray(odds + LEANING > -_SLACK)


def titled(lines: Lines) -> Flags:
    """Return which pages have a first line that is a headline of an unspaced script beyond doubt: few words, no marks.

    It is what :func:`~corpuskit.segment.shapes.shape_of` finds of most titles one by one; it is undecided whether it is
    cut.
    """
    top = lines.firsts
    tally, size = lines.tally[top], lines.size[top]
    words = tally[:, _UNSPACED].sum(axis=1)
    short = (words >= 2) & (size <= LONGEST_HEAD) & (tally[:, Char.LATIN] <= size / 2)
    plain = ~tally[:, [Char.WIDE, Char.FINAL]].any(axis=1)
    open_ = ~_endings().take(lines.codes[lines.ends[top] - 1], mode="clip")
    return np.asarray(lines.bare[top] & short & plain & open_)


@cache
def _endings() -> Flags:
    """Return the marks at the end of a line that show more of it than that it is short."""
    return members_of((*CLOSING, *FINALS, *GOES_ON))


def _counted(tally: Ints, size: Ints, below: Ints) -> dict[str, Numbers]:
    """Return the signs that are numbers of characters."""
    han, function, inner = tally[:, Char.HAN] + tally[:, Char.FUNCTION], tally[:, Char.FUNCTION], tally[:, Char.INNER]
    return {
        "bias": np.ones(len(size)),
        "looks like a headline": np.ones(len(size)),
        "size": np.minimum(4.0, size / 25),
        "log size": np.log(np.clip(size, 1, 100)),
        "tiny": size < cuts.TINY,
        "short": size < cuts.SHORT,
        "marks inside": np.minimum(3, inner) / 2,
        "any mark inside": inner > 0,
        "a sentence inside": tally[:, Char.FINAL] > 0,
        "figures": tally[:, Char.DIGIT] / np.maximum(1, size),
        "grammar": 5 * function / np.maximum(1, han),
        "kana": tally[:, Char.KANA] > 0.2 * size,
        "a line as long follows": (size < VERSE) & (np.abs(size - below) < 2),
    }


def _bonds(texts: Sequence[tuple[str, str]]) -> dict[str, Numbers]:
    """Return what the characters on both sides of each break weigh together."""
    bond = np.array([pairs().bond(left[-1], right[0]) for left, right in texts], np.float64)
    return {"bond": np.clip(bond / 4, -3.0, 3.0), "strong bond": bond >= 4}


def _may_indent(lines: Lines) -> Flags:
    """Say which pages have a blank before a line."""
    blank = members_of(cuts.BLANKS).take(lines.codes[lines.starts - 1], mode="clip")
    return np.asarray(np.logical_or.reduceat(blank, lines.firsts))


@lru_cache(maxsize=cuts.CHARS)
def _ending(last: str) -> float:
    return cuts.weigh(cuts.ending(last))


@lru_cache(maxsize=cuts.CHARS)
def _beginning(first: str) -> float:
    return cuts.weigh(cuts.begins(first))


def _most(*signs: str) -> float:
    """Return the most that some signs weigh together, each of which is there or not."""
    return sum(max(0.0, cuts.weights()[sign]) for sign in signs)

"""What the characters on both sides of a break show of its being inside a word or a quotation."""

from __future__ import annotations

import re

from corpuskit.core.pairs import pairs
from corpuskit.core.stems import unended

_LAST, _FIRST = re.compile(r"(?<![-\w])[A-Za-z]+(?=-$)"), re.compile(r"[a-z]+(?![-\w])")
"""The halves of a word that a column cuts; one with a hyphen of its own is a compound."""
_SHOWN = 60
"""Most characters of a half that are looked at."""


def hyphenated(left: str, right: str) -> float:
    """Return 1 if the halves of a word of Latin script, cut at a hyphen, make up a frequent one, -1 if they do not."""
    return 1.0 if _frequent("".join(_halves(left, right))) else -1.0


def parted(left: str, right: str) -> bool:
    """Say whether the layout set the hyphen between two lines: it parts a frequent word, or what is none by itself.

    >>> parted("a pub-", "lic house"), parted("the ves-", "tibule"), parted("a long-", "term plan")
    (True, True, False)
    >>> parted("the news-", "paper of the town")
    True
    """
    one, other = _halves(left, right)
    if not (one and other):
        return False
    return _frequent(one + other) or not (_word(one) and _word(other))


def _word(half: str) -> bool:
    return _frequent(half) or half.lower() in pairs().word


def _frequent(word: str) -> bool:
    """Say whether a word is a frequent one, whatever ending it has."""
    return unended(word.lower()) in pairs().word


def _halves(left: str, right: str) -> tuple[str, str]:
    """Return the letters before the hyphen that ends a line, and those with which the next begins."""
    halves = _LAST.search(left[-_SHOWN:]), _FIRST.match(right[:_SHOWN])
    one, other = (half[0] if half else "" for half in halves)
    return one, other


def seldom(char: str) -> float:
    """Return how much more often a character stands inside or at the end of a word than at its beginning."""
    known = pairs()
    simple = known.simplified.get(char, char)
    if not "\u4e00" <= simple <= "\u9fff":
        return 0.0
    return max(-3.0, min(3.0, (known.end.get(simple, 3) - known.begin.get(simple, 3)) / 2))


def unopened(text: str) -> bool:
    """Say whether a line closes a quotation or bracket that it does not open."""
    for pair in ("“”", "（）", "「」", "《》", "『』"):
        shut = text.find(pair[1])
        if shut >= 0 and text.find(pair[0], 0, shut) < 0:
            return True
    return False

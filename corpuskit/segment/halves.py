"""What the characters on both sides of a break show of its being inside a word or a quotation."""

from __future__ import annotations

import re

from corpuskit.core.pairs import pairs
from corpuskit.core.terms import stem

_LAST, _FIRST = re.compile(r"[A-Za-z]+(?=-$)"), re.compile(r"[A-Za-z]+")


def hyphenated(left: str, right: str) -> dict[str, float]:
    """Return whether the halves of a word of Latin script, cut at a hyphen, make up a frequent one."""
    if left[-1] != "-" or not right[0].islower():
        return {}
    halves = _LAST.search(left), _FIRST.match(right)
    whole = "".join(half[0] for half in halves if half)
    return {"a word across a hyphen": 1.0 if stem(whole.lower()) in pairs().word else -1.0}


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

"""Whether a line stops inside a sentence, by what it shows itself and by what comes after it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from corpuskit.core.late import late
from corpuskit.core.page import Char, Page
from corpuskit.core.pairs import pairs
from corpuskit.segment.model import Weights, table

CLOSERS = "”’」』）)】》\"']〉〕"
_TAIL = set(
    "的了在是和与與及对對为為将將并並也有不就都而以被把从從向到要中这這那我他她其该該此或但又很更各还還再互给給让讓使由于於得地"
    "便即才仅僅曾已能可应應须須需所之若如则則因每某令至未均皆且虽雖"
)
_MARKS = "，。、；：！？,.;:!?”’）)」』》…"
_CARRIED = "了着過过的们們吗嗎呢吧"
_PAIRS = ("“”", "（）", "()", "「」", "《》", "『』", "‘’", "【】")
_OPENING = late("[" + re.escape("".join(pair[0] for pair in _PAIRS)) + "]")
_SPACED = late(r"[\u3040-\u9fff”」][ \u3000]+[\u3040-\u9fff“「]")
_TOLD = "，、,：:；;—-~～" + CLOSERS
"""Marks at the end of a line that have a sign of their own."""
_INDENTS, BLANKS = ("\u3000", "  ", "\t"), "\u3000 \t"
"""What lines are indented with, and the characters that it ends in."""
_COMMON = 11
"""log2 frequency from which a pair of characters is a common word."""
CHARS = 1 << 13
"""Characters of which is kept what they show: all that most texts have."""
TINY, SHORT, REMAINDER = 7, 22, 30
"""Characters below which a line is tiny, short, or may be what is left of a sentence."""


def weights() -> Weights:
    """Return the learned weight of each sign."""
    return table("cuts")


def weigh(signs: Mapping[str, float]) -> float:
    """Return the log odds that a line with these signs stops inside a sentence."""
    return weights().of(signs)


def alone(text: str, count: Sequence[int], size: int) -> dict[str, float]:
    """Return what a line that ends no sentence shows of itself; a sign that is not there is 0."""
    han, blanks = count[Char.HAN] + count[Char.FUNCTION], count[Char.SPACE] > 0
    return {
        "bias": 1.0,
        "size": min(4.0, size / 25),
        "log size": math.log(max(1, min(100, size))),
        "tiny": size < TINY,
        "short": size < SHORT,
        "marks inside": min(3, count[Char.INNER]) / 2,
        "any mark inside": count[Char.INNER] > 0,
        "a sentence inside": count[Char.FINAL] > 0,
        "open bracket": count[Char.BRACKET] > 0 and opened(text),
        "figures": count[Char.DIGIT] / max(1, size),
        "grammar": 5 * count[Char.FUNCTION] / max(1, han),
        "kana": count[Char.KANA] > 0.2 * size,
        **(_parted(text) if blanks else {}),
        **ending(text[-1]),
        "known ending": _known(text[-2:-1], text[-1]),
    }


def _parted(text: str) -> dict[str, float]:
    """Return what a line shows by the white space in it."""
    return {
        "spaced": _SPACED.search(text) is not None,
        "tabs": "\t" in text,
        "cells": min(3, text.count("\u3000") + text.count("  ")) / 3,
    }


@lru_cache(maxsize=CHARS)
def ending(last: str) -> dict[str, float]:
    """Return what a line shows by its last character."""
    known = pairs()
    simple = known.simplified.get(last, last)
    ends, begins = known.end.get(simple, 3), known.begin.get(simple, 3)
    signs: dict[str, float] = {
        "ends in grammar": last in _TAIL,
        "ends in comma": last in "，、,",
        "ends in colon": last in "：:；;",
        "ends in dash": last in "—-~～",
        "ends in closer": last in CLOSERS,
        "ends in figure": last.isdigit(),
        "ends in latin": last.isascii() and last.isalpha(),
        "ends in hiragana": "\u3041" <= last <= "\u3096",
        "ends in symbol": not last.isalnum() and last not in _TOLD,
        "seldom ends words": max(-4.0, min(4.0, (begins - ends) / 2)) if "\u4e00" <= simple <= "\u9fff" else 0.0,
    }
    return _shown(signs)


def _known(before: str, last: str) -> bool:
    """Say whether two characters are a common word or end one."""
    known = pairs()
    return known.inside.get(known.simplified.get(before, before) + known.simplified.get(last, last), 0) >= _COMMON


def _shown(signs: dict[str, float]) -> dict[str, float]:
    """Return the signs that are there."""
    return {name: value for name, value in signs.items() if value}


def opened(text: str) -> bool:
    """Say whether a quotation or bracket of a line is not closed in it."""
    if not _OPENING.search(text):
        return False
    return any(text.count(pair[0]) > text.count(pair[1]) for pair in _PAIRS)


def seam(left: str, right: str, open_: bool) -> dict[str, float]:
    """Return how the text after a break goes with the line before it; ``open_``: that leaves a quotation open."""
    bond = pairs().bond(left[-1], right[0])
    return {
        **begins(right),
        "bond": max(-3.0, min(3.0, bond / 4)),
        "strong bond": bond >= 4,
        "closes what was open": open_ and closes(left, right),
    }


def begins(right: str) -> dict[str, float]:
    """Return what the text after a break shows of itself; a sign that is not there is 0."""
    return _beginning(right[0], right[1:2] not in "，、")


@lru_cache(maxsize=CHARS)
def _beginning(first: str, goes_on: bool) -> dict[str, float]:
    """Return what text shows by its first character, and by whether something other than a comma follows it."""
    return _shown(
        {
            "a mark comes next": first in _MARKS,
            "a suffix comes next": first in _CARRIED and goes_on,
            "quote comes next": first in "“‘「『【（(《",
        }
    )


def closes(left: str, right: str) -> bool:
    """Say whether a line closes a quotation or bracket that the one before it leaves open."""
    for pair in _PAIRS:
        if left.count(pair[0]) > left.count(pair[1]):
            shut, again = right.find(pair[1]), right.find(pair[0])
            if shut >= 0 and (again < 0 or shut < again):
                return True
    return False


def indents(page: Page) -> list[bool]:
    """Return for each line whether it is indented."""
    text = page.text
    if not any(map(text.__contains__, _INDENTS)):
        return [False] * len(page.lines)
    # most lines follow a line break
    near = (line.start > 0 and text[line.start - 1] in BLANKS for line in page.lines)
    return [
        blank and text[max(0, line.start - 2) : line.start].endswith(_INDENTS)
        for blank, line in zip(near, page.lines, strict=True)
    ]

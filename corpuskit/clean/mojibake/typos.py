"""Slips of whoever typed or captured a text: only ever flagged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from corpuskit.clean.mojibake.model import model
from corpuskit.core.edit import Flag
from corpuskit.core.span import Span
from corpuskit.lexicon.alphabet import FOLDED, variants

ALIKE = (
    *("耍要", "未末", "己已", "人入", "千干于", "土士", "日曰", "戍戌戊", "侯候"),
    *("拔拨", "乌鸟", "免兔", "令今", "折拆", "辨辩"),
)
"""Characters that are taken for each other."""
LEAST_GAIN = 9.0
_POINT = re.compile(r"(?<![\d.])\d{1,3} \d{1,2}(?=[亿万]|元|公里|平方|吨|米|[%％])")
_TWICE = re.compile(
    r"的的(?!确)|了了(?![解无])|(?<!实)在在|(?<!也)是是(?!非)|(我们|他们|她们|你们|因为|所以|但是|可以)\1"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
STRAY = 0.01
"""Share of traditional characters up to which a text is simplified with strays."""


def typos(page: str, start: int, end: int, *, simplified: bool) -> Iterator[Flag]:
    """Yield flags for a line of a page: lost decimal points, words twice, look-alikes, stray characters."""
    text = page[start:end]
    for form, says in ((_POINT, "a decimal point may be lost"), (_TWICE, "a word stands twice")):
        for match in form.finditer(text):
            yield _flag(start, match.start(), match.end(), f"{match[0]!r}: {says}")
    for at, char in enumerate(text):
        if simplified and char in variants() and char not in FOLDED:
            yield _flag(start, at, at + 1, f"{char!r}: a traditional character among simplified ones")
        elif char in _alike():
            meant = _meant(text, at)
            if meant is not None:
                yield _flag(start, at, at + 1, f"{char!r}: {meant!r} may be meant")


def simplified(page: str) -> bool:
    """Say whether a page is in simplified characters, but for strays."""
    old = sum(char in variants() for char in page if char > "\x7f")
    return 0 < old <= STRAY * len(_HAN.findall(page))


@cache
def _alike() -> dict[str, str]:
    return {char: group.replace(char, "") for group in ALIKE for char in group}


def _meant(text: str, at: int) -> str | None:
    """Return the look-alike that fits a place much better."""
    left, right = ("。。" + text[:at])[-2:], (text[at + 1 :] + "\n\n")[:2]
    stands = model().of(text[at] + right, left)
    best = max(_alike()[text[at]], key=lambda char: model().of(char + right, left))
    return best if model().of(best + right, left) - stands >= LEAST_GAIN else None


def _flag(line: int, start: int, end: int, reason: str) -> Flag:
    return Flag(Span(line + start, line + end), "garbled.typo", 0.5, reason)

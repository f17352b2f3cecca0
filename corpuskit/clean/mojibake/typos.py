"""Slips of whoever typed or captured a text: only ever flagged."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from corpuskit.core.characters import likelihoods
from corpuskit.core.edit import Flag
from corpuskit.core.late import late
from corpuskit.core.span import Span
from corpuskit.lexicon.alphabet import FOLDED, variants

ALIKE = (
    *(
        "耍要",
        "未末",
        "己已",
        "人入",
        "千干于",
        "土士",
        "日曰",
        "戍戌戊",
        "侯候",
        "拔拨",
        "乌鸟",
        "免兔",
        "令今",
        "折拆析",
    ),
    *("辨辩", "大太", "天夫", "往住", "晴睛", "渴喝", "扬场", "狠很", "淮准", "梁粱", "钓钩", "历厉", "由田", "白自"),
)
"""Characters that are taken for each other."""
LEAST_GAIN = 5.5
_POINT = late(r"(?<![\d.])\d{1,3} \d{1,2}(?=[亿万]|元|公里|平方|吨|米|[%％])")
_TWICE = late(r"的的(?!确)|了了(?![解无])|(?<!实)在在|(?<!也)是是(?!非)|(我们|他们|她们|你们|因为|所以|但是|可以)\1")
_HAN = late(r"[\u4e00-\u9fff]")
STRAY = 0.01
"""Share of traditional characters up to which a text is simplified with strays."""


def typos(page: str, start: int, end: int, *, simplified: bool) -> Iterator[Flag]:
    """Yield flags for a line of a page: lost decimal points, words twice, look-alikes, stray characters."""
    text = page[start:end]
    for form, says in ((_POINT, "a decimal point may be lost"), (_TWICE, "a word stands twice")):
        for match in form.finditer(text):
            yield _flag(start, match.start(), match.end(), f"{match[0]!r}: {says}")
    old = variants() if simplified else {}
    for at, char in enumerate(text):
        if char in old and char not in FOLDED:
            yield _flag(start, at, at + 1, f"{char!r}: a traditional character among simplified ones")
    for at, meant in _meant(text):
        yield _flag(start, at, at + 1, f"{text[at]!r}: {meant!r} may be meant")


def simplified(page: str) -> bool:
    """Say whether a page is in simplified characters, but for strays."""
    fold = variants()
    old = sum(char in fold for char in page if char > "\x7f")
    new = set(fold.values())
    return old > 0 and (old <= STRAY * len(_HAN.findall(page)) or 8 * old <= sum(char in new for char in page))


@cache
def _alike() -> dict[str, str]:
    return {char: group.replace(char, "") for group in ALIKE for char in group}


def _meant(text: str) -> Iterator[tuple[int, str]]:
    """Yield the places where a look-alike fits much better, with it; all of a line are weighed together."""
    tried = [(at, other) for at, char in enumerate(text) if char in _alike() for other in char + _alike()[char]]
    padded = "。。" + text + "\n\n"
    worth = likelihoods([padded[at : at + 2] + other + padded[at + 3 : at + 5] for at, other in tried])
    stands = 0.0
    best: dict[int, tuple[float, str]] = {}
    for (at, other), score in zip(tried, worth.tolist(), strict=True):
        if other == text[at]:
            stands = score
        elif score - stands >= max(LEAST_GAIN, best.get(at, (0.0, ""))[0]):
            best[at] = (score - stands, other)
    yield from ((at, other) for at, (_, other) in best.items())


def _flag(line: int, start: int, end: int, reason: str) -> Flag:
    return Flag(Span(line + start, line + end), "garbled.typo", 0.5, reason)

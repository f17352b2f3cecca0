"""What each line shows of itself: the evidence all noise stages share, gathered once a page."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from corpuskit.core.lexicon import Finder, fold
from corpuskit.core.page import Char, Page

_CLOSERS = "”’」』）)】》\"']〉〕"
_FINALS = "。！？!?…｡"
_SPLIT = re.compile(r"[\s|｜丨_/／>＞»›·•,，、;；~～═─—–]+")
_PARTS = re.compile(r"\s{2,}|[|｜丨>＞»›•·\t]+")
_TOKENS = 4000
"""Tokens looked at in one line: more of them say nothing new."""


class Evidence(NamedTuple):
    """Features of one line; shares are of its characters that are not white space."""

    size: int
    han: float
    function: float
    """Share of Han characters that carry grammar: prose has them, keyword rows have not."""
    final: bool
    """Ends a sentence."""
    finals: int
    inner: int
    digits: float
    wide: float
    prose: bool
    title: bool
    """Could be a headline: short, one line, no sentence end."""
    trade: float
    trades: int
    """Distinct terms of the trades that spam sells."""
    host: float
    hosts: int
    symbols: int
    """Emoji, stars and other ornaments."""
    exempt: bool
    chrome: float
    tokens: tuple[str, ...]

    @property
    def items(self) -> list[str]:
        """The tokens that could be items of a menu."""
        return [token for token in self.tokens if token]

    @property
    def repeats(self) -> float:
        """Share of the tokens that were there before."""
        return 1 - len(set(self.tokens)) / len(self.tokens) if self.tokens else 0.0


def evidence(page: Page) -> list[Evidence]:
    """Return the evidence of each line, gathered on first use."""
    found: list[Evidence] | None = page.cache.get("evidence")
    if found is None:
        found = page.cache["evidence"] = _gather(page)
    return found


@cache
def _finder() -> Finder:
    # a later list owns a term that stands in two
    return Finder("host", "trade", "exempt")


@cache
def _furniture() -> Finder:
    return Finder("chrome")


def _gather(page: Page) -> list[Evidence]:
    folded = fold(page.text)
    named: list[dict[str, set[str]]] = [{"exempt": set(), "trade": set(), "host": set()} for _ in page.lines]
    cover = [{"exempt": 0, "trade": 0, "host": 0} for _ in page.lines]
    at = 0
    for hit in _finder().find(folded):
        while at < len(page.lines) and page.lines[at].end <= hit.start:
            at += 1
        if at == len(page.lines):
            break
        if page.lines[at].start <= hit.start:
            cover[at][hit.list] += hit.end - hit.start
            named[at][hit.list].add(folded[hit.start : hit.end])
    out = []
    for line, count, covered, names in zip(page.lines, page.counts, cover, named, strict=True):
        # only a short line can be furniture
        short = line.end - line.start <= 200
        chrome = _covered(folded[line.start : line.end]) if short else 0.0
        out.append(_judge(line.text, count, covered, names, chrome))
    return out


def _covered(text: str) -> float:
    """Return the share of a line that is furniture, item by item: an item counts where terms cover it."""
    held = whole = 0
    for item in _SPLIT.split(text.strip(" |_·[]【】()（）")):
        size = sum(c.isalpha() for c in item)
        if not size:
            continue
        hits = _furniture().find(item)
        covered = sum(hit.end - hit.start for hit in hits if hit.end - hit.start > 1 or size == 1)
        whole += size
        held += size if covered >= 0.7 * size else 0
    return held / whole if whole else 0.0


def _judge(text: str, count: list[int], covered: dict[str, int], names: dict[str, set[str]], chrome: float) -> Evidence:
    size = max(1, sum(count) - count[Char.SPACE])
    han = count[Char.HAN] + count[Char.FUNCTION]
    tail = text.rstrip(_CLOSERS)
    final = tail[-1:] in _FINALS or (tail[-1:] == "." and _stop(tail))
    finals, inner = count[Char.FINAL], count[Char.INNER]
    latin = count[Char.LATIN] > size / 2
    long = size >= (80 if latin else 30)
    flowing = count[Char.FUNCTION] >= 0.04 * han or latin or count[Char.KANA] + count[Char.HANGUL] > size / 3
    prose = flowing and ((final and size >= 12) or (long and (finals or inner >= 2)))
    return Evidence(
        size=size,
        han=han / size,
        function=count[Char.FUNCTION] / max(1, han),
        final=final,
        finals=finals,
        inner=inner,
        digits=count[Char.DIGIT] / size,
        wide=count[Char.WIDE] / size,
        prose=bool(prose),
        title=size <= (120 if latin else 60)
        and not tail.endswith(("。", "；", ";", "，", ",", "："))
        and "。" not in tail,
        trade=covered["trade"] / size,
        trades=len(names["trade"]),
        host=covered["host"] / size,
        hosts=len(names["host"]),
        symbols=count[Char.SYMBOL],
        exempt=covered["exempt"] > 0,
        chrome=chrome,
        tokens=_tokens(text, latin=latin, size=size),
    )


def _tokens(text: str, *, latin: bool, size: int) -> tuple[str, ...]:
    if size > 50_000:
        return tuple(text[:50_000].split())
    # a single blank parts words in Latin text and items in Chinese
    return tuple((_PARTS if latin and size < 200 else _SPLIT).split(text.strip(" |_·"), _TOKENS))


def _stop(tail: str) -> bool:
    """Say whether an ASCII full stop ends a sentence: after a Han character or in a line of several words."""
    return "\u3040" <= tail[-2:-1] <= "\ud7a3" or (tail.count(" ") >= 3 and len(tail) > 15)

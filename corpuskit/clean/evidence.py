"""What each line shows of itself: the evidence all noise stages share, gathered once a page."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.core.lexicon import Finder, Hit, fold
from corpuskit.core.memo import Memo
from corpuskit.core.page import Page

_CLOSERS = "”’」』）)】》\"']〉〕"
_FINALS = "。！？!?…｡"
_SPLIT = re.compile(r"[\s|｜丨_/／>＞»›·•,，、;；~～═─—–]+|-(?=[\u4e00-\u9fff])")
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
    """Parts of the line between blanks and separators; none of a sentence with grammar."""
    folded: str
    """The line in lower case, full-width letters and digits narrowed."""

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
    return page.once("evidence", lambda: _gather(page))


class Columns:
    """The evidence of a page's lines by field, each of shape (lines,)."""

    def __init__(self, lines: list[Evidence]) -> None:
        self.lines = lines
        self._table = np.array([e[:_NUMBERS] for e in lines], np.float64).reshape(-1, _NUMBERS).T
        self.size = self["size"].astype(np.int64)
        self.prose = self["prose"] > 0
        self.final = self["final"] > 0
        self.paragraph = self.prose & (self.size >= 60)

    def __getitem__(self, name: str) -> npt.NDArray[np.float64]:
        found: npt.NDArray[np.float64] = self._table[Evidence._fields.index(name)]
        return found


_NUMBERS = Evidence._fields.index("tokens")
"""Fields of a line's evidence that are numbers."""


def columns(page: Page) -> Columns:
    """Return the evidence of the lines by field, gathered on first use."""
    return page.once("columns", lambda: Columns(evidence(page)))


@cache
def _finder() -> Finder:
    # a later list owns a term that stands in two
    return Finder("host", "trade", "exempt")


@cache
def _furniture() -> Finder:
    return Finder("chrome")


_LINES: Memo[Evidence] = Memo()


def _gather(page: Page) -> list[Evidence]:
    known: dict[str, Evidence] = page.by_line.setdefault("evidence", {})
    missing: dict[str, int] = {}
    for index, line in enumerate(page.lines):
        if line.text in _LINES:
            known[line.text] = _LINES[line.text]
        elif line.text not in known:
            missing[line.text] = index
    if missing:
        folded = fold(page.text)
        hits = _hits(page, folded, [*missing.values()])
        for text, index in missing.items():
            line = page.lines[index]
            found = _judge(text, page.counts[index], hits[index], folded[line.start : line.end])
            known[text] = _LINES.keep(text, found)
    return [known[line.text] for line in page.lines]


def _hits(page: Page, folded: str, lines: list[int]) -> dict[int, list[Hit]]:
    """Find the terms in the given lines: in one pass over the page unless only a few lines are new."""
    out: dict[int, list[Hit]] = {i: [] for i in lines}
    if len(lines) * 4 < len(page.lines):
        for i in lines:
            out[i] = _finder().find(folded[page.lines[i].start : page.lines[i].end])
        return out
    at = 0
    for hit in _finder().find(folded):
        while at < len(page.lines) and page.lines[at].end <= hit.start:
            at += 1
        if at < len(page.lines) and page.lines[at].start <= hit.start and at in out:
            out[at].append(hit)
    return out


def _covered(text: str) -> float:
    """Return the share of a line that is furniture, item by item: an item counts where terms cover it."""
    if not _furniture().find(text):
        return 0.0
    held = whole = 0
    # a single blank parts words in Latin text and items in Chinese
    parted = _PARTS if text.isascii() else _SPLIT
    for item in parted.split(text.strip(" |_·[]【】()（）")):
        size = sum(c.isalpha() for c in item)
        if not size:
            continue
        hits = _furniture().find(item)
        covered = sum(hit.end - hit.start for hit in hits if hit.end - hit.start > 1 or size == 1)
        whole += size
        held += size if covered >= 0.7 * size else 0
    return held / whole if whole else 0.0


def _terms(hits: list[Hit]) -> tuple[dict[str, int], dict[str, set[str]]]:
    """Return the characters that terms of each list cover, and which terms these are."""
    covered = {"exempt": 0, "trade": 0, "host": 0}
    names: dict[str, set[str]] = {"exempt": set(), "trade": set(), "host": set()}
    for hit in hits:
        covered[hit.list] += hit.end - hit.start
        names[hit.list].add(hit.term)
    return covered, names


_NO_TERMS = _terms([])


def _judge(text: str, count: list[int], hits: list[Hit], folded: str) -> Evidence:
    covered, names = _terms(hits) if hits else _NO_TERMS
    # by name once: a lookup in an enumeration each time is most of the cost
    _, space, topical, grammar, kana, hangul, letters, digits, finals, inner, _, _, wide, symbols, _, _ = count
    size = max(1, sum(count) - space)
    han = topical + grammar
    tail = text.rstrip(_CLOSERS)
    final = tail[-1:] in _FINALS or (tail[-1:] == "." and _stop(tail))
    latin = letters > size / 2
    long = size >= (80 if latin else 30)
    flowing = grammar >= 0.04 * han or latin or kana + hangul > size / 3
    prose = flowing and ((final and size >= 12) or (long and (finals or inner >= 2)))
    return Evidence(
        size=size,
        han=han / size,
        function=grammar / max(1, han),
        final=final,
        finals=finals,
        inner=inner,
        digits=digits / size,
        wide=wide / size,
        prose=bool(prose),
        title=size <= (120 if latin else 60)
        and not tail.endswith(("。", "；", ";", "，", ",", "："))
        and "。" not in tail,
        trade=covered["trade"] / size,
        trades=len(names["trade"]),
        host=covered["host"] / size,
        hosts=len(names["host"]),
        symbols=symbols,
        exempt=covered["exempt"] > 0,
        chrome=_covered(folded) if size <= 120 and not (prose and size > 40) else 0.0,
        # sentences are no row, whatever stands in them
        tokens=() if prose and grammar > 0.06 * han else _tokens(text, latin=latin, size=size),
        folded=folded,
    )


def _tokens(text: str, *, latin: bool, size: int) -> tuple[str, ...]:
    if size > 50_000:
        return tuple(text[:50_000].split())
    # a single blank parts words in Latin text and items in Chinese
    return tuple((_PARTS if latin and size < 200 else _SPLIT).split(text.strip(" |_·"), _TOKENS))


def _stop(tail: str) -> bool:
    """Say whether an ASCII full stop ends a sentence: after a Han character or in a line of several words."""
    return "\u3040" <= tail[-2:-1] <= "\ud7a3" or (tail.count(" ") >= 3 and len(tail) > 15)

"""What each line shows of itself: the evidence all noise stages share, gathered once a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.measured import PARTS, SPLIT, Measured, closed
from corpuskit.core.memo import Memo
from corpuskit.core.page import Page

Ints = npt.NDArray[np.int64]

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
    if "evidence" not in page.cache:
        ahead([page])
    found: list[Evidence] = page.cache["evidence"]
    return found


def ahead(pages: Sequence[Page], measured: Measured | None = None) -> None:
    """Gather the evidence of many pages at once; ``measured`` may hold their lines."""
    waiting = [page for page in pages if "evidence" not in page.cache]
    new: dict[str, list[dict[str, Evidence]]] = {}
    for page in waiting:
        known = page.by_line.setdefault("evidence", {})
        for _, _, text in page.lines:
            if text in known:
                continue
            if text in _LINES:
                known[text] = _LINES[text]
            else:
                new.setdefault(text, []).append(known)
    for text, e in zip(new, _judged([*new], measured), strict=True):
        _LINES.keep(text, e)
        for known in new[text]:
            known[text] = e
    for page in waiting:
        known = page.by_line["evidence"]
        page.cache["evidence"] = [known[line.text] for line in page.lines]


def of_text(text: str) -> Evidence:
    """Return what a text shows by itself, as a line."""
    return shown(Measured([text]), np.arange(1))[0]


class Columns:
    """The evidence of a page's lines by field, each of shape (lines,)."""

    def __init__(self, lines: list[Evidence], table: npt.NDArray[np.float64]) -> None:
        self.lines = lines
        self._table = table
        self.size = self["size"].astype(np.int64)
        self.prose = self["prose"] > 0
        self.final = self["final"] > 0
        self.paragraph = self.prose & (self.size >= 60)

    @classmethod
    def of(cls, lines: list[Evidence]) -> Columns:
        """Return the evidence of some lines by field."""
        return cls(lines, np.array([e[:_NUMBERS] for e in lines], np.float64).reshape(-1, _NUMBERS).T)

    @classmethod
    def joined(cls, pages: Sequence[Columns]) -> Columns:
        """Return the evidence of several pages, one after another."""
        lines = [e for page in pages for e in page.lines]
        return cls(lines, np.concatenate([page._table for page in pages], axis=1))

    def __getitem__(self, name: str) -> npt.NDArray[np.float64]:
        found: npt.NDArray[np.float64] = self._table[Evidence._fields.index(name)]
        return found


_NUMBERS = Evidence._fields.index("tokens")
"""Fields of a line's evidence that are numbers."""


def columns(page: Page) -> Columns:
    """Return the evidence of the lines by field, gathered on first use."""
    return page.once("columns", lambda: Columns.of(evidence(page)))


_LINES: Memo[Evidence] = Memo()


def _judged(texts: Sequence[str], measured: Measured | None) -> list[Evidence]:
    """Return what each of some lines shows."""
    if not texts:
        return []
    places = dict(zip(measured.texts, range(len(measured.texts)), strict=True)) if measured else {}
    at = [*map(places.get, texts)]
    if measured is None or None in at:
        return shown(Measured(texts), np.arange(len(texts)))
    return shown(measured, np.array(at, np.int64))


def shown(measured: Measured, at: Ints) -> list[Evidence]:
    """Return what those of the measured lines show whose places ``at`` has."""
    if not len(at):
        return []
    lines = at.tolist()
    texts, folded = [measured.texts[i] for i in lines], [measured.folded[i] for i in lines]
    _, _, topical, grammar, _, _, _, digits, finals, inner, _, _, wide, symbols, _, _ = measured.tally[at].T
    size, latin, prose = measured.size[at], measured.latin[at], measured.prose[at]
    han = topical + grammar
    open_ = np.array([not (tail := closed(text)).endswith(_OPEN) and "。" not in tail for text in texts])
    exempt, trade, trades, host, hosts = (column[at] for column in measured.terms)
    columns = (
        size, han / size, grammar / np.maximum(1, han), measured.final[at], finals, inner, digits / size, wide / size,
        prose, (size <= np.where(latin, 120, 60)) & open_,
        trade / size, trades, host / size, hosts, symbols, exempt > 0,
        measured.furnished[at],
    )  # fmt: skip
    tokens = [
        _tokens(text, latin=of_latin, size=of_size) if of_row else ()
        for text, of_row, of_latin, of_size in zip(
            texts, measured.parted[at].tolist(), latin.tolist(), size.tolist(), strict=True
        )
    ]
    return [*map(Evidence._make, zip(*(column.tolist() for column in columns), tokens, folded, strict=True))]


_OPEN = ("。", "；", ";", "，", ",", "：")
"""What no headline ends in."""


def _tokens(text: str, *, latin: bool, size: int) -> tuple[str, ...]:
    if size > 50_000:
        return tuple(text[:50_000].split())
    # a single blank parts words in Latin text and items in Chinese
    return tuple((PARTS if latin and size < 200 else SPLIT).split(text.strip(" |_·"), _TOKENS))

"""What is counted for many lines at once: characters by class, what they end in, words of the trades."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

from corpuskit.core.begins import Begins
from corpuskit.core.chars import CLASS_OF, FINALS, Char, count_classes
from corpuskit.core.codes import code_points, members_of
from corpuskit.core.lexicon import Finder, Found, fold_each, folds

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

SPLIT = re.compile(r"[\s|｜丨_/／>＞»›·•,，、;；~～═─—–]+|-(?=[\u4e00-\u9fff])")
PARTS = re.compile(r"\s{2,}|[|｜丨>＞»›•·\t]+")
"""What parts the items of a line, and those of one in Latin script, whose words a blank parts."""
_SHORT, _SENTENCE = 120, 40
"""Characters of a line, and of a sentence, that may be furniture, at most."""
_CLOSERS = "”’」』）)】》\"']〉〕"
_NEST = 3
"""Closing marks behind the end of a sentence that are passed for all lines at once."""


class Measured:
    """Lines without line breaks, one at least; what is told of each has shape (lines,)."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.codes = code_points("\n".join(texts))
        """Code points of the lines, with a line feed between two."""
        sizes = np.array([*map(len, texts)], np.int64)
        self.ends: Ints = np.cumsum(sizes + 1) - 1
        self.starts: Ints = self.ends - sizes
        """Where in :attr:`codes` each line begins, and (:attr:`ends`) where it ends."""
        self.cased = self.holds(folds())
        """Which lines are otherwise in lower case, or with full-width letters and digits narrowed, if any is."""
        self.folded = self._folded()
        """The lines in lower case, full-width letters and digits narrowed."""
        self.tally: Ints = count_classes(CLASS_OF[self.codes], self.starts, self.ends)
        """Characters of each class, shape (lines, classes)."""
        self.grammar: Ints = self.tally[:, Char.FUNCTION]
        self.han: Ints = self.tally[:, Char.HAN] + self.grammar
        self.size: Ints = np.maximum(1, self.tally.sum(axis=1) - self.tally[:, Char.SPACE])
        """Characters that are no white space."""
        self.latin: Flags = self.tally[:, Char.LATIN] > self.size / 2
        self.final: Flags = self._final()
        """Whether the line ends a sentence."""

    @cached_property
    def prose(self) -> Flags:
        """Whether the line has the grammar of sentences, and an end or the length of one."""
        han, size, latin = self.han, self.size, self.latin
        kana, hangul, finals, inner = self.tally[:, [Char.KANA, Char.HANGUL, Char.FINAL, Char.INNER]].T
        flowing = (self.grammar >= 0.04 * han) | latin | (kana + hangul > size / 3)
        long = size >= np.where(latin, 80, 30)
        out: Flags = flowing & ((self.final & (size >= 12)) | (long & ((finals > 0) | (inner >= 2))))
        return out

    @cached_property
    def parted(self) -> Flags:
        """Whether the line could be a row of items: sentences are none, whatever stands in them."""
        return ~(self.prose & (self.grammar > 0.06 * self.han))

    @cached_property
    def terms(self) -> tuple[Ints, ...]:
        """How many characters exempt terms, trades and hosts cover, and of trades and hosts how many differ.

        In the order exempt, trades, different trades, hosts, different hosts.
        """
        # what is told of a line as it stands is told of the folded one, if it is the same
        at = np.flatnonzero(_begins().held(self.codes, self.starts) | self.cased)
        line, *found = _finder().spread([self.folded[line] for line in at.tolist()])
        (exempt, _), trades, hosts = (Found(at[line], *found).measured(of, len(self.texts)) for of in _lists())
        return (exempt, *trades, *hosts)

    @cached_property
    def furnished(self) -> npt.NDArray[np.float64]:
        """The share of each short line that is furniture, item by item: an item counts where terms cover it."""
        at = np.flatnonzero((self.size <= _SHORT) & ~(self.prose & (self.size > _SENTENCE)))
        named = np.zeros(len(at), np.bool_)
        named[_furniture().spread([self.folded[line] for line in at.tolist()]).line] = True
        at = at[named]
        each = [(line, item) for line in at.tolist() for item in _items(self.folded[line])]
        items = [item for _, item in each]
        line = np.array([line for line, _ in each], np.int64)
        size = np.array([sum(map(str.isalpha, item)) for item in items], np.int64)
        found = _furniture().spread(items)
        counts = (found.size > 1) | (size[found.line] == 1)
        covered = np.bincount(found.line[counts], found.size[counts], len(items))
        whole = np.bincount(line, size, len(self.folded))
        held = np.bincount(line, size * (covered >= 0.7 * size), len(self.folded))
        return held / np.maximum(1, whole)

    def tails(self) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
        """Return the last character of each line, and the one before it; that of a lone one is the last as well."""
        last = self.ends - 1
        return self.codes[last], self.codes[np.maximum(self.starts, last - 1)]

    def holds(self, chars: Flags) -> Flags:
        """Say which lines hold one of some characters, given by :func:`~corpuskit.core.codes.members`."""
        out: Flags = np.logical_or.reduceat(chars.take(self.codes, mode="clip"), self.starts)
        return out

    def held(self, signs: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Return the bits that the characters of each line have in a table by code point, as that of :meth:`holds`."""
        out: npt.NDArray[np.uint8] = np.bitwise_or.reduceat(signs.take(self.codes, mode="clip"), self.starts)
        return out

    def _folded(self) -> list[str]:
        out = list(self.texts)
        changed = np.flatnonzero(self.cased).tolist()
        for line, folded in zip(changed, fold_each([out[line] for line in changed]), strict=True):
            out[line] = folded
        return out

    def _final(self) -> Flags:
        closers, finals = _tables()
        last = self.ends - 1
        for _ in range(_NEST):
            last = last - (closers.take(self.codes[last], mode="clip") & (last > self.starts))
        tail = self.codes[last]
        out: Flags = finals.take(tail, mode="clip")
        unsure = (tail == ord(".")) | closers.take(tail, mode="clip")
        for line in np.flatnonzero(unsure).tolist():
            out[line] = _ends(self.texts[line].rstrip(_CLOSERS))
        return out


def _ends(tail: str) -> bool:
    """Say whether a line ends a sentence, without the marks that close brackets; one of such marks alone counts too."""
    return tail[-1:] in FINALS or (tail[-1] == "." and _stop(tail))


def _stop(tail: str) -> bool:
    """Say whether an ASCII full stop ends a sentence: after a Han character or in a line of several words."""
    return "\u3040" <= tail[-2:-1] <= "\ud7a3" or (tail.count(" ") >= 3 and len(tail) > 15)


@cache
def _tables() -> tuple[Flags, Flags]:
    """Return which characters close what stands behind a sentence's end, and which end a sentence."""
    return members_of(_CLOSERS), members_of(FINALS)


def closed(text: str) -> str:
    """Return a line without the marks that close brackets and quotations at its end."""
    return text.rstrip(_CLOSERS)


def _items(text: str) -> list[str]:
    # a single blank parts words in Latin text and items in Chinese
    return (PARTS if text.isascii() else SPLIT).split(text.strip(" |_·[]【】()（）"))


@cache
def _furniture() -> Finder:
    return Finder("chrome")


@cache
def _finder() -> Finder:
    # a later list owns a term that stands in two
    return Finder("host", "trade", "exempt")


@cache
def _begins() -> Begins:
    return Begins(_finder().terms)


@cache
def _lists() -> list[Flags]:
    """Return which of the terms are exempt, trades and hosts; each is of one list."""
    exempt, trade, host = map(_finder().of, ("exempt", "trade", "host"))
    return [exempt, trade & ~exempt, host & ~(trade | exempt)]

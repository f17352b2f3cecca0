"""Word lists and the one pass that finds all their terms in a text."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, Implementation, MatchKind

from corpuskit.core.codes import members
from corpuskit.core.keys import distinct
from corpuskit.core.late import late
from corpuskit.core.prefilter import Gated

Ints = npt.NDArray[np.int64]

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDE_ALPHANUMERIC = {code: narrow for code, narrow in _WIDE.items() if chr(narrow).isalnum()}
_SOME_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff0e\uff0d\uff0f\uff20\uff3f]+")
_LONE = re.compile("[\ud800-\udfff]")
_BREAK = ord("\n")
_WIDE_IN_TERMS = {code: narrow for code, narrow in _WIDE.items() if _SOME_WIDE.match(chr(code))}
_TABLED = 1000
"""Terms under which a finder's steps are tabled: 2 MB and 4 ms for 700."""
_FEW = 8
"""Literals that are sooner searched one by one than an automaton is made of them."""
_BRIEF = 1 << 16
"""Literals times characters that are sooner counted one by one."""


class Hit(NamedTuple):
    """A term found: which one, of which list, and where."""

    term: str
    list: str
    start: int
    end: int


@cache
def terms(name: str) -> frozenset[str]:
    """Return the terms of a word list of ``corpuskit/lexicon``; underscores in the file stand for spaces."""
    text = (resources.files("corpuskit.lexicon") / f"{name}.txt").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line.replace("_", " ") for line in lines if line and not line.startswith("#"))


@cache
def alternatives(name: str) -> tuple[dict[str, list[str]], int]:
    """Return the alternatives of each form of ``corpuskit/lexicon/<name>.toml``, and the flags of all of them."""
    data = tomllib.loads((resources.files("corpuskit.lexicon") / f"{name}.toml").read_text("utf-8"))
    flags = re.IGNORECASE if data.pop("ignore_case") else re.NOFLAG
    return data, flags


@cache
def forms(name: str) -> dict[str, re.Pattern[str]]:
    """Return the forms of a file, each compiled when it is first used."""
    each, flags = alternatives(name)
    return {form: late("|".join(held), flags) for form, held in each.items()}


@cache
def gated(name: str, form: str) -> Gated:
    """Return one of the :func:`forms`, searched only where it may be found: for texts of which few hold it."""
    each, flags = alternatives(name)
    return Gated(each[form], flags)


def holds(name: str, form: str, text: str) -> bool:
    """Say whether one of the :func:`forms` is found in a text, as :func:`gated` searches it."""
    return gated(name, form).holds(text)


def narrow(text: str) -> str:
    """Return the text with full-width letters and digits narrowed, each character in its place.

    >>> narrow("２０１８年，Ｂ３")
    '2018年，B3'
    """
    return text.translate(_WIDE_ALPHANUMERIC) if _SOME_WIDE.search(text) else text


def fold(text: str) -> str:
    """Return the text in lower case, full-width letters and digits narrowed, each character in its place.

    >>> fold("ＡＰＰ下载")
    'app下载'
    """
    # str.translate walks every character, so only where it has something to do
    narrowed = text.translate(_WIDE_IN_TERMS) if _SOME_WIDE.search(text) else text
    folded = narrowed.lower()
    # a few capitals lower to two characters, which would move every offset after them
    return folded if len(folded) == len(text) else "".join(c if len(c.lower()) > 1 else c.lower() for c in narrowed)


def _narrowed(found: re.Match[str]) -> str:
    return found[0].translate(_WIDE_IN_TERMS)


@cache
def folds() -> npt.NDArray[np.bool_]:
    """Return the code points that :func:`fold` may change, as :func:`~corpuskit.core.codes.members` does."""
    cased = ((0x41, 0x5A), (0xC0, 0x1FFF), (0x2100, 0x218F), (0x24B6, 0x24CF), (0x2C00, 0x2DFF), (0xA640, 0xABFF))
    table = members(*cased, *((code, code) for code in _WIDE_IN_TERMS))
    table[-1] = True
    return table


def fold_each(lines: Sequence[str]) -> list[str]:
    """Return :func:`fold` of each of some lines.

    >>> fold_each(["ＡＰＰ下载", "İ"])
    ['app下载', 'İ']
    """
    whole = "\n".join(lines)
    # few of the lines have any, and str.translate walks every character
    folded = _SOME_WIDE.sub(_narrowed, whole).lower()
    return folded.split("\n") if lines and len(folded) == len(whole) else [*map(fold, lines)]


class Found(NamedTuple):
    """The terms found in some lines, in order: the line, the term and its characters, by number, shape (finds,)."""

    line: Ints
    term: Ints
    size: Ints

    def measured(self, of: npt.NDArray[np.bool_], lines: int) -> tuple[Ints, Ints]:
        """Return how many characters of each line some terms cover, and how many different ones of them it holds."""
        mine = of[self.term]
        line, term, size = self.line[mine], self.term[mine], self.size[mine]
        both, _ = distinct(line * len(of) + term)
        return np.bincount(line, size, lines).astype(np.int64), np.bincount(both // len(of), minlength=lines)


class Finder:
    """Finds the terms of several lists in one pass; of overlapping terms the leftmost longest counts."""

    def __init__(self, *names: str) -> None:
        self._owner = {term: name for name in names for term in terms(name)}
        self.terms = sorted(self._owner)
        self._latin = np.array([term[0].isascii() for term in self.terms])
        # a table of all steps is a third quicker, and large where there are many terms
        self._steps = Implementation.DFA if len(self.terms) < _TABLED else None

    @cached_property
    def _automaton(self) -> AhoCorasick:
        return AhoCorasick(self.terms, matchkind=MatchKind.LeftmostLongest, implementation=self._steps)

    @cached_property
    def _bytewise(self) -> BytesAhoCorasick:
        encoded = [term.encode() for term in self.terms]
        return BytesAhoCorasick(encoded, matchkind=MatchKind.LeftmostLongest, implementation=self._steps)

    @cached_property
    def _sizes(self) -> Ints:
        """Characters of each term."""
        return np.array([*map(len, self.terms)], np.int64)

    def find(self, folded: str) -> list[Hit]:
        """Return the terms in a folded text, in order; Latin terms only where they are whole words."""
        out = []
        for index, start, end in self._matches(folded):
            term = self.terms[index]
            if term[0].isascii() and not _whole(folded, start, end):
                continue
            out.append(Hit(term, self._owner[term], start, end))
        return out

    def spread(self, lines: Sequence[str]) -> Found:
        """Return what :meth:`find` finds in each of some folded lines, none of which has a line break."""
        # which character a byte belongs to takes as long to tell as to search, and only its line is asked for
        data = "\n".join(lines).encode("utf-8", "surrogatepass")
        matches = np.array(self._bytewise.find_matches_as_indexes(data), np.int64).reshape(-1, 3)
        latin = self._latin[matches[:, 0]]
        if latin.any():
            latin[latin] = [not _apart(data, start, end) for _, start, end in matches[latin].tolist()]
            matches = matches[~latin]
        breaks = np.flatnonzero(np.frombuffer(data, np.uint8) == _BREAK)
        return Found(breaks.searchsorted(matches[:, 1]), matches[:, 0], self._sizes[matches[:, 0]])

    def of(self, name: str) -> npt.NDArray[np.bool_]:
        """Return which of :attr:`terms` stand in a list, shape (terms,)."""
        return np.array([term in terms(name) for term in self.terms])

    def _matches(self, folded: str) -> list[tuple[int, int, int]]:
        try:
            return self._automaton.find_matches_as_indexes(folded)
        except UnicodeEncodeError:
            # the automaton wants UTF-8, and undecodable bytes are lone surrogates here
            return self._automaton.find_matches_as_indexes(_LONE.sub("\ufffd", folded))


class Literals:
    """Finds literals wherever they stand, in time linear in the text."""

    def __init__(self, literals: Iterable[str]) -> None:
        self._literals = sorted(literals)
        # the automaton wants UTF-8, and undecodable bytes are lone surrogates here
        self._encoded = [_LONE.sub("\ufffd", literal) for literal in self._literals]
        self._whole = self._encoded == self._literals

    def __len__(self) -> int:
        return len(self._literals)

    @cached_property
    def _overlapping(self) -> AhoCorasick:
        return AhoCorasick(self._encoded, matchkind=MatchKind.Standard)

    @cached_property
    def _apart(self) -> AhoCorasick:
        return AhoCorasick(self._encoded, matchkind=MatchKind.LeftmostLongest)

    def all(self, text: str) -> list[tuple[int, int, int]]:
        """Return every occurrence, with those inside others: which literal it is, where it begins and ends."""
        if len(self._literals) <= _FEW:
            return [hit for index, literal in enumerate(self._literals) for hit in _each(index, literal, text)]
        try:
            found = self._overlapping.find_matches_as_indexes(text, overlapping=True)
            if self._whole:
                return found
        except UnicodeEncodeError:
            found = self._overlapping.find_matches_as_indexes(_LONE.sub("\ufffd", text), overlapping=True)
        return [hit for hit in found if text.startswith(self._literals[hit[0]], hit[1])]

    def any(self, text: str) -> bool:
        """Say whether a literal stands in a text."""
        if len(self._literals) > _FEW:
            return bool(self.all(text))
        # a loop takes half the time of any() over as few
        for literal in self._literals:  # noqa: SIM110
            if literal in text:
                return True
        return False

    def counts(self, text: str) -> Counter[str]:
        """Return how often each literal stands in a text, none over itself.

        >>> Literals(["水", "水水"]).counts("水水水")
        Counter({'水': 3, '水水': 1})
        """
        if len(self._literals) * len(text) <= _BRIEF:
            return Counter({literal: n for literal in self._literals if (n := text.count(literal))})
        out: Counter[str] = Counter()
        ends: dict[int, int] = {}
        for index, start, end in self.all(text):
            if start >= ends.get(index, 0):
                out[self._literals[index]] += 1
                ends[index] = end
        return out

    def held(self, text: str) -> list[str]:
        """Return the literals that stand in a text, each once."""
        return [self._literals[index] for index in {index for index, _, _ in self.all(text)}]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where literals stand, the leftmost longest of those that overlap."""
        try:
            found = self._apart.find_matches_as_indexes(text)
        except UnicodeEncodeError:
            found = self._apart.find_matches_as_indexes(_LONE.sub("\ufffd", text))
        return [(start, end) for _, start, end in found]

    def cut(self, text: str) -> str:
        """Return a text without the literals in it.

        >>> Literals(["水", "清水"]).cut("河清水了")
        '河了'
        """
        bounds = [0, *(place for span in self.spans(text) for place in span), len(text)]
        return "".join(text[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True))


def _each(index: int, literal: str, text: str) -> Iterator[tuple[int, int, int]]:
    """Yield each occurrence of a literal in a text, one over the other too: ``index``, where it begins and ends."""
    at = text.find(literal)
    while at >= 0:
        yield index, at, at + len(literal)
        at = text.find(literal, at + 1)


def _apart(data: bytes, start: int, end: int) -> bool:
    """Say of bytes what :func:`_whole` says of text: no character but an ASCII letter has the byte of one."""
    return not data[start - 1 : start].isalpha() and not data[end : end + 1].isalpha()


def _whole(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isascii() and before.isalpha()) and not (after.isascii() and after.isalpha())

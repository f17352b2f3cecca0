"""Which patterns can be found in a text at all: one pass for the literals that each of them needs.

A pattern's parse tree says what every match of it must hold: one of some literals, or a digit. Where a pattern's tree
says nothing of the kind it is always searched, so that the filter never changes what is found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, MatchKind

from corpuskit.core.late import late
from corpuskit.core.parsed import Parsed, op, parsed

Needs = frozenset[str]

_DIGIT = re.compile(r"\d")
_NUMERAL = "\0"
"""Stands for any digit among the literals."""
_EQUIVALENT = ("\u0130".lower(), "\u0131", "\u017f")
"""What letters lower to that match ASCII ones where case is ignored, and do not lower to them."""
_MOST = 200
"""Literals of one pattern, at most."""
_FEW = 4
"""Literals that are looked for one by one sooner than together."""
_RANGE = 32
"""Characters of a range that counts as so many literals."""


class Prefilter:
    """Says which of some patterns may match a text."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        needs = [_lowered(_needs(parsed(pattern.pattern, pattern.flags))) for pattern in patterns]
        self._always = sum(1 << i for i, need in enumerate(needs) if need is None)
        self._all = (1 << len(patterns)) - 1
        owners = dict.fromkeys(_EQUIVALENT, self._all)
        for i, need in enumerate(needs):
            for literal in need or ():
                owners[literal] = owners.get(literal, 0) | 1 << i
        self._numeral = owners.pop(_NUMERAL, 0)
        self._owners = owners
        self._automaton = AhoCorasick([*owners], matchkind=MatchKind.Standard, store_patterns=True)

    def possible(self, text: str) -> int:
        """Return the patterns that may match, as bits: the first of them is bit 0."""
        try:
            # where they stand takes longer to tell than which they are
            held = self._automaton.find_matches_as_strings(text.lower(), overlapping=True)
        except UnicodeEncodeError:
            return self._all
        out = self._always
        for literal in held:
            out |= self._owners[literal]
        return out | self._numeral if self._numeral & ~out and _DIGIT.search(text) else out

    def any_in(self, lines: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Say in which of some lines without line breaks one of the patterns may match, shape (lines,).

        >>> Prefilter([re.compile("二维码|扫[一描]")]).any_in(["河水清了", "扫一下"]).tolist()
        [False, True]
        """
        if self._always or self._numeral:
            return np.ones(len(lines), np.bool_)
        data = "\n".join(lines).lower().encode("utf-8", "surrogatepass")
        starts = [start for _, start, _ in self._bytewise.find_matches_as_indexes(data)]
        out = np.zeros(len(lines), np.bool_)
        out[np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")).searchsorted(starts)] = True
        return out

    @cached_property
    def _bytewise(self) -> BytesAhoCorasick:
        return BytesAhoCorasick([literal.encode() for literal in self._owners], matchkind=MatchKind.Standard)


class Gated:
    """A form that is searched only where a quicker search says that it may be found; what it finds is the same.

    Its alternatives are searched each by itself, and only those of which the text has what all their matches hold.
    """

    def __init__(self, alternatives: Sequence[str], flags: int = 0) -> None:
        needs = [_needs(parsed(one, flags)) for one in alternatives]
        whole = None if None in needs else frozenset[str]().union(*(need for need in needs if need))
        self._may_hold = _gate(whole, flags)
        self._each = [_Alternative([*map(alternatives.__getitem__, at)], need, flags) for need, at in _alike(needs)]

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match in a text, or None; its groups are those of the alternative that was found."""
        if not self._may_hold(text):
            return None
        found = [match for one in self._each if one.possible(text) and (match := one.search(text))]
        # of those that begin in the same place the first counts
        return min(found, key=re.Match.start, default=None)

    def holds(self, text: str) -> bool:
        """Say whether the form is found in a text."""
        return bool(self._may_hold(text)) and any(one.possible(text) and one.search(text) for one in self._each)


class _Alternative:
    """Neighbouring alternatives of a form that need the same literals."""

    def __init__(self, patterns: Sequence[str], need: Needs | None, flags: int) -> None:
        self._pattern = late("|".join(patterns), flags)
        self.possible = _gate(need, flags)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match in a text, or None."""
        return self._pattern.search(text)


def _alike(needs: Sequence[Needs | None]) -> Iterator[tuple[Needs | None, list[int]]]:
    """Yield runs of equal needs, and the places of each run."""
    for need, places in groupby(range(len(needs)), needs.__getitem__):
        yield need, [*places]


def _gate(need: Needs | None, flags: int) -> Callable[[str], object]:
    """Return what tells texts that may hold what is needed."""
    if need is None:
        return lambda text: True
    if _NUMERAL not in need and len(need) <= _FEW and not flags & re.IGNORECASE:
        each = sorted(need)
        return lambda text: any(map(text.__contains__, each))
    literals = (r"\d" if literal == _NUMERAL else re.escape(literal) for literal in sorted(need))
    return re.compile("|".join(literals), flags & re.IGNORECASE).search


def _lowered(need: Needs | None) -> Needs | None:
    return None if need is None else frozenset(literal.lower() for literal in need)


def _needs(tree: Parsed) -> Needs | None:
    """Return literals of which every match holds one, whatever its case; None if the tree names none."""
    found: list[Needs] = []
    run = ""
    for kind, value in tree:
        if kind is op.LITERAL and _plain(chr(value)):
            run += chr(value)
            continue
        if run:
            found.append(frozenset((run,)))
        run = ""
        need = _of(kind, value)
        if need is not None and 0 < len(need) <= _MOST:
            found.append(need)
    if run:
        found.append(frozenset((run,)))
    return min(found, key=_cost, default=None)


def _of(kind: Any, value: Any) -> Needs | None:
    if kind is op.IN:
        return _class(value)
    if kind is op.SUBPATTERN:
        return _needs(value[3])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] >= 1:
        return _needs(value[2])
    if kind is op.BRANCH:
        branches = [_needs(branch) for branch in value[1]]
        return None if any(need is None for need in branches) else frozenset().union(*(n for n in branches if n))
    return None


def _class(items: Parsed) -> Needs | None:
    out: set[str] = set()
    for kind, value in items:
        if kind is op.LITERAL and _plain(chr(value)):
            out.add(chr(value))
        elif (kind is op.RANGE and 48 <= value[0] <= value[1] <= 57) or (
            kind is op.CATEGORY and value is op.CATEGORY_DIGIT
        ):
            out.add(_NUMERAL)
        elif kind is op.RANGE and value[0] > 127 and value[1] - value[0] < _RANGE and all(map(_plain, _chars(*value))):
            out.update(_chars(*value))
        else:
            return None
    return frozenset(out)


def _chars(first: int, last: int) -> map[str]:
    return map(chr, range(first, last + 1))


def _plain(char: str) -> bool:
    """Say whether a character has no case, or an ASCII letter's."""
    return char.isascii() or char.lower() == char.upper()


def _cost(need: Needs) -> float:
    """Return about how often a line holds one of the literals."""
    return sum(0.3 if literal == _NUMERAL else 0.05 ** min(len(literal), 3) for literal in need)

"""Which of some forms many texts cannot hold, told of all of them at once.

A form's parse tree says which characters every match of it has, and which of them side by side: tables over code points
look for these. A text that lacks one of them does not match; one that has them all may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.core.chars import CLASS_OF, Char
from corpuskit.core.codes import CodePoints
from corpuskit.core.parsed import Parsed, op, parsed

Flags = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint64]
Places = npt.NDArray[np.intp]
Chars = frozenset[str]
Sign = frozenset[tuple[Chars, Chars | None]]
"""Two sets of characters of which one stands right before another, or one set; of several, one stands in the text."""

_DIGIT, _BLANK = "\0", "\n"
"""Stand for any digit, and for any white space."""
_KINDS = {_DIGIT: (Char.DIGIT, Char.WIDE, Char.LETTER, Char.OTHER), _BLANK: (Char.SPACE,)}
"""Classes of characters among which these are: of digits more than are."""
_CATEGORIES = {op.CATEGORY_DIGIT: _DIGIT, op.CATEGORY_SPACE: _BLANK}
_RANGE, _SMALL, _WORD = 64, 8, 32
"""Most characters of a set that says something, and of a small one; signs of one table."""
_REST, _NONE = 0x10000, 0x10001
"""The places of a table that stand for all characters beyond the Basic Multilingual Plane, and for none."""
_PAIRS, _ALONE = np.uint64(0xFFFFFFFF), np.uint64(0xFFFFFFFF << _WORD)
"""Bits of the signs of two characters, and of those of one."""
_WIDER = 0xFEE0
"""From a letter or a digit to the one of full width."""
_LIKE = {"i": "\u0130\u0131", "s": "\u017f", "k": "\u212a"}
"""What matches an ASCII letter besides its two cases where case is ignored."""


class Screen:
    """Some forms, each a list of regular expressions of which one has to match; the case of letters is ignored."""

    def __init__(self, forms: Sequence[Sequence[str]], most: int = 3, *, lined: bool = False) -> None:
        """Take the forms, and how many signs of an alternative are looked for: fewer let more through, sooner.

        ``lined``: each stretch begins and ends with a line break, so that what may not stand behind some characters has
        one of the others before it, and what has to stand at the end has a line break behind it.
        """
        each = [_cheapest(_signs(parsed(one), lined=lined))[:most] for form in forms for one in form]
        signs = [*dict.fromkeys(sign for found in each for sign in found)]
        parts = [_parts(sign) for sign in signs]
        order = [part for held in parts for part in held]
        self._tables = [_Table(order[at : at + _WORD]) for at in range(0, len(order), _WORD)]
        self._begins: Flags = np.logical_or.reduce([table.begins for table in self._tables])[:_NONE]
        self._firsts = np.cumsum([0, *map(len, parts)])[:-1]
        # where an alternative shows fewer, the last row stands for one that is always there
        number = {sign: at for at, sign in enumerate(signs)}
        rows = [[*map(number.__getitem__, found), *[len(signs)] * (most - len(found))] for found in each]
        self._signs = np.array(rows)
        self._forms = np.cumsum([0, *map(len, forms)])[:-1]

    def possible(self, codes: CodePoints, starts: npt.NDArray[np.int64]) -> Flags:
        """Return which forms each stretch of some text may hold, shape (forms, stretches).

        A stretch goes from its place in ``starts``, ascending, to the next, or to the end of the text. What stands
        between two of them has to be what no form asks for, such as a line break.
        """
        # few characters begin a sign
        at = np.flatnonzero(self._begins.take(codes, mode="clip"))
        first, second = _clipped(codes[at]), _clipped(codes[np.minimum(at + 1, len(codes) - 1)])
        if len(at) and at[-1] == len(codes) - 1:
            second[-1] = _NONE
        held = np.stack([table.held(first, second, at, starts) for table in self._tables])
        found = np.repeat(self._told(np.zeros((len(held), 1), np.uint64)), len(starts), axis=1)
        some = np.flatnonzero(held.any(axis=0))
        found[:, some] = self._told(held[:, some])
        return found

    def _told(self, held: Bits) -> Flags:
        """Return which forms some stretches may hold that have signs; ``held`` has a row for each table."""
        parts = np.concatenate([table.told(row) for table, row in zip(self._tables, held, strict=True)])
        signs = np.logical_or.reduceat(parts, self._firsts, axis=0)
        signs = np.append(signs, np.ones((1, held.shape[1]), np.bool_), axis=0)
        found: Flags = np.logical_or.reduceat(signs[self._signs].all(axis=1), self._forms, axis=0)
        return found


class _Table:
    """Up to 32 signs: of each character the signs it begins, of the one behind it those that it completes."""

    def __init__(self, signs: Sequence[Sign]) -> None:
        # the upper half of a number is of signs of one character, the lower half of those of two
        self._first = np.zeros(_REST + 2, np.uint64)
        self._second = np.full(_REST + 2, _ALONE, np.uint64)
        self._first[_REST] = self._second[_REST] = 0xFFFFFFFFFFFFFFFF
        for number, sign in enumerate(signs):
            for first, second in sign:
                self._first[_places(first)] |= np.uint64(1 << number + _WORD * (second is None))
                if second is not None:
                    self._second[_places(second)] |= np.uint64(1 << number)
        self._bits = np.uint64(1) << np.arange(len(signs), dtype=np.uint64)[:, None]
        self.begins = self._first != 0
        """Which characters begin a sign."""

    def held(self, first: Places, second: Places, at: Places, starts: npt.NDArray[np.int64]) -> Bits:
        """Return the bits of the signs that stand in each stretch, shape (stretches,).

        Given are the places of a text at which a sign may begin, ascending, with the characters there and behind them.
        """
        held = _gathered(self._first[first] & self._second[second], at, starts)
        return held & _PAIRS | held >> np.uint64(_WORD)

    def told(self, held: Bits) -> Flags:
        """Return the signs of some bits, shape (signs, stretches)."""
        found: Flags = (held & self._bits) != 0
        return found


def _clipped(codes: CodePoints) -> Places:
    """Return the places of characters in a table."""
    return np.minimum(codes, _REST).astype(np.intp)


def _gathered(found: Bits, at: Places, starts: npt.NDArray[np.int64]) -> Bits:
    """Return all bits found in each stretch; ``at`` are their places, ascending."""
    some = np.flatnonzero(found)
    stretch = starts.searchsorted(at[some], "right") - 1
    some, stretch = some[stretch >= 0], stretch[stretch >= 0]
    held = np.zeros(len(starts), np.uint64)
    if len(some):
        firsts = np.flatnonzero(np.append(True, stretch[1:] != stretch[:-1]))
        held[stretch[firsts]] = np.bitwise_or.reduceat(found[some], firsts)
    return held


@cache
def _places(chars: Chars) -> npt.NDArray[np.int64]:
    """Return the places of characters in either case and width, and of those that match them where case is ignored."""
    out = {
        min(ord(one), _REST)
        for char in chars - _KINDS.keys()
        for one in (*char.lower(), *char.upper(), *_LIKE.get(char.lower(), ""))
    }
    out |= {place + _WIDER for place in out if place < 0x80 and chr(place).isalnum()}
    kinds = [kind for char in chars & _KINDS.keys() for kind in _KINDS[char]]
    return np.concatenate([np.array([*out], np.int64), *map(_of_kind, kinds)])


@cache
def _of_kind(kind: Char) -> npt.NDArray[np.int64]:
    return np.flatnonzero(CLASS_OF[:_REST] == kind)


def _cheapest(signs: Iterable[Sign]) -> list[Sign]:
    """Return the different signs, the rarest first."""
    return sorted(dict.fromkeys(signs), key=_cost)


def _cost(sign: Sign) -> float:
    """Return about how often a character begins a sign."""
    return sum(_often(first) * (1.0 if second is None else _often(second)) for first, second in sign)


def _parts(sign: Sign) -> list[Sign]:
    """Return a sign as several that are looked for apart, so that no first of one goes with the second of another.

    Pairs of a few characters each stay together: there it happens seldom.
    """
    few = frozenset(
        pair for pair in sign if all(len(chars) < _SMALL and not chars & {*_KINDS} for chars in pair if chars)
    )
    return [*([few] if few else []), *(frozenset([pair]) for pair in sign - few)]


def _often(chars: Chars) -> float:
    return min(1.0, sum(0.1 if char in _KINDS else 0.01 for char in chars))


def _signs(tree: Parsed, before: Chars | None = None, *, lined: bool = False) -> Iterator[Sign]:
    """Yield signs that every match of a parse tree shows; ``before`` are characters of which one stands before it."""
    between: Chars = frozenset()
    last: tuple[Any, Any] | None = None
    for kind, value in tree:
        if kind is op.ASSERT:
            yield from _signs(value[1], before and before | between if value[0] > 0 else None, lined=lined)
        if kind is op.ASSERT_NOT and lined and last:
            yield from _behind(value, last)
        if kind is op.AT and value is op.AT_END and lined:
            kind, value = op.LITERAL, ord(_BLANK)
        if kind in (op.AT, op.ASSERT, op.ASSERT_NOT):
            continue
        own, last = _own(kind, value), (kind, value)
        if own is not None and _may_lack(kind, value):
            between |= own
            continue
        if own is None:
            yield from _inside(kind, value, lined=lined)
        else:
            yield frozenset([(own, None) if before is None else (before | between, own)])
        before, between = own, frozenset()


def _may_lack(kind: Any, value: Any) -> bool:
    return kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] == 0


def _behind(value: tuple[int, Sequence[Any]], last: tuple[Any, Any]) -> Iterator[Sign]:
    """Yield what stands before a character behind which it is said once more what may not stand before it."""
    way, tree = value
    if way < 0 and len(tree) == 2 and tree[1] == last and last[0] in (op.LITERAL, op.IN):
        own, others = _own(*last), _others(*tree[0])
        if own is not None and others is not None:
            yield frozenset([(others, own)])


def _others(kind: Any, value: Any) -> Chars | None:
    """Return the characters of which a part of a pattern is none; None where they are too many."""
    if kind is not op.IN:
        return None
    if [*value] == [(op.CATEGORY, op.CATEGORY_NOT_SPACE)]:
        return frozenset((_BLANK,))
    return _class(value[1:]) if value[0][0] is op.NEGATE else None


def _inside(kind: Any, value: Any, *, lined: bool) -> Iterator[Sign]:
    if kind is op.SUBPATTERN:
        yield from _signs(value[3], lined=lined)
    elif kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] >= 1:
        yield from _signs(value[2], lined=lined)
    elif kind is op.BRANCH:
        each = [_cheapest(_signs(branch, lined=lined))[:1] for branch in value[1]]
        if all(each):
            yield frozenset[tuple[Chars, Chars | None]]().union(*(signs[0] for signs in each))


def _own(kind: Any, value: Any) -> Chars | None:
    """Return the characters of which a part of a pattern is one, or some in a row; None where it is anything else."""
    if kind is op.LITERAL:
        return frozenset((chr(value),))
    if kind is op.IN:
        return _class(value)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and len(value[2]) == 1:
        return _own(*value[2][0])
    return None


def _class(items: Parsed) -> Chars | None:
    out: set[str] = set()
    for kind, value in items:
        if kind is op.LITERAL:
            out.add(chr(value))
        elif kind is op.RANGE and value[1] - value[0] < _RANGE:
            out.update(map(chr, range(value[0], value[1] + 1)))
        elif kind is op.CATEGORY and value in _CATEGORIES:
            out.add(_CATEGORIES[value])
        else:
            return None
    return frozenset(out)

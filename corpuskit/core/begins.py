"""Which of many lines may hold a term of a list, told of all of them at once by the first characters of the terms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from corpuskit.core.codes import CodePoints

Flags = npt.NDArray[np.bool_]
Shorts = npt.NDArray[np.uint16]

_LOOKED_AT = 3
"""Characters of a term that are looked at."""
_REST = 0x10000
"""The place of a table that stands for all characters beyond the Basic Multilingual Plane."""


class Begins:
    """The beginnings of some terms, as tables by code point: where a term stands, one of them does."""

    def __init__(self, terms: Sequence[str]) -> None:
        """Take the terms, each of two characters at least."""
        each = [[min(ord(char), _REST) for char in term[:_LOOKED_AT]] for term in terms]
        self._numbers = first, second, third = [_numbered(each, place) for place in range(_LOOKED_AT)]
        self._opens = first > 0
        heads = {head: number for number, head in enumerate(dict.fromkeys((one[0], one[1]) for one in each), 1)}
        self._heads = np.zeros((first.max() + 1, second.max() + 1), np.uint16)
        self._goes_on = np.zeros((len(heads) + 1, third.max() + 1), np.bool_)
        for one, two, *more in each:
            number = self._heads[first[one], second[two]] = heads[one, two]
            # a term of two characters stands before anything
            self._goes_on[number, third[more] if more else slice(None)] = True

    def held(self, codes: CodePoints, starts: npt.NDArray[np.int64]) -> Flags:
        """Return which stretches of some text may hold a term, shape (stretches,).

        A stretch goes from its place in ``starts``, ascending, to the next; a line break stands between two.

        >>> codes = np.array([*map(ord, "河水\\n水清\\n水清了")], np.uint32)
        >>> Begins(["河水", "水清了呀"]).held(codes, np.array([0, 3, 6])).tolist()
        [True, False, True]
        """
        first, second, third = self._numbers
        at = self._opens.take(codes, mode="clip").nonzero()[0]
        one, two = (codes.take(at + step, mode="clip") for step in range(2))
        head = self._heads[first.take(one, mode="clip"), second.take(two, mode="clip")]
        likely = head.nonzero()[0]
        at, head = at[likely], head[likely]
        found = self._goes_on[head, third.take(codes.take(at + 2, mode="clip"), mode="clip")]
        out = np.zeros(len(starts), np.bool_)
        out[starts.searchsorted(at[found], "right") - 1] = True
        return out


def _numbered(terms: Sequence[Sequence[int]], place: int) -> Shorts:
    """Return by code point the number, from 1, of each character that stands at a place of the terms."""
    table = np.zeros(_REST + 1, np.uint16)
    chars = sorted({term[place] for term in terms if len(term) > place})
    table[chars] = np.arange(1, len(chars) + 1)
    return table

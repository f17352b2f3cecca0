"""Whether the page has the string across a break elsewhere: a word cut in two is often written whole somewhere."""

from __future__ import annotations

from functools import cached_property
from operator import add

import numpy as np
import numpy.typing as npt

from corpuskit.core.page import Page

_SIDE = 3
"""Most characters of each side of a break."""
_SMALL = 4000
"""Characters of a page up to which it is quicker to look through it than to sort it."""


class Echo:
    """The strings of a page around two characters, worked out once for each two that are asked for."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._around: dict[str, str] = {}

    def length(self, left: str, right: str) -> int:
        """Return how long a string across the break the page has elsewhere, in characters, six at most; 0 if none."""
        middle = left[-1] + right[0]
        if not middle.isalnum():
            return 0
        if len(self._page.text) <= _SMALL:
            around = self._page.text if middle in self._page.text else ""
        else:
            around = self._strings(middle) if middle in self._middles else ""
        if not around:
            return 0
        # what holds a longer string holds the shorter ones within it
        best = 2
        for a in range(1, _SIDE + 1):
            for b in range(1, _SIDE + 1):
                held = left[-a:] + right[:b]
                if a + b > best and len(held) == a + b and held.isalnum() and held in around:
                    best = a + b
        return best

    def _strings(self, middle: str) -> str:
        """Return all places of the page at which two characters stand, with what is beside them, a line each."""
        if middle not in self._around:
            pairs, places = self._places
            key = np.uint64(ord(middle[0]) << 32 | ord(middle[1]))
            found = places[np.searchsorted(pairs, key) : np.searchsorted(pairs, key, "right")]
            text = self._page.text
            held = {text[max(0, at + 1 - _SIDE) : at + 1 + _SIDE] for at in found.tolist()}
            self._around[middle] = "\n".join(sorted(held))
        return self._around[middle]

    @cached_property
    def _middles(self) -> frozenset[str]:
        """All pairs of neighbouring characters."""
        text = self._page.text
        return frozenset(map(add, text, text[1:]))

    @cached_property
    def _places(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
        """All pairs of neighbouring characters, sorted, and where each stands."""
        codes = self._page.codes.astype(np.uint64)
        pairs = codes[:-1] << np.uint64(32) | codes[1:]
        places = np.argsort(pairs, kind="stable")
        return pairs[places], places

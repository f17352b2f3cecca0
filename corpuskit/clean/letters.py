"""Which pairs of characters lines hold, for the labeller: what it knows of words that no list of ours holds.

The labeller learns a few numbers of each pair that is frequent on the pages that teach it, and takes their sum over a
line, as fastText does (Joulin et al. 2017, "Bag of Tricks for Efficient Text Classification"). The ends of a line count
as characters; of a long line only the pairs near its ends are looked at, for that is where it says what it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.voices import simple
from corpuskit.core.codes import CodePoints, code_points
from corpuskit.core.keys import distinct
from corpuskit.core.lexicon import fold_each

Ints = npt.NDArray[np.int64]

_NEAR = 24
"""Pairs looked at from each end of a line."""
_BITS = 21
_END = ord("\n")


class Letters(NamedTuple):
    """The pairs of characters that some lines hold, by line, two arrays of shape (pairs,)."""

    line: Ints
    pair: Ints
    """As a number, or its place among the known ones."""

    @classmethod
    def of(cls, texts: Sequence[str]) -> Letters:
        r"""Return the pairs of some lines.

        >>> [spelt(pair) for pair in Letters.of(["ＮＯ.7"]).pair.tolist()]
        ['\nn', 'no', 'o.', '.0', '0\n']
        """
        codes = _plain(code_points("\n".join(["", *fold_each(texts), ""])))
        ends = (codes == _END).nonzero()[0]
        line = np.repeat(np.arange(len(texts)), np.diff(ends))
        at = np.arange(len(line)) + ends[0]
        near = (at - ends[line] < _NEAR) | (ends[line + 1] - at <= _NEAR)
        at = at[near]
        return cls(line[near], codes[at].astype(np.int64) << _BITS | codes[at + 1])

    @classmethod
    def joined(cls, pages: Sequence[Letters], sizes: Sequence[int]) -> Letters:
        """Return the pairs of pages of so many lines, one page below the other."""
        first = np.cumsum([0, *sizes[:-1]]).tolist()
        line = [page.line + above for page, above in zip(pages, first, strict=True)]
        return cls(np.concatenate(line), np.concatenate([page.pair for page in pages]))

    def among(self, known: Ints) -> Letters:
        """Return those that are known, each once a line and by its place in ``known``, which ascends."""
        place = known.searchsorted(self.pair)
        there = known.take(place, mode="clip") == self.pair if len(known) else np.zeros(len(place), np.bool_)
        both, _ = distinct(self.line[there] * len(known) + place[there])
        return Letters(*np.divmod(both, max(1, len(known))))


NONE = Letters(*(np.zeros(0, np.int64) for _ in Letters._fields))
"""Of lines of which no pair is known."""


def frequent(pages: Iterable[Letters], least: int) -> Ints:
    """Return the pairs that so many of the pages hold, ascending."""
    counts: Counter[int] = Counter()
    for page in pages:
        counts.update(distinct(page.pair)[0].tolist())
    return np.array(sorted(pair for pair, count in counts.items() if count >= least), np.int64)


def spelt(pair: int) -> str:
    """Return the characters of a pair."""
    return chr(pair >> _BITS) + chr(pair & (1 << _BITS) - 1)


def numbered(pair: str) -> int:
    """Return a pair of characters as a number."""
    return ord(pair[0]) << _BITS | ord(pair[1])


def _plain(codes: CodePoints) -> CodePoints:
    """Return code points, digits as one and traditional characters as simplified ones."""
    table = _table()
    return np.where(codes < len(table), table.take(codes, mode="clip"), codes)


@cache
def _table() -> CodePoints:
    table = np.arange(0x10000, dtype=np.uint32)
    for traditional, simplified in simple().items():
        table[traditional] = ord(simplified)
    table[ord("0") : ord("9") + 1] = ord("0")
    return table

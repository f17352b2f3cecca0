"""Whether two stretches of a page speak of the same things.

Each stretch is a draw of terms (pairs of Han characters, words of spaced scripts) from a Dirichlet-multinomial
whose prior is the language at large. What two draws gain by having one source each, rather than one for both, is
their log Bayes factor (after Eisenstein and Barzilay, "Bayesian unsupervised topic segmentation", 2008, with a
background prior in place of the uniform one).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from operator import add

import numpy as np
import numpy.typing as npt

from corpuskit.core.codes import CodePoints, members, runs
from corpuskit.core.page import Page
from corpuskit.core.pairs import TOTAL, pairs

Ints = npt.NDArray[np.int64]

_WORD = re.compile(r"[\u3400-\u9fff]{2,}|[A-Za-z]{3,}|[\u30a1-\u30fa]{2,}|[\uac00-\ud7a3]{2,}")
ALPHA = 400.0
"""Weight of the prior, in terms: about the length of a short article."""
_SPACED = 2.0**-14
_LEAST = 2.0**-24


def terms(text: str) -> list[str]:
    """Return the pairs of characters of unspaced scripts and the words of Latin script, in order.

    >>> terms("水清了 the river")
    ['水清', '清了', 'the', 'river']
    """
    out: list[str] = []
    for match in _WORD.finditer(text):
        word = match[0]
        if word.isascii():
            out.append(word.lower())
        else:
            out += map(add, word, word[1:])
    return out


class Vocabulary:
    """The :func:`terms` of some lines, for who asks of few: pairs are looked for in the lines as they stand.

    >>> held = Vocabulary(["水清了", "the River"])
    >>> [term in held for term in ("清了", "了the", "river", "riv", "了水")]
    [True, False, True, False, False]
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._text = "\n".join(lines)

    def __contains__(self, term: str) -> bool:
        if term.isascii():
            return term in self._words
        return term in self._text and _PAIR.fullmatch(term) is not None

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(map(str.lower, _LATIN.findall(self._text)))


_SCRIPT = np.zeros(0x10001, np.uint8)
"""Which of the scripts whose terms are pairs a character belongs to; the last stands for all beyond."""
for _number, (_low, _high) in enumerate(((0x3400, 0xA000), (0x30A1, 0x30FB), (0xAC00, 0xD7A4)), 1):
    _SCRIPT[_low:_high] = _number
_LATIN = re.compile("[A-Za-z]{3,}")
_PAIR = re.compile("[\u3400-\u9fff]{2}|[\u30a1-\u30fa]{2}|[\uac00-\ud7a3]{2}")
_IS_LATIN = members((0x41, 0x5A), (0x61, 0x7A))
TERM_BITS = 33
"""Bits of the number of a term."""


def numbered(text: str, codes: CodePoints) -> tuple[Ints, Ints]:
    """Return where each of a text's :func:`terms` begins, and a number that is the same for equal terms.

    >>> from corpuskit.core.codes import code_points
    >>> place, term = numbered("水清了\\nthe 水清", code_points("水清了\\nthe 水清"))
    >>> place.tolist(), int(term[0]) == int(term[2])
    ([0, 1, 8, 4], True)
    """
    known = np.minimum(codes, len(_SCRIPT) - 1)
    script = _SCRIPT[known]
    at = np.flatnonzero((script[:-1] == script[1:]) & (script[1:] > 0))
    term = codes[at].astype(np.int64) << 16 | codes[at + 1]
    words = "\n".join(_LATIN.findall(text)).lower().split("\n")
    if not words[0]:
        return at, term
    number = {word: 1 << 32 | at for at, word in enumerate(dict.fromkeys(words))}
    begins, ends = runs(_IS_LATIN[known])
    begins = begins[ends - begins > 2]
    numbers = np.array([number[word] for word in words], np.int64)
    return np.concatenate([at, begins]), np.concatenate([term, numbers])


@lru_cache(maxsize=65536)
def _prior(term: str) -> tuple[float, float, float]:
    """Return ALPHA * p, its log-gamma, and log p, of a term in the language at large."""
    p = _SPACED
    if not term.isascii():
        table = pairs()
        level = table.inside.get(term)
        inside = 2.0 ** (level - TOTAL) if level is not None else 0.0
        border = 2.0 ** (table.end.get(term[0], 3) + table.begin.get(term[1], 3) - 2 * TOTAL)
        p = max(inside + border, _LEAST)
    return ALPHA * p, math.lgamma(ALPHA * p), math.log(p)


class Cohesion:
    """The terms of a page's lines, counted on demand."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = list(lines)
        self._terms: dict[int, list[str]] = {}
        self._counts: dict[tuple[int, ...], tuple[Counter[str], int]] = {}

    @classmethod
    def of(cls, page: Page) -> Cohesion:
        """Return that of a page, which all that ask share."""
        return page.once("cohesion", lambda: cls(line.text for line in page.lines))

    def _count(self, lines: Sequence[int]) -> tuple[Counter[str], int]:
        """Return how often each term stands in some lines, and all of them, counted once for each choice of lines."""
        known = tuple(lines)
        if known not in self._counts:
            out: Counter[str] = Counter()
            for line in lines:
                if line not in self._terms:
                    self._terms[line] = terms(self._lines[line])
                out.update(self._terms[line])
            self._counts[known] = out, out.total()
        return self._counts[known]

    def apart(self, one: Sequence[int], other: Sequence[int]) -> float:
        """Return how far apart two stretches are, in nats a term of the shorter; 0 and below: one subject."""
        (few, fewer), (many, more) = sorted((self._count(one), self._count(other)), key=lambda each: len(each[0]))
        if not min(fewer, more):
            return 0.0
        alone, together = _gained(few, fewer, many, more)
        return (alone - together) / min(fewer, more)


def _gained(counts: Counter[str], size: int, held: Counter[str], more: int) -> tuple[float, float]:
    """Return what a draw adds to the log odds of one source against the language at large: alone, and after another.

    Only its own terms are looked at, so that a line or two is quickly held against a long article.
    """
    alone = math.lgamma(ALPHA) - math.lgamma(ALPHA + size)
    score = math.lgamma(ALPHA + more) - math.lgamma(ALPHA + more + size)
    for term, n in counts.items():
        weight, gamma, log = _prior(term)
        first = math.lgamma(weight + n) - gamma - n * log
        alone += first
        before = held.get(term, 0)
        score += math.lgamma(weight + before + n) - math.lgamma(weight + before) - n * log if before else first
    return alone, score

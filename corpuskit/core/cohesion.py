"""How much two stretches of a page speak of the same things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corpuskit.core.pairs import pairs

_WORD = re.compile(r"[\u3400-\u9fff]{2,}|[A-Za-z]{3,}|[\u30a1-\u30fa]{2,}|[\uac00-\ud7a3]{2,}")
_COMMON = frozenset(
    [
        "the",
        "and",
        "for",
        "that",
        "with",
        "was",
        "are",
        "this",
        "from",
        "have",
        "has",
        "had",
        "not",
        "but",
        "they",
        "you",
        "his",
        "her",
        "its",
    ]
)


def terms(text: str) -> set[str]:
    """Return the character pairs of Han runs and the words of spaced scripts.

    >>> sorted(terms("水清了 the river"))
    ['river', '水清', '清了']
    """
    out: set[str] = set()
    for match in _WORD.finditer(text):
        word = match[0]
        if word.isascii():
            if word.lower() not in _COMMON:
                out.add(word.lower())
        else:
            out.update(word[i : i + 2] for i in range(len(word) - 1))
    return out


class Cohesion:
    """Shared vocabulary of a page's lines, each term weighted by how rare it is in Chinese at large.

    The weight is the log2 of how many times rarer than the commonest pair a term is; a pair that stands inside
    no listed word is mostly an accident of two neighbouring words, and counts little.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = list(lines)
        self._terms: dict[int, set[str]] = {}

    def _held(self, lines: Sequence[int]) -> set[str]:
        for line in lines:
            if line not in self._terms:
                self._terms[line] = terms(self._lines[line])
        return set().union(*(self._terms[line] for line in lines))

    def _weight(self, term: str) -> float:
        if term.isascii() or len(term) != 2:
            return 6.0
        level = pairs().inside.get(term)
        return _ACCIDENT if level is None else max(0.0, _COMMONEST - level)

    def share(self, part: Sequence[int], whole: Sequence[int]) -> float:
        """Return the weighted share of the terms of lines ``part`` that lines ``whole`` hold too, 0 to 1."""
        inside, around = self._held(part), self._held(whole)
        total = sum(map(self._weight, inside))
        return sum(map(self._weight, inside & around)) / total if total else 0.0


_COMMONEST = 17
_ACCIDENT = 2.0

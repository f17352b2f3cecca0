"""How much two stretches of a page speak of the same things."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[\u3400-\u9fff]{2,}|[A-Za-z]{3,}|[\u30a1-\u30fa]{2,}|[\uac00-\ud7a3]{2,}")
_COMMON = frozenset("the and for that with was are this from have has had not but they you his her its".split())


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
    """Shared vocabulary, each term weighted by how few of the page's lines hold it."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.terms = [terms(line) for line in lines]
        spread = Counter(term for held in self.terms for term in held)
        # a term of one line cannot be shared, so it only dilutes: half weight
        self._weight = {
            term: (0.5 if n == 1 else 1.0) * math.log(1 + len(self.terms) / n) for term, n in spread.items()
        }

    def share(self, part: Sequence[int], whole: Sequence[int]) -> float:
        """Return the weighted share of the terms of lines ``part`` that lines ``whole`` hold too, 0 to 1."""
        inside = set().union(*(self.terms[i] for i in part))
        around = set().union(*(self.terms[i] for i in whole))
        total = sum(self._weight[t] for t in inside)
        return sum(self._weight[t] for t in inside & around) / total if total else 0.0

"""The elements of an HTML page by field: what their names say, what stands in each of them, which are alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from corpuskit.core.lexicon import forms
from corpuskit.core.prefilter import Prefilter
from corpuskit.core.source import Node

NAMES = ("beside", "edge", "voices", "text", "thread", "post")
"""Forms of ``lexicon/elements.toml`` that an element's words may have."""
LEAVES = frozenset(
    ("p", "td", "th", "tr", "tbody", "li", "pre", "span", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "dd", "dt")
)
_ITEMS = LEAVES - {"li", "tr", "td"}

Numbers = npt.NDArray[np.float64]
Kind = tuple[int, str, str]


class Tree:
    """The elements of a page; each stands behind its parent, and every list has one item an element."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.parents = [node.parent for node in nodes]
        self.tags = [node.tag for node in nodes]
        self.words = [node.words for node in nodes]
        self._names = [_names(words) for words in self.words]
        numbers: dict[Kind, int] = {}
        self._kinds = [
            None if tag in _ITEMS else numbers.setdefault((parent, tag, shape(words)), len(numbers))
            for parent, tag, words in nodes
        ]

    def __len__(self) -> int:
        return len(self.parents)

    def says(self, name: str) -> list[bool]:
        """Say of each element whether its words have one of the forms :data:`NAMES`."""
        bit = 1 << NAMES.index(name)
        return [names & bit > 0 for names in self._names]

    def under(self, at: Sequence[int], mass: Sequence[float] | Numbers) -> list[float]:
        """Return the mass in each element, itself and further down; ``at`` is the element of each mass."""
        out: list[float] = np.bincount(at, mass, len(self)).tolist()
        for i in range(len(out) - 1, 0, -1):
            if (parent := self.parents[i]) >= 0:
                out[parent] += out[i]
        return out

    def inherited(self, flags: list[bool]) -> list[bool]:
        """Return the flags, handed down to what stands inside."""
        if not any(flags):
            return flags
        out: list[bool] = []
        for parent, flag in zip(self.parents, flags, strict=True):
            out.append(flag or (parent >= 0 and out[parent]))
        return out

    def outermost(self, under: Sequence[float], flags: list[bool]) -> list[float]:
        """Return the mass of each flagged element that stands in no other."""
        if not any(flags):
            return []
        inside = self.inherited(flags)
        return [under[i] for i, parent in enumerate(self.parents) if flags[i] and not (parent >= 0 and inside[parent])]

    def alike(self, mass: Sequence[float]) -> list[list[int]]:
        """Return the elements of some mass that could be posts or cards, by groups of siblings alike."""
        groups: dict[int, list[int]] = defaultdict(list)
        for i, kind in enumerate(self._kinds):
            if kind is not None and mass[i] > 0:
                groups[kind].append(i)
        return [*groups.values()]

    def path(self, at: int) -> tuple[str, ...]:
        """Return tags and shapes of an element and the two around it."""
        out: list[str] = []
        while at >= 0 and len(out) < 6:
            out += [self.tags[at], shape(self.words[at])]
            at = self.parents[at]
        return tuple(out)

    def above(self, at: int, steps: int) -> int:
        """Return the element so many steps around another; -1 where there is none."""
        return at if steps == 0 or at < 0 else self.above(self.parents[at], steps - 1)


@lru_cache(maxsize=1 << 14)
def _names(words: str) -> int:
    """Return which of :data:`NAMES` an element's words have the form of, as bits."""
    prefilter, searches = _searches()
    possible = prefilter.possible(words) if words else 0
    return sum(1 << i for i, search in enumerate(searches) if possible >> i & 1 and search(words))


@cache
def _searches() -> tuple[Prefilter, list[Callable[[str], re.Match[str] | None]]]:
    patterns = [forms("elements")[name] for name in NAMES]
    return Prefilter(patterns), [pattern.search for pattern in patterns]


@lru_cache(maxsize=1 << 14)
def shape(words: str) -> str:
    """Return the words without those that number an element."""
    return " ".join(word for word in words.split() if not any(map(str.isdigit, word)))

"""How Chinese characters stand together: inside a word, or with a border between them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NamedTuple


class Pairs(NamedTuple):
    """Rounded log2 frequencies: of pairs inside words, of characters that begin and that end words."""

    inside: dict[str, int]
    begin: dict[str, int]
    end: dict[str, int]

    def bond(self, left: str, right: str) -> float:
        """Return log2 odds, up to a constant, that no word border lies between two characters.

        Positive: the pair is a word or part of one more often than chance meets at a border. A pair that no
        listed word holds is -1, one with a character of no listed word 0.

        >>> pairs().bond("中", "国") > 0 > pairs().bond("化", "针")
        True
        """
        inside = self.inside.get(left + right)
        if inside is None:
            return -1.0 if left in self.end and right in self.begin else 0.0
        border = self.end.get(left, _RARE) + self.begin.get(right, _RARE) - TOTAL
        return inside - border


_RARE = 3
TOTAL = 26
"""log2 of all word mass in the list (about 60 million)."""


@cache
def pairs() -> Pairs:
    """Return the packaged table, read on first use."""
    found: dict[str, dict[str, int]] = {"pair": {}, "begin": {}, "end": {}}
    text = (resources.files("corpuskit.lexicon") / "pairs.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        kind, level, held = line.split(" ")
        step = 2 if kind == "pair" else 1
        found[kind] |= dict.fromkeys((held[i : i + step] for i in range(0, len(held), step)), int(level))
    return Pairs(found["pair"], found["begin"], found["end"])

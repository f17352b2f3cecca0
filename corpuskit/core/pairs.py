"""How often terms are met in the language at large, and how Chinese characters and Korean syllables stand together.

Two characters stand inside a word, or with a border between them. Traditional characters count as the simplified
ones of which the table speaks.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from itertools import repeat
from operator import add
from typing import NamedTuple


class Pairs(NamedTuple):
    """Rounded log2 frequencies: of pairs inside words, of characters that begin and that end words."""

    inside: dict[str, int]
    begin: dict[str, int]
    end: dict[str, int]
    word: dict[str, int]
    """Frequent English words without their endings."""
    simplified: dict[str, str]
    """Traditional characters, each with its simplified form."""

    def bond(self, left: str, right: str) -> float:
        """Return log2 odds, up to a constant, that no word border lies between two characters.

        Positive: the pair is a word or part of one more often than chance meets at a border. A pair that no
        listed word holds is -1, one with a character of no listed word 0.

        >>> pairs().bond("中", "国") > 0 > pairs().bond("化", "针")
        True
        """
        left, right = self.simplified.get(left, left), self.simplified.get(right, right)
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
    found: dict[str, dict[str, int]] = {"pair": {}, "begin": {}, "end": {}, "word": {}}
    for line in _lines("pairs.txt"):
        kind, level, held = line.split(" ", 2)
        each = held.split(" ") if kind == "word" else map(add, held[::2], held[1::2]) if kind == "pair" else held
        found[kind].update(zip(each, repeat(int(level))))
    rows = "".join(_lines("variants.txt"))
    simplified = dict(zip(rows[1::2], rows[::2], strict=True))
    return Pairs(found["pair"], found["begin"], found["end"], found["word"], simplified)


def _lines(name: str) -> list[str]:
    text = (resources.files("corpuskit.lexicon") / name).read_text("utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]

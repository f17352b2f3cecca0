"""Lines of noise made up for training: spam in sentences, what a site says of itself, small advertisements, comments.

The labelled pages hold too few of them in whole sentences. Names, numbers and places are new in every line and the
patterns stand in ``lexicon/inventions.toml``; the labeller learns from them how such lines are built, not their words.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources

_SLOT = re.compile(r"\{(\w+)\}")
_CLAUSES = re.compile('[，。！？；：、“”「」『』（）,.!?;:"]')
_TRADES = ("国际娱乐", "体育", "棋牌", "娱乐城", "电竞", "平台", "酒店", "医院", "商城", "装修", "留学", "国际", "")
_SYLLABLES = ("ka", "lo", "mer", "vin", "tas", "bel", "dor", "que", "zan", "fi", "ro", "nex", "pol", "lux", "gar")
_LETTERS = "abcdefghjkmnpqrstuvwxyz"


@cache
def _patterns() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = tomllib.loads(
        (resources.files("corpuskit.lexicon") / "inventions.toml").read_text("utf-8")
    )
    return found


class Inventor:
    """Makes up lines of a kind in a language, with clauses of ``bodies`` where a pattern wants them."""

    def __init__(self, chance: random.Random, bodies: Sequence[str]) -> None:
        self._chance = chance
        self._bodies = bodies
        self._slots: dict[str, Callable[[str], str]] = {
            "brand": self.brand,
            "person": lambda language: self._letters(2, 3) if language == "zh" else self._name(2),
            "place": lambda language: self._letters(2, 3) if language != "en" else self._name(2),
            "phone": lambda _: self._digits("0###-#######", "1##########", "#### ####", "0##-####-####"),
            "price": lambda language: self._digits(*(("£#", "$##") if language == "en" else ("##00元", "#####円"))),
            "day": lambda _: f"{chance.randrange(1999, 2025)}年{chance.randrange(1, 13)}月{chance.randrange(1, 29)}日",
            "number": lambda _: str(chance.choice((3, 5, 7, 12, 24, 38, 50, 68, 100, 188, 300, 500, 1200, 8888))),
            "handle": lambda _: "".join(chance.choices(_LETTERS, k=4)) + str(chance.randrange(10, 99999)),
            "clause": lambda _: self._clause(),
        }

    def brand(self, language: str) -> str:
        """Return a made-up name."""
        return self._letters(2, 3) + self._chance.choice(_TRADES) if language == "zh" else self._name(3)

    def line(self, kind: str, language: str, brand: str) -> str:
        """Return a line of a kind, in a language or, where it has none of it, in Chinese."""
        patterns = _patterns()[kind]
        language = language if language in patterns else "zh"
        pattern = self._chance.choice(patterns[language])
        return _SLOT.sub(lambda slot: brand if slot[1] == "brand" else self._slots[slot[1]](language), pattern)

    def _clause(self) -> str:
        found = [c.strip() for c in _CLAUSES.split(self._chance.choice(self._bodies)) if 4 <= len(c.strip()) <= 60]
        return self._chance.choice(found) if found else "…"

    def _letters(self, low: int, high: int) -> str:
        """Return characters of articles, each from another place."""
        han = [c for c in self._chance.choice(self._bodies) if "\u4e00" <= c <= "\u9fff"]
        return "".join(self._chance.choice(han) for _ in range(self._chance.randint(low, high)))

    def _name(self, syllables: int) -> str:
        return "".join(self._chance.choice(_SYLLABLES) for _ in range(syllables)).capitalize()

    def _digits(self, *shapes: str) -> str:
        shape = self._chance.choice(shapes)
        return "".join(str(self._chance.randrange(10)) if c == "#" else c for c in shape)

"""GBK by its bytes: what each pair of bytes reads, and which pair each character is."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from corpuskit.clean.mojibake.model import FOLDED, model

UNKNOWN = -1
"""A byte that is lost."""
RARE = 3e-7
"""Mass below which a character is no candidate for a half-known one."""


@cache
def pairs() -> list[str]:
    """Return the character of each two bytes, ``lead << 8 | trail``; empty where there is none."""
    out = [""] * 0x10000
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            text = bytes((lead, trail)).decode("gb18030", "ignore")
            out[lead << 8 | trail] = text if len(text) == 1 else ""
    return out


@cache
def codes() -> dict[str, int]:
    """Return ``lead << 8 | trail`` of each character that GBK has."""
    return {char: code for code, char in enumerate(pairs()) if char}


def folded(char: str) -> int | None:
    """Return the code of the full-width mark that an ASCII mark stands for."""
    return codes().get(FOLDED.get(char, ""))


@cache
def _by_byte() -> dict[tuple[str, int], tuple[str, ...]]:
    weight = {c: model().alone(c) for c in codes() if model().total.get(model().fold(c), 0.0) > RARE}
    out: dict[tuple[str, int], list[str]] = defaultdict(list)
    for char in sorted(weight, key=lambda c: (-weight[c], c)):
        out["lead", codes()[char] >> 8].append(char)
        out["trail", codes()[char] & 0xFF].append(char)
    return {key: tuple(chars) for key, chars in out.items()}


def candidates(side: str, byte: int) -> tuple[str, ...]:
    """Return the characters with ``byte`` as their ``lead`` or ``trail``, the likely first."""
    return _by_byte().get((side, byte), ())


@cache
def _private(lead: int) -> tuple[str, ...]:
    """Return the characters whose trail byte begins a user-defined pair."""
    return tuple(c for c in candidates("lead", lead) if codes()[c] & 0xFF in _PRIVATE)


KEPT = 6
"""Guesses followed for a half-known character."""
_PRIVATE = frozenset((*range(0xAA, 0xB0), *range(0xF8, 0xFF)))


class Guess:
    """The best characters for a half-known place, memoised by the two characters before it."""

    def __init__(self) -> None:
        self._memo: dict[tuple[str, int, str, str], list[tuple[float, str]]] = {}

    def best(self, side: str, byte: int, a: str, b: str) -> list[tuple[float, str]]:
        """Return up to ``KEPT`` of ``(ln P, character)``, best first; ``side`` is lead, trail or private."""
        key = (side, byte, a, b)
        found = self._memo.get(key)
        if found is None:
            if len(self._memo) > 50_000:
                self._memo.clear()
            held = _private(byte) if side == "private" else candidates(side, byte)
            after = model().after
            likely = sorted({*held[:KEPT], *model().following(b).intersection(held)})
            if len(likely) > KEPT:
                rough = model().rough
                likely = sorted(likely, key=lambda c: -rough(b, c))[:KEPT]
            found = self._memo[key] = sorted(((after(a, b, c), c) for c in likely), key=_first)[:KEPT]
        return found


def _first(item: tuple[float, str]) -> tuple[float, str]:
    return -item[0], item[1]

"""Compatibility normalisation undone for a look: what stands in a run out of step may be one character taken apart.

NFKC makes ``(5)`` of one character, ``5.`` and ``iii`` of another; each is two bytes of GBK, which a run needs whole.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

from corpuskit.core.late import late

_RANGES = ((0x2474, 0x2488), (0x2488, 0x249C), (0x3220, 0x322A), (0x2160, 0x216C), (0x2170, 0x217A))
"""Numbers in brackets, with a point, and Roman ones, as GBK has them."""
_TAKEN_APART = late(
    r"(?<=[?\x80-\U0010ffff])(?:\((?:1?\d|20|[一二三四五六七八九十])\)|(?:1?\d|20)\.|[IVX]{1,4}|[ivx]{1,4})(?=[?\x80-\U0010ffff])"
)


class Unfolded(NamedTuple):
    """A text with such characters put back, where each of its characters begins in the text as it was, and its end."""

    text: str
    starts: list[int]

    def one(self, low: int, high: int) -> bool:
        """Say whether a part of it has a character that was put back."""
        return self.starts[high] - self.starts[low] > high - low


@cache
def _whole() -> dict[str, str]:
    points = (chr(point) for low, high in _RANGES for point in range(low, high))
    return {unicodedata.normalize("NFKC", char): char for char in points}


def unfolded(text: str) -> Unfolded | None:
    """Return a text with characters put back that may have been taken apart; nothing where there are none."""
    parts, starts, last = [], list[int](), 0
    for match in _TAKEN_APART.finditer(text):
        char = _whole().get(match[0])
        if char is not None:
            parts += [text[last : match.start()], char]
            starts += [*range(last, match.start()), match.start()]
            last = match.end()
    if not parts:
        return None
    return Unfolded("".join([*parts, text[last:]]), [*starts, *range(last, len(text) + 1)])

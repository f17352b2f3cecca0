"""A part of a line in a wrong codec of Asia.

Where the characters of both codecs have two bytes, a crossing maps character to character, whatever stands beside it,
and the stretch that was crossed is where the likelihood that it gains, summed over its characters, is greatest
(Kadane's algorithm; Bentley, "Programming pearls", 1984). Of what was read as Shift_JIS half-width katakana tell. The
edges are where the text fits best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.core.characters import Floats, likelihoods, model
from corpuskit.core.codes import code_points
from corpuskit.core.late import late
from corpuskit.lexicon.alphabet import MARKS

ALIGNED = (
    *(("gb18030", "big5"), ("big5", "gb18030"), ("cp949", "gb18030")),
    *(("euc_jp", "gb18030"), ("cp949", "big5"), ("euc_jp", "big5")),
)
"""As it was read, as it was written."""
ODD = -9.0
"""Mean ln P of a character, whatever stands before it, that sound text stays above."""
LEAST_ODD = 4.0
"""How far, in all, the oddest stretch of a line is below that, for the line to be weighed."""
NOTHING = -15.0
"""What a character costs that the crossing cannot have given."""
PLAIN = -0.5
"""What a character of ASCII costs, which all codecs have in common, or a mark of the text's own."""
MOST = 8.0
"""What one character can gain or lose."""
LEAST_ALONE = 10.0
"""Gain in ln P of a stretch, its characters by themselves, from which it is weighed between its neighbours."""
LEAST = 14.0
"""The same between its neighbours from which it is believed."""
FLUENT = -8.0
"""Mean ln P of the characters of what a stretch reads, at the least."""
LEAST_HAN = 2
RARE = -11.5
"""ln P of a character below which it is rare."""
RARELY = 6
"""Characters of which one may be rare."""
SHIFT = 2
"""How far an edge may lie from where it was found."""
REACH = 6
"""The same where half-width katakana tell: Han characters beside them belong to the stretch."""
_HALF = late(r"[\uff61-\uff9f](?:[!-~\u3000-\u9fff\ue000-\uf8ff\uff00-\uff9f]*[\uff61-\uff9f])?")
_KANA = late(r"[\u3041-\u30fe]")
Reader = Callable[[int, int], str | None]


class Stretch(NamedTuple):
    """Half-open range of a line, what it reads, and what that gains in ln P."""

    start: int
    end: int
    after: str
    gain: float


def stretches(text: str) -> list[Stretch]:
    """Return the stretches of a line that read better in another codec, none overlapping another."""
    taken: list[Stretch] = []
    for stretch in sorted((*_aligned(text), *_katakana(text)), key=lambda held: -held.gain):
        if all(stretch.end <= other.start or other.end <= stretch.start for other in taken):
            taken.append(stretch)
    return sorted(taken)


# character for character


@cache
def _pairs(codec: str) -> npt.NDArray[np.uint32]:
    """Return the code point of each two bytes, at ``lead << 8 | trail``; 0 where there is none, shape (65536,)."""
    out = np.zeros(0x10000, np.uint32)
    leads, trails = np.mgrid[0x81:0xFF, 0x40:0xFF].reshape(2, -1)
    # what is no character goes, and no line feed with it
    each = np.stack((leads, trails, np.full_like(leads, ord("\n"))), axis=1).astype(np.uint8)
    points = code_points(each.tobytes().decode(codec, "ignore"))
    ends = np.flatnonzero(points == ord("\n"))
    char = points[ends - 1]
    one = (np.diff(ends, prepend=-1) == 2) & (char > 0xA0) & (char < 0x10000)
    out[(leads << 8 | trails)[one]] = char[one]
    return out


@cache
def _tables() -> tuple[npt.NDArray[np.uint32], Floats]:
    """Return what each code point reads in each crossing, and what that gains in ln P, (crossings, 65536) each.

    0 where it reads nothing; of ASCII, and of a full-width mark that would read worse, itself: it is the text's own.
    """
    points = np.arange(0x10000, dtype=np.uint32)
    now, marks = model().of_points(points), np.isin(points, [ord(mark) for mark in MARKS])
    rows = [_table(points, now, marks, *crossing) for crossing in ALIGNED]
    return np.stack([after for after, _ in rows]), np.stack([gains for _, gains in rows])


def _table(
    points: npt.NDArray[np.uint32], now: Floats, marks: npt.NDArray[np.bool_], read: str, wrote: str
) -> tuple[npt.NDArray[np.uint32], Floats]:
    shown, meant = _pairs(read), _pairs(wrote)
    both = (shown > 0) & (meant > 0)
    after = np.zeros(0x10000, np.uint32)
    after[shown[both]] = meant[both]
    worth = model().of_points(after)
    gains = np.where(after > 0, np.clip(worth - now, -MOST, MOST), np.float32(NOTHING))
    own = (points < 0x80) | (marks & (worth < now))
    return np.where(own, points, after), np.where(own, np.float32(PLAIN), gains)


def _aligned(text: str) -> Iterator[Stretch]:
    points = code_points(text)
    odd = np.where(points > 0x7F, ODD - model().of_points(points), PLAIN)
    odd[points == 0xFFFD] = PLAIN
    if _best(odd)[2] < LEAST_ODD or (points > 0xFFFF).any():
        return
    after, table = _tables()
    gains = table[:, points]
    for row in np.flatnonzero(np.maximum(gains, 0).sum(axis=1) >= LEAST_ALONE).tolist():
        yield from _crossed(text, points, after[row, points], gains[row])


def _crossed(
    text: str, points: npt.NDArray[np.uint32], after: npt.NDArray[np.uint32], gains: Floats
) -> Iterator[Stretch]:
    own = after == points

    def reader(low: int, high: int) -> str | None:
        held = after[low:high]
        return None if own[low] or own[high - 1] or not held.all() else held.tobytes().decode("utf-32-le")

    while True:
        start, end, gain = _best(gains)
        if gain < LEAST_ALONE:
            return
        yield from _weighed(text, start, end, SHIFT, reader)
        gains[start:end] = NOTHING


def _best(gains: npt.NDArray[np.floating]) -> tuple[int, int, float]:
    """Return the stretch whose gains have the greatest sum, and that sum."""
    sums = np.concatenate(([0.0], np.cumsum(gains)))
    lowest = np.minimum.accumulate(sums)
    end = int((sums - lowest).argmax())
    start = int(np.flatnonzero(sums[: end + 1] == lowest[end])[-1])
    return start, end, float(sums[end] - lowest[end])


# by what shows


def _decoded(text: str, read: str, wrote: str) -> Reader:
    def reader(low: int, high: int) -> str | None:
        try:
            return text[low:high].encode(read).decode(wrote)
        except UnicodeError:
            return None

    return reader


def _katakana(text: str) -> Iterator[Stretch]:
    """Yield what was read as Shift_JIS: half of its lead bytes are half-width katakana there."""
    if _KANA.search(text):
        return
    for match in _HALF.finditer(text):
        for wrote in ("gb18030", "big5", "utf-8"):
            yield from _weighed(text, *match.span(), REACH, _decoded(text, "cp932", wrote))


def _weighed(text: str, start: int, end: int, reach: int, reader: Reader) -> Iterator[Stretch]:
    """Yield a stretch, its edges where they fit best, that reads as Chinese and fits its neighbours better so."""
    found = [
        (low, high, after)
        for low in range(max(0, start - reach), min(start + SHIFT + 1, end))
        for high in range(max(low + LEAST_HAN, end - SHIFT), min(len(text), end + reach) + 1)
        if (after := reader(low, high))
    ]
    if not found:
        return
    left, right = max(0, start - reach - 2), end + reach + 2
    before = ("。。" + text[:left])[-2:]
    rows = [before + text[left:low] + after + text[high:right] for low, high, after in found]
    worth = likelihoods([before + text[left:right], *rows])
    at = int(worth[1:].argmax())
    low, high, after = found[at]
    gain = float(worth[at + 1] - worth[0])
    if gain >= LEAST and _sound(text, low, after):
        yield Stretch(low, high, after, gain)


def _sound(text: str, start: int, after: str) -> bool:
    """Say whether what was read is fluent Chinese of characters that are not rare."""
    points = code_points(after)
    beyond = points[points > 0x7F]
    han = beyond[(beyond >= 0x4E00) & (beyond < 0xA000)]
    if len({*han.tolist()}) < LEAST_HAN or 10 * len(han) < 6 * len(beyond):
        return False
    few = RARELY * np.count_nonzero(model().of_points(beyond) < RARE) <= len(beyond)
    return bool(few) and model().of(after, ("。。" + text[:start])[-2:]) >= FLUENT * len(after)

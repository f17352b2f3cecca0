"""Where a page may be damaged: a class table over code points, and the pair statistic where it fires."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.mojibake import table
from corpuskit.clean.mojibake.statistic import AROUND, slipped
from corpuskit.core.characters import model
from corpuskit.core.codes import distinct, runs

Points = npt.NDArray[np.uint32]
Places = npt.NDArray[np.intp]
_NEAR = 5
"""Places within which three odd characters make a line worth a look."""
_BESIDE = 2
"""The same for two, where the pair statistic agrees."""


class Texts(NamedTuple):
    """Texts in one array: numpy's fixed cost, which is most of that of a short text, is paid once for all of them."""

    points: Points
    """Code points, blanks between any two texts."""
    begins: Places
    ends: Places
    japanese: npt.NDArray[np.bool_]
    """Which texts are, by their kana."""

    @classmethod
    def of(cls, texts: Sequence[Points]) -> Texts:
        """Return texts so far apart that none is beside another."""
        points, sizes = texts[0], np.array([len(text) for text in texts], np.intp)
        begins = np.cumsum(sizes + _APART) - sizes - _APART
        if len(texts) > 1:
            gap = np.full(_APART, 0x20, np.uint32)
            points = np.concatenate([part for text in texts for part in (text, gap)])
        kana = _kana(points)
        some = _JAPANESE * np.count_nonzero(kana) > len(points)
        counts = np.add.reduceat(kana, begins, dtype=np.intp) if some else np.zeros(len(texts), np.intp)
        return cls(points, begins, begins + sizes, _JAPANESE * counts > sizes)

    def around(self, at: Places, reach: npt.NDArray[np.intp]) -> Points:
        """Return what stands around places, shape (places, reach); beyond a text's edge stands its last character."""
        owner = self.owner(at)
        low, high = self.begins[owner, None], self.ends[owner, None] - 1
        found: Points = self.points[np.clip(at[:, None] + reach, low, high)]
        return found

    def owner(self, at: Places) -> Places:
        """Return which text each place is in."""
        return np.asarray(np.searchsorted(self.begins, at, "right") - 1)


def _kana(points: Points) -> npt.NDArray[np.bool_]:
    return points - 0x3041 < 0xB9


_APART = 8
"""Blanks between two texts: more than any two characters may be apart that are judged together."""


def places(texts: Sequence[Points], *, wide: bool) -> list[Places]:
    """Return for each text, its code points, the places of the lines to look at, in order."""
    if not texts:
        return []
    joined = Texts.of(texts)
    found = _found(joined, wide=wide)
    if len(texts) == 1:
        return [found]
    cuts = np.searchsorted(found, joined.begins).tolist()
    return [
        found[low:high] - begin for low, high, begin in zip(cuts, [*cuts[1:], len(found)], joined.begins, strict=True)
    ]


def _found(texts: Texts, *, wide: bool) -> Places:
    points = texts.points
    kinds = _kinds(texts)
    at = np.flatnonzero(kinds > 0)
    strange = _strange_lines(texts)
    solid = _solid(points)
    if solid.size:
        strange = np.concatenate((strange, solid))
    if not at.size:
        return np.sort(strange)
    keep = _kept(texts, at, kinds[at], wide=wide)
    return distinct(np.concatenate((at[keep], strange))) if strange.size else at[keep]


def _kinds(texts: Texts) -> npt.NDArray[np.uint8]:
    """Return the bits of each place: none for the kana of Japanese, nor for Hangul apart from Han."""
    points = texts.points
    kinds = table.classes().take(points)
    if texts.japanese.any():
        kinds *= ~(_kana(points) & np.repeat(texts.japanese, np.diff(texts.begins, append=len(points))))
    hangul = points - 0xAC00 < 0x2BA4
    if hangul.any():
        han = points - 0x3400 < 0x6C00
        hangul[1:] &= ~han[:-1]
        hangul[:-1] &= ~han[1:]
        kinds *= ~hangul
    return kinds


_JAPANESE = 5
"""Characters of Japanese of which one, at the least, is kana; out of step, one in twenty is."""


def _kept(texts: Texts, at: Places, kind: npt.NDArray[np.uint8], *, wide: bool) -> npt.NDArray[np.bool_]:
    """Say of the places that are not plain whether they are worth a look, shape (places,)."""
    points = texts.points
    keep = kind & (table.ALONE | table.WIDE if wide else table.ALONE) > 0
    some = np.bitwise_or.reduce(kind)
    odd = kind & table.ODD > 0
    if some & table.LATIN:
        keep |= _sequences(points, at, kind & table.LATIN > 0)
    if some & table.SYLLABLE:
        keep |= (kind & table.SYLLABLE > 0) & _beside_han(points, at)
    if some & table.PIECE:
        odd |= (kind & table.PIECE > 0) & _beside_han(points, at)
    if some & table.SIGN:
        keep |= _signs(points, at, kind & table.SIGN > 0)
    held = np.flatnonzero(odd)
    if held.size:
        keep[_together(texts, at[held], held, kind[held])] = True
    return keep


def _signs(points: Points, at: Places, sign: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    own, last = np.flatnonzero(sign), len(points) - 1
    where = at[own]
    behind, third = points[np.minimum(where + 1, last)], points[np.minimum(where + 2, last)]
    lead = points[where]
    han = lead > 127
    begins = (behind < 128) & table.escape()[np.where(han, 0, lead) << 7 | behind & 127]
    begins |= han & (behind == lead) & (third == lead) & (where + 2 <= last)
    out = np.zeros(len(at), np.bool_)
    out[own] = begins & ((points[where] != 0x23) | (third - 0x30 < 10))
    # the second byte of a character of Big5, or an escape behind a full stop
    out[own] |= (points[where] == 0x5C) & (points[np.maximum(where - 1, 0)] > 0x7F)
    return out


def _solid(points: Points) -> Places:
    """Return where runs of ASCII begin that are too long for words, and have marks that addresses do not."""
    held = points - 0x21 < 0x5E
    if np.count_nonzero(held) < _LONG:
        return np.zeros(0, np.intp)
    for size in (1, 2, 4, 8):
        held = held[:-size] & held[size:]
    starts, ends = runs(held)
    found = zip(starts.tolist(), (ends + _LONG - 1).tolist(), strict=True)
    return np.array([at for at, end in found if _unsaid(points[at:end])], np.intp)


_LONG = 16
_LONGER = 64
"""From here on fewer marks are enough: no word is so long, and no address has many."""
_UNSAID = np.array([chr(at) in "!\"#$'*;<>[]^`{|}~" for at in range(128)])
"""Marks that words and addresses have few of."""


def _unsaid(points: Points) -> bool:
    return bool((8 if len(points) < _LONGER else 16) * np.count_nonzero(_UNSAID[points]) > len(points))


STRANGE = -8.2
"""Mean ln P of the Han characters of a line, whatever stands before them, below which it may be in a wrong codec."""


@cache
def _weights() -> npt.NDArray[np.float32]:
    """Return how much more likely than ``STRANGE`` each Han character is; kana speak for themselves."""
    out = np.zeros(0x110000, np.float32)
    out[0x4E00:0xA000] = model().of_points(np.arange(0x4E00, 0xA000)) - STRANGE
    out[0x3041:0x30FB] = 5
    return out


def _strange_lines(texts: Texts) -> Places:
    """Return the places where lines begin whose Han characters are rare ones on the whole."""
    points = texts.points
    if not (points > 0x3040).any():
        return np.zeros(0, np.intp)
    starts = np.sort(np.concatenate((texts.begins, np.flatnonzero(points[:-1] == 10) + 1)))
    sums = np.add.reduceat(_weights().take(points), starts)
    return np.asarray(starts[sums < _LEAST_STRANGE])


_LEAST_STRANGE = -5.0


def _beside_han(points: Points, at: Places) -> npt.NDArray[np.bool_]:
    """Say of places whether a Han character stands before or behind them, or a comma or stop behind, (places,)."""
    before, behind = points[np.maximum(at - 1, 0)], points[np.minimum(at + 1, len(points) - 1)]
    han = (before - 0x3400 < 0x6C00) | (behind - 0x3400 < 0x6C00)
    return np.asarray(han | (behind == 0xFF0C) | (behind == 0x3002))


def _sequences(points: Points, at: Places, latin: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Say of Latin places whether they begin what can be UTF-8, or stand with two of their like, shape (places,)."""
    byte = np.where(latin, table.high()[points[at]], 0)
    behind = table.high()[points[np.minimum(at + 1, len(points) - 1)]]
    out = (byte >= 0xC2) & (byte < 0xF5) & (behind >= 0x80) & (behind < 0xC0)
    own = np.flatnonzero(latin)
    where = at[own]
    out[own[:-2][where[2:] - where[:-2] <= _TIGHT]] = True
    return np.asarray(out)


_TIGHT = 3
"""Places within which three Latin characters beyond ASCII can be GBK."""


def _together(texts: Texts, where: Places, odd: Places, kind: npt.NDArray[np.uint8]) -> Places:
    """Return those of the odd that stand close to others, or are marks of loss beside Han.

    Three together are enough, if two are very rare, or one beside a mark, and none is kana. The pair statistic
    must bear out other threes, unless two are kana, as in Japanese; and two very rare ones; and marks.
    """
    points = texts.points
    rare = kind & table.RARE > 0
    marks = _is_mark().take(points[where])
    if marks.any():
        marks[marks] = _beside_han(points, where[marks])
    asked = marks.copy()
    asked[:-1] |= (where[1:] - where[:-1] <= _BESIDE) & rare[1:] & rare[:-1]
    close = np.flatnonzero(where[2:] - where[:-2] <= _NEAR)
    keep = np.zeros(len(odd), np.bool_)
    if close.size:
        kana, scarce, shows = (_of_three(held)[close] for held in (kind & table.PIECE > 0, rare, marks))
        clear = (kana == 0) & ((scarce > 1) | (scarce & shows > 0))
        keep[close[clear]] = True
        asked[close[~clear & (kana < 2)]] = True
    keep |= _big5(texts, where, marks, rare)
    ask = np.flatnonzero(asked & ~keep)
    if ask.size:
        keep[ask] = slipped(texts.around(where[ask], AROUND), marks[ask])
    held = np.flatnonzero(keep)
    among = _kana(texts.around(where[held], _AMONG)).sum(axis=1)
    most = np.where(texts.japanese[texts.owner(where[held])], 1, len(_AMONG) // _JAPANESE)
    private = points[where[held]] - 0xE000 < 0x1900
    return np.asarray(odd[held[private | (among <= most)]])


_AMONG = np.arange(-9, 10)
"""Places around an odd one, among which there are some kana where it stands in Japanese: in damaged text, one."""


def _big5(
    texts: Texts, where: Places, marks: npt.NDArray[np.bool_], odd: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Say of the odd which are marks with an odd character behind them and a letter soon, as Big5 out of step has."""
    out = np.zeros(len(where), np.bool_)
    out[:-1] = marks[:-1] & odd[1:] & (where[1:] - where[:-1] == 1)
    held = np.flatnonzero(out)
    if held.size:
        out[held] = (texts.around(where[held], _SOON) - 0x40 < 0x3F).any(axis=1)
    return out


_SOON = np.arange(2, 10)
"""Places behind a mark among which the first second byte of Big5 below 128 is mostly found."""


@cache
def _is_mark() -> npt.NDArray[np.bool_]:
    # sound text is full of full-width question marks; a slip that shows as one is found by its rare characters
    out = np.zeros(0x110000, np.bool_)
    out[[ord("?"), 0xFFFD]] = True
    return out


def _of_three(held: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Return how many of each three in a row are held, shape (places - 2,)."""
    one = held.astype(np.uint8)
    return np.asarray(one[:-2] + one[1:-1] + one[2:])

"""Where a page may be damaged: a class table over code points, and the pair statistic where it fires."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.mojibake.gbk import codes
from corpuskit.clean.mojibake.statistic import AROUND, slipped
from corpuskit.core.characters import model
from corpuskit.core.codes import distinct

Points = npt.NDArray[np.uint32]
Places = npt.NDArray[np.intp]
COMMON = math.log(2.5e-5)
"""ln P of a character below which it is odd in sound text."""
SCARCE = math.log(1e-5)
"""The same, below which two of them are."""
MARKS = "?？\ufffd"


ALONE = 1
"""Worth a look on its own account."""
ODD = 2
"""What damaged text is made of: rare Han, symbols, private use, marks of loss."""
SIGN = 4
"""Begins an escape, where hexadecimal digits or a bracket follow."""
WIDE = 8
"""Full-width letters and digits."""
SYLLABLE = 16
"""Hangul: beside Han it is worth a look."""
RARE = 32
"""Those of the odd that are Han or of private use."""
LATIN = 64
"""What Windows-1252 has beyond ASCII: two together can be UTF-8, three GBK."""
PIECE = 128
"""Letters that GBK can be read as, by chance, in UTF-8; kana: beside Han, or apart from their like, they are odd."""
_ALONE = (
    *((0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F)),
    *((0x2E80, 0x2FD5), (0xD800, 0xDFFF), (0xF900, 0xFAFF), (0xFEFF, 0xFEFF), (0xFF61, 0xFF9F), (0xFFF9, 0xFFFD)),
)
_LATIN = ((0xA0, 0xAC), (0xAE, 0xB6), (0xB8, 0xD6), (0xD8, 0xFF), (0x2020, 0x2022), (0x2030, 0x2030), (0x2039, 0x203A))
_PIECES = ((0x180, 0x2AF), (0x2BB, 0x2C5), (0x2CC, 0x2D8), (0x2DD, 0x36F), (0x700, 0x7FF))
_NEAR = 5
"""Places within which three odd characters make a line worth a look."""
_BESIDE = 2
"""The same for two, where the pair statistic agrees."""


@cache
def _class() -> npt.NDArray[np.uint8]:
    """Return the bits of each code point, shape (0x110000,)."""
    table = np.zeros(0x110000, np.uint8)
    held = np.flatnonzero(codes()[0x100:]) + 0x100
    alone = model().alone(model().alphabet.table[held])
    table[held[alone < COMMON]] |= ODD
    table[held[(alone < SCARCE) & (held >= 0x4E00) & (held <= 0x9FFF)]] |= RARE
    table[0xE000:0xF900] |= ODD | RARE
    table[[ord(char) for char in MARKS]] |= ODD
    for bit, ranges in ((ALONE, _ALONE), (LATIN, _LATIN), (PIECE, _PIECES), (ODD | RARE, ((0xFF66, 0xFF9F),))):
        for low, high in ranges:
            table[low : high + 1] |= bit
    # marks of Chinese and of English stand in Windows-1252 too; what is damaged has others beside them
    table[[ord(char) for char in bytes(range(0x80, 0xA0)).decode("cp1252", "ignore") if char not in "‘’“”–—…"]] |= LATIN
    table[[ord(char) for char in "锟烫屯鈥\\"]] |= ALONE
    table[[ord(char) for char in "&%=#~"]] |= SIGN
    for low, high in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)):
        table[low : high + 1] |= WIDE
    table[0xAC00:0xD7A4] |= SYLLABLE
    table[0x3041:0x30FB] = PIECE
    return table


@cache
def _escape() -> npt.NDArray[np.bool_]:
    """Say of a sign and the character after it, below 128 each, whether they may begin an escape."""
    table = np.zeros(0x4000, np.bool_)
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for sign, behind in (
        ("&", letters + "#"),
        ("%", "89ABCDEFabcdefu"),
        ("=", "89ABCDEF\n"),
        ("#", "123456789"),
        ("~", "{"),
    ):
        for char in behind:
            table[ord(sign) << 7 | ord(char)] = True
    return table


class Texts(NamedTuple):
    """Texts in one array: numpy's fixed cost, which is most of that of a short text, is paid once for all of them."""

    points: Points
    """Code points, blanks between any two texts."""
    begins: Places
    ends: Places

    @classmethod
    def of(cls, texts: Sequence[Points]) -> Texts:
        """Return texts so far apart that none is beside another."""
        if len(texts) == 1:
            return cls(texts[0], np.zeros(1, np.intp), np.array([len(texts[0])]))
        sizes = np.array([len(text) for text in texts], np.intp)
        begins = np.cumsum(sizes + _APART) - sizes - _APART
        gap = np.full(_APART, 0x20, np.uint32)
        return cls(np.concatenate([part for text in texts for part in (text, gap)]), begins, begins + sizes)

    def around(self, at: Places, reach: npt.NDArray[np.intp]) -> Points:
        """Return what stands around places, shape (places, reach); beyond a text's edge stands its last character."""
        owner = np.searchsorted(self.begins, at, "right") - 1
        low, high = self.begins[owner, None], self.ends[owner, None] - 1
        found: Points = self.points[np.clip(at[:, None] + reach, low, high)]
        return found


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
    kinds = _class().take(points)
    at = np.flatnonzero(kinds > 0)
    strange = _strange_lines(texts)
    solid = _solid(points)
    if solid.size:
        strange = np.concatenate((strange, solid))
    if not at.size:
        return np.sort(strange)
    keep = _kept(texts, at, kinds[at], wide=wide)
    return distinct(np.concatenate((at[keep], strange))) if strange.size else at[keep]


def _kept(texts: Texts, at: Places, kind: npt.NDArray[np.uint8], *, wide: bool) -> npt.NDArray[np.bool_]:
    """Say of the places that are not plain whether they are worth a look, shape (places,)."""
    points = texts.points
    keep = kind & (ALONE | WIDE if wide else ALONE) > 0
    some = np.bitwise_or.reduce(kind)
    odd = kind & ODD > 0
    if some & LATIN:
        keep |= _sequences(points, at, kind & LATIN > 0)
    if some & SYLLABLE:
        keep |= (kind & SYLLABLE > 0) & _beside_han(points, at)
    if some & PIECE:
        odd |= (kind & PIECE > 0) & _beside_han(points, at)
    if some & SIGN:
        keep |= _signs(points, at, kind & SIGN > 0)
    held = np.flatnonzero(odd)
    if held.size:
        keep[_together(texts, at[held], held, kind[held])] = True
    return keep


def _signs(points: Points, at: Places, sign: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    behind = points[np.minimum(at + 1, len(points) - 1)]
    return sign & _escape()[np.where(sign & (behind < 128), points[at] << 7 | behind & 127, 0)]


def _solid(points: Points) -> Places:
    """Return where runs of ASCII begin that are too long for words, and have marks that addresses do not."""
    plain = np.flatnonzero(points - 0x21 < 0x5E)
    if not (plain[_LONG - 1 :] - plain[: 1 - _LONG] < _LONG).any():
        return plain[:0]
    edges = np.flatnonzero(np.diff(plain, prepend=-9) > 1)
    sizes = np.diff(edges, append=len(plain))
    long = sizes >= _LONG
    runs = zip(plain[edges[long]].tolist(), sizes[long].tolist(), strict=True)
    return np.array([at for at, size in runs if _unsaid(points[at : at + size])], np.intp)


_LONG = 16
_UNSAID = np.array([chr(at) in "!\"#$'*;<>[]^`{|}~" for at in range(128)])
"""Marks that words and addresses have few of."""


def _unsaid(points: Points) -> bool:
    return bool(8 * np.count_nonzero(_UNSAID[points]) > len(points))


STRANGE = -8.2
"""Mean ln P of the Han characters of a line, whatever stands before them, below which it may be in a wrong codec."""


@cache
def _weights() -> npt.NDArray[np.float32]:
    """Return how much more likely than ``STRANGE`` each Han character is; kana speak for themselves."""
    table = np.zeros(0x110000, np.float32)
    table[0x4E00:0xA000] = model().alone(model().alphabet.table[0x4E00:0xA000]) - STRANGE
    table[0x3041:0x30FB] = 5
    return table


def _strange_lines(texts: Texts) -> Places:
    """Return the places where lines begin whose Han characters are rare ones on the whole."""
    points = texts.points
    if not points.size:
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


@cache
def _high() -> npt.NDArray[np.uint8]:
    """Return the byte of each code point in Windows-1252, as browsers read it; 0 beyond, shape (0x110000,)."""
    table = np.zeros(0x110000, np.uint8)
    table[0x80:0x100] = np.arange(0x80, 0x100)
    for byte in range(0x80, 0xA0):
        char = bytes([byte]).decode("cp1252", "ignore")
        if char:
            table[ord(char)] = byte
    return table


def _sequences(points: Points, at: Places, latin: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Say of Latin places whether they begin what can be UTF-8, or stand with two of their like, shape (places,)."""
    byte = np.where(latin, _high()[points[at]], 0)
    behind = _high()[points[np.minimum(at + 1, len(points) - 1)]]
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
    rare = kind & RARE > 0
    marks = _is_mark().take(points[where])
    if marks.any():
        marks[marks] = _beside_han(points, where[marks])
    asked = marks.copy()
    asked[:-1] |= (where[1:] - where[:-1] <= _BESIDE) & rare[1:] & rare[:-1]
    close = np.flatnonzero(where[2:] - where[:-2] <= _NEAR)
    keep = np.zeros(len(odd), np.bool_)
    if close.size:
        kana, scarce, shows = (_of_three(held)[close] for held in (kind & PIECE > 0, rare, marks))
        clear = (kana == 0) & ((scarce > 1) | (scarce & shows > 0))
        keep[close[clear]] = True
        asked[close[~clear & (kana < 2)]] = True
    keep |= _big5(texts, where, marks, rare)
    ask = np.flatnonzero(asked & ~keep)
    if ask.size:
        keep[ask] = slipped(texts.around(where[ask], AROUND), marks[ask])
    return odd[keep]


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
    table = np.zeros(0x110000, np.bool_)
    table[[ord("?"), 0xFFFD]] = True
    return table


def _of_three(held: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Return how many of each three in a row are held, shape (places - 2,)."""
    one = held.astype(np.uint8)
    return np.asarray(one[:-2] + one[1:-1] + one[2:])

"""Where a page may be damaged: a class table over code points, and the pair statistic where it fires.

GBK read one byte out of step looks like characters of all rows of the table alike, so most of them are rare or
no words at all, and the pairs read across their borders are common characters.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt

from corpuskit.clean.mojibake.gbk import codes, numbers, valid, widened
from corpuskit.clean.mojibake.model import model

COMMON = math.log(2.5e-5)
"""ln P of a character below which it is odd in sound text."""
SCARCE = math.log(1e-5)
"""The same, below which two of them are."""
_LEAST = -15.0
_KANA = -4.0
_SPAN = 4
"""Character borders that the statistic looks ahead."""
CLEAR = 1.0
"""Mean gain in ln P at which a place needs no mark to be looked at."""
MARKS = "?？\ufffd"


@cache
def _levels() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return ln P of each GBK code as it would read out of step, and as it stands, shape (65536,) each."""
    at = np.arange(0x10000)
    alone = np.maximum(_LEAST, model().alone(numbers()))
    shifted = np.where(valid(), alone, np.float32(_LEAST - 2))
    standing = shifted.copy()
    # out of step, GB 2312 text never gives the characters that GBK added to it
    added = ((at >> 8) < 0xA1) | ((at & 0xFF) < 0xA1)
    standing[added] = np.maximum(standing[added], -8.5)
    kana = ((at >> 8) == 0xA4) | ((at >> 8) == 0xA5) | ((at >> 8) == 0xA9)
    standing[kana] = np.maximum(standing[kana], -11.0)
    return shifted, standing


def gain(points: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Return how much better the next borders read out of step, and how many of them count.

    Shapes (characters,) each; the first is the mean gain in ln P over up to four borders, -1 where none counts.
    """
    shifted, standing = _levels()
    code = widened()[points]
    if len(code) < 2:
        return np.full(len(code), -1.0), np.zeros(len(code), np.intp)
    both = (code[:-1] > 0) & (code[1:] > 0)
    apart = standing[code]
    across = shifted[(code[:-1] & 0xFF) << 8 | code[1:] >> 8]
    kana = (code >> 8 == 0xA4) | (code >> 8 == 0xA5)
    # out of step, two kana in a row are rarer than one in twenty
    apart = np.where(kana[:-1] & kana[1:], _KANA, 0.5 * (apart[:-1] + apart[1:]))
    score = np.where(both, across - apart, 0.0)
    sums = np.concatenate(([0.0], np.cumsum(score, dtype=np.float64)))
    counts = np.concatenate(([0], np.cumsum(both)))
    low = np.minimum(np.arange(len(code)), len(code) - 1)
    high = np.minimum(low + _SPAN, len(code) - 1)
    size = counts[high] - counts[low]
    return np.where(size > 0, (sums[high] - sums[low]) / np.maximum(size, 1), -1.0), size


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
    *((0x2E80, 0x2FD5), (0xD800, 0xDFFF), (0xF900, 0xFAFF), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFD)),
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
    table[[ord(char) for char in "锟烫屯\\"]] |= ALONE
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


def _slipped(points: npt.NDArray[np.uint32], at: npt.NDArray[np.intp], borders: int = 4) -> npt.NDArray[np.bool_]:
    """Say of each place whether some borders in a row around it read better out of step, shape (places,)."""
    if not at.size:
        return np.zeros(0, np.bool_)
    shifted, standing = _levels()
    code = widened()[points[np.minimum(np.maximum(at[:, None] + _AROUND, 0), len(points) - 1)]]
    left, right = code[:, :-1], code[:, 1:]
    apart = standing[code]
    score = shifted[(left & 0xFF) << 8 | right >> 8] - 0.5 * (apart[:, :-1] + apart[:, 1:])
    score[(left == 0) | (right == 0)] = -9.0
    width = score.shape[1] - borders + 1
    sums = np.sum([score[:, by : by + width] for by in range(borders)], axis=0)
    return np.asarray((sums > borders * CLEAR).any(axis=1))


_AROUND = np.arange(-3, 7)


def places(points: npt.NDArray[np.uint32], *, wide: bool) -> npt.NDArray[np.intp]:
    """Return places of the lines to look at, in order, from code points, shape (characters,)."""
    kinds = _class()[points]
    at = np.flatnonzero(kinds)
    strange = np.concatenate((_strange_lines(points), _solid(points)))
    if not at.size:
        return strange
    kind = kinds[at]
    keep = kind & (ALONE | WIDE if wide else ALONE) > 0
    some = np.bitwise_or.reduce(kind)
    if some & LATIN:
        keep |= _sequences(points, at, kind & LATIN > 0)
    odd = kind & ODD > 0
    if some & SYLLABLE:
        keep |= (kind & SYLLABLE > 0) & _beside_han(points, at)
    if some & PIECE:
        odd |= (kind & PIECE > 0) & _beside_han(points, at)
    odd_at = np.flatnonzero(odd)
    if odd_at.size > 1:
        keep[_together(points, at[odd_at], odd_at, kind[odd_at])] = True
    keep[_marked(points, at, odd_at)] = True
    sign = np.flatnonzero(kind & SIGN)
    if sign.size:
        behind = points[np.minimum(at[sign] + 1, len(points) - 1)]
        keep[sign] |= _escape()[np.where(behind < 128, points[at[sign]] << 7 | behind & 127, 0)]
    return np.union1d(at[keep], strange) if strange.size else at[keep]


def _solid(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.intp]:
    """Return where runs of ASCII begin that are too long for words, and have marks that addresses do not."""
    plain = points - 0x21 < 0x5E
    border = np.flatnonzero(plain[1:] != plain[:-1]) + 1
    if border.size == 0 and not (len(points) and plain[0]):
        return border
    edges = np.concatenate(([0], border, [len(points)]))
    long = np.flatnonzero((np.diff(edges) >= _LONG) & plain[edges[:-1]])
    return np.array([edges[i] for i in long if _unsaid(points[edges[i] : edges[i + 1]])], np.intp)


_LONG = 16
_UNSAID = np.array([chr(at) in "!\"$'*;<>[]^`{|}~" for at in range(128)])
"""Marks that words and addresses have few of."""


def _unsaid(points: npt.NDArray[np.uint32]) -> bool:
    return bool(8 * np.count_nonzero(_UNSAID[points]) > len(points))


STRANGE = -9.0
"""Mean ln P of the Han characters of a line, whatever stands before them, below which it may be in a wrong codec."""


@cache
def _weights() -> npt.NDArray[np.float32]:
    """Return how much more likely than ``STRANGE`` each Han character is; kana speak for themselves."""
    table = np.zeros(0x110000, np.float32)
    table[0x4E00:0xA000] = model().alone(model().alphabet.table[0x4E00:0xA000]) - STRANGE
    table[0x3041:0x30FB] = 5
    return table


def _strange_lines(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.intp]:
    """Return the places where lines begin whose Han characters are rare ones on the whole."""
    if not points.size:
        return np.zeros(0, np.intp)
    starts = np.concatenate(([0], np.flatnonzero(points[:-1] == 10) + 1))
    sums = np.add.reduceat(_weights()[points], starts)
    return np.asarray(starts[sums < _LEAST_STRANGE])


_LEAST_STRANGE = -5.0


def _marked(
    points: npt.NDArray[np.uint32], at: npt.NDArray[np.intp], odd: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    """Return those of the odd that are marks of loss beside Han where the pair statistic bears them out."""
    shown = points[at[odd]]
    own = odd[(shown == 0x3F) | (shown == 0xFF1F) | (shown == 0xFFFD)]
    if own.size:
        own = own[_beside_han(points, at[own])]
    return np.asarray(own[_slipped(points, at[own], 3)])


def _beside_han(points: npt.NDArray[np.uint32], at: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
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


def _sequences(
    points: npt.NDArray[np.uint32], at: npt.NDArray[np.intp], latin: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
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


def _together(
    points: npt.NDArray[np.uint32],
    where: npt.NDArray[np.intp],
    odd: npt.NDArray[np.intp],
    kind: npt.NDArray[np.uint8],
) -> npt.NDArray[np.intp]:
    """Return those of the odd that stand close to others: three together, or two that the pair statistic bears.

    Three of which one is kana, or none is very rare, need the statistic too; of two kana Japanese is made.
    """
    found = []
    close = np.flatnonzero(where[2:] - where[:-2] <= _NEAR)
    if close.size:
        kana, rare = (_of_three(kind & bit > 0)[close] for bit in (PIECE, RARE))
        clear = (kana == 0) & (rare > 0)
        doubtful = close[~clear & (kana < 2)]
        found = [close[clear], doubtful[_slipped(points, where[doubtful])]]
    rare = kind & RARE > 0
    two = np.flatnonzero((where[1:] - where[:-1] <= _BESIDE) & rare[1:] & rare[:-1])
    if two.size:
        found.append(two[_slipped(points, where[two])])
    return odd[np.concatenate(found)] if found else odd[:0]


def _of_three(held: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Return how many of each three in a row are held, shape (places - 2,)."""
    one = held.astype(np.uint8)
    return np.asarray(one[:-2] + one[1:-1] + one[2:])

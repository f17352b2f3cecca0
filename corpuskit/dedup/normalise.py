"""What is compared instead of the text: width, case, white space and marks folded away."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.core.codes import code_points, distinct


class Kind(IntEnum):
    """What a character is to a comparison."""

    DROPPED = 0
    """White space, punctuation, symbols, controls and invisible characters."""
    WORD = 1
    """Letters and marks of scripts that put spaces between words."""
    DIGIT = 2
    UNSPACED = 3
    """Characters that are read one by one: Han, kana, hangul, Thai and its neighbours."""


_UNSPACED = (
    *((0x0E00, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17D3), (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x302F)),
    *((0x3031, 0x3035), (0x3038, 0x303C), (0x3041, 0x318F), (0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF)),
    *((0x4E00, 0x9FFF), (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0x1AFF0, 0x1B16F), (0x20000, 0x33479)),
)
_INVISIBLE = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x180B, 0x180F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xE0000, 0xE0FFF),
)
_KINDS = (
    (
        Kind.DROPPED,
        frozenset(["Zs", "Zl", "Zp", "Cc", "Cf", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So"]),
    ),
    (Kind.DIGIT, frozenset(("Nd", "No"))),
)
"""Kinds of the categories of Unicode; others are words or unspaced."""
_STABLE = (
    *((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA000, 0xA48C), (0xAC00, 0xD7A3), (0xE000, 0xF8FF)),
    *((0x20000, 0x2F7FF), (0x2FA20, 0x10FFFF)),
)
"""Letters, private use and unassigned code points, of which none folds to another."""
_IN_CONTEXT = np.uint32(0xFFFFFFFF)
"""Folds to several characters, or may fuse with the one before."""

_PLANE, _ALL = 0x10000, 0x110000
"""Code points of the Basic Multilingual Plane, beyond which few texts go, and all there are."""
_NEAR = 16
"""Stretches of odd characters less far apart are folded as one."""

Codes = npt.NDArray[np.uint32]


def _size(codes: Codes) -> int:
    """Return the size of the tables that some code points need: those of the first plane are soon made."""
    return _PLANE if not codes.size or codes.max() < _PLANE else _ALL


@cache
def _unstable(size: int) -> dict[str, str]:
    """Return the characters whose properties are worth looking up, each with its category."""
    wanted = np.ones(size, np.bool_)
    for low, high in (*_STABLE, (0xD800, 0xDFFF)):
        wanted[low : high + 1] = False
    chars = [*map(chr, np.flatnonzero(wanted).tolist())]
    # unassigned characters stay as they are: a newer Unicode may call them letters
    return {char: kind for char, kind in zip(chars, map(unicodedata.category, chars), strict=True) if kind != "Cn"}


def kinds(codes: Codes) -> npt.NDArray[np.uint8]:
    """Return the :class:`Kind` of each of some code points."""
    return _kinds(_size(codes)).take(codes)


@cache
def _kinds(size: int) -> npt.NDArray[np.uint8]:
    """Return the :class:`Kind` of each code point below a size."""
    table = np.full(size, Kind.WORD, np.uint8)
    for low, high in _UNSPACED:
        table[low : high + 1] = Kind.UNSPACED
    for kind, categories in _KINDS:
        table[[ord(char) for char, category in _unstable(size).items() if category in categories]] = kind
    for low, high in _INVISIBLE:
        table[low : high + 1] = Kind.DROPPED
    return table


@cache
def _foldings(size: int) -> Codes:
    """Return what each code point below a size folds to: itself, another, or ``_IN_CONTEXT``."""
    table = np.arange(size, dtype=np.uint32)
    chars = [char for char in _unstable(size) if char != "\n"]
    changed = (pair for pair in zip(chars, fold("\n".join(chars)).split("\n"), strict=True) if pair[0] != pair[1])
    kind = _kinds(size).tobytes()
    for char, folded in changed:
        if len(folded) == 1:
            table[ord(char)] = ord(folded)
        elif folded and not any(kind[ord(part)] for part in folded):
            table[ord(char)] = ord(" ")
        else:
            table[ord(char)] = _IN_CONTEXT
    later = np.zeros(size, np.bool_)
    later[_later_parts(chars)] = True
    return np.where(later.take(table, mode="clip"), _IN_CONTEXT, table)


def _later_parts(chars: list[str]) -> list[int]:
    """Return the code points that may fuse with one before them, or change places with it."""
    made_up = filter(unicodedata.decomposition, chars)
    decomposed = {part for char in made_up for part in unicodedata.normalize("NFD", char)[1:]}
    vowels, finals = range(0x1161, 0x1176), range(0x11A8, 0x11C3)
    return [*map(ord, decomposed.union(filter(unicodedata.combining, chars))), *vowels, *finals]


def fold(text: str) -> str:
    """Return the text in NFKC with its case folded.

    >>> fold("ＡＢＣ㎏ Straße")
    'abckg strasse'
    """
    # folding can take a text out of NFKC, as with U+0345
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


class Folded(NamedTuple):
    """The folded texts of a batch, one after the other."""

    codes: Codes
    """Code points, shape (characters,); what is dropped later may differ from the folded text."""
    ends: npt.NDArray[np.int64]
    """Where each text ends, shape (texts,)."""
    slow: list[int]
    """The texts in which characters may fuse once those between them are gone."""
    kinds: npt.NDArray[np.uint8]
    """:class:`Kind` of each code point, shape (characters,)."""

    @classmethod
    def of(cls, codes: Codes, ends: npt.NDArray[np.int64], slow: list[int]) -> Folded:
        """Return folded texts with the kinds of their characters, which each comparison asks for."""
        return cls(codes, ends, slow, kinds(codes))


def folded(texts: Sequence[str]) -> Folded:
    """Fold a batch of texts.

    Full-width marks alone make NFKC twenty times slower than one look into a table, which is enough for every
    text without combining marks and the like.
    """
    joined = "".join(texts)
    codes = code_points(joined)
    codes = _foldings(_size(codes)).take(codes)
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(sizes)
    odd = np.flatnonzero(codes == _IN_CONTEXT)
    if not odd.size:
        return Folded.of(codes, ends, [])
    owners = np.searchsorted(ends, odd, "right")
    pieces: list[Codes] = []
    at = 0
    for start, end, owner in _stretches(odd, owners, ends - sizes):
        stretch = code_points(fold(joined[start:end]))
        pieces += [codes[at:start], stretch]
        sizes[owner] += stretch.size - (end - start)
        at = end
    return Folded.of(np.concatenate([*pieces, codes[at:]]), np.cumsum(sizes), distinct(owners).tolist())


def _stretches(
    odd: npt.NDArray[np.intp], owners: npt.NDArray[np.intp], begins: npt.NDArray[np.int64]
) -> Iterator[tuple[int, int, int]]:
    """Yield stretches that hold the odd characters, each with the one it may fuse with, and the text they are of."""
    apart = (np.diff(odd) > _NEAR) | (np.diff(owners) > 0)
    first = np.flatnonzero(np.concatenate(([True], apart)))
    last = np.append(first[1:], odd.size) - 1
    starts = np.maximum(odd[first] - 1, begins[owners[first]])
    yield from zip(starts.tolist(), (odd[last] + 1).tolist(), owners[first].tolist(), strict=True)


def folded_codes(text: str) -> Codes:
    """Return the code points of one folded text, shape (characters,)."""
    return folded([text]).codes


def normalise(text: str) -> str:
    """Return what two texts must share to be called the same.

    NFKC and case folding, then letters, marks and digits only. Between two digits one full stop stands for
    whatever separated them, because ``1.5`` is not ``15`` and 2024-1-21 is not 2024-12-1. A text without
    letters and digits is only stripped, so that rows of symbols differ from each other.

    >>> normalise("　《Ａ股》收盘：涨 1.5％！")
    'a股收盘涨1.5'
    >>> normalise(" —— ")
    '——'
    """
    codes, _ = comparison(folded([text]))
    if not codes.size:
        return text.strip()
    bare = codes.tobytes().decode("utf-32-le", "surrogatepass")
    # a mark can meet its letter only after what stood between them is gone
    return unicodedata.normalize("NFKC", bare)


def comparison(batch: Folded) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Return the code points of a batch that count, digits kept apart, and where each text ends among them."""
    kind = batch.kinds
    keep = kind != Kind.DROPPED
    kept = np.flatnonzero(keep)
    separators = _between_digits(kind, kept, np.searchsorted(kept, batch.ends))
    codes = batch.codes
    if separators.size:
        codes, keep[separators] = codes.copy(), True
        codes[separators] = ord(".")
        kept = np.flatnonzero(keep)
    return codes[kept], np.searchsorted(kept, batch.ends)


def _between_digits(
    kind: npt.NDArray[np.uint8], kept: npt.NDArray[np.intp], ends: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    digit = kind[kept] == Kind.DIGIT
    split = np.diff(kept) > 1
    borders = ends[(ends > 0) & (ends < kept.size)]
    split[borders - 1] = False
    found: npt.NDArray[np.intp] = kept[:-1][digit[:-1] & digit[1:] & split] + 1
    return found

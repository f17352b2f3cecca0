"""GBK by its bytes: what each pair of bytes reads, and which pair each character is."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from corpuskit.core.characters import Floats, Ids, model
from corpuskit.core.codes import code_points
from corpuskit.lexicon.alphabet import CLASSES, FOLDED

Codes = npt.NDArray[np.uint16]
RARE = -13.5
"""ln P below which a character is no candidate for a half-known one."""


@cache
def pairs() -> str:
    """Return the character of each two bytes, at ``lead << 8 | trail``; a space where there is none."""
    leads, trails = np.arange(0x81, 0xFF), np.array([*range(0x40, 0x7F), *range(0x80, 0xFF)])
    both = leads[:, None] << 8 | trails
    out = np.full(0x10000, 0x20, np.uint32)
    out[both.ravel()] = code_points(both.astype(">u2").tobytes().decode("gb18030"))
    return out.tobytes().decode("utf-32-le")


@cache
def codes() -> Codes:
    """Return ``lead << 8 | trail`` of each code point that GBK has, shape (0x110000,); 0 where there is none."""
    table = np.zeros(0x110000, np.uint16)
    held = np.frombuffer(pairs().encode("utf-32-le"), np.uint32)
    at = np.flatnonzero(held != 0x20)
    table[held[at]] = at
    return table


@cache
def widened() -> Codes:
    """Return the same table with ASCII marks read as the full-width ones that they stand for."""
    table = codes().copy()
    for char, wide in FOLDED.items():
        table[ord(char)] = table[ord(wide)]
    return table


@cache
def numbers() -> Ids:
    """Return the model's number of the character of each code, shape (65536,); 0 where there is none."""
    return np.where(valid(), model().ids(pairs()), 0).astype(np.uint16)


@cache
def valid() -> npt.NDArray[np.bool_]:
    """Say of each code whether it reads a character, shape (65536,)."""
    return np.asarray(np.frombuffer(pairs().encode("utf-32-le"), np.uint32) != 0x20)


@cache
def old() -> Floats:
    """Return the price of each code that is a traditional character, shape (65536,)."""
    return model().prices(np.frombuffer(pairs().encode("utf-32-le"), np.uint32))


@cache
def shared() -> Floats:
    """Return the price of each code whose character the model knows by its class alone: one of so many."""
    sizes = np.bincount(numbers()[valid()], minlength=len(CLASSES))[: len(CLASSES)]
    table = np.zeros(len(model().total), np.float32)
    table[: len(CLASSES)] = np.log(np.maximum(sizes, 1))
    return np.asarray(table[numbers()])


@cache
def candidates(side: str, byte: int, *, traditional: bool) -> Codes:
    """Return the codes with ``byte`` as their ``lead`` or ``trail`` that are no rare characters.

    Traditional characters are among them only where the page has such. ``private`` are those with the lead whose
    trail can begin a user-defined pair.
    """
    at = np.arange(0x10000)
    fits = (at & 0xFF if side == "trail" else at >> 8) == byte
    if side == "private":
        trail = at & 0xFF
        fits &= ((trail >= 0xAA) & (trail <= 0xAF)) | (trail >= 0xF8)
    if not traditional:
        fits &= old() == 0
    return np.flatnonzero(fits & valid() & (model().alone(numbers()) > RARE)).astype(np.uint16)

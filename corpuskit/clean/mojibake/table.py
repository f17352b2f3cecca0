"""What the code points of a page tell by themselves of damage: the table that the gate asks first."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt

from corpuskit.clean.mojibake.gbk import codes
from corpuskit.core.characters import model

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
"""Begins an escape, where hexadecimal digits or a bracket follow, or what was never written, where its like do."""
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


@cache
def classes() -> npt.NDArray[np.uint8]:
    """Return the bits of each code point, shape (0x110000,)."""
    table = np.zeros(0x110000, np.uint8)
    held = np.flatnonzero(codes()[0x100:]) + 0x100
    alone = model().of_points(held)
    table[held[alone < COMMON]] |= ODD
    table[held[(alone < SCARCE) & (held >= 0x4E00) & (held <= 0x9FFF)]] |= RARE
    table[[ord(char) for char in _japanese()]] = 0
    table[0xE000:0xF900] |= ODD | RARE
    table[[ord(char) for char in MARKS]] |= ODD
    for bit, ranges in ((ALONE, _ALONE), (LATIN, _LATIN), (PIECE, _PIECES), (ODD | RARE, ((0xFF66, 0xFF9F),))):
        for low, high in ranges:
            table[low : high + 1] |= bit
    # marks of Chinese and of English stand in Windows-1252 too; what is damaged has others beside them
    table[[ord(char) for char in bytes(range(0x80, 0xA0)).decode("cp1252", "ignore") if char not in "‘’“”–—…"]] |= LATIN
    table[[ord(char) for char in "锟鈥"]] |= ALONE
    table[[ord(char) for char in "&%=#~\\烫屯"]] |= SIGN
    for low, high in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)):
        table[low : high + 1] |= WIDE
    table[0xAC00:0xD7A4] |= SYLLABLE
    table[0x3041:0x30FB] = PIECE
    return table


def _japanese() -> list[str]:
    """Return the common characters of Japan that are Japan's alone: what is damaged in China has hardly any."""
    first = bytes(byte for lead in range(0x88, 0x98) for trail in range(0x40, 0xFD) for byte in (lead, trail))
    pairs = (first[at : at + 2].decode("cp932", "ignore") for at in range(0, len(first), 2))
    return [char for char in pairs if len(char) == 1 and not any(char.encode(other, "ignore") for other in _CHINA)]


_CHINA = ("gb2312", "big5")


@cache
def escape() -> npt.NDArray[np.bool_]:
    """Say of a sign and the character after it, below 128 each, whether they may begin an escape."""
    table = np.zeros(0x4000, np.bool_)
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for sign, behind in (
        ("&", letters + "#"),
        ("%", "289ABCDEFabcdefu"),
        ("=", "89ABCDEFabcdef?\n"),
        ("#", "123456789"),
        ("~", "{"),
        ("\\", "ux23\\\"'/"),
    ):
        for char in behind:
            table[ord(sign) << 7 | ord(char)] = True
    return table


@cache
def high() -> npt.NDArray[np.uint8]:
    """Return the byte of each code point in Windows-1252, as browsers read it; 0 beyond, shape (0x110000,)."""
    table = np.zeros(0x110000, np.uint8)
    table[0x80:0x100] = np.arange(0x80, 0x100)
    for byte in range(0x80, 0xA0):
        char = bytes([byte]).decode("cp1252", "ignore")
        if char:
            table[ord(char)] = byte
    return table

"""What the characters of a text say about its script.

Which Han characters are simplified, traditional or Japanese is derived from what the national character sets
encode, by the codecs of the standard library: GB 2312 for the mainland, Big5 for Taiwan, JIS X 0208 for Japan,
each with its characters in daily use apart from the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import itemgetter

import numpy as np
import numpy.typing as npt

NONE = 0
HAN = 1
"""Han characters that tell nothing; the next bits tell more."""
HANS = 2
HANT = 4
NOT_JAPANESE = 8
"""Han characters that JIS X 0208 lacks or keeps among the rare."""
JAPANESE = 16
"""Han characters in daily use in Japan that neither GB 2312 nor Big5 has."""
_FIRST_SCRIPT = 32

KANA = 32
HANGUL = 33
LATIN = 34
CYRILLIC = 35
ARABIC = 36
DEVANAGARI = 37
_SCRIPTS: dict[int, tuple[str, tuple[tuple[int, int], ...]]] = {
    KANA: ("ja", ((0x3041, 0x3096), (0x309D, 0x309F), (0x30A1, 0x30FA), (0x30FD, 0x30FF), (0xFF66, 0xFF9D))),
    HANGUL: ("ko", ((0x1100, 0x11FF), (0x3131, 0x318E), (0xA960, 0xA97C), (0xAC00, 0xD7FB))),
    LATIN: (
        "",
        (
            *((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x1E00, 0x1EFF)),
            *((0xFF21, 0xFF3A), (0xFF41, 0xFF5A)),
        ),
    ),
    CYRILLIC: ("", ((0x400, 0x52F), (0x1C80, 0x1C88))),
    ARABIC: ("", ((0x620, 0x64A), (0x66E, 0x6D3), (0x6FA, 0x6FC), (0x750, 0x77F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC))),
    DEVANAGARI: ("", ((0x900, 0x963), (0x971, 0x97F))),
    38: ("el", ((0x370, 0x3FF), (0x1F00, 0x1FFF))),
    39: ("he", ((0x5D0, 0x5EA),)),
    40: ("th", ((0xE01, 0xE3A), (0xE40, 0xE4E))),
    41: ("hy", ((0x531, 0x587),)),
    42: ("ka", ((0x10A0, 0x10FF), (0x1C90, 0x1CBF))),
    43: ("bn", ((0x980, 0x9FE),)),
    44: ("pa", ((0xA01, 0xA76),)),
    45: ("gu", ((0xA81, 0xAFF),)),
    46: ("or", ((0xB01, 0xB77),)),
    47: ("ta", ((0xB82, 0xBFA),)),
    48: ("te", ((0xC00, 0xC7F),)),
    49: ("kn", ((0xC80, 0xCF3),)),
    50: ("ml", ((0xD00, 0xD7F),)),
    51: ("si", ((0xD81, 0xDF4),)),
    52: ("lo", ((0xE81, 0xEDF),)),
    53: ("bo", ((0xF00, 0xFDA),)),
    54: ("my", ((0x1000, 0x109F),)),
    55: ("am", ((0x1200, 0x139F),)),
    56: ("km", ((0x1780, 0x17DD),)),
    57: ("mn-Mong", ((0x1820, 0x18AA),)),
}
_HAVING = {bit: itemgetter(*(kind for kind in range(_FIRST_SCRIPT) if kind & bit)) for bit in (1, 2, 4, 8, 16)}
"""Which classes of Han characters have a bit."""
CLASSES = 64
TAGS: dict[int, str] = {number: tag for number, (tag, _) in _SCRIPTS.items()}
"""The language a script is taken for; empty where many share it."""
_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))


@cache
def classes() -> npt.NDArray[np.uint8]:
    """Return the class of each code point, shape (0x110000,): bits of a Han character, or a script."""
    table = np.zeros(0x110000, np.uint8)
    for low, high in _IDEOGRAPHS:
        table[low : high + 1] = HAN | NOT_JAPANESE
    table[0x4E00:0xA000] = _han()
    for number, (_, ranges) in _SCRIPTS.items():
        for low, high in ranges:
            table[low : high + 1] = number
    return table


def _han() -> npt.NDArray[np.uint8]:
    mainland, taiwan, japan = _ranks("gb2312", 0xD8), _ranks("big5", 0xC9), _ranks("euc_jp", 0xD0)
    bits = np.full(mainland.size, HAN, np.uint8)
    # Big5 keeps 与, 体 and other old short forms among the rare
    bits[((mainland == 1) & (taiwan != 1)) | ((mainland == 2) & (taiwan == 0))] |= HANS
    bits[(taiwan == 1) & (mainland == 0)] |= HANT
    bits[japan != 1] |= NOT_JAPANESE
    bits[(japan == 1) & (mainland == 0) & (taiwan == 0)] |= JAPANESE
    return bits


def _ranks(charset: str, rare: int) -> npt.NDArray[np.uint8]:
    """Return, for U+4E00 to U+9FFF, 1 in the set's part for daily use, 2 in the rest of it, 0 outside."""
    block = "\n".join(map(chr, range(0x4E00, 0xA000))).encode(charset, "replace")
    codes = np.frombuffer(block + b"\n", np.uint8)
    ends = np.flatnonzero(codes == ord("\n"))
    begins = np.append(0, ends[:-1] + 1)
    held = np.where(codes[begins] < rare, np.uint8(1), np.uint8(2))
    return np.where(ends - begins == 2, held, np.uint8(0))


def count(codes: npt.NDArray[np.uint32]) -> list[int]:
    """Return how many characters of each class a text has, by class."""
    found: list[int] = np.bincount(classes().take(codes), minlength=CLASSES).tolist()
    return found


def having(counts: Sequence[int], bit: int) -> int:
    """Return how many Han characters have a bit."""
    return sum(_HAVING[bit](counts))

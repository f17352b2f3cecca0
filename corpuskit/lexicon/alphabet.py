"""The characters that the model tells apart: marks and common Han by themselves, all others by class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from corpuskit.core.codes import code_points

_SHARES = (
    "，.055 。.025 、.012 “.006 ”.006 ：.005 ；.002 ！.002 ？.002 《.002 》.002 （.003 ）.003 ….001 —.001 ·.0006 "
    "‘.0003 ’.0003 【.0002 】.0002 ％.0006 ～.0001 「.00005 」.00005 『.00002 』.00002 　.001"
)
MARKS = {entry[0]: float(entry[1:]) for entry in _SHARES.split(" ")}
"""Full-width marks and how often each is a token."""
FOLDED = {",": "，", "?": "？", "!": "！", ";": "；", ":": "：", "(": "（", ")": "）", ".": "。", "~": "～", "%": "％"}
"""ASCII marks and the full-width ones they stand for."""
CLASSES = "XHDLSAKGEZBPW"
"""Everything else: X others, H unlisted Han, D digits, L Latin letters, S white space, A other ASCII, K kana,
G Hangul, E other letters of Europe, Z private use and U+FFFD, B boxes, P rare marks, W full-width letters."""
REACH = 4
"""Characters on each side of a place that the network looks at."""
EDGE = "\n\n。。"
"""What it takes to stand between two lines."""
_RANGES = (
    *(("A", 0x21, 0x7E), ("S", 0x09, 0x0D), ("S", 0x20, 0x20), ("D", 0x30, 0x39), ("L", 0x41, 0x5A), ("L", 0x61, 0x7A)),
    *(("E", 0xC0, 0x24F), ("E", 0x370, 0x52F), ("P", 0x2010, 0x203B), ("B", 0x2500, 0x25FF), ("P", 0x3000, 0x3020)),
    *(
        ("K", 0x3040, 0x30FF),
        ("H", 0x3400, 0x4DBF),
        ("H", 0x4E00, 0x9FFF),
        ("G", 0xAC00, 0xD7A3),
        ("Z", 0xE000, 0xF8FF),
    ),
    *(
        ("P", 0xFF01, 0xFF65),
        ("D", 0xFF10, 0xFF19),
        ("L", 0xFF21, 0xFF3A),
        ("L", 0xFF41, 0xFF5A),
        ("Z", 0xFFFD, 0xFFFD),
    ),
)


class Alphabet:
    """Characters by number; the first ``len(CLASSES)`` numbers are the classes."""

    def __init__(self, chars: str) -> None:
        self.chars = chars
        self.table = np.zeros(0x110000, np.uint16)
        for kind, low, high in _RANGES:
            self.table[low : high + 1] = CLASSES.index(kind)
        points = np.array([ord(c) for c in chars])
        self.table[points[len(CLASSES) :]] = np.arange(len(CLASSES), len(chars))
        fold = variants()
        self.table[[ord(c) for c in fold]] = self.table[[ord(c) for c in fold.values()]]

    @classmethod
    def of(cls, words: Iterable[tuple[str, int]], texts: Iterable[str], least: float) -> Alphabet:
        """Return the alphabet of a word list and of texts: what is Han, and no rarer than a share ``least``."""
        found: Counter[str] = Counter()
        for word, n in words:
            for char in word:
                found[char] += n
        least *= found.total()
        for text in texts:
            found.update(text)
        fold = variants()
        han = (c for c, n in found.items() if "\u4e00" <= c <= "\u9fff" and n >= max(2, least) and c not in fold)
        order = sorted(han, key=lambda c: (-found[c], c))
        return cls(CLASSES + "".join(MARKS) + "".join(order)[: (1 << 13) - len(CLASSES) - len(MARKS)])

    def ids(self, text: str) -> npt.NDArray[np.uint16]:
        """Return the number of each character of a text."""
        return self.table[code_points(text)]

    def id(self, char: str) -> int:
        """Return the number of a character."""
        return int(self.table[ord(char)])


@cache
def variants() -> dict[str, str]:
    """Return the simplified form of each traditional character, and full-width forms of ASCII marks."""
    out = dict(FOLDED)
    text = (resources.files("corpuskit.lexicon") / "variants.txt").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            out |= dict(zip(line[1::2], line[::2], strict=True))
    return out

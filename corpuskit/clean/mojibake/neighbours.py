"""Japanese and Korean that was read as Windows-1252 or Latin-1: known by its kana and by its commonest syllables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpuskit.core.codes import code_points

CHARSETS = ("cp932", "euc_jp", "cp949")
LEAST = 4
"""Characters beyond ASCII from which a stretch is judged."""
KANA = 0.35
"""Share of kana, at the least, in Japanese; ordinary text has more than half."""
PLAIN = 0.97
"""Share of the characters that are kana, syllables, marks or common Han, at the least."""
SYLLABLES = 0.2
"""Share of the commonest syllables, at the least, in Korean; ordinary text has a third."""
_COMMON = "이다는의에을가고를하한지도은로사기리있서어나아인대시그자일정수해들과부전보것만라장여주으했면게스"


def neighbour(data: bytes) -> str | None:
    """Return bytes as Japanese or Korean text, where they are such beyond doubt."""
    for charset in CHARSETS:
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        if (korean if charset == "cp949" else japanese)(text):
            return text
    return None


def japanese(text: str) -> bool:
    """Say whether what a text has beyond ASCII is Japanese."""
    points = _beyond(text)
    kana = (points >= 0x3041) & (points <= 0x30FE)
    plain = kana | _mark(points) | ((points >= 0x4E00) & (points <= 0x9FFF))
    return len(points) >= LEAST and bool(kana.mean() >= KANA) and bool(plain.mean() >= PLAIN)


def korean(text: str) -> bool:
    """Say whether what a text has beyond ASCII is Korean."""
    points = _beyond(text)
    plain = ((points >= 0xAC00) & (points <= 0xD7A3)) | _mark(points)
    common = np.isin(points, code_points(_COMMON))
    return len(points) >= LEAST and bool(plain.mean() >= PLAIN) and bool(common.mean() >= SYLLABLES)


def _beyond(text: str) -> npt.NDArray[np.uint32]:
    points = code_points(text)
    return points[points > 0x7F]


_MARKS = ((0xB7, 0xB7), (0x2010, 0x2026), (0x3000, 0x301F), (0xFF01, 0xFF5E))


def _mark(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Say of code points whether they are marks and letters that stand among Japanese and Korean."""
    out = np.zeros(len(points), np.bool_)
    for low, high in _MARKS:
        out |= (points >= low) & (points <= high)
    return out

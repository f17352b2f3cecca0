"""Which legacy charset the bytes of a page speak for.

Every candidate decodes the same sample; each character that comes out is worth between -1 and 1 as ordinary text of
that charset's languages, and the mean is the score. The levels of GB 2312, Big5, JIS X 0208 and KS X 1001 are
themselves orders of frequency, drawn up by their standards, and weigh the characters that no list names.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.core.codes import code_points
from corpuskit.decode.weights import MULTI_BYTE, SINGLE_BYTE, Weights, tables

SAMPLE = 6_000
"""Bytes looked at, at most: some 3,000 Chinese characters, and scores no longer move."""
_RUN = re.compile(rb"[\x80-\xff][\x30-\xff]{0,6000}")
_CANDIDATES = MULTI_BYTE + SINGLE_BYTE
_WIDE = ("utf-16-le", "utf-16-be")
_UTF16_WORTH = 0.4
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r\f\x1b")
_Codes = npt.NDArray[np.uint32]
_Mask = npt.NDArray[np.bool_]


class Evidence(NamedTuple):
    """What the sample says for one codec."""

    codec: str
    score: float
    """Mean worth of a non-ASCII character, -1 to 1."""
    certainty: float
    """0 to 1, from the gap to the runner-up and the number of characters; 0 for all but the best."""


def codecs_by_evidence(data: bytes) -> tuple[Evidence, ...]:
    """Rank the legacy codecs by what they make of at most 6 KB of ``data``, best first."""
    sample = _sample(data)
    scored = [(_score(codec, sample), codec) for codec in _CANDIDATES]
    # Almost any two bytes are some character of UTF-16, so it has to convince by itself.
    wide = [(_score(codec, data[:SAMPLE]), codec) for codec in _WIDE]
    scored += [found for found in wide if found[0] > _UTF16_WORTH and len(data) % 2 == 0]
    scored.sort(key=lambda pair: -pair[0])
    (best, codec), (second, _) = scored[:2]
    seen = float(np.count_nonzero(np.frombuffer(sample, np.uint8) >= 0x80)) / (1 if codec in SINGLE_BYTE else 2)
    certainty = _unit((best - second) / 0.3) * _unit(best / 0.4) * seen / (seen + 4)
    return (Evidence(codec, best, certainty), *(Evidence(name, score, 0.0) for score, name in scored[1:]))


def _unit(value: float) -> float:
    return max(0.0, min(1.0, value))


def utf16_by_zeros(data: bytes) -> str | None:
    """Return ``utf-16-le`` or ``utf-16-be`` for text whose zero bytes fall on one side only, else None.

    A NUL here and there in other text falls on both, or is too rare.
    """
    sample = data[:SAMPLE]
    zeros = (sample[0::2].count(0), sample[1::2].count(0))
    side = int(zeros[1] > zeros[0])
    if len(data) < 2 or zeros[1 - side] * 20 > zeros[side]:
        return None
    encoding = ("utf-16-be", "utf-16-le")[side]
    if zeros[side] * 2 >= len(sample) * 0.6:
        return encoding
    if _is_utf8(sample) and len(sample.translate(None, _CONTROLS)) > len(sample) * 0.8:
        return None
    return encoding if _score(encoding, sample) > _UTF16_WORTH else None


def _is_utf8(sample: bytes) -> bool:
    return len(sample) - len(sample.decode("utf-8", "ignore").encode("utf-8")) <= 3


def _sample(data: bytes) -> bytes:
    """Runs that start at a character's first byte and end before white space, digits excluded.

    In every candidate a byte below 0x30 is a character of its own, and the first byte from 0x80 after one is a first
    byte, so no character is torn; a run cut at its greatest length is the last.
    """
    runs: list[bytes] = []
    size = 0
    for found in _RUN.finditer(data):
        runs.append(found[0])
        size += len(found[0]) + 1
        if size >= SAMPLE:
            break
    return b" ".join(runs)[:SAMPLE]


def _score(codec: str, sample: bytes) -> float:
    if codec in _WIDE:
        whole = sample[: len(sample) & ~1]
        return _worth(code_points(whole.decode(codec, "surrogatepass")), tables()["unicode"])
    codes = code_points(sample.decode(codec, "surrogateescape"))
    if codec in SINGLE_BYTE:
        return _neighbours(codes, codec)
    return _worth(codes, tables()[codec])


def _worth(codes: _Codes, weights: Weights) -> float:
    beyond = codes[codes >= 0x80]
    if not len(beyond):
        return 0.0
    return float(weights[np.minimum(beyond, 0xFFFF)].mean())


def _neighbours(codes: _Codes, codec: str) -> float:
    """Score an alphabet by the company its letters keep: case does not rise inside a word, scripts do not mix."""
    high = codes >= 0x80
    if not high.any():
        return 0.0
    worth = tables()[codec][np.minimum(codes, 0xFFFF)]
    before, after = np.concatenate(([32], codes[:-1])), np.concatenate((codes[1:], [32]))
    plain = _is_ascii_letter(before).astype(np.float32) + _is_ascii_letter(after)
    if codec == "cp1252":
        # Accented letters stand among plain ones, and rarely side by side.
        crowd = _is_accented(before).astype(np.float32) + _is_accented(after)
        worth = np.where(_is_accented(codes), worth + 0.1 * plain - 0.5 * crowd, worth)
    else:
        rising = _is_upper(codes) & _is_lower(before)
        worth = np.where(codes >= 0x400, worth - 0.4 * plain - 0.9 * rising, worth)
    return float(np.clip(worth[high], -1, 1).mean())


def _is_ascii_letter(codes: _Codes) -> _Mask:
    folded = codes | 0x20
    return (folded >= 0x61) & (folded <= 0x7A)


def _is_accented(codes: _Codes) -> _Mask:
    return (codes >= 0xC0) & (codes <= 0xFF)


def _is_upper(codes: _Codes) -> _Mask:
    return (codes >= 0x410) & (codes <= 0x42F)


def _is_lower(codes: _Codes) -> _Mask:
    return (codes >= 0x430) & (codes <= 0x44F)

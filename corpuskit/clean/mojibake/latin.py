"""UTF-8 read as Windows-1252, where the five bytes that have no character there are gone, or show as marks of loss.

What is left says where each character begins, and a lost byte is one of five: few characters fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from corpuskit.clean.mojibake.fill import Usage
from corpuskit.clean.mojibake.phase import Slip
from corpuskit.clean.mojibake.recode import single
from corpuskit.clean.mojibake.table import MARKS
from corpuskit.clean.mojibake.utf8 import GONE, Bytes, Run, chains, weighed
from corpuskit.core.late import late

LEAST = 2
"""Characters beyond ASCII that a run has at the least, one of them whole."""
_MARK = "\U0010fffe"
"""Stands for a mark of loss among bytes read as Latin-1."""
_L, _C = "[\xe2-\xe9\xef]", "[\x80-\xbf]"
_TOKEN = late(rf"{_L}[\x80-\xbf{_MARK}]{{2}}|{_L}{_C}|{_L}|[\xc2-\xdf]{_C}|[\t -~]|{_MARK}")
_HIT = late(rf"{_L}{_C}{_C}")
_LEAD = late(rf"{_L}[^\x00-\x7f]")
_HALF = late(rf"{_L}(?:{_C}(?!{_C})|(?!{_C})|[\x80-\xbf{_MARK}]*{_MARK})")


@cache
def _shown() -> dict[int, str]:
    """Return the character of Latin-1 for each of Windows-1252, by its byte, and the stand-in of marks of loss."""
    return {**{point: chr(byte) for point, byte in single().items()}, **{ord(mark): _MARK for mark in MARKS}}


def readings(texts: Sequence[str], usage: Callable[[], Usage]) -> list[list[Slip]]:
    """Return, for each line, the runs that read better as UTF-8, in order."""
    return weighed(texts, [(i, run) for i, text in enumerate(texts) for run in _runs(text)], usage)


def _runs(text: str) -> Iterator[Run]:
    if not _LEAD.search(text):
        return
    data = text.translate(_shown())
    if not (_HIT.search(data) and _HALF.search(data)):
        return
    for chain in chains(_TOKEN.finditer(data)):
        tokens = _trimmed(chain)
        whole = sum(bool(_HIT.fullmatch(match[0])) for match in tokens)
        halves = sum(_half(match[0]) is not None for match in tokens)
        if whole and halves and whole + halves >= LEAST:
            yield _read(tokens, whole)


def _trimmed(chain: list[re.Match[str]]) -> list[re.Match[str]]:
    """Return what stands between the first and the last character beyond ASCII."""
    held = [at for at, match in enumerate(chain) if match[0][0] >= "\xe0" and match[0] != _MARK]
    return chain[held[0] : held[-1] + 1] if held else []


def _half(found: str) -> Bytes | None:
    """Return the bytes of a character that lost some, ``GONE`` for each mark of loss."""
    if not "\xe0" <= found[0] < _MARK or _HIT.fullmatch(found):
        return None
    if len(found) == 1:
        return (ord(found), GONE, GONE)
    return tuple(GONE if char == _MARK else ord(char) for char in found)


def _read(tokens: list[re.Match[str]], whole: int) -> Run:
    chars: list[str] = []
    held: dict[int, Bytes] = {}
    for match in tokens:
        half = _half(match[0])
        if half is not None:
            held[len(chars)] = half
        known = match[0].replace(_MARK, "?")
        chars.append(" " if half is not None else known.encode("latin-1").decode("utf-8", "replace"))
    return Run(tokens[0].start(), tokens[-1].end(), chars, held, whole)

"""Big5 that lost the first byte of a character, so that what follows was read one byte out of step.

Many second bytes of Big5 are ASCII: there the text comes back into step by itself, and the letter that stands there
is half of a character. Only the first character of such a run is half-known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from corpuskit.clean.mojibake.context import around
from corpuskit.clean.mojibake.fill import Options, Usage, fill
from corpuskit.clean.mojibake.gbk import RARE
from corpuskit.clean.mojibake.phase import Item, Slip
from corpuskit.clean.mojibake.table import MARKS
from corpuskit.core.characters import model
from corpuskit.core.late import late
from corpuskit.lexicon.alphabet import CLASSES

PRICE = 6.0
"""Price of a run, beside its characters."""
MASKED = 8.0
"""The same where its first byte shows as the ASCII character that its low seven bits are."""
LEAST_GAIN = 10.0
COMMON = -9.5
"""Mean ln P of the characters of a run, whatever stands before them, from which it is weighed."""
_RUN = late(r"(?<=[^\x00-\x7f])([?\ufffd$-y])([\u3000-\uffef]{1,10}[@-~])(?![!-~])")
_OLD = "cp950"


def readings(text: str, usage: Callable[[], Usage]) -> list[Slip]:
    """Return the runs of a line that read better in step, in order, on a page in traditional characters."""
    found = list(_runs(text))
    if not found or not usage().traditional:
        return []
    return [slip for at, data in found if (slip := _best(text, at, data, usage())).gain >= LEAST_GAIN]


def _best(text: str, at: int, data: bytes, usage: Usage) -> Slip:
    if text[at] in MARKS:
        return _half_known(text, at, data, usage)
    return _masked(text, at, data)


def _runs(text: str) -> Iterator[tuple[int, bytes]]:
    """Yield the places of a line that can be such runs, with the bytes that are left of them."""
    for match in _RUN.finditer(text):
        try:
            data = match[2].encode(_OLD)
            rest = data[1:].decode(_OLD)
        except UnicodeError:
            continue
        if len(data) % 2 and float(model().alone(model().ids(rest)).mean()) > COMMON:
            yield match.start(), data


def _half_known(text: str, at: int, data: bytes, usage: Usage) -> Slip:
    """Return what a run reads whose first byte is lost."""
    rest = data[1:].decode(_OLD)
    left, right = around(text, at, at + 2 + len(rest))
    ids = model().ids(left + " " + rest + right)
    [guess] = fill([_options(data[0])], ids, np.array([len(left)]), usage)
    return _slip(text, at, (Item(guess.char, guess), *map(Item, rest)), PRICE)


def _masked(text: str, at: int, data: bytes) -> Slip:
    """Return what a run reads whose first byte lost its high bit."""
    read = (bytes([ord(text[at]) | 0x80]) + data).decode(_OLD, "replace")
    return _slip(text, at, tuple(map(Item, read)), MASKED)


def _slip(text: str, at: int, items: tuple[Item, ...], price: float) -> Slip:
    left, end = _left(text, at), at + 1 + len(items)
    right = (text[end : end + 2] + "\n\n")[:2]
    now = _worth(left, "".join(item.char for item in items) + right)
    return Slip(at, end, items, now - price - _worth(left, text[at:end] + right))


def _left(text: str, at: int) -> str:
    return ("。。" + text[max(0, at - 2) : at])[-2:]


def _worth(left: str, text: str) -> float:
    return float(model().steps(model().ids(left + text)).sum())


@cache
def _options(trail: int) -> Options:
    """Return the characters of Big5 with a second byte that are no rare ones."""
    read = [bytes((lead, trail)).decode(_OLD, "ignore") for lead in range(0xA1, 0xFA)]
    chars = "".join(char for char in read if len(char) == 1)
    ids = model().ids(chars)
    kept = np.flatnonzero((ids >= len(CLASSES)) & (model().alone(ids) > RARE))
    chars = "".join(chars[at] for at in kept.tolist()) or "\ufffd"
    return Options(chars, model().ids(chars), np.zeros(len(chars), np.float32))

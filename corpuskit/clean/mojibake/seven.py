"""GB 2312 that lost the high bit of every byte, as mail once took it: HZ and ISO-2022-CN without their escapes.

Two printable characters stand for each Chinese one, and some may stand for themselves, digits above all. Of the ways
to cut a run into ones and twos the likeliest is taken (Viterbi over the character model), and believed where it is
fluent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.mojibake.gbk import numbers, shared
from corpuskit.clean.mojibake.work import Change
from corpuskit.core.characters import Floats, Ids, model
from corpuskit.lexicon.alphabet import CLASSES

LEAST = 16
"""Characters of ASCII without a space from which a run is looked at."""
LEAST_BESIDE = 6
"""The same in a line of which another run was read."""
FLUENT = -8.0
"""Mean ln P of a character of Chinese, at the least."""
VARIED = 4
"""Different characters that a reading has at least: rules and bars are of one or two marks."""
_RUN = re.compile(rf"[!-~]{{{LEAST_BESIDE},}}")
_MAIL = re.compile(r"\W?[\w.+-]+@[\w-]+(?:\.[\w-]+)+\W*")
_SIZES = {"D": 2.5, "L": 3.0, "A": 32.0}
"""How many characters each class might as well have: numbers and words are likelier than the model has them."""
_NEVER = -99.0
_CUTS = tuple(product((1, 2), repeat=3))
"""Sizes of a piece, and of the two before it."""


def seven(text: str) -> Iterator[Change]:
    """Yield Chinese for the runs of a line that lost the high bits."""
    found = [match for match in _RUN.finditer(text) if not _address(match[0]) and not match[0].isalnum()]
    read = {match.start(): after for match in found if len(match[0]) >= LEAST and (after := _read(match[0], VARIED))}
    for match in found if read else ():
        after = read.get(match.start()) or _read(match[0], 2)
        if after:
            reason = f"{match[0][:16]!r} with the high bits reads {after[:16]!r}"
            yield Change(match.start(), match.end(), after, "garbled.codec", 0.98, reason)


def _address(found: str) -> bool:
    """Say whether a run has an address of the web in it, or is one of mail: ``@`` alone stands for half a character."""
    return "://" in found or "www." in found or bool(_MAIL.fullmatch(found))


def _read(found: str, varied: int) -> str:
    """Return what a run reads, if that is fluent Chinese of so many characters; else nothing."""
    after = likeliest(found)
    beyond = "".join(char for char in after if char > "\x7f")
    enough = len({*beyond}) >= varied and 3 * len(beyond) >= len(found)
    return after if enough and model().of(beyond) >= FLUENT * len(beyond) else ""


class _Pieces(NamedTuple):
    """The pieces of one size that end at each place of a run: their numbers, and the price of each beside its own."""

    ids: Ids
    prices: Floats


@cache
def _sizes() -> Floats:
    return np.log([_SIZES.get(kind, 1.0) for kind in CLASSES]).astype(np.float32)


def _ones(codes: Ids) -> _Pieces:
    ids = model().alphabet.table[codes]
    return _Pieces(ids, _sizes().take(np.minimum(ids, len(CLASSES) - 1)))


@cache
def _known() -> npt.NDArray[np.bool_]:
    """Say of each code whether GB 2312 has it, shape (65536,)."""
    table = np.zeros(0x10000, np.bool_)
    for lead in range(0xA1, 0xF8):
        read = (bytes((lead, trail)).decode("gb2312", "ignore") for trail in range(0xA1, 0xFF))
        table[lead << 8 | 0xA1 : (lead << 8) + 0xFF] = [bool(char) for char in read]
    return table


def _twos(codes: Ids) -> _Pieces:
    both = (np.append(codes[:1], codes[:-1]) | 0x80) << 8 | codes | 0x80
    fits = _known()[both]
    fits[0] = False
    return _Pieces(numbers()[both], np.where(fits, shared()[both], -_NEVER).astype(np.float32))


def likeliest(found: str) -> str:
    """Return the likeliest reading of a run."""
    codes = np.frombuffer(found.encode("ascii"), np.uint8).astype(np.uint16)
    worth = _worth({1: _ones(codes), 2: _twos(codes)}, len(codes))
    best: list[dict[tuple[int, int], tuple[float, int]]] = [{(1, 1): (0.0, 0)}]
    for at in range(1, len(codes) + 1):
        here: dict[tuple[int, int], tuple[float, int]] = {}
        for first, second, size in _CUTS:
            before = best[at - size].get((first, second)) if size <= at else None
            if before is None:
                continue
            score = before[0] + worth[first, second, size][at - 1]
            if score > here.get((second, size), (-1e9, 0))[0]:
                here[second, size] = score, first
        best.append(here)
    return _pieced(found, best)


def _worth(pieces: dict[int, _Pieces], size: int) -> dict[tuple[int, int, int], list[float]]:
    """Return, for the sizes of three pieces in a row, ln P of the last of them at each place where it may end."""
    stop = model().alphabet.id("。")
    held = {one: np.concatenate((np.full(6, stop, np.uint16), part.ids)) for one, part in pieces.items()}
    ends = np.arange(size) + 6
    out = {}
    for first, second, last in _CUTS:
        ids = (held[first][ends - last - second], held[second][ends - last], held[last][ends])
        out[first, second, last] = (model().after(*ids) - pieces[last].prices).tolist()
    return out


def _pieced(found: str, best: list[dict[tuple[int, int], tuple[float, int]]]) -> str:
    """Return a run in the pieces of the best way to its end."""
    out, at = list[str](), len(found)
    sizes = max(best[at], key=lambda held: best[at][held][0])
    while at > 0:
        first, size = best[at][sizes][1], sizes[1]
        piece = found[at - size : at]
        out.append(bytes(ord(char) | 0x80 for char in piece).decode("gb2312", "replace") if size == 2 else piece)
        at -= size
        sizes = first, sizes[0]
    return "".join(reversed(out))

"""UTF-8 read as GBK: three bytes a character regrouped by two, where the reader dropped what made no pair.

UTF-8 shows where its characters begin, so the bytes that are left say which are missing; a ``?`` stands for one
lost byte, or for two. A character of which a byte is lost has few readings, and its neighbours choose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.mojibake.context import around as sides
from corpuskit.clean.mojibake.fill import Filled, Options, Usage, fill
from corpuskit.clean.mojibake.gbk import RARE, codes, pairs, valid
from corpuskit.clean.mojibake.phase import LEAST_GAIN, Item, Slip
from corpuskit.clean.mojibake.table import MARKS
from corpuskit.core.characters import Floats, likelihoods, model
from corpuskit.core.codes import code_points
from corpuskit.core.late import late

LOST = -1
"""A lost byte; ``LOST - n`` is one that stood before byte ``n`` and made no GBK pair with it."""
GONE = -0x1000
"""A lost byte that Windows-1252 has no character for."""
UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
PAIRED = 7.0
"""Price of reading a lost byte as one that would have made a pair, where no other fits."""
USER_DEFINED = 0.3
"""The same where the pair is of the user-defined rows, which some readers know and some do not."""
LEAST_HITS = 2
FEW_HITS = 3
"""Characters whose bytes are all there, below which a run must gain ``CLEAR`` in ln P."""
CLEAR = 14.0
MOST = 256
"""Characters that are weighed where two bytes of three are lost: the commonest of thousands."""
_MARK = "\u0100"
"""Stands for a mark of loss among bytes read as Latin-1."""
_HIT = late(r"(?!\xef\xbf\xbd)[\xe2-\xe9\xef][\x80-\xbf][\x80-\xbf]")
_TWO = late(r"(?:(?!\xef\xbf\xbd)[\xe2-\xe9\xef][\x80-\xbf][\x80-\xbf]){2}")
_L, _C, _A = "[\xe2-\xef]", "[\x80-\xbf]", "[\t\n\r -~]"
_STOP = "[\xa1\xa3][\xa1-\xbf]"
"""A full-width mark in GBK: where a run ends before it, it is the text's own."""
_TOKEN = late(
    rf"{_L}{_C}{_C}|{_L}{_C}{_MARK}(?!(?!{_STOP}(?:{_A}|\Z)){_C}{_C}(?:{_L}|{_A}|\Z))|{_L}{_MARK}{_C}|{_MARK}{_C}{_C}|{_L}{_MARK}(?={_MARK}{_C}{_C})"
    rf"|{_L}{_MARK}{_MARK}|{_MARK}{_MARK}{_C}|{_L}{_C}(?={_MARK}{_C}{_C})|{_L}{_MARK}|{_MARK}{_C}(?={_L}|{_MARK})|[\xc2-\xdf]{_C}|{_A}|{_MARK}"
)
_SHORT = late(r"[\xc2-\xdf][\x80-\xbf]")
Bytes = tuple[int, ...]


@cache
def _known() -> tuple[str, npt.NDArray[np.uint8]]:
    """Return the characters that can be missing, and their bytes in UTF-8, shape (characters, 3)."""
    points = np.flatnonzero(codes()[:0x10000])
    marks = (codes()[points] >= 0xA1A1) & (codes()[points] < 0xA400)
    points = points[(points >= 0x2010) & (marks | (model().of_points(points) > RARE))]
    chars = "".join(map(chr, points.tolist()))
    return chars, np.frombuffer(chars.encode(), np.uint8).reshape(-1, 3)


@cache
def _paired() -> Floats:
    """Return the price of each pair of bytes as one that the reader lost, shape (65536,)."""
    read = np.frombuffer(pairs().encode("utf-32-le"), np.uint32)
    return np.where((read >= 0xE000) & (read < 0xF900), USER_DEFINED, PAIRED * valid()).astype(np.float32)


def _fits(held: Bytes) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Say which characters fit three bytes of which some are lost, and what each costs."""
    chars, data = _known()
    fits = np.ones(len(chars), np.bool_)
    price = np.zeros(len(chars), np.float32)
    for column, byte in zip(data.T, held, strict=True):
        if byte >= 0:
            fits &= column == byte
        elif byte == GONE:
            fits &= np.isin(column, UNDEFINED)
        elif byte < LOST:
            price += _paired()[column.astype(np.uint16) << 8 | LOST - byte]
    lost = fits & (price < PAIRED)
    return lost if lost.any() else fits, price


@cache
def options(held: Bytes) -> Options:
    """Return the characters that fit three bytes of which some are lost; of two, a third is gone behind either."""
    chars, _ = _known()
    if len(held) == 2:
        fits, price = _fits((*held, GONE))[0] | _fits((held[0], GONE, held[1]))[0], np.zeros(len(chars), np.float32)
    else:
        fits, price = _fits(held)
    at = np.flatnonzero(fits)
    if len(at) > MOST:
        worth = model().alone(model().ids("".join(chars[i] for i in at.tolist()))) - price[at]
        at = np.sort(at[np.argsort(-worth, kind="stable")[:MOST]])
    found = "".join(chars[i] for i in at.tolist()) or "\ufffd"
    ids = model().ids(found)
    return Options(found, ids, (price[at] if at.size else price[:1]) + model().prices(code_points(found)))


class Run(NamedTuple):
    """A run: the range of the text, its characters, and the bytes of those that lost some."""

    start: int
    end: int
    chars: list[str]
    held: dict[int, Bytes]
    hits: int
    """Characters whose bytes are all there."""


def suspect(text: str) -> bool:
    """Say whether the GBK bytes of a line are built like UTF-8 in some places."""
    data = text.encode("gb18030", "replace").decode("latin-1")
    return bool(_TWO.search(data))


def readings(texts: Sequence[str], usage: Callable[[], Usage]) -> list[list[Slip]]:
    """Return, for each line, the runs that read better as UTF-8, in order."""
    found = [(i, run) for i, text in enumerate(texts) if suspect(text) for run in _runs(text)]
    return weighed(texts, found, usage)


def weighed(texts: Sequence[str], found: list[tuple[int, Run]], usage: Callable[[], Usage]) -> list[list[Slip]]:
    """Return, for each line, those of the runs found that read better so, their characters filled."""
    out: list[list[Slip]] = [[] for _ in texts]
    if not found:
        return out
    around = [sides(texts[i], run.start, run.end) for i, run in found]
    guesses = _filled([run for _, run in found], around, usage)
    edges = [(left[-2:], right[:2]) for left, right in around]
    now = [left + "".join(run.chars) + right for (_, run), (left, right) in zip(found, edges, strict=True)]
    was = [left + texts[i][run.start : run.end] + right for (i, run), (left, right) in zip(found, edges, strict=True)]
    gains = (likelihoods(now) - likelihoods(was)).tolist()
    for (i, run), guess, gain in zip(found, guesses, gains, strict=True):
        if gain >= (CLEAR if run.hits < FEW_HITS else LEAST_GAIN):
            items = [Item(char) for char in run.chars]
            for at, held in run.held.items():
                items[at] = Item(run.chars[at], guess.get(at), few=_few(held))
            out[i].append(Slip(run.start, run.end, tuple(items), gain))
    return out


def _few(held: Bytes) -> bool:
    """Say whether one byte of three is lost, or more of which few are possible."""
    return len(held) == 2 or sum(byte < 0 for byte in held) == 1 or GONE in held


def _bytes(text: str) -> tuple[str, list[int]]:
    """Return the bytes of a text as GBK, read as Latin-1, and where each of its characters begins among them."""
    held = codes()[code_points(text)].tolist()
    parts = [
        _MARK if char in MARKS else chr(both >> 8) + chr(both & 0xFF) if both else _other(char)
        for char, both in zip(text, held, strict=True)
    ]
    return "".join(parts), [0, *accumulate(map(len, parts))]


def _other(char: str) -> str:
    return "\x80" if char == "€" else char if char < "\x80" else char.encode("gb18030", "replace").decode("latin-1")


def _runs(text: str) -> Iterator[Run]:
    data, starts = _bytes(text)
    place = {start: at for at, start in enumerate(starts)}
    for chain in chains(_TOKEN.finditer(data)):
        while chain and (chain[0].start() not in place or _plain(chain[0])):
            chain.pop(0)
        while chain and (chain[-1].end() not in place or _plain(chain[-1])):
            chain.pop()
        hits = sum(bool(_HIT.match(match[0])) for match in chain)
        if hits >= LEAST_HITS:
            yield _read(data, chain, place, hits)


def _plain(match: re.Match[str]) -> bool:
    """Say whether what matched can stand in sound text too: no run begins or ends with it."""
    return match[0] == _MARK or match[0].isascii() or bool(_SHORT.fullmatch(match[0]))


def chains(matches: Iterable[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """Yield the matches that follow each other without a break; at the end an empty list where there are none."""
    chain: list[re.Match[str]] = []
    for match in matches:
        if chain and chain[-1].end() != match.start():
            yield chain
            chain = []
        chain.append(match)
    yield chain


def _read(data: str, chain: list[re.Match[str]], place: dict[int, int], hits: int) -> Run:
    chars: list[str] = []
    held: dict[int, Bytes] = {}
    end = chain[-1].end()
    for match in chain:
        known = match[0]
        if known == _MARK:
            chars.append("?")
        elif _MARK not in known and (len(known) != 2 or known[0] < "\xe0"):
            chars.append(known.encode("latin-1").decode("utf-8", "replace"))
        else:
            held[len(chars)] = _half(data[:end], match)
            chars.append(" ")
    return Run(place[chain[0].start()], place[chain[-1].end()], chars, held, hits)


def _half(data: str, match: re.Match[str]) -> Bytes:
    """Return the three bytes of a character of which some are lost; a mark can stand for two."""
    known = [_byte(data, at) for at in range(match.start(), match.end())]
    if len(known) == 3:
        return tuple(known)
    if known[0] >= 0:
        return (known[0], known[1] if known[1] >= 0 else LOST, LOST)
    return (LOST, LOST, known[1])


def _byte(data: str, at: int) -> int:
    if data[at] != _MARK:
        return ord(data[at])
    following = data[at + 1 : at + 2]
    return LOST if following in ("", _MARK) else LOST - ord(following)


def _filled(found: list[Run], around: list[tuple[str, str]], usage: Callable[[], Usage]) -> list[dict[int, Filled]]:
    """Fill the characters that lost bytes, and return the guesses; those beside others that did are tried twice."""
    guesses: list[dict[int, Filled]] = [{} for _ in found]
    jobs = [(i, at) for i, run in enumerate(found) for at in run.held]
    beside = [(i, at) for i, at in jobs if any(at + by in found[i].held for by in (-2, -1, 1, 2))]
    for some in (jobs, beside, beside):
        if not some:
            break
        texts = [left + "".join(run.chars) + right for run, (left, right) in zip(found, around, strict=True)]
        starts = [0, *accumulate(map(len, texts))]
        ids = model().ids("".join(texts))
        at = np.array([starts[i] + len(around[i][0]) + place for i, place in some])
        new = fill([options(found[i].held[place]) for i, place in some], ids, at, usage())
        for (i, place), guess in zip(some, new, strict=True):
            found[i].chars[place] = guess.char
            guesses[i][place] = guess
    return guesses

"""What starts of articles can show at most, told of a page before a closer look is taken at any of them.

A page that would not be cut though they showed all of it stays whole: :mod:`corpuskit.segment.signs` need not be asked.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache

from corpuskit.core.page import Page
from corpuskit.segment.model import Weights
from corpuskit.segment.shapes import Cast, Role, ends
from corpuskit.segment.signs import closed
from corpuskit.segment.starts import UNTITLED, Start, signed, weights

_WORTH = {
    **dict.fromkeys(("common subject", "common subject, signed"), (0.0, 6.0)),
    "looks": (-4.0, 4.0),
    "short lines above": (0.0, 4.0),
    "in common": (0.0, 3.0),
    **dict.fromkeys(("sentences", "text sentences", "text long first sentence", "many lines between"), (0.0, 2.0)),
}
"""Between what numbers a sign lies, if not between 0 and 1."""
_SHOWN = (
    *("bias", "dateline", "lead", "number", "short", "long", "end mark before", "jump before", "open sentence before"),
    *("whole sentence before", "byline before", "headline before", "short line before", "byline", "no headline"),
    *("long first sentence", "common subject, signed", "resumed", "picture below", "closing name before"),
    *("rule before", "one of a series of signs", "brief of a series under a headline"),
)
"""Signs that are asked about one by one; of all others it is taken that they are there where they speak for a start."""
_LENGTHS = range(7)
_DATA = (Role.BYLINE, Role.SOURCE, Role.META)


def most(page: Page, cast: Sequence[Cast], found: Sequence[Start], *, untitled: bool) -> list[float]:
    """Return what the starts of a page score at most, the first nothing; the page is no newspaper's.

    ``untitled``: it has as good as no headlines.
    """
    return [_most(page, cast, start, untitled=untitled) if start.line else 0.0 for start in found]


def _most(page: Page, cast: Sequence[Cast], start: Start, *, untitled: bool) -> float:
    kind = "head" if start.block else "bare"
    known = _weights(kind, untitled=untitled)
    shown = _block(cast, start) if start.block else _line(cast, start.line)
    shown |= _above(page, cast[start.line - 1], start.line)
    found = known.of(shown) + sum(_may(known, sign) for sign in _possible(page, cast, start))
    if not start.block:
        found += max(0.0, known["long first sentence"] * math.log(1 + len(page.lines[start.line].text)) / 4)
    return found + _rest(kind, untitled=untitled)


def _line(cast: Sequence[Cast], line: int) -> dict[str, float]:
    """Return what a start without a headline shows by its text and by the line above."""
    here, last = cast[line], cast[line - 1]
    return {
        "dateline": here.lead == 2,
        "lead": here.lead == 1,
        "number": here.numbered,
        "short": here.size < 40,
        "long": math.log(max(1, here.size)) / 4,
        "short line before": last.size < 40,
        "byline before": last.role in _DATA,
        "headline before": last.role is Role.HEAD,
    }


def _block(cast: Sequence[Cast], start: Start) -> dict[str, float]:
    """Return what a headline block shows by its lines and by that below."""
    roles, under = [cast[line].role for line in start.block], cast[start.block[-1] + 1]
    heads = [line for line in start.block if cast[line].role is Role.HEAD]
    return {
        "dateline": under.lead == 2,
        "lead": under.lead == 1,
        "byline": Role.BYLINE in roles[1:],
        "no headline": not heads,
        "number": any(cast[line].numbered for line in heads[:1]),
    }


def _above(page: Page, last: Cast, line: int) -> dict[str, float]:
    """Return what a start shows by the line above it."""
    return {
        "bias": 1.0,
        "end mark before": last.ended,
        "jump before": last.role is Role.JUMP,
        "open sentence before": last.dangling,
        "whole sentence before": ends(page.lines[line - 1].text),
    }


def _possible(page: Page, cast: Sequence[Cast], start: Start) -> Iterator[str]:
    """Yield the signs, of those that are asked about, that a start may show."""
    line = start.line
    if not page.lines[line].text[0].isalnum():
        yield from ("one of a series of signs", "brief of a series under a headline")
    if not page.lines[line - 1].text[0].isalnum():
        yield "rule before"
    if cast[line - 1].role in _DATA:
        yield "closing name before"
    if cast[line].role is not Role.BODY:
        yield "resumed"
    if start.block:
        body = start.block[-1] + 1
        if signed(cast, start) or closed(cast, body):
            yield "common subject, signed"
        if any(here.role is Role.CAPTION for here in cast[body : body + 5]):
            yield "picture below"


@cache
def _weights(kind: str, *, untitled: bool) -> Weights:
    """Return the weights of one kind of starts, by the names of the signs; what only a newspaper shows is left out."""
    before = f"{UNTITLED * untitled}{kind}."
    own = {name[len(before) :]: weight for name, weight in weights().items() if name.startswith(before)}
    return Weights({name: weight for name, weight in own.items() if not name.endswith("sheet")})


def _may(known: Weights, sign: str) -> float:
    """Return the most that a sign weighs, whatever it is worth."""
    return max(known[sign] * worth for worth in _WORTH.get(sign, (0.0, 1.0)))


@cache
def _rest(kind: str, *, untitled: bool) -> float:
    """Return the most that all signs weigh together that are not asked about; a headline has one length."""
    known = _weights(kind, untitled=untitled)
    others = [sign for sign in known if sign not in _SHOWN and not sign.startswith("length")]
    lengths = (known[f"length {at}"] + known[f"length {at}, elsewhere"] for at in _LENGTHS)
    return sum(_may(known, sign) for sign in others) + max(0.0, *lengths)

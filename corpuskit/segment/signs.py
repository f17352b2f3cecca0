"""What speaks for and against an article's beginning at a line."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page
from corpuskit.core.terms import Floats, Terms
from corpuskit.core.topics import beside, joint
from corpuskit.segment.headlines import extent, on, person
from corpuskit.segment.leads import leading
from corpuskit.segment.shapes import Cast, Role, ends
from corpuskit.segment.sheets import sheet
from corpuskit.segment.starts import ABOVE, LITTLE, UNTITLED, Start, floors, headed, resumed, row, signed, untitled
from corpuskit.segment.titles import headline, in_parts, parted

_LITTLE_BELOW = 120
"""Characters down to the next headline, of a short item."""
_LABELLED = re.compile(r"\S{1,5}[:：]")
_ITEM = 45
"""Characters of a line that is an item of a column of briefs, not an article."""
_ALIKE = 3
"""Characters by which lines of verse or of a list differ in length."""
_OPENING, _OPENED = 4, 80
"""Lines and characters in which the text below a headline opens."""
_CLOSING = '”"」』’'
_QUOTES = '“"「『‘'


class _Sheet(NamedTuple):
    """What a page shows that bears on each of its headlines."""

    sheet: float
    """Whether it is the page of a newspaper by its head."""
    untitled: bool
    """Whether it has as good as no headlines."""
    titled: int
    """Headline blocks."""
    signed: int
    """Headline blocks with a byline, or with a dateline below them."""
    rate: float
    """Lines of text for each headline block."""
    above: list[int]
    """Characters above each line."""
    heads: list[int]
    """The first lines of runs of headlines, ascending."""
    common: Floats
    """What the text below each headline block has in common with that above it, up to the blocks beside, in nats."""
    marks: Counter[str]
    """How many lines begin with each sign."""
    tops: list[int]
    """The first line of the run of lines that begin with the same sign as each line."""


def survey(page: Page, cast: Sequence[Cast], found: Sequence[Start], terms: Terms) -> None:
    """Fill in what each start shows; ``terms`` are those of the page's lines."""
    near, known = beside(terms), _surveyed(page, cast, found, terms)
    openings: dict[int, dict[str, float]] = {}
    for start in found:
        signs = start.signs
        if start.block:
            signs.update(_titled(page, cast, start))
            signs.update(_placed(cast, start, known))
            signs.update(_told_below(page, cast, start.block[-1] + 1, openings))
            signs.update(_marked(page, start.line, "head", known))
            signs["head.in common"] = _shared(near, start.block[-1] + 1)
        else:
            signs.update(_bare(page, cast, start.line))
            signs["bare.no headlines"] = float(not known.titled)
            signs["bare.many headlines"] = float(known.rate < 6 and known.titled > 1)
            signs["bare.in common"] = _shared(near, start.line)
            signs.update(_marked(page, start.line, "bare", known))
            signs["bare.brief of a series under a headline"] = _brief(cast, start.line, known, page)
        if known.untitled:
            start.signs = dict(zip(map(_of_untitled, signs), signs.values(), strict=True))


@cache
def _of_untitled(name: str) -> str:
    """Return the name of a sign on a page that has as good as no headlines."""
    return UNTITLED + name


def _surveyed(page: Page, cast: Sequence[Cast], found: Sequence[Start], terms: Terms) -> _Sheet:
    last = {s.block[-1]: s for s in found if s.block and headed(cast, s)}
    rate = sum(c.role is Role.BODY for c in cast) / max(1, len(last))
    names = sum(signed(cast, s) for s in last.values())
    runs = [i for i, c in enumerate(cast) if c.role is Role.HEAD and (i == 0 or cast[i - 1].role is not Role.HEAD)]
    above = [0, *accumulate(c.size for c in cast)]
    common = joint(terms, np.array(sorted({s.block[-1] + 1 for s in last.values()}), np.int64))
    marks = Counter(line.text[0] for line in page.lines if not line.text[0].isalnum() and line.text[0] not in _QUOTES)
    bare = untitled(page, cast, found)
    return _Sheet(float(sheet(page)), bare, len(last), names, rate, above, runs, common, marks, _tops(page))


def _told_below(page: Page, cast: Sequence[Cast], body: int, known: dict[int, dict[str, float]]) -> dict[str, float]:
    """Return what the text below a headline shows of whether it opens a report."""
    if body not in known:
        below = zip(page.lines[body : body + _OPENING], cast[body : body + _OPENING], strict=True)
        text = "".join(line.text for line, here in below if here.role is Role.BODY)[:_OPENED]
        found = {f"head.text {name}": value for name, value in leading(text).items()} if text else {}
        onward = text != "" and forms("roles")["onward"].match(text) is not None
        quoted = text != "" and text[0] in _QUOTES
        known[body] = found | {"head.text goes on": float(onward), "head.text quoted": float(quoted)}
    return known[body]


def _tops(page: Page) -> list[int]:
    """Return the first line of the run of lines that begin with the same sign as each line."""
    out: list[int] = []
    for at, line in enumerate(page.lines):
        out.append(out[-1] if at and line.text[0] == page.lines[at - 1].text[0] else at)
    return out


def _marked(page: Page, line: int, kind: str, known: _Sheet) -> dict[str, float]:
    """Return what a start shows by the sign it begins with, as other lines of the page do, and by one between lines."""
    count = known.marks[page.lines[line].text[0]]
    series = min(4, count) / 4 if count > 1 else 0.0
    above = page.lines[line - 1].text if line else "0"
    return {
        f"{kind}.one of a series of signs": series,
        f"{kind}.one of a series on a sheet": series * known.sheet,
        f"{kind}.rule before": float(not any(map(str.isalnum, above))),
    }


def _brief(cast: Sequence[Cast], line: int, known: _Sheet, page: Page) -> float:
    """Say whether a short line is one of several under one headline that open with the same sign: its items."""
    top = known.tops[line]
    series = known.marks[page.lines[line].text[0]] > 1 and cast[line].size < _ITEM
    return float(series and top > 0 and cast[top - 1].role is Role.HEAD)


def _placed(cast: Sequence[Cast], start: Start, known: _Sheet) -> dict[str, float]:
    """Return what a headline block shows by the page it stands on and by its place there."""
    named = min(3, known.signed) / 3 if known.titled > 1 else 0.0
    bare = not (signed(cast, start) or closed(cast, start.block[-1] + 1))
    below = bisect_right(known.heads, start.block[-1])
    until = known.heads[below] if below < len(known.heads) else len(cast)
    common = min(6.0, float(known.common[start.block[-1] + 1]) / 20)
    return {
        "head.common subject": common,
        "head.common subject on a sheet": common * known.sheet,
        "head.common subject, signed": common * (not bare),
        "head.common subject, signed on a sheet": common * known.sheet * (not bare),
        "head.sheet": known.sheet,
        "head.several signed": named,
        "head.unsigned among signed": named * bare,
        "head.one unsigned line on a sheet": known.sheet * (bare and len(start.block) == 1),
        "head.many lines between": min(8.0, known.rate) / 4,
        "head.page of items": float(known.titled >= 8 and known.rate <= 3.5),
        "head.nothing above": float(known.above[start.line] < LITTLE),
        "head.little below": float(known.above[until] - known.above[start.block[-1] + 1] < _LITTLE_BELOW),
    }


def _shared(near: Floats, line: int) -> float:
    return min(3.0, float(near[line])) if line < len(near) else 0.0


def _titled(page: Page, cast: Sequence[Cast], start: Start) -> dict[str, float]:
    block = start.block
    body = block[-1] + 1
    roles = [cast[i].role for i in block]
    heads = [i for i in block if cast[i].role is Role.HEAD]
    first = heads[0] if heads else block[0]
    under, text = cast[body], page.lines[first].text
    stacked = in_parts(page, first)
    signs = {
        "head.bias": 1.0,
        "head.byline": float(Role.BYLINE in roles[1:]),
        "head.byline first": float(roles[0] is Role.BYLINE),
        "head.date or source": float(Role.META in roles),
        "head.a post's place in its thread": float(floors(page, block)),
        "head.dateline": float(under.lead == 2),
        "head.lead": float(under.lead == 1),
        "head.several headline lines": float(len(heads) == 2),
        "head.three headline lines": float(len(heads) >= 3),
        "head.no headline": float(not heads),
        "head.number": float(any(cast[i].numbered for i in heads[:1])),
        "head.row of figures": float(any(row(page, i) and not in_parts(page, i) for i in heads)),
        "head.short line below": float(under.size < 30 and not under.lead),
        "head.long line below": float(under.size >= 80),
        "head.list below": float(under.role in ABOVE),
        "head.very short": float(cast[first].size < 5),
        "head.parted": float(not stacked and parted(page, first)),
        "head.set in parts": float(stacked),
        "head.question or cry": float(ends(text)),
        "head.labelled": float(_LABELLED.match(text) is not None),
        "head.quoted": float(text[0] in _QUOTES and text[-1] in _CLOSING),
        "head.rubric": float(len(heads) > 1 and (cast[first].size <= 4 or text[0] in "[【")),
        "head.signed below": float(closed(cast, body)),
        "head.picture below": float(pictured(cast, body)),
        "head.looks": max(-4.0, min(4.0, max((headline(page, cast, block, i) for i in heads), default=0.0))),
    }
    signs |= _tag(page, block[0])
    # it may close the text above
    signs["head.begins with a name"] = float(len(heads) > 1 and person(page.lines[heads[0]].text))
    if heads:
        longest = max(heads, key=lambda i: (cast[i].size, -i))
        length = extent(page.lines[longest].text, page.counts[longest], cast[longest].size)
        signs |= on("on a sheet" if sheet(page) else "elsewhere", {f"head.length {length}": 1.0})
    above = block[0] - 1
    if above >= 0 and cast[above].role is Role.HEAD:
        signs["head.name before"] = float(person(page.lines[above].text))
        signs["head.several below short lines"] = float(len(heads) > 1)
        signs["head.as long as the line above"] = float(abs(cast[above].size - cast[first].size) <= _ALIKE)
    if block[0] > 0:
        signs["head.short lines above"] = _above(cast, block[0])
        signs |= _before(page, cast, block[0], "head")
    return signs


def closed(cast: Sequence[Cast], body: int) -> bool:
    """Say whether the text below is short and closed by a signature: a brief."""
    for line in range(body, min(body + 4, len(cast))):
        if cast[line].ended or cast[line].role in (Role.BYLINE, Role.SOURCE):
            return True
        if cast[line].role not in (Role.BODY, Role.CAPTION):
            return False
    return False


def pictured(cast: Sequence[Cast], body: int) -> bool:
    """Say whether the text below is short and ends in a caption and a name: a picture's story."""
    below = [one.role for one in cast[body : body + 5]]
    return (Role.CAPTION, Role.BYLINE) in pairwise(below[: below.index(Role.HEAD)] if Role.HEAD in below else below)


def _above(cast: Sequence[Cast], line: int) -> float:
    """Return how many lines of the same run stand above a block, four at most."""
    first = line
    while first > max(0, line - 4) and cast[first - 1].role in ABOVE:
        first -= 1
    return float(line - first)


def _tag(page: Page, line: int) -> dict[str, float]:
    tag = page.blocks[line]
    if tag is None or tag.tag not in ("h1", "h2", "h3", "h4"):
        return {}
    return {"head.h1" if tag.tag == "h1" else "head.h2" if tag.tag == "h2" else "head.h3": 1.0}


def _before(page: Page, cast: Sequence[Cast], line: int, kind: str) -> dict[str, float]:
    last = cast[line - 1]
    closing = last.role in (Role.BYLINE, Role.SOURCE) and line > 1 and cast[line - 2].role in (Role.BODY, Role.CAPTION)
    return {
        f"{kind}.closing name before": float(closing),
        f"{kind}.end mark before": float(last.ended),
        f"{kind}.jump before": float(last.role is Role.JUMP),
        f"{kind}.open sentence before": float(last.dangling),
        f"{kind}.whole sentence before": float(ends(page.lines[line - 1].text)),
        f"{kind}.furniture before": float(page.broken(line)),
        f"{kind}.colon before": float(page.lines[line - 1].text.endswith(("：", ":"))),
    }


def _bare(page: Page, cast: Sequence[Cast], line: int) -> dict[str, float]:
    text = page.lines[line].text
    signs = {
        "bare.bias": 1.0,
        "bare.dateline": float(cast[line].lead == 2),
        "bare.lead": float(cast[line].lead == 1),
        "bare.onward": float(forms("roles")["onward"].match(text) is not None),
        "bare.quoted": float(text[0] in _QUOTES),
        "bare.number": float(cast[line].numbered),
        "bare.short": float(cast[line].size < 40),
        "bare.long": math.log(max(1, cast[line].size)) / 4,
        "bare.row of figures": float(row(page, line)),
        "bare.resumed": float(resumed(page, cast, line)),
    }
    signs |= {f"bare.{name}": value for name, value in leading(text).items()}
    if line > 0:
        last = cast[line - 1]
        signs |= _before(page, cast, line, "bare")
        signs["bare.short line before"] = float(last.size < 40)
        signs["bare.byline before"] = float(last.role in (Role.BYLINE, Role.SOURCE, Role.META))
        signs["bare.headline before"] = float(last.role is Role.HEAD)
    return signs

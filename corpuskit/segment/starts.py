"""Where an article may begin, and what speaks for it and against it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby

from corpuskit.core.lexicon import forms, narrow
from corpuskit.core.page import Char, Page
from corpuskit.core.topics import Floats
from corpuskit.segment.model import Weights, table
from corpuskit.segment.roles import Cast, Role, ends, onward
from corpuskit.segment.titles import headline

MAX_HEADS = 4
ABOVE = (Role.HEAD, Role.BYLINE, Role.META)
_SERIES, _FIRST = 8, re.compile(r"\W*第?(?:一|1|I|Ⅰ|①)(?!\w)")
"""Least number of headlines of a numbered series, and how it begins."""
LITTLE = 80
"""Characters of furniture that may stand above the first title."""
_LABELLED = re.compile(r"\S{1,5}[:：]")
_ALIKE = 3
"""Characters by which lines of verse or of a list differ in length."""
_CLOSING = '”"」』’'
_QUOTES = '“"「『‘'


@dataclass(slots=True)
class Start:
    """A line at which an article may begin."""

    line: int
    block: list[int]
    """Its headline block: kicker, title, deck, byline, date; empty where text begins without one."""
    signs: dict[str, float] = field(default_factory=dict)
    """What it shows, by the name of the sign."""


def weights() -> Weights:
    """Return the learned weight of each sign; ``topic.near`` and ``topic.far`` weigh the change of subject."""
    return table("starts")


def weigh(signs: Mapping[str, float]) -> float:
    """Return the score of a start by its signs alone; above 0 speaks for it."""
    return weights().of(signs)


def told(signs: Mapping[str, float]) -> str:
    """Return the signs that speak for a start, strongest first."""
    known = weights()
    marked = [(known.get(name, 0.0) * value, name) for name, value in signs.items()]
    return ", ".join(
        f"{name.partition('.')[2]} {gain:+.1f}" for gain, name in sorted(marked, reverse=True) if gain > 0.3
    )


class Runs:
    """Where the runs of lines that may stand above an article end, and how many headlines they hold."""

    def __init__(self, cast: Sequence[Cast]) -> None:
        self.roles = [here.role for here in cast]
        self.ends = [0] * len(cast)
        self.heads = [0] * (len(cast) + 1)
        for i in range(len(cast) - 1, -1, -1):
            above = cast[i].role in ABOVE
            more = i + 1 < len(cast) and cast[i + 1].role in ABOVE
            self.ends[i] = (self.ends[i + 1] if more else i + 1) if above else i
            self.heads[i] = self.heads[i + 1] + (cast[i].role is Role.HEAD)

    def blocks(self, at: int) -> list[list[int]]:
        """Return the headline blocks that may begin at or below the first line of a run, all ending with the run.

        Of a long run, which may be verse or a list that a headline closes, only the last headlines are tried.
        """
        end = self.ends[at]
        heads = [i for i in range(at, end) if self.heads[i] > self.heads[i + 1]]
        if len(heads) <= MAX_HEADS:
            return [list(range(first, end)) for first in sorted({at, *heads})]
        closing = [list(range(first, end)) for first in heads[-MAX_HEADS:]]
        return [block for block in self._above_list(at) if block[-1] < closing[0][0]] + closing

    def _above_list(self, at: int) -> list[list[int]]:
        """Return the headline block above verse or a list: its first line, or all up to a byline."""
        if self.roles[at] is not Role.HEAD:
            return []
        signed = next((i for i in range(at + 1, min(at + 4, self.ends[at])) if self.roles[i] is not Role.HEAD), at)
        return [list(range(at, signed + 1))]


def starts(page: Page, cast: Sequence[Cast]) -> list[Start]:
    """Return the lines at which an article may begin, in order; the first line of the page always is one."""
    runs = Runs(cast)
    out: list[Start] = []
    at = 0
    while at < len(cast):
        end = runs.ends[at]
        if at < end < len(cast):
            blocks = runs.blocks(at)
            if at == 0:
                first = blocks[0] if blocks[0][0] == 0 else _top(page, cast, end)
                out.append(Start(0, first))
                blocks = [block for block in blocks if block[0] >= len(first)]
            out += [Start(block[0], block) for block in blocks]
        elif at == 0 and end > 1 and not row(page, 0):
            # nothing but short lines: verse or a list under its title
            out.append(Start(0, _top(page, cast, end)))
        elif at == 0 or _may_begin(cast, at) or resumed(page, cast, at):
            out.append(Start(at, []))
        at = max(end, at + 1)
    return out


def _top(page: Page, cast: Sequence[Cast], end: int) -> list[int]:
    """Return the lines of a long run at the head of the page up to its title: verse or a list may stand below."""
    run = list(range(min(end, 40)))
    heads = [i for i in run if cast[i].role is Role.HEAD][:8]
    title = max(heads, key=lambda i: headline(page, cast, run, i) - 0.5 * heads.index(i))
    last = title + 1
    while last < end and cast[last].role is not Role.HEAD:
        last += 1
    return list(range(last))


def resumed(page: Page, cast: Sequence[Cast], line: int) -> bool:
    """Say whether a line tells where the text below it comes from."""
    return cast[line].role is Role.JUMP and not onward(page.lines[line].text)


def _may_begin(cast: Sequence[Cast], at: int) -> bool:
    return cast[at].role is Role.BODY and not cast[at - 1].dangling and cast[at].size >= 12


def survey(page: Page, cast: Sequence[Cast], found: Sequence[Start], near: Floats) -> None:
    """Fill in what each start shows. ``near[i]`` is what the lines beside line i have in common."""
    sheet = _sheet(page)
    last = {s.block[-1]: s for s in found if s.block and _headed(cast, s)}
    titled = list(last.values())
    signed = sum(_signed(cast, s) for s in titled)
    body = sum(c.role is Role.BODY for c in cast)
    rate = body / max(1, len(titled))
    above = [0, *accumulate(c.size for c in cast)]
    for start in found:
        signs = start.signs
        if start.block:
            signs.update(_titled(page, cast, start))
            signs["head.sheet"] = sheet
            signs["head.several signed"] = min(3, signed) / 3 if len(titled) > 1 else 0.0
            bare = not (_signed(cast, start) or signs["head.signed below"])
            signs["head.unsigned among signed"] = min(3, signed) / 3 * bare
            signs["head.one unsigned line on a sheet"] = float(sheet > 0 and bare and len(start.block) == 1)
            signs["head.many lines between"] = min(8.0, rate) / 4
            signs["head.page of items"] = float(len(titled) >= 8 and rate <= 3.5)
            signs["head.nothing above"] = float(above[start.line] < LITTLE)
            signs["head.in common"] = _shared(near, start.block[-1] + 1)
        else:
            signs.update(_bare(page, cast, start.line))
            signs["bare.no headlines"] = float(not titled)
            signs["bare.many headlines"] = float(rate < 6 and len(titled) > 1)
            signs["bare.in common"] = _shared(near, start.line)


def several(page: Page, cast: Sequence[Cast], found: Sequence[Start]) -> bool:
    """Say whether the page shows that it carries several articles."""
    if _sheet(page):
        return True
    signed = {start.block[-1] for start in found if start.block and _headed(cast, start) and _signed(cast, start)}
    posts = {start.block[-1] for start in found if start.block and floors(page, start.block)}
    return len(signed) >= 2 or len(posts) >= 2


def listed(page: Page, cast: Sequence[Cast]) -> bool:
    """Say whether a page's headlines are mostly those of lists, or of one series of numbered sections."""
    heads = [i for i, here in enumerate(cast) if here.role is Role.HEAD]
    series = [page.lines[i].text for i in heads if cast[i].numbered]
    if len(series) >= max(_SERIES, len(heads) / 2) and sum(bool(_FIRST.match(narrow(text))) for text in series) <= 1:
        return True
    runs = (len(list(run)) for above, run in groupby(cast, lambda here: here.role in ABOVE) if above)
    return sum(run for run in runs if run > MAX_HEADS) > 0.4 * len(cast)


def several_articles(page: Page, cast: Sequence[Cast]) -> bool:
    """Do as :func:`several` where the possible starts are not at hand."""
    return several(page, cast, starts(page, cast))


def _headed(cast: Sequence[Cast], start: Start) -> bool:
    return any(cast[line].role is Role.HEAD for line in start.block)


def _shared(near: Floats, line: int) -> float:
    return min(3.0, float(near[line])) if line < len(near) else 0.0


def _signed(cast: Sequence[Cast], start: Start) -> bool:
    return any(cast[i].role is Role.BYLINE for i in start.block) or cast[start.block[-1] + 1].lead == 2


def _sheet(page: Page) -> float:
    """Say whether the page is the page of a newspaper by its head."""
    top = narrow("\n".join(line.text for line in page.lines[:3]) + page.source.text[:300])
    return float(forms("roles")["newspaper"].search(top) is not None)


def _titled(page: Page, cast: Sequence[Cast], start: Start) -> dict[str, float]:
    block = start.block
    body = block[-1] + 1
    roles = [cast[i].role for i in block]
    heads = [i for i in block if cast[i].role is Role.HEAD]
    first = heads[0] if heads else block[0]
    signs = {
        "head.bias": 1.0,
        "head.byline": float(Role.BYLINE in roles),
        "head.date or source": float(Role.META in roles),
        "head.a post's place in its thread": float(floors(page, block)),
        "head.dateline": float(cast[body].lead == 2),
        "head.lead": float(cast[body].lead == 1),
        "head.several headline lines": float(len(heads) == 2),
        "head.three headline lines": float(len(heads) >= 3),
        "head.no headline": float(not heads),
        "head.number": float(any(cast[i].numbered for i in heads[:1])),
        "head.row of figures": float(any(row(page, i) for i in heads)),
        "head.short line below": float(cast[body].size < 30 and not cast[body].lead),
        "head.long line below": float(cast[body].size >= 80),
        "head.list below": float(cast[body].role in ABOVE),
        "head.very short": float(cast[first].size < 5),
        "head.parted": float(any(blank in page.lines[first].text for blank in " \u3000")),
        "head.question or cry": float(ends(page.lines[first].text)),
        "head.labelled": float(_LABELLED.match(page.lines[first].text) is not None),
        "head.quoted": float(page.lines[first].text[0] in _QUOTES and page.lines[first].text[-1] in _CLOSING),
        "head.rubric": float(len(heads) > 1 and (cast[first].size <= 4 or page.lines[first].text[0] in "[【")),
        "head.signed below": float(_closed(cast, body)),
        "head.looks": max(-4.0, min(4.0, max((headline(page, cast, block, i) for i in heads), default=0.0))),
    }
    signs |= _tag(page, block[0])
    above = block[0] - 1
    if above >= 0 and cast[above].role is Role.HEAD:
        signs["head.several below short lines"] = float(len(heads) > 1)
        signs["head.as long as the line above"] = float(abs(cast[above].size - cast[first].size) <= _ALIKE)
    if block[0] > 0:
        signs["head.short lines above"] = _above(cast, block[0])
        signs |= {f"head.{name}": value for name, value in _before(page, cast, block[0]).items()}
    return signs


def _closed(cast: Sequence[Cast], body: int) -> bool:
    """Say whether the text below is short and closed by a signature: a brief."""
    for line in range(body, min(body + 4, len(cast))):
        if cast[line].ended or cast[line].role in (Role.BYLINE, Role.SOURCE):
            return True
        if cast[line].role is not Role.BODY:
            return False
    return False


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


def _before(page: Page, cast: Sequence[Cast], line: int) -> dict[str, float]:
    last = cast[line - 1]
    closing = last.role in (Role.BYLINE, Role.SOURCE) and line > 1 and cast[line - 2].role in (Role.BODY, Role.CAPTION)
    return {
        "closing name before": float(closing),
        "end mark before": float(last.ended),
        "jump before": float(last.role is Role.JUMP),
        "open sentence before": float(last.dangling),
        "whole sentence before": float(ends(page.lines[line - 1].text)),
        "furniture before": float(page.broken(line)),
        "colon before": float(page.lines[line - 1].text.endswith(("：", ":"))),
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
    if line > 0:
        last = cast[line - 1]
        signs |= {f"bare.{name}": value for name, value in _before(page, cast, line).items()}
        signs["bare.short line before"] = float(last.size < 40)
        signs["bare.byline before"] = float(last.role in (Role.BYLINE, Role.SOURCE, Role.META))
        signs["bare.headline before"] = float(last.role is Role.HEAD)
    return signs


def floors(page: Page, block: Sequence[int]) -> bool:
    """Say whether a block heads a post of a thread: it has the post's number."""
    return any(forms("roles")["floor"].search(page.lines[i].text) for i in block)


def row(page: Page, line: int) -> bool:
    """Say whether a line is a row of a table: cells, or figures."""
    text, count = page.lines[line].text, page.counts[line]
    digits = count[Char.DIGIT] / max(1, sum(count) - count[Char.SPACE])
    return "\t" in text or digits > 0.3 or (text.count("\u3000") + text.count("  ") >= 2) or text.endswith(("元", "%"))

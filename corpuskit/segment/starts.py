"""Where an article may begin, and what speaks for it and against it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from corpuskit.core.late import late
from corpuskit.core.lexicon import holds, narrow
from corpuskit.core.numerals import number
from corpuskit.core.page import Char, Page
from corpuskit.segment.model import Weights, table
from corpuskit.segment.shapes import Cast, Role, onward
from corpuskit.segment.sheets import sheet
from corpuskit.segment.titles import headline

MAX_HEADS = 4
ABOVE = (Role.HEAD, Role.BYLINE, Role.META)
_SERIES, _FIRST = 8, re.compile(r"\W*第?(?:一|1|I|Ⅰ|①)(?!\w)")
"""Least number of headlines of a numbered series, and how it begins."""
_NUMBER = late(r"\W{0,2}(\d{1,2}|[一二三四五六七八九十]{1,3})(?!\w)")
OPENERS = "0123456789一二三四五六七八九十【[［（(#"
NUMBERED, PARAGRAPH = 8, 30
"""Least number of paragraphs of a numbered series that may be items, and least characters of one."""
_CELL = late(r"[\u3000\t\d]|  ")
UNTITLED = "untitled "
"""Before the names of what is weighed otherwise where a page has as good as no headlines."""
_PARAGRAPHS = 12
"""Least lines of text for each headline of a page that has as good as none."""
_REPORTS, _REPORT = 3, 50
"""Least number of paragraphs with a dateline of a page of reports without headlines, and least characters of one."""
_BEGINNING = range(4)
"""Characters of a source among which its first line begins if nothing was taken out above it."""
_TOP = 12
"""Most lines of a headline block at the head of a page, names of the site or the sheet among them."""
LITTLE = 80
"""Characters of furniture that may stand above the first title."""


@dataclass(slots=True)
class Start:
    """A line at which an article may begin."""

    line: int
    block: list[int]
    """Its headline block: kicker, title, deck, byline, date; empty where text begins without one."""
    signs: dict[str, float] = field(default_factory=dict)
    """What it shows, by the name of the sign."""
    why: str = ""
    """What speaks for it, where that is known without its signs."""


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

    def __init__(self, cast: Sequence[Cast], *, paper: bool = False) -> None:
        self.roles = [here.role for here in cast]
        self._paper = paper
        self.ends = [0] * len(cast)
        self.heads = [0] * (len(cast) + 1)
        end = len(cast)
        for i in range(len(cast) - 1, -1, -1):
            if self.roles[i] not in ABOVE:
                end = i
            self.ends[i] = end
            self.heads[i] = self.heads[i + 1] + (self.roles[i] is Role.HEAD)

    def blocks(self, at: int) -> list[list[int]]:
        """Return the headline blocks that may begin at or below the first line of a run, all ending with the run.

        Of a long run, which may be verse or a list that a headline closes, only the last headlines are tried.
        """
        end = self.ends[at]
        signed = self._signed(at) if self._paper else None
        if signed is not None:
            # in a newspaper verse, or the first cross-head, stands below who wrote it
            above = [i for i in range(at, signed) if self.roles[i] is Role.HEAD]
            top = [list(range(first, signed + 1)) for first in sorted({at, *above[-MAX_HEADS:]})]
            return top + [block for block in self._closing(signed + 1, end) if len(block) < end - signed - 1]
        heads = [i for i in range(at, end) if self.heads[i] > self.heads[i + 1]]
        if len(heads) <= MAX_HEADS:
            return [list(range(first, end)) for first in sorted({at, *heads})]
        closing = [list(range(first, end)) for first in heads[-MAX_HEADS:]]
        return [block for block in self.above_list(at) if block[-1] < closing[0][0]] + closing

    def _signed(self, at: int) -> int | None:
        """Return the line of a run that says who wrote what stands under its headlines, if other headlines follow."""
        bylines = (i for i in range(at + 1, self.ends[at]) if self.roles[i] is Role.BYLINE)
        return next((i for i in bylines if self.heads[at] > self.heads[i] > self.heads[self.ends[at]]), None)

    def _closing(self, low: int, end: int) -> list[list[int]]:
        """Return the blocks that begin with one of the last headlines of a run."""
        heads = [i for i in range(low, end) if self.roles[i] is Role.HEAD]
        return [list(range(first, end)) for first in heads[-MAX_HEADS:]]

    def above_list(self, at: int) -> list[list[int]]:
        """Return the headline block above verse or a list: its first line, or all up to a byline."""
        if self.roles[at] is not Role.HEAD:
            return []
        signed = next((i for i in range(at + 1, min(at + 4, self.ends[at])) if self.roles[i] is not Role.HEAD), at)
        return [list(range(at, signed + 1))]


def starts(page: Page, cast: Sequence[Cast]) -> list[Start]:
    """Return the lines at which an article may begin, in order; the first line of the page always is one."""
    paper = sheet(page)
    runs = Runs(cast, paper=paper)
    out: list[Start] = []
    at = 0
    while at < len(cast):
        end = runs.ends[at]
        if at < end < len(cast):
            blocks = runs.blocks(at)
            if at == 0:
                first = _first(page, cast, blocks[0], end)
                out.append(Start(0, first))
                blocks = [block for block in blocks if block[0] >= max(1, len(first))]
            out += [Start(block[0], block) for block in blocks]
        elif 0 < at < end - 1 and paper and cast[at].role is Role.HEAD and _cells(page, range(at + 1, end)):
            # rows under their title close the page
            out += [Start(at, block) for block in runs.above_list(at) if block[-1] + 1 < end]
        elif at == 0 and end > 1 and not row(page, 0):
            # nothing but short lines: verse or a list under its title
            out.append(Start(0, _top(page, cast, end)))
        elif at == 0 or _may_begin(cast, at) or resumed(page, cast, at):
            out.append(Start(at, []))
        at = max(end, at + 1)
    return out


def _cells(page: Page, lines: Sequence[int]) -> bool:
    """Say whether most lines are set in cells or hold figures, as no verse is."""
    held = sum(_CELL.search(page.lines[i].text) is not None for i in lines)
    return 2 * held > len(lines)


def _first(page: Page, cast: Sequence[Cast], block: list[int], end: int) -> list[int]:
    """Return the headline block of a page whose first run ends at a line; ``block`` is the first that may be.

    Where nothing was taken out above and no sheet's name stands there, a long run is verse or a list under its title.
    """
    if len(block) == end <= _TOP:
        return block
    if block[0] == 0 and page.place(page.lines[0].start) in _BEGINNING and not sheet(page):
        return block
    return list(range(end)) if end <= _TOP else _top(page, cast, end)


def _top(page: Page, cast: Sequence[Cast], end: int) -> list[int]:
    """Return the lines of a long run at the head of the page up to its title: verse or a list may stand below.

    None where no headline stands near the top.
    """
    run = list(range(min(end, 40)))
    heads = [i for i in run if cast[i].role is Role.HEAD][:8]
    if not heads:
        return []
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


def several(page: Page, cast: Sequence[Cast], found: Sequence[Start]) -> bool:
    """Say whether the page shows that it carries several articles."""
    if sheet(page):
        return True
    named = {s.block[-1] for s in found if s.block and headed(cast, s) and signed(cast, s)}
    posts = {start.block[-1] for start in found if start.block and floors(page, start.block)}
    reports = sum(here.lead == 2 and here.size >= _REPORT for here in cast)
    return len(named) >= 2 or len(posts) >= 2 or reports >= _REPORTS


def untitled(page: Page, cast: Sequence[Cast], found: Sequence[Start]) -> bool:
    """Say whether a page, of no newspaper, has as good as no headlines below its first lines."""
    heads = {start.block[-1] for start in found if start.line and start.block and headed(cast, start)}
    return _PARAGRAPHS * len(heads) < sum(here.role is Role.BODY for here in cast) and not sheet(page)


def listed(page: Page, cast: Sequence[Cast]) -> bool:
    """Say whether a page's headlines are mostly those of lists, or of one series of numbered sections."""
    heads = [i for i, here in enumerate(cast) if here.role is Role.HEAD]
    series = [page.lines[i].text for i in heads if cast[i].numbered]
    if len(series) >= max(_SERIES, len(heads) / 2) and sum(bool(_FIRST.match(narrow(text))) for text in series) <= 1:
        return True
    runs = (len(list(run)) for above, run in groupby(cast, lambda here: here.role in ABOVE) if above)
    return sum(run for run in runs if run > MAX_HEADS) > 0.4 * len(cast)


def enumerated(page: Page) -> list[int]:
    """Return the paragraphs that are numbered from 1 on without a gap; none where they are few."""
    return page.once("enumerated", lambda: _enumerated(page))


def _enumerated(page: Page) -> list[int]:
    may = [at for at, line in enumerate(page.lines) if line.text[0] in OPENERS and len(line.text) >= PARAGRAPH]
    out: list[int] = []
    for at in may if len(may) >= NUMBERED else []:
        found = _NUMBER.match(page.lines[at].text)
        if found and number(found[1]) == len(out) + 1:
            out.append(at)
    return out if len(out) >= NUMBERED else []


def several_articles(page: Page, cast: Sequence[Cast]) -> bool:
    """Do as :func:`several` where the possible starts are not at hand."""
    return several(page, cast, starts(page, cast))


def headed(cast: Sequence[Cast], start: Start) -> bool:
    """Say whether a start has a headline."""
    return any(cast[line].role is Role.HEAD for line in start.block)


def signed(cast: Sequence[Cast], start: Start) -> bool:
    """Say whether a headline block has a byline, or a dateline below it.

    The first line of a block may be the signature of the text before it.
    """
    below = cast[start.block[-1] + 1 : start.block[-1] + 2]
    return any(cast[i].role is Role.BYLINE for i in start.block[1:]) or any(line.lead == 2 for line in below)


def floors(page: Page, block: Sequence[int]) -> bool:
    """Say whether a block heads a post of a thread: it has the post's number."""
    known = page.once("floors", dict[int, bool])
    for line in block:
        if line not in known:
            known[line] = holds("roles", "floor", page.lines[line].text)
    return any(known[line] for line in block)


def row(page: Page, line: int) -> bool:
    """Say whether a line is a row of a table: cells, or figures."""
    text, count = page.lines[line].text, page.counts[line]
    digits = count[Char.DIGIT] / max(1, sum(count) - count[Char.SPACE])
    return "\t" in text or digits > 0.3 or (text.count("\u3000") + text.count("  ") >= 2) or text.endswith(("元", "%"))

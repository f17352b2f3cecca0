"""Text cut at the width of a column: what reads on in the next line, and columns that were read straight across."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpuskit.core.page import Page
from corpuskit.segment.flow import Flow
from corpuskit.segment.shapes import WRAPPED, Cast, Role
from corpuskit.segment.sheets import sheet
from corpuskit.segment.wrap import filled

JUMPS = 8.0
"""How sure it is that a line above a jump line, or inside a column, which ends no sentence, stops inside one."""
ASIDE = (Role.CAPTION, Role.BOX, Role.SOURCE, Role.JUMP)
_TURN, _TURNING, _GAP = 0.5, 7, 4
"""Nats by which the line below the next reads on, and better, on average over so many lines, where columns take turns,
and most lines between two of these."""
_WIDER = 1.3
"""Times that a line has the characters of the one above it from which it is no line of its column."""
_MANY = 9
"""Lines of such columns that a page has at least."""


def columns(page: Page, settled: Sequence[Cast], cut: Sequence[bool]) -> list[Cast]:
    """Return the casts of the lines of a page that is cut at a fixed width."""
    out = [_cut(page, settled, cut, index) for index in range(len(settled))]
    turning = turns(page)
    return [_turn(here, turning, index) for index, here in enumerate(out)] if any(turning) else out


def _cut(page: Page, settled: Sequence[Cast], cut: Sequence[bool], index: int) -> Cast:
    """Return the cast of a line of a page that is cut at a fixed width."""
    here = settled[index]
    inside = index > 0 and cut[index - 1] and not _beside(page, settled, cut, index)
    reported = index + 1 < len(settled) and settled[index + 1].lead == 2
    if cut[index] and here.role in (Role.BODY, Role.HEAD) and not reported:
        stop = JUMPS if _beside(page, settled, cut, index + 1) else WRAPPED
        return here._replace(role=Role.BODY, stop=stop, lead=0 if inside else here.lead, numbered=False)
    return here._replace(role=Role.BODY, lead=0, numbered=False) if inside else here


def _beside(page: Page, settled: Sequence[Cast], cut: Sequence[bool], index: int) -> bool:
    """Say whether a line that is not cut may stand inside the paragraph of the cut one above it: a caption, a headline.

    The last line of a paragraph ends with a mark, and is no wider than the others.
    """
    if index >= len(cut) or cut[index]:
        return False
    wider = settled[index].size > _WIDER * settled[index - 1].size
    return wider or settled[index].role in ASIDE or page.lines[index].text[-1].isalnum()


def _turn(here: Cast, turning: Sequence[bool], index: int) -> Cast:
    """Return the cast of a line of columns that were read straight across: another than the next goes on from it."""
    inside = any(turning[max(0, index - 2) : index])
    if here.role not in (Role.BODY, Role.HEAD) or not (turning[index] or inside):
        return here
    return here._replace(role=Role.BODY, stop=JUMPS if turning[index] else 0.0, numbered=False)


def turns(page: Page) -> list[bool]:
    """Return which lines of text cut at a width take turns, as columns read straight across do.

    The line below the next reads on from them, and better than the next, on average over the cut lines around. Judged
    of Chinese on newspapers' pages alone.
    """
    return page.once("layout.turns", lambda: _turns(page, filled(page)))


def _turns(page: Page, full: Sequence[bool]) -> list[bool]:
    out = [False] * len(full)
    rows = np.array([i for i in range(len(full) - 2) if full[i] and full[i + 1]], np.int64)
    if len(rows) < _TURNING or not sheet(page):
        return out
    flow = Flow(page, [], [])
    own, next_ = (flow.gains(rows, rows + step).sum(axis=1) for step in (2, 1))
    better = own - next_
    for near in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(rows) > _GAP) + 1):
        for at in near.tolist():
            around = near[max(0, at - near[0] - _TURNING // 2) : at - near[0] + _TURNING // 2 + 1]
            out[rows[at]] = len(near) >= _TURNING and min(better[around].mean(), own[near].mean()) > _TURN
    found = _spread(out, full)
    return found if sum(found) >= _MANY else [False] * len(full)


def _spread(turning: Sequence[bool], full: Sequence[bool]) -> list[bool]:
    """Return which full lines stand beside lines that take turns."""
    size = len(full)
    return [full[i] and any(turning[max(0, i - _GAP) : min(size, i + _GAP + 1)]) for i in range(size)]

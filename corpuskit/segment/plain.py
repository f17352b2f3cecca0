"""Pages that are one clean article, a title above whole paragraphs: most pages, on which there is little to decide."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpuskit.core.page import Page
from corpuskit.segment.roles import scrap, shape_at, stops, undecided
from corpuskit.segment.shapes import Role
from corpuskit.segment.sheets import sheet
from corpuskit.segment.sound import Lines
from corpuskit.segment.starts import enumerated
from corpuskit.segment.tops import may_stop

Flags = npt.NDArray[np.bool_]

_ODD = 6
"""Most lines of a plain page that are not sound, its title among them."""
_DATELINE = 2
"""Lead of a line that begins with a dateline."""


def plain(page: Page) -> bool:
    """Say whether a page is a title and whole paragraphs, of which the layout could make nothing else.

    No line but the first may be a headline, belong to another article or go on in the next; only of a page that
    :func:`tell` has seen is it known.
    """
    found: bool = page.cache.get("layout.plain", False)
    return found


def tell(lines: Lines) -> None:
    """Note which pages are plain: what can be asked of the lines of all of them at once is asked first."""
    may, cut = _may_be(lines), np.zeros(len(lines.pages), np.bool_)
    chosen = np.flatnonzero(may)
    cut[chosen] = may_stop(lines, chosen)
    for page, *told, apart in zip(lines.pages, *(of.tolist() for of in (may, cut, _loose(lines))), strict=True):
        page.cache["layout.plain"] = _plain(page, *told)
        page.cache["layout.loose"] = apart


def loose(page: Page) -> bool:
    """Say whether white space other than one line feed stands between two paragraphs of a plain page."""
    found: bool = page.cache["layout.loose"]
    return found


def _loose(lines: Lines) -> Flags:
    """Say on which pages two lines below the first have something other than one line feed between them."""
    apart = np.ones(len(lines.texts), np.bool_)
    apart[1:] = (lines.starts[1:] != lines.ends[:-1] + 1) | (lines.codes[lines.ends[:-1]] != ord("\n"))
    # what stands above the first two lines of a page is none of it
    apart[lines.firsts] = apart[np.minimum(lines.firsts + 1, lines.lasts - 1)] = False
    return np.asarray(np.logical_or.reduceat(apart, lines.firsts))


def _may_be(lines: Lines) -> Flags:
    """Say on which pages few lines are not sound, the first among them, and none below it is cut or repeats another."""
    odd = ~lines.sound
    below = np.ones(len(odd), np.bool_)
    below[lines.firsts] = False
    # the line below a title may begin with it: then it is one although it is a sentence
    again = np.array([False, *map(str.startswith, lines.texts[1:], lines.texts)])
    against = below & (again | (odd & lines.cut))
    few = (lines.sizes > 1) & (np.add.reduceat(odd, lines.firsts, dtype=np.int64) <= _ODD)
    return np.asarray(odd[lines.firsts] & few & ~np.logical_or.reduceat(against, lines.firsts))


def _plain(page: Page, may: bool, cut: bool) -> bool:
    """Say whether a page that may be plain is; ``cut``: a title of an unspaced script may stop inside a sentence."""
    title = shape_at(page, 0) if may else None
    if title is None or title.role is not Role.HEAD or scrap(page, 0):
        return False
    sound: list[bool] = page.cache["layout.sound"]
    if not all(known or _whole(page, line) for line, known in enumerate(sound) if line):
        return False
    asked = cut if undecided(title) else title.stop > 0
    return not (asked and stops(page, title, shape_at(page, 1))) and not sheet(page) and not enumerated(page)


def _whole(page: Page, line: int) -> bool:
    """Say whether a line that is not sound is text that neither goes on in the next nor opens or closes a report."""
    here = shape_at(page, line)
    whole = here.role is Role.BODY and not here.stop and here.lead < _DATELINE and not here.ended
    return whole and page.lines[line].text[-1] not in ")）"

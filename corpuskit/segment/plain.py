"""Pages that are one clean article, a title above whole paragraphs: most pages, on which there is little to decide."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from corpuskit.core.codes import members, members_of
from corpuskit.core.page import Line, Page
from corpuskit.segment.boundaries import brief, titled_text
from corpuskit.segment.digests import ITEM, MARKED, series
from corpuskit.segment.headlines import tabular
from corpuskit.segment.roles import scrap, shape_at, shape_of_top, stops, undecided
from corpuskit.segment.shapes import Cast, Role
from corpuskit.segment.sheets import sheet
from corpuskit.segment.sound import Ints, Lines
from corpuskit.segment.starts import OPENERS, enumerated
from corpuskit.segment.titles import noted
from corpuskit.segment.tops import may_stop, titled

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
    each = (may, cut, titled(lines), _odd(lines) > 1, _marked(lines), _loose(lines))
    for page, here, *told, apart in zip(lines.pages, *(of.tolist() for of in each), strict=True):
        page.cache["layout.plain"] = here and _plain(page, *told)
        page.cache["layout.loose"] = apart


def settled(page: Page, roles: Sequence[Cast]) -> bool:
    """Say whether a page turns out to be plain once it is known what each line is, and note it.

    Not every line that ends no sentence is cut: rhymes, sums and lists are not.
    """
    text = all(here.role is Role.BODY and not here.dangling for here in roles[1:])
    found = (
        text
        and titled_text(roles) == [0]
        and not (brief(roles) or series(page) or _closes(page.lines[-1]) or _titleless(page))
    )
    page.cache["layout.plain"] = found = found and not sheet(page)
    return found


def _titleless(page: Page) -> bool:
    """Say whether a headline is no title: a row of a table, or a note."""
    return noted(page, 0) or tabular(page.lines[0].text)


def _closes(line: Line) -> bool:
    """Say whether a line ends as one does that closes with a source tag or a signature."""
    return line.text[-1] in ")）"


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
    few = (lines.sizes > 1) & (_odd(lines) <= _ODD)
    return np.asarray(odd[lines.firsts] & few & ~np.logical_or.reduceat(against, lines.firsts))


def _odd(lines: Lines) -> Ints:
    """Return how many lines of each page are not sound."""
    return np.asarray(np.add.reduceat(~lines.sound, lines.firsts, dtype=np.int64))


def _marked(lines: Lines) -> Flags:
    """Say which pages may have paragraphs that are :func:`enumerated`, or a :func:`series`."""
    long = lines.ends - lines.starts >= ITEM
    opened = _marks().take(lines.codes[lines.starts], mode="clip") & long
    return np.asarray(np.add.reduceat(opened, lines.firsts, dtype=np.int64) >= MARKED)


@cache
def _marks() -> Flags:
    """Return which characters may be a mark, or begin one: all but letters, as far as these stand together."""
    letters = members(*((ord(low), ord(high)) for low, high in ("AZ", "az", "ぁゖ", "ァヺ", "一鿿", "가힣")))
    return ~letters | members_of(OPENERS)


def _plain(page: Page, cut: bool, titled: bool, odd: bool, marked: bool) -> bool:
    """Say whether a page that may be plain is.

    A title of an unspaced script may stop inside a sentence (``cut``), or be known for one (``titled``), lines besides
    it may not be sound (``odd``), and paragraphs may be numbered from 1 on.
    """
    if scrap(page, 0) or not ((titled and not cut) or _headed(page, cut)):
        return False
    sound: list[bool] = page.cache["layout.sound"]
    if odd and not all(known or _whole(page, line) for line, known in enumerate(sound) if line):
        return False
    return not (sheet(page) or (marked and (enumerated(page) or series(page))))


def _headed(page: Page, cut: bool) -> bool:
    """Say whether the first line is a headline that does not stop inside a sentence."""
    title = shape_of_top(page)
    asked = cut if undecided(title) else title.stop > 0
    return title.role is Role.HEAD and not (asked and stops(page, title, shape_at(page, 1)))


def _whole(page: Page, line: int) -> bool:
    """Say whether a line that is not sound is text that neither goes on in the next nor opens or closes a report."""
    here = shape_at(page, line)
    whole = here.role is Role.BODY and not here.stop and here.lead < _DATELINE and not here.ended
    return whole and not _closes(page.lines[line])

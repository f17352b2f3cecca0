"""Who wrote a text: names that stand in a line by themselves, above it, amid it or below it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, takewhile

from corpuskit.core.late import late
from corpuskit.core.lexicon import forms
from corpuskit.core.page import Char, Page
from corpuskit.segment.headlines import person, unworded
from corpuskit.segment.shapes import Cast, Role, ends
from corpuskit.segment.sheets import sheet

VERSE = 18
"""Characters below which lines of one length may be verse."""
_POEM = 12
"""Lines of a poem among which its author is not named again."""
_LONGEST = 20
"""Most characters of a name with an office before it."""
_OFFICE = late(
    r"(?!第)[\u4e00-\u9fff][^，。！？：:、“”]{1,15}(?<![一二三四五六七八九十])[ \u3000]+[\u4e00-\u9fff]{2,3}"
)
"""How a name stands behind an office."""
_COLUMN = 9
"""Least characters of a line of text in a newspaper's column."""
_SHORT = 3
"""Characters of a name at most, but for those with a family name of two."""
_CELLS = late(r"\d|[ \u3000]{2}|\t|[ \u3000].{0,8}[元斤角折]")
"""What rows of a list have: figures, cells, prices."""
_BRACKETED = late(r"[（(〔][^（(）)〕。！？]{2,22}[)）〕]")
_SPOKEN = 20
"""Characters below which a line may be what somebody says in a play."""
_SEVERAL = 3
"""Lines of a page in brackets that are several."""
_NEAR = 200
"""Lines that are looked back for a paragraph: keeps long pages linear."""


def signature(page: Page, alone: Sequence[Cast], index: int) -> bool:
    """Say whether a line of a newspaper is somebody's name that closes the text above it.

    It stands in brackets, or has an office or a place before it and a headline below; a bare name may be a headline.
    """
    here, text = alone[index], page.lines[index].text
    if alone[index - 1].role is not Role.BODY or here.size > _LONGEST:
        return False
    named, within = text.strip("（()） "), text[0] in "（("
    headed = any(below.role is Role.HEAD for below in alone[index + 1 : index + 2])
    apart = within or (len(named.split()) > 1 and headed)
    return apart and ends(page.lines[index - 1].text) and person(named) and sheet(page)


def closing(page: Page, alone: Sequence[Cast], index: int) -> bool:
    """Say whether a line that stands whole in brackets below the end of a sentence tells where the text comes from.

    So it does on a newspaper's page and where several do, unless text follows, or what stands above is as short as what
    is said in a play: that may be a direction of it.
    """
    above = alone[index - 1]
    if above.role is not Role.BODY or above.size < _SPOKEN or not _within(page, index):
        return False
    if not ends(page.lines[index - 1].text):
        return False
    if any(below.role is Role.BODY and not below.numbered for below in alone[index + 1 : index + 2]):
        return False
    several = page.once("lines in brackets", lambda: sum(_within(page, at) for at in range(len(page.lines))))
    return several >= _SEVERAL or sheet(page)


def _within(page: Page, index: int) -> bool:
    return page.lines[index].text[0] in "（(〔" and _BRACKETED.fullmatch(page.lines[index].text) is not None


def poet(page: Page, alone: Sequence[Cast], index: int) -> bool:
    """Say whether a line of a newspaper is a bare name between the title of a poem and its lines."""
    below = alone[index + 1 : index + 4]
    if alone[index - 1].role is not Role.HEAD or not all(one.role is Role.HEAD and one.size < VERSE for one in below):
        return False
    above = [one.role for one in alone[max(0, index - 3) : index - 1]]
    if len(below) < 3 or above == [Role.HEAD, Role.HEAD]:
        return False
    run = takewhile(lambda role: role in (Role.HEAD, Role.BYLINE), (one.role for one in alone[index - 1 :: -1]))
    if Role.BYLINE in islice(run, _POEM) or page.counts[index][Char.FUNCTION]:
        return False
    # the title may look like a name as well
    text, following = page.lines[index].text, page.lines[index + 1].text
    if _named(following) or _officer(following):
        return False
    return (_named(text) or (_officer(text) and not _rows(page, index))) and sheet(page)


def author(page: Page, alone: Sequence[Cast], index: int) -> bool:
    """Say whether a line between a headline and its first paragraph is a bare name, or one behind an office."""
    before, here, after = alone[index - 1], alone[index], alone[index + 1]
    if here.role is not Role.HEAD or before.role is not Role.HEAD or after.role is not Role.BODY:
        return False
    if before.size < 4 or after.size < 30:
        return after.size >= _COLUMN and _columnist(page, index)
    text = page.lines[index].text
    if not _named(text):
        return here.size <= _LONGEST and _officer(text)
    # inside an article a short line is a cross-head, unless it begins with the name of a family
    inside = any(cast.role is Role.BODY and cast.size >= 30 for cast in alone[max(0, index - _NEAR) : index - 1])
    return not inside or forms("roles")["surname"].match(text) is not None or _columnist(page, index)


def _columnist(page: Page, index: int) -> bool:
    """Say whether a line below a headline of a newspaper is a name that the text below does not hold.

    A title of one word, as that of a notice, comes again below it, or stands under the rows of a list.
    """
    text, above = page.lines[index].text, page.lines[index - 1].text
    if len(text) > _SHORT and forms("roles")["surname"].match(text) is None and not _officer(text):
        return False
    if _rows(page, index) or person(above) or ends(above) or above[-1] in "]】":
        return False
    if len(above) <= _SHORT and _named(above):
        return False
    below = "".join(line.text for line in page.lines[index + 1 : index + 4])
    return (_named(text) or _officer(text)) and text not in below and sheet(page)


def _rows(page: Page, index: int) -> bool:
    """Say whether a line stands under the row of a list: under figures, or parts set apart."""
    return _CELLS.search(page.lines[index - 1].text) is not None


def _officer(text: str) -> bool:
    """Say whether a line is a name with an office before it."""
    if _OFFICE.fullmatch(text) is None:
        return False
    last = text.split()[-1]
    return person(text) or (len(last) == _SHORT and unworded(last[:2]))


def _named(text: str) -> bool:
    """Say whether a line is a bare name."""
    return forms("roles")["name"].fullmatch(text) is not None and unworded(text)

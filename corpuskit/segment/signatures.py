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
_NEAR = 200
"""Lines that are looked back for a paragraph: keeps long pages linear."""


def signature(page: Page, alone: Sequence[Cast], index: int) -> bool:
    """Say whether a line of a newspaper is somebody's name that closes the text above it, with a headline below.

    It stands in brackets, or has an office or a place before it; a bare name may be a headline.
    """
    here, text = alone[index], page.lines[index].text
    if alone[index - 1].role is not Role.BODY or here.size > _LONGEST or alone[index + 1].role is not Role.HEAD:
        return False
    named = text.strip("（()） ")
    apart = text[0] in "（(" or len(named.split()) > 1
    return apart and ends(page.lines[index - 1].text) and person(named) and sheet(page)


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
    following = page.lines[index + 1].text
    return _named(page.lines[index].text) and not (_named(following) or _officer(following)) and sheet(page)


def author(page: Page, alone: Sequence[Cast], index: int) -> bool:
    """Say whether a line between a headline and its first paragraph is a bare name, or one behind an office."""
    before, here, after = alone[index - 1], alone[index], alone[index + 1]
    if here.role is not Role.HEAD or before.role is not Role.HEAD or before.size < 4 or after.size < 30:
        return False
    text = page.lines[index].text
    if after.role is not Role.BODY:
        return False
    if not _named(text):
        return here.size <= _LONGEST and _officer(text)
    # inside an article a short line is a cross-head, unless it begins with the name of a family
    inside = any(cast.role is Role.BODY and cast.size >= 30 for cast in alone[max(0, index - _NEAR) : index - 1])
    return not inside or forms("roles")["surname"].match(text) is not None


def _officer(text: str) -> bool:
    """Say whether a line is a name with an office before it."""
    return _OFFICE.fullmatch(text) is not None and person(text)


def _named(text: str) -> bool:
    """Say whether a line is a bare name."""
    return forms("roles")["name"].fullmatch(text) is not None and unworded(text)

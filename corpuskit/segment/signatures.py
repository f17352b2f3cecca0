"""Who wrote a text, where the name stands below it."""

from __future__ import annotations

from collections.abc import Sequence

from corpuskit.core.page import Page
from corpuskit.segment.headlines import person
from corpuskit.segment.shapes import Cast, Role, ends
from corpuskit.segment.sheets import sheet

_LONGEST = 20
"""Most characters of a name with an office before it."""


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

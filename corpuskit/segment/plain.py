"""Pages that are one clean article, a title above whole paragraphs: most pages, on which there is little to decide."""

from __future__ import annotations

from collections.abc import Iterator

from corpuskit.core.page import Page
from corpuskit.segment.roles import scrap, shape_at, stops
from corpuskit.segment.shapes import Role
from corpuskit.segment.sheets import sheet
from corpuskit.segment.starts import enumerated

_ODD = 6
"""Most lines of a plain page that are not sound, its title among them."""
_DATELINE = 2
"""Lead of a line that begins with a dateline."""


def plain(page: Page) -> bool:
    """Say whether a page is a title and whole paragraphs, of which the layout could make nothing else.

    No line but the first may be a headline, belong to another article or go on in the next; only of a page that
    :func:`corpuskit.segment.sound.look` has seen is it known.
    """
    return page.once("layout.plain", lambda: _plain(page))


def _plain(page: Page) -> bool:
    sound: list[bool] = page.cache.get("layout.sound", [])
    odd = [line for line, known in enumerate(sound) if not known]
    if odd[:1] != [0] or len(odd) > _ODD or len(sound) == 1 or scrap(page, 0) or any(_repeated(page)):
        return False
    title = shape_at(page, 0)
    if title.role is not Role.HEAD or not all(_whole(page, line) for line in odd[1:]):
        return False
    return not (title.stop and stops(page, title, shape_at(page, 1))) and not sheet(page) and not enumerated(page)


def _whole(page: Page, line: int) -> bool:
    """Say whether a line that is not sound is text that neither goes on in the next nor opens or closes a report."""
    here = shape_at(page, line)
    whole = here.role is Role.BODY and not here.stop and here.lead < _DATELINE and not here.ended
    return whole and page.lines[line].text[-1] not in ")）"


def _repeated(page: Page) -> Iterator[bool]:
    """Yield for each line whether the one below it begins with it: it may be a title although it is a sentence."""
    texts = [line.text for line in page.lines]
    yield from map(str.startswith, texts[1:], texts)

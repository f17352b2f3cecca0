"""Pages that are one clean article, a title above whole paragraphs: most pages, on which there is little to decide."""

from __future__ import annotations

from collections.abc import Iterator

from corpuskit.core.page import Page
from corpuskit.segment.roles import scrap, stops
from corpuskit.segment.shapes import Role, shape_of, sound_of
from corpuskit.segment.sheets import sheet


def plain(page: Page) -> bool:
    """Say whether a page is a title and sound lines, of which no other step of the layout could make anything else.

    No line but the first may be a headline, belong to another article or go on in the next; only of a page that
    :func:`corpuskit.segment.sound.look` has seen is it known.
    """
    return page.once("layout.plain", lambda: _plain(page))


def _plain(page: Page) -> bool:
    sound: list[bool] = page.cache.get("layout.sound", [])
    if sound[:1] != [False] or sound.count(False) > 1 or len(sound) == 1:
        return False
    if scrap(page, 0) or any(_repeated(page)):
        return False
    (line, then), (count, after) = page.lines[:2], page.counts[:2]
    title, below = shape_of(line, count, bare=page.cache["layout.bare"][0]), sound_of(then, after)
    if title.role is not Role.HEAD or (title.stop and stops(page, title, below)):
        return False
    return not sheet(page)


def _repeated(page: Page) -> Iterator[bool]:
    """Yield for each line whether the one below it begins with it: it may be a title although it is a sentence."""
    texts = [line.text for line in page.lines]
    yield from map(str.startswith, texts[1:], texts)

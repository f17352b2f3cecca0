"""Articles too short to be one: what is left of a page whose article was never there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Annotated, ClassVar

from msgspec import Meta

from corpuskit.core.edit import Drop, Proposal
from corpuskit.core.lexicon import Finder, fold
from corpuskit.core.page import Char, Page
from corpuskit.core.stage import Stage
from corpuskit.segment.shapes import ends


class TooShort(Stage, frozen=True):
    """Refuse an article that has too few characters, or no sentence and little more."""

    name: ClassVar[str] = "too_short"
    rules: ClassVar[dict[str, str]] = {
        "too_short.article": "fewer characters than the least an article may have",
        "too_short.fragment": "a few lines without a single sentence",
    }
    example: ClassVar[tuple[str, str]] = ("下一页", "")

    min_chars: Annotated[int, Meta(ge=0)] = 12
    """Least characters, white space not counted."""
    fragment_chars: Annotated[int, Meta(ge=0)] = 40
    """Least characters of an article in which nothing ends a sentence."""

    def propose(self, page: Page) -> Iterable[Proposal]:
        """Return one drop, or nothing."""
        if len(page.text) >= 8 * max(self.min_chars, self.fragment_chars):
            return
        size = sum(map(len, page.text.split()))
        if size < self.min_chars:
            yield Drop("too_short.article", 1.0, f"{size} characters, least is {self.min_chars}")
        elif size < self.fragment_chars and not any(ends(line.text) for line in page.lines) and not _verse(page):
            yield Drop("too_short.fragment", 0.8, f"{size} characters and no sentence")


def _verse(page: Page) -> bool:
    """Say whether a few lines could be a poem: three at least, of words alone, and none of them furniture's.

    A line of verse may be a single word, the lines of a menu all are.
    """
    sizes = [sum(count) - count[Char.SPACE] for count in page.counts]
    words = not any(count[kind] for count in page.counts for kind in _UNSAID)
    long = min(sizes) >= _WORDS or (min(sizes) >= _WORD and sum(sizes) >= _WORDS * len(sizes) and len(sizes) >= _MANY)
    if len(sizes) < 3 or not (words and long and max(sizes) <= 24):
        return False
    return all(hit.end - hit.start < _WORD for hit in _furniture().find(fold(page.text)))


_WORD, _WORDS, _MANY = 2, 4, 6
"""Least characters of a line of verse, of all of them on average, and lines from which one may be so short."""
_UNSAID = (Char.DIGIT, Char.LATIN, Char.RULE, Char.WIDE, Char.SYMBOL, Char.BRACKET)
"""What verse has none of and menus have."""


@cache
def _furniture() -> Finder:
    return Finder("chrome")

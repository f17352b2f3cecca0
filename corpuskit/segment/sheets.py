"""Whether a page is the page of a newspaper or a journal, by its head."""

from __future__ import annotations

from corpuskit.core.lexicon import holds, narrow
from corpuskit.core.page import Page

_HEAD, _LINES = 300, 3
"""Characters of the source, and lines of what is left of it, in which the head of a sheet stands."""
_ROWS = 3
"""Lines in which it stands together."""
_ENOUGH = 3
"""Kinds of things besides the date that only the head of a sheet has together."""


def sheet(page: Page) -> bool:
    """Say whether the head of a page is that of a newspaper: by one form that nothing else has, or by several."""
    return page.once("newspaper", lambda: holds("roles", "newspaper", head(page)) or _masthead(head(page)))


def head(page: Page) -> str:
    """Return the head of a page, as the source has it and as it is left."""
    return page.once("head of the page", lambda: _head(page))


def _head(page: Page) -> str:
    return narrow("\n".join(line.text for line in page.lines[:_LINES]) + "\n" + page.source.text[:_HEAD])


def _masthead(text: str) -> bool:
    """Say whether lines of a head that stand together make it up: a paper sets its name, the day and the number so."""
    if not _made_up(text):
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    return any(_made_up("\n".join(lines[at : at + _ROWS])) for at in range(max(1, len(lines) - _ROWS + 1)))


def _made_up(text: str) -> bool:
    """Say whether a head names the paper or its editor, the day, and the number of the issue or the page.

    A site shows its name and the day as well, but neither issues nor pages.
    """
    others = sum(holds("roles", f"sheet_{kind}", text) for kind in ("name", "editor", "day", "price"))
    if not others or not any(holds("roles", dated, text) for dated in ("date", "sheet_day", "sheet_year")):
        return False
    numbered = sum(holds("roles", f"sheet_{kind}", text) for kind in ("issue", "page"))
    return numbered > 0 and numbered + others >= _ENOUGH

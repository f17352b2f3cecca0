"""Whether a page is the page of a newspaper or a journal, by its head."""

from __future__ import annotations

from collections.abc import Iterable

from corpuskit.core.lexicon import holds, narrow
from corpuskit.core.page import Page

_HEAD, _LINES = 300, 3
"""Characters of the source, and lines of what is left of it, in which the head of a sheet stands."""
_FAR = 12
"""Lines of what is left of a page in which a masthead stands below the end of an article."""
_ROWS = 3
"""Lines in which it stands together."""
_ENOUGH, _UNDATED = 3, 4
"""Kinds of things besides the date that only the head of a sheet has together; of one that shows no date."""
_ONE_LINE = 80
"""Most characters of a masthead of one line: the name, the day and the number of the page."""


def sheet(page: Page) -> bool:
    """Say whether the head of a page is that of a newspaper: by one form that nothing else has, or by several."""
    return page.once("newspaper", lambda: holds("roles", "newspaper", head(page)) or _masthead(_lines(page)))


def head(page: Page) -> str:
    """Return the head of a page, as the source has it and as it is left."""
    return narrow("\n".join(line.text for line in page.lines[:_LINES]) + "\n" + page.source.text[:_HEAD])


def _lines(page: Page) -> list[str]:
    """Return the lines in which a masthead may stand: those of the source's head, then those that are left."""
    below = "\n".join(line.text for line in page.lines[:_FAR] if len(line.text) <= _ONE_LINE)
    return [line for line in f"{narrow(page.source.text[:_HEAD])}\n{narrow(below)}".split("\n") if line.strip()]


def _masthead(lines: list[str]) -> bool:
    """Say whether lines that stand together make up a head: a paper sets its name, the day and the number so."""
    text = "\n".join(lines)
    if not any(holds("roles", f"sheet_{kind}", text) for kind in ("issue", "page")):
        return False
    return any(_made_up("\n".join(lines[at : at + _ROWS])) for at in range(len(lines))) or any(map(_row, lines))


def _made_up(text: str) -> bool:
    """Say whether a head names the paper or its editor, the day, and the number of the issue or the page.

    A site shows its name and the day as well, but neither issues nor pages.
    """
    numbered = _kinds(text, ("issue", "page"))
    if not numbered:
        return False
    return numbered + _kinds(text, ("name", "editor", "day", "price")) >= (_ENOUGH if _dated(text) else _UNDATED)


def _row(line: str) -> bool:
    """Say whether one line alone is a masthead: the name of the paper, the number of its page and the date."""
    return len(line) <= _ONE_LINE and _kinds(line, ("name", "page")) == 2 and _dated(line)


def _kinds(text: str, kinds: Iterable[str]) -> int:
    return sum(holds("roles", f"sheet_{kind}", text) for kind in kinds)


def _dated(text: str) -> bool:
    return any(holds("roles", form, text) for form in ("date", "sheet_day", "sheet_year"))

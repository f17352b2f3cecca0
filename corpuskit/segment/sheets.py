"""Whether a page is the page of a newspaper or a journal, by its head."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress

import numpy as np
import numpy.typing as npt

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
"""Most characters of a masthead of one line."""
_KINDS = ("issue", "page", "name", "editor", "day", "price")
FORMS = ("newspaper", *(f"sheet_{kind}" for kind in _KINDS))
"""Forms of which one has to be held by the head of every sheet."""
_NUMBERED = frozenset({"issue", "page"})
"""Kinds of which a head has one."""
_ALONE = (
    frozenset({"name", "page", "date"}),
    frozenset({"name", "page", "issue"}),
    frozenset({"editor", "page", "date"}),
)
"""Kinds that make one line alone a head."""


def sheet(page: Page) -> bool:
    """Say whether the head of a page is that of a newspaper: by one form that nothing else has, or by several."""
    return page.once("newspaper", lambda: _sheet(page))


def _sheet(page: Page) -> bool:
    may: frozenset[str] = page.cache.get("layout.sheet", frozenset(FORMS))
    named = "newspaper" in may and holds("roles", "newspaper", head(page))
    return named or _masthead(page, [kind for kind in _KINDS if f"sheet_{kind}" in may])


def note(pages: Sequence[Page], held: npt.NDArray[np.bool_]) -> None:
    """Leave for each of some pages what its head may hold, or that it is none of a sheet.

    ``held`` says which of :data:`FORMS` each may hold, shape (forms, pages).
    """
    kinds = dict(zip(FORMS, held, strict=True))
    number, name = kinds["sheet_issue"] | kinds["sheet_page"], kinds["sheet_name"]
    # the day may stand in any of them
    alone = (name | kinds["sheet_editor"]) & kinds["sheet_page"]
    made_up = (number & (held[1:].sum(axis=0) >= _ENOUGH)) | alone
    for page, may_be, may in zip(pages, (kinds["newspaper"] | made_up).tolist(), held.T.tolist(), strict=True):
        if may_be:
            page.cache["layout.sheet"] = frozenset(compress(FORMS, may))
        else:
            page.cache["newspaper"] = False


def head(page: Page) -> str:
    """Return the head of a page, as the source has it and as it is left."""
    return page.once("head of the page", lambda: _head(page))


def _head(page: Page) -> str:
    return narrow("\n".join(line.text for line in page.lines[:_LINES]) + "\n" + page.source.text[:_HEAD])


def _lines(page: Page) -> list[str]:
    """Return the lines in which a masthead may stand: those of the source's head, then those that are left."""
    below = "\n".join(line.text for line in page.lines[:_FAR] if len(line.text) <= _ONE_LINE)
    return [line for line in narrow(f"{page.source.text[:_HEAD]}\n{below}").split("\n") if line.strip()]


def whole(page: Page) -> str:
    """Return all of a page in which anything is looked for, as it stands, each line between line breaks."""
    held = [text for at, (_, _, text) in enumerate(page.lines[:_FAR]) if at < _LINES or len(text) <= _ONE_LINE]
    return "\n".join(["", page.source.text[:_HEAD], *held, ""])


def _masthead(page: Page, kinds: Sequence[str]) -> bool:
    """Say whether lines that stand together make up a head: a paper sets its name, the day and the number so.

    Only some kinds of things may stand there.
    """
    may = frozenset({*kinds, "date"})
    if not (_made_up(may) or any(may >= row for row in _ALONE)):
        return False
    lines = _lines(page)
    if not _held([kind for kind in kinds if kind in _NUMBERED], "\n".join(lines)):
        return False
    shown = [_shown(kinds, f"{line}\n") for line in lines]
    together = (frozenset[str]().union(*shown[at : at + _ROWS]) for at in range(len(lines)))
    alone = [held for line, held in zip(lines, shown, strict=True) if len(line) <= _ONE_LINE]
    return any(map(_made_up, together)) or any(row <= held for held in alone for row in _ALONE)


def _made_up(shown: frozenset[str]) -> bool:
    """Say whether a head names the paper or its editor, the day, and the number of the issue or the page.

    A site shows its name and the day as well, but neither issues nor pages.
    """
    dated = "date" in shown
    return bool(_NUMBERED & shown) and len(shown) - dated >= (_ENOUGH if dated else _UNDATED)


def _shown(kinds: Iterable[str], text: str) -> frozenset[str]:
    """Return of which of some kinds something stands in a text; ``date``: any date at all."""
    held = _held(kinds, text)
    dated = "day" in held or any(holds("roles", form, text) for form in ("date", "sheet_year"))
    return held | {"date"} if dated else held


def _held(kinds: Iterable[str], text: str) -> frozenset[str]:
    """Return of which of some kinds something stands in a text."""
    return frozenset(kind for kind in kinds if holds("roles", f"sheet_{kind}", text))

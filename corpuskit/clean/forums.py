"""Whether a page, or its title, calls itself a forum."""

from __future__ import annotations

import re

from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page

_EDGE = 12
"""Lines at either end of a page that tell what it is."""
_PARTS = re.compile(r"[-_|｜丨–—»>›·\[\]【】()（）\t]|::| : ")
_ENDED = re.compile(r"[A-Za-z]{0,3}\W*")
_NAME = 24
"""Characters of a forum's name that stands first."""


def calls_itself_forum(page: Page) -> bool:
    """Say whether the first or last lines of a page speak of a forum."""
    forum = forms("elements")["forum"]
    edges = (*page.lines[:_EDGE], *page.lines[-_EDGE:])
    return any(len(line.text) <= 40 and forum.search(line.text) is not None for line in edges)


def names_forum(text: str) -> bool:
    """Say whether a title names a forum: at the end of a part, for headlines speak of them.

    >>> names_forum("新桥 - 渡口论坛"), names_forum("江河治理论坛在渡口开幕")
    (True, False)
    """
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    return any(
        _ENDED.fullmatch(part, found.end()) is not None and (at > 0 or len(part) <= _NAME)
        for at, part in enumerate(parts)
        for found in forms("elements")["forum"].finditer(part)
    )

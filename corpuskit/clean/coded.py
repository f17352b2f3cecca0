"""Lines of program text that a page shows: what spam they hold is quoted, since spam is not written by programs."""

from __future__ import annotations

import re

from corpuskit.core.page import Page

_LINE = re.compile(
    r"[;{]\s*$|^\s*(?:\}|\$ \S|(?:if|for|while|def|echo|curl|import|return|sudo|grep|cat|print|var|let)\b)"
)
"""What a line of a program ends or begins with."""
_SHOWN = re.compile(r"</?[a-z!][^<>]{0,80}>|[\w\])]\s*=\s*[\"'\[({]|[;{}]\s*$", re.I)
"""Mark-up, an assignment, an end of a statement."""
_EASTERN = re.compile("[\u3040-\ud7a3]")
_PROGRAM = 3
"""Lines of programs that a page about programs has at least; injected mark-up has none."""
_LONGEST = 300


def coded(page: Page) -> list[int]:
    """Return which lines are program text, on a page that shows programs."""
    if sum(_is_program(line.text) for line in page.lines) < _PROGRAM:
        return []
    return [i for i, line in enumerate(page.lines) if len(line.text) <= _LONGEST and _SHOWN.search(line.text)]


def _is_program(text: str) -> bool:
    return len(text) <= _LONGEST and _LINE.search(text) is not None and not _EASTERN.search(text)

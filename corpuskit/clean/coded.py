"""Program text that a page shows: how much of it there is, and which lines.

What spam such lines hold is quoted, since spam is not written by programs.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from corpuskit.core.late import late
from corpuskit.core.page import Page

_LINE = late(r"[;{]\s*$|^\s*(?:\}|\$ \S|(?:if|for|while|def|echo|curl|import|return|sudo|grep|cat|print|var|let)\b)")
"""What a line of a program ends or begins with."""
_SHOWN = late(r"</?[a-z!][^<>]{0,80}>|[\w\])]\s*=\s*[\"'\[({]|[;{}]\s*$", re.I)
"""Mark-up, an assignment, an end of a statement."""
_MARKS = late(r"[/_={}()<>\[\];#$`\\|&*+]")
_EASTERN = late("[\u3040-\ud7a3]")
_PROGRAM = 3
"""Lines of programs that a page about programs has at least; injected mark-up has none."""
_LONGEST, _MARKED = 300, 200
"""Characters of a line that is looked at, and of one whose marks are counted, at most."""


def program_marks(page: Page) -> npt.NDArray[np.float32]:
    """Return the share of marks that programs and paths are written with, of each line without Han, shape (lines,)."""
    return page.once("program marks", lambda: np.array([_share(line.text) for line in page.lines], np.float32))


def _share(text: str) -> float:
    if len(text) > _MARKED or _EASTERN.search(text):
        return 0.0
    return min(1.0, 4 * len(_MARKS.findall(text)) / max(8, len(text)))


def coded(page: Page) -> list[int]:
    """Return which lines are program text, on a page that shows programs; looked for once."""
    return page.once("coded", lambda: _coded(page))


def _coded(page: Page) -> list[int]:
    if sum(_is_program(line.text) for line in page.lines) < _PROGRAM:
        return []
    return [i for i, line in enumerate(page.lines) if can_be_code(line.text)]


def can_be_code(text: str) -> bool:
    """Say whether a line is program text if its page shows programs."""
    return len(text) <= _LONGEST and _SHOWN.search(text) is not None


def _is_program(text: str) -> bool:
    # most lines show in a character or two that they are no program's
    return len(text) <= _LONGEST and not _EASTERN.search(text) and _LINE.search(text) is not None

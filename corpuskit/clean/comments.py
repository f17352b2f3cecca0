"""Comment sections under an article, and lists of answers under a post."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpuskit.clean.evidence import Evidence
from corpuskit.clean.forums import calls_itself_forum
from corpuskit.clean.frames import FIELD
from corpuskit.clean.stamps import FEW, Mark, ending, parted
from corpuskit.core.lexicon import fold, forms, terms
from corpuskit.core.page import Page

_EARLIER = 2
"""Times that an article may have of its own, above its comments."""
ARTICLE = 200
"""Characters of prose above a comment section that are plainly an article."""

_LEAST = 3
"""Posts under a line that announces them."""
_OPENING, _ROWS = 100, 0.7
"""Characters of prose above a list of answers, and the share of its lines that tell a time."""


def section(page: Page, found: list[Evidence], above: npt.NDArray[np.int64], marks: list[Mark]) -> range | None:
    """Return the lines of a comment section under an article; None where there is none."""
    before = 0
    for run in parted(page, found, marks):
        head = _comment_head(page, found, above, run, before)
        if head is not None:
            return range(head, ending(found, [mark for mark in run if mark.first > head]))
        before += len(run)
    return None


def _comment_head(
    page: Page, found: list[Evidence], above: npt.NDArray[np.int64], run: list[Mark], before: int
) -> int | None:
    """Return the line that opens a comment section, under what is plainly an article; None where there is none.

    Of several it is the last before the comments: a button may have the same words. ``above`` counts the characters
    of prose up to each line, ``before`` the marks up to the run.
    """
    if len(run) < _LEAST:
        return None
    out, most, passed = None, _EARLIER, 0
    for index in range(run[0].first if before else 0, run[-_LEAST].first):
        passed += passed < len(run) and run[passed].last <= index
        if passed > most:
            break
        if above[index] >= ARTICLE and found[index].size <= 40 and heads_comments(page.lines[index].text):
            out, most = index, passed
    return None if out is None or calls_itself_forum(page) else out


def answers(page: Page, found: list[Evidence], above: npt.NDArray[np.int64], marks: list[Mark]) -> range | None:
    """Return the lines of a list of answers, a title with its time each, under a line that announces them."""
    blocks = [mark for mark in marks if mark.last - mark.first >= _LEAST]
    if not blocks:
        return None
    first, last = blocks[0].first, blocks[-1].last
    told = sum(mark.last - mark.first for mark in marks if first <= mark.first < last)
    voice = forms("furniture")["voice"]
    heads = [i for i in range(max(0, first - 2), first) if found[i].size <= FIELD and not found[i].final]
    headed = [i for i in heads if voice.search(page.lines[i].text) or heads_comments(page.lines[i].text)]
    if not headed or above[first] < _OPENING or told < max(FEW, _ROWS * (last - first)):
        return None
    return range(headed[0], last)


def heads_comments(text: str) -> bool:
    """Say whether a line opens a comment section."""
    bare = fold(text).strip(" :：()（）[]【】>＞|0123456789条條")
    return bare in terms("comment_heads") or forms("furniture")["comments"].search(text) is not None

"""Whether an article shows the lines of a program that stand in it, or a template forgot them there."""

from __future__ import annotations

import re

from corpuskit.clean.evidence import Evidence
from corpuskit.core.page import Page

_NAME = re.compile("[A-Za-z_]{3,}")
_FEW = 2
"""Different Latin words that the Chinese sentences of any article may use."""
_HAN = 0.5


def shown(page: Page, found: list[Evidence], rules: list[str], index: int) -> bool:
    """Say whether the article shows its readers the line of code at ``index``: a colon leads to it, or it speaks of it.

    ``rules`` are those that judged each line. A page without Chinese sentences may speak of anything: its words are
    Latin all the same.
    """
    while index and rules[index] == "page_chrome.code":
        index -= 1
    if page.lines[index].text.rstrip().endswith((":", "：")):
        return True
    said = [line.text for line, e in zip(page.lines, found, strict=True) if e.prose and e.han > _HAN]
    return not said or len({name for text in said for name in _NAME.findall(text)}) > _FEW

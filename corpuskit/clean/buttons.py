"""Buttons in brackets on the ends of lines that stay: those to edit the sections of an encyclopaedia, above all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from corpuskit.clean.carriers import SURE
from corpuskit.clean.verdict import Verdict
from corpuskit.core.late import late
from corpuskit.core.lexicon import fold, terms
from corpuskit.core.page import Page
from corpuskit.core.span import Span

_BUTTON = late(r"\s*[\[【［]\s*([^\[\]【】［］]{2,20})\s*[\]】］]$")
CLOSE = "]】］"
_LONGEST = 60
"""Characters of a line that a button stands behind, with it."""
_AGAIN = 2
"""Lines that the same button stands behind, at least: once it may be a word of the article's."""


def buttons(page: Page, lines: Sequence[Verdict]) -> dict[int, tuple[Span, str]]:
    """Return the buttons behind lines of which no rule is sure, by line, and why: words of furniture that recur so.

    What stands before such a button is the head of a section.
    """
    out = {}
    for index in [i for i, line in enumerate(page.lines) if line.text[-1] in CLOSE and len(line.text) <= _LONGEST]:
        line, verdict = page.lines[index], lines[index]
        match = _BUTTON.search(line.text)
        unsure = verdict.score < SURE or verdict.rule == "page_chrome.line"
        if match is not None and match.start() and unsure and _is_furniture(match[1]):
            out[index] = match[1], Span(line.start + match.start(), line.end)
    times = Counter(text for text, _ in out.values())
    return {i: (span, f"{text!r} is a button") for i, (text, span) in out.items() if times[text] >= _AGAIN}


def _is_furniture(text: str) -> bool:
    return all(fold(item.strip()) in terms("chrome") for item in text.split("|"))

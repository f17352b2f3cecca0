"""What is said of a line, and how runs of lines become proposals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from corpuskit.core.edit import Edit, Flag, Proposal
from corpuskit.core.page import Page
from corpuskit.core.span import Span


class Verdict(NamedTuple):
    """How sure it is that a line is noise, by which rule, and why; an empty reason stands for the rule's own."""

    score: float
    rule: str
    reason: str = ""


NONE = Verdict(0.0, "")


QUIET = "quiet"
"""Whether a page is known to have no line of which lists or furniture say anything, in its cache."""


def quiet(page: Page) -> list[Verdict] | None:
    """Return the verdicts on a page's lines if it is known that neither lists nor furniture say anything of them."""
    return [NONE] * len(page.lines) if page.cache.get(QUIET) else None


def keys(page: Page) -> list[int | str]:
    """Return what tells each line from the page's others in every later draft: its place, or its text if repaired."""
    return page.once("keys", lambda: _keys(page))


def _keys(page: Page) -> list[int | str]:
    return [line.text if place is None else place for line, place in zip(page.lines, page.places, strict=True)]


def proposals(
    page: Page, lines: Sequence[Verdict], threshold: float, flag: float, rules: Mapping[str, str]
) -> Iterator[Proposal]:
    """Turn runs of lines with one verdict into a removal from ``threshold`` up, a flag from ``flag`` up."""
    if max([line.score for line in lines], default=0.0) < flag:
        return

    def key(index: int) -> tuple[bool, str, str]:
        score, rule, reason = lines[index]
        return (score >= threshold, rule, reason) if score >= flag else (False, "", "")

    for (gone, rule, reason), run in groupby(range(len(lines)), key):
        members = list(run)
        if not rule:
            continue
        first, last = members[0], members[-1] + 1
        score = min(lines[i].score for i in members)
        told = reason or f"{rules[rule]}: {page.lines[first].text[:24]!r}"
        if gone:
            yield Edit(page.block(first, last), "", rule, score, told)
        else:
            yield Flag(Span(page.lines[first].start, page.lines[last - 1].end), rule, score, told)

"""Which lines are one paragraph, and where text without a headline belongs."""

from __future__ import annotations

from collections.abc import Sequence

from corpuskit.core.cohesion import Cohesion
from corpuskit.core.page import Page
from corpuskit.core.pairs import pairs
from corpuskit.segment.boundaries import Part
from corpuskit.segment.roles import WRAPPED, Cast, Role, ends

_SURE = 2.2
"""Least fit of a line behind a box: without it nothing is taken out, since a box taken too long is lost text."""
_HOME = 0.0
"""Greatest distance, in nats a term, at which text without a headline goes home to an article."""


def place(parts: list[Part], cast: Sequence[Cast], cohesion: Cohesion) -> list[Part]:
    """Bring each part without a headline home to the article it continues.

    A part whose last line stops inside a sentence goes before the article's first paragraph, one that
    ends a sentence goes behind its last. What shares too little with every article stays on its own.
    """
    homes = [p for p in parts if p.heads]
    for part in [p for p in parts[1:] if not p.heads and p.lines]:
        distances = [cohesion.apart(part.lines, home.heads + home.lines) for home in homes]
        nearest = min(range(len(homes)), key=lambda i: distances[i], default=None)
        if nearest is None or distances[nearest] > _HOME:
            continue
        home = homes[nearest]
        if cast[part.lines[-1]].dangling:
            home.lines = part.lines + home.lines
        else:
            home.lines = home.lines + part.lines
        parts.remove(part)
    return parts


def boxes(page: Page, cast: Sequence[Cast], lines: Sequence[int]) -> set[int]:
    """Return the lines of boxes and captions' kin that stand inside a sentence.

    A box begins with its head right after a line that stops inside a sentence, and reaches up to the
    line that reads on from there: the first that is not a statement of the box.
    """
    out: set[int] = set()
    for place_, line in enumerate(lines):
        if cast[line].role is not Role.BOX or place_ == 0 or not cast[lines[place_ - 1]].dangling:
            continue
        body = _box_body(page, cast, lines, place_)
        out.update([line, *body] if body else [])
    return out


def _box_body(page: Page, cast: Sequence[Cast], lines: Sequence[int], head: int) -> list[int]:
    """Choose how many lines the box has: the cut sentence must read on at the line behind it."""
    cut = page.lines[lines[head - 1]].text
    best, reach = _SURE, 0
    for count in range(1, min(6, len(lines) - head - 1)):
        after = lines[head + 1 + count]
        if cast[after].role is not Role.BODY:
            continue
        fit = _reads_on(cut, page.lines[after].text, cast[after]) - 0.3 * count
        fit += 1.0 if ends(page.lines[lines[head + count]].text) else 0.0
        if fit > best:
            best, reach = fit, count
    return list(lines[head + 1 : head + 1 + reach])


def _reads_on(cut: str, head: str, cast: Cast) -> float:
    """Score how well a line reads on from one that stops inside a sentence."""
    if head[0] in "，。、；：！？,.;:!?”’）)」』》":
        return 6.0
    labelled = any(mark in head[:8] for mark in "：:")
    return 3.0 * (pairs().bond(cut[-1], head[0]) >= 4) - 3.0 * labelled - 1.5 * (cast.lead > 0)


def joined(page: Page, cast: Sequence[Cast], before: int, after: int) -> str | None:
    """Return what stands between two lines that are one paragraph: nothing or a blank; None if they are two."""
    left, right = page.lines[before].text, page.lines[after].text
    if cast[before].stop >= WRAPPED and after == before + 1:
        return _between(left, right)
    if not cast[before].dangling or cast[before].role is not Role.BODY or cast[after].role is not Role.BODY:
        return None
    if cast[after].lead == 2 or cast[after].numbered:
        return None
    if (left[-1].isascii() and left[-1].isalpha()) or left[-1] in ",-":
        return _latin(left, right)
    ends = right[-1] in "。！？!?…”’」』）).：:；;" or cast[after].dangling or cast[after].size < 30
    return "" if ends else None


def _between(left: str, right: str) -> str:
    """Return what stands between two halves of a line that was cut at the width of the page."""
    spaced = (left[-1] < "\u2e80" and left[-1] not in "“‘—…") or (right[0] < "\u2e80" and right[0] not in "”’—…")
    hangul = "\uac00" <= left[-1] < "\ud7a4" and "\uac00" <= right[0] < "\ud7a4"
    return " " if (spaced and left[-1].isascii() and right[0].isascii()) or hangul else ""


def _latin(left: str, right: str) -> str | None:
    if not right[0].isascii():
        return "" if left[-1] == "," or not left[-1].isascii() else None
    if not (right[0].islower() or right[0].isdigit() or left[-1] == ","):
        return None
    return " "

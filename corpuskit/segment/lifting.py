"""What leaves an article's text: its headline, who wrote it and when, captions, source tags, boxes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from corpuskit.core.edit import Edit, Lift
from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page
from corpuskit.core.span import Span
from corpuskit.segment.boundaries import Part
from corpuskit.segment.headlines import tabular
from corpuskit.segment.openings import captured, opening
from corpuskit.segment.shapes import Cast, Role, undescribed
from corpuskit.segment.starts import MAX_HEADS, floors
from corpuskit.segment.titles import choose_title, embedded, headline, holds_title, noted, proper, whole_title

_LIFTED = (Role.BYLINE, Role.CAPTION, Role.SOURCE, Role.JUMP)
"""Roles of lines that are no text of an article wherever they stand."""
_FIELD = {
    Role.BYLINE: "byline",
    Role.META: "meta",
    Role.CAPTION: "captions",
    Role.SOURCE: "source",
    Role.BOX: "boxes",
    Role.JUMP: "jump",
}


def lifts(page: Page, roles: Sequence[Cast], part: Part, boxes: Collection[int]) -> dict[int, str]:
    """Return the field of each line that leaves the text; nothing leaves an article that has no text."""
    if not any(roles[i].role in (Role.BODY, Role.HEAD) for i in part.lines):
        return {}
    out: dict[int, str] = {}
    title = choose_title(page, roles, part.heads)
    best = -1 if title is None else title
    if title is not None and (
        noted(page, title) or (holds_title(page, roles, part.heads) and headline(page, roles, part.heads, title) < 2)
    ):
        title = None
    # above a list or verse a second line may be its first
    paragraphs = any(roles[i].role is Role.BODY and roles[i].size >= 40 for i in part.lines[:2])
    reply = part.heads[:1] != [0] and floors(page, part.heads) and 0 not in part.lines
    if reply:
        title = None
    lines = [] if title is None else whole_title(page, roles, part.heads, title)
    for line in part.heads:
        role = roles[line].role
        if line in lines:
            out[line] = "title"
        elif role is Role.HEAD and reply:
            out[line] = "byline"
        elif role is Role.HEAD and noted(page, line) and line >= best:
            continue
        elif role is Role.HEAD and part.heads[0] > 0 and tabular(page.lines[line].text):
            # at the head of a page rows are rates and counters
            continue
        elif role is Role.HEAD:
            above = (title is None or line < title) if part.heads[0] == 0 else line + 1 in lines
            # far above the title of a long run stands a list, or verse whose first lines these are
            near = above and (title is None or title - line <= MAX_HEADS)
            deck = (
                paragraphs
                and title is not None
                and line - 1 in lines
                and not any(c in page.lines[line].text for c in ":：")
            )
            if headline(page, roles, part.heads, line) > 0 and (near or deck):
                out[line] = "subtitle"
            elif above and (near or headline(page, roles, part.heads, line) <= 0):
                out[line] = "masthead"
        else:
            out[line] = _FIELD[role]
    told = False
    for line in part.lines:
        role = roles[line].role
        # under the first paragraphs a bare date heads an entry of a diary, ends a reference or stands by a signature
        if role in _LIFTED or (role is Role.META and not (told and undescribed(page.lines[line].text))):
            out[line] = _FIELD[role]
        told = told or (role is Role.BODY and roles[line].size >= 30)
    return out | dict.fromkeys((line for line in part.lines if line in boxes), "boxes")


def lift(page: Page, line: int, field: str, *, titled: bool) -> Iterator[Lift]:
    """Lift a line, in up to three pieces where it holds more than a title, or data and the title of an article."""
    start, end, text = page.lines[line]
    held = embedded(text) if field == "meta" and not titled else None
    pieces = [(start, end, field)]
    if held:
        low, high = start + held[0], start + held[1]
        pieces = [(start, low, field), (low, high, "title"), (high, end, field)]
    elif field == "title":
        low, high = (start + at for at in proper(page, line))
        behind = "byline" if high < end and forms("roles")["byline"].match(page.text[high:end].lstrip()) else "masthead"
        pieces = [(start, low, "meta"), (low, high, field), (high, end, behind)]
    for low, high, name in pieces:
        if low < high:
            yield Lift(Span(low, high), name, f"layout.{name}", 0.9, f"stands as {name}")


def opened(page: Page, line: int, *, titled: bool, item: bool) -> Iterator[Lift | Edit]:
    """Lift the title that opens the first line of an article without one, and the path of a page before it."""
    start, _, text = page.lines[line]
    held = None if titled else captured(text)
    low, high = held or (0, opening(page, line, item=item) or 0)
    if low < high and not titled:
        if low:
            yield Lift(Span(start, start + low), "masthead", "layout.masthead", 0.9, "path of the page")
        yield Lift(Span(start + low, start + high), "title", "layout.title", 0.9, "opens its line")
        blank = len(text[high:]) - len(text[high:].lstrip())
        yield from white(page, Span(start + high, start + high + blank), "", "layout.edge")


def white(page: Page, span: Span, text: str, rule: str) -> Iterator[Edit]:
    """Write white space as ``text``, where it is not so already."""
    if page.text[span.start : span.end] != text:
        yield Edit(span, text, rule, 1.0, "layout", inline=True)

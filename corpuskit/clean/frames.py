"""The frames of posts: lines that recur from post to post, or stand at the same distance from each one's mark."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from corpuskit.clean.evidence import Evidence
from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page

FIELD = 24
"""Characters of a field of a post's frame at most: a name, a level, a place, a label with its value."""
_TOLD, _LONGEST = 12, 80
"""Characters of a line that nobody says twice, and of one that may recur in a frame."""
_REACH = 5
"""Lines of a frame on either side of the text, at most."""
_MOST = 0.8
"""Share of the posts in which a line at one distance is a field for all to be."""
_QUOTE, _CARD = 120, 40
"""Characters of a quotation, and of an author's card or signature, at most."""
_WINDOW = 12
"""Characters at either end of a quotation that stand above it as well."""
_SIGNED = 8
"""Lines of a signature at most."""
_EDITED = re.compile(r"编辑$|編輯$|(?:\.{3}|…)$")
_DIGITS = re.compile(r"\d+")
_QUOTED = re.compile(r"\s{0,4}(?:>|[:：│|](?:\s|$))")


def framed(page: Page, found: list[Evidence], gaps: list[list[int]]) -> set[int]:
    """Return the lines of the posts' frames; ``gaps`` are the lines between one post's mark and the next's.

    What repeats a post above or recurs from post to post may be all that a post says: then it stays.
    """
    recurring = _recurring(page, found, gaps)
    buttons = {i for i in recurring if not _long(found[i])}
    out = buttons | _fields(page, found, gaps, recurring) | _formed(page, found, gaps)
    again = recurring | _quoted(page, gaps)
    for gap in gaps:
        if not again.issuperset(i for i in gap if i not in out):
            out |= again.intersection(gap)
    return out


def _quoted(page: Page, gaps: list[list[int]]) -> set[int]:
    """Return the lines that quote another post: what stands above at the head of a post, and all behind a sign."""
    out: set[int] = set()
    seen: set[str] = set()
    read = 0
    for gap in gaps:
        for i in range(read, gap[0] if gap else read):
            seen.update(_windows(page.lines[i].text))
            read = i + 1
        out.update(_quotation(page, gap, seen))
    return out


def _quotation(page: Page, gap: list[int], seen: set[str]) -> Iterator[int]:
    """Yield the lines of one post that quote; ``seen`` holds the windows of the lines above it."""
    said_by = forms("furniture")["said_by"]
    may, told = True, False
    for i in gap:
        text = page.lines[i].text
        if len(text) <= _QUOTE and said_by.search(text):
            may = told = True
        elif told and _QUOTED.match(text):
            may = True
        elif not (may and _repeats(text, seen)):
            may, told = may and len(text) <= FIELD, False
            continue
        yield i


def _windows(text: str) -> Iterator[str]:
    return (text[i : i + _WINDOW] for i in range(len(text) - _WINDOW + 1))


def _repeats(text: str, seen: set[str]) -> bool:
    """Say whether a line, or what stands in it behind a time, begins and ends like lines above."""
    told = forms("furniture")["stamp"].search(text, 0, _CARD)
    said = text[told.end() if told else 0 :].strip(' :：　>"“”「」')
    return len(said) >= _WINDOW and said[:_WINDOW] in seen and said[-_WINDOW:] in seen


def _formed(page: Page, found: list[Evidence], gaps: list[list[int]]) -> set[int]:
    """Return the lines of a post that have a form of its frame: its author's card, what it quotes, a signature."""
    known = forms("furniture")
    out: set[int] = set()
    for gap in gaps:
        for i in gap:
            text, e = page.lines[i].text, found[i]
            if len(text) > _QUOTE:
                continue
            quotes = known["quoted"].match(text) is not None and (_EDITED.search(text) or _ends_in_time(text))
            card = e.size <= _CARD and not e.final and known["card"].search(text)
            if quotes or card or (not e.final and heads_post(text)):
                out.add(i)
        out.update(_signatures(page, found, gap))
    return out


def heads_post(text: str) -> bool:
    """Say whether a line is a field of a post sent as mail."""
    known = forms("furniture")
    return known["field"].match(text) is not None or known["subject"].match(text) is not None


def _signatures(page: Page, found: list[Evidence], gap: list[int]) -> set[int]:
    """Return the rules of a post and the few short lines below each, up to where the next post's fields begin."""
    rule = forms("furniture")["signature"]
    out: set[int] = set()
    below: list[int] | None = None
    for i in gap:
        text = page.lines[i].text
        if len(text) <= _QUOTE and rule.match(text):
            out.add(i)
            below = []
        elif below is not None and heads_post(text):
            below = None
        elif below is not None and len(below) < _SIGNED:
            below.append(i)
            out.update((i,) if found[i].size <= _CARD else ())
    return out


def _ends_in_time(text: str) -> bool:
    """Say whether a line says nothing after the time it tells: what quotes a post may go on with an answer."""
    told = forms("furniture")["stamp"].search(text)
    return told is not None and told.end() >= len(text) - 4


def _recurring(page: Page, found: list[Evidence], gaps: list[list[int]]) -> set[int]:
    """Return the lines that recur from post to post, short ones but for figures and the first word."""
    short = [[i for i in gap if found[i].size <= _LONGEST] for gap in gaps]
    shapes = {i: _shapes(page.lines[i].text, found[i]) for gap in short for i in gap}
    count = Counter(shape for gap in short for shape in {shape for i in gap for shape in shapes[i]})
    least = max(3, len(gaps) // 5)
    again = {i for i, each in shapes.items() if any(count[shape] >= least for shape in each)}
    return again | {i for i in shapes if found[i].chrome >= 0.75 and not _long(found[i])}


def _shapes(text: str, e: Evidence) -> tuple[str, ...]:
    """Return a line without its figures, and that without its first or second word; one that could be text as it is."""
    if _long(e):
        return (text,) if e.size >= _TOLD else ()
    bare = _DIGITS.sub("0", text)
    first, _, rest = bare.partition(" ")
    if len(rest) <= 1:
        return (bare,)
    return (bare, f"… {rest}") if len(first) <= 1 or " " in rest else (bare, f"… {rest}", f"{first} …")


def _long(e: Evidence) -> bool:
    """Say whether a line could be text by its length or its end."""
    return e.size > FIELD or e.final


def _fields(page: Page, found: list[Evidence], gaps: list[list[int]], recurring: set[int]) -> set[int]:
    """Return the lines that stand at the same distance from the marks and are short in nearly every post.

    The side that recurs more or has words of posts goes first, then the shorter, and no side so far that a post is
    left with nothing.
    """
    out: set[int] = set()
    left = [gap[:] for gap in gaps if any(i not in recurring for i in gap)]
    own = [sum(i not in recurring for i in gap) for gap in left]
    for _ in range(2 * _REACH):
        sides = [(rank, side) for side in (0, -1) if (rank := _field(page, found, left, side, recurring)) is not None]
        if not sides:
            break
        _, side = min(sides)
        for number, gap in enumerate(left):
            at = gap[side]
            if at in recurring or (own[number] > 1 and _is_field(page.lines[at].text, found[at])):
                out.add(at)
                own[number] -= at not in recurring
                gap.pop(side)
    return out


def _is_field(text: str, e: Evidence) -> bool:
    """Say whether a line could be a name, a level, a place or a label with its value."""
    return e.size <= FIELD and not (e.final or e.prose or e.inner > text.count(":") + text.count("："))


def _field(
    page: Page, found: list[Evidence], gaps: list[list[int]], side: int, recurring: set[int]
) -> tuple[float, float] | None:
    """Return the share of lines on one side of the posts that are new, and their mean size, if they are fields."""
    lines = [gap[side] for gap in gaps if len(gap) > 1]
    if len(lines) < _MOST * len(gaps) or len(lines) < 3:
        return None
    fields = sum(i in recurring or _is_field(page.lines[i].text, found[i]) for i in lines)
    voice = forms("furniture")["voice"]
    new = sum(i not in recurring and voice.search(page.lines[i].text[:_CARD]) is None for i in lines) / len(lines)
    return (new, sum(found[i].size for i in lines) / len(lines)) if fields >= _MOST * len(lines) else None

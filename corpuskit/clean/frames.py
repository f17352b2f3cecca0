"""The frames of posts: lines that recur from post to post, or stand at the same distance from each one's mark."""

from __future__ import annotations

import re
from collections import Counter

from corpuskit.clean.evidence import Evidence
from corpuskit.core.page import Page

FIELD = 24
"""Characters of a field of a post's frame at most: a name, a level, a place, a label with its value."""
_REACH = 5
"""Lines of a frame on either side of the text, at most."""
_MOST = 0.8
"""Share of the posts in which a line at one distance is a field for all to be."""
_DIGITS = re.compile(r"\d+")


def framed(page: Page, found: list[Evidence], gaps: list[list[int]]) -> set[int]:
    """Return the lines of the posts' frames; ``gaps`` are the lines between one post's mark and the next's."""
    recurring = _recurring(page, found, gaps)
    return recurring | _fields(page, found, gaps, recurring)


def _recurring(page: Page, found: list[Evidence], gaps: list[list[int]]) -> set[int]:
    """Return the short lines that recur from post to post, but for figures and the first word: buttons, counters."""
    short = [[i for i in gap if found[i].size <= FIELD and not found[i].final] for gap in gaps]
    shapes = {i: _shapes(page.lines[i].text) for gap in short for i in gap}
    count = Counter(shape for gap in short for shape in {shape for i in gap for shape in shapes[i]})
    least = max(3, len(gaps) // 5)
    return {i for i, each in shapes.items() if found[i].chrome >= 0.75 or any(count[shape] >= least for shape in each)}


def _shapes(text: str) -> tuple[str, ...]:
    """Return a line without its figures, and that without its first word."""
    bare = _DIGITS.sub("0", text)
    _, _, rest = bare.partition(" ")
    return (bare, f"… {rest}") if len(rest) > 1 else (bare,)


def _fields(page: Page, found: list[Evidence], gaps: list[list[int]], recurring: set[int]) -> set[int]:
    """Return the lines that stand at the same distance from the marks and are short in nearly every post.

    The side that recurs more goes first, then the shorter, and no side so far that a post is left with nothing.
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
    new = sum(i not in recurring for i in lines) / len(lines)
    return (new, sum(found[i].size for i in lines) / len(lines)) if fields >= _MOST * len(lines) else None

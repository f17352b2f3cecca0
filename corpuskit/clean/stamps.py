"""Marks of posts: the lines that tell when each was written, or which one it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from corpuskit.clean.evidence import Evidence
from corpuskit.clean.formed import begins, has
from corpuskit.clean.frames import FIELD
from corpuskit.clean.pointers import is_head
from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page

SPOKEN = "said"
"""The kind of a line that is a whole post; others tell a ``floor`` or a ``stamp``."""
FEW = 12
"""Lines of the last post at most: no next one ends it."""

_LONGEST = 80
"""Characters of a line that tells of a post."""
_NAME, _STAMP = 24, 24
"""Characters of a name and of a time at most, where what was said stands behind them."""
_SPACED = re.compile(r"\d[:：点時]\d\d|前")
_STOPS = re.compile(r"[，。！？；、,;!?]")
_NUMBER = re.compile(r"(\d{1,5})(?: ?[:：]|[ \t\u3000]{1,3}(?=\D))")


class Mark(NamedTuple):
    """Lines ``first`` up to ``last`` tell that a post begins or ends."""

    first: int
    last: int


def telling(page: Page, found: list[Evidence]) -> Iterator[tuple[int, str]]:
    """Yield the lines that tell when a post was written or which one it is, or both and what it says."""
    for index, (line, e) in enumerate(zip(page.lines, found, strict=True)):
        text = line.text
        if not e.digits:
            continue
        if len(text) > _LONGEST or e.final:
            if _says(text):
                yield index, SPOKEN
        elif begins("furniture", "quoted", text):
            continue
        elif has("furniture", "floor", text):
            yield index, "floor"
        elif has("furniture", "stamp", text):
            yield index, "stamp"


def _says(text: str) -> bool:
    """Say whether a line is a whole post: a name, a time and what was said then."""
    if _SPACED.search(text, 0, _NAME + _STAMP) is None:
        return False
    told = forms("furniture")["stamp"].search(text, 0, _NAME + _STAMP)
    return told is not None and 0 < told.start() <= _NAME and _STOPS.search(text, 0, told.start()) is None


def grouped(found: list[Evidence], told: Iterable[tuple[int, str]]) -> list[Mark]:
    """Return the marks of posts: a floor or a time, or both with short fields between."""
    out: list[Mark] = []
    kinds: set[str] = set()
    for index, kind in told:
        between = found[out[-1].last : index] if out else []
        near = len(between) <= 3 and all(e.size <= FIELD and not e.final for e in between)
        if out and near and (kind not in kinds or (not between and kind == "stamp")):
            out[-1] = Mark(out[-1].first, index + 1)
            kinds.add(kind)
        else:
            out.append(Mark(index, index + 1))
            kinds = {kind}
    return out


def parted(page: Page, found: list[Evidence], marks: list[Mark]) -> list[list[Mark]]:
    """Return the runs of marks with no heading of a list of other pages between them."""
    heads = [i for i in range(marks[0].last, marks[-1].first) if found[i].size <= 40 and is_head(page.lines[i].text)]
    out: list[list[Mark]] = [[]]
    ahead = iter((*heads, marks[-1].last))
    head = next(ahead)
    for mark in marks:
        if mark.first > head:
            out.append([])
        while mark.first > head:
            head = next(ahead)
        out[-1].append(mark)
    return out


def in_count(page: Page, marks: list[Mark]) -> set[Mark]:
    """Return the marks that begin with a number, each by one more than the mark before or less than the one after."""
    numbers = [_NUMBER.match(page.lines[mark.first].text) for mark in marks]
    known = [int(number[1]) if number else None for number in numbers]
    out: set[Mark] = set()
    for (mark, number), (after, next_) in pairwise(zip(marks, known, strict=True)):
        if number is not None and next_ == number + 1:
            out.update((mark, after))
    return out


def ending(found: list[Evidence], marks: list[Mark]) -> int:
    """Return where the last post ends, as far as the others tell."""
    usual = np.median([after.first - mark.last for mark, after in pairwise(marks)]) if len(marks) > 1 else 1
    end = marks[-1].last
    limit = min(len(found), end + max(1, min(FEW, int(usual))))
    while end < limit and (end == marks[-1].last or found[end].chrome < 0.75):
        end += 1
    return end

"""A working copy of a line: repairs build on each other, and each damaged stretch becomes one edit of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from corpuskit.core.edit import Edit
from corpuskit.core.span import Span


class Change(NamedTuple):
    """Put ``text`` in place of ``[start, end)`` of the working copy."""

    start: int
    end: int
    text: str
    rule: str
    score: float
    reason: str


class _Patch(NamedTuple):
    start: int
    """Range of the line as it was."""
    end: int
    low: int
    """Range of the working copy."""
    high: int
    rule: str
    score: float
    reason: str


class Work:
    """A line, what it reads now, and what was changed.

    >>> work = Work("a&amp;lt;b")
    >>> work.apply([Change(1, 6, "&", "r", 1.0, "one")])
    True
    >>> work.apply([Change(1, 5, "<", "r", 1.0, "two")])
    True
    >>> work.text, [(edit.span, edit.text) for edit in work.edits(0)]
    ('a<b', [(Span(start=1, end=9), '<')])
    """

    def __init__(self, text: str) -> None:
        self.source = text
        self.text = text
        self._patches: list[_Patch] = []

    def apply(self, changes: Iterable[Change]) -> bool:
        """Make changes, none overlapping another; say whether anything changed."""
        before = self.text
        for change in sorted(changes, key=_start, reverse=True):
            if self.text[change.start : change.end] != change.text:
                self._replace(change)
        return self.text != before

    def edits(self, at: int) -> Iterator[Edit]:
        """Yield the smallest edits of a page on which the line begins at ``at``."""
        for patch in self._patches:
            before, after = self.source[patch.start : patch.end], self.text[patch.low : patch.high]
            if before != after:
                span, text = smallest(at + patch.start, before, after)
                yield Edit(span, text, patch.rule, patch.score, patch.reason)

    def _replace(self, change: Change) -> None:
        low, high = change.start, change.end
        met = [p for p in self._patches if _meet(p, low, high)]
        low, high = min([low, *(p.low for p in met)]), max([high, *(p.high for p in met)])
        first, last = self._origin(low, met), self._origin(high, ())
        new = self.text[low : change.start] + change.text + self.text[change.end : high]
        self.text = self.text[:low] + new + self.text[high:]
        moved = len(new) - (high - low)
        reason = "; then ".join(dict.fromkeys([*(p.reason for p in met), change.reason]))
        best = min([*((p.score, p.rule) for p in met), (change.score, change.rule)])
        patch = _Patch(first, last, low, low + len(new), best[1], best[0], reason)
        rest = [p for p in self._patches if p not in met]
        before = [p for p in rest if p.high <= low]
        after = [p._replace(low=p.low + moved, high=p.high + moved) for p in rest if p.high > low]
        self._patches = [*before, patch, *after]

    def _origin(self, place: int, skip: Iterable[_Patch]) -> int:
        """Return where a place of the working copy, inside no patch, lies in the line as it was."""
        skipped = set(skip)
        ahead = [p for p in self._patches if p.high <= place and p not in skipped]
        return ahead[-1].end + place - ahead[-1].high if ahead else place


def _start(change: Change) -> int:
    return change.start


def _meet(patch: _Patch, low: int, high: int) -> bool:
    if patch.low == patch.high:
        return low <= patch.low <= high
    return patch.low < high and low < patch.high


def smallest(start: int, before: str, after: str) -> tuple[Span, str]:
    """Trim a rewrite to the smallest edit; ``start`` is where ``before`` begins.

    >>> smallest(10, "abXcd", "abYYcd")
    (Span(start=12, end=13), 'YY')
    """
    limit = min(len(before), len(after))
    left = 0
    while left < limit and before[left] == after[left]:
        left += 1
    right = 0
    while right < limit - left and before[-1 - right] == after[-1 - right]:
        right += 1
    return Span(start + left, start + len(before) - right), after[left : len(after) - right]

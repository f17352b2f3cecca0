"""A working copy of a line: repairs build on each other, and each damaged stretch becomes one edit of the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
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


def each(text: str, form: re.Pattern[str], rule: str, score: float, change: Callable[[str], str]) -> Iterator[Change]:
    """Yield what ``change`` makes of each match of a form, where that is something else."""
    for match in form.finditer(text):
        after = change(match[0])
        if after != match[0]:
            reason = f"{match[0][:24]!r} reads {after[:24]!r}"
            yield Change(match.start(), match.end(), after, rule, score, reason)


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
        """Make changes, none overlapping another, in one pass; say whether anything changed."""
        fresh = [c for c in sorted(changes, key=_start) if self.text[c.start : c.end] != c.text]
        if not fresh:
            return False
        sweep = _Sweep(self.text, self._patches)
        for cluster, met in _clusters(fresh, self._patches):
            sweep.untouched(cluster[0].start if cluster else None, met)
            if cluster:
                sweep.replace(cluster, met)
        self.text, self._patches = sweep.done()
        return True

    def edits(self, at: int) -> Iterator[Edit]:
        """Yield the smallest edits of a page on which the line begins at ``at``."""
        for patch in self._patches:
            before, after = self.source[patch.start : patch.end], self.text[patch.low : patch.high]
            if before != after:
                span, text = smallest(at + patch.start, before, after)
                yield Edit(span, text, patch.rule, patch.score, patch.reason)


class _Sweep:
    """Writes the new working copy from left to right."""

    def __init__(self, text: str, patches: list[_Patch]) -> None:
        self.text, self.old, self.next = text, patches, 0
        self.parts: list[str] = []
        self.patches: list[_Patch] = []
        self.at = self.moved = 0
        self.last: _Patch | None = None

    def untouched(self, until: int | None, met: list[_Patch]) -> None:
        """Carry over the patches before the next cluster, or all that are left."""
        stop = self.old.index(met[0], self.next) if met else None
        while self.next < len(self.old):
            if self.next == stop or (not met and until is not None and self.old[self.next].high > until):
                break
            patch = self.old[self.next]
            self.patches.append(patch._replace(low=patch.low + self.moved, high=patch.high + self.moved))
            self.last = patch
            self.next += 1

    def replace(self, changes: list[Change], met: list[_Patch]) -> None:
        """Write one patch in place of changes and the patches that they meet."""
        low = min([changes[0].start, *(p.low for p in met)])
        high = max([changes[-1].end, *(p.high for p in met)])
        first = self._origin(low)
        self.last = met[-1] if met else self.last
        end = self._origin(high)
        new = self._written(low, high, changes)
        best = min([*((p.score, p.rule) for p in met), *((c.score, c.rule) for c in changes)])
        reason = "; then ".join(dict.fromkeys([*(p.reason for p in met), *(c.reason for c in changes)]))
        begin = low + self.moved
        self.patches.append(_Patch(first, end, begin, begin + len(new), best[1], best[0], reason))
        self.last = _Patch(first, end, low, high, "", 0.0, "")
        self.parts += [self.text[self.at : low], new]
        self.at = high
        self.moved += len(new) - (high - low)
        self.next += len(met)

    def done(self) -> tuple[str, list[_Patch]]:
        return "".join([*self.parts, self.text[self.at :]]), self.patches

    def _origin(self, place: int) -> int:
        """Return where a place of the working copy, inside no patch, lies in the line as it was."""
        return place if self.last is None else self.last.end + place - self.last.high

    def _written(self, low: int, high: int, changes: list[Change]) -> str:
        parts, at = [], low
        for change in changes:
            parts += [self.text[at : change.start], change.text]
            at = change.end
        return "".join([*parts, self.text[at:high]])


def _clusters(changes: list[Change], patches: list[_Patch]) -> Iterator[tuple[list[Change], list[_Patch]]]:
    """Yield the changes that belong together because they meet the same patches, with those patches.

    Both lists are in order and without overlaps, so only the last of each can meet the next of the other. An
    empty cluster ends the sweep.
    """
    at = ahead = 0
    while at < len(changes):
        cluster, met = [changes[at]], list[_Patch]()
        at += 1
        while ahead < len(patches) and not _meet(patches[ahead], cluster[0].start, cluster[0].end):
            if patches[ahead].low >= cluster[0].end:
                break
            ahead += 1
        while True:
            if ahead < len(patches) and _meet(patches[ahead], cluster[-1].start, cluster[-1].end):
                met.append(patches[ahead])
                ahead += 1
            elif at < len(changes) and met and _meet(met[-1], changes[at].start, changes[at].end):
                cluster.append(changes[at])
                at += 1
            else:
                break
        yield cluster, met
    yield [], []


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

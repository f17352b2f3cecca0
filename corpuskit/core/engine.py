"""The one engine: ``resolve`` is policy, ``apply`` is mechanism."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from corpuskit.core.draft import Draft, Run, Table, Written, fuse, origin
from corpuskit.core.edit import Arrange, Drop, Edit, Flag, Lift, Proposal, Receipt
from corpuskit.core.span import Span

BLANK = "layout.blank"
_CHANGES = (Edit, Lift)


class OverlapError(ValueError):
    """Proposals overlap, leave the text, or leave letters that no article holds."""


class Resolved(NamedTuple):
    """The winners, sorted by place, and the losers: together all that was proposed."""

    winners: list[Proposal]
    losers: list[Proposal]


@dataclass(slots=True)
class Record:
    """All that happened to one source: receipts, flags and overruled proposals, in order."""

    receipts: list[Receipt] = field(default_factory=list)
    flags: list[tuple[Flag, tuple[Span, ...]]] = field(default_factory=list)
    overruled: list[tuple[str, Proposal]] = field(default_factory=list)


def resolve(proposals: Iterable[Proposal]) -> Resolved:
    """Decide who wins where proposals overlap.

    The first drop and the first arrangement win. Among edits and lifts the higher score wins, then the
    earlier start, then the longer span, then the one proposed first; flags never conflict. An edit or lift
    that no article of the arrangement holds whole loses.
    """
    winners: list[Proposal] = []
    losers: list[Proposal] = []
    changes: list[Edit | Lift] = []
    single: dict[type, Proposal] = {}
    for proposal in proposals:
        if isinstance(proposal, _CHANGES):
            changes.append(proposal)
        elif isinstance(proposal, Flag):
            winners.append(proposal)
        elif type(proposal) in single:
            losers.append(proposal)
        else:
            single[type(proposal)] = proposal
    winners += single.values()
    arrange = single.get(Arrange)
    inside = _Spans(s for article in arrange.articles for s in article) if isinstance(arrange, Arrange) else None
    changes.sort(key=_place)
    if _apart(changes) and (inside is None or all(inside.holder(change.span) for change in changes)):
        return Resolved([*winners, *changes], losers)
    kept, lost = _disjoint(changes, inside)
    ordered: list[Proposal] = [*sorted(kept, key=_place)]
    return Resolved(winners + ordered, losers + lost)


def _apart(changes: Sequence[Edit | Lift]) -> bool:
    """Say whether changes, sorted by place, are all of different places that do not overlap."""
    places = [change.span for change in changes]
    return all(one.end <= other.start and one != other for one, other in pairwise(places))


def _disjoint(changes: list[Edit | Lift], inside: _Spans | None) -> tuple[list[Edit | Lift], list[Proposal]]:
    kept: list[Edit | Lift] = []
    lost: list[Proposal] = []
    taken: list[Span] = []
    for change in sorted(changes, key=lambda c: (-c.score, c.span.start, -c.span.end)):
        at = bisect_left(taken, change.span)
        before = at > 0 and (taken[at - 1].end > change.span.start)
        after = at < len(taken) and (taken[at].start < change.span.end or taken[at] == change.span)
        if before or after or (inside is not None and inside.holder(change.span) is None):
            lost.append(change)
        else:
            taken.insert(at, change.span)
            kept.append(change)
    return kept, lost


def _place(change: Edit | Lift) -> Span:
    return change.span


class _Spans:
    """The spans of an arrangement, sorted."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans = sorted(spans)
        self._starts = [span.start for span in self.spans]

    def holder(self, span: Span) -> Span | None:
        """Return the last span that begins at or before another, if it holds the other whole."""
        at = bisect_right(self._starts, span.start) - 1
        return self.spans[at] if at >= 0 and span.end <= self.spans[at].end else None


def apply(draft: Draft, winners: Sequence[Proposal], stage: str, record: Record) -> list[Draft]:
    """Apply resolved proposals; extend ``record``; return one draft an article.

    Raises:
        OverlapError: proposals overlap, leave the text, or an arrangement leaves out anything but white space.
    """
    if not winners:
        return [draft]
    splice = _Splice(draft, stage, record)
    changes: list[Edit | Lift] = []
    flags: list[tuple[Flag, tuple[Span, ...]]] = []
    arrange, drop = None, None
    for winner in winners:
        if isinstance(winner, _CHANGES):
            changes.append(winner)
        elif isinstance(winner, Flag):
            flags.append((winner, origin(splice.table.cut(*winner.span), record.receipts)))
        elif isinstance(winner, Arrange):
            arrange = arrange or winner
        else:
            drop = drop or winner
    articles = arrange.articles if arrange else ((Span(0, len(draft.text)),),)
    drafts = splice.articles(articles, changes) if changes or arrange else [draft]
    record.flags += flags
    if drop is not None:
        drafts = [dropped(d, drop, stage, record.receipts) for d in drafts]
    return drafts


def dropped(draft: Draft, drop: Drop, stage: str, receipts: list[Receipt]) -> Draft:
    """Refuse an article: its text and what was lifted from it become the spans of one receipt."""
    spans = [*origin(draft.runs, receipts)]
    for index in draft.lifted:
        spans.extend(receipts[index].origin)
    receipts.append(
        Receipt("drop", stage, drop.rule, drop.score, drop.reason, tuple(sorted(set(spans))), None, twin=drop.twin)
    )
    return replace(draft, lifted=(), dropped=len(receipts) - 1)


class _Splice:
    def __init__(self, draft: Draft, stage: str, record: Record) -> None:
        self.draft = draft
        self.table = Table(draft)
        self.stage = stage
        self.receipts = record.receipts

    def articles(self, articles: Sequence[Sequence[Span]], changes: list[Edit | Lift]) -> list[Draft]:
        if not articles and self.draft.lifted:
            # what was lifted needs an article to belong to, if only an empty one
            articles = ((),)
        if self.draft.text and articles == ((whole := Span(0, len(self.draft.text)),),):
            return [self._all(whole, changes)]
        spans = _Spans(s for article in articles for s in article)
        gaps = self._gaps(spans.spans)
        grouped = self._group(spans, changes)
        out = []
        for index, article in enumerate(articles):
            text: list[str] = []
            # no span holds the empty runs of an empty text
            runs: list[Run] = [*self.draft.runs] if index == 0 and not self.draft.text else []
            lifted = list(self.draft.lifted) if index == 0 else []
            for span in article:
                self._span(span, grouped.pop(span, []), text, runs, lifted)
            out.append(Draft("".join(text), fuse(runs), tuple(lifted)))
        left = [run for gap in gaps for run in self._cut(*gap)]
        self._blanks(left if out or self.draft.text else self.draft.runs)
        return out

    def _all(self, whole: Span, changes: list[Edit | Lift]) -> Draft:
        """Return the one article that holds all of the text: it leaves no gaps."""
        self._group(_Spans((whole,)), changes)
        text: list[str] = []
        runs: list[Run] = []
        lifted = [*self.draft.lifted]
        self._span(whole, changes, text, runs, lifted)
        return Draft("".join(text), fuse(runs), tuple(lifted))

    def _gaps(self, spans: list[Span]) -> list[Span]:
        """Return the white space that no article holds; raise before anything is written."""
        out: list[Span] = []
        last, size = 0, len(self.draft.text)
        for span in [*spans, Span(size, size)]:
            if span.start < last or span.end < span.start or span.end > size:
                raise OverlapError(f"{self.stage}: article spans overlap or leave the text at {span}")
            if left := self.draft.text[last : span.start].strip():
                raise OverlapError(f"{self.stage}: no article holds {left[:40]!r}")
            out.append(Span(last, span.start))
            last = span.end
        return out

    def _group(self, spans: _Spans, changes: list[Edit | Lift]) -> dict[Span, list[Edit | Lift]]:
        out: dict[Span, list[Edit | Lift]] = {}
        last = 0
        for change in changes:
            span = change.span
            if span.start < last or span.end < span.start:
                raise OverlapError(f"{self.stage}: {change.rule} overlaps at {span}")
            holder = spans.holder(span)
            if holder is None:
                raise OverlapError(f"{self.stage}: {change.rule} at {span} is in no article")
            out.setdefault(holder, []).append(change)
            last = span.end
        return out

    def _span(
        self, span: Span, changes: list[Edit | Lift], text: list[str], runs: list[Run], lifted: list[int]
    ) -> None:
        at = span.start
        for change in changes:
            start, end = change.span
            if at < start:
                text.append(self.draft.text[at:start])
                runs += self.table.cut(at, start)
            self._change(change, text, runs, lifted)
            at = end
        if at < span.end:
            text.append(self.draft.text[at : span.end])
            runs += self.table.cut(at, span.end)

    def _cut(self, start: int, end: int) -> list[Run]:
        return self.table.cut(start, end) if start < end else []

    def _change(self, change: Edit | Lift, text: list[str], runs: list[Run], lifted: list[int]) -> None:
        start, end = change.span
        gone, before = self._cut(start, end), self.draft.text[start:end]
        index = len(self.receipts)
        if isinstance(change, Lift):
            lifted.append(index)
        elif before == change.text:
            text.append(before)
            runs += gone
            return
        elif change.text or change.inline:
            text.append(change.text)
            runs.append(Written(index, 0, len(change.text)))
        self.receipts.append(self._receipt(change, before, gone))

    def _receipt(self, change: Edit | Lift, before: str, gone: list[Run]) -> Receipt:
        where = origin(gone, self.receipts) if gone else (self._place(change.span.start),)
        rule, score, reason = change.rule, change.score, change.reason
        if isinstance(change, Lift):
            return Receipt("lift", self.stage, rule, score, reason, where, before, field=change.field)
        if change.text or change.inline:
            return Receipt("rewrite", self.stage, rule, score, reason, where, change.text, change.inline)
        return Receipt("remove", self.stage, rule, score, reason, where, None)

    def _place(self, at: int) -> Span:
        """Return the empty source span where an insertion stands."""
        left = self.table.cut(at - 1, at) if at else []
        end = origin(left, self.receipts)[-1].end if left else 0
        return Span(end, end)

    def _blanks(self, runs: Sequence[Run]) -> None:
        """Account for the runs that no article holds: white space, or nothing."""
        if runs:
            reason = "white space outside every article"
            where = origin(runs, self.receipts)
            self.receipts.append(Receipt("remove", "layout", BLANK, 1.0, reason, where, None))

"""What people decided about single passages, and how a run abides by it.

A file of decisions is JSONL, one decision a line; of several on the same passage the last one counts. A decision names
the source by its digest, the rule, and the spans in the source, so that it holds for that page wherever it lies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from corpuskit.core.draft import Kept, Run, Table
from corpuskit.core.edit import Drop, Edit, Flag, Lift, Proposal, Receipt
from corpuskit.core.page import Page
from corpuskit.core.span import Span, merge
from corpuskit.labelled import NOISE, ROLES, LabelError

Spans = tuple[tuple[int, int], ...]

REASON = "a reviewer decided it"


class DecisionError(LabelError):
    """A file of decisions that cannot be read; the message names file and line."""


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody said of one decision of a run: right, wrong, or what the passage is instead."""

    source: str
    sha256: str
    kind: Literal["remove", "rewrite", "lift", "drop", "flag"]
    rule: str
    spans: Spans
    decision: Literal["accept", "reject", "relabel", "undo"]
    role: str | None = None
    """With ``relabel``: a role of labelled pages."""
    record: str | None = None
    """The record that a drop refused."""

    @property
    def key(self) -> tuple[str, str, Spans]:
        """What the decision is about."""
        return (self.sha256, self.rule, self.spans)

    @property
    def keeps(self) -> bool | None:
        """True where the passage stays as it is, False where it goes, None where the run has it right."""
        if self.decision == "relabel":
            return self.role not in NOISE
        if self.decision == "reject":
            return True
        return False if self.kind == "flag" else None


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One passage of one source that stays (``keep``) or goes, whatever the rule says."""

    sha256: str
    rule: str
    spans: Spans
    keep: bool
    record: str | None = None


def latest(decisions: Iterable[Decision]) -> dict[tuple[str, str, Spans], Decision]:
    """Return the last decision on each passage; one that was undone is none."""
    found: dict[tuple[str, str, Spans], Decision] = {}
    for decision in decisions:
        found.pop(decision.key, None)
        if decision.decision != "undo":
            found[decision.key] = decision
    return found


def read(path: Path) -> Iterator[Decision]:
    """Yield the decisions of a file; what a power cut left of its last line is passed over.

    Raises:
        DecisionError: it cannot be read, or a line is no decision.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DecisionError(f"{path}: cannot be read ({error.strerror}): name the file that review wrote") from error
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        if line.strip():
            yield _decision(line, f"{path}:{number}")


def load(path: Path) -> tuple[Override, ...]:
    """Return what a run has to do otherwise, in an order that does not depend on that of the file.

    Raises:
        DecisionError: the file cannot be read, or a line is no decision.
    """
    found = [_override(decision) for decision in latest(read(path)).values() if decision.keeps is not None]
    return tuple(sorted(found, key=lambda entry: (entry.sha256, entry.spans, entry.rule)))


def _decision(line: bytes, where: str) -> Decision:
    try:
        found = msgspec.json.decode(line, type=Decision)
    except msgspec.DecodeError as error:
        raise DecisionError(f"{where}: no decision ({error}): take the line out, or mend it") from error
    if (found.decision == "relabel") != (found.role in ROLES):
        raise DecisionError(f"{where}: relabel needs a role of {', '.join(sorted(ROLES))}")
    return found


def _override(decision: Decision) -> Override:
    keep = bool(decision.keeps)
    return Override(sha256=decision.sha256, rule=decision.rule, spans=decision.spans, keep=keep, record=decision.record)


class _Decided(NamedTuple):
    keep: list[Override]
    go: dict[str, list[Override]]
    """By the stage that takes them out."""


class Overrides:
    """The overrides of a config, by source; one look-up a page where there are none for it."""

    def __init__(self, entries: Sequence[Override], stages: Sequence[str]) -> None:
        self._of: defaultdict[str, _Decided] = defaultdict(lambda: _Decided([], {}))
        # what a reviewer takes out goes before the page is laid out
        cleaners = [name for name in stages if name not in ("layout", "too_short", "wrong_language")] or [*stages]
        for entry in entries:
            if entry.keep:
                self._of[entry.sha256].keep.append(entry)
            elif cleaners:
                name = entry.rule.partition(".")[0]
                stage = name if name in cleaners else cleaners[-1]
                self._of[entry.sha256].go.setdefault(stage, []).append(entry)

    def apply(
        self, stage: str, page: Page, proposals: Iterable[Proposal], receipts: Sequence[Receipt] = ()
    ) -> Iterable[Proposal]:
        """Return the proposals of a stage as the reviewers want them; ``receipts`` are those of the page so far."""
        decided = self._of.get(page.source.sha256) if self._of else None
        return proposals if decided is None else _Abiding(decided, stage, page, receipts).proposals(proposals)


class _Abiding:
    def __init__(self, decided: _Decided, stage: str, page: Page, receipts: Sequence[Receipt]) -> None:
        self.page = page
        self.receipts = receipts
        self.table = Table(page.draft)
        self.keep = decided.keep
        self.kept = merge(Span(*span) for entry in decided.keep for span in entry.spans)
        self.go = decided.go.get(stage, [])

    def proposals(self, proposals: Iterable[Proposal]) -> list[Proposal]:
        out = [changed for proposal in proposals for changed in self._changed(proposal)]
        if not self.go:
            return out
        gone = [p.span for p in out if isinstance(p, Edit) and not p.text and not p.inline]
        # of two decisions on one place, the one that keeps it counts
        done = merge([*gone, *_within(self.page.draft.runs, self.kept, self.receipts)])
        for entry in self.go:
            where = merge(Span(*span) for span in entry.spans)
            for span in _within(self.page.draft.runs, where, self.receipts):
                out += [Edit(part, "", entry.rule, 1.0, REASON) for part in _less(self._lines(span), done)]
        return out

    def _changed(self, proposal: Proposal) -> Iterator[Proposal]:
        if isinstance(proposal, Edit) and not proposal.text and not proposal.inline:
            yield from self._trimmed(proposal)
        elif isinstance(proposal, Flag):
            if not self._about(proposal.rule, proposal.span, [*self.keep, *self.go]):
                yield proposal
        elif isinstance(proposal, Edit | Lift) and not getattr(proposal, "inline", False):
            if not self._about(proposal.rule, proposal.span, self.keep):
                yield proposal
        elif isinstance(proposal, Drop):
            if not self._about(proposal.rule, Span(0, len(self.page.text)), self.keep):
                yield proposal
        else:
            yield proposal

    def _trimmed(self, edit: Edit) -> Iterator[Edit]:
        runs = self.table.cut(*edit.span)
        inside = [
            Span(edit.span.start + s.start, edit.span.start + s.end) for s in _within(runs, self.kept, self.receipts)
        ]
        for span in _less(edit.span, inside):
            # only the white space around what stays is left
            if not inside or self.page.text[span.start : span.end].strip():
                yield edit._replace(span=span)

    def _about(self, rule: str, span: Span, entries: Iterable[Override]) -> bool:
        spans = merge(Span(*s) for entry in entries if entry.rule == rule for s in entry.spans)
        return any(_within(self.table.cut(*span), spans, self.receipts)) if spans else False

    def _lines(self, span: Span) -> Span:
        """Take the white space after whole lines along, as the stages do."""
        page = self.page
        mine = [n for n, line in enumerate(page.lines) if span.start <= line.start and line.end <= span.end]
        if not mine:
            return span
        block = page.block(mine[0], mine[-1] + 1)
        rest = page.text[span.start : block.start] + page.text[block.end : span.end]
        return span if rest.strip() else Span(min(span.start, block.start), max(span.end, block.end))


def _within(runs: Iterable[Run], spans: Sequence[Span], receipts: Sequence[Receipt]) -> list[Span]:
    """Return the places, counted from the first run, that the source has in some of ``spans``.

    What a repair wrote cannot be divided: it is in a span that any of its source is in.
    """
    out: list[Span] = []
    at = 0
    for run in runs:
        for span in spans:
            if isinstance(run, Kept):
                low, high = max(run.start, span.start), min(run.start + run.size, span.end)
                if low < high:
                    out.append(Span(at + low - run.start, at + high - run.start))
            elif any(s.start < span.end and span.start < s.end for s in receipts[run.by].origin):
                out.append(Span(at, at + run.size))
        at += run.size
    return list(merge(out))


def _less(span: Span, holes: Iterable[Span]) -> Iterator[Span]:
    """Yield what is left of a span without the holes.

    >>> list(_less(Span(0, 9), [Span(2, 3), Span(8, 12)]))
    [Span(start=0, end=2), Span(start=3, end=8)]
    """
    at = span.start
    for low, high in holes:
        if low < span.end and at < high:
            if at < low:
                yield Span(at, low)
            at = max(at, high)
    if at < span.end:
        yield Span(at, span.end)

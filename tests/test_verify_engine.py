"""What the engine leaves, whatever the history of edits, verifies."""

from __future__ import annotations

from typing import Any

import pytest
from honest_run import STAMP, Json, Run, page
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.core.draft import Draft
from corpuskit.core.edit import Arrange, Drop, Edit, Lift, Proposal
from corpuskit.core.engine import Record, apply, dropped, resolve
from corpuskit.core.source import Source
from corpuskit.core.span import Span
from corpuskit.write.record import Holding, build, ledger, refuse
from corpuskit.write.verify import verify


@st.composite
def histories(draw: st.DrawFn) -> tuple[Source, list[tuple[str, list[Proposal]]]]:
    text = draw(st.text(st.sampled_from("甲乙\n 𠀀é\udc80"), min_size=1, max_size=30))
    stages = draw(
        st.lists(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6), st.sampled_from("rwli")), max_size=4))
    )
    out: list[tuple[str, list[Proposal]]] = []
    for n, changes in enumerate(stages[:4]):
        out.append((f"s{n}", [_proposal(f"s{n}", start, size, what) for start, size, what in changes]))
    return page("p.txt", text), out


def _proposal(stage: str, start: int, size: int, what: str) -> Proposal:
    span = Span(start, start + size)
    if what == "l":
        return Lift(span, "captions", f"{stage}.lift", 0.5, "a lift")
    if what == "i":
        return Edit(span, "\n", "layout.line", 0.5, "a line", inline=True)
    return Edit(span, "写字" if what == "w" else "", f"{stage}.edit", 0.5, "an edit")


@given(histories(), st.booleans(), st.sampled_from(["keep", "drop", "refuse"]))
def test_what_the_engine_leaves_verifies(
    tmp_path_factory: pytest.TempPathFactory, history: Any, split: bool, fate: str
) -> None:
    source, stages = history
    record, drafts = Record(), [Draft.of(source.text)]
    for stage, proposals in stages:
        drafts = [d for draft in drafts for d in _apply(draft, stage, proposals, record)]
    if split:
        drafts = [d for draft in drafts for d in _halves(draft, record)]
    if fate == "drop":
        drafts[0] = dropped(drafts[0], Drop("too_short.text", 1.0, "short"), "too_short", record.receipts)
    run = Run([source])
    pairs: list[tuple[Draft, str | None]] = []
    for draft in drafts:
        built = _build(source, draft, record)
        pairs.append((draft, built["id"]))
        run.records += [built] if draft.dropped is None else []
    run.lines = ledger(source, pairs, record)
    if fate == "refuse":
        gone = run.records.pop(0)
        run.lines.append(refuse(gone, run.lines, "dedup.near", 0.9, "the same", None))
    out = tmp_path_factory.mktemp("out")
    run.write(out)
    report = verify(out, run.sources)
    assert report.problems == []


def _build(source: Source, draft: Draft, record: Record) -> Json:
    captions = [record.receipts[n].after for n in draft.lifted]
    spans = [list(span) for n in draft.lifted for span in record.receipts[n].origin]
    known, fields = ({"captions": captions}, {"captions": spans}) if captions else ({}, {})
    held = Holding.of(source, draft, record.receipts)
    return build(source, draft, record, held, "zh", known, fields, STAMP)


def _apply(draft: Draft, stage: str, proposals: list[Proposal], record: Record) -> list[Draft]:
    inside = [p for p in proposals if isinstance(p, Edit | Lift) and p.span.end <= len(draft.text) and _does(p)]
    return apply(draft, resolve(inside).winners, stage, record)


def _does(proposal: Edit | Lift) -> bool:
    return proposal.span.size > 0 or (isinstance(proposal, Edit) and proposal.text != "")


def _halves(draft: Draft, record: Record) -> list[Draft]:
    middle = len(draft.text) // 2
    articles = ((Span(0, middle),), (Span(middle, len(draft.text)),))
    if not 0 < middle < len(draft.text):
        return [draft]
    return apply(draft, [Arrange(articles, "articles.half", 1.0, "halves")], "articles", record)

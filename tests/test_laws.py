"""The laws of the core, on random texts and random histories of edits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import FEWER, History, Step, changes, histories, history_of, proposals, texts

from corpuskit.core.draft import Draft, Kept, origin_of
from corpuskit.core.edit import Arrange, Drop, Edit, Flag, Lift, Proposal, Receipt
from corpuskit.core.engine import resolve
from corpuskit.core.span import Span

# what must hold after every engine call


def verbatim(source: str, drafts: Iterable[Draft]) -> None:
    for draft in drafts:
        at = 0
        for run in draft.runs:
            if isinstance(run, Kept):
                assert draft.text[at : at + run.size] == source[run.start : run.start + run.size]
            at += run.size


def receipted(drafts: Iterable[Draft], receipts: Sequence[Receipt]) -> None:
    for draft in drafts:
        at = 0
        for run in draft.runs:
            if not isinstance(run, Kept):
                after = receipts[run.by].after
                assert receipts[run.by].kind == "rewrite"
                assert after is not None
                assert draft.text[at : at + run.size] == after[run.offset : run.offset + run.size]
            at += run.size


def replayed(source: str, draft: Draft, receipts: Sequence[Receipt]) -> str:
    """Return the text of a draft from source, receipts and runs alone."""
    out = []
    for run in draft.runs:
        if isinstance(run, Kept):
            out.append(source[run.start : run.start + run.size])
        else:
            out.append((receipts[run.by].after or "")[run.offset : run.offset + run.size])
    return "".join(out)


def holders(drafts: Iterable[Draft], receipts: Sequence[Receipt]) -> list[tuple[str, Span]]:
    """Return every claim to a stretch of the source: runs and lifts of live drafts, removals, drops."""
    out = [("remove", span) for receipt in receipts if receipt.kind == "remove" for span in receipt.origin]
    for draft in drafts:
        if draft.dropped is not None:
            assert not draft.lifted
            out += [("drop", span) for span in receipts[draft.dropped].origin]
            continue
        out += [("lift", span) for index in draft.lifted for span in receipts[index].origin]
        out += [(type(run).__name__, span) for run in draft.runs for span in origin_of(run, receipts)]
    return out


def partition(source: str, drafts: Iterable[Draft], receipts: Sequence[Receipt]) -> None:
    claims: list[list[str]] = [[] for _ in source]
    for who, span in holders(drafts, receipts):
        assert 0 <= span.start <= span.end <= len(source)
        for at in range(*span):
            claims[at].append(who)
    assert [at for at, who in enumerate(claims) if len(who) != 1] == []


def every_receipt_once(drafts: Iterable[Draft], receipts: Sequence[Receipt]) -> None:
    """A lift or a drop belongs to one draft; a lift's draft may be dropped since."""
    used = Counter(index for draft in drafts for index in draft.lifted)
    used.update(draft.dropped for draft in drafts if draft.dropped is not None)
    kinds = {index: receipts[index].kind for index in used}
    assert all(number == 1 for number in used.values())
    assert all(kinds[i] == "lift" for draft in drafts for i in draft.lifted)
    assert {i for i, r in enumerate(receipts) if r.kind == "drop"} == {i for i, kind in kinds.items() if kind == "drop"}


def check(source: str, step: Step) -> None:
    """Hold the whole state behind an engine call against the laws."""
    verbatim(source, step.drafts)
    receipted(step.drafts, step.receipts)
    partition(source, step.drafts, step.receipts)
    every_receipt_once(step.drafts, step.receipts)
    for draft in step.drafts:
        assert replayed(source, draft, step.receipts) == draft.text


@settings(max_examples=FEWER)
@given(histories())
def test_verbatim(history: History) -> None:
    for step in history.steps:
        verbatim(history.source.text, step.drafts)


@given(histories())
def test_receipt(history: History) -> None:
    for step in history.steps:
        receipted(step.drafts, step.receipts)


@given(histories())
def test_partition(history: History) -> None:
    for step in history.steps:
        partition(history.source.text, step.drafts, step.receipts)
        every_receipt_once(step.drafts, step.receipts)


@settings(max_examples=FEWER)
@given(histories())
def test_replay(history: History) -> None:
    for step in history.steps:
        for draft in step.drafts:
            assert replayed(history.source.text, draft, step.receipts) == draft.text


@given(histories(40))
def test_all_laws_on_longer_texts(history: History) -> None:
    for step in history.steps:
        check(history.source.text, step)


@given(st.integers(1, 6), st.data())
def test_all_laws_where_every_letter_is_written_over_and_over(rounds: int, data: st.DataObject) -> None:
    history = history_of("甲乙 \n")
    for number in range(rounds):
        history.step(f"s{number}", 0, list(data.draw(changes(history.drafts[0].text, 4))))
        check(history.source.text, history.steps[-1])


@settings(max_examples=FEWER)
@given(histories())
def test_receipts_and_sources_never_change_behind_the_back(history: History) -> None:
    for one, two in pairwise(history.steps):
        assert two.receipts[: len(one.receipts)] == one.receipts
    assert all(step.before.text == replayed(history.source.text, step.before, step.receipts) for step in history.steps)


# splice: the engine's text is the text of plain slicing


def owner(spans: Sequence[Span], change: Span) -> Span:
    """Return the article span that holds a change; an insertion between two belongs to the later one."""
    return max(span for span in spans if span.start <= change.start and change.end <= span.end)


def sliced(text: str, winners: Sequence[Proposal]) -> list[str]:
    """Return what plain slicing makes of resolved proposals: one text an article."""
    made = [w for w in winners if isinstance(w, Edit | Lift)]
    arrange = next((w for w in winners if isinstance(w, Arrange)), None)
    articles = arrange.articles if arrange else ((Span(0, len(text)),),)
    spans = [span for article in articles for span in article]
    out = []
    for article in articles:
        parts = []
        for span in article:
            part = text[span.start : span.end]
            mine = [c for c in made if owner(spans, c.span) == span]
            made = [c for c in made if c not in mine]
            for change in reversed(mine):
                low, high = change.span.start - span.start, change.span.end - span.start
                part = part[:low] + (change.text if isinstance(change, Edit) else "") + part[high:]
            parts.append(part)
        out.append("".join(parts))
    return out


@given(histories())
def test_splice(history: History) -> None:
    for step in history.steps:
        texts_now = [draft.text for draft in step.after]
        wanted = sliced(step.before.text, step.resolved.winners)
        # lifts of a page that turns out to have no article keep an empty one
        assert texts_now == wanted or (wanted == [] and step.before.lifted and texts_now == [""])


@given(histories())
def test_lifted_values_and_removed_texts_are_what_stood_there(history: History) -> None:
    known = 0
    for step in history.steps:
        new = step.receipts[known:]
        known = len(step.receipts)
        made = [w for w in step.resolved.winners if isinstance(w, Edit | Lift)]
        wrote = Counter(w.text for w in made if isinstance(w, Edit) and w.text)
        lifted = Counter(step.before.text[slice(*w.span)] for w in made if isinstance(w, Lift))
        assert Counter(r.after for r in new if r.kind == "lift") == lifted
        assert not Counter(r.after for r in new if r.kind == "rewrite" and r.after) - wrote
        assert {r.stage for r in new} <= {step.stage, "layout"}
        assert all(r.origin for r in new if r.kind in ("remove", "rewrite", "lift"))


@settings(max_examples=FEWER)
@given(histories())
def test_flags_change_nothing_and_point_at_the_source(history: History) -> None:
    proposed = Counter(p for step in history.steps for p in step.proposed if isinstance(p, Flag))
    assert Counter(flag for flag, _ in history.record.flags) == proposed
    for _, where in history.record.flags:
        assert all(0 <= span.start <= span.end <= len(history.source.text) for span in where)


@settings(max_examples=FEWER)
@given(histories())
def test_a_drop_refuses_every_article_of_its_stage(history: History) -> None:
    for step in history.steps:
        drop = next((w for w in step.resolved.winners if isinstance(w, Drop)), None)
        for draft in step.after:
            assert (draft.dropped is None) == (drop is None)
            if drop is not None and draft.dropped is not None:
                receipt = step.receipts[draft.dropped]
                assert (receipt.kind, receipt.rule, receipt.twin) == ("drop", drop.rule, drop.twin)


@settings(max_examples=FEWER)
@given(histories())
def test_lifts_stay_with_an_article(history: History) -> None:
    for step in history.steps:
        if any(draft.dropped is not None for draft in step.after):
            continue
        assert set(step.before.lifted) <= {index for draft in step.after for index in draft.lifted}


# resolve: nothing vanishes, no overlap, no memory of the order


def rank(change: Edit | Lift) -> tuple[float, int, int]:
    return (-change.score, change.span.start, -change.span.end)


def clash(one: Span, two: Span) -> bool:
    """Say whether two spans cannot both be changed; an insertion clashes inside a span, or with its like."""
    return one == two or (one.start < two.end and two.start < one.end)


@given(texts(), st.booleans(), st.booleans(), st.data())
def test_nothing_proposed_vanishes(text: str, arrange: bool, drop: bool, data: st.DataObject) -> None:
    proposed = data.draw(proposals(text, arrange=arrange, drop=drop))
    winners, losers = resolve(proposed)
    assert Counter(winners) + Counter(losers) == Counter(proposed)
    assert sum(isinstance(w, Arrange) for w in winners) == arrange
    assert sum(isinstance(w, Drop) for w in winners) == drop


@given(texts(), st.booleans(), st.data())
def test_winners_are_disjoint_and_sorted(text: str, arrange: bool, data: st.DataObject) -> None:
    made = [w for w in resolve(data.draw(proposals(text, arrange=arrange))).winners if isinstance(w, Edit | Lift)]
    assert [w.span for w in made] == sorted(w.span for w in made)
    assert not any(clash(a.span, b.span) for n, a in enumerate(made) for b in made[n + 1 :])


@given(texts(), st.booleans(), st.data())
def test_nobody_loses_but_to_a_better_one(text: str, arrange: bool, data: st.DataObject) -> None:
    winners, losers = resolve(data.draw(proposals(text, arrange=arrange)))
    made = [w for w in winners if isinstance(w, Edit | Lift)]
    arranged = next((w for w in winners if isinstance(w, Arrange)), None)
    for loser in losers:
        if isinstance(loser, Edit | Lift):
            beaten = any(clash(w.span, loser.span) and rank(w) <= rank(loser) for w in made)
            homeless = arranged is not None and not any(
                s.start <= loser.span.start and loser.span.end <= s.end for a in arranged.articles for s in a
            )
            assert beaten or homeless


@given(texts(min_parts=1), st.data())
def test_winners_do_not_depend_on_the_order_where_scores_differ(text: str, data: st.DataObject) -> None:
    drawn = data.draw(changes(text, 8))
    proposed = [change._replace(score=n / 10) for n, change in enumerate(drawn)]
    shuffled = data.draw(st.permutations(proposed))
    assert resolve(shuffled).winners == resolve(proposed).winners
    assert Counter(resolve(shuffled).losers) == Counter(resolve(proposed).losers)


@given(texts(), st.booleans(), st.booleans(), st.data())
def test_winners_never_make_apply_raise(text: str, arrange: bool, drop: bool, data: st.DataObject) -> None:
    proposed = data.draw(proposals(text, arrange=arrange, drop=drop))
    history = history_of(text)
    history.step("fault", 0, proposed)
    check(text, history.steps[-1])

"""The engine by example: what the laws leave open, and faults that were there once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import arrangements, changes, disjoint, lossy, texts
from test_laws import sliced

from corpuskit.core.draft import Draft, Kept, Written
from corpuskit.core.edit import Arrange, Drop, Edit, Flag, Lift, Proposal
from corpuskit.core.engine import BLANK, OverlapError, Record, apply, resolve
from corpuskit.core.span import Span


def edit(start: int, end: int, text: str = "", score: float = 0.5, *, inline: bool = False) -> Edit:
    return Edit(Span(start, end), text, "fault.edit", score, "because", inline)


def lift(start: int, end: int) -> Lift:
    return Lift(Span(start, end), "title", "fault.lift", 0.5, "because")


def arrange(*articles: tuple[tuple[int, int], ...]) -> Arrange:
    return Arrange(tuple(tuple(Span(*s) for s in a) for a in articles), "fault.article", 1.0, "because")


def run(text: str, *stages: list[Proposal]) -> tuple[list[Draft], Record]:
    record, drafts = Record(), [Draft.of(text)]
    for number, proposed in enumerate(stages):
        drafts = apply(drafts[0], resolve(proposed).winners, f"s{number}", record) + drafts[1:]
    return drafts, record


@pytest.mark.parametrize(
    ("made", "text", "runs"),
    [
        ([edit(1, 2)], "甲丙", (Kept(0, 1), Kept(2, 1))),
        ([edit(1, 2, "写")], "甲写丙", (Kept(0, 1), Written(0, 0, 1), Kept(2, 1))),
        ([edit(1, 1, "写")], "甲写乙丙", (Kept(0, 1), Written(0, 0, 1), Kept(1, 2))),
        ([edit(1, 2, inline=True)], "甲丙", (Kept(0, 1), Written(0, 0, 0), Kept(2, 1))),
        ([edit(1, 2, "乙")], "甲乙丙", (Kept(0, 3),)),
        ([lift(0, 1)], "乙丙", (Kept(1, 2),)),
        ([arrange(((1, 3), (0, 1)))], "乙丙甲", (Kept(1, 2), Kept(0, 1))),
        ([edit(0, 3)], "", ()),
    ],
    ids=["remove", "replace", "insert", "inline", "no change", "lift", "reorder", "all"],
)
def test_one_proposal(made: list[Proposal], text: str, runs: tuple[Kept | Written, ...]) -> None:
    [draft], _ = run("甲乙丙", made)
    assert (draft.text, draft.runs) == (text, runs)


def test_no_change_leaves_no_receipt() -> None:
    _, record = run("甲乙丙", [edit(1, 2, "乙")])
    assert record.receipts == []


def test_nothing_proposed_leaves_the_draft_itself() -> None:
    draft = Draft.of("甲")
    assert apply(draft, [], "s", Record())[0] is draft
    assert apply(draft, [Flag(Span(0, 1), "fault.flag", 0.5, "")], "s", Record())[0] is draft


@pytest.mark.parametrize(
    ("made", "kind", "after", "field"),
    [
        (edit(1, 2), "remove", None, None),
        (edit(1, 2, "写"), "rewrite", "写", None),
        (edit(1, 2, inline=True), "rewrite", "", None),
        (lift(1, 2), "lift", "乙", "title"),
    ],
)
def test_receipts(made: Proposal, kind: str, after: str | None, field: str | None) -> None:
    _, record = run("甲乙丙", [made])
    [receipt] = record.receipts
    assert (receipt.kind, receipt.after, receipt.field) == (kind, after, field)
    assert receipt.origin == (Span(1, 2),)
    assert (receipt.stage, receipt.score, receipt.reason) == ("s0", 0.5, "because")


def test_an_insertion_stands_at_an_empty_place() -> None:
    _, record = run("甲乙丙", [edit(0, 0, "写"), edit(2, 2, "字")])
    assert [r.origin for r in record.receipts] == [(Span(0, 0),), (Span(2, 2),)]


def test_an_origin_is_a_tuple_of_spans_never_one_hull() -> None:
    _, record = run("甲乙丙丁", [edit(1, 2)], [edit(0, 2, "写")])
    assert record.receipts[1].origin == (Span(0, 1), Span(2, 3))


def test_the_first_part_of_a_written_text_answers_for_all_of_it() -> None:
    drafts, record = run("甲乙丙", [edit(0, 3, "一二三四")], [edit(1, 2)])
    assert drafts[0].runs == (Written(0, 0, 1), Written(0, 2, 2))
    assert record.receipts[1].origin == (Span(3, 3),)
    drafts, record = run("甲乙丙", [edit(0, 3, "一二三四")], [edit(0, 1)])
    assert record.receipts[1].origin == (Span(0, 3),)


def test_white_space_outside_every_article_has_a_receipt() -> None:
    _, record = run(" 甲\n\n乙 ", [arrange(((1, 2),), ((4, 5),))])
    [receipt] = record.receipts
    assert (receipt.kind, receipt.rule, receipt.stage) == ("remove", BLANK, "layout")
    assert receipt.origin == (Span(0, 1), Span(2, 4), Span(5, 6))


def test_a_drop_answers_for_text_and_lifts() -> None:
    [draft], record = run("题目。甲乙。丙", [lift(0, 3)], [edit(0, 1, "写")], [Drop("fault.drop", 1.0, "", "twin")])
    assert draft.lifted == ()
    assert draft.dropped == 2
    assert record.receipts[2].twin == "twin"
    assert sorted(at for span in record.receipts[2].origin for at in range(*span)) == [0, 1, 2, 3, 4, 5, 6]


def test_an_insertion_at_the_end_does_not_copy_the_empty_run_there() -> None:
    [draft], _ = run("甲 ", [edit(1, 2, inline=True)], [edit(1, 1, "写")])
    assert draft.runs == (Kept(0, 1), Written(0, 0, 0), Written(1, 0, 1))


def test_what_was_lifted_from_a_page_without_an_article_keeps_an_empty_one() -> None:
    [draft], record = run("题 ", [lift(0, 1)], [arrange()])
    assert (draft.text, draft.lifted) == ("", (0,))
    assert record.receipts[1].origin == (Span(1, 2),)


def test_an_empty_text_without_an_article_answers_for_what_was_there() -> None:
    drafts, record = run(" ", [edit(0, 1, inline=True)], [arrange()])
    assert drafts == []
    assert (record.receipts[1].rule, record.receipts[1].origin) == (BLANK, (Span(0, 1),))


def test_an_empty_text_keeps_its_runs_through_an_arrangement() -> None:
    drafts, record = run(" ", [edit(0, 1, inline=True)], [arrange((), ((0, 0),))])
    assert [d.runs for d in drafts] == [(Written(0, 0, 0),), ()]
    assert len(record.receipts) == 1


# resolve


@pytest.mark.parametrize(
    ("made", "wins"),
    [
        ([edit(0, 2, score=0.5), edit(1, 3, score=0.9)], [1]),
        ([edit(1, 3), edit(0, 2)], [1]),
        ([edit(0, 2), edit(0, 3)], [1]),
        ([edit(0, 2, "写"), edit(0, 2)], [0]),
        ([edit(0, 2), edit(2, 4)], [0, 1]),
        ([edit(0, 2), edit(2, 2, "写")], [0, 1]),
        ([edit(0, 2), edit(1, 1, "写")], [0]),
        ([edit(1, 1, "写"), edit(1, 1, "字")], [0]),
        ([edit(0, 2), arrange(((0, 1),), ((1, 2),))], [1]),
        ([edit(0, 1), arrange(((0, 1),), ((1, 2),))], [0, 1]),
        ([arrange(((0, 2),)), arrange(((0, 1), (1, 2)))], [0]),
        ([Drop("fault.one", 0.1, ""), Drop("fault.two", 0.9, "")], [0]),
    ],
    ids=[
        *("score", "start", "size", "first proposed", "neighbours", "insertion behind", "insertion inside"),
        *("insertion twice", "across articles", "inside an article", "arrangements", "drops"),
    ],
)
def test_who_wins(made: list[Proposal], wins: list[int]) -> None:
    winners, losers = resolve(made)
    assert sorted(made.index(w) for w in winners) == wins
    assert sorted(made.index(loser) for loser in losers) == [n for n in range(len(made)) if n not in wins]


# apply


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ([edit(0, 2), edit(1, 3)], r"^s: fault\.edit overlaps at Span\(start=1, end=3\)"),
        ([edit(2, 3), edit(0, 1)], "overlaps"),
        ([edit(2, 1)], "overlaps"),
        ([edit(-1, 1)], "overlaps"),
        ([edit(2, 5)], "is in no article"),
        ([arrange(((0, 1),), ((2, 4),))], "^s: no article holds '乙'"),
        ([arrange(((0, 3),), ((2, 4),))], "article spans overlap"),
        ([arrange(((0, 5),))], "leave the text"),
        ([arrange(((0, 1), (1, 4))), edit(0, 2)], "is in no article"),
    ],
)
def test_apply_raises(made: list[Proposal], message: str) -> None:
    record = Record()
    with pytest.raises(OverlapError, match=message):
        apply(Draft.of("甲乙丙丁"), made, "s", record)
    assert record == Record()


def test_kept_spans_are_the_verbatim_ones() -> None:
    [draft], _ = run("甲乙丙", [edit(1, 2, "写")], [arrange(((2, 3), (0, 2)))])
    kept = tuple(Span(run.start, run.start + run.size) for run in draft.runs if isinstance(run, Kept))
    assert kept == (Span(2, 3), Span(0, 1))


def test_many_edits_on_one_page_do_not_copy_its_runs_each_time() -> None:
    """Each slice of the table reads the runs it holds and no others."""
    reads: list[int] = []

    class Counted(tuple[Kept, ...]):
        def __getitem__(self, index):  # type: ignore[no-untyped-def]
            reads.append(len(self) if isinstance(index, slice) else 1)
            return super().__getitem__(index)

    size = 400
    draft = Draft("甲" * size, Counted(Kept(2 * n, 1) for n in range(size)))
    apply(draft, [edit(n, n + 1) for n in range(0, size, 2)], "s", Record())
    assert sum(reads) <= 4 * size


# apply: raises rather than guess


@given(texts(min_parts=2), st.data())
def test_disjoint_edits_need_no_resolving(text: str, data: st.DataObject) -> None:
    made = data.draw(disjoint(text))
    drafts = apply(Draft.of(text), made, "fault", Record())
    assert [draft.text for draft in drafts] == sliced(text, made)


@given(texts(min_parts=1), st.data())
def test_overlap_raises(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    one = Span(start, data.draw(st.integers(start + 1, len(text))))
    inside = data.draw(st.integers(one.start, one.end - 1))
    two = Span(inside, data.draw(st.integers(inside, len(text))))
    made: list[Proposal] = [Edit(one, "甲", "fault.edit", 0.5, ""), Lift(two, "title", "fault.lift", 0.5, "")]
    with pytest.raises(OverlapError, match=r"fault: fault\.lift overlaps"):
        apply(Draft.of(text), made, "fault", Record())


@given(texts(), st.integers(-3, 20), st.integers(-3, 20))
def test_out_of_bounds_raises(text: str, start: int, size: int) -> None:
    span = Span(start, start + size)
    made: list[Proposal] = [Edit(span, "甲", "fault.edit", 0.5, "")]
    if 0 <= span.start <= span.end <= len(text):
        assert len(apply(Draft.of(text), made, "fault", Record())) == 1
    else:
        with pytest.raises(OverlapError):
            apply(Draft.of(text), made, "fault", Record())


@given(texts(min_parts=1).filter(str.strip), st.data())
def test_an_arrangement_that_leaves_letters_raises(text: str, data: st.DataObject) -> None:
    with pytest.raises(OverlapError, match="no article holds"):
        apply(Draft.of(text), [data.draw(lossy(text))], "fault", Record())


@given(texts(min_parts=1).filter(bool), st.data())
def test_an_arrangement_that_holds_a_letter_twice_raises(text: str, data: st.DataObject) -> None:
    arrange = data.draw(arrangements(text))
    start = data.draw(st.integers(0, len(text) - 1))
    again = Span(start, data.draw(st.integers(start + 1, len(text))))
    wrong = ((Span(0, len(text)), again), *arrange.articles)
    with pytest.raises(OverlapError, match="overlap or leave the text"):
        apply(Draft.of(text), [arrange._replace(articles=wrong)], "fault", Record())


@given(texts(), st.data())
def test_a_change_in_no_article_raises(text: str, data: st.DataObject) -> None:
    blank = text + "\n\n"
    arrange = Arrange(((Span(0, len(text)),),) if text else (), "fault.article", 1.0, "")
    outside = Edit(Span(len(text), len(text) + data.draw(st.integers(1, 2))), "", "fault.edit", 0.5, "")
    with pytest.raises(OverlapError, match="is in no article"):
        apply(Draft.of(blank), [arrange, outside], "fault", Record())


@given(texts(min_parts=2).filter(str.strip), st.data())
def test_what_raises_leaves_no_receipt(text: str, data: st.DataObject) -> None:
    made: list[Proposal] = [*data.draw(changes(text)), data.draw(lossy(text)), Flag(Span(0, 1), "fault.flag", 0.5, "")]
    record = Record()
    with pytest.raises(OverlapError):
        apply(Draft.of(text), resolve(made).winners, "fault", record)
    assert record == Record()

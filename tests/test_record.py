"""The laws again, on what is written: records and ledger lines alone."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import FEWER, History, histories, history_of, texts

from corpuskit.core.edit import Arrange, Drop, Edit, Flag, Lift
from corpuskit.core.source import Refusal
from corpuskit.core.span import Span
from corpuskit.write.record import Holding, build, ledger, passages, record_id, refusal_line, refuse

Json = dict[str, Any]
STAMP = {"config": "sha256:" + "5" * 64, "corpuskit": "0.1.0"}


def written(history: History, *, with_text: bool = True) -> tuple[list[Json], list[Json]]:
    """Return the records and ledger lines of a history."""
    records, owned = [], []
    for draft in history.drafts:
        mine = Holding.of(history.source, draft, history.record.receipts)
        owned.append((draft, mine.id))
        if draft.dropped is None:
            lifted = [history.record.receipts[index] for index in draft.lifted]
            metadata = {"captions": [r.after for r in lifted]} if lifted else {}
            fields = {"captions": [list(span) for r in lifted for span in r.origin]} if lifted else {}
            records.append(build(history.source, draft, history.record, mine, "zh", metadata, fields, dict(STAMP)))
    return records, ledger(history.source, owned, history.record, with_text=with_text)


def held(records: Iterable[Json], lines: Iterable[Json]) -> Iterator[tuple[int, int, str | None]]:
    """Yield who holds what of the source, and its text where it is told."""
    for record in records:
        for start, end, low, high, *written_over in record["provenance"]["pieces"]:
            yield low, high, written_over[1] if written_over else record["text"][start:end]
    for line in lines:
        if line["kind"] in ("remove", "lift", "drop"):
            for n, (low, high) in enumerate(line["spans"]):
                yield low, high, line["before"][n] if "before" in line else None


def partition(source: str, records: Iterable[Json], lines: Iterable[Json]) -> None:
    count = [0] * len(source)
    for low, high, _ in held(records, lines):
        assert 0 <= low <= high <= len(source)
        for at in range(low, high):
            count[at] += 1
    assert [at for at, number in enumerate(count) if number != 1] == []


def rebuilt(records: Iterable[Json], lines: Iterable[Json]) -> str:
    """Return the source's text from records and ledger lines alone."""
    whole = [(low, text) for low, high, text in held(records, lines) if low < high]
    return "".join(text or "" for _, text in sorted(whole))


@given(histories())
def test_every_character_is_in_one_place(history: History) -> None:
    partition(history.source.text, *written(history))


@given(histories())
def test_the_source_can_be_rebuilt(history: History) -> None:
    assert rebuilt(*written(history)) == history.source.text


@given(histories())
def test_pieces_cover_the_text_in_order(history: History) -> None:
    for record in written(history)[0]:
        at = 0
        for start, end, low, high, *written_over in record["provenance"]["pieces"]:
            assert start == at
            at = end
            there = history.source.text[low:high]
            assert there == (written_over[1] if written_over else record["text"][start:end])
        assert at == len(record["text"])


def test_a_repair_over_several_stretches_has_a_piece_for_each() -> None:
    history = history_of("甲乙丙丁")
    history.step("fault", 0, [Edit(Span(1, 2), "", "fault.edit", 0.5, "")])
    history.step("fault", 0, [Edit(Span(0, 3), "写", "fault.edit", 0.5, "")])
    records, lines = written(history)
    assert records[0]["provenance"]["pieces"] == [[0, 1, 0, 1, "fault.edit", "甲"], [1, 1, 2, 4, "fault.edit", "丙丁"]]
    assert [line["spans"] for line in lines] == [[[0, 1], [2, 4]], [[1, 2]]]


@given(histories())
def test_every_repair_in_a_record_has_its_line(history: History) -> None:
    records, lines = written(history)
    for record in records:
        mine = [line for line in lines if line["kind"] == "rewrite" and line["record"] == record["id"]]
        for start, end, _, _, *written_over in record["provenance"]["pieces"]:
            if written_over and not written_over[0].startswith("layout.") and start < end:
                text = record["text"][start:end]
                assert any(line["rule"] == written_over[0] and text in line["after"] for line in mine)


@given(histories())
def test_a_ledger_line_says_what_the_source_has_there(history: History) -> None:
    for line in written(history)[1]:
        there = [history.source.text[low:high] for low, high in line["spans"]]
        assert line["before"] == there
        assert (line["kind"] == "lift") == ("field" in line)
        assert (line["after"] is None) == (line["kind"] in ("remove", "drop"))


@settings(max_examples=FEWER)
@given(histories())
def test_a_ledger_without_text_is_the_same_but_for_before(history: History) -> None:
    records, lines = written(history)
    again, bare = written(history, with_text=False)
    assert again == records
    assert bare == [{k: v for k, v in line.items() if k != "before"} for line in lines]


@settings(max_examples=FEWER)
@given(histories())
def test_writing_changes_nothing(history: History) -> None:
    before = copy.deepcopy(history)
    assert written(history) == written(history)
    assert history == before


@settings(max_examples=FEWER)
@given(histories())
def test_an_id_depends_on_the_bytes_and_the_passages_alone(history: History) -> None:
    for draft in history.drafts:
        held_spans = passages(draft, history.record.receipts)
        key = record_id("a" * 64, held_spans)
        assert key == record_id("a" * 64, [Span(*span) for span in held_spans])
        assert key != record_id("b" * 64, held_spans)
        assert key != record_id("a" * 64, [*held_spans, Span(10**6, 10**6 + 1)])


# refuse: a finished record becomes a drop line


@given(histories(), st.data())
def test_refusing_records_keeps_partition_and_rebuild(history: History, data: st.DataObject) -> None:
    records, lines = written(history)
    while records:
        record = records.pop(data.draw(st.integers(0, len(records) - 1)))
        lines.append(refuse(record, lines, "dedup.near", 0.9, "a near duplicate", "twin"))
        partition(history.source.text, records, lines)
        assert rebuilt(records, lines) == history.source.text


@given(histories())
def test_refusing_records_keeps_the_partition_without_the_ledgers_text(history: History) -> None:
    records, lines = written(history, with_text=False)
    while records:
        lines.append(refuse(records.pop(), lines, "dedup.near", 0.9, "", "twin", with_text=False))
        partition(history.source.text, records, lines)
    assert not any("before" in line for line in lines)


@given(histories())
def test_a_refusal_takes_the_record_s_own_lines_and_no_others(history: History) -> None:
    records, lines = written(history)
    for record in records:
        left = copy.deepcopy(lines)
        drop = refuse(record, left, "dedup.exact", 1.0, "the same text", "twin")
        others = [e for e in lines if e["record"] != record["id"] or e["kind"] not in ("lift", "rewrite")]
        assert left == others
        assert (drop["kind"], drop["stage"], drop["record"]) == ("drop", "dedup", record["id"])
        assert list(drop) == list(refused_by_a_stage())


def refused_by_a_stage() -> Json:
    history = history_of("甲")
    history.step("too_short", 0, [Drop("too_short.article", 1.0, "1 character")])
    return written(history)[1][0]


@given(texts(min_parts=1).filter(bool), st.data())
def test_a_refused_lift_and_repair_are_one_stretch_again(text: str, data: st.DataObject) -> None:
    history = history_of(text)
    at = data.draw(st.integers(0, len(text)))
    history.step("fault", 0, [Lift(Span(0, at), "title", "fault.lift", 0.5, "")])
    left = history.drafts[0].text
    history.step("fault", 0, [Edit(Span(0, len(left)), "写", "fault.edit", 0.5, "")])
    records, lines = written(history)
    drop = refuse(records[0], lines, "dedup.near", 0.9, "a near duplicate", "twin")
    assert lines == []
    assert (drop["spans"], drop["before"]) == ([[0, len(text)]], [text])


def test_a_refused_input_has_a_line_of_the_same_shape() -> None:
    line = refusal_line(Refusal("pages/c.txt", "read.empty", "the file is empty"))
    assert (line["source"], line["kind"], line["stage"], line["rule"]) == ("pages/c.txt", "drop", "read", "read.empty")
    assert list(line) == list(refused_by_a_stage())


@settings(max_examples=FEWER)
@given(histories())
def test_flags_of_a_record_touch_its_passages(history: History) -> None:
    flagged = {span for _, spans in history.record.flags for span in spans}
    for record in written(history)[0]:
        pieces = record["provenance"]["pieces"]
        for low, high in (span for flag in record["metadata"].get("flags", []) for span in flag["spans"]):
            assert Span(low, high) in flagged
            assert any(low < end and start < high for _, _, start, end, *_ in pieces)


def test_a_flag_on_text_put_in_another_order_names_each_place() -> None:
    history = history_of("甲乙丙丁")
    history.step("layout", 0, [Arrange(((Span(2, 4), Span(0, 2)),), "layout.article", 1.0, "")])
    history.step("fault", 0, [Flag(Span(1, 3), "fault.flag", 0.5, "")])
    [flag] = written(history)[0][0]["metadata"]["flags"]
    assert flag["spans"] == [[3, 4], [0, 1]]

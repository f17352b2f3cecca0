"""Decisions of people: what a run does otherwise because of them, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import DIRTY, FERRY, content, folder_of, ledger, ran, records, sound
from strategies import FEWER, texts

from corpuskit.cli import main
from corpuskit.config import Config, parse
from corpuskit.core.edit import Edit
from corpuskit.core.page import Page
from corpuskit.core.span import Span
from corpuskit.described import as_toml
from corpuskit.overrides import Decision, DecisionError, Override, Overrides, latest, load, read
from corpuskit.pipeline import Pipeline
from corpuskit.runner import run
from corpuskit.write.check import PageCheck
from corpuskit.write.manifest import load as manifest


def decided(line: dict[str, Any], decision: str, **more: Any) -> bytes:
    kept = {key: line[key] for key in ("source", "sha256", "kind", "rule", "spans", "record") if key in line}
    return msgspec.json.encode(kept | {"decision": decision} | more) + b"\n"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return folder_of(tmp_path / "p", {"a.txt": DIRTY, "b.txt": FERRY, "c.txt": FERRY + "\n", "d.txt": "短\n"})


def again(pages: Path, out: Path, *decisions: bytes) -> list[dict[str, Any]]:
    file = pages.parent / "decisions.jsonl"
    file.write_bytes(b"".join(decisions))
    config = msgspec.structs.replace(parse(""), overrides=load(file))
    run([str(pages)], out, config)
    sound(out)
    assert Config.of(manifest(out)["config"]) == config
    return records(out)


def line_of(out: Path, rule: str) -> dict[str, Any]:
    return next(line for line in ledger(out) if line["rule"].startswith(rule))


def test_a_rejected_removal_is_not_made(pages: Path, tmp_path: Path) -> None:
    ran([pages], tmp_path / "before")
    gone = line_of(tmp_path / "before", "related_news.")
    made = again(pages, tmp_path / "after", decided(gone, "reject"))
    text = next(record["text"] for record in made if record["source"] == "p/a.txt")
    assert "石桥名录新增七处" in text
    assert "首页" not in text
    others = [line for line in ledger(tmp_path / "after") if line["source"] != "p/a.txt"]
    assert others == [line for line in ledger(tmp_path / "before") if line["source"] != "p/a.txt"]


def test_an_accepted_flag_is_taken_out_with_its_line(tmp_path: Path, pages: Path) -> None:
    ran([pages], tmp_path / "before")
    source = next(record for record in records(tmp_path / "before") if record["source"] == "p/a.txt")
    sha = source["provenance"]["source"]["sha256"]
    at = DIRTY.index("修桥的师傅说")
    end = DIRTY.index("\n", at)
    flag = {"source": "p/a.txt", "sha256": sha, "kind": "flag", "rule": "page_chrome.line", "spans": [[at, end]]}
    made = again(pages, tmp_path / "after", decided(flag, "accept"))
    text = next(record["text"] for record in made if record["source"] == "p/a.txt")
    assert text.split("\n") == [line for line in source["text"].split("\n") if "修桥的师傅说" not in line]
    line = next(line for line in ledger(tmp_path / "after") if line["reason"] == "a reviewer decided it")
    assert (line["kind"], line["rule"], line["before"][0].strip()) == ("remove", "page_chrome.line", DIRTY[at:end])


@pytest.mark.parametrize("rule", ["duplicates.exact", "too_short.article"])
def test_a_rejected_refusal_keeps_the_article(rule: str, pages: Path, tmp_path: Path) -> None:
    ran([pages], tmp_path / "before")
    line = line_of(tmp_path / "before", rule)
    made = again(pages, tmp_path / "after", decided(line, "reject"))
    assert line["record"] in {record["id"] for record in made}
    assert len(made) == len(records(tmp_path / "before")) + 1


def test_a_rejected_lift_stays_in_the_text(pages: Path, tmp_path: Path) -> None:
    ran([pages], tmp_path / "before")
    line = line_of(tmp_path / "before", "layout.title")
    made = again(pages, tmp_path / "after", decided(line, "reject"))
    record = next(record for record in made if record["source"] == line["source"])
    assert record["title"] is None
    assert record["text"].startswith(line["before"][0])


def test_a_rejected_repair_is_not_made() -> None:
    pipeline = Pipeline(Config())
    page = "他说&ldquo;河水退了&rdquo;，两岸的人都来看，桥修好了，河上又能走人。\n"
    line = next(line for line in pipeline.clean_text(page).ledger if line["kind"] == "rewrite")
    entry = Override(sha256=line["sha256"], rule=line["rule"], spans=tuple(map(tuple, line["spans"])), keep=True)
    kept = Pipeline(msgspec.structs.replace(Config(), overrides=(entry,))).clean_text(page)
    assert kept.records[0]["text"].startswith("他说&ldquo;河水退了”，")


def test_no_decision_is_no_change_and_the_order_of_the_file_does_not_count(pages: Path, tmp_path: Path) -> None:
    ran([pages], tmp_path / "before")
    lines = [line for line in ledger(tmp_path / "before") if line["kind"] == "remove" and "blank" not in line["rule"]]
    agreed = [decided(line, "accept") for line in lines]
    again(pages, tmp_path / "agreed", *agreed)
    assert content(tmp_path / "agreed") == content(tmp_path / "before")
    refused = [decided(line, "reject") for line in lines]
    again(pages, tmp_path / "one", *refused)
    again(pages, tmp_path / "two", *reversed(refused))
    assert content(tmp_path / "one") == content(tmp_path / "two") != content(tmp_path / "before")


def test_overrides_on_the_command_line(pages: Path, tmp_path: Path) -> None:
    ran([pages], tmp_path / "before")
    gone = line_of(tmp_path / "before", "related_news.")
    (tmp_path / "d.jsonl").write_bytes(decided(gone, "relabel", role="body"))
    asked = ["run", str(pages), "-o", str(tmp_path / "out"), "--overrides", str(tmp_path / "d.jsonl"), "-q"]
    with pytest.raises(SystemExit) as ended:
        main(asked)
    assert ended.value.code == 0
    sound(tmp_path / "out")
    assert any("石桥名录新增七处" in record["text"] for record in records(tmp_path / "out"))


def test_the_last_decision_counts_and_undo_takes_it_back() -> None:
    def one(what: Any, role: str | None = None) -> Decision:
        return Decision(source="a", sha256="0", kind="remove", rule="x.y", spans=((0, 1),), decision=what, role=role)

    assert list(latest([one("accept"), one("reject")]).values()) == [one("reject")]
    assert latest([one("accept"), one("undo")]) == {}
    assert one("relabel", "body").keeps is True
    assert one("relabel", "spam").keeps is False
    assert one("accept").keeps is None


def test_a_line_cut_short_by_a_power_cut_is_passed_over(tmp_path: Path) -> None:
    whole = decided({"source": "a", "sha256": "0", "kind": "flag", "rule": "x.y", "spans": [[0, 3]]}, "accept")
    (tmp_path / "d.jsonl").write_bytes(whole + whole[:30])
    assert len(list(read(tmp_path / "d.jsonl"))) == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{}\n", r"d\.jsonl:1: no decision"),
        (b'\n{"source": 1}\n', r"d\.jsonl:2: no decision"),
        (
            b'{"source":"a","sha256":"0","kind":"flag","rule":"x","spans":[],"decision":"relabel","role":"nonsense"}\n',
            "relabel needs a role",
        ),
    ],
)
def test_a_bad_file_of_decisions_is_told(data: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_bytes(data)
    with pytest.raises(DecisionError, match=message):
        load(tmp_path / "d.jsonl")
    with pytest.raises(DecisionError, match="cannot be read"):
        load(tmp_path / "none.jsonl")


SPANS = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(SPANS, max_size=4), st.lists(SPANS, max_size=3), st.booleans())
def test_what_is_kept_is_never_taken_out_and_the_rest_is(
    gone: list[tuple[int, int]], kept: list[tuple[int, int]], go: bool
) -> None:
    text = "甲乙丙丁戊己庚辛壬癸" * 5
    page = Page.of(text)
    entries = [Override(sha256="", rule="x.y", spans=(span,), keep=True) for span in kept]
    if go:
        entries.append(Override(sha256="", rule="x.z", spans=((3, 20),), keep=False))
    proposed = [Edit(Span(*span), "", "x.y", 0.9, "") for span in gone]
    found = list(Overrides(entries, ["x"]).apply("x", page, proposed))
    out = {at for p in found if isinstance(p, Edit) for at in range(*p.span)}
    safe = {at for span in kept for at in range(*span)}
    assert {at for span in gone for at in range(*span)} - safe <= out
    assert not out & safe
    assert not go or set(range(3, 20)) - safe <= out


def test_overrides_of_a_config_are_written_and_read() -> None:
    entry = Override(sha256="ab", rule="x.y", spans=((0, 3), (5, 9)), keep=True)
    config = msgspec.structs.replace(Config(), overrides=(entry,))
    assert parse(as_toml(config)) == config
    assert config.digest() != Config().digest()


PIPELINE = Pipeline(Config())


@settings(max_examples=FEWER)
@given(st.lists(st.sampled_from([*DIRTY.splitlines(keepends=True), FERRY]) | texts(), max_size=12), st.data())
def test_whatever_is_decided_each_character_is_in_one_place(parts: list[str], data: st.DataObject) -> None:
    done = PIPELINE.clean_text("".join(parts))
    size = len(done.source.text)
    entries = []
    for line in done.ledger:
        if data.draw(st.booleans()):
            spans = tuple((start, end) for start, end in line["spans"])
            entries.append(Override(sha256=done.source.sha256, rule=line["rule"], spans=spans, keep=True))
    for start, length in data.draw(st.lists(st.tuples(st.integers(0, size), st.integers(1, 40)), max_size=3)):
        rule = data.draw(st.sampled_from(["spam_links.row", "page_chrome.line", "layout.open", "unknown.rule"]))
        span = (start, min(size, start + length))
        entries.append(Override(sha256=done.source.sha256, rule=rule, spans=(span,), keep=False))
    again = Pipeline(msgspec.structs.replace(Config(), overrides=tuple(entries))).clean(done.source)
    problems: list[tuple[str, str | None, str]] = []
    PageCheck(again.source, again.records, again.ledger, lambda *problem: problems.append(problem)).run()
    assert problems == []
    kept = {at for entry in entries if entry.keep for span in entry.spans for at in range(*span)}
    gone = {at for line in again.ledger if line["kind"] == "remove" for span in line["spans"] for at in range(*span)}
    assert not {at for at in kept & gone if not done.source.text[at].isspace()}

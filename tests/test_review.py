"""The review: what it asks, what it keeps, and the labelled pages that come of it."""

from __future__ import annotations

import json
import multiprocessing
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reviewing import DIRTY, SPAM, filled, reviewed
from running import BRIDGE, folder_of, ledger, ran
from strategies import FEWER, texts

from corpuskit.cli import main
from corpuskit.config import Config
from corpuskit.labelled import Block, LabelError, load, parse
from corpuskit.overrides import Decision, DecisionError
from corpuskit.pipeline import Pipeline
from corpuskit.report.glance import thresholds
from corpuskit.report.reading import entries_at, sheets
from corpuskit.review.labels import export, labelled
from corpuskit.review.queue import Item, Queue
from corpuskit.review.store import Store
from corpuskit.score import bare
from corpuskit.train import train
from corpuskit.write.manifest import load as manifest
from corpuskit.write.stream import Key

ROOT = Path(__file__).parent.parent


PIPELINE = Pipeline(Config())


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reviewed(tmp_path_factory.mktemp("review"))


@pytest.fixture
def queue(out: Path) -> Iterator[Queue]:
    with filled(out) as made:
        yield made


def said(queue: Queue, number: int, decision: str, role: str | None = None) -> Decision:
    item = queue.items[number]
    return Decision(
        source=item.key.name,
        sha256=item.sha256,
        kind=item.kind,  # type: ignore[arg-type]
        rule=item.rule,
        spans=item.spans,
        decision=decision,  # type: ignore[arg-type]
        role=role,
        record=item.record,
    )


def test_the_queue_asks_what_was_near_its_threshold(out: Path, queue: Queue) -> None:
    assert queue.items
    limits = thresholds(manifest(out))
    for item in queue.items:
        assert abs(item.score - limits.get(item.rule.partition(".")[0], 0.5)) == pytest.approx(item.margin)
    least = [min(i.margin for i in items) for _, items in queue.pages()]
    assert least == sorted(least)
    known = {(line["sha256"], line["rule"], tuple(map(tuple, line["spans"]))) for line in ledger(out)}
    assert {item.identity for item in queue.items if item.kind != "flag"} <= known


def test_the_queue_is_as_short_as_asked_and_keeps_the_least_certain(out: Path, queue: Queue) -> None:
    with filled(out, most=2) as short:
        assert sorted(item.margin for item in short.items) == sorted(item.margin for item in queue.items)[:2]
    with filled(out, margin=0.2) as near:
        assert [item for item in queue.items if item.margin <= 0.2] == near.items


def test_decisions_are_there_after_a_restart(queue: Queue, tmp_path: Path) -> None:
    store = Store(tmp_path / "d.jsonl")
    store.add(said(queue, 0, "accept"))
    store.add(said(queue, 0, "reject"))
    store.add(said(queue, 1, "relabel", "ad"))
    store.add(said(queue, 1, "undo"))
    again = Store(tmp_path / "d.jsonl").decisions()
    assert [decision.decision for decision in again.values()] == ["reject"]
    assert len((tmp_path / "d.jsonl").read_bytes().splitlines()) == 4


def test_what_a_power_cut_left_is_cut_off(queue: Queue, tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    Store(path).add(said(queue, 0, "accept"))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    store = Store(path)
    assert path.read_bytes() == whole
    path.write_bytes(whole + b"x" * 9000)
    store.add(said(queue, 1, "accept"))
    assert path.read_bytes().startswith(whole)
    assert len(store.decisions()) == 2


def test_a_file_of_something_else_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_bytes(b'{"id": 1}\n')
    with pytest.raises(DecisionError, match="no decision"):
        Store(path)
    assert path.read_bytes() == b'{"id": 1}\n'


def append(path: Path, name: str) -> None:
    store = Store(path)
    for at in range(40):
        store.add(Decision(source=name, sha256=name, kind="flag", rule=f"x.{at}", spans=((0, at),), decision="accept"))


def test_writers_side_by_side_do_not_mix_their_lines(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=append, args=(tmp_path / "d.jsonl", f"p{n}" * 50)) for n in range(2)]
    for worker in workers:
        worker.start()
    append(tmp_path / "d.jsonl", "here")
    for worker in workers:
        worker.join(60)
    assert len(Store(tmp_path / "d.jsonl").decisions()) == 120


def test_pages_gone_through_become_labelled_pages(out: Path, queue: Queue, tmp_path: Path) -> None:
    wrong = next(n for n, item in enumerate(queue.items) if item.rule.startswith("related_news."))
    decided = [said(queue, n, "reject" if n == wrong else "accept") for n in range(len(queue.items))]
    found = export(queue, {decision.key: decision for decision in decided}, tmp_path / "pages")
    assert found.left == []
    pages = {page.header["note"].rpartition(" ")[2]: page for page in load(tmp_path / "pages")}
    assert set(pages) == {item.key.name for item in queue.items}
    page = pages["p/a.txt"]
    assert page.raw == DIRTY
    roles = {block.raw: block.role for block in page.blocks}
    assert roles["石桥重开"] == "title"
    assert roles["首页 > 新闻 > 正文"] == "chrome"
    assert roles["一座廊桥的搬家记"] == "body"
    body = [block.good for block in page.articles()["a1"] if block.role == "body"]
    assert body[:3] == [line for line in BRIDGE.splitlines() if line][1:]
    assert json.loads(train(list(pages.values()), composed=2, epochs=1))["pages"] == len(pages)


def test_the_labels_of_a_run_give_its_sources_back(tmp_path: Path) -> None:
    ran([ROOT / "fixtures" / "pages"], tmp_path / "out")
    places = {sheet.key: sheet.where for sheet in sheets(tmp_path / "out")}
    for key, mine, lines in entries_at(tmp_path / "out", places):
        sha256 = (mine[0]["provenance"]["source"] if mine else lines[0])["sha256"]
        item = Item(key, sha256, "remove", "x.y", 1.0, "", ((0, 0),), 0.0)
        name, text = labelled(mine, lines, [item], [])
        page = parse(text, name)
        good = [paragraphs(blocks) for blocks in page.articles().values()]
        for record in mine:
            assert [bare(line) for line in record["text"].split("\n")] in good


@settings(max_examples=FEWER)
@given(st.lists(st.sampled_from([*DIRTY.splitlines(keepends=True), BRIDGE, SPAM]) | texts(), max_size=12), st.data())
def test_labels_give_any_page_back_whatever_was_decided(parts: list[str], data: st.DataObject) -> None:
    done = PIPELINE.clean_text("".join(parts))
    sha256 = done.source.sha256
    item = Item(Key.of("a", None), sha256, "remove", "x.y", 1.0, "", ((0, 0),), 0.0)
    decided = []
    for line in done.ledger:
        what = data.draw(st.sampled_from(["accept", "reject", "relabel", None]))
        if what and line["kind"] in ("remove", "lift", "rewrite", "drop"):
            kept = {name: line[name] for name in ("sha256", "kind", "rule", "spans", "record")}
            more = {"source": "a", "decision": what, "role": "comment" if what == "relabel" else None}
            decided.append(msgspec.convert(kept | more, Decision))
    try:
        name, text = labelled(done.records, done.ledger, [item], decided)
    except LabelError:
        text = ""
    assert text or re.search("[⟦⟧⟪⟫|]", "".join(parts))
    assert not text or parse(text, name).raw == done.source.text


def paragraphs(blocks: Sequence[Block]) -> list[str]:
    """Return the paragraphs of an article: blocks that join on are one with those before them."""
    out: list[str] = []
    for block in blocks:
        if block.role == "body":
            out = [*out[:-1], out[-1] + bare(block.good)] if block.joins and out else [*out, bare(block.good)]
    return out


def test_relabelling_gives_the_role_and_unfinished_pages_wait(queue: Queue, tmp_path: Path) -> None:
    number = next(n for n, item in enumerate(queue.items) if item.key.name == "p/a.txt")
    mine = [n for n, item in enumerate(queue.items) if item.key.name == "p/a.txt"]
    one = said(queue, number, "relabel", "ad")
    left = export(queue, {one.key: one}, tmp_path / "none").left
    assert left == ([("p/a.txt", f"{len(mine) - 1} of {len(mine)} decisions are still to be made")] if mine[1:] else [])
    decided = [one, *(said(queue, n, "accept") for n in mine if n != number)]
    export(queue, {decision.key: decision for decision in decided}, tmp_path / "pages")
    [page] = load(tmp_path / "pages")
    start, end = queue.items[number].spans[0]
    assert any(block.role == "ad" and block.raw in DIRTY[start:end] for block in page.blocks)


def test_a_page_with_the_brackets_of_labels_is_left_out(tmp_path: Path) -> None:
    ran([folder_of(tmp_path / "p", {"a.txt": DIRTY.replace("师傅", "⟦师傅⟧")})], tmp_path / "out")
    with filled(tmp_path / "out") as queue:
        decided = [said(queue, n, "accept") for n in range(len(queue.items))]
        found = export(queue, {decision.key: decision for decision in decided}, tmp_path / "pages")
    assert (found.written, [name for name, _ in found.left]) == (0, ["p/a.txt"])


def test_export_on_the_command_line(
    out: Path, queue: Queue, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "d.jsonl")
    for number in range(len(queue.items)):
        store.add(said(queue, number, "accept"))
    asked = ["review", str(out), "--decisions", str(store.path), "--margin", "0.5", "--export", str(tmp_path / "pages")]
    with pytest.raises(SystemExit) as ended:
        main(asked)
    assert ended.value.code == 0
    assert f"{len(load(tmp_path / 'pages'))} labelled pages in" in capsys.readouterr().err

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from dedup_corpora import PASTED, Json, content, kept, read, run, write
from dedup_texts import poem
from typer.testing import CliRunner

from corpuskit.cli import app
from corpuskit.config import Config
from corpuskit.dedup import DedupOptions
from corpuskit.dedup.paragraphs import paragraphs
from corpuskit.runner import run as road


def records(count: int) -> list[Json]:
    return [{"id": f"p{n}", "text": f"{poem(90 + n, n)}\n{PASTED}\n{poem(90, 50 + n)}", "n": n} for n in range(count)]


def test_paragraphs_are_the_long_lines() -> None:
    text = "短\n" + poem(30, 1) + "\n\n　" + poem(40, 2) + "。"
    found = paragraphs(["", text], 20)
    assert found.records.tolist() == [1, 1]
    assert [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)] == text.split("\n")[1::2]


def test_one_record_keeps_a_pasted_paragraph_and_the_ledger_has_it_for_the_others(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", records(5))
    found = run([path], tmp_path / "out", paragraphs="remove")
    assert [line["id"] for line in found] == ["p0", "p1", "p2", "p3"]
    assert {(line["twin"], line["grain"], line["removed"]) for line in found} == {("p4", "paragraph", True)}
    out = [json.loads(line) for line in kept(tmp_path / "out")]
    assert [PASTED in record["text"] for record in out] == [False] * 4 + [True]
    before = {record["id"]: record for record in records(5)}
    for line in read(tmp_path / "out" / "ledger"):
        [[start, end]], [text] = line["spans"], line["before"]
        whole = before[line["record"]]["text"]
        assert whole[start:end] == text == PASTED
        assert whole[:start] + whole[end + 1 :] == out[before[line["record"]]["n"]]["text"]
    assert all(before[record["id"]] | {"text": record["text"]} == record for record in out)


def test_flagged_paragraphs_stay(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", records(5))
    found = run([path], tmp_path / "out", paragraphs="flag")
    assert [line["removed"] for line in found] == [False] * 4
    assert kept(tmp_path / "out") == path.read_bytes().splitlines()


def test_a_paragraph_in_few_records_and_one_of_a_record_that_goes_do_not_count(tmp_path: Path) -> None:
    same = records(1)[0]
    path = write(tmp_path / "x.jsonl", [*records(2), same | {"id": "q1"}, same | {"id": "q2"}])
    found = run([path], tmp_path / "out", paragraphs="remove")
    assert [line["grain"] for line in found] == ["exact", "exact"]


def test_a_record_of_nothing_but_pasted_paragraphs_keeps_them(tmp_path: Path) -> None:
    other = {"id": "x0", "text": f"{PASTED}\n"}
    path = write(tmp_path / "x.jsonl", [*records(4), other])
    found = {line["id"]: line for line in run([path], tmp_path / "out", paragraphs="remove", near=False)}
    assert found["x0"]["removed"] is False
    assert other in [json.loads(line) for line in kept(tmp_path / "out")]


def test_a_parquet_text_is_shortened(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.Table.from_pylist(records(5)), tmp_path / "x.parquet")
    run([tmp_path / "x.parquet"], tmp_path / "out", paragraphs="remove")
    texts = pq.read_table(tmp_path / "out" / "corpus" / "part-00000.parquet")["text"].to_pylist()
    assert [PASTED in text for text in texts] == [False] * 4 + [True]


def pages(folder: Path) -> Path:
    folder.mkdir()
    for n in range(5):
        body = [poem(60, 100 * n + k) + "。" for k in range(4)]
        body.insert(n % 4 + 1, PASTED + "。")
        if n % 2:
            body.append(poem(50, 998) + "。")
        (folder / f"p{n}.txt").write_text("\n".join(body) + "\n", "utf-8")
    return folder


@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize("what", ["flag", "remove"])
def test_a_run_accounts_for_every_character_of_a_pasted_paragraph(what: str, text: bool, tmp_path: Path) -> None:
    options = msgspec.convert({"paragraphs": what, "paragraph_records": 2}, DedupOptions)
    ledger = msgspec.structs.replace(Config().ledger, text=text)
    config = msgspec.structs.replace(Config(), dedup=options, ledger=ledger)
    given = [str(pages(tmp_path / "pages"))]
    for workers in (1, 2):
        road(given, tmp_path / f"out{workers}", config, workers=workers)
    assert content(tmp_path / "out1") == content(tmp_path / "out2")
    assert CliRunner().invoke(app, ["verify", str(tmp_path / "out1")]).exit_code == 0
    out = [json.loads(line) for line in kept(tmp_path / "out1")]
    holders = [record for record in out if PASTED in record["text"]]
    cut = [line for line in read(tmp_path / "out1" / "ledger") if line["rule"] == "duplicates.paragraph"]
    if what == "remove":
        assert len(holders) == 1
        assert len(cut) == 5
        assert {line["twin"] for line in cut} <= {record["id"] for record in out}
        assert ("before" in cut[0]) is text
    else:
        assert len(holders) == 5
        assert cut == []
        assert sum(len(record["metadata"].get("flags", [])) for record in out) == 5

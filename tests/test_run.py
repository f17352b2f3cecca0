"""A run as a whole: the same bytes however it is done, duplicates, shards, names."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from running import BRIDGE, FERRY, article, content, folder_of, jsonl, ledger, ran, records

from corpuskit import cycles
from corpuskit.config import STAGES
from corpuskit.core.source import Refusal
from corpuskit.meter import Progress
from corpuskit.read import open_parts
from corpuskit.sources import again
from corpuskit.write import manifest
from corpuskit.write.verify import verify


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    lines = jsonl(*({"text": article(number)} for number in range(12)), {"no": "text"}, {"text": BRIDGE})
    page = f"<html><head><title>渡口</title></head><body><p>{FERRY}</p></body></html>"
    files: dict[str, str | bytes] = {
        "a.txt": BRIDGE,
        "b/a.txt": FERRY,
        "c.html": page,
        "many.jsonl": lines,
        "z.bin": bytes(range(32)) * 9,
    }
    return folder_of(tmp_path / "pages", files)


def test_a_run_leaves_nothing_out_of_the_look_for_cycles(pages: Path, tmp_path: Path) -> None:
    before, often = gc.get_freeze_count(), gc.get_threshold()
    with cycles.thawed():
        cycles.settle()
        assert gc.get_freeze_count() > before
    ran([pages], tmp_path / "out")
    assert (gc.get_freeze_count(), gc.get_threshold()) == (before, often)


def test_a_run_leaves_corpus_ledger_and_manifest(pages: Path, tmp_path: Path) -> None:
    summary = ran([pages], tmp_path / "out")
    assert sorted(os.listdir(tmp_path / "out")) == ["corpus", "ledger", "manifest.json", "report.html"]
    assert summary.counts["sources"] == 16
    assert summary.counts["records"] == len(records(tmp_path / "out")) == 14
    assert summary.counts["refused"] == summary.refusals == 2


def test_records_are_in_the_order_of_their_sources(tmp_path: Path) -> None:
    many = jsonl(*({"text": article(number)} for number in range(11)))
    ran([folder_of(tmp_path / "p", {"b.jsonl": many, "a.txt": FERRY, "c.txt": BRIDGE})], tmp_path / "out")
    places = [
        (record["source"], record["provenance"]["source"].get("record", 0)) for record in records(tmp_path / "out")
    ]
    assert places == [("p/a.txt", 0), *(("p/b.jsonl", line) for line in range(1, 12)), ("p/c.txt", 0)]


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_two_runs_give_the_same_bytes(pages: Path, tmp_path: Path, compression: str) -> None:
    settings = f'[output]\ncompression = "{compression}"'
    for name in ("one", "two"):
        ran([pages], tmp_path / name, settings)
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_the_order_of_the_inputs_changes_nothing(pages: Path, tmp_path: Path) -> None:
    names = [pages / "a.txt", pages / "b", pages / "c.html", pages / "many.jsonl"]
    ran(names, tmp_path / "one")
    ran(names[::-1], tmp_path / "two")
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_the_number_of_workers_changes_nothing(pages: Path, tmp_path: Path) -> None:
    more = folder_of(pages, {f"more/{number}.txt": article(number % 90) for number in range(150)})
    one = ran([more], tmp_path / "one", workers=1)
    two = ran([more], tmp_path / "two", workers=2)
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert one.counts == two.counts
    assert one.counts["duplicates"] >= 60


def test_shards_hold_the_lines_of_one_part(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {f"{number:03}.txt": article(number, 900) for number in range(40)})
    idle = "".join(f"[stages.{stage.name}]\nenabled = false\n" for stage in STAGES)
    ran([pages], tmp_path / "one", idle)
    ran([pages], tmp_path / "parts", idle + "[output]\nshard_mb = 1")
    found = content(tmp_path / "parts")
    assert "corpus/part-00001.jsonl" in found
    joined = b"".join(data for name, data in sorted(found.items()) if name.startswith("corpus/"))
    assert joined == content(tmp_path / "one")["corpus/part-00000.jsonl"]


def test_an_exact_duplicate_names_its_twin(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": FERRY, "b.txt": FERRY.replace("，", ","), "c.txt": BRIDGE})
    summary = ran([pages], tmp_path / "out")
    stays = next(
        record for record in records(tmp_path / "out") if record["source"] == "p/a.txt" or record["source"] == "p/b.txt"
    )
    drop = next(line for line in ledger(tmp_path / "out") if line["kind"] == "drop")
    assert (drop["rule"], drop["stage"], drop["score"]) == ("duplicates.exact", "duplicates", 1.0)
    assert drop["twin"] == stays["id"]
    assert stays["source"] in drop["reason"]
    assert summary.counts["duplicates"] == 1


def test_a_near_duplicate_names_its_twin_and_the_similarity(tmp_path: Path) -> None:
    shorter = BRIDGE.replace("，如今总算又能看见它走满了人", "")
    ran([folder_of(tmp_path / "p", {"a.txt": shorter, "b.txt": BRIDGE})], tmp_path / "out")
    (stays,) = records(tmp_path / "out")
    (drop,) = [line for line in ledger(tmp_path / "out") if line["kind"] == "drop"]
    assert stays["source"] == "p/b.txt"
    assert (drop["source"], drop["rule"], drop["twin"]) == ("p/a.txt", "duplicates.near", stays["id"])
    assert 0.8 <= drop["score"] < 1
    assert "p/b.txt" in drop["reason"]


def test_duplicates_of_one_file_go_too(tmp_path: Path) -> None:
    many = jsonl({"text": BRIDGE}, {"text": FERRY}, {"text": BRIDGE})
    ran([folder_of(tmp_path, {"p.jsonl": many}) / "p.jsonl"], tmp_path / "out")
    assert len(records(tmp_path / "out")) == 2


def test_a_ledger_without_text_accounts_for_duplicates(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE, "b.txt": BRIDGE})
    ran([pages], tmp_path / "out", "[ledger]\ntext = false")
    assert not any("before" in line for line in ledger(tmp_path / "out"))


def test_without_dedup_all_records_stay(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE, "b.txt": BRIDGE})
    ran([pages], tmp_path / "out", "[dedup]\nexact = false\nnear = false")
    assert len(records(tmp_path / "out")) == 2


def test_progress_ends_with_all_bytes(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE, "b.jsonl": jsonl({"text": FERRY}) * 200, "c.txt": b""})
    said: list[Progress] = []
    ran([pages], tmp_path / "out", progress=said.append)
    assert [at.step for at in said][-3:] == ["clean", "duplicates", "write"]
    assert [at.bytes for at in said] == sorted(at.bytes for at in said)
    assert said[-1].total is not None
    assert said[-1].bytes <= said[-1].total
    assert said[-1].sources == 201


def test_a_refusal_of_the_container_stands_before_its_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*given: Any) -> Any:
        yield from open_parts(*given)
        yield 2, Refusal("p/a.jsonl", "read.failed", "the disk went away")

    monkeypatch.setattr("corpuskit.sources.open_parts", breaks)
    ran([folder_of(tmp_path / "p", {"a.jsonl": jsonl({"text": BRIDGE})})], tmp_path / "out")
    assert next(line["rule"] for line in ledger(tmp_path / "out")) == "read.failed"


def test_sources_that_moved_are_found_by_name(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE})
    ran([pages], tmp_path / "out")
    shutil.move(pages, tmp_path / "elsewhere" / "p")
    known = manifest.load(tmp_path / "out")
    assert not verify(tmp_path / "out", again(known, tmp_path / "out")).ok
    assert verify(tmp_path / "out", again(known, tmp_path / "out", [str(tmp_path / "elsewhere" / "p")])).ok

"""What a run refuses, and that nothing it meets stops it or harms an earlier output."""

from __future__ import annotations

import errno
import gzip
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zstandard
from running import BRIDGE, FERRY, article, content, folder_of, jsonl, ledger, ran, records, refusals, sound, tree

from corpuskit import batch
from corpuskit.core.engine import Record
from corpuskit.core.page import Page
from corpuskit.core.source import Raw, Source
from corpuskit.core.stage import Stage
from corpuskit.pipeline import Drafted, Pipeline, source_of
from corpuskit.read.packed import chunks
from corpuskit.runner import InputError, run
from corpuskit.sources import decoded
from corpuskit.write.folder import OutputError
from corpuskit.write.jsonl import PartWriter

LONG = "河水。" * 400_000


BAD: dict[str, tuple[str, bytes, str]] = {
    "empty file": ("x.txt", b"", "read.empty"),
    "binary file": ("x.txt", b"\x89PNG\r\n\x1a\n" + bytes(64), "read.binary"),
    "truncated gzip": ("x.txt.gz", gzip.compress(BRIDGE.encode() * 9)[:-20], "read.truncated"),
    "truncated zstd": ("x.txt.zst", zstandard.compress(BRIDGE.encode())[:-20], "read.truncated"),
    "truncated gzip of lines": ("x.jsonl.gz", gzip.compress(jsonl({"text": FERRY}) * 9)[:-20], "read.truncated"),
    "a line that is not JSON": ("x.jsonl", jsonl({"text": FERRY}, "{nonsense"), "read.not_json"),
    "a line without the field": ("x.jsonl", jsonl({"text": FERRY}, {"body": FERRY}), "read.no_field"),
    "a line that holds no text": ("x.jsonl", jsonl({"text": FERRY}, {"text": 5}), "read.not_text"),
    "a page over the limit": ("x.txt", LONG.encode(), "read.too_large"),
    "a line over the limit": ("x.jsonl", jsonl({"text": LONG}, {"text": FERRY}), "read.too_large"),
    "Parquet cut short": ("x.parquet", b"PAR1" + bytes(90), "read.corrupt"),
}


@pytest.mark.parametrize(("case", "workers"), [*((case, 1) for case in BAD), ("binary file", 2)])
def test_a_bad_input_is_refused_and_stops_nothing(tmp_path: Path, case: str, workers: int) -> None:
    name, data, rule = BAD[case]
    pages = folder_of(tmp_path / "p", {name: data, "good.txt": BRIDGE})
    summary = ran([pages], tmp_path / "out", "[read]\nmax_page_mb = 1", workers=workers)
    assert rule in refusals(tmp_path / "out").values()
    assert "p/good.txt" in {record["source"] for record in records(tmp_path / "out")}
    (refused,) = summary.refused
    assert refused.name.startswith(f"p/{name}")
    assert refused.rule == rule
    assert refused.reason


def test_parquet_without_its_extra_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    pages = folder_of(tmp_path / "p", {"x.parquet": b"PAR1" + bytes(32), "good.txt": BRIDGE})
    summary = ran([pages], tmp_path / "out")
    (refused,) = summary.refused
    assert refused.rule == "read.needs_extra"
    assert "corpuskit-curation[parquet]" in refused.reason


ODD: dict[str, tuple[str, bytes]] = {
    "NULs": ("x.txt", BRIDGE.encode().replace(b"\n\n", b"\n\0\n")),
    "lone surrogates": (
        "x.jsonl",
        b'{"text": "' + FERRY.replace("\n", "\\n").encode() + b' \\ud83d \\udca9\\udca9"}\n',
    ),
    "invalid UTF-8": ("x.txt", BRIDGE.encode() + b"\xff\xfe\x80" + FERRY.encode()),
    "deep HTML": ("x.html", b"<div>" * 100_000 + BRIDGE.encode()),
    "GB 18030": ("x.txt", BRIDGE.encode("gb18030")),
    "an empty text": ("x.jsonl", jsonl({"text": ""}, {"text": " \n "})),
    "a name that is not UTF-8": ("x.txt", b"\xe6\xa1"),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_input_is_accounted_for(tmp_path: Path, case: str) -> None:
    name, data = ODD[case]
    summary = ran([folder_of(tmp_path / "p", {name: data, "good.txt": article(1)})], tmp_path / "out")
    assert summary.counts["sources"] + summary.counts["refused"] >= 2


def test_a_split_pair_of_surrogates_is_refused(tmp_path: Path) -> None:
    line = b'{"text": "' + FERRY.replace("\n", "\\n").encode() + b' \\ud83d\x80"}\n'
    ran([folder_of(tmp_path / "p", {"x.jsonl": line, "good.txt": BRIDGE})], tmp_path / "out")
    assert refusals(tmp_path / "out") == {"p/x.jsonl#1": "read.surrogates"}


def test_a_long_line_passes(tmp_path: Path) -> None:
    line = "".join(f"{number}号船到岸，" for number in range(150_000))
    summary = ran([folder_of(tmp_path / "p", {"a.txt": line, "b.jsonl": jsonl({"text": line[:-1]})})], tmp_path / "out")
    assert summary.counts["sources"] == 2


def test_a_missing_path_beside_a_good_one_is_refused(tmp_path: Path) -> None:
    folder_of(tmp_path, {"a.txt": BRIDGE})
    summary = ran([tmp_path / "a.txt", tmp_path / "gone.txt"], tmp_path / "out")
    assert [entry.rule for entry in summary.refused] == ["read.missing"]


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE, "b.txt": FERRY})

    def forbidden(path: Path | None) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(
        "corpuskit.read.pages.chunks", lambda path: (forbidden if path.name == "a.txt" else chunks)(path)
    )
    ran([pages], tmp_path / "out")
    assert refusals(tmp_path / "out") == {"p/a.txt": "read.permission"}


@pytest.mark.parametrize(("given", "missing"), [("gone.txt", True), ("*.none", False), ("empty", False)])
def test_nothing_to_read_leaves_nothing(tmp_path: Path, given: str, missing: bool) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as told:
        run([str(tmp_path / given)], tmp_path / "out")
    assert told.value.missing is missing
    assert not (tmp_path / "out").exists()


def test_names_that_are_the_same_do_not_collide(tmp_path: Path) -> None:
    folder_of(tmp_path, {"x/p/a.txt": BRIDGE, "y/p/a.txt": FERRY})
    ran([tmp_path / "x" / "p", tmp_path / "y" / "p"], tmp_path / "out")
    assert {record["source"] for record in records(tmp_path / "out")} == {"x/p/a.txt", "y/p/a.txt"}


def test_a_second_run_replaces_the_first(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE})
    ran([pages], tmp_path / "out", '[output]\ncompression = "zstd"')
    folder_of(pages, {"b.txt": FERRY})
    ran([pages], tmp_path / "out")
    assert set(content(tmp_path / "out")) == {"corpus/part-00000.jsonl", "ledger/part-00000.jsonl"}
    assert len(records(tmp_path / "out")) == 2


def test_a_folder_of_others_is_refused_and_untouched(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE})
    out = folder_of(tmp_path / "out", {"thesis.docx": b"years", "corpus/part-00000.jsonl": b"mine"})
    before = tree(out)
    with pytest.raises(OutputError, match=r"thesis\.docx"):
        run([str(pages)], out)
    assert tree(out) == before


@pytest.mark.parametrize(("given", "out"), [("p", "p/out"), ("p", "p"), ("p/a.txt", "p/a.txt"), ("p/sub", "p")])
def test_output_and_input_must_be_apart(tmp_path: Path, given: str, out: str) -> None:
    folder_of(tmp_path, {"p/a.txt": BRIDGE, "p/sub/b.txt": FERRY})
    before = tree(tmp_path)
    with pytest.raises(OutputError):
        run([str(tmp_path / given)], tmp_path / out)
    assert tree(tmp_path) == before


def test_a_glob_does_not_read_the_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(tmp_path, {"w/a.txt": BRIDGE})
    monkeypatch.chdir(tmp_path / "w")
    for _ in range(2):
        summary = run(["**/*"], Path("out"))
    sound(Path("out"))
    assert summary.counts["sources"] == 1


def fail(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("a stage divided\nby nothing")


def test_a_page_that_fails_is_kept_in_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Pipeline._step
    monkeypatch.setattr(
        Pipeline,
        "_step",
        lambda self, stage, page, *at: (fail if "渡口" in page.text else real)(self, stage, page, *at),
    )
    summary = ran([folder_of(tmp_path / "p", {"a.txt": BRIDGE, "b.txt": FERRY})], tmp_path / "out")
    (line,) = [line for line in ledger(tmp_path / "out") if line["rule"] == "clean.failed"]
    assert line["before"] == [FERRY]
    assert line["reason"].startswith("cleaning failed (ZeroDivisionError: a stage divided by nothing, at pipeline.py:")
    assert summary.refusals == 1
    assert summary.counts["dropped"] == 1


class Hanging(Pipeline):
    """Never ends on a page that says so, and dies of another."""

    def _step(self, stage: Stage, page: Page, history: Record) -> list[Page]:
        if "渡口" in page.text:
            time.sleep(30)
        if "致命" in page.text:
            os.kill(os.getpid(), signal.SIGKILL)
        return super()._step(stage, page, history)


@dataclass(frozen=True, slots=True)
class HangingWork(batch.Cleaning):
    def begin(self) -> Callable[[batch.Task], batch.Done]:
        worker = batch.Worker(self.config, self.seconds)
        worker.pipeline = Hanging(self.config)
        return worker


@pytest.mark.parametrize("html", [False, True])
def test_a_page_that_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, html: bool) -> None:
    monkeypatch.setattr(batch, "Cleaning", HangingWork)
    if html:
        monkeypatch.setattr(batch, "decoded", lambda page: time.sleep(30) if page.uri == "p/b.html" else decoded(page))
    name = "b.html" if html else "b.txt"
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE, name: f"<html><p>{FERRY}</p>" if html else FERRY})
    summary = ran([pages], tmp_path / "out", page_timeout=0.5)
    (refused,) = summary.refused
    assert (refused.name, refused.rule) == (f"p/{name}", "read.timeout" if html else "clean.timeout")
    assert "--page-timeout" in refused.reason
    assert [record["source"] for record in records(tmp_path / "out")] == ["p/a.txt"]


def test_pages_that_have_a_time_limit_go_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    groups: list[list[str]] = []

    def each(self: Pipeline, sources: Sequence[Source]) -> list[Drafted | Exception]:
        groups.append([source.uri for source in sources])
        return drafts_each(self, sources)

    drafts_each = Pipeline.drafts_each
    monkeypatch.setattr(Pipeline, "drafts_each", each)
    ran([folder_of(tmp_path / "p", {"a.txt": BRIDGE, "b.txt": FERRY})], tmp_path / "out", page_timeout=60)
    assert groups == [["p/a.txt", "p/b.txt"]]


def test_a_page_that_fails_among_others_is_tried_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def each(self: Pipeline, sources: Sequence[Source]) -> list[Drafted | Exception]:
        return drafts_each(self, sources) if len(sources) == 1 else [MemoryError() for _ in sources]

    drafts_each = Pipeline.drafts_each
    monkeypatch.setattr(Pipeline, "drafts_each", each)
    summary = ran([folder_of(tmp_path / "p", {"a.txt": BRIDGE, "b.txt": FERRY})], tmp_path / "out")
    assert not summary.refused
    assert [record["source"] for record in records(tmp_path / "out")] == ["p/a.txt", "p/b.txt"]


def test_a_page_that_kills_its_worker_is_refused_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "Cleaning", HangingWork)
    lines = jsonl(*({"text": "致命" if at == 5 else article(at)} for at in range(9)))
    pages = folder_of(tmp_path / "p", {"a.jsonl": lines, "b.html": "<html><p>致命</p>", "c.txt": BRIDGE})
    summary = ran([pages], tmp_path / "out", workers=2)
    assert {entry.name: entry.rule for entry in summary.refused} == {
        "p/a.jsonl#6": "clean.crashed",
        "p/b.html": "read.crashed",
    }
    assert summary.counts["records"] == 9


def test_a_page_that_cannot_be_decoded_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(raw: Raw) -> Any:
        return fail() if raw.uri == "p/a.txt" else source_of(raw)

    monkeypatch.setattr("corpuskit.sources.source_of", decode)
    ran([folder_of(tmp_path / "p", {"a.txt": BRIDGE, "b.txt": FERRY})], tmp_path / "out")
    assert refusals(tmp_path / "out") == {"p/a.txt": "read.undecoded"}


@pytest.mark.parametrize("where", ["spool", "parts", "manifest"])
def test_a_full_disk_leaves_the_earlier_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE})
    ran([pages], tmp_path / "out")
    before = tree(tmp_path / "out")

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    place = {
        "spool": "os.pwrite",
        "parts": "corpuskit.write.jsonl._Shard.flush",
        "manifest": "corpuskit.write.manifest.write_atomic",
    }
    monkeypatch.setattr(place[where], full)
    with pytest.raises((OutputError, OSError), match=r"full|space"):
        run([str(pages)], tmp_path / "out")
    monkeypatch.undo()
    assert before.items() <= tree(tmp_path / "out").items()
    ran([pages], tmp_path / "out")
    assert content(tmp_path / "out").items() <= before.items()


def test_an_interrupted_run_leaves_the_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE})
    ran([pages], tmp_path / "out")
    before = tree(tmp_path / "out")

    def interrupt(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(PartWriter, "write", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run([str(pages)], tmp_path / "out")
    assert before.items() <= tree(tmp_path / "out").items()
    monkeypatch.setattr(Pipeline, "finish", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run([str(pages)], tmp_path / "new")
    assert not (tmp_path / "new").exists()

"""A run that is cut short goes on where it was, and ends in the bytes of one that was not."""

from __future__ import annotations

import errno
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from running import BRIDGE, FERRY, article, content, folder_of, jsonl, ran, records, sound

from corpuskit import batch, resume, spool
from corpuskit.config import parse
from corpuskit.engines import done
from corpuskit.read import packed
from corpuskit.runner import run
from corpuskit.write import folder, manifest
from corpuskit.write.atomic import OutputError
from corpuskit.write.journal import Journal

NO_STAGES = "[dedup]\nnear = false"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    many = jsonl(*({"text": article(number % 60, 6)} for number in range(100)))
    files: dict[str, str | bytes] = {"a.txt": BRIDGE, "b.jsonl": many, "c.jsonl.gz": b"\x1f\x8b\x08bad", "d.txt": FERRY}
    return folder_of(tmp_path_factory.mktemp("site") / "pages", files)


@pytest.fixture(scope="module")
def whole(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("whole")
    ran([site], out)
    return content(out)


@pytest.fixture
def pages(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(batch, "_PAGES", 2)
    monkeypatch.setattr(packed, "CHUNK", 4000)
    return Path(shutil.copytree(site, tmp_path / "pages"))


def stop_after(calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run be cut short after so many shards, each committed at once."""
    real, left = batch.Worker.__call__, iter(range(calls))
    monkeypatch.setattr(spool, "COMMIT_SECONDS", 0)

    def work(self: batch.Worker, task: batch.Task) -> batch.Done:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return real(self, task)

    monkeypatch.setattr(batch.Worker, "__call__", work)


def cut(pages: Path, out: Path, calls: int = 2, settings: str = "") -> None:
    with pytest.MonkeyPatch.context() as patch:
        stop_after(calls, patch)
        with pytest.raises(KeyboardInterrupt):
            run([str(pages)], out, parse(settings))


@pytest.mark.parametrize("calls", [1, 3])
def test_a_run_goes_on_where_it_was(pages: Path, tmp_path: Path, whole: dict[str, bytes], calls: int) -> None:
    cut(pages, tmp_path / "out", calls)
    assert not (tmp_path / "out" / "manifest.json").exists()
    with pytest.raises(OutputError, match="a run that did not end: type its command again"):
        manifest.of_run(tmp_path / "out")
    summary = ran([pages], tmp_path / "out")
    assert 0 < summary.resumed < summary.counts["sources"]
    assert content(tmp_path / "out") == whole


def test_a_run_may_be_cut_short_again_and_again(pages: Path, tmp_path: Path, whole: dict[str, bytes]) -> None:
    for _ in range(3):
        cut(pages, tmp_path / "out", 1)
    assert ran([pages], tmp_path / "out").resumed >= 20
    assert content(tmp_path / "out") == whole


def test_the_counts_are_those_of_one_run(pages: Path, tmp_path: Path) -> None:
    cut(pages, tmp_path / "out")
    summary = ran([pages], tmp_path / "out")
    assert summary.counts == ran([pages], tmp_path / "other").counts
    assert [entry.rule for entry in summary.refused] == ["read.corrupt"]


def test_fresh_starts_over(pages: Path, tmp_path: Path) -> None:
    cut(pages, tmp_path / "out")
    assert ran([pages], tmp_path / "out", NO_STAGES, fresh=True).resumed == 0


def test_a_changed_config_is_refused_and_named(pages: Path, tmp_path: Path, whole: dict[str, bytes]) -> None:
    cut(pages, tmp_path / "out")
    with pytest.raises(OutputError, match=r"dedup\.threshold was 0\.8, is 0\.7;.*--fresh"):
        run([str(pages)], tmp_path / "out", parse("[dedup]\nthreshold = 0.7"))
    assert ran([pages], tmp_path / "out").resumed
    assert content(tmp_path / "out") == whole


def append(pages: Path) -> None:
    with (pages / "d.txt").open("a") as file:
        file.write("更多")


def touch(pages: Path) -> None:
    os.utime(pages / "d.txt", ns=(5, 5))


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "longer": (append, r"the input pages/d\.txt has changed"),
    "touched": (touch, r"the input pages/d\.txt has changed"),
    "gone": (lambda pages: (pages / "d.txt").unlink(), r"the input pages/d\.txt is gone"),
    "new": (lambda pages: (pages / "c.txt").write_text("新"), r"the input pages/c\.txt is new"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_changed_input_is_refused_and_named(pages: Path, tmp_path: Path, case: str) -> None:
    change, message = CHANGES[case]
    cut(pages, tmp_path / "out")
    change(pages)
    with pytest.raises(OutputError, match=message):
        run([str(pages)], tmp_path / "out")
    ran([pages], tmp_path / "out", fresh=True)


def test_another_version_is_refused(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut(pages, tmp_path / "out")
    monkeypatch.setattr(resume, "__version__", "9.9")
    with pytest.raises(OutputError, match=r"corpuskit was 0\.1\.0, is 9\.9"):
        run([str(pages)], tmp_path / "out")


def test_the_earlier_run_stands_while_another_is_unfinished(pages: Path, tmp_path: Path) -> None:
    ran([pages], tmp_path / "out")
    before = content(tmp_path / "out")
    cut(pages, tmp_path / "out", settings=NO_STAGES)
    assert content(tmp_path / "out") == before
    ran([pages], tmp_path / "out", NO_STAGES)


def test_two_runs_do_not_share_an_output(pages: Path, tmp_path: Path) -> None:
    ran([pages], tmp_path / "out")
    with folder.claimed(tmp_path / "out"), pytest.raises(OutputError, match="another run is at work"):
        run([str(pages)], tmp_path / "out")


@pytest.mark.parametrize("name", ["units", "records", "signatures", "names"])
@pytest.mark.parametrize("damage", ["changed", "cut short"])
def test_damage_to_what_is_done_is_found(pages: Path, tmp_path: Path, name: str, damage: str) -> None:
    cut(pages, tmp_path / "out")
    path = folder.working(tmp_path / "out") / name
    data = path.read_bytes()
    path.write_bytes(data[:-1] + (b"" if damage == "cut short" else bytes([data[-1] ^ 1])))
    with pytest.raises(OutputError, match="start over with --fresh"):
        run([str(pages)], tmp_path / "out")


def test_a_run_that_died_with_its_page_goes_on_in_another_process(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for died in (False, True):
        out = tmp_path / f"{died}"
        cut(pages, out)
        journal = Journal(folder.working(out))
        assert journal.facts()["open"] is False
        journal.commit({"open": died})
        journal.close()
        asked: list[bool] = []

        def noted(*given: Any, apart: bool, **more: Any) -> Any:
            asked.append(apart)  # noqa: B023 - called within the turn of the loop
            return done(*given, apart=apart, **more)

        monkeypatch.setattr("corpuskit.runner.done", noted)
        ran([pages], out, workers=1)
        assert asked == [died]


def test_damage_to_finished_lines_is_found(pages: Path, tmp_path: Path) -> None:
    cut(pages, tmp_path / "out")
    path = folder.working(tmp_path / "out") / "lines"
    path.write_bytes(b"?" + path.read_bytes()[1:])
    with pytest.raises(OutputError, match=r"lines is damaged at 0: start over with --fresh"):
        run([str(pages)], tmp_path / "out")


def test_a_clock_that_jumps_changes_nothing(
    pages: Path, tmp_path: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([2_000_000_000.0, 0.0, 5e9] * 10_000)
    monkeypatch.setattr(time, "time", lambda: next(times))
    cut(pages, tmp_path / "out")
    ran([pages], tmp_path / "out")
    assert content(tmp_path / "out") == whole


def test_a_read_that_fails_half_way_costs_the_rest_of_its_file(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = packed._file_chunks

    def failing(path: Path | None) -> Any:
        data = b"".join(real(path))
        yield data[: len(data) // 2]
        if path is not None and path.name == "b.jsonl":
            raise OSError(errno.EIO, "Input/output error")
        yield data[len(data) // 2 :]

    monkeypatch.setattr(packed, "_file_chunks", failing)
    summary = ran([pages], tmp_path / "out")
    assert {entry.rule for entry in summary.refused} == {"read.failed", "read.corrupt"}
    assert 20 < sum(record["source"] == "pages/b.jsonl" for record in records(tmp_path / "out")) < 60


COMMAND = [sys.executable, "-m", "corpuskit", "run", "-q"]


def test_a_disk_that_fills_up_costs_nothing_once_there_is_room(
    pages: Path, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    words = [*COMMAND, "-w", "1", "-o", str(tmp_path / "out"), str(pages)]
    done = subprocess.run(words, preexec_fn=full, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "free some space" in done.stderr or "choose smaller parts" in done.stderr
    assert "Traceback" not in done.stderr
    ran([pages], tmp_path / "out")
    assert content(tmp_path / "out") == whole


def test_a_place_that_cannot_be_changed_is_told_and_the_run_goes_on(
    pages: Path, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    def refuse(out: Path) -> None:
        raise OutputError("no permission there")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folder, "publish", refuse)
        with pytest.raises(OutputError, match="no permission there"):
            ran([pages], tmp_path / "out")
    assert ran([pages], tmp_path / "out").resumed == 102
    assert content(tmp_path / "out") == whole


def test_kills_at_random_moments_change_nothing(pages: Path, tmp_path: Path, whole: dict[str, bytes]) -> None:
    chance, out = random.Random(20_250_121), tmp_path / "out"
    words = [*COMMAND, "-w", "2", "-o", str(out), str(pages)]
    for _ in range(3):
        with (tmp_path / "told").open("wb") as told:
            child = subprocess.Popen(words, stderr=told)
        try:
            child.wait(chance.uniform(0.5, 2))
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        assert child.wait() in (0, -signal.SIGKILL)
        assert b"Traceback" not in (tmp_path / "told").read_bytes()
    subprocess.run(words, check=True)
    sound(out)
    assert content(out) == whole

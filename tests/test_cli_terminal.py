"""The command line as a process: terminals, pipes, signals."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from door import ANSI, call
from running import BRIDGE, FERRY, article, folder_of, jsonl, ran, records, sound, tree

HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202egnp.exe\u2066\u200b\x9b31m"


def test_hostile_characters_never_reach_the_terminal(tmp_path: Path) -> None:
    name = "a\x1b[31m\u202e.txt"
    page = folder_of(tmp_path / "p", {name: BRIDGE.replace("茶馆", f"茶馆{HOSTILE}"), "empty\x1b[2J.txt": b""}) / name
    said = [call("inspect", page), call("run", tmp_path / "p", "-o", tmp_path / "out")]
    (record,) = records(tmp_path / "out")
    said += [call("explain", tmp_path / "out", record["id"]), call("verify", tmp_path / "out")]
    for code, out, err in said:
        assert code == 0
        assert not set(out + err) & {*"\x1b\x07\u202e\u2066\u200b\x9b"}
    for char in ("\\x1b", "\\x07", "\\u202e", "\\u2066", "\\x9b"):
        assert char in said[0].out


def test_inspect_has_colours_on_a_terminal(pages: Path) -> None:
    said = on_a_terminal("inspect", str(pages / "a.txt"))
    struck = said.partition("首页")[0].rpartition(ANSI)[2]
    assert "9" in struck.rstrip("m").split(";")
    assert "{page_chrome." not in said


def test_run_shows_a_bar_on_a_terminal(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {f"{number}.txt": article(number) for number in range(200)})
    said = on_a_terminal("run", str(pages), "-o", str(tmp_path / "out"))
    assert "sources" in said.partition("rule ")[0]
    assert "\r" in said
    sound(tmp_path / "out")


def on_a_terminal(*arguments: str) -> str:
    """Return what a command prints on a terminal."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "120"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "corpuskit", *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    said = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            said += os.read(ours, 65536)
        except OSError:
            break
    os.close(ours)
    assert process.wait() == 0
    return said.decode()


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing_half_written(tmp_path: Path, workers: str, number: signal.Signals) -> None:
    out = tmp_path / "out"
    ran([folder_of(tmp_path / "p", {"a.txt": BRIDGE})], out)
    before = tree(out)
    for place in (out, tmp_path / "new"):
        process = begun(["run", "-", "-o", str(place), "-w", workers])
        assert process.stdin is not None
        process.stdin.write(b"".join(jsonl({"text": article(at)}) for at in range(300)))
        process.stdin.flush()
        wait((place / ".new").is_dir)
        os.killpg(process.pid, number)
        # the input stays open, so that nothing but the signal can end the run
        assert process.wait(30) == 128 + number
        process.stdin.close()
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
        process.stderr.close()
        wait(partial(gone, process.pid))
    assert tree(out) == before
    assert not (tmp_path / "new").exists()
    ran([tmp_path / "p"], out)


def begun(arguments: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "corpuskit", *arguments],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def wait(done: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_stdin_is_an_input(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "corpuskit", "run", "-", "-o", "-"],
        input=jsonl({"text": FERRY}),
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["source"] == "stdin"


def test_a_closed_pipe_is_no_fault(pages: Path) -> None:
    folder_of(pages, {f"{number}.txt": article(number, 100) for number in range(100)})
    process = subprocess.Popen(
        [sys.executable, "-m", "corpuskit", "run", str(pages), "-o", "-", "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.read(10)
    process.stdout.close()
    _, err = process.communicate()
    assert (process.returncode, err) == (1, b"")

"""The command line: what it prints where, its exit codes, and that wrong use changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from door import ANSI, call
from running import FERRY, folder_of, jsonl, records, refusals, sound, tree

from corpuskit.cli import main


def test_run_tells_what_came_out_and_what_to_type_next(pages: Path, tmp_path: Path) -> None:
    said = call("run", pages, "-o", tmp_path / "out")
    assert (said.code, said.out) == (0, "")
    assert "related_news." in said.err
    assert "p/b.jsonl#3: no field 'text'" in said.err
    assert f"corpuskit verify {tmp_path / 'out'}" in said.err
    assert ANSI not in said.err
    sound(tmp_path / "out")


def test_quiet_says_nothing(pages: Path, tmp_path: Path) -> None:
    assert call("run", pages, "-o", tmp_path / "out", "--quiet") == (0, "", "")


def test_json_is_one_object_on_stdout(pages: Path, tmp_path: Path) -> None:
    said = call("run", pages, "-o", tmp_path / "out", "--json")
    told = json.loads(said.out)
    assert said.err == ""
    assert told["counts"] == json.loads((tmp_path / "out" / "manifest.json").read_bytes())["counts"]
    assert [(entry["name"], entry["rule"]) for entry in told["refused"]] == [("p/b.jsonl#3", "read.no_field")]


def test_strict_makes_refusals_a_problem(pages: Path, tmp_path: Path) -> None:
    said = call("run", pages, "-o", tmp_path / "out", "--strict")
    assert said.code == 1
    assert "1 refused" in said.err
    sound(tmp_path / "out")
    assert call("run", pages / "a.txt", "-o", tmp_path / "out", "--strict").code == 0


def test_a_run_in_which_nothing_could_be_read_is_a_problem(tmp_path: Path) -> None:
    said = call("run", folder_of(tmp_path / "p", {"a.txt": b""}), "-o", tmp_path / "out")
    assert said.code == 1
    assert "nothing could be read" in said.err
    assert refusals(tmp_path / "out") == {"p/a.txt": "read.empty"}


def test_a_run_in_which_nothing_could_be_cleaned_is_a_problem(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("corpuskit.pipeline.Pipeline._step", fault)
    said = call("run", pages, "-o", tmp_path / "out", "-w", "1")
    assert said.code == 1
    assert "p/a.txt: cleaning failed (ZeroDivisionError: by nothing, at pipeline.py:" in said.err
    assert "nothing could be read and cleaned" in said.err
    sound(tmp_path / "out")


def test_options_override_the_config(tmp_path: Path) -> None:
    page = (
        folder_of(tmp_path, {"x.txt": jsonl({"body": {"main": FERRY}}), "my.toml": "[ledger]\ntext = false\n"})
        / "x.txt"
    )
    options = ("-c", tmp_path / "my.toml", "--field", "body.main", "--media", "jsonl", "--compression", "zstd")
    assert call("run", page, "-o", tmp_path / "out", *options).code == 0
    sound(tmp_path / "out")
    assert [record["title"] for record in records(tmp_path / "out")] == ["渡口的最后一班船"]
    assert (tmp_path / "out" / "ledger" / "part-00000.jsonl.zst").is_file()


def test_records_go_to_stdout(pages: Path) -> None:
    said = call("run", pages, "-o", "-")
    assert [json.loads(line)["source"] for line in said.out.splitlines()] == ["p/a.txt", "p/b.jsonl"]
    assert "there is no ledger" in said.err
    assert call("run", pages, "-o", "-", "--json").code == 2


def test_the_output_of_a_run_is_no_input_of_another(out: Path, tmp_path: Path) -> None:
    said = call("run", out, "-o", tmp_path / "new")
    assert (said.code, "name its corpus/" in said.err) == (1, True)


WRONG: dict[str, tuple[Sequence[str], str]] = {
    "a missing input": (["run", "gone.txt", "-o", "new"], "gone.txt: no such file or folder"),
    "an empty input": (["run", "", "-o", "new"], "the name is empty"),
    "an empty output": (["run", "p", "-o", ""], "the name is empty"),
    "an empty output of duplicates": (["dedup", "p/b.jsonl", "-o", ""], "the name is empty"),
    "an empty folder to upload": (["publish", "folder", "out", "-o", ""], "the name is empty"),
    "an empty run": (["verify", ""], "the name is empty"),
    "workers beyond counting": (["run", "p", "-o", "new", "-w", "9" * 20], "is not in the range"),
    "no output": (["run", "p"], "Missing option"),
    "no input": (["run", "-o", "new"], "Missing argument"),
    "output in input": (["run", "p", "-o", "p/out"], "lies inside the input"),
    "input in output": (["run", "p/a.txt", "-o", "p"], "lies inside the output"),
    "a folder of others": (["run", "p", "-o", "home"], "'letter.txt' and no earlier run"),
    "a file as output": (["run", "p", "-o", "home/letter.txt"], "is a file"),
    "no such config": (["run", "p", "-o", "new", "-c", "strickt"], "packaged configs are"),
    "a wrong config": (["run", "p", "-o", "new", "-c", "bad.toml"], "did you mean 'dedup'?"),
    "a wrong choice": (["run", "p", "-o", "new", "--compression", "rar"], "rar"),
    "no run to verify": (["verify", "p"], "not the output folder of a run"),
    "no run to explain": (["explain", "p", "abc"], "not the output folder of a run"),
    "no such record": (["explain", "out", "abc"], "the nearest are"),
    "no such source": (["explain", "out", "p/a.tx", "--at", "3"], "'p/a.txt'"),
    "no such page of a source": (["explain", "out", "p/b.jsonl", "--source-record", "9"], "'p/b.jsonl#2'"),
    "a folder to inspect": (["inspect", "p"], "is a folder"),
    "a page that is not there": (["inspect", "gone.txt"], "no such file"),
    "a record that is not there": (["inspect", "p/b.jsonl", "--record", "99"], "has no page '99'"),
    "a stage that is not there": (["inspect", "p/a.txt", "--stage", "relatednews"], "did you mean 'related_news'?"),
    "a stage to list": (["stages", "relatednews"], "did you mean 'related_news'?"),
    "no labelled pages": (["score", "p", "out"], "no labelled page"),
    "labels that are not there": (["score", "gone", "out"], "gone: no such folder"),
    "labels in another encoding": (["score", "latin", "out"], "a.page: a labelled page is not UTF-8"),
    "records that are not there": (
        ["score", "labelled", "gone"],
        "gone: no such file or folder: name the output folder",
    ),
    "records that are none": (["score", "labelled", "home/letter.txt"], "letter.txt:1: no JSON object"),
    "records that cannot be unpacked": (["score", "labelled", "home/a.jsonl.gz"], "cannot be read to its end"),
    "labelled pages into a file": (["score", "labelled", "home/letter.txt/x", "--export"], "is a file"),
    "a folder for a labeller": (["train", "labelled", "-o", "home"], "home is a folder: name a file"),
    "no folder for a labeller": (["train", "labelled", "-o", "gone/x.json"], "cannot write to gone: No such file"),
    "a table under a file": (["sitelines", "p", "-o", "home/letter.txt/x"], "a part of the path is a file"),
    "a file for a run": (["verify", "p/a.txt"], "p/a.txt is a file: name the output folder of a run"),
    "no run to review": (["review", "p"], "not the output folder of a run"),
    "seconds that are none": (["run", "p", "-o", "new", "--page-timeout", "nan"], "nan is no number of seconds"),
    "a share over one": (["dedup", "p", "-o", "new", "--threshold", "7"], "--threshold"),
    "an unknown command": (["clean", "p"], "No such command"),
    "a config to check": (["config", "check", "bad.toml"], "bad.toml: dedupe: unknown name"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use_is_told_and_changes_nothing(
    out: Path, tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of(tmp_path, {"home/letter.txt": b"dear", "home/a.jsonl.gz": b"\x1f\x8b\x08\0", "latin/a.page": b"\xe9"})
    folder_of(tmp_path, {"bad.toml": "[dedupe]\nnear = false\n", "labelled/a.page": "⟦body a1⟧河水涨了。⟦/⟧\n"})
    before = tree(tmp_path)
    monkeypatch.chdir(tmp_path)
    arguments, message = WRONG[case]
    said = call(*arguments)
    assert said.code == 2
    assert message in said.err
    assert said.out == ""
    assert tree(tmp_path) == before


def test_inspect_names_a_page_that_it_refuses_as_it_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(tmp_path, {"near/by/empty.txt": b"", "near/by/b.jsonl": b'{"other": 1}\n'})
    monkeypatch.chdir(tmp_path / "near")
    assert call("inspect", "by/../by/empty.txt").err.startswith("corpuskit: by/../by/empty.txt: the file is empty")
    assert call("inspect", "../near/by/b.jsonl").err.startswith("corpuskit: ../near/by/b.jsonl#1: no field 'text'")


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    from corpuskit.config import ConfigError

    with pytest.raises(ConfigError):
        main(["run", "p", "-o", str(tmp_path / "out"), "-c", "gone.toml", "--debug"])


def test_a_fault_of_ours_is_called_one(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object) -> None:
        raise RuntimeError("no idea")

    monkeypatch.setattr("corpuskit.runner._Run.go", fault)
    said = call("run", pages, "-o", tmp_path / "out")
    assert said.code == 1
    assert "RuntimeError: no idea" in said.err
    assert "--debug" in said.err
    assert not (tmp_path / "out").exists()


def test_what_the_system_refuses_is_no_fault_of_ours(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "somewhere/x")

    monkeypatch.setattr("corpuskit.runner._Run.go", refuse)
    said = call("run", pages, "-o", tmp_path / "out")
    assert said.code == 1
    assert "somewhere/x: Permission denied" in said.err
    assert "fault" not in said.err


def test_an_error_that_is_told_can_be_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(error: Exception) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("corpuskit.cli._told", interrupted)
    assert call("verify", "gone").code == 130


def test_ctrl_c_while_the_command_line_is_loaded_shows_no_traceback() -> None:
    way = """
import sys
from corpuskit.__main__ import main
class Interrupted:
    def find_spec(self, name, *_):
        if name == "corpuskit.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
main()
"""
    ended = subprocess.run([sys.executable, "-c", way], capture_output=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")


def test_a_manifest_that_may_not_be_read_is_told(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("corpuskit.write.manifest.load", refuse)
    said = call("verify", out)
    assert said.code == 2
    assert "manifest.json: no permission to read it" in said.err


def test_a_source_whose_name_is_not_utf8_is_explained(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xe6\xa1.txt")
    pages = tmp_path / "p"
    pages.mkdir()
    try:
        (pages / name).write_text(FERRY, "utf-8")
    except OSError:
        pytest.skip("the file system takes no such name")
    assert call("run", pages, "-o", tmp_path / "out", "-q").code == 0
    said = call("explain", tmp_path / "out", f"p/{name}")
    assert said.code == 0
    assert said.out.startswith("p/%E6%A1.txt\n")


COMMANDS = [
    "run",
    "inspect",
    "explain",
    "verify",
    "score",
    "stages",
    "config",
    "config show",
    "config check",
    "config schema",
]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_has_help(command: str) -> None:
    said = call(*command.split(), "--help")
    assert said.code == 0
    assert f"Usage: corpuskit {command}".strip() in said.out


def test_help_in_a_narrow_terminal_names_every_option_whole() -> None:
    words = [sys.executable, "-m", "corpuskit", "run", "--help"]
    narrow = os.environ | {"COLUMNS": "40"}
    told = subprocess.run(words, capture_output=True, check=True, text=True, env=narrow).stdout
    assert "--page-timeout SECONDS" in told
    assert "\n  Examples\n    corpuskit run pages -o out\n" in told
    assert "…" not in told


def test_version() -> None:
    from corpuskit import __version__

    assert call("--version") == (0, f"corpuskit {__version__}\n", "")


def test_help_needs_nothing_heavy() -> None:
    heavy = (
        "numpy",
        "scipy",
        "ftfy",
        "selectolax",
        "bs4",
        "msgspec",
        "orjson",
        "corpuskit.pipeline",
        "corpuskit.config",
    )
    code = f"import sys, corpuskit.cli; print([name for name in {heavy!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"[]\n"

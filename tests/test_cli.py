"""The command line: what it prints where, its exit codes, and that nothing half-written stays."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from running import BRIDGE, FERRY, article, folder_of, jsonl, ran, records, refusals, sound, tree

from corpuskit.cli import main

DIRTY = "首页 > 新闻 > 正文\n" + BRIDGE + "相关阅读\n石桥名录新增七处\n一座廊桥的搬家记\n糯米灰浆有多结实？\n"
LESS = BRIDGE.replace("，如今总算又能看见它走满了人", "")
LABELLED = f"#! id: p1\n⟦title a1⟧石桥重开⟦/⟧\n⟦body a1⟧{BRIDGE.splitlines()[2]}⟦/⟧\n"
ANSI = "\x1b["


class Said(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def corpuskit(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: str | Path) -> Said:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        assert b"Traceback" not in err
        code = ended.value.code
        return Said(code if isinstance(code, int) else 0, out.decode(), err.decode())

    return command


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return folder_of(tmp_path / "p", {"a.txt": DIRTY, "b.jsonl": jsonl({"text": FERRY}, {"text": LESS}, {"no": 1})})


@pytest.fixture
def out(pages: Path, tmp_path: Path) -> Path:
    ran([pages], tmp_path / "out")
    return tmp_path / "out"


def test_run_tells_what_came_out_and_what_to_type_next(corpuskit: Command, pages: Path, tmp_path: Path) -> None:
    said = corpuskit("run", pages, "-o", tmp_path / "out")
    assert (said.code, said.out) == (0, "")
    assert "related_news." in said.err
    assert "p/b.jsonl#3: no field 'text'" in said.err
    assert f"corpuskit verify {tmp_path / 'out'}" in said.err
    assert ANSI not in said.err
    sound(tmp_path / "out")


def test_quiet_says_nothing(corpuskit: Command, pages: Path, tmp_path: Path) -> None:
    assert corpuskit("run", pages, "-o", tmp_path / "out", "--quiet") == (0, "", "")


def test_json_is_one_object_on_stdout(corpuskit: Command, pages: Path, tmp_path: Path) -> None:
    said = corpuskit("run", pages, "-o", tmp_path / "out", "--json")
    told = json.loads(said.out)
    assert said.err == ""
    assert told["counts"] == json.loads((tmp_path / "out" / "manifest.json").read_bytes())["counts"]
    assert [(entry["name"], entry["rule"]) for entry in told["refused"]] == [("p/b.jsonl#3", "read.no_field")]


def test_strict_makes_refusals_a_problem(corpuskit: Command, pages: Path, tmp_path: Path) -> None:
    said = corpuskit("run", pages, "-o", tmp_path / "out", "--strict")
    assert said.code == 1
    assert "1 refused" in said.err
    sound(tmp_path / "out")
    assert corpuskit("run", pages / "a.txt", "-o", tmp_path / "out", "--strict").code == 0


def test_a_run_in_which_nothing_could_be_read_is_a_problem(corpuskit: Command, tmp_path: Path) -> None:
    said = corpuskit("run", folder_of(tmp_path / "p", {"a.txt": b""}), "-o", tmp_path / "out")
    assert said.code == 1
    assert "nothing could be read" in said.err
    assert refusals(tmp_path / "out") == {"p/a.txt": "read.empty"}


def test_a_run_in_which_nothing_could_be_cleaned_is_a_problem(
    corpuskit: Command, pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("corpuskit.pipeline.Pipeline._step", fault)
    said = corpuskit("run", pages, "-o", tmp_path / "out", "-w", "1")
    assert said.code == 1
    assert "p/a.txt: cleaning failed (ZeroDivisionError: by nothing, at pipeline.py:" in said.err
    assert "nothing could be read and cleaned" in said.err
    sound(tmp_path / "out")


def test_options_override_the_config(corpuskit: Command, tmp_path: Path) -> None:
    page = (
        folder_of(tmp_path, {"x.txt": jsonl({"body": {"main": FERRY}}), "my.toml": "[ledger]\ntext = false\n"})
        / "x.txt"
    )
    options = ("-c", tmp_path / "my.toml", "--field", "body.main", "--media", "jsonl", "--compression", "zstd")
    assert corpuskit("run", page, "-o", tmp_path / "out", *options).code == 0
    sound(tmp_path / "out")
    assert [record["title"] for record in records(tmp_path / "out")] == ["渡口的最后一班船"]
    assert (tmp_path / "out" / "ledger" / "part-00000.jsonl.zst").is_file()


def test_records_go_to_stdout(corpuskit: Command, pages: Path) -> None:
    said = corpuskit("run", pages, "-o", "-")
    assert [json.loads(line)["source"] for line in said.out.splitlines()] == ["p/a.txt", "p/b.jsonl"]
    assert "there is no ledger" in said.err
    assert corpuskit("run", pages, "-o", "-", "--json").code == 2


def test_the_output_of_a_run_is_no_input_of_another(corpuskit: Command, out: Path, tmp_path: Path) -> None:
    said = corpuskit("run", out, "-o", tmp_path / "new")
    assert (said.code, "name its corpus/" in said.err) == (1, True)


WRONG: dict[str, tuple[Sequence[str], str]] = {
    "a missing input": (["run", "gone.txt", "-o", "new"], "gone.txt: no such file or folder"),
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
    "an unknown command": (["clean", "p"], "No such command"),
    "a config to check": (["config", "check", "bad.toml"], "bad.toml: dedupe: unknown name"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use_is_told_and_changes_nothing(
    corpuskit: Command, out: Path, tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of(tmp_path, {"home/letter.txt": b"dear", "bad.toml": "[dedupe]\nnear = false\n"})
    before = tree(tmp_path)
    monkeypatch.chdir(tmp_path)
    arguments, message = WRONG[case]
    said = corpuskit(*arguments)
    assert said.code == 2
    assert message in said.err
    assert said.out == ""
    assert tree(tmp_path) == before


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    from corpuskit.config import ConfigError

    with pytest.raises(ConfigError):
        main(["run", "p", "-o", str(tmp_path / "out"), "-c", "gone.toml", "--debug"])


def test_a_fault_of_ours_is_called_one(
    corpuskit: Command, pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise RuntimeError("no idea")

    monkeypatch.setattr("corpuskit.runner._Run.go", fault)
    said = corpuskit("run", pages, "-o", tmp_path / "out")
    assert said.code == 1
    assert "RuntimeError: no idea" in said.err
    assert "--debug" in said.err
    assert not (tmp_path / "out").exists()


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
def test_every_command_has_help(corpuskit: Command, command: str) -> None:
    said = corpuskit(*command.split(), "--help")
    assert said.code == 0
    assert f"Usage: corpuskit {command}".strip() in said.out


def test_version(corpuskit: Command) -> None:
    from corpuskit import __version__

    assert corpuskit("--version") == (0, f"corpuskit {__version__}\n", "")


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


def test_verify_passes_on_a_run(corpuskit: Command, out: Path) -> None:
    said = corpuskit("verify", out)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("ok: 3 sources")
    assert json.loads(corpuskit("verify", out, "--json").out)["ok"] is True


def test_verify_names_what_is_wrong(corpuskit: Command, out: Path, pages: Path) -> None:
    folder_of(pages, {"a.txt": DIRTY.replace("糯米", "石灰")})
    said = corpuskit("verify", out)
    assert said.code == 1
    assert "p/a.txt" in said.out
    told = json.loads(corpuskit("verify", out, "--json").out)
    assert told["ok"] is False
    assert told["problems"][0]["source"] == "p/a.txt"


def test_verify_reads_sources_elsewhere(corpuskit: Command, out: Path, pages: Path, tmp_path: Path) -> None:
    (tmp_path / "moved").mkdir()
    pages.rename(tmp_path / "moved" / "p")
    assert corpuskit("verify", out).code == 1
    assert corpuskit("verify", out, "--sources", tmp_path / "moved" / "p").code == 0


def test_verify_works_from_any_folder(
    corpuskit: Command, pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert corpuskit("run", "p/*", "-o", "out").code == 0
    monkeypatch.chdir("/")
    assert corpuskit("verify", tmp_path / "out").code == 0
    monkeypatch.chdir(tmp_path.parent)
    assert corpuskit("verify", f"{tmp_path.name}/out").code == 0
    assert "verified against their sources" in corpuskit("validate", f"{tmp_path.name}/out").out


def test_explain_a_record(corpuskit: Command, out: Path) -> None:
    record = next(record for record in records(out) if record["source"] == "p/a.txt")
    said = corpuskit("explain", out, record["id"])
    assert said.code == 0
    assert "verbatim" in said.out
    assert "related_news." in said.out


def test_explain_a_source(corpuskit: Command, out: Path) -> None:
    said = corpuskit("explain", out, "p/a.txt").out
    assert said.index("layout.title") < said.index("verbatim") < said.index("related_news.")
    by_name, by_number = ("p/b.jsonl#2",), ("p/b.jsonl", "--source-record", "2")
    assert corpuskit("explain", out, *by_name).out == corpuskit("explain", out, *by_number).out


def test_explain_a_place(corpuskit: Command, out: Path) -> None:
    assert "kept in record" in corpuskit("explain", out, "p/a.txt", "--at", str(DIRTY.index("本报讯"))).out
    assert "removed by related_news." in corpuskit("explain", out, "p/a.txt", "--at", str(DIRTY.index("廊桥"))).out
    assert (
        "refused by duplicates."
        in corpuskit("explain", out, "p/b.jsonl", "--at", str(BRIDGE.index("本报讯")), "--source-record", "2").out
    )


def test_inspect_marks_what_it_shows(corpuskit: Command, pages: Path) -> None:
    said = corpuskit("inspect", pages / "a.txt", "--no-color")
    assert said.code == 0
    assert "[-首页 > 新闻 > 正文\n-]{page_chrome." in said.out
    assert "<title:石桥重开>" in said.out
    assert "‹1›" in said.out
    assert "related_news." in said.out.rpartition("kind")[2]
    assert ANSI not in said.out


def test_inspect_one_stage(corpuskit: Command, pages: Path) -> None:
    said = corpuskit("inspect", pages / "a.txt", "--stage", "related_news")
    assert "-]{related_news." in said.out
    assert "[-…13 characters…-]{page_chrome." in said.out
    assert "<title:" not in said.out


def test_inspect_one_record_of_many(corpuskit: Command, pages: Path) -> None:
    assert "渡口" in corpuskit("inspect", pages / "b.jsonl").out
    assert "茶馆" in corpuskit("inspect", pages / "b.jsonl", "--record", "2").out
    assert "渡口" not in corpuskit("inspect", pages / "b.jsonl", "--record", "2").out
    refused = corpuskit("inspect", pages / "b.jsonl", "--record", "3")
    assert (refused.code, refused.out) == (1, "")
    assert "read.no_field" in refused.err


HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202egnp.exe\u2066\u200b\x9b31m"


def test_hostile_characters_never_reach_the_terminal(corpuskit: Command, tmp_path: Path) -> None:
    name = "a\x1b[31m\u202e.txt"
    page = folder_of(tmp_path / "p", {name: BRIDGE.replace("茶馆", f"茶馆{HOSTILE}"), "empty\x1b[2J.txt": b""}) / name
    said = [corpuskit("inspect", page), corpuskit("run", tmp_path / "p", "-o", tmp_path / "out")]
    (record,) = records(tmp_path / "out")
    said += [corpuskit("explain", tmp_path / "out", record["id"]), corpuskit("verify", tmp_path / "out")]
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


def test_score_and_export(corpuskit: Command, tmp_path: Path) -> None:
    folder_of(tmp_path / "labelled", {"p1.page": LABELLED})
    assert corpuskit("score", "--export", tmp_path / "labelled", tmp_path / "raw").code == 0
    assert corpuskit("run", tmp_path / "raw", "-o", tmp_path / "out").code == 0
    said = corpuskit("score", tmp_path / "labelled", tmp_path / "out")
    assert said.out.splitlines()[1].split()[:3] == ["ALL", "1.0000", "-"]
    assert json.loads(corpuskit("score", tmp_path / "labelled", tmp_path / "out", "--json").out)["ALL"]["titles"] == 1.0


def test_stages_are_listed_and_told(corpuskit: Command) -> None:
    from corpuskit.config import STAGES

    listed = [line.split()[0] for line in corpuskit("stages").out.splitlines()]
    assert listed == [kind.name for kind in STAGES]
    for kind in STAGES:
        told = corpuskit("stages", kind.name).out
        assert [rule for rule in kind.rules if rule not in told] == []
        assert [name for name in kind.__struct_fields__ if f"  {name} = " not in told] == []


def test_config_show_check_schema(corpuskit: Command, tmp_path: Path) -> None:
    shown = corpuskit("config", "show", "strict")
    path = folder_of(tmp_path, {"my.toml": shown.out}) / "my.toml"
    checked = corpuskit("config", "check", path)
    assert (checked.code, checked.out) == (0, "")
    assert corpuskit("config", "check", "strict").err.split()[-1] == checked.err.split()[-1]
    assert json.loads(corpuskit("config", "schema").out)["$defs"]["Config"]

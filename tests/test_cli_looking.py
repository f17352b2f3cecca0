"""The commands that look at a run and at what can be set: what they print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from door import ANSI, call
from running import BRIDGE, DIRTY, folder_of, records

LABELLED = f"#! id: p1\n⟦title a1⟧石桥重开⟦/⟧\n⟦body a1⟧{BRIDGE.splitlines()[2]}⟦/⟧\n"


def test_verify_passes_on_a_run(out: Path) -> None:
    said = call("verify", out)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("ok: 3 sources")
    assert json.loads(call("verify", out, "--json").out)["ok"] is True


def test_verify_names_what_is_wrong(out: Path, pages: Path) -> None:
    folder_of(pages, {"a.txt": DIRTY.replace("糯米", "石灰")})
    said = call("verify", out)
    assert said.code == 1
    assert "p/a.txt" in said.out
    told = json.loads(call("verify", out, "--json").out)
    assert told["ok"] is False
    assert told["problems"][0]["source"] == "p/a.txt"


def test_verify_reads_sources_elsewhere(out: Path, pages: Path, tmp_path: Path) -> None:
    (tmp_path / "moved").mkdir()
    pages.rename(tmp_path / "moved" / "p")
    assert call("verify", out).code == 1
    assert call("verify", out, "--sources", tmp_path / "moved" / "p").code == 0


def test_verify_works_from_any_folder(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("run", "p/*", "-o", "out").code == 0
    monkeypatch.chdir("/")
    assert call("verify", tmp_path / "out").code == 0
    monkeypatch.chdir(tmp_path.parent)
    assert call("verify", f"{tmp_path.name}/out").code == 0
    assert "verified against their sources" in call("validate", f"{tmp_path.name}/out").out


def test_explain_a_record(out: Path) -> None:
    record = next(record for record in records(out) if record["source"] == "p/a.txt")
    said = call("explain", out, record["id"])
    assert said.code == 0
    assert "verbatim" in said.out
    assert "related_news." in said.out


def test_explain_a_source(out: Path) -> None:
    said = call("explain", out, "p/a.txt").out
    assert said.index("layout.title") < said.index("verbatim") < said.index("related_news.")
    by_name, by_number = ("p/b.jsonl#2",), ("p/b.jsonl", "--source-record", "2")
    assert call("explain", out, *by_name).out == call("explain", out, *by_number).out


def test_explain_a_place(out: Path) -> None:
    assert "kept in record" in call("explain", out, "p/a.txt", "--at", str(DIRTY.index("本报讯"))).out
    assert "removed by related_news." in call("explain", out, "p/a.txt", "--at", str(DIRTY.index("廊桥"))).out
    assert (
        "refused by duplicates."
        in call("explain", out, "p/b.jsonl", "--at", str(BRIDGE.index("本报讯")), "--source-record", "2").out
    )


def test_inspect_marks_what_it_shows(pages: Path) -> None:
    said = call("inspect", pages / "a.txt", "--no-color")
    assert said.code == 0
    assert "[-首页 > 新闻 > 正文\n-]{page_chrome." in said.out
    assert "<title:石桥重开>" in said.out
    assert "‹1›" in said.out
    assert "related_news." in said.out.rpartition("kind")[2]
    assert ANSI not in said.out


def test_inspect_one_stage(pages: Path) -> None:
    said = call("inspect", pages / "a.txt", "--stage", "related_news")
    assert "-]{related_news." in said.out
    assert "[-…13 characters…-]{page_chrome." in said.out
    assert "<title:" not in said.out


def test_inspect_one_record_of_many(pages: Path) -> None:
    assert "渡口" in call("inspect", pages / "b.jsonl").out
    assert "茶馆" in call("inspect", pages / "b.jsonl", "--record", "2").out
    assert "渡口" not in call("inspect", pages / "b.jsonl", "--record", "2").out
    refused = call("inspect", pages / "b.jsonl", "--record", "3")
    assert (refused.code, refused.out) == (1, "")
    assert "read.no_field" in refused.err


def test_score_and_export(tmp_path: Path) -> None:
    folder_of(tmp_path / "labelled", {"p1.page": LABELLED})
    assert call("score", "--export", tmp_path / "labelled", tmp_path / "raw").code == 0
    assert call("run", tmp_path / "raw", "-o", tmp_path / "out").code == 0
    said = call("score", tmp_path / "labelled", tmp_path / "out")
    assert said.out.splitlines()[1].split()[:3] == ["ALL", "1.0000", "-"]
    assert json.loads(call("score", tmp_path / "labelled", tmp_path / "out", "--json").out)["ALL"]["titles"] == 1.0


def test_stages_are_listed_and_told() -> None:
    from corpuskit.config import STAGES

    listed = [line.split()[0] for line in call("stages").out.splitlines()]
    assert listed == [kind.name for kind in STAGES]
    for kind in STAGES:
        told = call("stages", kind.name).out
        assert [rule for rule in kind.rules if rule not in told] == []
        assert [name for name in kind.__struct_fields__ if f"  {name} = " not in told] == []


def test_config_show_check_schema(tmp_path: Path) -> None:
    shown = call("config", "show", "strict")
    path = folder_of(tmp_path, {"my.toml": shown.out}) / "my.toml"
    checked = call("config", "check", path)
    assert (checked.code, checked.out) == (0, "")
    assert call("config", "check", "strict").err.split()[-1] == checked.err.split()[-1]
    assert json.loads(call("config", "schema").out)["$defs"]["Config"]

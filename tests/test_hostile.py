"""Input that means harm: each way is tried, and costs a refusal or nothing."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from running import BRIDGE, FERRY, article, folder_of, jsonl, ran, records, refusals, tree
from typer.testing import CliRunner

from corpuskit.cli import app, main
from corpuskit.config import ConfigError, parse
from corpuskit.core.source import Refusal
from corpuskit.read import Block, packed
from corpuskit.read import jsonl as lines_reader
from corpuskit.show import shown

BOMBS = {
    "gzip": lambda data: gzip.compress(data, 9),
    "zstd": lambda data: zstandard.compress(data),
    "gzip in gzip": lambda data: gzip.compress(gzip.compress(data, 9), 9),
}


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.warc"])
@pytest.mark.parametrize("case", BOMBS)
def test_a_decompression_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, name: str) -> None:
    monkeypatch.setattr(packed, "FREE", 1 << 20)
    head = b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 8000000\r\n\r\n" if name == "a.warc" else b""
    ran(
        [folder_of(tmp_path / "p", {f"{name}.x": BOMBS[case](head + b"\n" * 8_000_000), "b.txt": BRIDGE})],
        tmp_path / "o",
    )
    assert set(refusals(tmp_path / "o").values()) == {"read.binary" if case == "gzip in gzip" else "read.bomb"}
    assert len(records(tmp_path / "o")) == 1


def test_text_that_packs_well_is_no_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "FREE", 1 << 16)
    data = jsonl(*({"text": article(number)} for number in range(100)))
    ran([folder_of(tmp_path / "p", {"a.jsonl.gz": gzip.compress(data * 3)})], tmp_path / "out")
    assert not refusals(tmp_path / "out")


def test_a_line_of_two_gigabytes_is_passed_over() -> None:
    held = b"x" * (4 << 20)

    def chunks() -> Iterator[bytes]:
        for _ in range(512):
            yield held
        yield b'\n{"text": "after"}\n'

    (first, refusal), (second, block) = lines_reader.blocks(chunks(), "u", "text", 1 << 20)
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, refusal.bytes, first) == ("read.too_large", 2 << 30, 1)
    assert isinstance(block, Block)
    assert (block.first, second, [page.name for page in block.pages()]) == (2, 2, ["u#2"])


HTML = {
    "deep": "<div>" * 30_000,
    "attributes": "<p " + " ".join(f"a{at}=1" for at in range(20_000)) + ">",
    "one attribute": "<p class='" + "a " * 100_000 + "'>",
    "comments": "<!--" * 20_000,
    "entities": "&amp" * 50_000 + "&#x110000;&#xd800;" * 1000,
    "tables": "<table><tr><td>" * 2_000,
    "unclosed": "<a href=x>" * 5_000,
    "formatting": "<b><i><font><u>" * 1_000 + "<p>" * 500,
    "script": "<script>" + "</scrip" * 30_000,
}


@pytest.mark.parametrize("case", HTML)
def test_html_that_is_a_bomb_is_read_or_refused(tmp_path: Path, case: str) -> None:
    page = f"<html><body><p>{FERRY}</p>{HTML[case]}"
    ran([folder_of(tmp_path / "p", {"a.html": page, "b.txt": BRIDGE})], tmp_path / "out", page_timeout=60)


def test_names_lead_nowhere(tmp_path: Path) -> None:
    before = folder_of(tmp_path / "keep", {"a.txt": "mine"})
    entry = {"text": BRIDGE, "id": "../../keep/a.txt", "title": "../../keep/a.txt", "url": "file:///etc/passwd"}
    ran([folder_of(tmp_path / "p", {"..a.jsonl": jsonl(entry), "~": FERRY, "%2e%2e": FERRY + "。"})], tmp_path / "out")
    assert tree(before) == {"a.txt": b"mine"}
    assert {path.name for path in tmp_path.iterdir()} == {"keep", "p", "out"}


OBEYED = {*"\x1b\x07\u202e\u2066\u200b\U000e0041\x9b\r"}
EVIL = "\x1b[2J\x1b]0;owned\x07\u202eevil\u2066\u200b\U000e0041\x9b31m\r"


def test_a_terminal_is_told_nothing_that_it_obeys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\x1b[2J\u202e.jsonl"
    lines = jsonl({"text": EVIL + BRIDGE, "title": EVIL}, {EVIL: 1}) + b"{" + EVIL.encode() + b"\n"
    pages, out = folder_of(tmp_path / "p", {name: lines}), tmp_path / "out"
    done = CliRunner().invoke(app, ["run", str(pages), "-o", str(out), "--profile"])
    first = json.loads((out / "corpus" / "part-00000.jsonl").read_bytes().splitlines()[0])
    told = [done, CliRunner().invoke(app, ["verify", str(out)])]
    told.append(CliRunner().invoke(app, ["explain", str(out), first["id"]]))
    told.append(CliRunner().invoke(app, ["inspect", str(pages / name)]))
    outputs = [found.output for found in told]
    with pytest.raises(SystemExit):
        main(["explain", str(out), EVIL])
    outputs.append(capsys.readouterr().err)
    for output in outputs:
        assert output
        assert not {*output} & OBEYED


def test_nothing_invisible_is_shown() -> None:
    assert shown(EVIL).isprintable()


@pytest.mark.parametrize("value", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "\t=1"])
def test_what_looks_like_a_formula_is_kept_as_it_is(tmp_path: Path, value: str) -> None:
    ran(
        [folder_of(tmp_path / "p", {"a.jsonl": jsonl({"text": BRIDGE.strip() + value, "title": value})})],
        tmp_path / "out",
    )
    (record,) = records(tmp_path / "out")
    assert record["title"] in (value, "石桥重开")
    assert value.strip() in record["text"]


TOML = {
    "deep": "a = " + "[" * 50_000,
    "deep tables": "[" + "a." * 5_000 + "a]",
    "long": "# " + "x" * 100_000,
    "a long number": "[output]\nshard_mb = " + "9" * 6000,
    "an object": "[stages.garbled]\n__class__ = 'os.system'",
    "another object": "[stages.garbled]\n'!!python/object' = 'os.system'",
    "not a number": "[dedup]\nthreshold = nan",
    "infinity": "[dedup]\nthreshold = inf",
    "a date": "[read]\ntext_field = 1979-05-27",
}


@pytest.mark.parametrize("case", TOML)
def test_a_config_that_plays_tricks_is_refused(case: str) -> None:
    with pytest.raises(ConfigError):
        parse(TOML[case])

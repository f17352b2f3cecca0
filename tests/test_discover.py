"""Inputs are found once each, under URIs that differ, whatever the order they are named in."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from corpuskit.read import Item, discover


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")


def uris(items: list[Item]) -> list[str]:
    return [item.uri for item in items]


def test_a_folder_is_read_to_its_depth_and_hidden_entries_are_skipped(tmp_path: Path) -> None:
    make(tmp_path / "in", "b.txt", "a/1.txt", "a/deep/2.html", ".hidden", ".git/x")
    items, refusals = discover([str(tmp_path / "in")])
    assert uris(items) == ["in/a/1.txt", "in/a/deep/2.html", "in/b.txt"]
    assert refusals == []
    assert [item.size for item in items] == [7, 13, 5]


def test_a_file_takes_its_folder_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "pages", "x.txt")
    monkeypatch.chdir(tmp_path / "pages")
    assert uris(discover(["x.txt"])[0]) == ["pages/x.txt"]
    assert uris(discover(["../pages/x.txt"])[0]) == ["pages/x.txt"]
    assert uris(discover(["."])[0]) == ["pages/x.txt"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("in/*.txt", ["in/a.txt"]),
        ("in/**/*.txt", ["in/a.txt", "in/s/b.txt", "in/s/t/c.txt"]),
        ("in/*/*.txt", ["in/s/b.txt"]),
        ("in/s/**", ["s/b.txt", "s/d.md", "s/t/c.txt"]),
        ("*/?.txt", ["in/a.txt"]),
        ("**/[bc].txt", ["s/b.txt", "t/c.txt"]),
        ("in/.*", ["in/.h.txt"]),
    ],
)
def test_globs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, expected: list[str]) -> None:
    make(tmp_path / "in", "a.txt", "s/b.txt", "s/t/c.txt", "s/d.md", ".h.txt")
    monkeypatch.chdir(tmp_path)
    items, refusals = discover([pattern])
    assert uris(items) == expected
    assert refusals == []


def test_a_file_whose_name_looks_like_a_glob_is_a_file(tmp_path: Path) -> None:
    make(tmp_path / "in", "[1].txt", "1.txt")
    assert uris(discover([str(tmp_path / "in" / "[1].txt")])[0]) == ["in/[1].txt"]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("gone.txt", "read.missing"),
        ("empty", "read.no_input"),
        ("hidden", "read.no_input"),
        ("*.none", "read.no_input"),
    ],
)
def test_an_input_that_is_none_is_refused(tmp_path: Path, name: str, rule: str) -> None:
    (tmp_path / "empty").mkdir()
    make(tmp_path / "hidden", ".x")
    items, refusals = discover([str(tmp_path / name)])
    assert items == []
    assert [refusal.rule for refusal in refusals] == [rule]
    assert refusals[0].reason


def test_stdin() -> None:
    assert discover(["-", "-"]) == ([Item("stdin", None, 0)], [])


def test_a_file_reached_twice_counts_once_under_its_smallest_uri(tmp_path: Path) -> None:
    make(tmp_path / "in", "s/x.txt")
    (tmp_path / "in" / "a.txt").symlink_to(tmp_path / "in" / "s" / "x.txt")
    names = [str(tmp_path / "in"), str(tmp_path / "in" / "s"), str(tmp_path / "in" / "s" / "x.txt")]
    for order in (names, names[::-1]):
        assert uris(discover(order)[0]) == ["in/a.txt"]


def test_links_that_lead_in_circles_end(tmp_path: Path) -> None:
    make(tmp_path / "in", "a/x.txt", "b/y.txt")
    make(tmp_path / "far", "z.txt")
    (tmp_path / "in" / "a" / "up").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "a" / "aside").symlink_to(tmp_path / "in" / "b")
    (tmp_path / "in" / "self").symlink_to(tmp_path / "in" / "self")
    (tmp_path / "in" / "out").symlink_to(tmp_path / "far")
    (tmp_path / "far" / "back").symlink_to(tmp_path)
    items, refusals = discover([str(tmp_path / "in")])
    assert uris(items) == ["in/a/x.txt", "in/b/y.txt", "in/out/z.txt"]
    assert [(refusal.uri, refusal.rule) for refusal in refusals] == [("in/self", "read.missing")]


def test_a_broken_link_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "in", "x.txt")
    (tmp_path / "in" / "gone").symlink_to(tmp_path / "nowhere")
    items, refusals = discover([str(tmp_path / "in")])
    assert uris(items) == ["in/x.txt"]
    assert [(refusal.uri, refusal.rule) for refusal in refusals] == [("in/gone", "read.missing")]


def test_a_pipe_in_a_folder_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    make(tmp_path / "in", "x.txt")
    os.mkfifo(tmp_path / "in" / "pipe")
    items, refusals = discover([str(tmp_path / "in")])
    assert uris(items) == ["in/x.txt"]
    assert [(refusal.uri, refusal.rule) for refusal in refusals] == [("in/pipe", "read.special")]


def test_names_that_collide_grow_by_one_folder_until_they_differ(tmp_path: Path) -> None:
    make(tmp_path, "2024/may/in/x.txt", "2025/may/in/x.txt", "2025/june/in/x.txt", "2025/june/in/y.txt")
    names = [str(tmp_path / name) for name in ("2024/may/in", "2025/may/in", "2025/june/in")]
    expected = ["2024/may/in/x.txt", "2025/may/in/x.txt", "in/y.txt", "june/in/x.txt"]
    for seed in range(6):
        random.Random(seed).shuffle(names)
        assert uris(discover(names)[0]) == expected


def test_a_name_that_grew_may_not_take_anothers(tmp_path: Path) -> None:
    make(tmp_path, "a/in/x.txt", "b/in/x.txt", "c/a/in/x.txt")
    items, _ = discover([str(tmp_path / name) for name in ("a/in", "b/in", "c/a")])
    assert len(set(uris(items))) == 3
    assert {item.path for item in items} == {tmp_path / n for n in ("a/in/x.txt", "b/in/x.txt", "c/a/in/x.txt")}


def test_the_output_folder_is_no_input(tmp_path: Path) -> None:
    make(tmp_path / "in", "x.txt", "out/corpus/part.jsonl", "out/manifest.json")
    out = tmp_path / "in" / "out"
    items, refusals = discover([str(tmp_path / "in"), str(out / "manifest.json"), str(out)], exclude=out)
    assert uris(items) == ["in/x.txt"]
    assert [(refusal.uri, refusal.rule) for refusal in refusals] == [("out", "read.output")]


def test_the_output_of_an_earlier_run_is_no_page_but_its_corpus_can_be_named(tmp_path: Path) -> None:
    make(tmp_path / "in", "x.txt", "out/corpus/part.jsonl", "out/ledger/part.jsonl", "other/manifest.json")
    (tmp_path / "in/out/manifest.json").write_text('{"corpuskit": "0.1.0"}')
    items, refusals = discover([str(tmp_path / "in")])
    assert uris(items) == ["in/other/manifest.json", "in/x.txt"]
    assert [(refusal.uri, refusal.rule) for refusal in refusals] == [("in/out", "read.output")]
    assert uris(discover([str(tmp_path / "in/out/corpus")])[0]) == ["corpus/part.jsonl"]
    assert uris(discover([str(tmp_path / "in/out/*/*.jsonl")])[0]) == [
        "out/corpus/part.jsonl",
        "out/ledger/part.jsonl",
    ]


def test_names_that_are_not_utf8_are_escaped_and_stay_apart(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in (b"a\xff.txt", b"a%FF.txt", b"\xd6\xd0.txt", "中.txt".encode()):
        with open(os.path.join(os.fsencode(tmp_path / "in"), name), "wb") as file:
            file.write(b"x")
    items, _ = discover([str(tmp_path / "in")])
    assert len(set(uris(items))) == 4
    assert {"in/%D6%D0.txt", "in/中.txt"} < set(uris(items))
    assert all(uri.encode() for uri in uris(items))


def test_a_folder_that_may_not_be_listed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "in", "x.txt", "shut/y.txt")
    scan = os.scandir

    def refuse(path: Path) -> object:
        if path.name == "shut":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr("corpuskit.read.walk.os.scandir", refuse)
    items, refusals = discover([str(tmp_path / "in")])
    assert uris(items) == ["in/x.txt"]
    assert [(refusal.uri, refusal.rule) for refusal in refusals] == [("in/shut", "read.permission")]


def test_a_nul_in_a_name_is_missing_not_a_crash() -> None:
    items, refusals = discover(["a\0b"])
    assert (items, [refusal.rule for refusal in refusals]) == ([], ["read.missing"])

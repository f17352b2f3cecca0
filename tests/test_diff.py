"""Two runs compared: every change has its rule, and what is the same is said to be the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from door import call
from hypothesis import given
from hypothesis import strategies as st
from running import BRIDGE, FERRY, article, folder_of, jsonl, ran

from corpuskit.compare import Change, Difference, _both, _minus
from corpuskit.core.span import Span, merge

MENU = "首页 > 新闻 > 正文\n"
LISTED = "相关阅读\n石桥名录新增七处\n一座廊桥的搬家记\n糯米灰浆有多结实？\n"
NOISE_STAYS = "[stages.page_chrome]\nenabled = false\n"


def changes(tmp_path: Path, before: dict[str, Any], after: dict[str, Any], a: str = "", b: str = "") -> list[Change]:
    for name, files, settings in (("a", before, a), ("b", after, b)):
        ran([folder_of(tmp_path / name / "p", files)], tmp_path / f"out-{name}", settings)
    return list(Difference(tmp_path / "out-a", tmp_path / "out-b").changes())


def test_equal_runs_differ_in_nothing(tmp_path: Path) -> None:
    pages = {"a.txt": MENU + BRIDGE, "b.txt": FERRY}
    assert changes(tmp_path, pages, pages) == []
    difference = Difference(tmp_path / "out-a", tmp_path / "out-b")
    assert list(difference.changes()) == []
    assert (difference.kinds["same"], difference.figures(), difference.settings()) == (2, [], [])


def test_another_config_that_does_the_same_changes_nothing(tmp_path: Path) -> None:
    assert changes(tmp_path, {"a.txt": BRIDGE}, {"a.txt": BRIDGE}, b="[dedup]\nthreshold = 0.9\n") == []
    difference = Difference(tmp_path / "out-a", tmp_path / "out-b")
    assert difference.settings() == [("config.dedup.threshold", 0.8, 0.9)]


def test_a_passage_no_longer_taken_is_told_by_its_rule(tmp_path: Path) -> None:
    pages = {"a.txt": BRIDGE + LISTED}
    [change] = changes(tmp_path, pages, pages, b="[stages.related_news]\nenabled = false\n")
    assert (change.kind, change.source, change.title) == ("changed", "p/a.txt", "石桥重开")
    assert change.rules["+related_news.list"] > len(LISTED) / 2
    [back] = Difference(tmp_path / "out-b", tmp_path / "out-a").changes()
    assert back.rules["-related_news.list"] == change.rules["+related_news.list"]
    assert (back.before, back.after) == (change.after, change.before)


def test_a_duplicate_that_stays_came_by_the_rule_that_refused_it(tmp_path: Path) -> None:
    pages = {"a.txt": BRIDGE, "b.txt": BRIDGE}
    [change] = changes(tmp_path, pages, pages, b="[dedup]\nexact = false\nnear = false\n")
    assert (change.kind, set(change.rules)) == ("came", {"+duplicates.exact"})


def test_a_repair_is_told_by_its_rule(tmp_path: Path) -> None:
    pages = {"a.txt": BRIDGE.replace("老板说", "老板说&mdash;&mdash;")}
    [change] = changes(tmp_path, pages, pages, b="[stages.garbled]\nenabled = false\n")
    assert (change.kind, change.rules) == ("changed", {"+garbled.entity": 14})


def test_fields_that_differ_are_named(tmp_path: Path) -> None:
    before = {"a.jsonl": jsonl({"text": FERRY, "url": "https://a.example/1"})}
    after = {"a.jsonl": jsonl({"text": FERRY, "url": "https://a.example/2"})}
    [change] = changes(tmp_path, before, after)
    assert (change.kind, change.rules) == ("changed", {"metadata.url": 0})


def test_sources_that_came_went_or_changed(tmp_path: Path) -> None:
    before = {"a.txt": article(1), "b.txt": article(2), "d.txt": article(4)}
    after = {"b.txt": article(3), "c.txt": article(5), "d.txt": article(4)}
    found = changes(tmp_path, before, after)
    assert [(change.kind, change.source, *change.rules) for change in found] == [
        ("went", "p/a.txt", "source.gone"),
        ("went", "p/b.txt", "source.changed"),
        ("came", "p/b.txt", "source.changed"),
        ("came", "p/c.txt", "source.new"),
    ]


def test_lines_of_one_file_are_compared_line_by_line(tmp_path: Path) -> None:
    lines = [{"text": article(number)} for number in range(12)]
    [change] = changes(tmp_path, {"a.jsonl": jsonl(*lines)}, {"a.jsonl": jsonl(*lines[:10], {"text": "无"}, lines[11])})
    assert (change.kind, change.source) == ("went", "p/a.jsonl#11")


def test_the_command_tells_prints_lines_and_exits(tmp_path: Path) -> None:
    pages = {"a.txt": MENU + BRIDGE, "b.txt": MENU + FERRY}
    assert len(changes(tmp_path, pages, pages, b=NOISE_STAYS)) == 2
    a, b = tmp_path / "out-a", tmp_path / "out-b"
    said = call("diff", a, b, "--limit", "1")
    assert said.code == 0
    assert "changed p/a.txt [" in said.out
    assert "… and 1 more: --limit 0 shows all" in said.out
    assert "config.stages.page_chrome.enabled: True in A, False in B" in said.out
    assert said.out.endswith("0 came, 0 went, 2 changed, 0 same\n")
    said = call("diff", a, b, "--json", "--exit-code")
    assert said.code == 1
    first, _, summary = map(json.loads, said.out.splitlines())
    assert first["source"] == "p/a.txt"
    assert summary["records"] == {"changed": 2, "same": 0}
    assert summary["figures"]["characters removed"][1] == 0
    said = call("diff", a, a, "--exit-code")
    assert (said.code, said.out) == (0, "no record differs\n0 came, 0 went, 0 changed, 2 same\n")


def test_wrong_use_is_told(tmp_path: Path) -> None:
    said = call("diff", tmp_path, tmp_path)
    assert said.code == 2
    assert "it holds no manifest.json" in said.err
    ran([folder_of(tmp_path / "p", {"a.txt": BRIDGE})], tmp_path / "out")
    (tmp_path / "out" / "corpus" / "part-00000.jsonl").write_text("{\n")
    said = call("diff", tmp_path / "out", tmp_path / "out")
    assert said.code == 2
    assert f"corpuskit verify {tmp_path / 'out'} tells more" in said.err


places = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 8)), max_size=8).map(
    lambda found: merge(Span(start, start + size) for start, size in found if size)
)


@given(places, places)
def test_what_is_in_both_and_what_is_in_one_add_up(one: tuple[Span, ...], other: tuple[Span, ...]) -> None:
    def members(spans: Any) -> set[int]:
        return {at for start, end in spans for at in range(start, end)}

    assert members(_both(one, other)) == members(one) & members(other)
    assert members(_minus(one, other)) == members(one) - members(other)

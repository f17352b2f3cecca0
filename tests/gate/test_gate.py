"""The labelled pages score no worse than they did, and each of their characters is in exactly one place."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from figures import (
    FLOORS,
    PAGES,
    SEEDS,
    Floors,
    Lowered,
    cleaned,
    digest,
    measure,
    pages,
    read_floors,
    seeds,
    shared,
    sunk,
    worse,
    write_floors,
)

from corpuskit.write.check import PageCheck

ELSEWHERE = shared()
FOLDERS = [folder for folder in (PAGES, ELSEWHERE) if folder is not None]
EACH = [(folder, name) for folder in FOLDERS for name in pages(folder)]
UPDATE = "python -m tests.gate --update-floors"


def test_the_floors_were_measured_on_these_pages() -> None:
    assert read_floors().digest == digest(PAGES), f"pages were added or changed: {UPDATE}"


def test_no_figure_is_worse_than_its_floor() -> None:
    floors = read_floors()
    assert floors.groups, f"{FLOORS} has no floors: {UPDATE}"
    assert [str(change) for change in sunk(floors.groups, measure(PAGES))] == []


@pytest.mark.parametrize("figure", SEEDS)
def test_the_shared_seeds_score_what_they_must(figure: str) -> None:
    found = seeds(ELSEWHERE) if ELSEWHERE is not None else None
    if found is None:
        pytest.skip("no shared pages: CORPUSKIT_SHARED names no folder of them, and there is no ../shared/pages")
    assert not worse(figure, found.get(figure), SEEDS[figure]), f"{figure} is {found.get(figure)}"


@pytest.mark.parametrize(("folder", "name"), EACH, ids=[f"{folder.parent.name}-{name}" for folder, name in EACH])
def test_every_character_of_a_page_is_in_one_place(folder: Path, name: str) -> None:
    done = cleaned(folder)[name]
    problems: list[str] = []
    PageCheck(
        done.source, done.records, done.ledger, lambda kind, record, what: problems.append(f"{kind}: {what}")
    ).run()
    assert problems == []


def test_floors_are_read_as_they_were_written(tmp_path: Path) -> None:
    floors = Floors("sha256:0", {"all": {"kept": 0.5, "leak": 0.25}}, [Lowered('a "b" \\', {"all: kept": [0.6, 0.5]})])
    write_floors(floors, tmp_path / "floors.toml")
    assert read_floors(tmp_path / "floors.toml") == floors


def test_sunk_names_floors_that_sink_ceilings_that_rise_and_figures_that_are_gone() -> None:
    before = {"all": {"kept": 0.5, "leak": 0.25, "split": 1.0}, "kind spam": {"kept": 1.0}}
    now = {"all": {"kept": 0.4, "leak": 0.3, "split": 1.0}}
    found = [(change.group, change.figure) for change in sunk(before, now)]
    assert found == [("all", "kept"), ("all", "leak"), ("kind spam", "kept")]
    assert sunk(now, before) == []


def test_floors_are_lowered_for_a_reason_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gate, path = _main(), tmp_path / "floors.toml"
    before = Floors("", {"all": {"kept": 0.9}}, [])
    write_floors(before, path)
    assert gate.update(before, {"all": {"kept": 0.8}}, None, path) == 1
    assert "--allow-lower" in capsys.readouterr().err
    assert read_floors(path) == before
    assert gate.update(before, {"all": {"kept": 0.8}}, "harder pages", path) == 0
    after = read_floors(path)
    assert after.groups == {"all": {"kept": 0.8}}
    assert after.lowered == [Lowered("harder pages", {"all: kept": [0.9, 0.8]})]


def _main() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gate_main", Path(__file__).with_name("__main__.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

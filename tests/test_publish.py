"""What is made for others of a finished run: every figure from the manifest, every file whole or absent."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from door import call
from running import BRIDGE, FERRY, article, folder_of, jsonl, ran, tree

from corpuskit import publish
from corpuskit.config import ConfigError
from corpuskit.publish.about import About, size_category
from corpuskit.publish.folder import sources
from corpuskit.write import manifest
from corpuskit.write.atomic import OutputError

Json = dict[str, Any]

ABOUT = """\
name = 'Bridges: "old" & new | #1'
description = "Notes on bridges."
license = "cc-by-4.0"
creators = ["A Society"]
url = "https://example.org/bridges"
citation = "@misc{bridges}"
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    lines = jsonl({"text": article(1), "id": "a", "url": "https://a.example/1"}, {"text": article(1)}, {"no": 1})
    ran([folder_of(folder / "p", {"a.txt": BRIDGE, "b.txt": FERRY, "c.jsonl": lines, "d.txt": "短。"})], folder / "out")
    return folder / "out"


def header(card: str) -> dict[str, Any]:
    """Return the YAML header, of which each line is a name and a JSON value."""
    _, lines, _ = card.split("---\n", 2)
    return {name: json.loads(value) for name, value in (line.split(": ", 1) for line in lines.splitlines())}


def test_the_card_has_a_header_and_the_figures_of_the_manifest(out: Path) -> None:
    said = call("publish", "card", out)
    found = header(said.out)
    assert (found["license"], found["language"], found["size_categories"]) == ("unknown", ["zh"], ["n<1K"])
    assert found["configs"][0]["data_files"] == [{"split": "train", "path": "corpus/*.jsonl"}]
    counts = manifest.load(out)["counts"]
    assert f"| characters read | {counts['characters']['in']:,} |" in said.out
    assert f"| articles refused | {counts['dropped']:,} | {counts['duplicates']:,} of them duplicates |" in said.out
    assert "The licence of the texts is not known." in said.out


def test_what_is_said_of_a_dataset_stands_in_card_and_metadata(out: Path, tmp_path: Path) -> None:
    about = folder_of(tmp_path, {"about.toml": ABOUT}) / "about.toml"
    said = call("publish", "card", out, "--about", about, "--license", "mit")
    assert header(said.out)["pretty_name"] == 'Bridges: "old" & new | #1'
    assert header(said.out)["license"] == "mit"
    for text in ("Notes on bridges.", "By A Society.", "https://example.org/bridges", "@misc{bridges}", "under mit"):
        assert text in said.out
    found = json.loads(call("publish", "croissant", out, "--about", about).out)
    assert (found["license"], found["citeAs"], found["creator"][0]["name"]) == (
        "cc-by-4.0",
        "@misc{bridges}",
        "A Society",
    )


def test_croissant_names_each_file_with_its_digest_and_each_field(out: Path) -> None:
    found = json.loads(call("publish", "croissant", out).out)
    [entry] = found["distribution"]
    assert entry["sha256"] == hashlib.sha256((out / entry["contentUrl"]).read_bytes()).hexdigest()
    [records] = found["recordSet"]
    assert [field["name"] for field in records["field"]] == ["id", "text", "title", "source", "language"]


def test_prov_tells_what_made_what_of_what(out: Path) -> None:
    found = json.loads(call("publish", "prov", out).out)
    held = manifest.load(out)
    assert found["activity"]["run:run"]["prov:startTime"] == held["started"]
    made = {relation["prov:entity"] for relation in found["wasGeneratedBy"].values()}
    assert made == {f"run:{entry['path']}" for entry in held["files"]}
    known = {*found["entity"], *found["activity"], *found["agent"]}
    for name in ("used", "wasGeneratedBy", "wasAssociatedWith", "wasDerivedFrom"):
        assert {value for relation in found[name].values() for value in relation.values()} <= known


def test_every_source_is_named_once_with_its_digest(out: Path) -> None:
    found = list(sources(out))
    names = [(source["uri"], source.get("record")) for source in found]
    assert names == [("p/a.txt", None), ("p/b.txt", None), *(("p/c.jsonl", n) for n in (1, 2, 3)), ("p/d.txt", None)]
    assert found[0]["sha256"] == hashlib.sha256(BRIDGE.encode()).hexdigest()
    assert found[5]["sha256"] == hashlib.sha256("短。".encode()).hexdigest()
    kept = next(source for source in found if "record_id" in source)
    assert (kept["record_id"], kept["url"]) == ("a", "https://a.example/1")


def test_a_folder_to_upload_holds_the_run_and_what_was_made_of_it(out: Path, tmp_path: Path) -> None:
    assert call("publish", "folder", out, "-o", tmp_path / "to", "--name", "bridges").code == 0
    found, run = tree(tmp_path / "to"), tree(out)
    assert {name: found[name] for name in run} == run
    assert set(found) - set(run) == {"README.md", "croissant.json", "prov.json", "sources.jsonl"}
    entity = json.loads(found["prov.json"])["entity"]["run:sources.jsonl"]
    assert entity["ck:sha256"] == hashlib.sha256(found["sources.jsonl"]).hexdigest()
    publish.folder(out, tmp_path / "again", About(name="bridges"))
    assert tree(tmp_path / "again") == found


def test_the_ledger_can_stay_at_home(out: Path, tmp_path: Path) -> None:
    publish.folder(out, tmp_path / "to", About(), ledger=False)
    assert not (tmp_path / "to" / "ledger").exists()
    assert "run:ledger/part-00000.jsonl" not in json.loads((tmp_path / "to" / "prov.json").read_bytes())["entity"]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda out: (out / "corpus" / "part-00000.jsonl").write_text("{}\n"), "is not as the run left it"),
        (lambda out: (out / "corpus" / "part-00000.jsonl").unlink(), "has no corpus/part-00000.jsonl"),
        (lambda out: (out / "manifest.json").unlink(), "it holds no manifest.json"),
    ],
)
def test_a_run_that_is_not_whole_is_not_published(tmp_path: Path, spoil: Any, told: str) -> None:
    ran([folder_of(tmp_path / "p", {"a.txt": BRIDGE})], tmp_path / "out")
    spoil(tmp_path / "out")
    said = call("publish", "folder", tmp_path / "out", "-o", tmp_path / "to")
    assert said.code == 2
    assert told in said.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "p"]


def test_a_manifest_cannot_write_outside(tmp_path: Path) -> None:
    ran([folder_of(tmp_path / "p", {"a.txt": BRIDGE})], tmp_path / "out")
    held = manifest.load(tmp_path / "out")
    held["files"][0]["path"] = "../../stolen"
    manifest.write(tmp_path / "out", held)
    with pytest.raises(OutputError, match="outside of the folder"):
        publish.folder(tmp_path / "out", tmp_path / "to", About())


def test_nothing_is_written_over(out: Path, tmp_path: Path) -> None:
    folder_of(tmp_path / "to", {"mine.txt": "mine"})
    said = call("publish", "folder", out, "-o", tmp_path / "to")
    assert said.code == 2
    assert "is there already: name a new or empty folder" in said.err
    assert tree(tmp_path / "to") == {"mine.txt": b"mine"}


def test_a_run_is_not_published_into_itself(out: Path) -> None:
    before = tree(out)
    said = call("publish", "folder", out, "-o", out / "pub")
    assert said.code == 2
    assert f"{out / 'pub'} lies inside the run {out}" in said.err
    assert "name a folder outside it with -o" in said.err
    assert tree(out) == before


def test_without_its_extra_a_bag_says_what_to_install(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bagit", None)
    said = call("publish", "bag", out, "-o", tmp_path / "bag")
    assert said.code == 2
    assert "pip install 'corpuskit-curation[bag]'" in said.err


@pytest.mark.parametrize(
    ("text", "told"),
    [("nmae = 'x'", "nmae: unknown name; did you mean 'name'?"), ("name = 3", "name: expected str, got int")],
)
def test_a_wrong_about_file_is_told_with_its_path(tmp_path: Path, text: str, told: str) -> None:
    path = folder_of(tmp_path, {"about.toml": text}) / "about.toml"
    with pytest.raises(ConfigError, match=r"about\.toml") as error:
        publish.load(path)
    assert told in str(error.value)
    with pytest.raises(ConfigError, match="no such file; a TOML file with any of name, description"):
        publish.load(tmp_path / "nowhere.toml")


def test_sizes_are_named_as_the_hub_names_them() -> None:
    assert [size_category(10**n) for n in (0, 4, 5, 8)] == ["n<1K", "10K<n<100K", "100K<n<1M", "100M<n<1B"]

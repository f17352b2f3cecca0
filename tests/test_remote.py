"""Inputs and outputs by URL, over the file systems that need no server."""

from __future__ import annotations

import uuid
from pathlib import Path

import fsspec
import pytest
from running import BRIDGE, FERRY, content, folder_of, jsonl, ran, refusals

from corpuskit.runner import InputError, run
from corpuskit.sources import again
from corpuskit.write import manifest, remote
from corpuskit.write.atomic import OutputError
from corpuskit.write.verify import verify

FILES = {"a.txt": BRIDGE.encode(), "b/c.jsonl": jsonl({"text": FERRY}), ".hidden": b"x"}


@pytest.fixture
def url() -> str:
    root = f"memory://{uuid.uuid4().hex}"
    for name, data in FILES.items():
        with fsspec.open(f"{root}/pages/{name}", "wb") as file:
            file.write(data)
    return root


def test_a_folder_on_another_file_system(url: str, tmp_path: Path) -> None:
    summary = ran([f"{url}/pages"], tmp_path / "out")
    assert (summary.counts["sources"], summary.counts["records"]) == (2, 2)


def test_a_folder_by_its_url_gives_what_its_path_gives(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", FILES)
    assert ran([f"file://{pages}"], tmp_path / "out").counts == ran([pages], tmp_path / "other").counts


@pytest.mark.parametrize(("given", "number"), [("pages/a.txt", 1), ("pages/**/*.jsonl", 1), ("pages/*", 1)])
def test_files_and_globs(url: str, tmp_path: Path, given: str, number: int) -> None:
    assert ran([f"{url}/{given}"], tmp_path / "out").counts["sources"] == number


def test_what_is_missing_is_refused(url: str, tmp_path: Path) -> None:
    ran([f"{url}/pages/a.txt", f"{url}/gone.txt"], tmp_path / "out")
    assert refusals(tmp_path / "out") == {f"{url}/gone.txt": "read.missing"}


def test_a_scheme_without_a_driver_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing-known://a/b"):
        run(["nothing-known://a/b"], tmp_path / "out")


def test_an_output_on_another_file_system(url: str, tmp_path: Path) -> None:
    here = ran([f"{url}/pages"], tmp_path / "out")
    there = run([f"{url}/pages"], f"{url}/out")
    assert there.url == f"{url}/out"
    assert here.counts == there.counts
    assert not remote.local(f"{url}/out").exists()
    with remote.fetched(f"{url}/out") as out:
        assert content(out) == content(tmp_path / "out")
        assert verify(out, again(manifest.load(out), out)).ok


def test_a_second_run_replaces_the_first(url: str) -> None:
    system = fsspec.filesystem("memory")
    run([f"{url}/pages"], f"{url}/out")
    path = f"{url.removeprefix('memory:/')}/out"
    system.pipe(f"{path}/corpus/part-00001.jsonl", b"{}\n")
    run([f"{url}/pages/a.txt"], f"{url}/out")
    names = {name.removeprefix(f"{path}/") for name in system.find(path)}
    assert names == {"corpus/part-00000.jsonl", "ledger/part-00000.jsonl", "manifest.json", "report.html"}


def test_an_output_among_other_things_is_refused(url: str) -> None:
    with pytest.raises(OutputError, match="is no output of corpuskit"):
        run([f"{url}/pages"], url)

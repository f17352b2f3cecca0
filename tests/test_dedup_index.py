from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from dedup_corpora import content, family, kept, mixed, read, run, write
from dedup_texts import poem

from corpuskit.dedup.index import IndexDamagedError
from corpuskit.write.atomic import OutputError

STEPS = {
    "reading": "corpuskit.deduplicate.gathered.Gathered.add",
    "sorting": "corpuskit.dedup.order.Order.rows",
    "bands": "corpuskit.dedup.lsh.Bands.pair",
    "verification": "corpuskit.dedup.trial.Trial._stretch",
    "writing": "corpuskit.deduplicate.rewriting.Rewriter._lines",
    "manifest": "corpuskit.write.manifest.write",
    "index": "corpuskit.dedup.index._Writer.add",
    "swap": "corpuskit.write.folder._move",
    "entering": "corpuskit.dedup.index.Index.publish",
    "entered": "corpuskit.dedup.index._sync",
}


def crawls(folder: Path) -> list[Path]:
    """Write three corpora that share poems; a later one has longer ones."""
    first = family("a", range(20)) + family("b", range(5), 1)
    second = [record | {"text": record["text"] + "天"} for record in family("c", range(10, 30), 2)]
    third = [*family("d", range(25, 40)), {"id": "d", "text": poem(200, 3) + "地地"}]
    return [write(folder / f"{n}.jsonl", records) for n, records in enumerate((first, second, third))]


def test_one_after_the_other_is_all_at_once_where_the_earlier_wins(tmp_path: Path) -> None:
    paths = crawls(tmp_path)
    run(paths, tmp_path / "all", keep="source")
    found = []
    for n, path in enumerate(paths):
        found.append(run([path], tmp_path / f"out{n}", index=tmp_path / "index", keep="source"))
    together = [line for n in range(3) for line in kept(tmp_path / f"out{n}")]
    assert together == kept(tmp_path / "all")
    said = {(line["id"], line["twin"], line["similarity"]) for line in read(tmp_path / "all" / "duplicates")}
    assert {(line["id"], line["twin"], line["similarity"]) for lines in found for line in lines} == said
    assert {line["twin_corpus"] for line in found[1]} == {"earlier"}
    assert found[1][0]["twin_source"].endswith("/0.jsonl")
    assert {line["id"] for line in found[1]} == {f"c{n}" for n in range(10, 20)}


def test_the_same_corpus_again_gives_the_same_and_enters_nothing(tmp_path: Path) -> None:
    paths = crawls(tmp_path)
    run(paths[:1], tmp_path / "out", index=tmp_path / "index")
    run(paths[1:2], tmp_path / "out", index=tmp_path / "index")
    before, known = content(tmp_path / "out"), content(tmp_path / "index")
    run(paths[1:2], tmp_path / "again", index=tmp_path / "index")
    assert content(tmp_path / "again") == before
    assert content(tmp_path / "index") == known


def test_containment_reaches_into_the_index(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", family("a", range(5)))
    other = write(tmp_path / "b.jsonl", [{"id": "part", "text": poem(200, 2)[40:120]}])
    run([path], tmp_path / "out", index=tmp_path / "index", containment=1.0)
    [line] = run([other], tmp_path / "out", index=tmp_path / "index", containment=1.0)
    assert (line["id"], line["twin"], line["grain"], line["twin_corpus"]) == ("part", "a2", "contained", "earlier")


@pytest.mark.parametrize("name", ["keys", "signatures", "records", "segment.json", "twins.jsonl"])
def test_damage_is_found(name: str, tmp_path: Path) -> None:
    path = crawls(tmp_path)[0]
    run([path], tmp_path / "out", index=tmp_path / "index")
    damaged = tmp_path / "index" / "segment-00000" / name
    data = damaged.read_bytes()
    damaged.write_bytes(data[:10] + b"!" + data[11:])
    with pytest.raises(IndexDamagedError, match=r"segment-00000"):
        run([path], tmp_path / "out", index=tmp_path / "index")


def test_an_index_of_other_settings_or_something_else_is_refused(tmp_path: Path) -> None:
    path = crawls(tmp_path)[0]
    run([path], tmp_path / "out", index=tmp_path / "index")
    with pytest.raises(IndexDamagedError, match="permutations 128, this run wants 256"):
        run([path], tmp_path / "out", index=tmp_path / "index", permutations=256)
    with pytest.raises(IndexDamagedError, match="something else than an index"):
        run([path], tmp_path / "other", index=tmp_path / "out")
    with pytest.raises(OutputError, match="lie in each other"):
        run([path], tmp_path / "out", index=tmp_path / "out" / "index")


@pytest.mark.parametrize(("step", "workers"), [*((step, 1) for step in STEPS), ("reading", 2), ("verification", 2)])
def test_a_run_killed_anywhere_and_run_again_is_as_if_it_had_not_been(step: str, workers: int, tmp_path: Path) -> None:
    inputs, first = mixed(tmp_path), crawls(tmp_path)[0]
    chosen: dict[str, Any] = {"paragraphs": "remove", "containment": 0.9}
    for name in ("whole", "torn"):
        run([first], tmp_path / "earlier", index=tmp_path / f"{name}.index", **chosen)
        run([first], tmp_path / name)
    run(inputs, tmp_path / "whole", index=tmp_path / "whole.index", **chosen)
    arguments = json.dumps([[inputs, str(tmp_path / "torn"), workers], chosen, str(tmp_path / "torn.index")])
    killed = subprocess.run([sys.executable, __file__, STEPS[step], arguments], check=False, env=_environment())
    assert killed.returncode == -9
    run(inputs, tmp_path / "torn", index=tmp_path / "torn.index", **chosen)
    assert content(tmp_path / "torn") == content(tmp_path / "whole")
    assert content(tmp_path / "torn.index") == content(tmp_path / "whole.index")


def _environment() -> dict[str, str]:
    return dict(os.environ) | {"PYTHONPATH": str(Path(__file__).parent)}


def _die(where: str, arguments: str) -> None:
    """Deduplicate, and die by SIGKILL when a function is reached."""
    import importlib

    from corpuskit.dedup import DedupOptions
    from corpuskit.deduplicate import Settings, deduplicate

    (inputs, out, workers), chosen, index = json.loads(arguments)
    module, names = where, list[str]()
    while True:
        try:
            owner = importlib.import_module(module)
            break
        except ModuleNotFoundError:
            module, _, name = module.rpartition(".")
            names.insert(0, name)
    for name in names[:-1]:
        owner = getattr(owner, name)
    setattr(owner, names[-1], lambda *given, **more: os.kill(os.getpid(), 9))
    deduplicate(inputs, out, Settings(DedupOptions(**chosen), workers=workers), index=index)


if __name__ == "__main__":
    _die(*sys.argv[1:])

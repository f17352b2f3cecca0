from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from signal import SIGINT
from typing import Any

import pytest
import zstandard
from dedup_corpora import content, family, kept, mixed, read, run, table, write
from dedup_texts import edit, poem
from typer.testing import CliRunner

from corpuskit.cli import app, main
from corpuskit.deduplicate import corpora, deduplicate
from corpuskit.deduplicate.sketching import Fields
from corpuskit.write.atomic import OutputError


def names(out: Path) -> set[str]:
    return {json.loads(line)["id"] for line in kept(out)}


def test_lines_that_stay_are_byte_for_byte_those_of_the_input(tmp_path: Path) -> None:
    inputs = mixed(tmp_path)
    run(inputs, tmp_path / "out")
    given = [line for name in inputs for line in Path(name).read_bytes().splitlines()]
    assert [line for line in given if line in set(kept(tmp_path / "out"))] == kept(tmp_path / "out")
    assert len(kept(tmp_path / "out")) < len(given) - 15


def test_the_table_names_who_goes_who_stays_and_how_alike_they_are(tmp_path: Path) -> None:
    inputs = mixed(tmp_path)
    found = {line["id"]: line for line in run(inputs, tmp_path / "out")}
    assert {name for name in found if name.startswith("b")} == {f"b{n}" for n in range(10, 25)}
    assert found["b12"]["twin"] == "a12"
    assert found["b12"]["grain"] == "near"
    assert 0.8 <= found["b12"]["similarity"] < 1
    assert found["e27"] == {
        "id": "e27",
        "twin": "a27",
        "similarity": 1.0,
        "grain": "exact",
        "source": f"{tmp_path.name}/b.jsonl",
        "row": 18,
        "twin_source": f"{tmp_path.name}/a.jsonl",
        "twin_row": 28,
        "twin_corpus": "this",
    }
    assert names(tmp_path / "out") >= {"e30", "p0", "none", "last"}


def test_bad_lines_are_refused_counted_and_said(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["dedup", *mixed(tmp_path), "-o", str(out), "-w", "1"])
    assert done.exit_code == 0
    assert "0 files and 2 rows could not be read" in done.stderr
    assert "b.jsonl#31: no text in the field 'text'; the record has 'id', 'body'" in done.stderr
    lines = read(out / "ledger")
    assert [(line["rule"], line["before"]) for line in lines] == [
        ("read.not_json", ["not json"]),
        ("read.not_json", ["[1]"]),
    ]
    counts = json.loads((out / "manifest.json").read_bytes())["counts"]
    assert counts["refused_rows"] == 2
    assert counts["without_text"] == 1
    assert counts["records"] == counts["kept"] + counts["exact"] + counts["near"]
    assert CliRunner().invoke(app, ["dedup", *mixed(tmp_path), "-o", str(out), "-w", "1", "--strict"]).exit_code == 1


@pytest.mark.parametrize("options", [{"workers": 2}, {"memory": 1 << 16}, {"workers": 2, "memory": 1 << 16}])
def test_workers_and_memory_change_nothing(options: dict[str, Any], tmp_path: Path) -> None:
    inputs = mixed(tmp_path)
    chosen: dict[str, Any] = {"paragraphs": "remove", "containment": 0.95, "max_bucket": 2}
    run(inputs, tmp_path / "one", **chosen)
    run(inputs[::-1], tmp_path / "two", **chosen, **options)
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert {line["grain"] for line in table(tmp_path / "one")} == {"exact", "near", "contained", "paragraph"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shuffled_lines_give_the_same_records(seed: int, tmp_path: Path) -> None:
    records = family("a", range(30)) + family("b", range(20), 2) + family("c", range(10), 1)
    records += [{"text": poem(120, 900 + n % 5), "n": n} for n in range(15)]
    first = run([write(tmp_path / "x.jsonl", records)], tmp_path / "one")
    again = run([write(tmp_path / "x.jsonl", records, seed)], tmp_path / "two")

    def values(out: Path) -> list[str]:
        return sorted(json.dumps(json.loads(line), sort_keys=True) for line in kept(out))

    assert values(tmp_path / "one") == values(tmp_path / "two")
    pairs = [
        {(line["id"], line["twin"], line["similarity"]) for line in found if "#" not in line["id"]}
        for found in (first, again)
    ]
    assert pairs[0] == pairs[1]
    assert len(pairs[0]) == 30


@pytest.mark.parametrize(("keep", "stays"), [("longest", "b1"), ("earliest", "c1"), ("source", "z1"), ("id", "a1")])
def test_who_stays_is_a_policy(keep: str, stays: str, tmp_path: Path) -> None:
    base = poem(300, 1)
    first = [{"id": "z1", "text": base, "date": "2024-03-01"}]
    second: list[dict[str, Any]] = [
        {"id": "b1", "text": base + "天地", "date": "2024-02-01"},
        {"id": "c1", "text": edit(base, 1, 1), "metadata": {"date": "2023-12-31T23:00:00Z"}},
        {"id": "a1", "text": base + "。", "date": None},
    ]
    inputs = [write(tmp_path / "z.jsonl", first), write(tmp_path / "a.jsonl", second)]
    found = run(inputs, tmp_path / "out", keep=keep)
    assert {line["twin"] for line in found} == {stays}
    assert names(tmp_path / "out") == {stays}


@pytest.mark.parametrize("packed", ["gz", "zst"])
def test_packed_files_are_read_and_a_torn_one_gives_what_it_has(packed: str, tmp_path: Path) -> None:
    records = family("a", range(100)) + family("b", range(100), 1)
    data = "".join(json.dumps(record) + "\n" for record in records).encode()
    packing = gzip.compress if packed == "gz" else zstandard.compress
    path = tmp_path / f"x.jsonl.{packed}"
    path.write_bytes(packing(data))
    assert len(run([path], tmp_path / "out")) == 100
    path.write_bytes(packing(data)[:-100])
    run([path], tmp_path / "out")
    [line] = read(tmp_path / "out" / "ledger")
    assert line["rule"] == "read.truncated"
    assert 0 < len(kept(tmp_path / "out")) <= 100


def test_fields_are_found_inside_objects(tmp_path: Path) -> None:
    records = [{"meta": {"n": n}, "doc": {"body": poem(100, n % 3)}} for n in range(6)]
    found = run([write(tmp_path / "x.jsonl", records)], tmp_path / "out", fields=Fields("doc.body", "meta.n"))
    assert [(line["id"], line["twin"]) for line in found] == [("3", "0"), ("4", "1"), ("5", "2")]


def test_a_wrong_field_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", family("a", range(3)))
    done = CliRunner().invoke(app, ["dedup", str(path), "-o", str(tmp_path / "out"), "--field", "body", "-w", "1"])
    assert done.exit_code == 1
    assert "no row has a text" in done.stderr
    assert "0 files and 0 rows could not be read, 3 rows have no text" in done.stderr
    assert len(kept(tmp_path / "out")) == 3


@pytest.mark.parametrize("what", ["empty folder", "missing", "text", "empty file"])
def test_where_there_is_no_corpus_nothing_is_written(what: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    if what == "text":
        (tmp_path / "in" / "x.txt").write_text("无")
    if what == "empty file":
        (tmp_path / "in" / "x.txt").write_text("")
    given = tmp_path / ("none" if what == "missing" else "in")
    done = CliRunner().invoke(app, ["dedup", str(given), "-o", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "corpuskit: " in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_second_run_replaces_the_first_and_a_strange_folder_is_left_alone(tmp_path: Path) -> None:
    inputs, out = mixed(tmp_path), tmp_path / "out"
    run(inputs, out)
    before = content(out)
    run(inputs, out)
    assert content(out) == before
    (out / "mine.txt").write_text("x")
    with pytest.raises(OutputError, match=r"mine\.txt"):
        run(inputs, out)
    assert content(out) == before | {"mine.txt": b"x"}


def test_the_output_of_a_run_is_a_corpus_and_is_never_replaced(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for n in range(3):
        (pages / f"{n}.txt").write_text("".join(poem(40, 10 * n + k) + "。\n" for k in range(5)), "utf-8")
    with pytest.raises(SystemExit) as done:
        main(["run", str(pages), "-o", str(tmp_path / "ran"), "-q"])
    assert done.value.code == 0
    lines = kept(tmp_path / "ran")
    run([tmp_path / "ran"], tmp_path / "out")
    assert kept(tmp_path / "out") == lines != []
    with pytest.raises(OutputError, match="holds the output of corpuskit run"):
        run(mixed(tmp_path), tmp_path / "ran")
    assert kept(tmp_path / "ran") == lines


AFTER_A_RUN = ("verify O", "explain O x", "diff O O", "report O", "review O", "publish card O", "publish folder O -o F")


@pytest.mark.parametrize("words", [*AFTER_A_RUN, "run P -o O"])
def test_what_needs_a_run_says_that_this_is_none(
    words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(mixed(tmp_path), tmp_path / "out")
    (tmp_path / "page.txt").write_text(poem(40, 1), "utf-8")
    places = {"O": tmp_path / "out", "P": tmp_path / "page.txt", "F": tmp_path / "folder"}
    with pytest.raises(SystemExit) as done:
        main([str(places.get(word, word)) for word in words.split()])
    assert done.value.code == 2
    assert "the output of corpuskit dedup" in capsys.readouterr().err


def test_its_output_is_validated_as_any_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(mixed(tmp_path), tmp_path / "out")
    with pytest.raises(SystemExit):
        main(["validate", str(tmp_path / "out"), "--json"])
    gates = {gate["gate"]: gate["level"] for gate in json.loads(capsys.readouterr().out)["gates"]}
    assert gates["exact_duplicates"] == "ok"
    assert gates["provenance"] == "skipped"


def test_a_file_that_changes_while_it_is_read_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "x.jsonl", family("a", range(3)))
    check = corpora.check

    def changed(corpus: corpora.Corpus) -> None:
        path.write_text("")
        check(corpus)

    monkeypatch.setattr("corpuskit.deduplicate.rewriting.check", changed)
    with pytest.raises(corpora.ChangedError, match=r"x\.jsonl was changed"):
        deduplicate([str(path)], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_ctrl_c_leaves_the_earlier_output_as_it_was(tmp_path: Path) -> None:
    inputs, out = mixed(tmp_path), tmp_path / "out"
    run(inputs, out)
    before = content(out)
    code = (
        "import sys, time, corpuskit.dedup.judge as judge\n"
        "judge.Judge._heads = lambda *a: (print('here', flush=True), time.sleep(60))\n"
        "from corpuskit.cli import main\nmain(sys.argv[1:])"
    )
    words = [sys.executable, "-c", code, "dedup", *inputs, "-o", str(out), "-w", "1", "-q"]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"here\n"
    time.sleep(0.1)
    os.kill(child.pid, SIGINT)
    _, told = child.communicate(timeout=20)
    assert child.returncode == 130
    assert b"Traceback" not in told
    assert content(out) == before


def test_parameters_are_explained(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["dedup", "--explain-parameters", "--threshold", "0.7"])
    assert done.exit_code == 0
    assert "16 bands of 8 rows, 128 permutations, threshold 0.7" in done.stdout
    assert "      0.80    0.9470" in done.stdout
    assert "      0.70    0.6133   <- threshold" in done.stdout
    assert "find 61.3%. 25 bands of 5 rows would find 99.0%" in done.stdout
    assert "--bands 25 --rows 5" in done.stdout


@pytest.mark.parametrize("words", [[], ["--threshold", "0.7", "--bands", "25", "--rows", "5"], ["--threshold", "0.95"]])
def test_bands_that_fit_their_threshold_are_left_alone(words: list[str]) -> None:
    done = CliRunner().invoke(app, ["dedup", "--explain-parameters", *words])
    assert done.exit_code == 0
    assert "would find" not in done.stdout


@pytest.mark.parametrize("words", [["--memory", "much"], ["--threshold", "2"], []])
def test_wrong_use_is_told(words: list[str], tmp_path: Path) -> None:
    given = [str(tmp_path), "-o", str(tmp_path / "out"), *words] if words else []
    assert CliRunner().invoke(app, ["dedup", *given]).exit_code == 2


def test_parquet_keeps_its_schema_and_its_other_columns(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    records = family("a", range(20)) + family("b", range(8), 2) + [{"id": "n", "text": None, "date": "", "tags": []}]
    random.Random(1).shuffle(records)
    rows = [record | {"tags": [1.5, 2.0], "n": n} for n, record in enumerate(records)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "x.parquet", row_group_size=5, compression="zstd")
    found = run([tmp_path / "x.parquet"], tmp_path / "out")
    out = pq.read_table(tmp_path / "out" / "corpus" / "part-00000.parquet")
    gone = {line["id"] for line in found}
    assert gone == {f"b{n}" for n in range(8)}
    assert out.schema.equals(pq.read_schema(tmp_path / "x.parquet"))
    assert out.to_pylist() == [row for row in rows if row["id"] not in gone]
    assert {line["row"]: line["id"] for line in found} == {row["n"] + 1: row["id"] for row in rows if row["id"] in gone}


def test_without_pyarrow_parquet_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1 and so on")
    monkeypatch.setattr(corpora, "has_parquet", lambda: False)
    done = CliRunner().invoke(app, ["dedup", str(tmp_path / "x.parquet"), "-o", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "corpuskit-curation[parquet]" in done.stderr

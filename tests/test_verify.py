from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from honest_run import B2, B9, GONE, A, Json, Run, honest, line_of, page, record_of

from corpuskit.core.source import Source
from corpuskit.write.jsonl import Compression, dumps, loads
from corpuskit.write.pieces import Piece, rebuild
from corpuskit.write.receipts import Receipts
from corpuskit.write.stream import Key
from corpuskit.write.verify import Report, verify


def check(out: Path, run: Run, **more: Any) -> Report:
    return verify(out, run.sources, **more)


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_an_honest_run_is_clean(tmp_path: Path, compression: Compression) -> None:
    honest().write(tmp_path, compression)
    report = check(tmp_path, honest())
    assert report.problems == []
    assert report.ok
    assert report.render().startswith("ok: 4 sources, 3 records, 6 ledger lines")


def test_a_ledger_without_texts_is_clean(tmp_path: Path) -> None:
    run = honest()
    for line in run.lines:
        line.pop("before")
    run.write(tmp_path)
    assert check(tmp_path, run).problems == []
    assert rebuild(run.records[:1], run.lines[:4]) is None


def test_a_source_is_rebuilt_from_corpus_and_ledger() -> None:
    run = honest()
    assert rebuild(run.records[:1], run.lines[:4]) == A.text
    assert rebuild([], run.lines[4:5]) == B9.text


def test_records_of_a_file_are_in_the_order_of_their_numbers() -> None:
    keys = [Key.of(s.uri, s.record) for s in honest().sources]
    assert keys == sorted(keys)
    assert [key.name for key in keys[1:4]] == ["pages/b.jsonl#2", "pages/b.jsonl#9", "pages/b.jsonl#10"]


def _set(run: Run, path: str, value: Any) -> None:
    """Set ``records.0.provenance.pieces.1.5`` and the like."""
    *way, last = path.split(".")
    at: Any = {"records": run.records, "lines": run.lines}
    for name in way:
        at = at[int(name) if isinstance(at, list) else name]
    at[int(last) if isinstance(at, list) else last] = value


def _sub(path: str, value: Any) -> Callable[[Run], None]:
    return lambda run: _set(run, path, value)


def _swap(entries: list[Json], one: int, other: int) -> None:
    entries[one], entries[other] = entries[other], entries[one]


def _source(run: Run, at: int, text: str) -> None:
    old = run.sources[at]
    assert isinstance(old, Source)
    run.sources[at] = page(old.uri, text, old.record if isinstance(old.record, int) else None, **old.metadata)


def _forget_title(run: Run) -> None:
    run.records[0]["title"] = None
    run.records[0]["provenance"]["fields"] = {}


def _keep_twin(run: Run) -> None:
    run.records.insert(2, record_of(B9, [[0, len(B9.text), 0, len(B9.text)]], B9.text, title="给定的题目"))


X = "0" * 64
CORPUS, LEDGER = "corpus/part-00000.jsonl", "ledger/part-00000.jsonl"
DAMAGE: list[tuple[str, Callable[[Run], Any], str, str]] = [
    ("a character in a verbatim piece", _sub("records.0.text", "第二段文正文。\n\n第二段正文。"), "verbatim", A.name),
    ("a character in a repaired piece", _sub("records.0.text", "第一段攵正文。\n\n第二段正文。"), "receipt", A.name),
    ("a letter in the layout", _sub("records.0.text", "第一段文正文。\nx第二段正文。"), "layout", A.name),
    ("a text longer than its pieces", _sub("records.0.text", "第一段文正文。\n\n第二段正文。x"), "pieces", A.name),
    ("a gap between pieces", _sub("records.0.provenance.pieces.1.0", 4), "pieces", A.name),
    ("a piece outside the source", _sub("records.0.provenance.pieces.0.3", 99), "shape", A.name),
    ("a piece moved in the source", _sub("records.0.provenance.pieces.4", [9, 15, 21, 27]), "verbatim", A.name),
    ("what a piece says was there", _sub("records.0.provenance.pieces.1.5", "æ–x"), "written", A.name),
    ("the rule of a piece", _sub("records.0.provenance.pieces.1.4", "garbled.other"), "receipt", A.name),
    ("a character in a lifted title", _sub("records.0.title", "旧闻标頭"), "field", A.name),
    ("a title taken away", _sub("records.0.title", None), "field", A.name),
    ("a character in a given title", _sub("records.1.title", "给定的頭目"), "field", B2.name),
    ("the fields of a record", _sub("records.0.provenance.fields", {}), "field", A.name),
    ("a field from nowhere", _sub("records.0.provenance.fields.title", [[0, 4], [20, 22]]), "field", A.name),
    ("a lifted title forgotten", _forget_title, "field", A.name),
    ("a repair written in part", _sub("lines.2.after", "文字"), "receipt", A.name),
    ("the span of a field", _sub("records.0.provenance.fields.title.0", [0, 3]), "field", A.name),
    ("an id", _sub("records.0.id", "f" * 24), "id", A.name),
    ("the digest in a record", _sub("records.0.provenance.source.sha256", X), "source", A.name),
    ("the length in a record", _sub("records.0.provenance.source.chars", 1), "source", A.name),
    ("the source a record names", _sub("records.0.source", "pages/z.txt"), "source", A.name),
    ("the config of a record", _sub("records.0.provenance.config", "sha256:0"), "record", A.name),
    ("a record that is a copy", lambda run: run.records.insert(0, run.records[0]), "id", A.name),
    ("a copy holds all twice", lambda run: run.records.insert(0, run.records[0]), "double", A.name),
    ("a record dropped", lambda run: run.records.pop(0), "hole", A.name),
    ("a ledger line without its record", lambda run: run.records.pop(0), "ledger", A.name),
    ("two records swapped", lambda run: _swap(run.records, 1, 2), "order", B2.name),
    ("two ledger lines swapped", lambda run: _swap(run.lines, 3, 4), "order", A.name),
    ("the digest in a ledger line", _sub("lines.1.sha256", X), "source", A.name),
    ("before of a removal", _sub("lines.3.before", ["相关推荐：甲、丙\n"]), "ledger", A.name),
    ("before of a removal, rebuilt", _sub("lines.3.before", ["相关推荐：甲、丙\n"]), "rebuild", A.name),
    ("before of a lift", _sub("lines.0.before", ["旧闻标頭"]), "ledger", A.name),
    ("before of a repair", _sub("lines.2.before", ["æ–x"]), "ledger", A.name),
    ("before of a drop", _sub("lines.4.before", [B9.text[:-1] + "!"]), "ledger", B9.name),
    ("after of a lift", _sub("lines.0.after", "旧闻标頭"), "field", A.name),
    ("after of a repair", _sub("lines.2.after", "攵"), "receipt", A.name),
    ("the spans of a removal", _sub("lines.3.spans", [[27, 35]]), "hole", A.name),
    ("spans beyond the source", _sub("lines.3.spans", [[27, 37]]), "shape", A.name),
    ("an unknown kind", _sub("lines.3.kind", "forget"), "shape", A.name),
    ("the record of a lift", _sub("lines.0.record", "f" * 24), "ledger", A.name),
    ("a twin that is not there", _sub("lines.4.twin", "f" * 24), "twin", B9.name),
    ("a refused record that is there", _keep_twin, "ledger", B9.name),
    ("a source changed", lambda run: _source(run, 0, A.text.replace("第二段", "第三段")), "source", A.name),
    ("a source changed, verbatim", lambda run: _source(run, 0, A.text.replace("第二段", "第三段")), "verbatim", A.name),
    ("a source longer", lambda run: _source(run, 0, A.text + "后记"), "hole", A.name),
    ("a source gone", lambda run: run.sources.pop(0), "source", A.name),
    ("a source nobody holds", lambda run: run.sources.insert(0, page("pages/0.txt", "新")), "hole", "pages/0.txt"),
    ("a source twice", lambda run: run.sources.insert(0, A), "source", A.name),
    ("sources out of order", lambda run: run.sources.insert(4, run.sources.pop(0)), "order", A.name),
    ("a refusal the ledger lacks", lambda run: run.lines.pop(), "refusal", GONE.name),
    ("a refusal only the ledger has", lambda run: run.sources.pop(), "refusal", GONE.name),
    ("a refusal by another rule", _sub("lines.5.rule", "read.binary"), "refusal", GONE.name),
]
DAMAGE += [
    (f"ledger line {n} deleted", lambda run, n=n: run.lines.pop(n), kind, name)  # type: ignore[misc]
    for n, kind, name in ((0, "hole", A.name), (1, "hole", A.name), (2, "receipt", A.name), (4, "hole", B9.name))
]
DAMAGE += [
    (f"ledger line {n} twice", lambda run, n=n: run.lines.insert(n, run.lines[n]), kind, name)  # type: ignore[misc]
    for n, kind, name in (
        (0, "double", A.name),
        (2, "receipt", A.name),
        (3, "double", A.name),
        (5, "refusal", GONE.name),
    )
]


@pytest.mark.parametrize(("damage", "kind", "name"), [d[1:] for d in DAMAGE], ids=[d[0] for d in DAMAGE])
def test_damage_is_found_and_named_without_the_file_digests(
    tmp_path: Path, damage: Callable[[Run], None], kind: str, name: str
) -> None:
    run = copy.deepcopy(honest())
    damage(run)
    run.write(tmp_path)
    report = check(tmp_path, run, check_files=False)
    assert kind in report.kinds, report.render()
    assert name in {problem.source for problem in report.problems if problem.kind == kind}, report.render()
    assert not report.ok


def test_counts_alone_find_an_empty_receipt_deleted(tmp_path: Path) -> None:
    run = honest()
    run.lines.insert(1, line_of(A, "remove", "garbled.control", [[4, 4]]))
    run.write(tmp_path)
    assert check(tmp_path, run).ok
    path = tmp_path / LEDGER
    path.write_bytes(b"".join(path.read_bytes().splitlines(True)[:1] + path.read_bytes().splitlines(True)[2:]))
    report = check(tmp_path, run, check_files=False)
    assert set(report.kinds) == {"count"}
    assert "counts.ledger_lines: the manifest says 7, found 6" in report.render()


@pytest.mark.parametrize(
    ("text", "others", "found"),
    [
        ("写字", [], True),
        ("写", [], False),
        ("写", [{"kind": "remove", "spans": [[9, 9]]}], True),
        ("写", [{"kind": "remove", "spans": [[9, 20]]}], True),
        ("写", [{"kind": "remove", "spans": [[10, 20]]}], False),
        ("与", [{"kind": "remove", "spans": [[9, 9]]}], False),
    ],
)
def test_a_part_of_a_repair_needs_another_receipt_for_the_rest(text: str, others: list[Json], found: bool) -> None:
    line = {"kind": "rewrite", "rule": "garbled.x", "record": "r", "spans": [[5, 9]], "after": "写字"}
    piece = [0, len(text), 5, 9, "garbled.x", "...."]
    receipts = Receipts([{"text": text, "provenance": {"pieces": [piece]}}], [line, *others])
    assert receipts.find("r", Piece(0, len(text), 5, 9, "garbled.x", "...."), text) is found
    assert [u.line for u in receipts.unanswered()] == ([] if found else [line])


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def _replace(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


def _edit_manifest(out: Path, change: Callable[[Json], Any]) -> None:
    manifest = loads((out / "manifest.json").read_bytes())
    change(manifest)
    (out / "manifest.json").write_bytes(dumps(manifest))


FILE_DAMAGE: list[tuple[str, Callable[[Path], Any], str, str, bool]] = [
    ("a part truncated", lambda out: _cut(out / CORPUS), "file", CORPUS, True),
    (
        "the last part truncated",
        lambda out: _cut(out / LEDGER),
        "file",
        LEDGER,
        True,
    ),
    (
        "a part deleted",
        lambda out: (out / "corpus/part-00001.jsonl").unlink(),
        "file",
        "corpus/part-00001.jsonl",
        False,
    ),
    ("a part added", lambda out: (out / "corpus/part-00009.jsonl").touch(), "file", "corpus/part-00009.jsonl", False),
    ("the manifest deleted", lambda out: (out / "manifest.json").unlink(), "manifest", "manifest.json", True),
    ("the manifest cut", lambda out: _cut(out / "manifest.json"), "manifest", "manifest.json", True),
    ("another manifest", lambda out: (out / "manifest.json").write_text("[]"), "manifest", "manifest.json", True),
    (
        "a count",
        lambda out: _edit_manifest(out, lambda m: m["counts"].update(records=9)),
        "count",
        "manifest.json",
        True,
    ),
    (
        "a digest",
        lambda out: _edit_manifest(out, lambda m: m["files"][0].update(sha256=X)),
        "file",
        CORPUS,
        False,
    ),
    (
        "a files entry",
        lambda out: _edit_manifest(out, lambda m: m.update(files=[{}])),
        "manifest",
        "manifest.json",
        False,
    ),
]


@pytest.mark.parametrize(
    ("damage", "kind", "name", "deep"), [d[1:] for d in FILE_DAMAGE], ids=[d[0] for d in FILE_DAMAGE]
)
def test_damaged_files_are_found_and_named(
    tmp_path: Path, damage: Callable[[Path], Any], kind: str, name: str, deep: bool
) -> None:
    honest().write(tmp_path)
    assert (tmp_path / "corpus/part-00001.jsonl").exists()
    damage(tmp_path)
    for check_files in (True, False) if deep else (True,):
        report = check(tmp_path, honest(), check_files=check_files)
        assert name in {problem.source for problem in report.problems if problem.kind == kind}, report.render()


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_a_compressed_part_cut_short_is_named(tmp_path: Path, compression: Compression) -> None:
    honest().write(tmp_path, compression)
    path = next((tmp_path / "ledger").iterdir())
    path.write_bytes(path.read_bytes()[:-4])
    report = check(tmp_path, honest(), check_files=False)
    assert f"ledger/{path.name}" in {problem.source for problem in report.problems if problem.kind == "file"}


def test_a_part_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    honest().write(tmp_path)
    path = next((tmp_path / "ledger").iterdir())
    path.unlink()
    path.mkdir()
    told = [problem for problem in check(tmp_path, honest()).problems if problem.kind == "file"]
    assert [(problem.source, "cannot be read" in problem.message) for problem in told] == [
        (f"ledger/{path.name}", True)
    ]


def test_all_problems_are_counted_and_the_first_are_kept(tmp_path: Path) -> None:
    run = honest()
    run.records.clear()
    run.lines.clear()
    run.write(tmp_path)
    report = check(tmp_path, run, limit=2)
    assert len(report.problems) == 2
    assert report.total > 2
    assert f"... and {report.total - 2} more" in report.render()

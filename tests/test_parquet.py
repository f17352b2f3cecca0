"""The corpus as Parquet: the same records, in columns that other tools read, and verified like any other."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import BRIDGE, FERRY, article, content, folder_of, jsonl, ran, records

from corpuskit.cli import main
from corpuskit.write import parquet
from corpuskit.write.encode import dumps, loads
from corpuskit.write.explain import explain_place, explain_record
from corpuskit.write.folder import OutputError
from corpuskit.write.jsonl import Format, PartWriter, parts, read_lines

PARQUET = '[output]\nformat = "parquet"\n'
FORMS: tuple[Format, ...] = ("jsonl", "parquet")
GARBLED = "石桥重开\n\n" + BRIDGE.encode().decode("latin-1") + FERRY


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    lines = jsonl(*({"text": article(number), "title": f"第{number}"} for number in range(9)))
    lines += json.dumps({"text": article(50) + "坏\ud800字"}).encode() + b"\n"
    return folder_of(tmp_path / "p", {"a.txt": "首页 > 正文\n" + BRIDGE, "b.jsonl": lines, "c.txt": GARBLED})


def test_the_records_are_those_of_jsonl(pages: Path, tmp_path: Path) -> None:
    ran([pages], tmp_path / "lines")
    ran([pages], tmp_path / "rows", PARQUET)
    assert set(content(tmp_path / "rows")) == {"corpus/part-00000.parquet", "ledger/part-00000.jsonl"}
    assert records(tmp_path / "rows") == records(tmp_path / "lines")
    assert (
        content(tmp_path / "rows")["ledger/part-00000.jsonl"] == content(tmp_path / "lines")["ledger/part-00000.jsonl"]
    )


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_two_runs_give_the_same_bytes(pages: Path, tmp_path: Path, compression: str) -> None:
    for name in ("one", "two"):
        ran([pages], tmp_path / name, f'{PARQUET}compression = "{compression}"')
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_columns_are_nested(pages: Path, tmp_path: Path) -> None:
    ran([pages], tmp_path / "out", PARQUET)
    table = pyarrow.parquet.read_table(tmp_path / "out" / "corpus" / "part-00000.parquet")
    assert table.column_names == ["id", "text", "title", "source", "language", "metadata", "provenance", "exact"]
    first = table.to_pylist()[0]
    piece = next(piece for piece in first["provenance"]["pieces"] if piece["rule"] is None)
    assert piece["source_end"] - piece["source_start"] == piece["text_end"] - piece["text_start"]
    assert first["provenance"]["source"]["uri"] == first["source"] == "p/a.txt"
    assert sum(row["exact"] is not None for row in table.to_pylist()) == 1


def test_a_record_is_explained(pages: Path, tmp_path: Path) -> None:
    ran([pages], tmp_path / "out", PARQUET)
    first = records(tmp_path / "out")[0]
    assert "p/a.txt" in explain_record(tmp_path / "out", first["id"]).render()
    assert "page_chrome.crumbs" in explain_place(tmp_path / "out", "p/a.txt", 0).render()


def entry(**more: Any) -> dict[str, Any]:
    source = {"uri": "a", "sha256": "0", "bytes": 1, "lossless": True, "certainty": 1.0, "chars": 1}
    told = {"source": source, "pieces": [[0, 1, 5, 6], [1, 2, 6, 9, "a.b", "\n\n"]], "fields": {"title": [[0, 4]]}}
    first: dict[str, Any] = {"id": "1", "text": "a", "title": None, "source": "a", "language": "en", "metadata": {}}
    return first | {"provenance": told | {"config": "c", "corpuskit": "0"}} | more


TEXTS = st.text(st.characters(exclude_categories=[]), max_size=8)
VALUES = st.recursive(TEXTS | st.none() | st.integers(-(2**60), 2**60) | st.booleans(), st.lists, max_leaves=4)
NAMES = st.sampled_from(["byline", "captions", "flags", "more", "odd"])


@given(TEXTS, st.dictionaries(NAMES, VALUES), st.dictionaries(TEXTS, st.lists(st.tuples(st.integers(0, 9)).map(list))))
def test_a_record_comes_back_as_it_went(
    tmp_path_factory: pytest.TempPathFactory, text: str, metadata: dict[str, Any], more: dict[str, Any]
) -> None:
    record = entry(text=text, metadata=metadata)
    record["provenance"]["fields"] = more
    try:
        line = dumps(record)
    except ValueError:
        return
    where = tmp_path_factory.mktemp("rows")
    with PartWriter(where, form="parquet") as writer:
        writer.write(line)
    (found,) = read_lines(parts(where)[0])
    assert loads(found) == loads(line)


def test_parts_end_where_those_of_jsonl_do(tmp_path: Path) -> None:
    lines = [dumps(entry(text="字" * number)) for number in range(50)]
    sizes = []
    for form in FORMS:
        with PartWriter(tmp_path / form, shard_bytes=3000, form=form) as writer:
            for line in lines:
                writer.write(line)
        found = [[*map(json.loads, read_lines(path))] for path in parts(tmp_path / form)]
        assert [*chain(*found)] == [*map(json.loads, lines)]
        sizes.append([*map(len, found)])
    assert sizes[0] == sizes[1]
    assert len(sizes[0]) > 2


def test_an_exception_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with PartWriter(tmp_path / "corpus", form="parquet") as writer:
            writer.write(dumps(entry()))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert not list((tmp_path / "corpus").iterdir())


def test_without_the_extra_the_advice_is_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(OutputError, match=r"corpuskit-curation\[parquet\]"):
        parquet.schema()


def test_without_the_extra_a_run_ends_before_it_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (tmp_path / "page.txt").write_text("渡口的船来了。\n", "utf-8")
    with pytest.raises(SystemExit) as done:
        main(["run", str(tmp_path / "page.txt"), "-o", str(tmp_path / "out"), "--format", "parquet"])
    assert done.value.code == 2
    assert not (tmp_path / "out").exists()

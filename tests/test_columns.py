"""Parquet and Arrow files as inputs."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from running import BRIDGE, FERRY, article, folder_of, ran, records, refusals

from corpuskit.core.source import Raw, Refusal
from corpuskit.read import columns

ROWS = [
    {"id": 7, "text": BRIDGE, "url": "http://news.example/7", "more": {"body": FERRY}},
    {"id": 8, "text": None, "url": None, "more": {"body": None}},
    {"id": 9, "text": FERRY, "url": "http://news.example/9", "more": None},
]
TABLE = pa.Table.from_pylist(ROWS)


def parquet(table: Any, **how: Any) -> bytes:
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file, **how)
    return file.getvalue()


def feather(table: Any) -> bytes:
    file = io.BytesIO()
    pyarrow.feather.write_feather(table, file)
    return file.getvalue()


def stream(table: Any) -> bytes:
    file = io.BytesIO()
    with pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


FORMATS: dict[str, Callable[[Any], bytes]] = {"a.parquet": parquet, "a.feather": feather, "a.arrow": stream}


@pytest.mark.parametrize("name", FORMATS)
def test_a_run_over_rows(tmp_path: Path, name: str) -> None:
    ran([folder_of(tmp_path / "p", {name: FORMATS[name](TABLE)})], tmp_path / "out")
    bridge, ferry = records(tmp_path / "out")
    assert (bridge["provenance"]["source"]["record"], bridge["provenance"]["source"]["record_id"]) == (1, "7")
    assert bridge["metadata"]["url"] == "http://news.example/7"
    assert ferry["provenance"]["source"]["record"] == 3
    assert refusals(tmp_path / "out") == {f"p/{name}#2": "read.not_text"}


def read(data: bytes, field: str = "text", limit: int = 1 << 20, after: int = 0) -> Iterator[tuple[int, Raw | Refusal]]:
    return columns.parquet(io.BytesIO(data), "a", field, limit, after)


def test_a_field_within_a_field() -> None:
    (_, first), (_, second), (_, third) = read(parquet(TABLE), "more.body")
    assert isinstance(first, Raw)
    assert first.text == FERRY
    assert [page.rule for page in (second, third) if isinstance(page, Refusal)] == ["read.not_text", "read.no_field"]


def test_a_column_that_is_not_there_is_told_once() -> None:
    ((_, refused),) = read(parquet(TABLE.select(["more"])), "body")
    assert isinstance(refused, Refusal)
    assert refused.rule == "read.no_field"
    assert "'more'" in refused.reason


def test_a_row_too_large_is_refused() -> None:
    rules = [page.rule for _, page in read(parquet(TABLE), limit=200) if isinstance(page, Refusal)]
    assert rules == ["read.too_large", "read.not_text", "read.too_large"]


@pytest.mark.parametrize("after", [0, 1, 10, 25, 39, 40])
def test_a_file_is_taken_up_behind_a_row(after: int) -> None:
    data = parquet(pa.table({"text": [article(number) for number in range(40)]}), row_group_size=10)
    whole = list(read(data))
    assert [place for place, _ in whole] == list(range(1, 41))
    assert list(read(data, after=after)) == whole[after:]


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {"a.parquet": parquet(TABLE.slice(0, 0)), "b.txt": BRIDGE})
    ran([pages], tmp_path / "out")
    assert refusals(tmp_path / "out") == {"p/a.parquet": "read.empty"}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("keep", [8, 200, -30])
def test_a_file_cut_short_is_refused(tmp_path: Path, name: str, keep: int) -> None:
    pages = folder_of(tmp_path / "p", {name: FORMATS[name](TABLE)[:keep], "b.txt": BRIDGE})
    ran([pages], tmp_path / "out")
    assert set(refusals(tmp_path / "out")) == {f"p/{name}"}

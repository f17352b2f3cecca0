"""JSONL, one line at a time: bad lines are refused with their number, good ones read on."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.core.source import Raw, Refusal
from corpuskit.read import Item, ReadOptions, open_item
from corpuskit.read.jsonl import lines, records


def read(data: bytes, field: str = "text", limit: int = 1000) -> list[Raw | Refusal]:
    return list(records([data], "in/a.jsonl", field, limit))


def read_one(data: bytes, field: str = "text") -> Raw:
    (page,) = read(data, field)
    assert isinstance(page, Raw)
    return page


def refuse_one(data: bytes, field: str = "text") -> Refusal:
    (refusal,) = read(data, field)
    assert isinstance(refusal, Refusal)
    return refusal


def test_a_record_and_what_comes_with_it() -> None:
    record = {"text": "正文", "id": 12, "url": "http://x/", "timestamp": "2025-01-02", "title": "题", "extra": [1]}
    page = read_one(json.dumps(record).encode())
    assert (page.text, page.data, page.media_type) == ("正文", "正文".encode(), "text/plain")
    assert (page.record, page.record_id, page.name) == (1, "12", "in/a.jsonl#1")
    assert page.metadata == {"url": "http://x/", "date": "2025-01-02", "title": "题"}


def test_line_numbers_count_blank_and_bad_lines() -> None:
    found = read(b'\xef\xbb\xbf{"text": "a"}\r\n\n  \n{bad\n{"text": "b"}')
    assert [(type(page), page.record) for page in found] == [(Raw, 1), (Refusal, 4), (Raw, 5)]


def test_fields_within_fields_and_fields_with_dots() -> None:
    assert read_one(b'{"a": {"b": "x"}}', "a.b").text == "x"
    assert read_one(b'{"a.b": "y", "a": {"b": "x"}}', "a.b").text == "y"


@pytest.mark.parametrize(
    ("line", "rule", "words"),
    [
        (b"{", "read.not_json", "column 2"),
        (b'{"text": "x"} {"text": "y"}', "read.not_json", "column 15"),
        (b'["x"]', "read.not_json", "an array"),
        (b"null", "read.not_json", "null"),
        (b"[" * 1000, "read.not_json", ""),
        (b'{"body": "x", "url": "y"}', "read.no_field", "'body', 'url'"),
        (b"{}", "read.no_field", "nothing"),
        (b'{"text": null}', "read.not_text", "null"),
        (b'{"text": 5}', "read.not_text", "a number"),
        (b'{"text": ["x"]}', "read.not_text", "an array"),
        ('{"text": "图书馆重新开放"}'.encode("gbk"), "read.not_utf8", "byte 13"),
        (b"x" * 1001, "read.too_large", "1,001"),
    ],
)
def test_a_bad_line_says_what_and_where(line: bytes, rule: str, words: str) -> None:
    found = read(line + b'\n{"text": "next"}\n')
    refusal, after = found
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, refusal.record, refusal.bytes) == (rule, 1, len(line))
    assert words in refusal.reason
    assert (refusal.sha256 == "") is (rule == "read.too_large")
    assert isinstance(after, Raw)


def test_nesting_beyond_the_standard_library_is_refused() -> None:
    (refusal,) = records([b'{"text": ' + b"[" * 200_000], "u", "text", 10**6)
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "read.not_json"


def test_lone_surrogates_nan_and_a_bad_byte_survive() -> None:
    page = read_one(b'{"text": "a\\ud800b", "x": NaN}')
    assert page.text == "a\ud800b"
    assert page.data.decode("utf-8", "surrogatepass") == page.text
    assert read_one('{"text": "坏字节'.encode() + b'\xff"}').text == "坏字节\udcff"


@pytest.mark.parametrize(
    ("value", "media_type"),
    [("text/html; charset=gbk", "text/html"), ("image/png", "text/plain"), (3, "text/plain"), (None, "text/plain")],
)
def test_a_record_may_say_that_it_is_html(value: object, media_type: str) -> None:
    assert read_one(json.dumps({"text": "<p>", "content_type": value}).encode()).media_type == media_type


@pytest.mark.parametrize(("value", "expected"), [("a", "a"), (0, "0"), (True, None), (1.5, None), (None, None)])
def test_record_ids(value: object, expected: str | None) -> None:
    assert read_one(json.dumps({"text": "x", "id": value}).encode()).record_id == expected


@given(st.lists(st.binary(max_size=12)), st.integers(1, 9), st.integers(0, 8))
def test_lines_do_not_depend_on_the_chunks(pieces: list[bytes], size: int, limit: int) -> None:
    data = b"\n".join(pieces)
    cut = [data[at : at + size] for at in range(0, len(data), size)]
    expected = data.split(b"\n")
    if not expected[-1]:
        expected.pop()
    found = list(lines(cut, limit))
    assert [line.size for line in found] == [len(line) for line in expected]
    assert [line.data for line in found] == [line if len(line) <= limit else b"" for line in expected]
    assert [line.number for line in found] == list(range(1, len(expected) + 1))


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst"])
def test_whole_lines_before_a_break_are_read(tmp_path: Path, name: str) -> None:
    data = b"".join(json.dumps({"text": f"{number} " + "x" * number}).encode() + b"\n" for number in range(3000))
    compressor = zstandard.ZstdCompressor().compressobj()
    packed = gzip.compress(data) if name.endswith("gz") else b""
    if not packed:
        packed = compressor.compress(data[:2_000_000]) + compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        packed += compressor.compress(data[2_000_000:]) + compressor.flush()
    path = tmp_path / name
    path.write_bytes(packed[: len(packed) * 9 // 10])
    *pages, last = open_item(Item("in/" + name, path, 1), ReadOptions())
    assert len(pages) > 500
    assert all(isinstance(page, Raw) for page in pages)
    assert isinstance(last, Refusal)
    assert (last.rule, last.record) == ("read.truncated", len(pages) + 1)


def test_a_line_of_50_mb_is_read_past_without_being_held() -> None:
    held: list[int] = []

    def chunks() -> Iterator[bytes]:
        for _ in range(50):
            yield b"x" * 1_000_000
            held.append(1)
        yield b'\n{"text": "after"}\n'

    refusal, page = records(chunks(), "u", "text", 100_000)
    assert isinstance(refusal, Refusal)
    assert isinstance(page, Raw)
    assert (refusal.rule, refusal.bytes, page.record) == ("read.too_large", 50_000_000, 2)
    assert len(held) == 50

"""WARC and WET: what a record holds is read, whatever is wrong with the records around it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from running import BRIDGE, FERRY, folder_of, ran, records, refusals

from corpuskit.core.source import Raw, Refusal
from corpuskit.read import warc
from corpuskit.read.packed import PackedError

PAGE = f"<html><head><title>渡口</title></head><body><p>{FERRY}</p></body></html>".encode()


def record(kind: str, block: bytes, label: str = "application/http; msgtype=response", **more: Any) -> bytes:
    number = more.get("number", 1)
    head = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{number}>",
        f"WARC-Target-URI: http://news.example/{number}",
        "WARC-Date: 2024-01-02T03:04:05Z",
        f"Content-Type: {label}",
        f"Content-Length: {more.get('length', len(block))}",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def http(body: bytes, *headers: str, mime: str = "text/html; charset=utf-8", status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Type: {mime}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


INFO = record("warcinfo", b"software: x\r\n", "application/warc-fields")
GOOD = record("response", http(PAGE), number=7)


def read(data: bytes, limit: int = 1 << 20, after: int = 0) -> list[Raw | Refusal]:
    return [page for _, page in warc.pages(iter([data[:50], data[50:]] if data else []), "a.warc", limit, after)]


def only(data: bytes) -> Raw:
    (page,) = read(INFO + data)
    assert isinstance(page, Raw)
    return page


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "a.warc.zst", "odd.name"])
def test_a_run_over_an_archive(tmp_path: Path, name: str) -> None:
    parts = [
        INFO,
        record("request", b"GET / HTTP/1.1\r\n\r\n"),
        GOOD,
        record("conversion", BRIDGE.encode(), "text/plain"),
    ]
    if name.endswith(".gz"):
        parts = [gzip.compress(part) for part in parts]
    if name.endswith(".zst"):
        parts = [zstandard.compress(part) for part in parts]
    ran([folder_of(tmp_path / "p", {name: b"".join(parts)})], tmp_path / "out")
    html, text = records(tmp_path / "out")
    known = {
        "record": 3,
        "record_id": "urn:uuid:7",
        "target_uri": "http://news.example/7",
        "date": "2024-01-02T03:04:05Z",
    }
    assert known.items() <= html["provenance"]["source"].items()
    assert html["metadata"]["url"] == "http://news.example/7"
    assert "date" not in html["metadata"]
    assert (html["provenance"]["source"]["media_type"], html["source"]) == ("text/html", f"p/{name}")
    assert text["provenance"]["source"]["media_type"] == "text/plain"


CONTENT: dict[str, tuple[bytes, str]] = {
    "chunked": (http(b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE), "Transfer-Encoding: chunked"), "text/html"),
    "chunked by its label only": (http(PAGE, "Transfer-Encoding: chunked"), "text/html"),
    "gzip": (http(gzip.compress(PAGE), "Content-Encoding: gzip"), "text/html"),
    "gzip by its label only": (http(PAGE, "Content-Encoding: gzip"), "text/html"),
    "gzip without a label": (http(gzip.compress(PAGE)), "text/html"),
    "zstd": (http(zstandard.compress(PAGE), "Content-Encoding: zstd"), "text/html"),
    "called text": (http(PAGE.replace(b"<html>", b"<!DOCTYPE html><html>"), mime="text/plain"), "text/html"),
    "called an image": (http(PAGE, mime="image/png"), "text/html"),
    "called HTML": (http(FERRY.encode(), mime="text/html"), "text/plain"),
    "no HTTP": (PAGE, "text/html"),
    "line feeds alone": (http(PAGE).replace(b"\r\n", b"\n"), "text/html"),
    "headers that are none": (b"HTTP/1.1 200 OK\r\n: \r\n\xff\xfe\r\n\r\n" + PAGE, "text/html"),
}


@pytest.mark.parametrize("case", CONTENT)
def test_what_a_record_holds_is_what_its_bytes_say(case: str) -> None:
    block, media = CONTENT[case]
    page = only(record("response", block))
    assert page.media_type == media
    assert "老周撑了四十年的船".encode() in page.data
    assert not page.data.startswith((b"\x1f\x8b", b"HTTP"))


def test_the_charset_of_the_header_is_declared() -> None:
    assert only(record("response", http(PAGE, mime="text/html; charset=GBK"))).declared == "GBK"
    assert only(record("conversion", FERRY.encode(), "text/plain")).declared == "utf-8"


@pytest.mark.parametrize(
    ("block", "rule"),
    [
        (http(b"\x89PNG\r\n\x1a\n" + bytes(60), mime="image/png"), "read.binary"),
        (http(b"body { color: red }", mime="text/css"), "read.binary"),
        (http(b"gone", status="404 Not Found"), "read.http_status"),
        (http(b""), "read.empty"),
        (http(b"x" * 2000), "read.too_large"),
        (http(gzip.compress(b"<html>" + bytes(10_000_000))), "read.too_large"),
        (http(zstandard.compress(b"<html>" + bytes(10_000_000))), "read.too_large"),
    ],
)
def test_a_record_that_gives_no_page_is_refused_and_stops_nothing(block: bytes, rule: str) -> None:
    refused, page = read(record("response", block) + GOOD, limit=1000)
    assert isinstance(refused, Refusal)
    assert (refused.rule, refused.record) == (rule, 1)
    assert isinstance(page, Raw)
    assert page.record == 2


DAMAGE: dict[str, bytes] = {
    "garbage between": b"garbage\r\n\r\n",
    "a length too small": record("response", http(PAGE), length=90),
    "a length below zero": record("response", http(PAGE), length=-5),
    "no type": b"WARC/1.0\r\nnonsense\r\n\r\n",
}


@pytest.mark.parametrize("case", DAMAGE)
def test_records_after_a_damaged_one_are_read(case: str) -> None:
    found = read(INFO + DAMAGE[case] + GOOD)
    assert isinstance(found[-1], Raw)
    assert found[-1].data == PAGE


def test_bytes_that_end_the_archive_early_are_told() -> None:
    (refused,) = read(INFO + bytes(100) + GOOD)
    assert isinstance(refused, Refusal)
    assert refused.rule == "read.corrupt"
    assert "behind record 1 are no WARC" in refused.reason


def test_a_record_cut_short_gives_what_there_is() -> None:
    page, refused = read(INFO + GOOD[:-30])
    assert isinstance(page, Raw)
    assert PAGE.startswith(page.data)
    assert isinstance(refused, Refusal)
    assert refused.rule == "read.truncated"
    assert "inside record 2" in refused.reason


def test_a_packed_archive_cut_short_is_refused_behind_what_was_read(tmp_path: Path) -> None:
    data = gzip.compress(INFO) + gzip.compress(GOOD) + gzip.compress(GOOD)[:-20]
    ran([folder_of(tmp_path / "p", {"a.warc.gz": data})], tmp_path / "out")
    assert len(records(tmp_path / "out")) == 1
    assert "read.truncated" in refusals(tmp_path / "out").values()


@given(st.integers(0, 4))
def test_an_archive_is_taken_up_behind_a_record(after: int) -> None:
    data = INFO + b"".join(record("response", http(PAGE), number=number) for number in range(2, 5))
    whole = list(warc.pages(iter([data]), "a", 1 << 20))
    assert [place for place, _ in whole] == [2, 3, 4]
    rest = list(warc.pages(iter([data]), "a", 1 << 20, after))
    assert rest == [(place, page) for place, page in whole if place > after]


@given(
    st.lists(
        st.sampled_from([INFO, GOOD, b"WARC/1.0\r\n", b"\r\n\r\n", b"HTTP/1.1 200 OK\r\n"]) | st.binary(max_size=40)
    )
)
def test_whatever_the_bytes_nothing_else_is_raised(pieces: list[bytes]) -> None:
    try:
        found = read(b"".join(pieces))
    except (PackedError, OSError):
        return
    assert all(isinstance(page, Raw | Refusal) for page in found)

"""Files become pages or refusals; a bad one never stops the next."""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from corpuskit.core.source import Raw, Refusal
from corpuskit.read import Item, ReadOptions, open_item
from corpuskit.read.packed import chunks

TEXT = "第一行\n第二行，有标点。\n".encode()
UTF16 = "the meeting began at nine".encode("utf-16-le")


def read(path: Path, data: bytes, **options: object) -> list[Raw | Refusal]:
    path.write_bytes(data)
    return list(open_item(Item(f"in/{path.name}", path, len(data)), ReadOptions(**options)))  # type: ignore[arg-type]


def only(found: list[Raw | Refusal]) -> Raw | Refusal:
    assert len(found) == 1
    return found[0]


def zst(data: bytes) -> bytes:
    return zstandard.compress(data)


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.txt", TEXT, "text/plain"),
        ("a", b"", None),
        ("a.md", b" \n", "text/plain"),
        ("a.html", TEXT, "text/html"),
        ("a.HTM", TEXT, "text/html"),
        ("a.html.gz", gzip.compress(TEXT), "text/html"),
        ("a.xhtml.zst", zst(TEXT), "text/html"),
        ("a.txt", b"\xef\xbb\xbf\n<!-- made by -->\n<!DOCTYPE html><p>x", "text/html"),
        ("a.txt", b"<?xml version='1.0'?>\n<html lang=zh>", "text/html"),
        ("a", b"<HTML>", "text/html"),
        ("a", "<html>".encode("utf-16-le"), "text/html"),
        ("a.txt", b"<htmlx>", "text/plain"),
        ("a.txt", b"see <html> there", "text/plain"),
        ("a.json", b'{"title":\n "pretty"}', "text/plain"),
        ("a.txt", b'{"text": "x"}\n', "text/plain"),
        ("a.txt", b"ID3 is a tag", "text/plain"),
        ("a.txt", "ID3标签".encode(), "text/plain"),
        ("a.txt", TEXT * 50 + b"\0\0", "text/plain"),
        ("a.txt", UTF16, "text/plain"),
        ("a.txt", b"\xff\xfe" + "汉字".encode("utf-16-le"), "text/plain"),
        ("a.txt", "汉字，一行\n".encode("utf-16-be") * 9, "text/plain"),
        ("a.txt", "汉字".encode("gbk"), "text/plain"),
    ],
)
def test_one_page_a_file(tmp_path: Path, name: str, data: bytes, media_type: str | None) -> None:
    page = only(read(tmp_path / name, data))
    if media_type is None:
        assert isinstance(page, Refusal)
        assert page.rule == "read.empty"
        return
    assert isinstance(page, Raw)
    assert (page.uri, page.media_type, page.record, page.text) == (f"in/{name}", media_type, None, None)
    assert page.data in (data, TEXT)


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("a.txt", b"", "read.empty"),
        ("a.txt.gz", gzip.compress(b""), "read.empty"),
        ("a.jsonl", b"\n \n", "read.empty"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0", "read.binary"),
        ("a.txt", b"%PDF-1.7\n", "read.binary"),
        ("a.docx", b"PK\x03\x04\x14\0", "read.binary"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "read.binary"),
        ("a", b"MZ\x90\0\3\0\0\0", "read.binary"),
        ("a", bytes(range(256)) * 8, "read.binary"),
        ("a", b"\0" * 5000, "read.binary"),
        ("a", b"x\0\0y\0\0" * 900, "read.binary"),
        ("a.gz", gzip.compress(gzip.compress(TEXT)), "read.binary"),
        ("a.jsonl", b"ID3\x04\0\0\0\0\0\0", "read.binary"),
        ("a.txt.gz", gzip.compress(TEXT * 99)[:-5], "read.truncated"),
        ("a.txt.gz", gzip.compress(TEXT)[:5], "read.truncated"),
        ("a.txt.zst", zst(TEXT * 99)[:-1], "read.truncated"),
        ("a.txt.zst", zst(TEXT)[:4], "read.truncated"),
        ("a.txt.gz", gzip.compress(TEXT)[:-8] + bytes(8), "read.corrupt"),
        ("a.txt.gz", gzip.compress(TEXT) + b"junk", "read.corrupt"),
        ("a.txt.zst", b"\x28\xb5\x2f\xfd" + b"\xff" * 50, "read.corrupt"),
        ("a.json", b' [\n {"text": "x"}]', "read.json_array"),
        ("a.json.gz", gzip.compress(b'[{"text": "x"}]'), "read.json_array"),
        ("a.jsonl", '{"text": "x"}\n'.encode("utf-16"), "read.not_utf8"),
        ("a.jsonl", '{"text": "x"}\n'.encode("utf-16-be"), "read.not_utf8"),
    ],
)
def test_a_file_that_is_no_page_is_refused(tmp_path: Path, name: str, data: bytes, rule: str) -> None:
    refusal = only(read(tmp_path / name, data))
    assert isinstance(refusal, Refusal)
    assert (refusal.uri, refusal.rule) == (f"in/{name}", rule)
    unpacked = data.startswith(b"\x1f\x8b") and refusal.sha256
    assert refusal.bytes == (len(gzip.decompress(data)) if unpacked else len(data))
    assert len(refusal.reason) > 20


@pytest.mark.parametrize("pack", [gzip.compress, zst])
def test_compression_is_told_by_the_bytes_and_members_are_joined(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    page = only(read(tmp_path / "a.txt", pack(TEXT) + pack(b"") + pack(TEXT * 1000)))
    assert isinstance(page, Raw)
    assert page.data == TEXT * 1001


def test_padding_and_skippable_frames_are_no_damage(tmp_path: Path) -> None:
    padded = only(read(tmp_path / "a.gz", gzip.compress(TEXT) + bytes(700)))
    skipped = only(read(tmp_path / "a.zst", b"\x50\x2a\x4d\x18\4\0\0\0meta" + zst(TEXT)))
    assert isinstance(padded, Raw)
    assert isinstance(skipped, Raw)
    assert padded.data == skipped.data == TEXT


def test_a_page_over_the_limit_is_refused_and_one_at_the_limit_is_not(tmp_path: Path) -> None:
    over = only(read(tmp_path / "a.txt", b"x" * 1001, max_page_bytes=1000))
    assert isinstance(over, Refusal)
    assert (over.rule, over.bytes) == ("read.too_large", 1001)
    assert isinstance(only(read(tmp_path / "b.txt", b"x" * 1000, max_page_bytes=1000)), Raw)


@pytest.mark.parametrize("pack", [gzip.compress, zst])
def test_a_decompression_bomb_is_never_held(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    bomb = pack(b" " * 200_000_000)
    tracemalloc.start()
    page = only(read(tmp_path / "bomb", bomb, max_page_bytes=1_000_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(page, Refusal)
    assert page.rule == "read.too_large"
    assert peak < 60_000_000


def test_media_can_be_forced(tmp_path: Path) -> None:
    assert getattr(only(read(tmp_path / "a.txt", b"<p>", media="html")), "media_type", None) == "text/html"
    record = only(read(tmp_path / "b.txt", b'{"text": "x"}', media="jsonl"))
    assert isinstance(record, Raw)
    assert record.text == "x"
    assert getattr(only(read(tmp_path / "c.json", b'[{"a": 1}]', media="text")), "data", None) == b'[{"a": 1}]'


@pytest.mark.parametrize(
    ("error", "rule"),
    [
        (FileNotFoundError(2, "gone"), "read.missing"),
        (PermissionError(13, "denied"), "read.permission"),
        (OSError(5, "Input/output error"), "read.failed"),
    ],
)
def test_a_failing_disk_is_a_refusal(monkeypatch: pytest.MonkeyPatch, error: OSError, rule: str) -> None:
    def failing(path: Path | None) -> Iterator[bytes]:
        yield b'{"text": "x"}\n' + b" " * 9000
        raise error

    monkeypatch.setattr("corpuskit.read.pages.chunks", failing)
    found = list(open_item(Item("in/a.jsonl", Path("a.jsonl"), 7), ReadOptions()))
    assert [type(page) for page in found] == [Raw, Refusal]
    assert getattr(found[1], "rule", None) == rule
    assert getattr(only(list(open_item(Item("in/a.txt", Path("a.txt"), 7), ReadOptions()))), "rule", None) == rule


def test_a_file_deleted_since_the_listing(tmp_path: Path) -> None:
    found = only(list(open_item(Item("in/a.txt", tmp_path / "a.txt", 7), ReadOptions())))
    assert getattr(found, "rule", None) == "read.missing"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"text": "x", "id": 7}\n{"text": "y"}\n', [("text/plain", 1, "x"), ("text/plain", 2, "y")]),
        (b"<!doctype html><p>x", [("text/html", None, None)]),
        (TEXT, [("text/plain", None, None)]),
        (gzip.compress(TEXT), [("text/plain", None, None)]),
        (b'{"text": "' + b"x" * 9000 + b'"}', [("text/plain", 1, "x" * 9000)]),
        (b"{not json}\n", [("text/plain", None, None)]),
    ],
)
def test_stdin_is_sniffed(
    monkeypatch: pytest.MonkeyPatch, data: bytes, expected: list[tuple[str, int | None, str | None]]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    found = list(open_item(Item("stdin", None, 0), ReadOptions()))
    assert [(p.media_type, p.record, p.text) for p in found if isinstance(p, Raw)] == expected
    assert {page.uri for page in found} == {"stdin"}


def test_chunks_are_bounded_and_never_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"x" * 3_000_000))
    sizes = [len(chunk) for chunk in chunks(path)]
    assert sum(sizes) == 3_000_000
    assert min(sizes) > 0
    assert max(sizes) <= 1 << 18


def test_a_refusal_of_bytes_that_were_read_names_their_digest(tmp_path: Path) -> None:
    refusal = only(read(tmp_path / "a.bin", b"\0" * 50))
    assert isinstance(refusal, Refusal)
    assert refusal.sha256 == hashlib.sha256(b"\0" * 50).hexdigest()

"""Inputs to begin a fuzz with, and random changes to them."""

from __future__ import annotations

import gzip
import random
from collections.abc import Sequence
from pathlib import Path

import orjson
import zstandard

ROOT = Path(__file__).resolve().parents[2]
MARKS = (
    *(b"WARC/1.0\r\n", b"PAR1", b"ARROW1\0\0", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"\xef\xbb\xbf"),
    *(b"<html>", b"<!--", b"<div>" * 50, b"&#x", b'{"text":"', b"\\ud800", b"\r\n\r\n", bytes(9), b"\xed\xa0\x80"),
    *("\u202e".encode(), b"\x1b[2J", "首页 > 正文\n".encode(), "来源：".encode("gbk"), b"\xa1\xa1\x81\x30"),
)


def seeds() -> list[bytes]:
    """Return the fixtures, and a small container of each format."""
    pages = [path.read_bytes() for path in sorted((ROOT / "fixtures" / "pages").rglob("*")) if path.is_file()]
    text = "".join(page.decode("utf-8", "replace")[:300] for page in pages[:5])
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><p>" + text.encode() + b"</p></html>"
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n" % len(http)
    line = orjson.dumps({"text": text, "url": "http://a.example/"}) + b"\n"
    return [
        *pages,
        head + http + b"\r\n\r\n",
        line * 3,
        gzip.compress(line),
        zstandard.compress(line),
        text.encode("gbk", "replace"),
    ]


def changed(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """Return data with one to eight changes."""
    out = bytearray(data[: 1 << 16])
    for _ in range(chance.randint(1, 8)):
        at, size = chance.randrange(len(out) + 1), chance.choice((1, 2, 7, 64, 900))
        kind = chance.randrange(6)
        if kind == 0:
            del out[at : at + size]
        elif kind == 1:
            out[at:at] = out[at : at + size] * chance.randint(1, 20)
        elif kind == 2:
            out[at:at] = chance.choice(MARKS)
        elif kind == 3:
            out[at : at + size] = chance.randbytes(size)
        elif kind == 4:
            other = chance.choice(others)
            cut = chance.randrange(len(other) + 1)
            out[at:at] = other[cut : cut + size * 8]
        elif out:
            out[at % len(out)] ^= 1 << chance.randrange(8)
    return bytes(out)

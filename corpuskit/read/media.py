"""What a file holds, by its name and its first bytes."""

from __future__ import annotations

import re
from typing import Literal

import orjson

Media = Literal["text", "html", "jsonl", "warc", "parquet", "arrow"]
CONTAINERS = ("warc", "parquet", "arrow")
"""What holds many pages and is read by an extra of the package."""
MIME = {"text": "text/plain", "html": "text/html", "jsonl": "application/x-ndjson"}
_SUFFIXES: dict[str, Media] = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".shtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".warc": "warc",
    ".wet": "warc",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
}
_PACKED = (".gz", ".zst")
_PROLOGUE = re.compile(rb"(?:<\?[^>]{0,500}>|<!--(?:[^-]|-(?!->)){0,2000}-->|\s{1,200})", re.I)
_HTML = re.compile(rb"<!doctype\s{1,20}html|<html[\s>]", re.I)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_MAGIC = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"BM\0", "a BMP image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"\x7fELF", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"BZh", "bzip2 data"),
    (b"\x1f\x8b\x08", "gzip data inside compressed data"),
    (b"\x28\xb5\x2f\xfd", "zstd data inside compressed data"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 file"),
    (b"\x1aE\xdf\xa3", "a Matroska file"),
    (b"\0asm", "a WebAssembly module"),
)
_THEIR_MAGIC: tuple[tuple[bytes, Media], ...] = (
    (b"PAR1", "parquet"),
    (b"ARROW1\0", "arrow"),
    (b"WARC/0.", "warc"),
    (b"WARC/1.", "warc"),
)
_WIDE = ("utf-16-le", "utf-16-be")
_ORDINARY = ((0x370, 0x5FF), (0x2010, 0x203F), (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFF00, 0xFFEF))
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r\f\x1b")


def media_of(name: str, head: bytes) -> Media:
    """Return what a file called ``name`` that begins with ``head`` holds.

    Parquet, Arrow and WARC say so themselves. A name that says HTML or JSONL is believed; any other is sniffed.
    """
    for magic, media in _THEIR_MAGIC:
        if head.startswith(magic):
            return media
    for suffix in _PACKED:
        name = name.removesuffix(suffix).removesuffix(suffix.upper())
    suffix = "." + name.rpartition(".")[2].lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if suffix in (".json", ".stdin") and _begins_with_record(head):
        return "jsonl"
    return "html" if _begins_with_html(head) else "text"


def is_json_array(name: str, head: bytes) -> bool:
    """Tell whether a ``.json`` file begins like one array of objects."""
    for suffix in _PACKED:
        name = name.removesuffix(suffix)
    start = _unmarked(head).lstrip()
    return name.lower().endswith(".json") and start[:1] == b"[" and start[1:].lstrip()[:1] == b"{"


def is_wide(head: bytes) -> bool:
    """Tell whether bytes are UTF-16 or UTF-32: by their mark, or by reading as ordinary UTF-16 though full of zeros."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return True
    return _is_control_rich(head) and max(map(_ordinary, (head[0:4096].decode(c, "replace") for c in _WIDE))) > 0.9


def _ordinary(text: str) -> float:
    """Share of characters that ordinary text is made of; one half of random UTF-16 is."""
    return sum(_is_ordinary(ord(char)) for char in text) / max(1, len(text))


def _is_ordinary(code: int) -> bool:
    if code < 0x100:
        return code >= 0x20 or chr(code).isspace()
    return any(first <= code <= last for first, last in _ORDINARY)


def binary_kind(data: bytes) -> str | None:
    """Return what sort of binary file ``data`` begin like, or None for text of any charset."""
    for magic, kind in _MAGIC:
        # Text may begin with "ID3" or "RIFF" too, but holds no control codes.
        if data.startswith(magic) and (not magic.isalnum() or _controls(data[:512])):
            return kind
    if data[4:8] == b"ftyp":
        return "an MP4 or HEIC file"
    if data.startswith(b"MZ") and b"\0" in data[:64]:
        return "a program"
    head = data[:8192]
    if _is_control_rich(head) and not is_wide(head):
        return "binary data (over a tenth of its first bytes are NUL or control codes)"
    return None


def _is_control_rich(data: bytes) -> bool:
    return _controls(data) * 10 > len(data)


def _controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, _CONTROLS))


def _unmarked(head: bytes) -> bytes:
    for mark in _BOMS:
        head = head.removeprefix(mark)
    # What is ASCII in UTF-16 is ASCII without its zeros.
    return head.replace(b"\0", b"")


def _begins_with_html(head: bytes) -> bool:
    start = _unmarked(head[:2048])
    at = 0
    while found := _PROLOGUE.match(start, at):
        at = found.end()
    return _HTML.match(start, at) is not None


def _begins_with_record(head: bytes) -> bool:
    """The first line parses to an object, or has no end in ``head`` and begins like one."""
    line, newline, _ = _unmarked(head).lstrip().partition(b"\n")
    if not newline and len(head) >= 1024 and re.match(rb'\{\s{0,100}"', line):
        return True
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return re.match(rb'\{\s{0,100}".*\}\s{0,100}$', line) is not None

"""Pages of a WARC or WET file: payloads of responses and resources, texts of conversions."""

from __future__ import annotations

import hashlib
import http.client
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

import zstandard

from corpuskit.core.source import Raw, Refusal
from corpuskit.read.media import binary_kind, media_of
from corpuskit.read.packed import CorruptError, PackedError

EXTRA = "warc"
_HEAD = 8192
_SLACK = 64
_HTML = ("text/html", "application/xhtml+xml")
_TEXT = ("text/plain", "text/markdown", "application/octet-stream", "")
_PASSED_OVER = ("warcinfo", "request", "metadata", "revisit", "continuation")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]{0,256}\r?\n")


class _Payload(NamedTuple):
    data: bytes
    mime: str
    charset: str | None
    status: int | None


class _Stream:
    """Chunks as a file that can only be read on."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""
        self._at = 0
        self.error: Exception | None = None
        """What ended the chunks early; it is told when the records before it have been read."""

    def read(self, size: int = -1) -> bytes:
        if not self._held:
            try:
                self._held = next(self._chunks, b"")
            except (PackedError, OSError) as error:
                self.error = error
        data, self._held = (self._held[:size], self._held[size:]) if size >= 0 else (self._held, b"")
        self._at += len(data)
        return data

    def tell(self) -> int:
        return self._at


def pages(chunks: Iterator[bytes], uri: str, limit: int, after: int = 0) -> Iterator[tuple[int, Raw | Refusal]]:
    """Yield number and page of each record behind the record ``after`` that holds one, or why it gives none.

    Records of requests, of the archive itself and of what it saw before are passed over. What a record says of its
    content is believed only where its first bytes do not say otherwise. Of a damaged archive all that can be read is;
    a record that stops before its end gives what there is of it.

    Raises:
        ImportError: fastwarc is not installed.
        PackedError: the archive cannot be read to its end.
    """
    number, short, end = 0, False, 0
    stream = _Stream(chunks)
    for number, record in enumerate(_records(stream), 1):
        size, data = record.content_length, _read(record, limit)
        short = len(data) < min(size, limit)
        end = record.stream_pos + _head_size(record) + size
        found = _page(record, number, data, uri, limit) if number > after else None
        if found is not None:
            yield number, found
    if stream.error is not None:
        raise stream.error
    if short:
        reason = f"the archive stops inside record {number}, of which what is there was read; fetch the file again"
        yield number + 1, Refusal(uri, "read.truncated", reason)
    elif stream.tell() - end > _SLACK:
        reason = f"{stream.tell() - end:,} bytes behind record {number} are no WARC: fetch the file again"
        yield number + 1, Refusal(uri, "read.corrupt", reason)


def _head_size(record: Any) -> int:
    """Return about how many bytes the header of a record has."""
    return sum(len(name) + len(value) + 4 for name, value in record.headers.items())


def _records(stream: Any) -> Iterator[Any]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    wanted = WarcRecordType.any_type
    found = ArchiveIterator(stream, record_types=wanted, parse_http=False, stream_detect=False, quirks_mode=True)
    while True:
        try:
            record = next(found, None)
        except (PackedError, OSError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            # a fault of the native reader is told as an error that is no Exception
            if isinstance(error, Exception) or type(error).__name__ == "PanicException":
                raise CorruptError(f"damaged WARC data ({type(error).__name__})") from error
            raise
        if record is None:
            return
        yield record


def _read(record: Any, limit: int) -> bytes:
    data = bytearray()
    while len(data) <= limit and (more := record.reader.read(min(1 << 20, limit + 1 - len(data)))):
        data += more
    return bytes(data)


def _page(record: Any, number: int, block: bytes, uri: str, limit: int) -> Raw | Refusal | None:
    kind = (record.headers.get("WARC-Type") or "").strip().lower()
    target = _bare(record.headers.get("WARC-Target-URI"))
    if kind in _PASSED_OVER or (target or "").startswith("dns:") or not (kind or block):
        return None

    def refuse(rule: str, reason: str) -> Refusal:
        return Refusal(uri, rule, reason, number, hashlib.sha256(block).hexdigest(), len(block))

    payload = _payload(block, record.headers.get("Content-Type") or "", limit)
    if payload.status is not None and not 200 <= payload.status < 300:
        return refuse("read.http_status", f"the server answered {payload.status}: there is no page to read")
    if len(payload.data) > limit or len(block) > limit:
        return refuse("read.too_large", f"the page has over {limit:,} bytes, the limit: raise max_page_mb")
    if not payload.data:
        return refuse("read.empty", "the record is empty")
    media = _media(payload)
    if media is None:
        what = binary_kind(payload.data[:_HEAD]) or payload.mime
        return refuse("read.binary", f"{what}, not a page: leave it out of the archive")
    told = {"target_uri": target, "date": record.headers.get("WARC-Date")}
    return Raw(
        uri,
        payload.data,
        media,
        "utf-8" if kind == "conversion" and payload.charset is None else payload.charset,
        record=number,
        record_id=_bare(record.headers.get("WARC-Record-ID")),
        metadata={"url": target} if target else {},
        container={name: value for name, value in told.items() if value},
    )


def _bare(value: str | None) -> str | None:
    return value.strip().removeprefix("<").removesuffix(">") if value else None


def _media(payload: _Payload) -> str | None:
    """Return the media type that the first bytes allow, the label where they allow it; None for no page."""
    head = payload.data[:_HEAD]
    if binary_kind(head):
        return None
    if media_of("", head) == "html":
        return "text/html"
    if payload.mime in _HTML:
        return "text/html" if b"<" in payload.data else "text/plain"
    return "text/plain" if payload.mime in _TEXT else None


def _payload(block: bytes, label: str, limit: int) -> _Payload:
    mime, charset = _content_type(label)
    if not block.startswith(b"HTTP/"):
        # a label of HTTP without HTTP says nothing of what there is
        return _Payload(_unpacked(block, limit), "" if mime.startswith("application/http") else mime, charset, None)
    head, body = _split(block)
    first, _, rest = head.partition(b"\n")
    status = re.match(rb"HTTP/\S{1,8}\s{1,8}(\d{3})", first)
    try:
        headers = http.client.parse_headers(BytesIO(rest + b"\r\n\r\n"))
    except (http.client.HTTPException, ValueError):
        headers = http.client.HTTPMessage()
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower():
        body = _joined(body)
    mime, charset = _content_type(headers.get("Content-Type") or "")
    return _Payload(_unpacked(body, limit), mime, charset, int(status[1]) if status else None)


def _split(block: bytes) -> tuple[bytes, bytes]:
    """Return head and body of an HTTP message; the head ends at the first empty line."""
    ends = [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := block.find(mark)) >= 0]
    at, size = min(ends, default=(len(block), 0))
    return block[:at], block[at + size :]


def _content_type(label: str) -> tuple[str, str | None]:
    mime, _, rest = label.partition(";")
    found = re.search(r"charset\s{0,4}=\s{0,4}[\"']?([\w.:-]{1,40})", rest, re.I)
    return mime.strip().lower(), found[1] if found else None


def _joined(body: bytes) -> bytes:
    """Return what a chunked body holds; a body that is not chunked, whatever its label says, as it is."""
    parts: list[bytes] = []
    at = 0
    while found := _CHUNK.match(body, at):
        size = int(found[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[found.end() : found.end() + size])
        at = found.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    # what follows the last whole chunk of a body cut short is no part of it
    return b"".join(parts) if parts else body


def _unpacked(body: bytes, limit: int) -> bytes:
    """Return a compressed body's content, up to a byte over the limit, whatever its label says."""
    try:
        if body.startswith(b"\x1f\x8b\x08"):
            return zlib.decompressobj(wbits=31).decompress(body, limit + 1)
        if body.startswith(b"\x28\xb5\x2f\xfd"):
            with zstandard.ZstdDecompressor().stream_reader(body) as reader:
                return reader.read(limit + 1)
    except (zlib.error, zstandard.ZstdError):
        pass
    return body

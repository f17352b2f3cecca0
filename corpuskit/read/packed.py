"""Bytes of a file or stdin in bounded chunks, unpacked if they are gzip or zstd, whatever the name says."""

from __future__ import annotations

import select
import sys
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import cast

import zstandard

from corpuskit.read.remote import Remote, told_as_os_error

CHUNK = 1 << 18
FREE = 256 << 20
"""Up to so many bytes, data may unpack to any multiple of their size."""
RATIO = 250
"""Beyond, they may have so many times their size; text of pages has some ten."""
_ZSTD_STEP = 512
"""Four bytes of zstd may unpack to 128 KB; so many at a time never yield more than 16 MB."""
_GZIP = b"\x1f\x8b\x08"
_ZSTD = b"\x28\xb5\x2f\xfd"


class PackedError(Exception):
    """Compressed bytes that cannot be unpacked to their end."""

    line: int | None = None
    """Line that the data stop in, where lines were read."""


class CorruptError(PackedError):
    """Data of a container that cannot be read to their end."""


class BombError(PackedError):
    """Compressed bytes that unpack to many times what text does."""


class TruncatedError(PackedError):
    """Compressed bytes that stop before their end."""


def chunks(path: Path | Remote | None) -> Iterator[bytes]:
    """Yield the unpacked bytes of ``path`` (None: stdin), never an empty chunk.

    Raises OSError, TruncatedError or PackedError where reading stops; what was yielded before stands.
    """
    packed = _Counted(_file_chunks(path))
    head = _at_least(packed, 4)
    if head.startswith(_GZIP):
        return _bounded(_gunzip(head, packed), packed)
    if head.startswith(_ZSTD) or _is_skippable(head):
        return _bounded(_unzstd(head, packed), packed)
    return _chain(head, packed)


class _Counted:
    """Chunks, and the bytes of those that were taken."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = next(self._chunks)
        self.size += len(chunk)
        return chunk


def _bounded(chunks: Iterator[bytes], packed: _Counted) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > FREE and size > RATIO * packed.size:
            raise BombError(f"a decompression bomb: {packed.size:,} bytes give over {size:,}")
        yield chunk


def _file_chunks(path: Path | Remote | None) -> Iterator[bytes]:
    if isinstance(path, Remote):
        with path.open() as far, told_as_os_error():
            while chunk := far.read(CHUNK):
                yield chunk
        return
    if path is None:
        # one system call at a time: Ctrl-C between two of them would wait for the next bytes
        stdin = cast(BufferedReader, sys.stdin.buffer)
        while chunk := _ready(stdin).read1(CHUNK):
            yield chunk
        return
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _ready(stdin: BufferedReader) -> BufferedReader:
    """Wait until there is something to read, and look up now and then.

    A signal that comes just before a read, or that a native library's thread takes, does not end the read: Ctrl-C
    would wait for the next bytes.
    """
    if not hasattr(select, "poll"):
        return stdin
    poll = select.poll()
    try:
        poll.register(stdin, select.POLLIN)
    except (OSError, TypeError, ValueError):
        # something that stands for standard input, without a descriptor
        return stdin
    while not poll.poll(_GLANCE):
        pass
    return stdin


_GLANCE = 250
"""Milliseconds after which a signal is seen at the latest."""


def _at_least(source: Iterator[bytes], size: int) -> bytes:
    head = b""
    for chunk in source:
        head += chunk
        if len(head) >= size:
            break
    return head


def _chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from rest


def _is_skippable(head: bytes) -> bool:
    """Frames of metadata that a zstd file may begin with (RFC 8878, 3.1.2)."""
    return len(head) >= 4 and head[1:4] == b"\x2a\x4d\x18" and head[0] >> 4 == 5


def _gunzip(head: bytes, packed: Iterator[bytes]) -> Iterator[bytes]:
    member = zlib.decompressobj(wbits=31)
    fresh = False
    for chunk in _chain(head, packed):
        data = chunk
        while data:
            if member.eof:
                data = data.lstrip(b"\0")
                member, fresh = zlib.decompressobj(wbits=31), True
                continue
            out = _inflate(member, data)
            fresh = False
            data = member.unused_data if member.eof else member.unconsumed_tail
            if out:
                yield out
    if not member.eof and not fresh:
        raise TruncatedError("the gzip data stop before their end")


def _inflate(member: zlib._Decompress, data: bytes) -> bytes:
    try:
        return member.decompress(data, CHUNK)
    except zlib.error as error:
        raise PackedError(f"damaged gzip data ({error})") from error


def _unzstd(head: bytes, packed: Iterator[bytes]) -> Iterator[bytes]:
    frame = zstandard.ZstdDecompressor().decompressobj()
    begun = False
    for data in _steps(head, packed):
        while data:
            out, begun = _unframe(frame, data), True
            if out:
                yield out
            data = b""
            if frame.eof:
                data = frame.unused_data
                frame, begun = zstandard.ZstdDecompressor().decompressobj(), False
    if begun:
        raise TruncatedError("the zstd data stop before their end")


def _unframe(frame: zstandard.ZstdDecompressionObj, data: bytes) -> bytes:
    try:
        return frame.decompress(data)
    except zstandard.ZstdError as error:
        raise PackedError(f"damaged zstd data ({error})") from error


def _steps(head: bytes, packed: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in _chain(head, packed):
        for start in range(0, len(chunk), _ZSTD_STEP):
            yield chunk[start : start + _ZSTD_STEP]

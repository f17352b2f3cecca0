"""JSON lines in files that appear whole or not at all, and back."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Protocol, cast

import zstandard

from corpuskit.write import parquet
from corpuskit.write.atomic import OutputError, explained, sync_folder, write_atomic
from corpuskit.write.digested import Digested, FileEntry
from corpuskit.write.encode import dumps, loads, pretty
from corpuskit.write.parquet import ParquetShard

__all__ = [
    "GIB",
    "SUFFIX",
    "Compression",
    "FileEntry",
    "Format",
    "PartWriter",
    "dumps",
    "loads",
    "parts",
    "pretty",
    "read_lines",
    "write_atomic",
]

Format = Literal["jsonl", "parquet"]
Compression = Literal["none", "gzip", "zstd"]

SUFFIX: dict[Compression, str] = {"none": "", "gzip": ".gz", "zstd": ".zst"}
GIB = 1 << 30

_GZIP_LEVEL = 6
_ZSTD_LEVEL = 3
_BUFFER = 1 << 20
_CHUNK = 1 << 14


class _Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...
    def close(self) -> None: ...


def _sink(raw: Digested, compression: Compression) -> _Sink:
    if compression == "gzip":
        # neither name nor time in the header, so that equal lines give equal bytes
        return gzip.GzipFile("", "wb", _GZIP_LEVEL, cast(IO[bytes], raw), mtime=0)
    if compression == "zstd":
        compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL, threads=0)
        return compressor.stream_writer(cast(IO[bytes], raw), closefd=False)
    return raw


class _Shard:
    """One open part under its temporary name."""

    def __init__(self, path: Path, compression: Compression) -> None:
        self.path = path
        self.temporary = path.with_name(f".{path.name}.tmp")
        self.raw = Digested(self.temporary)
        self.buffer = bytearray()
        self.size = 0
        self.lines = 0
        self.sink: _Sink = self.raw
        try:
            self.sink = _sink(self.raw, compression)
        except BaseException:
            self.discard()
            raise

    def write(self, line: bytes) -> None:
        self.buffer += line
        self.size += len(line)
        self.lines += 1
        if len(self.buffer) >= _BUFFER:
            self.flush()

    def flush(self) -> None:
        self.sink.write(bytes(self.buffer))
        self.buffer.clear()

    def finish(self) -> FileEntry:
        self.flush()
        if self.sink is not self.raw:
            self.sink.close()
        return self.raw.finish(self.path.name, self.lines)

    def discard(self) -> None:
        self.raw.discard(self.sink.close if self.sink is not self.raw else lambda: None)


class PartWriter:
    """Lines into ``part-00000.jsonl[.gz|.zst]`` or ``.parquet``, ``part-00001…`` of a folder.

    A part ends before the line that would take it past ``shard_bytes`` (before compression); an output without
    lines is one empty part. Parts are complete and on disk under temporary names before the first of them gets
    its name, in ``close``; leaving the ``with`` block by an exception removes them all. The same lines give the
    same bytes.

    Raises:
        OutputError: the folder cannot be written, or its disk is full.
    """

    def __init__(
        self,
        folder: Path,
        stem: str = "part",
        compression: Compression = "none",
        shard_bytes: int = GIB,
        form: Format = "jsonl",
    ) -> None:
        self.form = form
        self.folder = folder
        self.stem = stem
        self.compression = compression
        self.shard_bytes = shard_bytes
        self.files: list[FileEntry] = []
        """The finished parts, in order; complete after ``close``."""
        self._shards: list[_Shard | ParquetShard] = []
        self._closed = False
        with explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._open()

    def write(self, line: bytes) -> None:
        """Append one line, which ends with its line feed."""
        try:
            with explained(self.folder):
                shard = self._shards[-1]
                if shard.lines and shard.size + len(line) > self.shard_bytes:
                    self.files.append(shard.finish())
                    shard = self._open()
                shard.write(line)
        except OutputError:
            self.abort()
            raise

    def close(self) -> None:
        """Give all parts their names; afterwards they survive a power cut."""
        if self._closed:
            return
        try:
            with explained(self.folder):
                self.files.append(self._shards[-1].finish())
                for shard in self._shards:
                    shard.temporary.rename(shard.path)
                sync_folder(self.folder)
        except OutputError:
            self.abort()
            raise
        self._closed = True

    def abort(self) -> None:
        """Remove every part that has no name yet."""
        if not self._closed:
            self._closed = True
            for shard in self._shards:
                shard.discard()

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

    def _open(self) -> _Shard | ParquetShard:
        stem = self.folder / f"{self.stem}-{len(self._shards):05d}"
        if self.form == "parquet":
            self._shards.append(ParquetShard(stem.with_name(stem.name + parquet.SUFFIX), self.compression))
        else:
            path = stem.with_name(f"{stem.name}.jsonl{SUFFIX[self.compression]}")
            self._shards.append(_Shard(path, self.compression))
        return self._shards[-1]


def parts(folder: Path, stem: str = "part") -> list[Path]:
    """Return the parts of a folder in the order in which they were written."""
    suffixes = (*(f".jsonl{suffix}" for suffix in SUFFIX.values()), parquet.SUFFIX)
    found = [path for path in folder.glob(f"{stem}-*") if path.name.endswith(suffixes)]
    return sorted(found, key=lambda path: (len(path.name), path.name))


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a plain, gzip, zstd or Parquet file (by its first bytes) without their line feeds, streaming.

    Raises:
        EOFError: a compressed file ends too early.
        OSError, zlib.error, zstandard.ZstdError: it cannot be read, or is damaged.
    """
    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        if magic == b"PAR1":
            yield from parquet.lines(path)
            return
        lines: Iterator[bytes] = file
        if magic[:2] == b"\x1f\x8b":
            lines = cast(Iterator[bytes], gzip.GzipFile(fileobj=file))
        elif magic == b"\x28\xb5\x2f\xfd":
            lines = _lines(_frames(file))
        for line in lines:
            yield line.removesuffix(b"\n")


def _frames(file: IO[bytes]) -> Iterator[bytes]:
    # zstandard's own stream reader takes a file cut short for its end
    frame = zstandard.ZstdDecompressor().decompressobj()
    begun = False
    while chunk := file.read(_CHUNK):
        while chunk:
            yield frame.decompress(chunk)
            begun, chunk = not frame.eof, frame.unused_data
            if frame.eof:
                frame = zstandard.ZstdDecompressor().decompressobj()
    if begun:
        raise EOFError("the last zstd frame is cut short")


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield b"".join([*held, line])
            held.clear()
        held.append(rest)
    if last := b"".join(held):
        yield last

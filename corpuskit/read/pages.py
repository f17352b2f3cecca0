"""An item of the input to its raw pages: one for a text or HTML file, one a line for JSONL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import IO

from corpuskit.core.source import Raw, Refusal
from corpuskit.read.inputs import Item
from corpuskit.read.jsonl import Block, blocks
from corpuskit.read.media import CONTAINERS, MIME, Media, binary_kind, is_json_array, is_wide, media_of
from corpuskit.read.packed import BombError, PackedError, TruncatedError, chunks

_HEAD = 8192
_MEMORY = 64 << 20


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How inputs are read."""

    text_field: str = "text"
    """Field of a JSONL record that holds the text; ``a.b`` reaches into objects."""
    media: Media | None = None
    """Take every input for this, whatever its name and bytes say."""
    max_page_bytes: int = 256 * 2**20
    """Greatest size of one page or one JSONL line, unpacked."""


Part = Raw | Refusal | Block
"""A page, a refusal, or lines of which each is one of them."""


def open_item(item: Item, options: ReadOptions) -> Iterator[Raw | Refusal]:
    """Yield the pages of ``item`` as they are read, and a refusal for each that cannot be; never raises OSError.

    Memory is bounded by the longest page or line, at most ``max_page_bytes``.
    """
    for _, part in open_parts(item, options):
        yield from pages_of(part)


def pages_of(part: Part) -> Iterator[Raw | Refusal]:
    """Yield the pages of a part."""
    if isinstance(part, Block):
        yield from part.pages()
    else:
        yield part


def open_parts(item: Item, options: ReadOptions, after: int = 0) -> Iterator[tuple[int, Part]]:
    """Yield the parts of ``item`` behind a place, each with the place behind it; never raises OSError.

    A place is the number of a line, or of pages where a file does not hold lines.
    """
    last = after
    try:
        for last, part in _parts(item, options, after):
            yield last, part
        return
    except PackedError as error:
        rules = {TruncatedError: "read.truncated", BombError: "read.bomb"}
        rule = rules.get(type(error), "read.corrupt")
        refusal = _refusal(item, rule, f"{error}; fetch or pack the file again", error.line)
    except FileNotFoundError:
        refusal = _refusal(item, "read.missing", "the file is gone: it was there when the inputs were listed")
    except PermissionError:
        refusal = _refusal(item, "read.permission", "no permission to read the file: change its mode or its owner")
    except OSError as error:
        reason = f"reading failed ({error.strerror or error}): check the disk and try again"
        refusal = _refusal(item, "read.failed", reason)
    yield last + 1, refusal


def _refusal(item: Item, rule: str, reason: str, record: int | None = None) -> Refusal:
    return Refusal(item.uri, rule, reason, record, bytes=item.size)


def _parts(item: Item, options: ReadOptions, after: int) -> Iterator[tuple[int, Part]]:
    source = chunks(item.path)
    head, source = _head(source)
    name = ".stdin" if item.path is None else item.path.name
    media = options.media or media_of(name, head)
    if not head:
        reason = "the file is empty: delete it or fetch it again"
        found: Iterator[tuple[int, Part]] = iter([(1, Refusal(item.uri, "read.empty", reason, sha256=_digest(b"")))])
    elif refusal := _refuse(item, name, head, media, options):
        found = iter([(1, refusal)])
    elif media in CONTAINERS:
        found = _contained(item, chain((head,), source), media, options, after)
    elif media == "jsonl":
        found = _records(item, chain((head,), source), options, after)
    else:
        found = (entry for entry in [(1, _single(item, chain((head,), source), media, options.max_page_bytes))])
    yield from ((place, part) for place, part in found if place > after)


def _contained(
    item: Item, source: Iterator[bytes], media: Media, options: ReadOptions, after: int
) -> Iterator[tuple[int, Part]]:
    """Yield the pages of a container whose reader is an extra of the package."""
    from corpuskit.read import columns, warc

    limit, found = options.max_page_bytes, after > 0
    try:
        with ExitStack() as stack:
            if media == "warc":
                places = warc.pages(source, item.uri, limit, after)
            else:
                reader = columns.parquet if media == "parquet" else columns.arrow
                file = stack.enter_context(_whole(item, source))
                places = reader(file, item.uri, options.text_field, limit, after)
            for place, page in places:
                found = True
                yield place, page
    except ImportError:
        extra = warc.EXTRA if media == "warc" else columns.EXTRA
        reason = f"reading {media} files needs an extra: pip install 'corpuskit-curation[{extra}]'"
        yield 1, _refusal(item, "read.needs_extra", reason)
        return
    if not found:
        yield 1, _refusal(item, "read.empty", "no record that holds a page: leave the file out or fetch it again")


def _whole(item: Item, source: Iterator[bytes]) -> IO[bytes]:
    """Return an input as a file that can be read from any place."""
    if item.path is not None and not item.path.name.lower().endswith((".gz", ".zst")):
        return item.path.open("rb")
    file = SpooledTemporaryFile(_MEMORY)  # noqa: SIM115 - given to the reader, which is done with it at its end
    for chunk in source:
        file.write(chunk)
    file.seek(0)
    return file


def _head(source: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first bytes, and what follows them; an error behind the first byte is raised when it is reached."""
    head = b""
    try:
        for chunk in source:
            head += chunk
            if len(head) >= _HEAD:
                break
    except (PackedError, OSError) as error:
        if not head:
            raise
        return head, _raising(error)
    return head, source


def _raising(error: Exception) -> Iterator[bytes]:
    yield from ()
    raise error


def _refuse(item: Item, name: str, head: bytes, media: Media, options: ReadOptions) -> Refusal | None:
    if media in CONTAINERS:
        return None
    if kind := binary_kind(head):
        rule, reason = "read.binary", f"{kind}, not text: convert it to text or leave it out"
    elif media == "jsonl" and is_wide(head):
        rule, reason = "read.not_utf8", "JSONL in UTF-16 or UTF-32: convert the file to UTF-8"
    elif media == "text" and options.media is None and is_json_array(name, head):
        rule, reason = "read.json_array", "one JSON array of objects: make it JSONL, as jq -c '.[]' does"
    else:
        return None
    # A head below its full size is the whole file.
    whole = len(head) < _HEAD
    return Refusal(item.uri, rule, reason, None, _digest(head) if whole else "", len(head) if whole else item.size)


def _records(item: Item, source: Iterator[bytes], options: ReadOptions, after: int) -> Iterator[tuple[int, Part]]:
    found = after > 0
    for place, part in blocks(source, item.uri, options.text_field, options.max_page_bytes, after):
        found = True
        yield place, part
    if not found:
        yield 1, _refusal(item, "read.empty", "only blank lines, no record: delete the file or fetch it again")


def _single(item: Item, source: Iterator[bytes], media: Media, limit: int) -> Raw | Refusal:
    parts: list[bytes] = []
    size = 0
    for chunk in source:
        size += len(chunk)
        if size > limit:
            reason = f"the page has over {limit:,} bytes, the limit: raise max_page_bytes or split it"
            return Refusal(item.uri, "read.too_large", reason, bytes=max(size, item.size))
        parts.append(chunk)
    return Raw(item.uri, b"".join(parts), MIME[media])


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

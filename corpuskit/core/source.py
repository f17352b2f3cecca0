"""What was read: decoded text that never changes, and where it came from."""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import Struct, field


class Block(NamedTuple):
    """What HTML knew of a stretch of the extracted text."""

    start: int
    end: int
    tag: str
    link_density: float
    """Share of the block's characters that stand inside links, 0 to 1."""
    hint: str = ""
    """Lower-cased class, id and role attributes of the nearest ancestors, space-separated."""
    element: int = -1
    """The element it stands in: an index of the source's ``elements``; -1 where none is known."""


class Node(NamedTuple):
    """An HTML element that holds text, itself or further down."""

    parent: int
    """Index of the nearest such element around it; -1 at the top."""
    tag: str
    words: str
    """Lower-cased class, id and role attributes, space-separated, cut short."""


class Source(Struct, frozen=True):
    """One decoded page, immutable.

    Offsets everywhere are Unicode code points of ``text``. Undecodable bytes are lone surrogates
    U+DC80..U+DCFF (``surrogateescape``), so that ``lossless`` text gives its bytes back.
    """

    uri: str
    text: str
    sha256: str
    """Hex digest of the source's bytes; of the text field in UTF-8 for a record of a JSONL or Parquet file."""
    bytes: int
    media_type: str = "text/plain"
    encoding: str = "utf-8"
    lossless: bool = True
    decoded_by: str = "given"
    """How the encoding was chosen: bom, declared, strict, evidence or given."""
    certainty: float = 1.0
    record: str | int | None = None
    """Line (from 1), row or record id inside a file that holds many."""
    record_id: str | None = None
    extractor: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    container: dict[str, str] = field(default_factory=dict)
    """What a WARC file says of the record: target_uri and date."""
    blocks: tuple[Block, ...] = ()
    elements: tuple[Node, ...] = ()
    """The elements around the blocks; an element stands behind its parent."""

    @property
    def name(self) -> str:
        """The URI, with the record where the file holds many: unique within a run."""
        return self.uri if self.record is None else f"{self.uri}#{self.record}"

    def describe(self) -> dict[str, Any]:
        """Return ``provenance.source`` of the records made from this page."""
        out: dict[str, Any] = {"uri": self.uri, "sha256": self.sha256, "bytes": self.bytes}
        if self.record is not None:
            out["record"] = self.record
        if self.record_id is not None:
            out["record_id"] = self.record_id
        out |= self.container
        out |= {"media_type": self.media_type, "encoding": self.encoding, "lossless": self.lossless}
        out |= {"decoded_by": self.decoded_by, "certainty": round(self.certainty, 4), "chars": len(self.text)}
        if self.extractor is not None:
            out["extractor"] = self.extractor
        return out


class Raw(Struct, frozen=True):
    """One page as it lies in its file, before decoding.

    ``text`` is set where the container already holds characters (JSONL, Parquet); then ``data`` is their
    UTF-8 (``surrogatepass``).
    """

    uri: str
    data: bytes
    media_type: str
    declared: str | None = None
    """Charset that the container declares (HTTP header, WARC), if any."""
    record: str | int | None = None
    record_id: str | None = None
    text: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    container: dict[str, str] = field(default_factory=dict)
    """What a WARC file says of the record: target_uri and date."""

    @property
    def name(self) -> str:
        """The URI, with the record where the file holds many."""
        return self.uri if self.record is None else f"{self.uri}#{self.record}"


class Refusal(Struct, frozen=True):
    """An input that could not become a source: a rule, a reason, and where."""

    uri: str
    rule: str
    reason: str
    record: str | int | None = None
    sha256: str = ""
    bytes: int = 0

    @property
    def name(self) -> str:
        """The URI, with the record where the file holds many."""
        return self.uri if self.record is None else f"{self.uri}#{self.record}"

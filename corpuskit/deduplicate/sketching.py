"""The work of one worker of ``dedup``: rows of a corpus to all that a search for duplicates wants to know of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from corpuskit.dedup import Batch, DedupOptions, fingerprints, shingle_sets, signatures
from corpuskit.dedup.minhash import Signatures
from corpuskit.dedup.normalise import folded
from corpuskit.dedup.paragraphs import Paragraphs, paragraphs
from corpuskit.dedup.policy import DATES, UNKNOWN, date_of, field, preference
from corpuskit.dedup.shingles import Sets, Shingles
from corpuskit.deduplicate.corpora import Chunk
from corpuskit.write.encode import loads

SEPARATOR = b"\0"
_ROW = 4096
"""Bytes that a row of a table is taken for."""


class Fields(NamedTuple):
    """Where a record has what; dots reach inside objects."""

    text: str = "text"
    id: str = "id"
    date: str | None = None

    @property
    def dates(self) -> tuple[str, ...]:
        """Fields in which a date is looked for."""
        return DATES if self.date is None else (self.date,)


class Bad(NamedTuple):
    """A row that is no record: its place in the chunk, a rule and a reason."""

    at: int
    rule: str
    reason: str
    kept: bool = False
    """Copied as it is, for want of a text to compare."""


class Sketch(NamedTuple):
    """A chunk, done."""

    chunk: Chunk
    batch: Batch
    sets: Sets
    bad: list[Bad]
    paragraphs: Paragraphs | None


@dataclass(frozen=True, slots=True)
class Sketching:
    """The work on the chunks of a corpus."""

    options: DedupOptions
    fields: Fields

    def begin(self) -> Callable[[Chunk], Sketch]:
        """Return the work of a worker."""
        return lambda chunk: sketch(chunk, self.options, self.fields)

    def split(self, chunk: Chunk) -> list[Chunk]:
        """Return the chunk: its rows are numbered as a whole."""
        return [chunk]

    def crashed(self, chunk: Chunk, error: Exception) -> Sketch:
        """Leave the rows of a chunk that killed its worker as they are."""
        reason = (
            f"{error}, for lack of memory or by a fault in a library: they are kept; "
            "run with one worker to compare them"
        )
        bad = [Bad(at, "read.crashed", reason, kept=True) for at in range(len(chunk.numbers))]
        return _sketched(chunk, DedupOptions(), [], [], [], bad)

    def weigh(self, chunk: Chunk) -> int:
        """Return about how many bytes the rows of a chunk are."""
        return sum(map(len, chunk.lines)) or _ROW * len(chunk.numbers)


def sketch(chunk: Chunk, options: DedupOptions, fields: Fields) -> Sketch:
    """Read the rows of a chunk and sketch their texts."""
    keys: list[bytes] = []
    texts: list[str] = []
    preferences: list[int] = []
    bad: list[Bad] = []
    for at, number in enumerate(chunk.numbers):
        try:
            record, digest = _record(chunk, at)
            text = _text(record, fields.text)
        except _BadError as error:
            bad.append(Bad(at, error.rule, str(error), error.kept))
            continue
        texts.append(text)
        date = date_of(record, fields.dates) if options.keep == "earliest" else UNKNOWN
        preferences.append(preference(options, date, chunk.corpus.uri, chunk.corpus.given))
        keys.append(_key(field(record, fields.id), digest or text.encode("utf-8", "surrogatepass"), chunk, number))
    return _sketched(chunk, options, keys, texts, preferences, bad)


def _sketched(
    chunk: Chunk, options: DedupOptions, keys: list[bytes], texts: list[str], preferences: list[int], bad: list[Bad]
) -> Sketch:
    batch = folded(texts)
    looked = options.near or options.containment > 0
    sets = shingle_sets(texts, batch) if looked else Sets(np.zeros(0, np.uint32), np.zeros(len(texts), np.int64))
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    known = Batch(
        keys,
        np.array(preferences, np.int64),
        np.zeros_like(lengths) if options.keep == "id" else lengths,
        fingerprints(texts, batch),
        sets.sizes >= options.min_shingles,
        sign(sets, options),
    )
    found = paragraphs(texts, options.paragraph_chars) if options.paragraphs != "keep" else None
    return Sketch(chunk._replace(lines=[] if not bad else chunk.lines, records=[]), known, sets, bad, found)


def sign(sets: Sets | list[Shingles], options: DedupOptions) -> Signatures:
    """Return the signatures of sets; zeros where nobody asks for near duplicates."""
    if options.near:
        return signatures(sets, options.permutations)
    count = sets.sizes.size if isinstance(sets, Sets) else len(sets)
    return np.zeros((count, options.permutations), np.uint32)


class _BadError(Exception):
    def __init__(self, rule: str, reason: str, *, kept: bool = False) -> None:
        super().__init__(reason)
        self.rule, self.kept = rule, kept


def _record(chunk: Chunk, at: int) -> tuple[Any, bytes]:
    """Return a record, and the line it was read from; of Parquet there is none."""
    if chunk.records:
        return chunk.records[at], b""
    line = chunk.lines[at]
    if not line:
        raise _BadError("read.too_large", "the line has more than 256 MB: split it")
    try:
        record = loads(line)
    except (ValueError, RecursionError) as error:
        raise _BadError("read.not_json", f"the line is not JSON ({error}): repair or delete it") from None
    if not isinstance(record, dict):
        raise _BadError("read.not_json", "the line is JSON but not an object: write {...} per line")
    return record, line


def _text(record: Any, name: str) -> str:
    text = field(record, name)
    if isinstance(text, str):
        return text
    if text is None:
        has = ", ".join(repr(key[:40]) for key in list(record)[:12]) or "nothing"
        reason = f"no text in the field {name!r}; the record has {has}: name another by --field"
        raise _BadError("read.no_field", reason, kept=True)
    reason = f"the field {name!r} does not hold a string: name another by --field"
    raise _BadError("read.not_text", reason, kept=True)


def _key(name: Any, content: bytes, chunk: Chunk, number: int) -> bytes:
    """Return the id, and, for records that share one, what they hold; their place only tells equals apart."""
    known = "" if name is None or isinstance(name, dict | list) else str(name).replace("\0", " ")
    digest = blake2b(content, digest_size=8).hexdigest()
    place = f"{chunk.corpus.uri}#{number:012}"
    return SEPARATOR.join(part.encode("utf-8", "surrogatepass") for part in (known, digest, place))

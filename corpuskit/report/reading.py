"""A finished run read again: quickly, for what is counted, and whole, for what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from corpuskit.write.encode import loads
from corpuskit.write.jsonl import parts, read_lines
from corpuskit.write.stream import Key, Stream, least

Json = dict[str, Any]
Spans = tuple[tuple[int, int], ...]

_JOIN = b'"layout.join"'


class _Origin(msgspec.Struct):
    uri: str
    record: str | int | None = None


class _Provenance(msgspec.Struct):
    source: _Origin


class Flagged(msgspec.Struct):
    """A flag of a record."""

    rule: str
    score: float
    spans: Spans


class _Metadata(msgspec.Struct):
    flags: tuple[Flagged, ...] = ()


class Article(msgspec.Struct):
    """What the figures want to know of a record."""

    id: str
    text: str
    language: str
    metadata: _Metadata
    provenance: _Provenance
    joins: bool = False


class Entry(msgspec.Struct):
    """What the figures want to know of a ledger line."""

    source: str
    kind: str
    stage: str
    rule: str
    score: float
    spans: Spans
    source_record: str | int | None = None
    record: str | None = None
    twin: str | None = None


class Where(NamedTuple):
    """The place of a source in OUT: first line and number of lines in corpus and in ledger."""

    corpus: int
    records: int
    ledger: int
    lines: int


class Sheet(NamedTuple):
    """One source as the first pass sees it."""

    key: Key
    where: Where
    articles: list[Article]
    entries: list[Entry]


_ARTICLES = msgspec.json.Decoder(Article)
_ENTRIES = msgspec.json.Decoder(Entry)


def sheets(out: Path) -> Iterator[Sheet]:
    """Yield the sources of a finished run in their order."""
    corpus = Stream(_articles(out), lambda pair: _article_key(pair[1]))
    ledger = Stream(_entries(out), lambda pair: Key.of(pair[1].source, pair[1].source_record))
    while (key := least(corpus, ledger)) is not None:
        articles, entries = corpus.take(key), ledger.take(key)
        where = Where(_first(articles), len(articles), _first(entries), len(entries))
        yield Sheet(key, where, [article for _, article in articles], [entry for _, entry in entries])


def entries_at(out: Path, places: dict[Key, Where]) -> Iterator[tuple[Key, list[Json], list[Json]]]:
    """Yield records and ledger lines of chosen sources, reading the others without looking into them."""
    ordered = sorted(places.items())
    corpus, ledger = _Picker(out / "corpus"), _Picker(out / "ledger")
    for key, where in ordered:
        yield key, corpus.take(where.corpus, where.records), ledger.take(where.ledger, where.lines)


def lines_of(folder: Path) -> Iterator[bytes]:
    """Yield the lines of all parts of a folder."""
    for path in parts(folder):
        yield from read_lines(path)


class _Picker:
    def __init__(self, folder: Path) -> None:
        self.lines = lines_of(folder)
        self.at = 0

    def take(self, first: int, number: int) -> list[Json]:
        if not number:
            return []
        found = [loads(line) for line in islice(self.lines, first - self.at, first - self.at + number)]
        self.at = first + number
        return found


def _articles(out: Path) -> Iterator[tuple[int, Article]]:
    for at, line in enumerate(lines_of(out / "corpus")):
        try:
            article = _ARTICLES.decode(line)
        except msgspec.DecodeError:
            # halves of surrogate pairs, which the quick decoder refuses
            article = msgspec.convert(loads(line), Article)
        article.joins = _JOIN in line
        yield at, article


def _entries(out: Path) -> Iterator[tuple[int, Entry]]:
    for at, line in enumerate(lines_of(out / "ledger")):
        try:
            yield at, _ENTRIES.decode(line)
        except msgspec.DecodeError:
            yield at, msgspec.convert(loads(line), Entry)


def _article_key(article: Article) -> Key:
    source = article.provenance.source
    return Key.of(source.uri, source.record)


def _first(pairs: list[tuple[int, Any]]) -> int:
    return pairs[0][0] if pairs else 0

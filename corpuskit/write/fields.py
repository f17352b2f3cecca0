"""The metadata of a record against the ledger lines that lifted it out of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from corpuskit.core.source import Source
from corpuskit.write.pieces import describe, excerpt

Json = dict[str, Any]

LIFTED_WHOLE = ("title", "subtitle", "byline", "captions")
"""Metadata whose value is the lifted text itself; others are parsed from it."""


def misfits(source: Source, record: Json, lifts: Sequence[Json]) -> Iterator[str]:
    """Yield what is wrong between a record's metadata, its ``provenance.fields`` and its lift lines."""
    fields = record["provenance"]["fields"]
    values = record["metadata"] | {"title": record["title"]}
    for name, spans in fields.items():
        yield from _field(name, spans, values.get(name), [line for line in lifts if line.get("field", name) == name])
    for line in lifts:
        if any(span not in fields.get(line.get("field"), []) for span in line["spans"]):
            yield f"provenance.fields lacks the {describe(line)} at {line['spans'][0][0]}"
    title, given = record["title"], source.metadata.get("title")
    if title is not None and "title" not in fields and title != given:
        yield f"the title {excerpt(title)} was not lifted, and the source gives {given!r}"


def _field(name: str, spans: list[list[int]], value: Any, lines: list[Json]) -> Iterator[str]:
    held = [span for line in lines for span in line["spans"]]
    for start, end in spans:
        if [start, end] not in held:
            yield f"no lift line holds {name} at {start}-{end}"
    if name not in LIFTED_WHOLE or not lines:
        return
    # fields are in the order of the lifting, the ledger is in the order of the source
    lines = sorted(lines, key=lambda line: spans.index(line["spans"][0]) if line["spans"][0] in spans else len(spans))
    lifted = [_squeeze(line["after"] or "") for line in lines]
    if not _equal(value, lifted, tied=len(spans) > len({tuple(span) for span in spans})):
        yield f"{name} is {excerpt(str(value))}, the ledger lifted {excerpt(' '.join(lifted))}"


def _equal(value: Any, lifted: list[str], tied: bool) -> bool:
    """Compare a value with what was lifted, white space aside: a title over two lines is one."""
    if isinstance(value, list):
        values = [_squeeze(str(item)) for item in value]
        return values == lifted or (tied and sorted(values) == sorted(lifted))
    return isinstance(value, str) and _squeeze(value) in ("".join(lifted), *lifted)


def _squeeze(text: str) -> str:
    return "".join(text.split())

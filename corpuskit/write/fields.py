"""The metadata of a record against the ledger lines that lifted it out of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from corpuskit.core.source import Source
from corpuskit.write.pieces import describe, excerpt

Json = dict[str, Any]

WHOLE = ("title", "subtitle", "captions", "boxes")
"""Metadata whose value is the lifted text itself."""
PARSED = ("date",)
"""Metadata written otherwise than it stood in the text; that of any other field is a part of what was lifted."""
GIVEN = ("title", "url", "date", "byline", "publisher")
"""Metadata that comes from the source's own where nothing was lifted."""


def misfits(source: Source, record: Json, lifts: Sequence[Json]) -> Iterator[str]:
    """Yield what is wrong between a record's metadata, its ``provenance.fields`` and its lift lines."""
    fields = record["provenance"]["fields"]
    values = record["metadata"] | {"title": record["title"]}
    for name, spans in fields.items():
        yield from _field(name, spans, values.get(name), lifts)
    named = {(start, end) for spans in fields.values() for start, end in spans}
    for line in lifts:
        if any((start, end) not in named for start, end in line["spans"]):
            yield f"provenance.fields lacks the {describe(line)} at {line['spans'][0][0]}"
    for name in GIVEN:
        value = values.get(name)
        if value is not None and name not in fields and value not in source.metadata.values():
            yield f"{name} {excerpt(str(value))} was not lifted, and the source does not give it"


def _first(line: Json) -> tuple[int, int]:
    start, end = line["spans"][0]
    return start, end


def _field(name: str, spans: list[list[int]], value: Any, lifts: Sequence[Json]) -> Iterator[str]:
    order = {(start, end): n for n, (start, end) in enumerate(spans)}
    # a line of date and source serves several fields; whole values are lifted under their own name
    lines = [x for x in lifts if _first(x) in order and (name not in WHOLE or x.get("field", name) == name)]
    held = {(start, end) for line in lines for start, end in line["spans"]}
    for start, end in spans:
        if (start, end) not in held:
            yield f"no lift line holds {name} at {start}-{end}"
    # fields are in the order of the lifting, the ledger is in the order of the source
    lifted = [_squeeze(line["after"] or "") for line in sorted(lines, key=lambda line: order[_first(line)])]
    tied = len(spans) > len(order)
    fits = _equal(value, lifted, tied) if name in WHOLE else _part(name, value, lifted)
    if lines and not fits:
        yield f"{name} is {excerpt(str(value))}, the ledger lifted {excerpt(' '.join(lifted))}"


def _equal(value: Any, lifted: list[str], tied: bool) -> bool:
    """Compare a value with what was lifted, white space aside: a subtitle over two lines is one."""
    if isinstance(value, list):
        values = [_squeeze(str(item)) for item in value]
        return values == lifted or (tied and sorted(values) == sorted(lifted))
    return isinstance(value, str) and _squeeze(value) in ("".join(lifted), *lifted)


def _part(name: str, value: Any, lifted: list[str]) -> bool:
    return name in PARSED or not isinstance(value, str) or _squeeze(value) in "".join(lifted)


def _squeeze(text: str) -> str:
    return "".join(text.split())

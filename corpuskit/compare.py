"""Two runs, source by source: which records came, went or changed, by which rule, and how the figures moved.

Both outputs are in the order of their sources, so that one source of each is in memory at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from corpuskit.core.span import Span, merge
from corpuskit.write import manifest
from corpuskit.write.atomic import OutputError
from corpuskit.write.pieces import excerpt, pieces_of
from corpuskit.write.stream import Stream, entries, key_of_line, key_of_record, least

Json = dict[str, Any]
Kind = Literal["came", "went", "changed"]

_FIGURES = ("sources", "source_bytes", "refused", "records", "dropped", "duplicates", "ledger_lines")


class Change(NamedTuple):
    """What became of one record between A and B."""

    kind: Kind
    source: str
    before: str | None
    """The record's id in A."""
    after: str | None
    """The record's id in B."""
    rules: dict[str, int]
    """Characters by rule: ``-rule`` for what B's rule took or rewrote and A had, ``+rule`` for what A's took and B has.
    Where all characters are the same, the fields that differ."""
    title: str | None
    excerpt: str

    def __str__(self) -> str:
        by = ", ".join(f"{rule} {size:,}" for rule, size in self.rules.items()) or "no rule"
        key = self.after or self.before
        return f"{self.kind:8}{self.source} [{key}] {by}: {self.title or self.excerpt}"


class Page(NamedTuple):
    """What one run has of one source."""

    records: list[Json]
    lines: list[Json]

    @property
    def sha256(self) -> str | None:
        """The digest of the source's bytes; None where the run does not have it."""
        if self.records:
            digest: str = self.records[0]["provenance"]["source"]["sha256"]
            return digest
        return self.lines[0]["sha256"] if self.lines else None


class Difference:
    """The changes, as a stream, and what they add up to once it has been read to its end.

    Raises:
        OutputError: A or B is not the output folder of a run, or is damaged.
    """

    def __init__(self, a: Path, b: Path) -> None:
        self.a, self.b = a, b
        self.manifests = [manifest.of_run(a), manifest.of_run(b)]
        self.kinds: Counter[str] = Counter()
        self.rules: Counter[tuple[str, str]] = Counter()
        """(kind, rule) to characters."""

    def changes(self) -> Iterator[Change]:
        """Yield the changes by source."""
        a, b = _streams(self.a), _streams(self.b)
        while (key := least(*a, *b)) is not None:
            before, after = Page(a[0].take(key), a[1].take(key)), Page(b[0].take(key), b[1].take(key))
            for change in compare(key.name, before, after):
                self.kinds[change.kind] += 1
                self.rules.update({(change.kind, rule): size for rule, size in change.rules.items()})
                yield change
            self.kinds["same"] += len(_same(before, after))

    def figures(self) -> list[tuple[str, int, int]]:
        """Return the counts of the two manifests that differ: name, in A, in B."""
        one, other = (_figures(held) for held in self.manifests)
        names = [*one, *(name for name in other if name not in one)]
        return [(n, one.get(n, 0), other.get(n, 0)) for n in names if one.get(n, 0) != other.get(n, 0)]

    def settings(self) -> list[tuple[str, Any, Any]]:
        """Return what else the two runs differ in: the version, and options of the config."""
        one, other = ({"corpuskit": held["corpuskit"]} | _flat(held["config"], "config") for held in self.manifests)
        names = [*one, *(name for name in other if name not in one)]
        return [(n, one.get(n), other.get(n)) for n in names if one.get(n) != other.get(n)]


def compare(source: str, before: Page, after: Page) -> Iterator[Change]:
    """Yield what changed in one source; a record that holds most of another's passages is the same one, changed."""
    if before.sha256 != after.sha256:
        both = before.sha256 and after.sha256
        yield from (_other(source, "went", r, "source.changed" if both else "source.gone") for r in before.records)
        yield from (_other(source, "came", r, "source.changed" if both else "source.new") for r in after.records)
        return
    same = _same(before, after)
    new = {record["id"]: record for record in after.records if record["id"] not in same}
    for record in before.records:
        if record["id"] in same:
            continue
        twin = new.get(record["id"]) or _nearest(record, list(new.values()))
        if twin is None:
            yield _change(source, "went", record, None, before, after)
        else:
            del new[twin["id"]]
            yield _change(source, "changed", record, twin, before, after)
    yield from (_change(source, "came", None, record, before, after) for record in new.values())


def _same(before: Page, after: Page) -> set[str]:
    """Return the ids of the records that both runs have alike; which config and version made them does not count."""
    known = {record["id"]: _body(record) for record in after.records}
    return {record["id"] for record in before.records if known.get(record["id"]) == _body(record)}


def _body(record: Json) -> Json:
    provenance = {key: value for key, value in record["provenance"].items() if key not in ("config", "corpuskit")}
    return record | {"provenance": provenance}


def _other(source: str, kind: Kind, record: Json, rule: str) -> Change:
    before, after = (record["id"], None) if kind == "went" else (None, record["id"])
    return Change(kind, source, before, after, {rule: len(record["text"])}, record["title"], excerpt(record["text"]))


def _change(source: str, kind: Kind, old: Json | None, new: Json | None, before: Page, after: Page) -> Change:
    shown = new or old
    assert shown is not None
    one, other = _held(old), _held(new)
    rules = _signed("-", _taken_by(_minus(one, other), after)) | _signed("+", _taken_by(_minus(other, one), before))
    if old and new:
        rules |= _signed("-", _written(new) - _written(old)) | _signed("+", _written(old) - _written(new))
        rules = rules or dict.fromkeys(_fields(old, new), 0)
    ids = (old["id"] if old else None, new["id"] if new else None)
    return Change(kind, source, *ids, rules, shown["title"], excerpt(shown["text"]))


def _fields(one: Json, other: Json) -> list[str]:
    """Return the paths of the values in which two records differ."""
    held = [_flat({key: value for key, value in _body(record).items() if key != "id"}, "") for record in (one, other)]
    names = [*held[0], *(name for name in held[1] if name not in held[0])]
    return [name.removeprefix(".") for name in names if held[0].get(name) != held[1].get(name)]


def _signed(sign: str, counts: Counter[str]) -> dict[str, int]:
    return {f"{sign}{rule}": size for rule, size in sorted(counts.items(), key=lambda at: (-at[1], at[0]))}


def _nearest(record: Json, others: Sequence[Json]) -> Json | None:
    """Return the record that shares most passages with this one, if it is half of the smaller of the two."""
    mine = _held(record)
    best = max(others, key=lambda other: _size(_both(mine, _held(other))), default=None)
    if best is None:
        return None
    theirs = _held(best)
    shared = _size(_both(mine, theirs))
    return best if shared and 2 * shared >= min(_size(mine), _size(theirs)) else None


def _held(record: Json | None) -> tuple[Span, ...]:
    return merge(Span(p.low, p.high) for p in pieces_of(record)) if record else ()


def _written(record: Json) -> Counter[str]:
    """Return the characters of the source under written pieces, each with what it became, by rule."""
    out: Counter[str] = Counter()
    for piece in pieces_of(record):
        if piece.rule is not None:
            out[piece.rule] += piece.high - piece.low
    return out


def _taken_by(spans: Sequence[Span], page: Page) -> Counter[str]:
    """Return by which rules a run took these passages out; what another record holds is ``record.other``."""
    out: Counter[str] = Counter()
    if not spans:
        return out
    for line in page.lines:
        if line["kind"] != "rewrite":
            out[line["rule"]] += _size(_both(spans, merge(Span(*span) for span in line["spans"])))
    for record in page.records:
        out["record.other"] += _size(_both(spans, _held(record)))
    return +out


def _size(spans: Iterable[Span]) -> int:
    return sum(span.size for span in spans)


def _both(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Return what lies in both of two sorted sets of spans."""
    out: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        low, high = max(one[i].start, other[j].start), min(one[i].end, other[j].end)
        if low < high:
            out.append(Span(low, high))
        if one[i].end < other[j].end:
            i += 1
        else:
            j += 1
    return out


def _minus(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Return what lies in the first of two sorted sets of spans and not in the second."""
    out: list[Span] = []
    for span in one:
        at = span.start
        for low, high in _both([span], other):
            if at < low:
                out.append(Span(at, low))
            at = high
        if at < span.end:
            out.append(Span(at, span.end))
    return out


def _streams(out: Path) -> tuple[Stream[Json], Stream[Json]]:
    def damaged(where: str, what: str) -> None:
        raise OutputError(f"{out / where}: {what}; corpuskit verify {out} tells more")

    corpus, ledger = entries(out / "corpus", damaged), entries(out / "ledger", damaged)
    return Stream(corpus, key_of_record), Stream(ledger, key_of_line)


def _figures(held: Json) -> dict[str, int]:
    counts = held["counts"]
    out = {name: counts[name] for name in _FIGURES}
    out |= {f"characters {name}": number for name, number in counts["characters"].items()}
    for stage in counts["stages"].values():
        for rule, measures in stage["rules"].items():
            out |= {f"{rule} {name}": number for name, number in measures.items()}
    return out | {f"language {tag}": number for tag, number in counts["languages"].items()}


def _flat(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {path: value}
    return {name: held for key, item in value.items() for name, held in _flat(item, f"{path}.{key}").items()}

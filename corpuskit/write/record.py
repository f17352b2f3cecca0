"""From a finished draft to the record and ledger lines of the contract."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from corpuskit.core.draft import Draft, Kept, Run, origin_of
from corpuskit.core.edit import Flag, Receipt
from corpuskit.core.engine import Record
from corpuskit.core.source import Refusal, Source
from corpuskit.core.span import Span, chain

Json = dict[str, Any]


def record_id(sha256: str, passages: Sequence[Span]) -> str:
    """Return 24 hex digits that depend on the source's bytes and the passages a record holds, nothing else."""
    text = sha256 + "".join(f" {s.start}-{s.end}" for s in passages)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:24]


def pieces(source: Source, draft: Draft, receipts: Sequence[Receipt]) -> list[list[int | str]]:
    """Return the pieces of a record: verbatim, or written with the rule and what the source has there.

    A repair whose origin is several spans gives several pieces; all but the first are empty in the text.
    """
    out: list[list[int | str]] = []
    at = 0
    for run in draft.runs:
        if isinstance(run, Kept):
            out.append([at, at + run.size, run.start, run.start + run.size])
        else:
            rule = receipts[run.by].rule
            for n, (start, end) in enumerate(origin_of(run, receipts)):
                out.append([at + run.size * bool(n), at + run.size, start, end, rule, source.text[start:end]])
        at += run.size
    return out


def passages(draft: Draft, receipts: Sequence[Receipt]) -> tuple[Span, ...]:
    """Return the source spans a record holds, in reading order, neighbours united."""
    return chain(span for run in draft.runs for span in origin_of(run, receipts))


class Holding(NamedTuple):
    """The id of a record and the source spans it holds."""

    id: str
    passages: tuple[Span, ...]

    @classmethod
    def of(cls, source: Source, draft: Draft, receipts: Sequence[Receipt]) -> Holding:
        """Return what the record of a draft holds."""
        held = passages(draft, receipts)
        return cls(record_id(source.sha256, held), held)


def line(source: Source | Refusal, receipt: Receipt, record: str | None, *, with_text: bool = True) -> Json:
    """Return the ledger line of a receipt."""
    spans = receipt.origin
    out: Json = {"source": source.uri}
    if source.record is not None:
        out["source_record"] = source.record
    out |= {"sha256": source.sha256, "kind": receipt.kind, "stage": receipt.stage, "rule": receipt.rule}
    out |= {"score": round(receipt.score, 4), "reason": receipt.reason, "spans": [list(s) for s in spans]}
    if with_text:
        out["before"] = [source.text[s.start : s.end] for s in spans] if isinstance(source, Source) else []
    out |= {"after": receipt.after, "record": record, "twin": receipt.twin}
    if receipt.field is not None:
        out["field"] = receipt.field
    return out


def refusal_line(refusal: Refusal) -> Json:
    """Return the ledger line of an input that could not be read."""
    receipt = Receipt("drop", "read", refusal.rule, 1.0, refusal.reason, (), None)
    return line(refusal, receipt, None)


def flags_in(flags: Iterable[tuple[Flag, tuple[Span, ...]]], held: Sequence[Span]) -> list[Json]:
    """Return the flags that touch a record's passages, with their source spans."""
    out = []
    for flag, spans in flags:
        mine = [[*a] for a in spans if any(a.start < b.end and b.start < a.end for b in held)]
        if mine:
            out.append({"rule": flag.rule, "score": round(flag.score, 4), "reason": flag.reason, "spans": mine})
    return out


def rewrites(runs: Iterable[Run], receipts: Sequence[Receipt]) -> list[Receipt]:
    """Return the receipts of the repairs that stand in a record, each once."""
    seen: dict[int, Receipt] = {}
    for run in runs:
        if not isinstance(run, Kept) and not receipts[run.by].inline:
            seen.setdefault(run.by, receipts[run.by])
    return list(seen.values())


def build(
    source: Source,
    draft: Draft,
    history: Record,
    held: Holding,
    language: str,
    metadata: Json,
    fields: dict[str, list[list[int]]],
    stamp: Json,
) -> Json:
    """Return the corpus record of an article.

    ``fields`` has the source spans of the metadata that was lifted, ``stamp`` names the config and version.
    """
    flags = flags_in(history.flags, held.passages)
    return {
        "id": held.id,
        "text": draft.text,
        "title": metadata.pop("title", None),
        "source": source.uri,
        "language": language,
        "metadata": metadata | ({"flags": flags} if flags else {}),
        "provenance": {
            "source": source.describe(),
            "pieces": pieces(source, draft, history.receipts),
            "fields": fields,
            **stamp,
        },
    }


def ledger(
    source: Source, drafts: Sequence[tuple[Draft, str | None]], history: Record, *, with_text: bool = True
) -> list[Json]:
    """Return the ledger lines of one source, ordered by place; ``drafts`` pairs each article with its id."""
    receipts = history.receipts
    owner: dict[int, str | None] = {}
    for draft, key in drafts:
        owner |= dict.fromkeys(draft.lifted, key)
        if draft.dropped is not None:
            owner[draft.dropped] = key
    out: list[Json] = []
    for index, receipt in enumerate(receipts):
        if receipt.kind == "remove" or index in owner:
            out.append(line(source, receipt, owner.get(index), with_text=with_text))
    for draft, key in drafts:
        if draft.dropped is None:
            out += [line(source, r, key, with_text=with_text) for r in rewrites(draft.runs, receipts)]
    return sorted(out, key=place)


def place(entry: Json) -> tuple[list[list[int]], str, str]:
    """Return the place of a ledger line among those of its source."""
    return (entry["spans"], entry["kind"], entry["rule"])


def refuse(
    record: Json,
    lines: list[Json],
    rule: str,
    score: float,
    reason: str,
    twin: str | None,
    *,
    with_text: bool = True,
) -> Json:
    """Turn a finished record into the drop line that refuses it (duplicates are known only at the end).

    The record's lift and rewrite lines leave ``lines``: the drop answers for all their characters. Lines that were
    made without their text want ``with_text`` false here too.
    """
    mine = [entry for entry in lines if entry["record"] == record["id"] and entry["kind"] in ("lift", "rewrite")]
    text = record["text"]
    held: list[tuple[Span, str]] = []
    for start, end, low, high, *receipt in record["provenance"]["pieces"]:
        held.append((Span(low, high), receipt[1] if receipt else text[start:end]))
    for entry in mine:
        if entry["kind"] == "lift":
            texts = entry["before"] if "before" in entry else [""] * len(entry["spans"])
            held += [(Span(*s), b) for s, b in zip(entry["spans"], texts, strict=True)]
    gone = {id(entry) for entry in mine}
    lines[:] = [entry for entry in lines if id(entry) not in gone]
    joined = _join(sorted(held))
    stage = rule.partition(".")[0]
    out: Json = {"source": record["source"]}
    where = record["provenance"]["source"]
    if "record" in where:
        out["source_record"] = where["record"]
    out |= {"sha256": where["sha256"], "kind": "drop", "stage": stage, "rule": rule, "score": round(score, 4)}
    out |= {"reason": reason, "spans": [list(s) for s, _ in joined]}
    if with_text:
        out["before"] = [b for _, b in joined]
    return out | {"after": None, "record": record["id"], "twin": twin}


def _join(held: list[tuple[Span, str]]) -> list[tuple[Span, str]]:
    out: list[tuple[Span, str]] = []
    for span, before in held:
        if out and out[-1][0].end == span.start:
            out[-1] = (Span(out[-1][0].start, span.end), out[-1][1] + before)
        elif span.size:
            out.append((span, before))
    return out

"""Pages whose uncertain decisions a person has gone through, as labelled pages that ``score`` and ``train`` read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from corpuskit.labelled import KEEP, LabelError, parse
from corpuskit.overrides import Decision, Spans
from corpuskit.report.passages import Passage, part, passages
from corpuskit.review.queue import Item, Queue
from corpuskit.write.atomic import write_atomic

Json = dict[str, Any]
Decided = Mapping[tuple[str, str, Spans], Decision]

_FIELDS = {"captions": "caption", "boxes": "sidebar", "publisher": "source"}
_LIFTED = frozenset({"title", "subtitle", "byline", "date", "source", "caption", "sidebar"})
_STAGES = {"spam_links": "spam", "related_news": "related"}
_RULES = {"page_chrome.comment": "comment", "page_chrome.advert": "ad", "layout.meta": "date"}
_BRACKETS = re.compile("[⟦⟧⟪⟫]")
_LINES = re.compile(r"[^\r\n]+")


class Exported(NamedTuple):
    """How many pages were written, and why others were not, by name."""

    written: int
    left: list[tuple[str, str]]


class _Piece(NamedTuple):
    """A stretch of a source with its label."""

    text: str
    role: str
    article: int
    """0 for none."""
    good: str | None = None
    place: int = 0
    """Where it stands in its record's text."""
    joins: bool = False


def export(queue: Queue, decided: Decided, folder: Path) -> Exported:
    """Write a page for each source whose items are all decided."""
    folder.mkdir(parents=True, exist_ok=True)
    written, left = 0, []
    for key, items in queue.pages():
        done = [decided[item.identity] for item in items if item.identity in decided]
        if not done:
            continue
        try:
            if len(done) < len(items):
                raise LabelError(f"{len(items) - len(done)} of {len(items)} decisions are still to be made")
            name, text = labelled(*queue.page(key), items, done)
            write_atomic(folder / f"{name}.page", text.encode())
            written += 1
        except (LabelError, UnicodeEncodeError) as error:
            left.append((key.name, str(error)))
    return Exported(written, left)


def labelled(
    records: Sequence[Json], lines: Sequence[Json], items: Sequence[Item], decided: Sequence[Decision]
) -> tuple[str, str]:
    """Return name and text of the labelled page of a source.

    Raises:
        LabelError: the page holds characters that its labels are written with, or the ledger has no text.
    """
    found = passages(records, lines)
    if any(passage.before is None for passage in found):
        raise LabelError("the ledger keeps no text: run again with [ledger] text = true")
    name = f"r{items[0].sha256[:12]}"
    language = records[0]["language"] if records else "und"
    head = f"#! id: {name}\n#! lang: {language}\n#! kind: reviewed\n"
    head += f"#! note: {len(decided)} decisions on {_line(items[0].key.name)}\n"
    body = "".join(_blocks(list(_pieces(found, decided, records))))
    page = parse(head + body, name)
    source = "".join(passage.before or "" for passage in found)
    if page.raw != source:
        raise LabelError("its labels do not give the source back")
    return name, head + body


def _line(text: str) -> str:
    return " ".join(text.split())


def _places(records: Sequence[Json]) -> dict[int, dict[int, int]]:
    """Return for each record where its pieces stand in the text, by their place in the source."""
    return {
        number: {piece[2]: piece[0] for piece in record["provenance"]["pieces"]}
        for number, record in enumerate(records, 1)
    }


def _pieces(found: list[Passage], decided: Sequence[Decision], records: Sequence[Json]) -> Iterator[_Piece]:
    places = _places(records)
    article, at, joins = 1, 0, False
    for passage in _cut(found, decided):
        if passage.kind in ("join", "space") or passage.blank:
            yield _Piece(passage.before or "", "", 0)
            continue
        article = passage.record or article
        role = _role(passage, decided)
        good = passage.after if passage.kind == "rewrite" and role in KEEP and not _rejected(passage, decided) else None
        # control characters that a repair took out are no noise but damage
        if passage.kind == "remove" and passage.rule.startswith("garbled.") and role in KEEP:
            good = ""
        mine = article if role in KEEP or role in _LIFTED else 0
        if passage.start in places.get(passage.record, {}):
            at = places[passage.record][passage.start]
            joins = at > 0 and records[passage.record - 1]["text"][at - 1] != "\n"
        else:
            # what no record holds is read where it stands on the page
            joins = False
        yield _Piece(passage.before or "", role, mine, good, at, joins and role in KEEP)


def _cut(found: list[Passage], decided: Sequence[Decision]) -> Iterator[Passage]:
    """Yield the passages, cut where what was decided begins and ends."""
    edges = sorted({edge for decision in decided for span in decision.spans for edge in span})
    for passage in found:
        if passage.kind != "keep" and not (passage.kind in ("remove", "drop") and passage.size):
            yield passage
            continue
        at = passage.start
        for edge in [edge for edge in edges if passage.start < edge < passage.end] + [passage.end]:
            yield part(passage, at, edge)
            at = edge


def _over(passage: Passage, decided: Sequence[Decision]) -> Iterator[Decision]:
    for decision in decided:
        if any(start < passage.end and passage.start < end for start, end in decision.spans) and (
            decision.rule == passage.rule or passage.kind == "keep"
        ):
            yield decision


def _rejected(passage: Passage, decided: Sequence[Decision]) -> bool:
    return any(decision.decision == "reject" for decision in _over(passage, decided))


def _role(passage: Passage, decided: Sequence[Decision]) -> str:
    role = _usual(passage.kind, passage.rule, passage.field)
    for decision in _over(passage, decided):
        if decision.decision == "relabel" and decision.role:
            role = decision.role
        elif decision.decision == "reject":
            role = "body"
        elif decision.kind == "flag":
            role = _usual("remove", decision.rule, "")
    return role


def _usual(kind: str, rule: str, field: str) -> str:
    """Return the role that the run itself gave."""
    stage = rule.partition(".")[0]
    if kind in ("keep", "rewrite") or stage in ("duplicates", "garbled"):
        return "body"
    if kind == "lift":
        name = _FIELDS.get(field, field)
        return name if name in _LIFTED else "date" if rule == "layout.meta" else "source"
    return _RULES.get(rule, _STAGES.get(stage, "chrome"))


def _blocks(pieces: list[_Piece]) -> Iterator[str]:
    """Yield the blocks and the white space between them."""
    tangled = _tangled(pieces)
    held: list[_Piece] = []
    for piece in pieces:
        if held and not (piece.role and _continues(held[-1], piece, tangled)):
            yield from _block(held, tangled)
            held = []
        if piece.role:
            held.append(piece)
        else:
            yield piece.text
    if held:
        yield from _block(held, tangled)


def _continues(last: _Piece, piece: _Piece, tangled: set[int]) -> bool:
    """Tell whether a piece is of the same block as the one right before it.

    Where an article's reading order is not the page's, each paragraph is a block with a place of its own.
    """
    size = len(last.text if last.good is None else last.good)
    follows = piece.place == last.place + size if piece.joins else piece.article not in tangled
    return (piece.role, piece.article) == (last.role, last.article) and follows


def _tangled(pieces: list[_Piece]) -> set[int]:
    """Return the articles whose reading order is not that of the page."""
    last: dict[int, int] = {}
    out: set[int] = set()
    for piece in pieces:
        if piece.role in KEEP and piece.article:
            if piece.place < last.get(piece.article, 0):
                out.add(piece.article)
            last[piece.article] = piece.place
    return out


def _block(held: list[_Piece], tangled: set[int]) -> Iterator[str]:
    """Yield one block a line; repairs stay whole."""
    first = held[0]
    flags = f" a{first.article}" if first.article else ""
    if first.article in tangled and first.role in KEEP:
        flags += f" @{first.place}"
    text = "".join(_fixed(piece) for piece in held)
    plus = " +" if first.joins else ""
    at = 0
    for found in _LINES.finditer(text) if all(piece.good is None for piece in held) else [re.match(r"(?s).*", text)]:
        assert found is not None
        yield text[at : found.start()]
        line = found[0]
        at = found.end()
        inner = line.strip()
        if not inner:
            yield line
            continue
        lead = line[: line.index(inner)]
        yield f"{lead}⟦{first.role}{flags}{plus}⟧{inner}⟦/⟧{line[len(lead) + len(inner) :]}"
        plus = ""
    yield text[at:]


def _fixed(piece: _Piece) -> str:
    if _BRACKETS.search(piece.text + (piece.good or "")) or (piece.good is not None and "|" in piece.text):
        raise LabelError("it holds characters that labels are written with")
    return piece.text if piece.good is None else f"⟪{piece.text}|{piece.good}⟫"

"""What a stage may propose, and the receipt each applied proposal leaves."""

from __future__ import annotations

from typing import Literal, NamedTuple

from corpuskit.core.span import Span

Kind = Literal["remove", "rewrite", "lift", "drop"]


class Edit(NamedTuple):
    """Replace ``span`` by ``text``: remove (empty text), replace, insert (empty span) or join.

    ``inline`` edits are white space and joins of the layout: their receipt is the record's own piece,
    and no ledger line is written.
    """

    span: Span
    text: str
    rule: str
    score: float
    reason: str
    inline: bool = False


class Lift(NamedTuple):
    """Take ``span`` out of the text and into the metadata field ``field``."""

    span: Span
    field: str
    rule: str
    score: float
    reason: str


class Flag(NamedTuple):
    """Leave ``span`` as it is, but say that it is suspect."""

    span: Span
    rule: str
    score: float
    reason: str


class Arrange(NamedTuple):
    """Split the page into articles, each an ordered tuple of spans: a split and a reading order in one."""

    articles: tuple[tuple[Span, ...], ...]
    rule: str
    score: float
    reason: str


class Drop(NamedTuple):
    """Refuse the whole article."""

    rule: str
    score: float
    reason: str
    twin: str | None = None


Proposal = Edit | Lift | Flag | Arrange | Drop


class Receipt(NamedTuple):
    """What an applied proposal did. ``origin`` is a tuple of source spans, never one hull."""

    kind: Kind
    stage: str
    rule: str
    score: float
    reason: str
    origin: tuple[Span, ...]
    after: str | None
    """The text written (rewrite), the value lifted (lift), None otherwise."""
    inline: bool = False
    field: str | None = None
    twin: str | None = None

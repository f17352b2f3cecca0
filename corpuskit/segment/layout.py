"""The layout undone: articles apart, headline and captions lifted, paragraphs whole, in reading order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import ClassVar

from corpuskit.core.edit import Arrange, Edit, Flag, Lift, Proposal
from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page
from corpuskit.core.span import Span
from corpuskit.core.stage import Stage
from corpuskit.core.terms import Terms
from corpuskit.segment.boundaries import Part, split, titled_text
from corpuskit.segment.flow import Flow, reckon
from corpuskit.segment.halves import parted
from corpuskit.segment.joins import CERTAIN, Join, between, joins_each
from corpuskit.segment.lifting import lift, lifts, opened, white
from corpuskit.segment.openings import opening, rubric
from corpuskit.segment.order import arranged
from corpuskit.segment.plain import loose, plain, settled, tell
from corpuskit.segment.roles import cast
from corpuskit.segment.shapes import Cast
from corpuskit.segment.sound import look
from corpuskit.segment.ways import Field
from corpuskit.segment.weave import unwoven

_FEW = 2
"""Articles of a page that is no digest, at most."""
_FIRST = Part().reason
"""Why an article begins where the page does."""


class Layout(Stage, frozen=True):
    """Split a page into its articles and write each as whole paragraphs, one a line.

    Headline blocks are scored by what they show (byline, dateline, an end mark before them, a change of
    subject); cross-heads stay in the text. A line that stops inside a sentence is joined with the one that
    reads on. Do not use it on text whose lines are records: tables, logs, subtitles.
    """

    name: ClassVar[str] = "layout"
    rules: ClassVar[dict[str, str]] = {
        "layout.article": "an article begins here",
        "layout.paragraph": "white space between two paragraphs, written as one line break",
        "layout.join": "a line break inside a sentence",
        "layout.edge": "white space at the edge of an article or beside what was lifted",
        "layout.blank": "white space outside every article",
        "layout.title": "the title",
        "layout.subtitle": "kicker or deck",
        "layout.masthead": "the site's or the sheet's name above the title",
        "layout.byline": "who wrote it",
        "layout.meta": "date, source and author line",
        "layout.source": "source tag or end mark",
        "layout.captions": "caption of a picture",
        "layout.jump": "where the text goes on, or where it comes from",
        "layout.boxes": "box inside a sentence",
        "layout.doubt": "a join to which another line comes near",
        "layout.open": "a sentence that stops, with nothing on the page that reads on from it",
    }
    example: ClassVar[tuple[str, str]] = (
        "清淤完工\n本报记者 路遥\n水库清出淤泥三万方。岸边的空地铺\n上了草皮，明年种树。\n",
        "水库清出淤泥三万方。岸边的空地铺上了草皮，明年种树。",
    )

    split: bool = True
    """Make several records of a page that carries several articles."""
    lift: bool = True
    """Take titles, bylines, dates, captions and source tags out of the text into the metadata."""
    join: bool = True
    """Join lines that are one paragraph."""

    def ahead(self, pages: Sequence[Page]) -> None:
        """Look for whole sentences, for the heads of sheets, and how well what is cut goes together."""
        if lined := [page for page in pages if page.lines]:
            tell(look(lined))
        rest = [page for page in lined if not plain(page) and not settled(page, cast(page))]
        flows = [Flow.of(page, cast(page)) for page in rest]
        reckon([flow for flow in flows if flow.rows])
        Terms.ahead([flow.page for flow in flows if flow.rows or not titled_text(cast(flow.page))])
        for page, found in zip(rest, self._found(rest), strict=True):
            page.cache["layout.found"] = found

    def propose(self, page: Page) -> Iterable[Proposal]:
        """Return one arrangement, the lifts, and an edit for each seam that changes."""
        if not page.lines:
            yield Arrange((), "layout.article", 1.0, "nothing but white space")
            return
        if self.split and self.lift and self.join and plain(page):
            yield from _titled(page)
            return
        roles = cast(page)
        # taken out, for the parts are put in order where they stand
        parts, found = page.cache.pop("layout.found", None) or self._found([page])[0]
        parts = unwoven(page, roles, parts, found) if self.split and found else parts
        parts, follows, boxes = arranged(page, roles, parts, found)
        yield _arrange(page, parts)
        several = len(parts) > _FEW
        for part in parts:
            yield from self._article(page, roles, part, follows, boxes, item=several)

    def _found(self, pages: Sequence[Page]) -> list[tuple[list[Part], list[Join]]]:
        """Return the articles of each page, as they stand on it, and its joins."""
        parts = [split(page, cast(page)) if self.split else [Part(lines=[*range(len(page.lines))])] for page in pages]
        fields = [Field(page, cast(page), own) for page, own in zip(pages, parts, strict=True)]
        return [*zip(parts, joins_each(fields) if self.join else [[] for _ in pages], strict=True)]

    def _article(
        self,
        page: Page,
        roles: Sequence[Cast],
        part: Part,
        follows: Mapping[int, Join],
        boxes: Collection[int],
        *,
        item: bool,
    ) -> Iterator[Proposal]:
        lifted = lifts(page, roles, part, boxes) if self.lift else {}
        order = [*part.heads, *part.lines]
        head = next((line for line in order if line not in lifted), None)
        end = opening(page, head, item=item) if head is not None else None
        if head is not None and end:
            lifted = {line: "subtitle" if rubric(page, line, field) else field for line, field in lifted.items()}
            if end == len(page.lines[head].text) and "title" not in lifted.values():
                lifted[head] = "title"
        for line, field in lifted.items():
            yield from lift(page, line, field, titled="title" in lifted.values())
        kept = [line for line in order if line not in lifted]
        if kept and self.lift:
            tail = self._tail(page, roles, kept[-1])
            yield from [tail] if tail else []
            yield from opened(page, kept[0], titled="title" in lifted.values(), item=item)
        yield from self._seams(page, roles, order, kept, follows)

    def _tail(self, page: Page, roles: Sequence[Cast], last: int) -> Lift | None:
        """Lift a source tag that closes the last paragraph."""
        line = page.lines[last]
        found = forms("roles")["source_tail"].search(line.text) if line.text[-1] in ")）" else None
        if found is None or found.start() == 0:
            return None
        span = Span(line.start + found.start(), line.end)
        return Lift(span, "source", "layout.source", 0.9, "source tag behind the last paragraph")

    def _seams(
        self,
        page: Page,
        roles: Sequence[Cast],
        order: Sequence[int],
        kept: Sequence[int],
        follows: Mapping[int, Join],
    ) -> Iterator[Proposal]:
        if order and 0 in order:
            yield from white(page, Span(0, page.lines[0].start), "", "layout.edge")
        following = dict(pairwise(kept))
        for line in order:
            after = following.get(line)
            if after is None:
                yield from white(page, page.seam(line), "", "layout.edge")
                if kept and line == kept[-1] and roles[line].dangling and line != order[-1]:
                    yield _open(page, line)
                continue
            join = follows.get(line)
            if join is not None and join.after == after:
                yield from _joined(page, join, page.seam(line))
                continue
            if roles[line].dangling:
                yield _open(page, line)
            if not page.adjoins(line):
                yield from white(page, page.seam(line), "\n", "layout.paragraph")


def _titled(page: Page) -> Iterator[Proposal]:
    """Lift the title of a plain page, and write its paragraphs one a line."""
    count = len(page.lines)
    yield Arrange(((Span(0, len(page.text)),),), "layout.article", 1.0, f"{count} lines: {_FIRST}")
    yield from lift(page, 0, "title", titled=True)
    for edge in (Span(0, page.lines[0].start), page.seam(0), page.seam(count - 1)):
        yield from white(page, edge, "", "layout.edge")
    for line in range(1, count - 1) if loose(page) else ():
        if not page.adjoins(line):
            yield from white(page, page.seam(line), "\n", "layout.paragraph")


def _open(page: Page, line: int) -> Flag:
    span = Span(*page.lines[line][:2])
    return Flag(span, "layout.open", 0.6, f"stops inside a sentence: {page.lines[line].text[-12:]!r}")


def _joined(page: Page, join: Join, seam: Span) -> Iterator[Edit | Flag]:
    left, right = page.lines[join.before].text, page.lines[join.after].text
    if join.margin < CERTAIN:
        reason = f"reads on at {right[:12]!r} by a margin of {join.margin:.1f} nats"
        yield Flag(Span(*page.lines[join.before][:2]), "layout.doubt", 0.5, reason)
    # a hyphen that the layout set goes with the line break
    seam = Span(seam.start - 1, seam.end) if left[-1] == "-" and parted(left, right) else seam
    yield from white(page, seam, between(left, right), "layout.join")


def _arrange(page: Page, parts: Sequence[Part]) -> Arrange:
    articles = [tuple(_stretches(page, [*part.heads, *part.lines])) for part in parts]
    reasons = "; ".join(f"{len(p.heads) + len(p.lines)} lines: {p.reason}" for p in parts)
    return Arrange(tuple(articles), "layout.article", 1.0, reasons)


def _stretches(page: Page, order: Sequence[int]) -> Iterator[Span]:
    """Yield the stretches of neighbouring lines, each with the white space after it."""
    breaks = [at for at, (line, below) in enumerate(pairwise(order), 1) if below != line + 1]
    for first, last in pairwise([0, *breaks, len(order)] if order else []):
        start = page.lines[order[first]].start if order[first] else 0
        yield Span(start, page.seam(order[last - 1]).end)

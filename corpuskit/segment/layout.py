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
from corpuskit.segment.headlines import tabular
from corpuskit.segment.joins import CERTAIN, Join, between, joins_each
from corpuskit.segment.openings import captured, opening, rubric
from corpuskit.segment.order import arranged
from corpuskit.segment.plain import loose, plain, settled, tell
from corpuskit.segment.roles import cast
from corpuskit.segment.shapes import Cast, Role, undescribed
from corpuskit.segment.sound import look
from corpuskit.segment.starts import MAX_HEADS, floors
from corpuskit.segment.titles import choose_title, embedded, headline, holds_title, noted, proper, whole_title
from corpuskit.segment.ways import Field
from corpuskit.segment.weave import unwoven

_LIFTED = (Role.BYLINE, Role.CAPTION, Role.SOURCE, Role.JUMP)
"""Roles of lines that are no text of an article wherever they stand."""
_FIRST = Part().reason
"""Why an article begins where the page does."""
_FIELD = {
    Role.BYLINE: "byline",
    Role.META: "meta",
    Role.CAPTION: "captions",
    Role.SOURCE: "source",
    Role.BOX: "boxes",
    Role.JUMP: "jump",
}


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
        for part in parts:
            yield from self._article(page, roles, part, follows, boxes)

    def _found(self, pages: Sequence[Page]) -> list[tuple[list[Part], list[Join]]]:
        """Return the articles of each page, as they stand on it, and its joins."""
        parts = [split(page, cast(page)) if self.split else [Part(lines=[*range(len(page.lines))])] for page in pages]
        fields = [Field(page, cast(page), own) for page, own in zip(pages, parts, strict=True)]
        return [*zip(parts, joins_each(fields) if self.join else [[] for _ in pages], strict=True)]

    def _article(
        self, page: Page, roles: Sequence[Cast], part: Part, follows: Mapping[int, Join], boxes: Collection[int]
    ) -> Iterator[Proposal]:
        lifted = _lifts(page, roles, part, boxes) if self.lift else {}
        order = [*part.heads, *part.lines]
        head = next((line for line in order if line not in lifted), None)
        if head is not None and opening(page, head):
            lifted = {line: "subtitle" if rubric(page, line, field) else field for line, field in lifted.items()}
        for line, field in lifted.items():
            yield from _lift(page, line, field, titled="title" in lifted.values())
        kept = [line for line in order if line not in lifted]
        if kept and self.lift:
            tail = self._tail(page, roles, kept[-1])
            yield from [tail] if tail else []
            yield from _opened(page, kept[0], titled="title" in lifted.values())
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
            yield from _white(page, Span(0, page.lines[0].start), "", "layout.edge")
        following = dict(pairwise(kept))
        for line in order:
            after = following.get(line)
            if after is None:
                yield from _white(page, page.seam(line), "", "layout.edge")
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
                yield from _white(page, page.seam(line), "\n", "layout.paragraph")


def _titled(page: Page) -> Iterator[Proposal]:
    """Lift the title of a plain page, and write its paragraphs one a line."""
    count = len(page.lines)
    yield Arrange(((Span(0, len(page.text)),),), "layout.article", 1.0, f"{count} lines: {_FIRST}")
    yield from _lift(page, 0, "title", titled=True)
    for edge in (Span(0, page.lines[0].start), page.seam(0), page.seam(count - 1)):
        yield from _white(page, edge, "", "layout.edge")
    for line in range(1, count - 1) if loose(page) else ():
        if not page.adjoins(line):
            yield from _white(page, page.seam(line), "\n", "layout.paragraph")


def _lift(page: Page, line: int, field: str, *, titled: bool) -> Iterator[Lift]:
    """Lift a line, in up to three pieces where it holds more than a title, or data and the title of an article."""
    start, end, text = page.lines[line]
    held = embedded(text) if field == "meta" and not titled else None
    pieces = [(start, end, field)]
    if held:
        low, high = start + held[0], start + held[1]
        pieces = [(start, low, field), (low, high, "title"), (high, end, field)]
    elif field == "title":
        low, high = (start + at for at in proper(page, line))
        behind = "byline" if high < end and forms("roles")["byline"].match(page.text[high:end].lstrip()) else "masthead"
        pieces = [(start, low, "meta"), (low, high, field), (high, end, behind)]
    for low, high, name in pieces:
        if low < high:
            yield Lift(Span(low, high), name, f"layout.{name}", 0.9, f"stands as {name}")


def _opened(page: Page, line: int, *, titled: bool) -> Iterator[Lift | Edit]:
    """Lift the title that opens the first line of an article without one, and the path of a page before it."""
    start, _, text = page.lines[line]
    held = None if titled else captured(text)
    low, high = held or (0, opening(page, line) or 0)
    if low < high and not titled:
        if low:
            yield Lift(Span(start, start + low), "masthead", "layout.masthead", 0.9, "path of the page")
        yield Lift(Span(start + low, start + high), "title", "layout.title", 0.9, "opens its line")
        blank = len(text[high:]) - len(text[high:].lstrip())
        yield from _white(page, Span(start + high, start + high + blank), "", "layout.edge")


def _open(page: Page, line: int) -> Flag:
    span = Span(*page.lines[line][:2])
    return Flag(span, "layout.open", 0.6, f"stops inside a sentence: {page.lines[line].text[-12:]!r}")


def _white(page: Page, span: Span, text: str, rule: str) -> Iterator[Edit]:
    if page.text[span.start : span.end] != text:
        yield Edit(span, text, rule, 1.0, "layout", inline=True)


def _joined(page: Page, join: Join, seam: Span) -> Iterator[Edit | Flag]:
    left, right = page.lines[join.before].text, page.lines[join.after].text
    if join.margin < CERTAIN:
        reason = f"reads on at {right[:12]!r} by a margin of {join.margin:.1f} nats"
        yield Flag(Span(*page.lines[join.before][:2]), "layout.doubt", 0.5, reason)
    # a hyphen that the layout set goes with the line break
    seam = Span(seam.start - 1, seam.end) if left[-1] == "-" and parted(left, right) else seam
    yield from _white(page, seam, between(left, right), "layout.join")


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


def _lifts(page: Page, roles: Sequence[Cast], part: Part, boxes: Collection[int]) -> dict[int, str]:
    """Return the field of each line that leaves the text; nothing leaves an article that has no text."""
    if not any(roles[i].role in (Role.BODY, Role.HEAD) for i in part.lines):
        return {}
    out: dict[int, str] = {}
    title = choose_title(page, roles, part.heads)
    best = -1 if title is None else title
    if title is not None and (
        noted(page, title) or (holds_title(page, roles, part.heads) and headline(page, roles, part.heads, title) < 2)
    ):
        title = None
    # above a list or verse a second line may be its first
    paragraphs = any(roles[i].role is Role.BODY and roles[i].size >= 40 for i in part.lines[:2])
    reply = part.heads[:1] != [0] and floors(page, part.heads) and 0 not in part.lines
    if reply:
        title = None
    lines = [] if title is None else whole_title(page, roles, part.heads, title)
    for line in part.heads:
        role = roles[line].role
        if line in lines:
            out[line] = "title"
        elif role is Role.HEAD and reply:
            out[line] = "byline"
        elif role is Role.HEAD and noted(page, line) and line >= best:
            continue
        elif role is Role.HEAD and part.heads[0] > 0 and tabular(page.lines[line].text):
            # at the head of a page rows are rates and counters
            continue
        elif role is Role.HEAD:
            above = (title is None or line < title) if part.heads[0] == 0 else line + 1 in lines
            # far above the title of a long run stands a list, or verse whose first lines these are
            near = above and (title is None or title - line <= MAX_HEADS)
            deck = (
                paragraphs
                and title is not None
                and line - 1 in lines
                and not any(c in page.lines[line].text for c in ":：")
            )
            if headline(page, roles, part.heads, line) > 0 and (near or deck):
                out[line] = "subtitle"
            elif above and (near or headline(page, roles, part.heads, line) <= 0):
                out[line] = "masthead"
        else:
            out[line] = _FIELD[role]
    told = False
    for line in part.lines:
        role = roles[line].role
        # under the first paragraphs a bare date heads an entry of a diary, ends a reference or stands by a signature
        if role in _LIFTED or (role is Role.META and not (told and undescribed(page.lines[line].text))):
            out[line] = _FIELD[role]
        told = told or (role is Role.BODY and roles[line].size >= 30)
    return out | dict.fromkeys((line for line in part.lines if line in boxes), "boxes")

"""One source as HTML: its text with what was taken out struck through, and its records beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from corpuskit.core.span import Span
from corpuskit.report.html import Child, Html, el, join
from corpuskit.report.passages import Passage, broken, held, passages, windows, within
from corpuskit.write.stream import Key, is_refusal

Json = dict[str, Any]

KINDS = {
    "remove": "taken out",
    "drop": "refused",
    "lift": "lifted into the metadata",
    "rewrite": "repaired",
    "join": "joined",
    "flag": "flagged, left in the text",
}
"""What a mark of each kind says."""
_BLANK = 5
_METADATA = 12
_DECISIONS = 24
_VALUE = 160


class Budget(NamedTuple):
    """How much of a source is shown, in characters."""

    whole: int = 2400
    """A source up to this length stands whole; of a longer one, so much is shown."""
    around: int = 160
    """So much stands around a decision that is shown."""
    piece: int = 900
    """A longer stretch of one kind is shown without its middle."""


class Shown(NamedTuple):
    """A source to show and why."""

    key: Key
    number: int
    records: Sequence[Json]
    lines: Sequence[Json]
    focus: Sequence[tuple[str, tuple[tuple[int, int], ...]]]
    """(rule, spans) of the decisions it is shown for."""

    @property
    def id(self) -> str:
        """The anchor of the source in its document."""
        return f"page-{self.number}"

    def anchor(self, rule: str, spans: Sequence[Sequence[int]]) -> str:
        """Return the anchor of a decision."""
        where = spans[0][0] if spans else 0
        return f"{self.id}-{rule.replace('.', '-')}-{where}"


class View(NamedTuple):
    """The two sides of a source, and what stands under them."""

    source: Html
    records: Html
    decisions: Html
    anchors: frozenset[str]
    """The places in the source that can be led to."""


USUAL = Budget()


def view(shown: Shown, budget: Budget = USUAL) -> View:
    """Return a source as HTML, within a budget of characters."""
    found = passages(shown.records, shown.lines)
    flags = _flags(shown.records)
    focus = [span for _, spans in shown.focus for span in spans] or [p[:2] for p in found if p.kind == "join"]
    spans = windows(found, focus, whole=budget.whole, around=budget.around)
    language = shown.records[0]["language"] if shown.records else None
    near = [flag for flag in flags if any(s < high and low < e for s, e in flag["spans"] for low, high in spans)]
    marks = _Marks(shown, near, budget)
    if any(is_refusal(line) for line in shown.lines):
        source = el("p", "The input could not be read: it has no text.", class_="none")
    else:
        source = el("div", join(marks.run(within(found, spans))), class_="text", lang=language, dir="auto")
    records = [_record(shown, record, n, spans, budget) for n, record in enumerate(shown.records, 1)]
    if not records:
        records = [el("p", "No record comes out of this source.", class_="none")]
    return View(source, join(records), _decisions(shown, found, flags), frozenset(marks.anchors))


def _flags(records: Sequence[Json]) -> list[Json]:
    return [flag for record in records for flag in record["metadata"].get("flags", ())]


class _Marks:
    """Passages to HTML; each decision is labelled where it begins."""

    def __init__(self, shown: Shown, flags: Sequence[Json], budget: Budget) -> None:
        self.shown = shown
        self.budget = budget
        self.anchors: set[str] = set()
        placed = ((start, end, flag) for flag in flags for start, end in flag["spans"])
        self.flagged = sorted(placed, key=lambda entry: entry[:2])
        self.focus = {(rule, spans[0]) for rule, spans in shown.focus if spans}
        self.record = 0
        self.last: tuple[str, str] = ("", "")

    def run(self, parts: Iterable[Passage | int]) -> Iterator[Html]:
        for part in parts:
            if isinstance(part, int):
                yield el("span", f"{part:,} characters not shown", class_="gap")
                self.last = ("", "")
            else:
                yield from self._passage(part)

    def _passage(self, part: Passage) -> Iterator[Html]:
        if part.record and part.record != self.record and part.after.strip():
            self.record = part.record
            yield el("span", str(part.record), class_="nth", title=f"record {part.record}")
        if part.kind == "keep":
            yield from self._kept(part)
        elif part.kind == "join":
            yield el("span", broken(part.before or ""), class_="join", id=self._id(part), title=_title(part))
        elif part.kind == "space" or part.blank:
            yield _white(part.before or "")
        else:
            yield from self._beside(part)
            yield self._mark(part)

    def _beside(self, part: Passage) -> Iterator[Html]:
        """Label the flags on what was repaired."""
        for start, end, flag in self.flagged:
            if start < part.end and part.start < end:
                spans = tuple(map(tuple, flag["spans"]))
                anchor = self._anchor(flag["rule"], spans)
                if anchor:
                    yield el("mark", why(flag["rule"], flag["score"]), class_="flag", id=anchor, title=flag["reason"])

    def _kept(self, part: Passage) -> Iterator[Html]:
        self.last = ("", "")
        text, at = part.before or "", part.start
        for start, end, flag in self.flagged:
            low, high = max(start, at), min(end, part.end)
            if low >= high:
                continue
            yield join([_clipped(text[at - part.start : low - part.start], self.budget.piece)])
            yield self._flag(flag, text[low - part.start : high - part.start], first=low == start)
            at = high
        yield join([_clipped(text[at - part.start :], self.budget.piece)])

    def _flag(self, flag: Json, text: str, *, first: bool) -> Html:
        rule, spans = flag["rule"], tuple(map(tuple, flag["spans"]))
        label = why(rule, flag["score"]) if first else None
        known = "flag focus" if (rule, spans[0]) in self.focus else "flag"
        return el("mark", *_labelled(text, label), class_=known, id=self._anchor(rule, spans), title=flag["reason"])

    def _mark(self, part: Passage) -> Html:
        first = not part.whole or part.start == part.whole[0][0] or (part.rule, part.kind) != self.last
        self.last = (part.rule, part.kind)
        text = part.before if part.before is not None else _untold(part)
        known = part.kind + (" focus" if part.whole and (part.rule, part.whole[0]) in self.focus else "")
        tag = "mark" if part.kind == "lift" else "del"
        label = [el("span", KINDS[part.kind], class_="vh"), why(part.rule, part.score)] if first else None
        body, end = text.rstrip(), text[len(text.rstrip()) :]
        told = (_clipped(body, self.budget.piece), label)
        old = el(tag, *told, class_=known, id=self._id(part), title=_title(part)) if part.size else None
        new = el("ins", part.after, class_="rewrite") if part.kind == "rewrite" and part.after else None
        return join([old, end, new])

    def _id(self, part: Passage) -> str | None:
        return self._anchor(part.rule, part.whole or (part[:2],))

    def _anchor(self, rule: str, spans: Sequence[Sequence[int]]) -> str | None:
        anchor = self.shown.anchor(rule, spans)
        if anchor in self.anchors:
            return None
        self.anchors.add(anchor)
        return anchor


def why(rule: str, score: float) -> Html:
    """Return the label of a decision: its rule, which leads to what the rule says, and its score."""
    return el("a", f"{rule.partition('.')[2]} {score:.2f}", class_="why", href=f"#rule-{rule}", title=rule)


def _labelled(text: str, label: Child, most: int = 1 << 30) -> tuple[Child, ...]:
    """Return a text with its label before the white space that ends it."""
    body = text.rstrip()
    return _clipped(body, most), label, text[len(body) :]


def _white(text: str) -> Html:
    """Return white space as it is, a long stretch of blank lines as their number."""
    breaks = broken(text).count("\u21b5")
    if breaks < _BLANK:
        return join([text])
    return join(["\n", el("span", f"{breaks} line breaks", class_="gap"), "\n"])


def _title(part: Passage) -> str:
    field = f" as {part.field}" if part.field else ""
    return f"{KINDS[part.kind]}{field} by {part.rule} ({part.score:.2f}): {part.reason}"[:400]


def _untold(part: Passage) -> str:
    return f"{part.size:,} characters, whose text the ledger does not keep"


def _clipped(text: str, most: int) -> Child:
    if len(text) <= most:
        return text
    half = most // 2
    return [text[:half], el("span", f"{len(text) - 2 * half:,} more characters", class_="gap"), text[-half:]]


def _record(shown: Shown, record: Json, number: int, spans: tuple[Span, ...], budget: Budget) -> Html:
    body: list[Child] = []
    for part in within(held(record, number, shown.lines), spans):
        if isinstance(part, int):
            body.append(el("span", f"{part:,} characters not shown", class_="gap"))
        elif part.kind == "keep":
            body.append(_clipped(part.after, budget.piece))
        elif part.after or part.kind == "join":
            plain = part.kind == "space"
            body.append(part.after if plain else el("ins", part.after, class_=part.kind, title=_title(part)))
    lang = record["language"]
    title = el("h4", record["title"], lang=lang, dir="auto") if record["title"] else None
    size = f"{len(record['text']):,} characters"
    about = el("p", el("span", str(number), class_="nth"), f" {record['id']} · {lang} · {size}", class_="about")
    text = el("div", join(body), class_="text", lang=lang, dir="auto")
    return el("section", about, title, _metadata(record), text, class_="record", aria_label=f"record {number}")


def _metadata(record: Json) -> Html | None:
    rows: list[Child] = []
    for name, value in list(record["metadata"].items())[:_METADATA]:
        if name != "flags":
            told = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
            rows += [el("dt", name), el("dd", told[:_VALUE] + "…" * (len(told) > _VALUE), lang=record["language"])]
    return el("dl", join(rows), class_="meta") if rows else None


def _decisions(shown: Shown, found: Sequence[Passage], flags: Sequence[Json]) -> Html:
    told: dict[tuple[str, tuple[tuple[int, int], ...]], tuple[str, float, str, str | None]] = {}
    for part in found:
        if part.kind not in ("keep", "space", "join") and not (part.kind == "remove" and part.blank):
            told.setdefault((part.rule, part.whole), (KINDS[part.kind], part.score, part.reason, part.twin))
    for flag in flags:
        spans = tuple((start, end) for start, end in flag["spans"])
        told.setdefault((flag["rule"], spans), (KINDS["flag"], flag["score"], flag["reason"], None))
    for line in shown.lines:
        if is_refusal(line):
            told[line["rule"], ()] = (KINDS["drop"], line["score"], line["reason"], None)
    # what the source is shown for comes first
    focus = set(shown.focus)
    ordered = sorted(told.items(), key=lambda entry: (entry[0] not in focus, entry[0][1][:1]))
    rows = [_decision(rule, spans, *what) for (rule, spans), what in ordered[:_DECISIONS]]
    if not rows:
        return join([])
    left = len(ordered) - len(rows)
    more = el("p", f"and {left:,} more; the ledger has them all", class_="note") if left else None
    head = el("tr", *(el("th", name, scope="col") for name in ("Rule", "Score", "Characters", "Why")))
    caption = el("caption", "Decisions on this source", class_="vh")
    table = el("table", caption, el("thead", head), el("tbody", rows), class_="decisions")
    return el("details", el("summary", f"{len(ordered):,} decisions, with their reasons"), _scroll(table), more)


def _decision(
    rule: str, spans: tuple[tuple[int, int], ...], kind: str, score: float, reason: str, twin: str | None
) -> Html:
    size = sum(end - start for start, end in spans)
    twinned = f" Its twin is record {twin}." if twin else ""
    name = el("th", el("a", rule, href=f"#rule-{rule}"), f" {kind}", scope="row")
    cells = (el("td", f"{score:.2f}", class_="n"), el("td", f"{size:,}", class_="n"), el("td", reason + twinned))
    return el("tr", name, *cells)


def _scroll(table: Html) -> Html:
    return el("div", table, class_="scroll", tabindex=0, role="region", aria_label="decisions")

"""A page as people read it: what was taken out struck through, what was written or lifted marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from corpuskit.pipeline import Cleaned

# what moves the cursor, changes the direction of writing or hides: never sent to a terminal as it is
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_COLOURS = ("red", "magenta", "yellow", "bright_red", "bright_magenta", "bright_yellow", "orange3", "deep_pink3")
_JOIN = "layout.join"
_BREAK = re.compile(r"\r\n?|\n")


def shown(text: str) -> str:
    r"""Return a text with control, bidirectional and invisible characters as escapes; line feeds and tabs stay.

    >>> print(shown("a\x1b[2Jb\u202e\r\nc"))
    a\x1b[2Jb\u202e\r
    c
    """
    return _UNSAFE.sub(lambda found: _escape(found[0]), text)


def _escape(char: str) -> str:
    if char == "\r":
        return "\\r"
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table as lines: the first column to the left, the others to the right.

    >>> table(("rule", "lines"), [("a.b", "12")])
    ['rule  lines', 'a.b      12']
    """
    cells = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(map(_aligned, row, widths, range(len(row)))).rstrip() for row in cells]


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if column else cell.ljust(width)


class Mark(NamedTuple):
    """A stretch of the source and what became of it."""

    start: int
    end: int
    kind: str
    """keep, write, remove, lift or drop."""
    before: str
    after: str = ""
    rule: str = ""
    stage: str = ""
    field: str = ""
    record: int = 0
    """Number of the record that holds it, from 1; 0 for none."""


class Run(NamedTuple):
    """A stretch of what is shown, and how: plain, gone, new, lifted, tag or rule."""

    text: str
    style: str
    rule: str = ""


def marks(cleaned: Cleaned) -> list[Mark]:
    """Return what became of every character of a source, by place."""
    out: list[Mark] = []
    text = cleaned.source.text
    for number, record in enumerate(cleaned.records, 1):
        for start, end, low, high, *receipt in record["provenance"]["pieces"]:
            here = record["text"][start:end]
            if receipt:
                rule = receipt[0]
                out.append(Mark(low, high, "write", receipt[1], here, rule, rule.partition(".")[0], record=number))
            else:
                out.append(Mark(low, high, "keep", here, record=number))
    for line in cleaned.ledger:
        if line["kind"] != "rewrite":
            for low, high in line["spans"]:
                what = (line["kind"], text[low:high], "", line["rule"], line["stage"], line.get("field", ""))
                out.append(Mark(low, high, *what))
    return sorted(out, key=lambda mark: (mark.start, mark.end))


def runs(found: Iterable[Mark], stage: str | None = None) -> Iterator[Run]:
    """Yield what is shown of the marks; with ``stage`` only its own in full, and what others took out as a number."""
    record = 0
    for mark in found:
        # what stands at the edges of an article is not yet its text
        if mark.record != record and _text(mark).strip():
            record = mark.record
            yield Run(f"‹{record}›", "tag")
        yield from _one(mark, stage)


def _text(mark: Mark) -> str:
    """Return what a record has of a mark."""
    return (mark.before if mark.kind == "keep" else mark.after) if mark.record else ""


def _one(mark: Mark, stage: str | None) -> Iterator[Run]:
    foreign = stage is not None and mark.stage != stage
    if mark.kind == "keep":
        yield Run(mark.before, "plain")
    elif mark.kind == "write":
        yield from _written(mark, foreign)
    elif not mark.before.strip() and mark.kind == "remove" and (foreign or stage is None):
        yield Run(mark.before, "plain")
    elif foreign:
        yield Run(f"…{len(mark.before)} characters…", "gone", mark.rule)
    elif mark.kind == "lift":
        yield Run(mark.before, "lifted", mark.field or mark.rule)
    else:
        yield Run(mark.before, "gone", mark.rule)


def _written(mark: Mark, foreign: bool) -> Iterator[Run]:
    white = not (mark.before + mark.after).strip()
    joined = white and mark.rule == _JOIN
    if foreign or (white and not joined):
        # white space at the edge of an article is no change worth a mark; the page is more readable with it
        yield Run(mark.after or (mark.before if white else ""), "plain")
        return
    if mark.before:
        yield Run(_BREAK.sub("↵", mark.before) if joined else mark.before, "gone", mark.rule)
    if mark.after:
        yield Run(mark.after, "new", mark.rule)


def plain(found: Iterable[Run]) -> str:
    """Return runs with plain marks: ``[-…-]{rule}`` taken out, ``{+…+}`` written, ``<field:…>`` lifted, ``‹2›`` record.

    >>> plain([Run("a", "plain"), Run("b", "gone", "x.y"), Run("c", "new", "x.y")])
    'a[-b-]{x.y}{+c+}'
    """
    forms = {"gone": "[-{0}-]{{{1}}}", "new": "{{+{0}+}}", "lifted": "<{1}:{0}>"}
    return "".join(forms.get(run.style, "{0}").format(shown(run.text), run.rule) for run in found)


@dataclass(slots=True)
class Palette:
    """A colour for each rule, in the order in which they appear."""

    known: dict[str, str]

    def of(self, rule: str) -> str:
        """Return the colour of a rule."""
        return self.known.setdefault(rule, _COLOURS[len(self.known) % len(_COLOURS)])

    def style(self, run: Run) -> str:
        """Return the style of a run, as rich names it."""
        if run.style == "gone":
            return f"strike {self.of(run.rule)}"
        return {"new": "bold green underline", "lifted": "cyan", "tag": "bold reverse"}.get(run.style, "")


def report(cleaned: Cleaned) -> list[str]:
    """Return the tables under a page: the records, what each stage did, what was overruled, and flags."""
    return [*_records(cleaned), *_stages(cleaned), *_overruled(cleaned), *_flags(cleaned)]


def _records(cleaned: Cleaned) -> list[str]:
    out = [""]
    for number, record in enumerate(cleaned.records, 1):
        title = f"  {record['title']}" if record["title"] else ""
        out.append(f"‹{number}› {record['id']}  {record['language']}  {len(record['text']):,} characters{shown(title)}")
    return out if cleaned.records else ["", "no record comes out of this page"]


def _stages(cleaned: Cleaned) -> list[str]:
    spans: Counter[tuple[str, str]] = Counter()
    characters: Counter[tuple[str, str]] = Counter()
    for mark in marks(cleaned):
        if mark.kind != "keep":
            spans[mark.rule, mark.kind] += 1
            characters[mark.rule, mark.kind] += mark.end - mark.start
    if not spans:
        return ["", "no stage found anything to do"]
    rows = [(*at, f"{spans[at]:,}", f"{characters[at]:,}") for at in sorted(spans)]
    return ["", *table(("rule", "kind", "spans", "characters"), rows)]


def _overruled(cleaned: Cleaned) -> list[str]:
    found = cleaned.history.overruled
    told = [f"  {stage}: {p.rule} ({p.score:.2f}) {shown(p.reason)}" for stage, p in found]
    return ["", f"overruled by stronger proposals: {len(told)}", *told] if told else []


def _flags(cleaned: Cleaned) -> list[str]:
    out = []
    for flag, spans in cleaned.history.flags:
        start, end = (spans[0].start, spans[-1].end) if spans else (0, 0)
        part = cleaned.source.text[start : min(end, start + 40)]
        out.append(f"  {start}-{end} {flag.rule} ({flag.score:.2f}) {shown(flag.reason)}: {shown(part)!r}")
    return ["", f"left in the text, but suspect: {len(out)}", *out] if out else []

"""Random texts, proposals, arrangements and whole histories, for the laws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st

from corpuskit.core.draft import Draft
from corpuskit.core.edit import Arrange, Drop, Edit, Flag, Lift, Proposal, Receipt
from corpuskit.core.engine import Record, Resolved, apply, resolve
from corpuskit.core.source import Source
from corpuskit.core.span import Span

FEWER = settings().max_examples // 3
"""Examples for laws that another one covers too, and for those that run on every stage."""
PARTS = (
    *("甲", "乙丙", "，", "。", "　", "　　", "中文 词", "ｗ１", "ㄅ", "の", "한"),
    *("\U00020000", "\U0001f600", "\U0001f468\u200d\U0001f469", "\U000e0001"),
    *("e\u0301", "\u0301", "a\u0323\u0302", "か\u3099"),
    *("\n", "\r\n", "\r", "\n\n", "\n\r", "\u2028", "\x0b", "\x85", " ", "\t", " \n "),
    *("\ud83d", "\udc80", "\udcff\udc81", "\ude00"),
    *("\u200b", "\ufeff", "\u2060", "\u00ad", "\u202e", "\x00", "\x1f", "\ufffd", "\uffff"),
    *("a", "b c", "İ", "Ã©", "&amp;", "1,2"),
)
ANY = st.characters(exclude_categories=())
WRITTEN = st.sampled_from(["", "", "写", "xy", "\n", "𠀀\udc80", "长一点的文字", "一二三四"])
SCORES = st.sampled_from([0.2, 0.5, 0.5, 0.9, 1.0])


def texts(max_parts: int = 12, *, min_parts: int = 0) -> st.SearchStrategy[str]:
    """Return a strategy of texts: CJK, astral, combining, every line break, lone surrogates, zero width, empty."""
    parts = st.one_of(st.sampled_from(PARTS), st.sampled_from(PARTS), ANY)
    return st.lists(parts, min_size=min_parts, max_size=max_parts).map("".join)


@st.composite
def spans(draw: st.DrawFn, size: int) -> Span:
    """Draw a span of a text of ``size`` code points, often short, sometimes empty."""
    # faults live at the edges
    anywhere, edge = st.integers(0, size), st.sampled_from([0, size])
    start = draw(st.one_of(anywhere, anywhere, edge))
    near, far = st.integers(start, min(size, start + 7)), st.sampled_from([start, size])
    return Span(start, draw(st.one_of(near, near, near, far)))


@st.composite
def edits(draw: st.DrawFn, text: str) -> Edit:
    """Draw an edit: insert, remove, replace, inline white space, inline nothing, or no change at all."""
    span = draw(spans(len(text)))
    inline = draw(st.booleans())
    after = draw(st.sampled_from(["", "", "\n", " "]) if inline else WRITTEN)
    if draw(st.integers(0, 9)) == 9:
        after = text[span.start : span.end]
    rule = "layout.line" if inline else "fault.edit"
    return Edit(span, after, rule, draw(SCORES), "an edit", inline)


@st.composite
def lifts(draw: st.DrawFn, text: str) -> Lift:
    """Draw a lift."""
    name = draw(st.sampled_from(["title", "captions"]))
    return Lift(draw(spans(len(text))), name, "fault.lift", draw(SCORES), "a lift")


@st.composite
def flags(draw: st.DrawFn, text: str) -> Flag:
    """Draw a flag."""
    return Flag(draw(spans(len(text))), "fault.flag", draw(SCORES), "a flag")


def changes(text: str, max_size: int = 5) -> st.SearchStrategy[list[Edit | Lift]]:
    """Return a strategy of edits and lifts that may overlap."""
    return st.lists(st.one_of(edits(text), edits(text), lifts(text)), max_size=max_size)


@st.composite
def disjoint(draw: st.DrawFn, text: str) -> list[Edit | Lift]:
    """Draw edits and lifts that do not overlap, by place."""
    bounds = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    places = [Span(*pair) for pair in pairwise(bounds)][::2]
    out: list[Edit | Lift] = []
    for span in dict.fromkeys(places):
        change = draw(st.one_of(edits(text), lifts(text)))
        out.append(change._replace(span=span))
    return out


def _segments(draw: st.DrawFn, text: str) -> list[Span]:
    """Cut a text anywhere, and where white space begins or ends; a segment may be empty."""
    cuts = draw(st.lists(st.integers(0, len(text)), max_size=4))
    edge = [i for i in range(1, len(text)) if text[i].isspace() != text[i - 1].isspace()]
    if draw(st.booleans()) and edge:
        cuts += draw(st.lists(st.sampled_from(edge), max_size=6, unique=True))
    return [Span(*pair) for pair in pairwise(sorted([0, len(text), *cuts]))]


def _deal(draw: st.DrawFn, held: Sequence[Span], least: int = 0) -> tuple[tuple[Span, ...], ...]:
    """Deal spans to articles, in any order; an article may be left without a span."""
    number = draw(st.integers(max(least, bool(held)), 3))
    articles: list[list[Span]] = [[] for _ in range(number)]
    for span in draw(st.permutations(held)):
        articles[draw(st.integers(0, number - 1))].append(span)
    return tuple(map(tuple, articles))


@st.composite
def arrangements(draw: st.DrawFn, text: str) -> Arrange:
    """Draw an arrangement in any order that leaves out nothing but white space."""
    held = [s for s in _segments(draw, text) if text[s.start : s.end].strip() or draw(st.booleans())]
    return Arrange(_deal(draw, held), "fault.article", 1.0, "an arrangement")


@st.composite
def lossy(draw: st.DrawFn, text: str) -> Arrange:
    """Draw an arrangement that leaves out letters; the text must have some."""
    segments = _segments(draw, text)
    full = [s for s in segments if text[s.start : s.end].strip()]
    gone = draw(st.sampled_from(full))
    return Arrange(_deal(draw, [s for s in segments if s != gone]), "fault.article", 1.0, "leaves letters out")


DROPS = st.builds(Drop, st.just("fault.article"), SCORES, st.just("refused"), st.sampled_from([None, "twin"]))


@st.composite
def proposals(draw: st.DrawFn, text: str, *, arrange: bool = False, drop: bool = False) -> list[Proposal]:
    """Draw what a stage might say of a text: overlapping edits, lifts and flags, two arrangements, two drops."""
    out: list[Proposal] = [*draw(changes(text)), *draw(st.lists(flags(text), max_size=1))]
    if arrange:
        out += draw(st.lists(arrangements(text), min_size=1, max_size=2))
    if drop:
        out += draw(st.lists(DROPS, min_size=1, max_size=2))
    return list(draw(st.permutations(out)))


@dataclass(frozen=True)
class Step:
    """One engine call: what it was given, what it gave back, and how all stood behind it."""

    stage: str
    before: Draft
    proposed: list[Proposal]
    resolved: Resolved
    after: list[Draft]
    drafts: tuple[Draft, ...]
    """Every draft of the source after the call."""
    receipts: tuple[Receipt, ...]
    """Every receipt of the source after the call."""


@dataclass
class History:
    """A source and all that stages did to it."""

    source: Source
    record: Record = field(default_factory=Record)
    drafts: list[Draft] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def step(self, stage: str, index: int, proposed: list[Proposal]) -> int:
        """Take one draft through the engine; return how many drafts came of it."""
        before = self.drafts[index]
        resolved = resolve(proposed)
        after = apply(before, resolved.winners, stage, self.record)
        self.drafts[index : index + 1] = after
        now = tuple(self.drafts), tuple(self.record.receipts)
        self.steps.append(Step(stage, before, proposed, resolved, after, *now))
        return len(after)


def page(text: str) -> Source:
    """Return the source of a text."""
    return Source("page.txt", text, "5" * 64, len(text))


def history_of(text: str) -> History:
    """Return a history in which nothing has happened yet."""
    return History(page(text), drafts=[Draft.of(text)])


@st.composite
def histories(draw: st.DrawFn, max_parts: int = 12) -> History:
    """Draw a history: rounds of stages, perhaps an arrangement, then rounds on the articles; drops on the way."""
    out = history_of(draw(texts(max_parts)))
    arranged = draw(st.integers(0, 3))
    for number in range(draw(st.integers(1, 4))):
        index = 0
        while index < len(out.drafts):
            if out.drafts[index].dropped is not None:
                index += 1
                continue
            drop = number > 0 and draw(st.integers(0, 5)) == 5
            proposed = draw(proposals(out.drafts[index].text, arrange=number == arranged, drop=drop))
            index += out.step(f"s{number}", index, proposed)
    return out

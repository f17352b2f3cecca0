"""What every stage must do, whatever it looks for: on random pages and on the labelled ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import FEWER, texts
from test_record import partition, rebuilt

from corpuskit.clean import CLEANERS
from corpuskit.clean.garbled import Garbled
from corpuskit.clean.page_chrome import PageChrome
from corpuskit.clean.punctuation import Punctuation
from corpuskit.clean.related_news import RelatedNews
from corpuskit.clean.spam_links import SpamLinks
from corpuskit.config import STAGES, Config, Ledger
from corpuskit.core.draft import Draft
from corpuskit.core.edit import Arrange, Drop, Edit, Flag, Lift, Proposal
from corpuskit.core.engine import Record, apply, resolve
from corpuskit.core.page import Page
from corpuskit.core.source import Source
from corpuskit.core.span import Span
from corpuskit.core.stage import Stage
from corpuskit.labelled import KEEP, load
from corpuskit.language import WrongLanguage
from corpuskit.pipeline import Cleaned, Pipeline
from corpuskit.segment import Layout, TooShort

LABELLED = load(Path(__file__).parent.parent / "fixtures" / "labelled")
PAGES = {page.id: page.raw for page in LABELLED}
BODY = {page.id: {block.raw.strip() for block in page.blocks if block.role in KEEP} for page in LABELLED}
DEFAULTS: tuple[Stage, ...] = tuple(stage() for stage in STAGES)
VARIANTS: tuple[Stage, ...] = (
    *DEFAULTS,
    Garbled(width="narrow"),
    Punctuation(marks="full"),
    SpamLinks(threshold=0.0, flag=0.0),
    SpamLinks(threshold=1.0, flag=0.0),
    RelatedNews(threshold=0.0, flag=0.0, min_tail=2),
    PageChrome(threshold=0.0, flag=0.0),
    PageChrome(comments=False),
    Layout(split=False),
    Layout(lift=False),
    Layout(join=False),
    TooShort(min_chars=0, fragment_chars=0),
    WrongLanguage(keep=("en",), certainty=0.0),
)
AGAIN = {
    "garbled": 0.0,
    "spam_links": 0.03,
    "related_news": 0.08,
    "page_chrome": 0.4,
    "punctuation": 0.0,
    "all": 0.25,
}
"""Largest share of the labelled pages on which a second pass may still find something; it only falls.

Not all can be zero: the noise stages judge a line by what stands around it and by its distance from the
edges of the page, and both change when noise goes.
"""
BODY_AGAIN = 0.002
"""Largest share of the articles' lines that a second pass may take; it only falls."""


def label(stage: Stage) -> str:
    return re.sub(r"[^\w=.,]", "", repr(stage))


@cache
def lines() -> list[str]:
    return sorted({line for text in PAGES.values() for line in text.split("\n") if len(line) <= 300})


def pages() -> st.SearchStrategy[str]:
    """Return a strategy of pages: lines of the labelled pages in any order, with any text among them."""
    line = st.one_of(st.deferred(lambda: st.sampled_from(lines())), texts(4))
    ends = st.sampled_from(["\n", "\n", "\n\n", "\r\n", "\n　　", "", "\u2028"])
    return st.lists(st.tuples(line, ends), max_size=12).map(lambda rows: "".join(a + b for a, b in rows))


def sample(stage: Stage) -> list[str]:
    """Return labelled pages: every fourth for a stage as it comes, a few for a variant."""
    return list(PAGES.values())[:: 4 if stage in DEFAULTS else 15]


def places(proposal: Proposal) -> Iterator[Span]:
    if isinstance(proposal, Edit | Lift | Flag):
        yield proposal.span
    elif isinstance(proposal, Arrange):
        yield from (span for article in proposal.articles for span in article)


def sound(stage: Stage, text: str) -> list[Proposal]:
    """Return what a stage says of a page, held against what it promised, and applied."""
    proposed = list(stage.propose(Page.of(text)))
    for proposal in proposed:
        assert all(0 <= span.start <= span.end <= len(text) for span in places(proposal))
        assert proposal.rule in stage.rules
        assert 0 <= proposal.score <= 1
        assert proposal.reason
    winners, losers = resolve(proposed)
    assert len(winners) + len(losers) == len(proposed)
    apply(Draft.of(text), winners, stage.name, Record())
    return proposed


def passed(stages: tuple[Stage, ...], text: str) -> str:
    """Return a text behind stages that split nothing."""
    source, record, draft = Source("-", text, "", 0), Record(), Draft.of(text)
    for stage in stages:
        [draft] = apply(draft, resolve(stage.propose(Page(source, draft))).winners, stage.name, record)
    return draft.text


def edits(stages: tuple[Stage, ...], text: str) -> list[Edit]:
    """Return the edits that stages propose for a text that they all see alike."""
    return [p for stage in stages for p in stage.propose(Page.of(text)) if isinstance(p, Edit)]


# names and words


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_one_name_everywhere(stage: type[Stage]) -> None:
    assert stage.__module__.rpartition(".")[2] == stage.name
    assert stage.__name__.lower() == stage.name.replace("_", "")
    assert stage.rules
    assert {rule.partition(".")[0] for rule in stage.rules} == {stage.name}
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", rule) and says for rule, says in stage.rules.items())


def test_no_two_stages_share_a_name_or_a_rule() -> None:
    rules = [rule for stage in STAGES for rule in stage.rules]
    assert len(set(rules)) == len(rules)
    assert len({stage.name for stage in STAGES}) == len(STAGES)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_stage_and_its_options_are_described(stage: type[Stage]) -> None:
    assert "__doc__" in vars(stage)
    assert (stage.__doc__ or "").strip().endswith(".")
    assert "propose" in vars(stage)
    assert (stage.propose.__doc__ or "").strip()


@pytest.mark.parametrize("stage", DEFAULTS, ids=lambda stage: stage.name)
def test_the_example_happens(stage: Stage) -> None:
    before, after = stage.example
    if (before, after) == ("", ""):
        # only a stage that does nothing until it is told to needs no example
        assert [text for text in sample(stage) if list(stage.propose(Page.of(text)))] == []
        return
    drafts = apply(Draft.of(before), resolve(sound(stage, before)).winners, stage.name, Record())
    assert before != after
    assert "\n".join(draft.text for draft in drafts if draft.dropped is None).strip() == after


# any page


@pytest.mark.parametrize("stage", VARIANTS, ids=label)
@settings(max_examples=FEWER)
@given(text=st.one_of(pages(), texts(20)))
def test_in_bounds_and_deterministic_on_random_pages(stage: Stage, text: str) -> None:
    assert sound(stage, text) == sound(stage, text)


@pytest.mark.parametrize("stage", VARIANTS, ids=label)
def test_in_bounds_on_labelled_pages_and_no_memory_between_them(stage: Stage) -> None:
    there = [sound(stage, text) for text in sample(stage)]
    back = [list(stage.propose(Page.of(text))) for text in reversed(sample(stage))]
    assert there == back[::-1]


@pytest.mark.parametrize("text", ["", " ", "\n", "\ufeff", "\x00", "\ud800", "。", "a", "\r", "\u3000\u3000"])
@pytest.mark.parametrize("stage", VARIANTS, ids=label)
def test_pages_of_next_to_nothing(stage: Stage, text: str) -> None:
    sound(stage, text)


@settings(max_examples=FEWER)
@given(pages())
def test_the_whole_road_keeps_every_character_of_random_pages(text: str) -> None:
    accounted(Pipeline(Config()).clean_text(text, "page.txt"))


# a second pass


TWICE = {stage.name: (stage(),) for stage in CLEANERS} | {
    "punctuation": (Punctuation(marks="full"),),
    "all": tuple(stage() for stage in CLEANERS),
}


@cache
def again(name: str) -> dict[str, list[str]]:
    """Return what a second pass takes, or writes over, on every third page; empty where nothing."""
    out = {}
    for page in [*PAGES][::3]:
        after = passed(TWICE[name], PAGES[page])
        out[page] = [after[slice(*edit.span)] for edit in edits(TWICE[name], after)]
    return out


@pytest.mark.parametrize("name", TWICE)
def test_a_second_pass_finds_nothing_on_most_pages(name: str) -> None:
    found = [page for page, taken in again(name).items() if taken]
    assert len(found) <= AGAIN[name] * len(again(name)), found


@pytest.mark.parametrize("name", TWICE)
def test_a_second_pass_leaves_the_articles_alone(name: str) -> None:
    taken = {page: {line.strip() for text in old for line in text.splitlines()} for page, old in again(name).items()}
    lost = {page: rows & BODY[page] for page, rows in taken.items() if rows & BODY[page]}
    assert sum(map(len, lost.values())) <= BODY_AGAIN * sum(len(BODY[page]) for page in taken), lost


# the labelled pages, from end to end


def accounted(done: Cleaned) -> None:
    text = done.source.text
    partition(text, done.records, done.ledger)
    if all("before" in line for line in done.ledger):
        assert rebuilt(done.records, done.ledger) == text


@cache
def cleaned() -> dict[str, Cleaned]:
    road = Pipeline(Config())
    return {name: road.clean_text(text, f"{name}.txt") for name, text in PAGES.items()}


def test_every_character_of_the_labelled_pages_is_accounted_for() -> None:
    for done in cleaned().values():
        accounted(done)


def test_the_order_of_the_pages_does_not_matter() -> None:
    road = Pipeline(Config())
    for name in [*PAGES][::-4]:
        new, first = road.clean_text(PAGES[name], f"{name}.txt"), cleaned()[name]
        assert (new.records, new.ledger) == (first.records, first.ledger)


def test_the_text_is_the_same_without_the_ledgers_text() -> None:
    road = Pipeline(Config(ledger=Ledger(text=False)))
    for name in [*PAGES][::4]:
        bare, first = road.clean_text(PAGES[name], f"{name}.txt"), cleaned()[name]
        assert [r["text"] for r in bare.records] == [r["text"] for r in first.records]
        assert [r["provenance"]["pieces"] for r in bare.records] == [r["provenance"]["pieces"] for r in first.records]
        assert bare.ledger == [{k: v for k, v in line.items() if k != "before"} for line in first.ledger]


def test_drops_are_the_only_thing_that_empties_a_page() -> None:
    for done in cleaned().values():
        dropped = [line for line in done.ledger if line["kind"] == "drop"]
        kinds = {line["kind"] for line in done.ledger}
        assert done.records or dropped or kinds <= {"remove"}


def test_too_short_refuses_and_never_edits() -> None:
    for text in ("下一页", "桥", ""):
        assert all(isinstance(p, Drop) for p in TooShort().propose(Page.of(text)))


def test_what_cannot_be_looked_at_together_is_looked_at_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def ahead(self: Punctuation, pages: Sequence[Page]) -> None:
        raise ValueError(f"{len(pages)} pages")

    pipeline = Pipeline(Config())
    sources = [
        Source(f"{n}", text, f"{n}", 0)
        for n, text in enumerate(("桥修好了&amp;河上又能走人。\n" * 3, "水清了。\n" * 9))
    ]
    together = pipeline.drafts_each(sources)
    alone = [pipeline.drafts(source) for source in sources]
    monkeypatch.setattr(Punctuation, "ahead", ahead)
    assert pipeline.drafts_each(sources) == together == alone

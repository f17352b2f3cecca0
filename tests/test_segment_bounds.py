"""What starts can show at most is never less than what they show, and it spares most pages the closer look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpuskit import labelled
from corpuskit.core.page import Page
from corpuskit.core.terms import Terms
from corpuskit.segment import boundaries
from corpuskit.segment.bounds import most
from corpuskit.segment.roles import cast
from corpuskit.segment.sheets import sheet
from corpuskit.segment.signs import survey
from corpuskit.segment.starts import starts, untitled, weigh
from corpuskit.train import HELD_OUT

PAGES = Path(__file__).parents[1] / "fixtures" / "labelled"


def _pages() -> Iterator[Page]:
    """Yield one in four of the labelled pages that teach and are no newspaper's, whole, with what is noise on them."""
    known = {page.id: page for page in labelled.load(PAGES) if not page.id.startswith(HELD_OUT)}
    for one in [known[id_] for id_ in sorted(known)[::4]]:
        page = Page.of(one.raw)
        if page.lines and not sheet(page):
            yield page


def test_no_start_scores_more_than_is_told_before_it_is_looked_at() -> None:
    asked = 0
    for page in _pages():
        roles = cast(page)
        found = starts(page, roles)
        bound = most(page, roles, found, untitled=untitled(page, roles, found))
        survey(page, roles, found, Terms.of(page))
        own = [weigh(start.signs) if start.line else 0.0 for start in found]
        assert all(score <= told + 1e-9 for score, told in zip(own, bound, strict=True))
        asked += len(found)
    assert asked > 5000


def test_a_page_on_one_subject_is_not_surveyed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(
        ["老桥修好了", *(f"老桥的桥面第{n}次重新铺过，老人们又能走到对岸去赶集。（完）" for n in "一二三四五六")]
    )
    asked: list[Page] = []
    monkeypatch.setattr(boundaries, "survey", lambda page, *_: asked.append(page))
    page = Page.of(text)
    assert len(starts(page, cast(page))) > 1
    assert len(boundaries.split(page, cast(page))) == 1
    assert not asked

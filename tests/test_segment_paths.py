"""A page whose structure shows one article is not cut by its subjects: the same comes out as when it is asked."""

import math
import random
from collections import Counter
from pathlib import Path

import pytest

from corpuskit import labelled
from corpuskit.core.cohesion import Cohesion, _gained, terms
from corpuskit.core.page import Page
from corpuskit.segment import boundaries
from corpuskit.segment.boundaries import split
from corpuskit.segment.joins import joins
from corpuskit.segment.model import table
from corpuskit.segment.partners import Partners, signs
from corpuskit.segment.roles import cast
from corpuskit.segment.starts import starts
from corpuskit.segment.ways import Field
from corpuskit.train import HELD_OUT

PAGES = Path(__file__).parents[1] / "fixtures" / "labelled"


def articles() -> dict[str, str]:
    """Return the labelled pages that are not held out, and each of their articles as a page of its own."""
    out = {}
    for page in labelled.load(PAGES):
        if page.id.startswith(HELD_OUT):
            continue
        out[page.id] = page.raw
        for name in page.articles():
            blocks = [block for block in page.blocks if block.article == name and block.role in ("title", "body")]
            out[f"{page.id} {name}"] = "\n".join(block.good.strip("\n") for block in blocks)
    return out


def short() -> list[tuple[str, str]]:
    """Return the pages of more than one possible start that are not asked for their subjects."""
    found = []
    for name, text in articles().items():
        page = Page.of(text)
        if not page.lines:
            continue
        roles = cast(page)
        places = starts(page, roles)
        if len(places) > 1 and boundaries._single(roles, places):
            found.append((name, text))
    return found


SHORT = short()


def test_there_are_pages_that_take_the_short_way() -> None:
    assert len(SHORT) >= 20


@pytest.mark.parametrize("text", [text for _, text in SHORT], ids=[name for name, _ in SHORT])
def test_the_short_way_and_the_long_way_agree(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page.of(text)
    roles = cast(page)
    quick = split(page, roles)
    monkeypatch.setattr(boundaries, "_single", lambda *_: False)
    assert [(part.heads, part.lines) for part in split(page, roles)] == [(part.heads, part.lines) for part in quick]


def test_a_score_by_parts_is_the_sum_of_its_signs() -> None:
    page = Page.of(
        "清淤完工\n水库清出淤泥三万方。岸边的空地铺\n上了草皮，明年种树。\n湖底有一条石板路，路边立着\n一块碑。\n"
    )
    roles = cast(page)
    field = Field(page, roles, split(page, roles))
    near = {row: field.near(row) for row in field.rows}
    found = {(join.before, join.after) for join in joins(page, roles, split(page, roles))}
    assert found <= {(row, column) for row in near for column in near[row]}
    for row, columns in near.items():
        scores = Partners([field]).scores([(0, row, columns)])
        for of, score in zip(signs(field, row, columns), scores, strict=True):
            from_signs = sum(table("joins").get(name, 0.0) * value for name, value in of.items())
            assert score == pytest.approx(from_signs) or (score == -math.inf and from_signs <= field.nowhere(row))


def test_no_line_weighs_more_than_is_said_before_it_is_looked_at() -> None:
    pages = [page for text in articles().values() if (page := Page.of(text)).lines]
    fields = [Field(page, cast(page), split(page, cast(page))) for page in pages]
    asked = [field for field in fields if field.rows]
    assert sum(len(field.columns) for field in asked) > 1000
    for field in asked:
        most = Partners([field])._most[1:].tolist()
        assert all(field.weight(column) <= most[column] + 1e-9 for column in field.columns)


def test_two_stretches_are_as_far_apart_whichever_comes_first() -> None:
    choose = random.Random(2)
    lines = ["".join(choose.choices("水库渡桥船工老", k=choose.randint(3, 30))) for _ in range(12)]
    cohesion = Cohesion(lines)
    for _ in range(50):
        one, other = choose.sample(range(12), 2), choose.sample(range(12), 5)
        first = Counter(term for line in one for term in terms(lines[line]))
        second = Counter(term for line in other for term in terms(lines[line]))
        apart, together = (_gained(each, each.total(), Counter(), 0)[0] for each in (second, first + second))
        alone = _gained(first, first.total(), Counter(), 0)[0] + apart - together
        expected = pytest.approx(alone / min(first.total(), second.total()))
        assert cohesion.apart(one, other) == expected
        assert cohesion.apart(other, one) == expected

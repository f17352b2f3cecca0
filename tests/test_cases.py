"""The cases of ``tests/cases/<stage>.toml``, each with only its stage enabled.

A case is ``name`` and ``text``, and then what is expected:

    after     the article's text, or a list of them, one an article; left out, the text stays exactly as it is
    lead      stands before the text
    times     the text (and ``after``, where it is one text) stands so many times in a row; 1 if left out
    options   of the stage
    rules     those that the ledger names, among others; in a case that stays it names none
    flags     rules that say their doubt of the first article without changing it, and no others do
    fields    metadata of the first article, its title among them
    known     why the code does not do this yet; then the case must fail
    unstable  why cleaning what came out changes it again

Cases that stay come first in a file, then changes, then what is known to fail.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from corpuskit.config import STAGES, Config
from corpuskit.core.stage import Stage
from corpuskit.pipeline import Cleaned, Pipeline
from corpuskit.write.check import PageCheck

Case = dict[str, Any]

CASES = Path(__file__).parent / "cases"
NAMES = [stage.name for stage in STAGES]
KEYS = {"name", "lead", "text", "after", "times", "options", "rules", "flags", "fields", "known", "unstable"}
LONG = 50_000
"""Characters from which a failure is told without its text."""
ELSEWHERE = {
    "garbled.undecodable": "TOML has no lone surrogates: below",
    "page_chrome.link": "speaks of HTML blocks only",
    "page_chrome.outside": "speaks of HTML blocks only: tests/test_content.py",
    "spam_links.line": "the labeller speaks on long pages only: tests/gate",
    "related_news.line": "the labeller speaks on long pages only: tests/gate",
    "page_chrome.line": "the labeller speaks on long pages only: tests/gate",
    "page_chrome.template": "speaks by a table of the site only: test_sitelines.py",
    "layout.article": "an arrangement leaves no line in the ledger",
    "layout.paragraph": "written in the pieces, not in the ledger",
    "layout.join": "written in the pieces, not in the ledger",
    "layout.edge": "written in the pieces, not in the ledger",
}


@cache
def load(stage: str) -> list[Case]:
    data = tomllib.loads((CASES / f"{stage}.toml").read_text("utf-8"))
    cases: list[Case] = data["case"]
    return cases


def clean(stage: str, case: Case, text: str) -> Cleaned:
    stages: dict[str, Any] = {name: {"enabled": False} for name in NAMES}
    stages[stage] = {"enabled": True} | case.get("options", {})
    return Pipeline(Config.of({"stages": stages})).clean_text(text, "case.txt")


def given(case: Case) -> str:
    text: str = case["text"]
    lead: str = case.get("lead", "")
    times: int = case.get("times", 1)
    return lead + text * times


def expected(case: Case) -> list[str]:
    after = case.get("after")
    if isinstance(after, list):
        return after
    text = given(case) if after is None else after * case.get("times", 1)
    # an article with nothing to read is no article
    return [text] if text.strip() else []


def group(case: Case) -> int:
    return 2 if "known" in case else 1 if "after" in case else 0


def named(cleaned: Cleaned) -> set[str]:
    """Return the rules that ledger and flags name."""
    flags = (flag["rule"] for record in cleaned.records for flag in record["metadata"].get("flags", []))
    return {line["rule"] for line in cleaned.ledger}.union(flags)


# one clean a case: a fixture of the module groups the tests by case
ALL = [(stage, case) for stage in NAMES for case in load(stage)]


@pytest.fixture(scope="module", params=ALL, ids=[f"{stage}: {case['name']}" for stage, case in ALL])
def which(request: pytest.FixtureRequest) -> tuple[str, Case]:
    found: tuple[str, Case] = request.param
    return found


@pytest.fixture(scope="module")
def done(which: tuple[str, Case]) -> Cleaned:
    stage, case = which
    return clean(stage, case, given(case))


def test_case(which: tuple[str, Case], done: Cleaned, request: pytest.FixtureRequest) -> None:
    _, case = which
    if "known" in case:
        request.applymarker(pytest.mark.xfail(reason=case["known"], strict=True))
    texts = [record["text"] for record in done.records]
    if len(given(case)) < LONG:
        assert texts == expected(case)
    else:
        assert [len(text) for text in texts] == [len(text) for text in expected(case)]
        assert (texts == expected(case)) is True
    rules = {line["rule"] for line in done.ledger}
    assert set(case.get("rules", [])) <= rules
    assert not rules or "after" in case
    first = done.records[0] if done.records else {"title": None, "metadata": {}}
    metadata = {"title": first["title"]} | first["metadata"]
    assert {key: metadata.get(key) for key in case.get("fields", {})} == case.get("fields", {})
    if "flags" in case:
        assert sorted({flag["rule"] for flag in metadata.get("flags", [])}) == case["flags"]


def test_every_character_is_in_one_place(which: tuple[str, Case], done: Cleaned) -> None:
    problems: list[str] = []
    PageCheck(
        done.source, done.records, done.ledger, lambda kind, record, what: problems.append(f"{kind}: {what}")
    ).run()
    assert problems == []


def test_what_came_out_stays(which: tuple[str, Case], done: Cleaned) -> None:
    stage, case = which
    if len(given(case)) > LONG:
        pytest.skip("the short cases say the same")
    once = [record["text"] for record in done.records]
    again = [[record["text"] for record in clean(stage, case, text).records] for text in once]
    stable = again == [[text] for text in once]
    assert stable is not ("unstable" in case), again


def test_a_byte_that_fits_no_character_is_shown_as_one() -> None:
    cleaned = clean("garbled", {}, "渡口的\udc81灯亮了。")
    assert [record["text"] for record in cleaned.records] == ["渡口的\ufffd灯亮了。"]
    assert [line["rule"] for line in cleaned.ledger] == ["garbled.undecodable"]


def test_every_stage_has_its_cases_and_every_case_file_its_stage() -> None:
    assert sorted(path.stem for path in CASES.glob("*.toml")) == sorted(NAMES)


@pytest.mark.parametrize("stage", NAMES)
def test_cases_are_in_order_and_named(stage: str) -> None:
    cases = load(stage)
    assert [group(case) for case in cases] == sorted(group(case) for case in cases)
    assert sum(group(case) == 0 for case in cases) >= 8
    assert len({case["name"] for case in cases}) == len(cases)
    assert [key for case in cases for key in case if key not in KEYS] == []


@pytest.mark.parametrize("stage", STAGES, ids=NAMES)
def test_every_rule_has_a_case(stage: type[Stage]) -> None:
    told = [clean(stage.name, case, case.get("lead", "") + case["text"]) for case in load(stage.name)]
    assert set(stage.rules) - set().union(*map(named, told)) <= ELSEWHERE.keys()


EXAMPLES = [stage for stage in STAGES if stage.example != ("", "")]


@pytest.mark.parametrize("stage", EXAMPLES, ids=[stage.name for stage in EXAMPLES])
def test_examples_hold(stage: type[Stage]) -> None:
    before, after = stage.example
    texts = [record["text"] for record in clean(stage.name, {}, before).records]
    assert "\n".join(texts).strip() == after

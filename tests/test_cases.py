"""The cases of ``tests/cases/<stage>.toml``, each with only its stage enabled.

A case is ``name`` and ``text``, and then what is expected:

    after     the article's text, or a list of them, one an article; left out, the text stays exactly as it is
    lead      stands before the text
    times     the text (and ``after``, where it is one text) stands so many times in a row; 1 if left out
    options   of the stage
    rules     those that the ledger names, sorted; left out in a case that stays, none
    flags     rules that say their doubt of the first article without changing it
    fields    metadata of the first article, its title among them
    known     why the code does not do this yet; then the case must fail
    unstable  why cleaning what came out changes it again

Cases that stay come first in a file, then changes, then what is known to fail.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from corpuskit.config import STAGES, Config
from corpuskit.pipeline import Cleaned, Pipeline
from corpuskit.write.check import PageCheck

Case = dict[str, Any]

CASES = Path(__file__).parent / "cases"
NAMES = [stage.name for stage in STAGES]
KEYS = {"name", "lead", "text", "after", "times", "options", "rules", "flags", "fields", "known", "unstable"}
LONG = 50_000
"""Characters from which a failure is told without its text."""


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
    return lead + text * case.get("times", 1)


def expected(case: Case) -> list[str]:
    after = case.get("after")
    if isinstance(after, list):
        return after
    return [given(case)] if after is None else [after * case.get("times", 1)]


def group(case: Case) -> int:
    return 2 if "known" in case else 1 if "after" in case else 0


def each(*, known: bool) -> list[Any]:
    out = []
    for stage in NAMES:
        for case in load(stage):
            marks = [pytest.mark.xfail(reason=case["known"])] if known and "known" in case else []
            out.append(pytest.param(stage, case, id=f"{stage}: {case['name']}", marks=marks))
    return out


@pytest.mark.parametrize(("stage", "case"), each(known=True))
def test_case(stage: str, case: Case) -> None:
    done = clean(stage, case, given(case))
    texts = [record["text"] for record in done.records]
    if len(given(case)) < LONG:
        assert texts == expected(case)
    else:
        assert [len(text) for text in texts] == [len(text) for text in expected(case)]
        assert (texts == expected(case)) is True
    rules = sorted({line["rule"] for line in done.ledger})
    if "rules" in case or "after" not in case:
        assert rules == case.get("rules", [])
    first = done.records[0] if done.records else {"title": None, "metadata": {}}
    metadata = {"title": first["title"]} | first["metadata"]
    assert {key: metadata.get(key) for key in case.get("fields", {})} == case.get("fields", {})
    if "flags" in case:
        assert sorted({flag["rule"] for flag in metadata.get("flags", [])}) == case["flags"]


@pytest.mark.parametrize(("stage", "case"), each(known=False))
def test_case_leaves_every_character_in_one_place(stage: str, case: Case) -> None:
    done = clean(stage, case, given(case))
    problems: list[str] = []
    PageCheck(
        done.source, done.records, done.ledger, lambda kind, record, what: problems.append(f"{kind}: {what}")
    ).run()
    assert problems == []


@pytest.mark.parametrize(("stage", "case"), each(known=False))
def test_case_gives_the_same_when_cleaned_again(stage: str, case: Case) -> None:
    if case.get("times", 1) > 1:
        pytest.skip("takes long, and says what the short ones say")
    once = [record["text"] for record in clean(stage, case, given(case)).records]
    again = [[record["text"] for record in clean(stage, case, text).records] for text in once]
    stable = again == [[text] for text in once]
    assert stable is not ("unstable" in case), again


def test_a_byte_that_fits_no_character_is_shown_as_one() -> None:
    # TOML has no lone surrogates
    done = clean("garbled", {}, "渡口的\udc81灯亮了。")
    assert [record["text"] for record in done.records] == ["渡口的\ufffd灯亮了。"]
    assert [line["rule"] for line in done.ledger] == ["garbled.undecodable"]


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
def test_every_rule_has_a_case(stage: type[Any]) -> None:
    told = {rule for case in load(stage.name) for rule in (*case.get("rules", []), *case.get("flags", []))}
    silent = {"layout.article", "layout.paragraph", "layout.join", "layout.edge", "garbled.undecodable"}
    assert set(stage.rules) - told <= silent
    assert told <= set(stage.rules)


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage.example != ("", "")], ids=lambda stage: stage.name)
def test_examples_hold(stage: type[Any]) -> None:
    before, after = stage.example
    texts = [record["text"] for record in clean(stage.name, {}, before).records]
    assert "\n".join(texts).strip() == after

"""How a verdict is told: JUnit XML, SARIF, annotations; gate files and their faults."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from door import Said, call

from corpuskit.config import ConfigError
from corpuskit.validate import Finding, Gates, Verdict, load
from corpuskit.validate import gates as gate_file
from corpuskit.validate.findings import Example
from corpuskit.validate.told import github, junit, sarif

ROOT = Path(__file__).parent.parent


PAGES = ROOT / "fixtures" / "pages"


def test_the_gate_file_with_every_option_is_the_default() -> None:
    said = "write it again: corpuskit validate --show-gates > configs/gates.toml"
    text = (ROOT / "configs" / "gates.toml").read_text("utf-8")
    assert text == gate_file.as_toml(Gates()), said
    assert gate_file.parse(text) == Gates() == load()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[noize]", "noize: unknown name; did you mean 'noise'?"),
        ("[noise]\nfale = 1", "noise.fale: unknown name; did you mean 'fail'?"),
        ("[noise]\nfail = 3", "noise.fail: expected float <= 1.0"),
        ("[noise]\nwarn = 0.5", "noise: warn 0.5 is above fail 0.03"),
        ("[noise]\nstages = ['spam']", "noise.stages: there is no stage 'spam'"),
        ("[languages.mix]\nen = [1, 0]", "languages.mix.en: the lowest share 1.0 is above the highest, 0.0"),
        ("[schema.required]\nid = 'text'", "schema.required[...]: invalid enum value 'text'"),
        ("x", "gates: not TOML"),
    ],
)
def test_a_wrong_gate_file_is_told_with_its_path(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=":") as error:
        gate_file.parse(text)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name a corpus"),
        (("nowhere.jsonl",), "nowhere.jsonl: no such file or folder"),
        ((".", "--gates", "nowhere.toml"), "nowhere.toml: no such file; corpuskit validate --show-gates"),
        ((PAGES / "notebook.jsonl", "--baseline", PAGES / "night-train.txt"), "is no baseline"),
        ((PAGES / "notebook.jsonl", "--baseline", "nowhere"), "is no baseline"),
        ((PAGES / "notebook.jsonl", "--json", "--github"), "choose one"),
        ((ROOT / "docs",), "holds no corpus"),
    ],
)
def test_wrong_use_is_told(arguments: tuple[str | Path, ...], told: str) -> None:
    said: Said = call("validate", *arguments)
    assert said.code == 2
    assert told in " ".join(said.err.replace("│", " ").split())


HOSTILE = Verdict(
    3,
    3,
    [
        Finding(
            "ids", "fail", 0.5, 1.0, 0.0, "50 %\nbad & <b>", [Example("a,b:c 1.jsonl", 2, "x", "\x1b[31m]]>\udc80")]
        ),
        Finding("noise", "warn", 0.02, 0.01, 0.03, "some", []),
        Finding("drift", "skipped", None, 0.1, 0.25, "no baseline", []),
        Finding("lengths", "ok", 0.0, 0.0, 0.1, "fine", []),
    ],
)


def test_junit_is_xml_with_a_case_for_each_gate() -> None:
    suite = ElementTree.fromstring(junit(HOSTILE))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "1")
    cases = {case.get("name"): [child.tag for child in case] for case in suite}
    assert cases == {"ids": ["failure"], "noise": ["system-out"], "drift": ["skipped"], "lengths": ["system-out"]}


def test_sarif_names_rules_results_and_places() -> None:
    run = sarif(HOSTILE)["runs"][0]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == set(Gates().limits())
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("ids", "error"),
        ("ids", "error"),
        ("noise", "warning"),
    ]
    place = run["results"][1]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("a%2Cb%3Ac%201.jsonl", 2)
    json.dumps(run).encode()


def test_github_annotations_are_one_line_each() -> None:
    assert github(HOSTILE) == [
        "::error title=corpuskit ids::50 %25%0Abad & <b>",
        "::error file=a%2Cb%3Ac 1.jsonl,line=2,title=corpuskit ids::\x1b[31m]]>?",
        "::warning title=corpuskit noise::some",
    ]

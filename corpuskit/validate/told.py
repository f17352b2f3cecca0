"""A verdict for people, for programs, and for the machines that run tests: JUnit XML, SARIF, GitHub annotations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree

import corpuskit
from corpuskit.show import shown, table
from corpuskit.validate.findings import Example, Finding, Verdict
from corpuskit.validate.gates import Gates

Json = dict[str, Any]

_LEVELS = {"fail": "error", "warn": "warning"}
_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def lines(verdict: Verdict) -> list[str]:
    """Return the table of gates, then what those that warn or fail have to say, with examples."""
    rows = [(f.gate, f.level, _share(f.figure), _limit(f.warn), _limit(f.fail)) for f in verdict.findings]
    out = table(("gate", "level", "share", "warn above", "fail above"), rows)
    out.append("")
    for finding in verdict.findings:
        out.append(f"{finding.gate}: {finding.level}: {shown(finding.message)}")
        out += [f"  {shown(_place(example))}: {shown(example.what)}" for example in finding.examples]
    counts = {level: sum(f.level == level for f in verdict.findings) for level in ("ok", "warn", "fail", "skipped")}
    told = ", ".join(f"{number} {level}" for level, number in counts.items() if number)
    return [*out, "", f"{verdict.records:,} records, {verdict.sampled:,} looked at closely; gates: {told}"]


def as_json(verdict: Verdict) -> Json:
    """Return the verdict as plain data."""
    findings = [f._asdict() | {"examples": [e._asdict() for e in f.examples]} for f in verdict.findings]
    return {
        "ok": verdict.ok,
        "corpuskit": corpuskit.__version__,
        "records": verdict.records,
        "sampled": verdict.sampled,
        "gates": findings,
        "profile": verdict.profile,
    }


def junit(verdict: Verdict) -> bytes:
    """Return JUnit XML: a test case for each gate; what only warns is in its output."""
    failed = sum(f.level == "fail" for f in verdict.findings)
    skips = sum(f.level == "skipped" for f in verdict.findings)
    counts = {"tests": str(len(verdict.findings)), "failures": str(failed), "skipped": str(skips), "errors": "0"}
    suite = ElementTree.Element("testsuite", {"name": "corpuskit validate", **counts})
    for finding in verdict.findings:
        case = ElementTree.SubElement(suite, "testcase", {"classname": "corpuskit.validate", "name": finding.gate})
        if finding.level == "fail":
            failure = ElementTree.SubElement(case, "failure", {"message": _xml(finding.message)})
            failure.text = _xml("\n".join(_told(finding)))
        elif finding.level == "skipped":
            ElementTree.SubElement(case, "skipped", {"message": _xml(finding.message)})
        else:
            ElementTree.SubElement(case, "system-out").text = _xml("\n".join(_told(finding)))
    tree: bytes = ElementTree.tostring(suite, "utf-8", xml_declaration=True)
    return tree + b"\n"


def sarif(verdict: Verdict) -> Json:
    """Return SARIF 2.1.0: a rule for each gate, a result for each example of one that warns or fails."""
    about = Gates().limits()
    rules = [{"id": name, "shortDescription": {"text": _about(gate)}} for name, gate in about.items()]
    driver = {"name": "corpuskit validate", "semanticVersion": corpuskit.__version__, "rules": rules}
    results = [result for finding in verdict.findings for result in _results(finding)]
    return {"$schema": _SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def github(verdict: Verdict) -> list[str]:
    """Return workflow commands that GitHub shows beside the files."""
    return [line for finding in verdict.findings if finding.level in _LEVELS for line in _annotations(finding)]


def _annotations(finding: Finding) -> Iterator[str]:
    level, title = _LEVELS[finding.level], f"corpuskit {finding.gate}"
    yield f"::{level} title={_property(title)}::{_data(finding.message)}"
    for example in finding.examples:
        where = f"file={_property(example.file)},line={example.line},title={_property(title)}"
        yield f"::{level} {where}::{_data(example.what)}"


def _results(finding: Finding) -> Iterable[Json]:
    if finding.level not in _LEVELS:
        return
    base = {"ruleId": finding.gate, "level": _LEVELS[finding.level]}
    yield base | {"message": {"text": _plain(finding.message)}}
    for example in finding.examples:
        artifact = {"artifactLocation": {"uri": _uri(example.file)}, "region": {"startLine": example.line}}
        yield base | {"message": {"text": _plain(example.what)}, "locations": [{"physicalLocation": artifact}]}


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path.replace("\\", "/"))


def _about(gate: Any) -> str:
    from corpuskit.described import summary

    return summary(type(gate))


def _told(finding: Finding) -> list[str]:
    return [finding.message, *(f"{_place(example)}: {example.what}" for example in finding.examples)]


def _place(example: Example) -> str:
    return f"{example.file}:{example.line}" + (f" [{example.id}]" if example.id else "")


def _share(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.4%}"


def _limit(limit: float) -> str:
    return "-" if limit >= 1 else f"{limit:.2%}"


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _xml(text: str) -> str:
    return _NO_XML.sub("�", text)


def _data(text: str) -> str:
    return _plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

"""``report.html`` of a finished run."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from corpuskit.report import glance as figures
from corpuskit.report.charts import table
from corpuskit.report.gallery import Gallery
from corpuskit.report.gather import Pick, gather
from corpuskit.report.glance import Manual
from corpuskit.report.html import Child, Html, el, join, trusted
from corpuskit.write import manifest as manifests
from corpuskit.write.atomic import write_atomic
from corpuskit.write.encode import pretty

Json = dict[str, Any]

NAME = "report.html"
_LOG = logging.getLogger("corpuskit")


def attempt(out: Path, manual: Manual) -> None:
    """Write the report of a run; whatever stops it is told and never costs the run."""
    try:
        write_report(out, manual)
    except Exception as error:
        _LOG.warning(
            "the report was not written (%s: %s): corpuskit report OUT --debug tells more", type(error).__name__, error
        )


def write_report(out: Path, manual: Manual) -> int:
    """Write the report of a finished run, and return its size in bytes.

    Raises:
        OutputError: OUT cannot be written.
        OSError, ValueError: OUT is not the output folder of a run.
    """
    made = build(out, manual)
    write_atomic(out / NAME, made)
    return len(made)


def build(out: Path, manual: Manual) -> bytes:
    """Return the report of a finished run: the same run gives the same bytes."""
    manifest = manifests.load(out)
    found = gather(out, figures.thresholds(manifest))
    sheets = Gallery(out, found)
    cards = list(sheets.cards())
    body = [
        _top(manifest),
        el(
            "main",
            figures.glance(manifest),
            figures.flow(manifest, manual),
            figures.by_rule(manifest, found.figures, manual, sheets.links()),
            figures.articles(manifest, found.figures),
            sheets.lists(),
            sheets.section(cards),
            _rules(manifest, manual, sheets.by_rule),
            _made(manifest),
            id="main",
        ),
    ]
    return _document("Report of a run", body).text.encode()


def _document(title: str, body: Sequence[Child]) -> Html:
    style, script = _asset("report.css"), _asset("report.js")
    allowed = f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", f"{title} · corpuskit"),
        el("style", trusted(style)),
    )
    skip = el("a", "To the content", href="#main", class_="skip")
    page = el("html", head, el("body", skip, body, el("script", trusted(script))), lang="en")
    return join([trusted("<!doctype html>\n"), page, trusted("\n")])


def _asset(name: str) -> str:
    return (resources.files(__package__) / name).read_text("utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


_PLACES = {
    "flow": "Where it went",
    "rules-did": "By rule",
    "articles": "Articles",
    "look": "Decisions",
    "pages": "Sources",
    "rules": "What rules say",
    "made": "How it was made",
}


def _top(manifest: Json) -> Html:
    given = ", ".join(str(entry["given"]) for entry in manifest["inputs"][:6]) + ", …" * (len(manifest["inputs"]) > 6)
    about = f"corpuskit {manifest['corpuskit']} on {given}, {manifest['started'].replace('T', ' ').rstrip('Z')} UTC"
    links = [el("li", el("a", name, href=f"#{place}")) for place, name in _PLACES.items()]
    toggle = el("button", "Light or dark", type="button", id="theme", hidden=True)
    return join(
        [
            el("header", el("div", el("h1", "What became of the sources"), el("p", about)), toggle),
            el("nav", el("ul", links), aria_label="Sections"),
        ]
    )


def _rules(manifest: Json, manual: Manual, seen: dict[str, list[Pick]]) -> Html:
    done = {rule for stage in manifest["counts"]["stages"].values() for rule in stage["rules"]} | set(seen)
    parts: list[Child] = []
    names = [*manual.stages, *sorted({rule.partition(".")[0] for rule in done} - set(manual.stages))]
    for stage in names:
        mine = [rule for rule in manual.rules if rule.partition(".")[0] == stage]
        mine += sorted(rule for rule in done if rule.partition(".")[0] == stage and rule not in manual.rules)
        if not any(rule in done for rule in mine):
            continue
        entries = [
            join([el("dt", rule, id=f"rule-{rule}"), el("dd", manual.rules.get(rule, "each decision says why"))])
            for rule in mine
        ]
        parts += [el("h3", stage, id=f"stage-{stage}"), el("p", manual.stages.get(stage, "")), el("dl", entries)]
    hint = el("p", "More about a stage, its options and an example: ", el("code", "corpuskit stages NAME"), ".")
    return el("section", el("h2", "What the rules say"), hint, parts, id="rules")


def _made(manifest: Json) -> Html:
    files = [
        (entry["path"], f"{entry['lines']:,}", f"{entry['bytes']:,}", el("code", entry["sha256"]))
        for entry in manifest["files"]
    ]
    about = {
        "Started": manifest["started"],
        "Finished": manifest["finished"],
        "Config": manifest["config_digest"],
        "Python": manifest["versions"]["python"],
        "Platform": manifest["versions"]["platform"],
        "Packages": ", ".join(f"{name} {version}" for name, version in manifest["versions"]["packages"].items()),
    }
    rows = [join([el("dt", name), el("dd", value)]) for name, value in about.items()]
    config = el(
        "details", el("summary", "The config, whole"), el("pre", pretty(manifest["config"]).decode(), tabindex=0)
    )
    head = ("File", "Lines", "Bytes", "SHA-256")
    return el(
        "section",
        el("h2", "How it was made"),
        el("dl", rows, class_="meta"),
        table("The files of the run", head, files),
        config,
        id="made",
    )

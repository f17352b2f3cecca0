"""The figures of a run as sections of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from corpuskit.report.charts import Part, bar, histogram, sliver, table
from corpuskit.report.gather import BINS, Figures
from corpuskit.report.html import Child, Html, el, join

Json = dict[str, Any]

TAKEN = {"removed": "remove", "dropped": "drop", "lifted": "lift", "replaced": "rewrite"}
"""Measures of the manifest that take characters away, and the kind that gives their colour."""
_LANGUAGES = 12
_RULES_SHOWN = 60


class Manual(NamedTuple):
    """What stages and rules are, in the order of the road; and what the config sets."""

    stages: Mapping[str, str]
    rules: Mapping[str, str]


class Rule(NamedTuple):
    """What one rule did."""

    name: str
    lines: int
    characters: int
    kind: str


def rules_of(manifest: Json) -> list[Rule]:
    """Return what each rule did, the greatest first."""
    out = []
    for stage in manifest["counts"]["stages"].values():
        for name, measures in stage["rules"].items():
            taken = {kind: measures[measure] for measure, kind in TAKEN.items() if measures.get(measure)}
            kind = max(taken, key=lambda kind: taken[kind]) if taken else "drop"
            if name.startswith("layout.") and kind == "rewrite":
                kind = "space"
            out.append(Rule(name, measures.get("lines", 0), sum(taken.values()), kind))
    return sorted(out, key=lambda rule: (-rule.characters, rule.name))


def glance(manifest: Json) -> Html:
    """Return the section of the figures that are read first."""
    counts, characters = manifest["counts"], manifest["counts"]["characters"]
    seconds = sum(manifest["seconds"].values())
    share = characters["kept"] / max(1, characters["in"])
    size = counts["source_bytes"]
    speed = f"{_bytes(size / seconds)}/s" if seconds else "not measured"
    tiles = (
        ("Sources", f"{counts['sources']:,}", _bytes(size)),
        ("Articles", f"{counts['records']:,}", many(len(counts["languages"]), "language")),
        ("Characters kept", f"{share:.1%}", f"{characters['kept']:,} of {characters['in']:,}"),
        ("Taken out", f"{characters['removed'] / max(1, characters['in']):.1%}", f"{characters['removed']:,}"),
        ("Refused", f"{counts['dropped'] - counts['duplicates']:,}", f"articles; {many(counts['refused'], 'input')}"),
        ("Duplicates", f"{counts['duplicates']:,}", "articles"),
        ("Time", _time(seconds), speed),
    )
    body = [el("div", el("dt", n), el("dd", el("b", v), el("span", more))) for n, v, more in tiles]
    return el("section", el("h2", "At a glance", class_="vh"), el("dl", body, class_="tiles"), id="glance")


def many(number: int, word: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {word}{'s' * (number != 1)}"


def _bytes(size: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:,.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:,.1f} {unit}"
        size /= 1000
    raise AssertionError


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:,.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 120 else f"{minutes} min"


def flow(manifest: Json, manual: Manual) -> Html:
    """Return how many characters each stage left of those that came in, as a table of bars one under the other."""
    counts = manifest["counts"]
    came, stages = counts["characters"]["in"], counts["stages"]
    everything = max(1, came)
    rows: list[Sequence[Child]] = [("In the sources", f"{came:,}", "", bar([Part(0, 1, "kept")]))]
    left = came
    known = [name for name in manual.stages if name in stages] + sorted(set(stages) - set(manual.stages))
    for name in known:
        taken = {kind: stages[name].get(measure, 0) for measure, kind in TAKEN.items()}
        gone = sum(taken.values())
        if not gone:
            continue
        at = (left - gone) / everything
        parts = [Part(0, at, "kept")]
        for kind, number in taken.items():
            shade = "space" if (name, kind) == ("layout", "rewrite") else kind
            parts.append(Part(at, at + number / everything, shade))
            at += number / everything
        left -= gone
        rows.append((_stage(name), f"{left:,}", f"{gone:,} less", bar(parts)))
    written = counts["characters"]["written"]
    if written:
        rows.append(
            (
                "Written by repairs and the layout",
                f"{left + written:,}",
                f"{written:,} more",
                _more(left, written, everything),
            )
        )
    head = ("Stage", "Characters left", "Difference", "Of all that came in")
    return el(
        "section",
        el("h2", "Where the characters went"),
        legend(("kept", "remove", "drop", "lift", "rewrite", "space")),
        table("Characters left after each stage", head, rows, kind="flow"),
        id="flow",
    )


def _more(left: int, written: int, everything: int) -> Html:
    at = left / everything
    return bar([Part(0, at, "kept"), Part(at, min(1, at + sliver(written / everything)), "rewrite")])


def _stage(name: str) -> Html:
    return el("a", name, href=f"#stage-{name}")


_LEGEND = {
    "kept": "kept",
    "remove": "taken out",
    "drop": "refused",
    "lift": "lifted into the metadata",
    "rewrite": "repaired",
    "space": "white space of the layout",
    "join": "joined",
    "flag": "flagged only",
}


def legend(kinds: Iterable[str]) -> Html:
    """Return what the colours mean."""
    return el("ul", [el("li", el("i", class_=kind), _LEGEND[kind]) for kind in kinds], class_="legend")


def by_rule(manifest: Json, figures: Figures, manual: Manual, samples: Mapping[str, Html]) -> Html:
    """Return what each rule did; ``samples`` leads to where it can be seen."""
    found = rules_of(manifest)
    most = max((rule.characters for rule in found), default=0) or 1
    everything = max(1, manifest["counts"]["characters"]["in"])
    rows: list[Sequence[Child]] = []
    for rule in found[:_RULES_SHOWN]:
        name = join([el("a", rule.name, href=f"#rule-{rule.name}"), el("small", manual.rules.get(rule.name, ""))])
        share = f"{rule.characters / everything:.2%}"
        line = bar([Part(0, sliver(rule.characters / most), rule.kind)])
        scores = _scores(figures, rule.name, manifest)
        rows.append((name, f"{rule.lines:,}", f"{rule.characters:,}", share, line, scores, samples.get(rule.name, "")))
    head = ("Rule", "Decisions", "Characters", "Share", "Beside the greatest", "Scores, 0 to 1", "Look")
    left = len(found) - len(rows)
    note = el("p", f"and {left:,} rules that did less; manifest.json has them all", class_="note") if left > 0 else None
    return el(
        "section",
        el("h2", "By rule"),
        el("p", "A line across a histogram of scores is the threshold: below it, a rule only flags."),
        table("What each rule did", head, rows, kind="rules"),
        note,
        id="rules-did",
    )


def _scores(figures: Figures, rule: str, manifest: Json) -> Html | None:
    bins = [0] * BINS
    for (name, _), found in figures.scores.items():
        if name == rule:
            bins = [a + b for a, b in zip(bins, found, strict=True)]
    if not any(bins):
        return None
    threshold = thresholds(manifest).get(rule.partition(".")[0])
    low = next(at for at, number in enumerate(bins) if number) / BINS
    high = (max(at for at, number in enumerate(bins) if number) + 1) / BINS
    label = f"{sum(bins):,} scores of {rule} between {low:.2f} and {high:.2f}"
    return histogram(bins, label=label, width=120, height=28, mark=threshold)


def thresholds(manifest: Json) -> dict[str, float]:
    """Return the threshold of each stage that has one."""
    stages = manifest.get("config", {}).get("stages", {})
    # a manifest of another version may say it otherwise
    known = stages.items() if isinstance(stages, dict) else ()
    tables = {name: table for name, table in known if isinstance(table, dict)}
    return {name: float(table["threshold"]) for name, table in tables.items() if "threshold" in table}


def articles(manifest: Json, figures: Figures) -> Html:
    """Return the lengths, the languages and the duplicates of the articles."""
    parts = [_lengths(figures), _languages(manifest, figures), _duplicates(manifest, figures), _time_spent(manifest)]
    return el("section", el("h2", "Articles"), el("div", parts, class_="columns"), id="articles")


def _lengths(figures: Figures) -> Html:
    digits = range(min(figures.lengths, default=0), max(figures.lengths, default=-1) + 1)
    rows = [(_between(at), figures.lengths[at]) for at in digits]
    return _counted("Lengths", "Articles by length in characters", ("Characters", "Articles"), rows)


def _between(digits: int) -> str:
    return f"{1 << (digits - 1):,}–{(1 << digits) - 1:,}" if digits > 1 else str(digits)


def _languages(manifest: Json, figures: Figures) -> Html:
    found = sorted(manifest["counts"]["languages"].items(), key=lambda entry: (-entry[1], entry[0]))
    shown = [(name, number, figures.characters[name]) for name, number in found[:_LANGUAGES]]
    if rest := found[_LANGUAGES:]:
        characters = sum(figures.characters[name] for name, _ in rest)
        shown.append((f"{len(rest)} more", sum(number for _, number in rest), characters))
    most = max((size for *_, size in shown), default=0) or 1
    rows = [(n, f"{a:,}", f"{size:,}", bar([Part(0, sliver(size / most), "ink")])) for n, a, size in shown]
    made = table(
        "Articles and their characters by language", ("Language", "Articles", "Characters", "Beside the most"), rows
    )
    return el("div", el("h3", "Languages"), made)


def _duplicates(manifest: Json, figures: Figures) -> Html:
    sizes = sorted(figures.clusters().items())
    rows = [(f"{size} alike", number) for size, number in sizes[:9]]
    if sizes[9:]:
        rows.append((f"{sizes[9][0]} and more", sum(number for _, number in sizes[9:])))
    if not rows:
        return join([el("div", el("h3", "Duplicates"), el("p", "No article was a duplicate of another."))])
    return _counted(
        "Duplicates", "Clusters of duplicates by size; one article of each stays", ("Size", "Clusters"), rows
    )


def _time_spent(manifest: Json) -> Html:
    seconds, size = manifest["seconds"], manifest["counts"]["source_bytes"]
    most = max(seconds.values(), default=0) or 1
    rows: list[Sequence[Child]] = []
    for name, spent in sorted(seconds.items(), key=lambda entry: (-entry[1], entry[0])):
        speed = f"{_bytes(size / spent)}/s" if spent else "–"
        rows.append((name, f"{spent:,.2f} s", speed, bar([Part(0, sliver(spent / most), "ink")])))
    head = ("Part", "Time", "Throughput", "Beside the longest")
    return el("div", el("h3", "Time"), table("Time and throughput by part of the road", head, rows, kind="counts"))


def _counted(title: str, caption: str, head: tuple[str, str], rows: list[tuple[str, int]]) -> Html:
    most = max((number for _, number in rows), default=0) or 1
    cells = [(name, f"{number:,}", bar([Part(0, sliver(number / most), "ink")])) for name, number in rows]
    return el("div", el("h3", title), table(caption, (*head, "Beside the most"), cells, kind="counts"))

"""The sources that a report shows, and the lists of decisions that lead to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpuskit.report.gather import Gathered, Pick
from corpuskit.report.glance import legend, many
from corpuskit.report.html import Html, el, join
from corpuskit.report.reading import entries_at
from corpuskit.report.sheet import Shown, view
from corpuskit.write.stream import Key

Json = dict[str, Any]

MOST_BYTES = 9_000_000
"""No source is added to the document beyond this size."""
WHY = {
    "unsure": "the least certain decisions",
    "largest": "the largest removals",
    "flag": "flagged only",
    "sample": "a sample by rule",
}


class Gallery:
    """The sources that are shown, and the lists that lead to them."""

    def __init__(self, out: Path, found: Gathered) -> None:
        self.out = out
        self.places = found.places
        self.number = {key: number for number, key in enumerate(sorted(found.places), 1)}
        self.picks = found.picks
        self.of: defaultdict[Key, list[Pick]] = defaultdict(list)
        self.by_rule: defaultdict[str, list[Pick]] = defaultdict(list)
        for pick in found.picks:
            self.of[pick.key].append(pick)
            if pick.why in ("sample", "flag"):
                self.by_rule[pick.rule].append(pick)
        self.shown: set[Key] = set()
        self.anchors: set[str] = set()
        self.excerpts: dict[Pick, str] = {}

    def cards(self) -> Iterator[Html]:
        """Yield the sources until the document is large enough."""
        size = 0
        for key, records, lines in entries_at(self.out, self.places):
            card = self._card(Shown(key, self.number[key], records, lines, self._focus(key)))
            size += len(card.text.encode())
            if size > MOST_BYTES:
                return
            self.shown.add(key)
            for pick in self.of[key]:
                self.excerpts[pick] = _excerpt(pick, records, lines)
            yield card

    def _focus(self, key: Key) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
        return list(dict.fromkeys((pick.rule, pick.spans) for pick in self.of[key]))

    def _card(self, shown: Shown) -> Html:
        made = view(shown)
        self.anchors |= made.anchors
        picks = self.of[shown.key]
        reasons = sorted({pick.why for pick in picks})
        rules = sorted({pick.rule for pick in picks})
        stages = sorted({rule.partition(".")[0] for rule in rules})
        told = el("span", f"{many(len(shown.records), 'record')} · " + ", ".join(rules), class_="about")
        head = el("summary", el("h3", shown.key.name, dir="auto"), told)
        sides = el("div", _side("Source", made.source), _side("Records", made.records), class_="sides")
        data = {"data_rules": " ".join(rules), "data_stages": " ".join(stages), "data_why": " ".join(reasons)}
        body = el("details", head, sides, made.decisions, open=True)
        return el("article", body, id=shown.id, class_="page", aria_label=shown.key.name, **data)

    def anchor(self, pick: Pick) -> str:
        """Return where a decision can be seen."""
        shown = Shown(pick.key, self.number[pick.key], (), (), ())
        anchor = shown.anchor(pick.rule, pick.spans)
        # a source that could not be read, and joins, have no mark of their own
        return f"#{anchor if anchor in self.anchors else shown.id}"

    def links(self) -> dict[str, Html]:
        """Return for each rule where it can be seen."""
        out = {}
        for rule, picks in self.by_rule.items():
            seen = [pick for pick in picks if pick.key in self.shown]
            links = [
                el("a", str(n), href=self.anchor(p), aria_label=f"{rule}, sample {n}") for n, p in enumerate(seen, 1)
            ]
            out[rule] = el("span", [join([link, " "]) for link in links], class_="seen")
        return out

    def lists(self) -> Html:
        """Return the decisions that deserve a look first."""
        refusals = [
            pick for pick in self.picks if pick.why == "sample" and not pick.spans and pick.rule.startswith("read.")
        ]
        refusals += [p for p in self.picks if p.why == "sample" and p.rule.partition(".")[0] in _REFUSING]
        groups = (
            ("Least certain", "nearest to the threshold, on either side of it", self._of("unsure")),
            ("Largest removals", "by characters; duplicates apart", self._of("largest")),
            ("Flagged only", "left in the text, because it is not sure", self._of("flag")),
            ("Refused", "every kind of refusal, by a sample", refusals),
        )
        made = [self._list(*group) for group in groups]
        intro = el("p", "Each leads to its place in the source, further down.")
        return el("section", el("h2", "Decisions to look at"), intro, el("div", made, class_="columns"), id="look")

    def _of(self, why: str) -> list[Pick]:
        return [pick for pick in self.picks if pick.why == why]

    def _list(self, title: str, about: str, picks: list[Pick]) -> Html:
        items = [self._item(pick) for pick in picks if pick.key in self.shown]
        body = el("ol", items, class_="picks") if items else el("p", "There is none.", class_="none")
        return el("div", el("h3", title), el("p", about, class_="about"), body)

    def _item(self, pick: Pick) -> Html:
        told = f"{pick.rule} {pick.score:.2f} · {pick.size:,} characters"
        quoted = el("q", self.excerpts[pick], dir="auto", lang="und") if self.excerpts.get(pick) else pick.key.name
        return el("li", el("a", quoted, href=self.anchor(pick)), el("span", told, class_="about"))

    def section(self, cards: list[Html]) -> Html:
        """Return the sources."""
        rules = sorted({pick.rule for pick in self.picks})
        options = [el("option", "every rule", value=""), *(el("option", rule, value=rule) for rule in rules)]
        reasons = [el("option", "any reason", value="")]
        reasons += [el("option", told, value=name) for name, told in WHY.items()]
        form = el(
            "form",
            el("label", "Rule ", el("select", options, name="rule")),
            el("label", "Shown for ", el("select", reasons, name="why")),
            el("label", "Name or text ", el("input", type="search", name="text", autocomplete="off")),
            el("output", _count(len(cards)), name="count", aria_live="polite"),
            el("button", "Close all", type="button", name="fold"),
            id="filters",
            hidden=True,
            aria_label="Filter the sources",
        )
        intro = (
            "Each source as it came, with what was taken out struck through and labelled by rule and score, and its "
            "records beside it. Of long sources, the places that decide are shown. The choice depends on names and "
            "rules alone, so that the same run shows the same."
        )
        left = len(self.number) - len(cards)
        note = (
            el("p", f"{left:,} more were chosen, and left out to keep this file small.", class_="note")
            if left
            else None
        )
        kinds = legend(("remove", "drop", "lift", "rewrite", "join", "flag"))
        return el("section", el("h2", "Sources"), el("p", intro), kinds, form, cards, note, id="pages")


_REFUSING = ("too_short", "wrong_language", "duplicates", "clean")


def _count(number: int) -> str:
    return f"{number:,} sources"


def _side(title: str, body: Html) -> Html:
    return el("div", el("h4", title, class_="side"), body)


def _excerpt(pick: Pick, records: list[Json], lines: list[Json]) -> str:
    for line in lines:
        if line["rule"] == pick.rule and line["spans"][:1] == [list(span) for span in pick.spans[:1]]:
            return _short("".join(line.get("before") or ()))
    for record in records:
        for low, high, start, end in (piece[:4] for piece in record["provenance"]["pieces"]):
            if pick.spans and start < pick.spans[0][1] and pick.spans[0][0] < end:
                at = low + max(0, pick.spans[0][0] - start)
                return _short(record["text"][at : min(high, at + pick.size)])
    return ""


def _short(text: str) -> str:
    plain = " ".join(text[:200].split())
    return plain[:60] + "…" * (len(plain) > 60)

"""The pages of the review as HTML: plain forms and links, which work without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from corpuskit.labelled import EITHER, KEEP, NOISE
from corpuskit.overrides import Decision, Spans
from corpuskit.report.glance import Manual
from corpuskit.report.html import Child, Html, el, join, trusted
from corpuskit.report.sheet import KINDS, Budget, Shown, view
from corpuskit.review.queue import Item, Queue

Json = dict[str, Any]
Decided = Mapping[tuple[str, str, Spans], Decision]

BUDGET = Budget(whole=6000, around=400, piece=3000)
SAY = {
    "remove": ("Right: take it out", "Wrong: keep it"),
    "flag": ("Noise: take it out", "Text: keep it"),
    "rewrite": ("Right: repair it", "Wrong: leave it"),
    "lift": ("Right: lift it", "Wrong: leave it in the text"),
    "drop": ("Right: refuse it", "Wrong: keep it"),
}
"""What accept and reject mean, by the kind of decision."""
ROLES = (*sorted(NOISE), *sorted(KEEP), *sorted(EITHER))
_TOLD = {"accept": "right", "reject": "wrong", "relabel": "relabelled"}
_LISTED = 500


def document(title: str, *body: Child, refresh: int | None = None) -> bytes:
    """Return a whole page; style and script come from the server itself."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", http_equiv="refresh", content=str(refresh)) if refresh else None,
        el("title", f"{title} · corpuskit review"),
        el("link", rel="stylesheet", href="style.css"),
        el("script", src="script.js", defer=True),
    )
    page = el("html", head, el("body", el("a", "To the content", href="#main", class_="skip"), *body), lang="en")
    return join([trusted("<!doctype html>\n"), page, trusted("\n")]).text.encode()


def style() -> bytes:
    """Return the style of the report and what the review adds to it."""
    report = (resources.files("corpuskit.report") / "report.css").read_text("utf-8")
    return (report + (resources.files(__package__) / "review.css").read_text("utf-8")).encode()


def script() -> bytes:
    """Return the script: the keyboard, nothing else."""
    return (resources.files(__package__) / "review.js").read_bytes()


def waiting(queue: Queue) -> bytes:
    """Return the page that is shown until the queue is ready."""
    if queue.error:
        what = el("p", f"The run cannot be read: {queue.error}. corpuskit verify tells what is wrong with it.")
        return document("Cannot be read", el("main", el("h1", "The run cannot be read"), what, id="main"))
    what = el("p", f"Looking through the run: {queue.seen:,} sources so far.", role="status")
    return document("One moment", el("main", el("h1", "One moment"), what, id="main"), refresh=1)


def overview(queue: Queue, decided: Decided, where: str) -> bytes:
    """Return the list of what is asked, and how far it is."""
    done = sum(item.identity in decided for item in queue.items)
    first = next((n for n, item in enumerate(queue.items, 1) if item.identity not in decided), None)
    start = el("a", "Go on" if done else "Begin", href=f"item-{first}", class_="go") if first else "All are decided."
    rows = [_row(number, item, decided) for number, item in enumerate(queue.items[:_LISTED], 1)]
    head = el("tr", *(el("th", name, scope="col") for name in ("", "Rule", "Score", "What the run did", "Decided")))
    caption = el("caption", f"The first {len(rows):,} of {len(queue.items):,}, by source" if rows else "Nothing to ask")
    table = el("table", caption, el("thead", head), el("tbody", rows))
    body = el(
        "main",
        el("h1", "Decisions to go through"),
        el("p", f"{len(queue.items):,} decisions of the run were near their threshold. {done:,} are decided. ", start),
        el("p", "They are kept in ", el("code", where), "; corpuskit run --overrides abides by them.", class_="note"),
        el("div", table, class_="scroll", tabindex=0, role="region", aria_label="decisions"),
        id="main",
    )
    return document("Decisions", body)


def _row(number: int, item: Item, decided: Decided) -> Html:
    link = el("a", f"{number}", href=f"item-{number}", aria_label=f"decision {number}, {item.rule}")
    told = join([f"{KINDS[item.kind]}: {item.reason}"[:160], el("small", item.key.name)])
    cells = (item.rule, f"{item.score:.2f}", told, _state(item, decided) or "–")
    return el("tr", el("th", link, scope="row"), *(el("td", cell) for cell in cells))


def _state(item: Item, decided: Decided) -> str:
    found = decided.get(item.identity)
    return "" if found is None else _TOLD[found.decision] + (f": {found.role}" if found.role else "")


def question(queue: Queue, number: int, decided: Decided, manual: Manual, threshold: float | None) -> bytes:
    """Return the page that asks about one decision."""
    item = queue.items[number - 1]
    records, lines = queue.page(item.key)
    made = view(Shown(item.key, 0, records, lines, [(item.rule, item.spans)]), BUDGET)
    anchor = Shown(item.key, 0, (), (), ()).anchor(item.rule, item.spans)
    done = sum(entry.identity in decided for entry in queue.items)
    near = f", threshold {threshold:.2f}" if threshold is not None else ""
    state, rule = _state(item, decided), manual.rules.get(item.rule, item.rule)
    about = (
        el("p", el("a", "All decisions", href="./"), f" · {number:,} of {len(queue.items):,} · {done:,} decided"),
        el("h1", item.rule, el("small", f" {item.score:.2f}{near} · {KINDS[item.kind]}")),
        el("p", item.reason if item.reason.startswith(rule) else f"{rule}: {item.reason}"),
        el("p", el("a", "To its place in the source", href=f"#{anchor}", data_place=True), " · ", item.key.name),
        el("p", f"Decided: {state}" if state else "Not decided yet", role="status", class_="state"),
    )
    sides = (_side("Source", made.source), _side("Records", made.records))
    main = el("main", about, el("div", sides, class_="sides"), made.decisions, _rules(item, manual), id="main")
    return document(f"{number} {item.rule}", main, _bar(item, number, len(queue.items), state))


def _side(title: str, body: Html) -> Html:
    return el("section", el("h2", title, class_="side"), body, aria_label=title)


def _rules(item: Item, manual: Manual) -> Html:
    """Describe the rules, so that the labels of the source lead somewhere."""
    entries = [join([el("dt", rule, id=f"rule-{rule}"), el("dd", told)]) for rule, told in manual.rules.items()]
    return el("details", el("summary", "What the rules say"), el("dl", entries))


def _bar(item: Item, number: int, last: int, state: str) -> Html:
    right, wrong = SAY[item.kind]
    options = [el("option", role, value=role) for role in ROLES]
    buttons: Sequence[Child] = (
        _button(right, "accept", "a"),
        _button(wrong, "reject", "r"),
        el("label", el("span", "It is ", class_="vh"), el("select", options, name="role", id="role")),
        _button("Relabel", "relabel", "l"),
        _button("Undo", "undo", "u", disabled=not state),
    )
    form = el("form", buttons, method="post", action=f"item-{number}")
    links = (
        _link("Previous", number - 1 if number > 1 else None, "k"),
        _link("Next", number + 1 if number < last else None, "j"),
    )
    keys = el("label", el("input", type="checkbox", id="keys", checked=True), " Keys", class_="keys", hidden=True)
    return el("footer", form, el("nav", links, keys, aria_label="Decisions"), class_="bar-of")


def _button(text: str, value: str, key: str, *, disabled: bool = False) -> Html:
    shown = (text, " ", el("kbd", key))
    return el("button", shown, name="decision", value=value, data_key=key, aria_keyshortcuts=key, disabled=disabled)


def _link(text: str, number: int | None, key: str) -> Html | None:
    if number is None:
        return None
    return el("a", text, " ", el("kbd", key), href=f"item-{number}", data_key=key, aria_keyshortcuts=key)

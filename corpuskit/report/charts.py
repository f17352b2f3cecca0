"""Charts as tables with bars, and small histograms: inline SVG without a script and without a style of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from corpuskit.report.html import Child, Html, el, join

_HEIGHT = 22


class Part(NamedTuple):
    """A stretch of a bar: from, to (shares of its width, 0 to 1), and the class that gives its colour."""

    low: float
    high: float
    kind: str


def bar(parts: Iterable[Part]) -> Html:
    """Return a bar as wide as its cell; what it shows stands as figures beside it."""
    shapes = [
        el("rect", x=_at(low), y=0, width=_at(max(high - low, 0.0)), height=_HEIGHT, class_=kind)
        for low, high, kind in parts
        if high > low
    ]
    box = {"viewBox": f"0 0 1000 {_HEIGHT}", "preserveAspectRatio": "none"}
    return el("svg", shapes, class_="bar", aria_hidden="true", focusable="false", **box)


def _at(share: float) -> str:
    # a sliver stays visible
    return f"{share * 1000:.1f}"


def sliver(share: float) -> float:
    """Return a share that is large enough to be seen if it is not nothing."""
    return max(share, 0.003) if share > 0 else 0.0


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[Child]], *, kind: str = "") -> Html:
    """Return a table: the first column names the row, columns of figures are set right; ``Html`` cells stand as is."""
    top = el("tr", *(el("th", name, scope="col") for name in head))
    body = [el("tr", el("th", row[0], scope="row"), *(_cell(cell) for cell in row[1:])) for row in rows]
    made = el("table", el("caption", caption), el("thead", top), el("tbody", body), class_=kind or None)
    return el("div", made, class_="scroll", tabindex=0, role="region", aria_label=caption)


def _cell(cell: Child) -> Html:
    figure = isinstance(cell, str) and cell[:1].isdigit()
    wide = isinstance(cell, Html) and cell.text.startswith('<svg class="bar"')
    return el("td", cell, class_="n" if figure else "b" if wide else None)


def histogram(
    heights: Sequence[int], *, label: str, width: int = 160, height: int = 36, mark: float | None = None
) -> Html:
    """Return bars for a sequence of counts; ``mark`` (0 to 1) draws a line across, a threshold."""
    most = max(heights, default=0) or 1
    step = width / max(1, len(heights))
    shapes: list[Child] = [el("title", label), el("path", d=f"M0 {height - 0.5}H{width}", class_="axis")]
    for at, number in enumerate(heights):
        if number:
            tall = max(1.5, (height - 2) * number / most)
            x, y = f"{at * step + 0.5:.1f}", f"{height - 1 - tall:.1f}"
            broad = f"{max(1.0, step - 1):.1f}"
            shapes.append(el("rect", x=x, y=y, width=broad, height=f"{tall:.1f}", class_="ink"))
    if mark is not None:
        shapes.append(el("path", d=f"M{mark * width:.1f} 0V{height}", class_="mark"))
    box = f"0 0 {width} {height}"
    about = {"class_": "hist", "role": "img", "aria_label": label, "viewBox": box}
    return el("svg", join(shapes), width=width, height=height, **about)

"""What the labelled pages score now, and the floors that they scored before.

Floors stand in ``floors.toml`` by group (a kind of page, or a set: the first letter of a page's name) and figure,
beside the digest of the pages they were measured on. ``leak``, ``falsejoin`` and ``broken`` are ceilings.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from corpuskit import labelled, score
from corpuskit.config import load
from corpuskit.labelled import Page
from corpuskit.pipeline import Cleaned, Pipeline
from corpuskit.write.encode import dumps

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "fixtures" / "labelled"
FLOORS = Path(__file__).with_name("floors.toml")
CEILINGS = frozenset({"leak", "falsejoin", "broken"})
SEEDS = {"kept": 0.995, "leak": 0.01, "split": 0.97, "joins": 0.9, "titles": 0.9, "broken": 0.02}
"""What the pages of the shared folder whose names begin with 00 have to score."""

Figures = dict[str, float]
Groups = dict[str, Figures]


class Floors(NamedTuple):
    """The floors, the digest of the pages they were measured on, and each time one was lowered."""

    digest: str
    groups: Groups
    lowered: list[Lowered]


class Lowered(NamedTuple):
    """Why floors were lowered at one time, and from what to what; what is no longer measured has no second figure."""

    reason: str
    figures: dict[str, list[float]]


class Change(NamedTuple):
    """A floor that would sink, or a ceiling that would rise; ``now`` is None where there is no figure any more."""

    group: str
    figure: str
    floor: float
    now: float | None

    def __str__(self) -> str:
        word = "ceiling" if self.figure in CEILINGS else "floor"
        return f"{self.group}: {self.figure} is {self.now}, its {word} {self.floor}"


def shared() -> Path | None:
    """Return the folder of shared labelled pages, if there is one."""
    given = os.environ.get("CORPUSKIT_SHARED")
    folder = Path(given) if given else ROOT.parent / "shared" / "pages"
    return folder if folder.is_dir() and any(folder.glob("*.page")) else None


@cache
def pages(folder: Path) -> dict[str, Page]:
    """Return the labelled pages of a folder by name."""
    return {page.id: page for page in labelled.load(folder)}


@cache
def cleaned(folder: Path) -> dict[str, Cleaned]:
    """Return what the default config makes of each page of a folder."""
    pipeline = Pipeline(load())
    return {name: pipeline.clean_text(page.raw, f"{name}.txt") for name, page in pages(folder).items()}


def digest(folder: Path) -> str:
    """Return ``sha256:...`` of the names and bytes of a folder's labelled pages."""
    found = hashlib.sha256()
    for path in sorted(folder.glob("*.page")):
        found.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return f"sha256:{found.hexdigest()}"


def measure(folder: Path) -> Groups:
    """Return the figures of each kind and each set of pages; what has nothing to count has no figure."""
    names = sorted(pages(folder))
    kinds = _score(folder, names).kinds
    out = {"all" if kind == score.ALL else f"kind {kind}": _known(kinds[kind]) for kind in sorted(kinds)}
    for letter in sorted({name[0] for name in names}):
        chosen = [name for name in names if name[0] == letter]
        out[f"set {letter}"] = _known(_score(folder, chosen).kinds[score.ALL])
    return out


def seeds(folder: Path) -> Figures | None:
    """Return the figures of the pages whose names begin with 00; None if there are none."""
    chosen = [name for name in pages(folder) if name.startswith("00")]
    return _known(_score(folder, chosen).kinds[score.ALL]) if chosen else None


def _score(folder: Path, names: Sequence[str]) -> score.Result:
    records = [record for name in names for record in cleaned(folder)[name].records]
    return score.score([pages(folder)[name] for name in names], [(dumps(r).decode(), r) for r in records])


def _known(figures: score.Figures) -> Figures:
    return {name: value for name, value in figures._asdict().items() if value is not None}


def worse(figure: str, now: float | None, floor: float) -> bool:
    """Say whether a figure is on the wrong side of its floor or ceiling.

    >>> worse("kept", 0.98, 0.99), worse("leak", 0.98, 0.99), worse("kept", None, 0.99)
    (True, False, True)
    """
    return now is None or (now > floor if figure in CEILINGS else now < floor)


def sunk(before: Mapping[str, Figures], now: Mapping[str, Figures]) -> list[Change]:
    """Return the figures that are on the wrong side of their floor or ceiling."""
    return [
        Change(group, figure, floor, now.get(group, {}).get(figure))
        for group, figures in before.items()
        for figure, floor in figures.items()
        if worse(figure, now.get(group, {}).get(figure), floor)
    ]


def read_floors(path: Path = FLOORS) -> Floors:
    """Read the floors; none at all where there is no file."""
    if not path.exists():
        return Floors("", {}, [])
    data = tomllib.loads(path.read_text("utf-8"))
    return Floors(data["pages"], data["floors"], [Lowered(**entry) for entry in data.get("lowered", [])])


def write_floors(floors: Floors, path: Path = FLOORS) -> None:
    """Write the floors, sorted."""
    lines = [
        "# Written by `python -m tests.gate --update-floors`: what the labelled pages score at least, by kind of page",
        "# and by set (the first letter of a page's name). leak, falsejoin and broken are ceilings. Floors only rise;",
        "# each that was lowered is listed with its reason.",
        f'pages = "{floors.digest}"',
    ]
    for group, figures in floors.groups.items():
        lines += ["", f'[floors."{group}"]', *(f"{figure} = {value}" for figure, value in figures.items())]
    for entry in floors.lowered:
        moved = (f'"{figure}" = {values}' for figure, values in entry.figures.items())
        lines += ["", "[[lowered]]", f"reason = {_quoted(entry.reason)}", "[lowered.figures]", *moved]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'

"""``corpuskit diff``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpuskit.commands import DebugOption

if TYPE_CHECKING:
    from corpuskit.compare import Difference


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="The output folder of a run.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The output folder of a later run of the same sources.")],
    limit: Annotated[int, typer.Option(min=0, help="Changes shown; 0 shows all.")] = 20,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if any record differs.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a line: every change, the summary last.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Say which records came, went or changed between two runs, by which rule, and how the figures moved.

    -RULE is what a rule of B took out or rewrote and A still had, +RULE what A's took out and B has.
    """
    from corpuskit.compare import Difference

    found = Difference(Path(a), Path(b))
    if json:
        _as_json(found)
    else:
        _tell(found, limit)
    if exit_code and found.kinds.total() > found.kinds["same"]:
        raise typer.Exit(1)


def _as_json(found: Difference) -> None:
    from corpuskit.write.encode import dumps

    for change in found.changes():
        sys.stdout.buffer.write(dumps(change._asdict()))
    sys.stdout.buffer.write(dumps({"kind": "summary"} | _summary(found)))
    sys.stdout.buffer.flush()


def _summary(found: Difference) -> dict[str, Any]:
    rules = [{"kind": kind, "rule": rule, "characters": size} for (kind, rule), size in _by_size(found)]
    figures = {name: [before, after] for name, before, after in found.figures()}
    settings = {name: [before, after] for name, before, after in found.settings()}
    return {"records": dict(sorted(found.kinds.items())), "rules": rules, "figures": figures, "settings": settings}


def _by_size(found: Difference) -> list[tuple[tuple[str, str], int]]:
    return sorted(found.rules.items(), key=lambda entry: (-entry[1], entry[0]))


def _tell(found: Difference, limit: int) -> None:
    from corpuskit.show import shown, table

    for number, change in enumerate(found.changes()):
        if not limit or number < limit:
            typer.echo(shown(str(change)))
    told = found.kinds.total() - found.kinds["same"]
    if limit and told > limit:
        typer.echo(f"… and {told - limit:,} more: --limit 0 shows all")
    lines = ["" if told else "no record differs"]
    if found.rules:
        rows = [(kind, rule, f"{size:,}") for (kind, rule), size in _by_size(found)]
        lines += [*table(("records that", "rule", "characters"), rows), ""]
    moved = [(name, f"{one:,}", f"{other:,}", f"{other - one:+,}") for name, one, other in found.figures()]
    lines += [*table(("figure", "A", "B", "change"), moved), ""] if moved else []
    lines += [f"{name}: {before!r} in A, {after!r} in B" for name, before, after in found.settings()]
    counts = ", ".join(f"{found.kinds[kind]:,} {kind}" for kind in ("came", "went", "changed", "same"))
    typer.echo("\n".join([*lines, counts]))

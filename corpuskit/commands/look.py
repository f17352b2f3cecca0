"""``corpuskit inspect``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpuskit.commands import ConfigOption, DebugOption

if TYPE_CHECKING:
    from corpuskit.config import Config
    from corpuskit.core.source import Source
    from corpuskit.show import Mark


def inspect(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A file with one page, or with many and --record; or -.")],
    config: ConfigOption = None,
    record: Annotated[
        str | None, typer.Option("--record", help="Line, row or id of the page in a file of many; the first is taken.")
    ] = None,
    stage: Annotated[str | None, typer.Option("--stage", help="Mark only what this stage did.")] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="Plain marks, as on a pipe.")] = False,
    debug: DebugOption = False,
) -> None:
    """Show what each stage would do to one page; nothing is written.

    Plain marks: [-taken out-]{rule}, {+written+}, <field:lifted into the metadata>, ‹2› begins or continues record 2.
    """
    from corpuskit.config import load
    from corpuskit.pipeline import Pipeline
    from corpuskit.show import marks, plain, report, runs

    settings = load(config)
    _known(stage)
    cleaned = Pipeline(settings).clean(_page(path, settings, record))
    found = marks(cleaned)
    if no_color or not sys.stdout.isatty():
        typer.echo(plain(runs(found, stage)))
    else:
        _coloured(found, stage)
    typer.echo("\n".join(report(cleaned)))


def _known(stage: str | None) -> None:
    from corpuskit.config import STAGES, nearest

    names = [kind.name for kind in STAGES]
    if stage is not None and stage not in names:
        raise typer.BadParameter(f"there is no stage {stage!r}; {nearest(stage, names)}", param_hint="--stage")


def _page(path: str, config: Config, record: str | None) -> Source:
    from corpuskit.core.source import Refusal
    from corpuskit.show import shown
    from corpuskit.sources import Inputs, decoded

    if path != "-" and Path(path).is_dir():
        raise typer.BadParameter(f"{path} is a folder: name one file in it", param_hint="PATH")
    for page in Inputs([path], config).pages():
        if record is None or str(page.record) == record or getattr(page, "record_id", None) == record:
            found = decoded(page)
            if isinstance(found, Refusal):
                name = path + found.name.removeprefix(found.uri) if Path(path).exists() else found.name
                typer.echo(f"corpuskit: {shown(name)}: {shown(found.reason)} [{found.rule}]", err=True)
                raise typer.Exit(2 if found.rule == "read.missing" else 1)
            return found
    raise typer.BadParameter(f"{path} has no page {record!r}: name a line or id that it has", param_hint="--record")


def _coloured(found: list[Mark], stage: str | None) -> None:
    from rich.console import Console
    from rich.text import Text

    from corpuskit.show import Palette, runs, shown

    palette = Palette({})
    text = Text()
    for run in runs(found, stage):
        label = f"{run.rule}: " if run.style == "lifted" else ""
        text.append(label + shown(run.text), palette.style(run))
    console = Console(highlight=False)
    console.print(text, soft_wrap=True)
    console.print(*(Text(rule, f"strike {colour}") for rule, colour in palette.known.items()), sep="  ")

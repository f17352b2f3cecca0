"""``corpuskit run``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from corpuskit.commands import ConfigOption, DebugOption, JsonOption

if TYPE_CHECKING:
    from corpuskit.config import Config
    from corpuskit.runner import Summary


def run(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="Files, folders, globs in quotes, or - for stdin.")
    ],
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="OUT", help="The output folder; - writes the records to stdout.")
    ],
    config: ConfigOption = None,
    workers: Annotated[
        int, typer.Option("-w", "--workers", min=0, help="Worker processes; 0 takes as many as the input is worth.")
    ] = 0,
    compression: Annotated[
        Literal["none", "gzip", "zstd"] | None, typer.Option(help="How the corpus and the ledger are packed.")
    ] = None,
    field: Annotated[str | None, typer.Option(help="Field of a JSONL record that holds its text.")] = None,
    media: Annotated[
        Literal["auto", "text", "html", "jsonl"] | None, typer.Option(help="Take every input for this.")
    ] = None,
    overrides: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Decisions of corpuskit review that this run abides by.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if any input was refused.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Tolerate other things in OUT; nothing of theirs is touched.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors.")] = False,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Clean sources into OUT: corpus, ledger, manifest and report.

    A bad input is refused in the ledger and stops nothing else. An earlier run in OUT is replaced when the new one is
    whole; Ctrl-C leaves it as it was.
    """
    from corpuskit.commands import talk

    if output == "-" and json:
        raise typer.BadParameter("with -o - the records go to stdout: leave out --json")
    silent = quiet or json
    settings = _settings(config, compression, field, media, overrides)
    if output == "-":
        summary = _to_stdout(inputs, settings, workers, silent)
    else:
        summary = _run(inputs, Path(output), settings, workers, force, silent)
    if json:
        talk.as_json(summary)
    elif not quiet:
        talk.tell(summary, None if output == "-" else output)
    if summary.counts["sources"] == summary.failed:
        typer.echo("corpuskit: nothing could be read" + " and cleaned" * bool(summary.failed), err=True)
        raise typer.Exit(1)
    if strict and summary.refusals:
        typer.echo(f"corpuskit: {summary.refusals} refused, and --strict was asked for", err=True)
        raise typer.Exit(1)


def _settings(
    name: str | None, compression: str | None, field: str | None, media: str | None, decisions: Path | None
) -> Config:
    import msgspec

    from corpuskit import overrides
    from corpuskit.config import load

    config = load(name)
    read: dict[str, Any] = {"text_field": field, "media": media}
    read = {key: value for key, value in read.items() if value is not None}
    output = {} if compression is None else {"compression": compression}
    return msgspec.structs.replace(
        config,
        read=msgspec.structs.replace(config.read, **read),
        output=msgspec.structs.replace(config.output, **output),
        overrides=config.overrides if decisions is None else overrides.load(decisions),
    )


def _run(inputs: list[str], out: Path, config: Config, workers: int, force: bool, silent: bool) -> Summary:
    from corpuskit.commands import talk
    from corpuskit.runner import run as road

    with talk.bar(silent) as progress:
        return road(inputs, out, config, workers=workers or None, force=force, progress=progress)


def _to_stdout(inputs: list[str], config: Config, workers: int, silent: bool) -> Summary:
    import msgspec

    from corpuskit.write.jsonl import parts

    with tempfile.TemporaryDirectory(prefix="corpuskit-") as folder:
        config = msgspec.structs.replace(config, output=msgspec.structs.replace(config.output, report=False))
        summary = _run(inputs, Path(folder) / "out", config, workers, False, silent)
        for path in parts(summary.out / "corpus"):
            with path.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    if not silent:
        typer.echo("The records went to stdout; without -o OUT there is no ledger and no manifest.", err=True)
    return summary

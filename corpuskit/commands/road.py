"""``corpuskit run``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from corpuskit.commands import MOST_WORKERS, ConfigOption, DebugOption, JsonOption, bytes_of, named

if TYPE_CHECKING:
    from corpuskit.config import Config
    from corpuskit.runner import Summary


def run(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...", help="Files, folders, globs in quotes, URLs, or - for stdin.", callback=named
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "-o", "--output", metavar="OUT", help="The output folder; - writes the records to stdout.", callback=named
        ),
    ],
    config: ConfigOption = None,
    workers: Annotated[
        int,
        typer.Option(
            "-w", "--workers", min=0, max=MOST_WORKERS, help="Worker processes; 0 takes as many as the input is worth."
        ),
    ] = 0,
    memory: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="What all processes may take together, as 2GB or 800MB; 512MB at least."),
    ] = None,
    page_timeout: Annotated[
        float,
        typer.Option("--page-timeout", min=0, metavar="SECONDS", help="Refuse a page that takes longer; 0 never."),
    ] = 300,
    compression: Annotated[
        Literal["none", "gzip", "zstd"] | None, typer.Option(help="How the corpus and the ledger are packed.")
    ] = None,
    form: Annotated[
        Literal["jsonl", "parquet"] | None, typer.Option("--format", help="What the parts of the corpus are.")
    ] = None,
    shard_size: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Begin a new part after so much, before it is packed, as 256MB."),
    ] = None,
    field: Annotated[str | None, typer.Option(help="Field of a JSONL record that holds its text.")] = None,
    media: Annotated[
        Literal["auto", "text", "html", "jsonl"] | None, typer.Option(help="Take every input for this.")
    ] = None,
    engine: Annotated[
        Literal["local", "daft", "ray"],
        typer.Option(help="What the workers run on: processes here, Daft, or the Ray cluster of RAY_ADDRESS."),
    ] = "local",
    overrides: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Decisions of corpuskit review that this run abides by.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if any input was refused.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Tolerate other things in OUT; nothing of theirs is touched.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start over where OUT holds an unfinished run, instead of going on.")
    ] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="Tell the CPU time of each part of the road, by megabyte of input.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors.")] = False,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Clean sources into OUT: corpus, ledger, manifest and report.

    A bad input is refused in the ledger and stops nothing else. An earlier run in OUT is replaced when the new one is
    whole. A run that was stopped, by Ctrl-C or by anything else, goes on where it was when it is typed again.
    """
    from corpuskit.engines import one_thread

    # before anything imports numpy
    one_thread()
    from corpuskit.commands import talk
    from corpuskit.write.parquet import schema

    if output == "-" and json:
        raise typer.BadParameter("with -o - the records go to stdout: leave out --json")
    silent = quiet or json
    packed = {"compression": compression, "format": form, "shard_mb": _megabytes(shard_size)}
    if output == "-" and form == "parquet":
        raise typer.BadParameter("with -o - the records are lines: leave out --format parquet")
    settings = _settings(config, packed, {"text_field": field, "media": media}, overrides)
    if settings.output.format == "parquet":
        # what is missing is said now, not when all is cleaned
        schema()
    how: dict[str, Any] = {"workers": workers or None, "memory": _memory(memory), "profile": profile}
    how |= {"page_timeout": _seconds(page_timeout), "engine": engine}
    if output == "-":
        summary = _to_stdout(inputs, settings, silent, **how)
    else:
        summary = _run(inputs, output, settings, silent, force=force, fresh=fresh, **how)
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


_LEAST = 512 << 20
_LONGEST = 1e6
"""Seconds: timers go no further on every system."""


def _seconds(limit: float) -> float | None:
    """Return the seconds that a page may take, None for any number."""
    if not limit <= _LONGEST:
        what = f"{limit:g} is no number of seconds up to 1,000,000; 0: never"
        raise typer.BadParameter(what, param_hint="--page-timeout")
    return limit or None


def _memory(size: str | None) -> int | None:
    found = None if size is None else bytes_of(size, "--memory")
    if found is not None and found < _LEAST:
        raise typer.BadParameter(f"{size} is too little: a run needs 512MB at least", param_hint="--memory")
    return found


def _megabytes(size: str | None) -> int | None:
    """Return the whole megabytes of a part's size."""
    if size is None:
        return None
    found = bytes_of(size, "--shard-size") >> 20
    if not found:
        raise typer.BadParameter(f"{size} is too little: a part has 1MB at least", param_hint="--shard-size")
    return found


def _settings(name: str | None, output: dict[str, Any], read: dict[str, Any], decisions: Path | None) -> Config:
    import msgspec

    from corpuskit import overrides
    from corpuskit.config import load

    def changed(table: Any, values: dict[str, Any]) -> Any:
        given = {key: value for key, value in values.items() if value is not None}
        return msgspec.structs.replace(table, **given)

    config = load(name)
    config = msgspec.structs.replace(config, read=changed(config.read, read), output=changed(config.output, output))
    return config if decisions is None else msgspec.structs.replace(config, overrides=overrides.load(decisions))


def _run(inputs: list[str], out: str, config: Config, silent: bool, **how: Any) -> Summary:
    from corpuskit.commands import talk
    from corpuskit.runner import run as road

    with talk.bar(silent) as progress:
        return road(inputs, out, config, progress=progress, **how)


def _to_stdout(inputs: list[str], config: Config, silent: bool, **how: Any) -> Summary:
    import msgspec

    from corpuskit.write.jsonl import parts

    with tempfile.TemporaryDirectory(prefix="corpuskit-") as folder:
        config = msgspec.structs.replace(config, output=msgspec.structs.replace(config.output, report=False))
        out = Path(folder) / "out"
        summary = _run(inputs, str(out), config, silent, **how)
        for path in parts(out / "corpus"):
            with path.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    if not silent:
        typer.echo("The records went to stdout; without -o OUT there is no ledger and no manifest.", err=True)
    return summary

"""``corpuskit validate``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpuskit.commands import ConfigOption, DebugOption, JsonOption, SourcesOption, there

if TYPE_CHECKING:
    from corpuskit import validate as gate
    from corpuskit.validate import Verdict


def validate(
    corpora: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CORPUS...",
            help="JSONL or Parquet files, folders of them, or the output folder of a run; - for JSONL on stdin.",
            show_default=False,
        ),
    ] = None,
    gates: Annotated[
        str | None, typer.Option("-g", "--gates", metavar="FILE", help="A gate file, TOML; without it the defaults.")
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(help="Measure drift from this manifest.json, output folder, or file that --json wrote."),
    ] = None,
    config: ConfigOption = None,
    sample: Annotated[
        int | None, typer.Option(min=0, help="Records to look at closely; 0 takes all.", show_default=False)
    ] = None,
    sources: SourcesOption = None,
    junit: Annotated[str | None, typer.Option(metavar="FILE", help="Write JUnit XML.")] = None,
    sarif: Annotated[str | None, typer.Option(metavar="FILE", help="Write SARIF 2.1.0.")] = None,
    github: Annotated[bool, typer.Option("--github", help="Print GitHub annotations on stdout.")] = False,
    show_gates: Annotated[
        bool, typer.Option("--show-gates", help="Print the gate file with every option, and exit.")
    ] = False,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Hold a corpus against quality gates; exit 1 when one fails.

    Any JSONL or Parquet corpus will do. A gate measures one share of what is wrong, from 0 to 1, and has two limits:
    above the first it warns, above the second it fails.
    """
    from corpuskit import validate as gate
    from corpuskit.config import load
    from corpuskit.validate.gates import as_toml

    held = gate.load(gates)
    if sample is not None:
        held = _with_sample(held, sample)
    if show_gates:
        typer.echo(as_toml(held), nl=False)
        return
    if not corpora:
        raise typer.BadParameter("name a corpus: a file, a folder, or the output folder of a run", param_hint="CORPUS")
    if json and github:
        raise typer.BadParameter("--json and --github both want stdout: choose one")
    there(sources)
    for name, path in (("--junit", junit), ("--sarif", sarif)):
        if path and not Path(path).absolute().parent.is_dir():
            raise typer.BadParameter(f"{path}: there is no such folder to write to", param_hint=name)
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as spool:
        named = [_spooled(name, spool.name) for name in corpora]
        verdict = gate.validate(
            gate.Request(
                corpora=named,
                gates=held,
                config=load(config),
                baseline=Path(baseline) if baseline else None,
                sources=sources or (),
                say=_waiting if sys.stderr.isatty() else lambda step: None,
            )
        )
    _tell(verdict, json, github, junit, sarif)
    if not verdict.ok:
        raise typer.Exit(1)


def _waiting(step: str) -> None:
    typer.echo(f"looking at {step} …", err=True)


def _with_sample(gates: gate.Gates, sample: int) -> gate.Gates:
    import msgspec

    return msgspec.structs.replace(gates, corpus=msgspec.structs.replace(gates.corpus, sample=sample))


def _spooled(name: str, spool: str) -> str:
    """Return the name of a corpus that can be read more than once."""
    if name != "-":
        return name
    import shutil

    with Path(spool).open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return spool


def _tell(verdict: Verdict, json: bool, github: bool, junit: str | None, sarif: str | None) -> None:
    from corpuskit.validate import told
    from corpuskit.write.atomic import write_atomic
    from corpuskit.write.encode import dumps, pretty

    if junit:
        write_atomic(Path(junit), told.junit(verdict))
    if sarif:
        write_atomic(Path(sarif), pretty(told.sarif(verdict)))
    if json:
        sys.stdout.buffer.write(dumps(told.as_json(verdict)))
        sys.stdout.buffer.flush()
    elif github:
        typer.echo("\n".join(told.github(verdict)))
    typer.echo("\n".join(told.lines(verdict)), err=json or github)

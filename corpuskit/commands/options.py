"""``corpuskit stages`` and ``corpuskit config``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from corpuskit.commands import DebugOption

config = typer.Typer(name="config", help="Show a config, check one, or print its JSON Schema.", no_args_is_help=True)

_CONFIG = typer.Argument(metavar="[CONFIG]", help="A TOML file, or default, gentle or strict.", show_default=False)


def stages(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A stage.", show_default=False)] = None,
    debug: DebugOption = False,
) -> None:
    """List the stages, or tell all about one: what it does, its rules, its options, an example."""
    from corpuskit.config import STAGES, nearest
    from corpuskit.described import stage_page, summary

    known = {kind.name: kind for kind in STAGES}
    if name is None:
        for kind in STAGES:
            typer.echo(f"{kind.name:16}{summary(kind)}")
        typer.echo("\nMore about one of them: corpuskit stages NAME", err=True)
    elif name in known:
        typer.echo(stage_page(known[name]))
    else:
        raise typer.BadParameter(f"there is no stage {name!r}; {nearest(name, known)}", param_hint="NAME")


@config.command("show")
def show(name: Annotated[str | None, _CONFIG] = None, debug: DebugOption = False) -> None:
    """Print a config as TOML, every option with its value and what it does; without a name, the defaults."""
    from corpuskit.config import Config, load
    from corpuskit.described import as_toml

    typer.echo(as_toml(Config() if name is None else load(name)), nl=False)


@config.command("check")
def check(name: Annotated[str, _CONFIG] = "default", debug: DebugOption = False) -> None:
    """Check a config: unknown names, wrong types and values out of range are told with their path."""
    from corpuskit.config import load

    typer.echo(f"{name}: ok, {load(name).digest()}", err=True)


@config.command("schema")
def schema(debug: DebugOption = False) -> None:
    """Print the JSON Schema of a config, for editors that complete and check."""
    from corpuskit.config import schema as of
    from corpuskit.write.encode import pretty

    sys.stdout.buffer.write(pretty(of()))
    sys.stdout.buffer.flush()

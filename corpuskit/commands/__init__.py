"""The commands, one module for each group; what they need is imported when they run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    str | None,
    typer.Option("-c", "--config", metavar="CONFIG", help="A TOML file, or default, gentle or strict."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout instead of the talk.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
SourcesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--sources", metavar="INPUT", help="Read the sources from here, where they are not where the run read them."
    ),
]
OutArgument = Annotated[str, typer.Argument(metavar="OUT", help="The output folder of a run.")]


def there(sources: Sequence[str] | None) -> None:
    """Refuse a place of sources that is not there: without it every source would be told missing."""
    for name in sources or ():
        elsewhere = name == "-" or "://" in name or any(mark in name for mark in "*?[")
        if not elsewhere and not Path(name).exists():
            raise typer.BadParameter(f"{name}: no such file or folder", param_hint="--sources")

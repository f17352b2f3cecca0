"""The commands, one module for each group; what they need is imported when they run."""

from typing import Annotated

import typer

ConfigOption = Annotated[
    str | None,
    typer.Option("-c", "--config", metavar="CONFIG", help="A TOML file, or default, gentle or strict."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout instead of the talk.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
OutArgument = Annotated[str, typer.Argument(metavar="OUT", help="The output folder of a run.")]

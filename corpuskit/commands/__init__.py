"""The commands, one module for each group; what they need is imported when they run."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

MOST_WORKERS = 4096
"""More worker processes than one machine or cluster is given; beyond it, a slip of the finger."""


def named(given: str | list[str] | None) -> str | list[str] | None:
    """Refuse an empty name, which a shell makes of a variable that is not set, and a path takes for this folder."""
    if given == "" or (isinstance(given, list) and "" in given):
        raise typer.BadParameter("the name is empty: is a variable of the shell not set? . names this folder")
    return given


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
OutArgument = Annotated[str, typer.Argument(metavar="OUT", help="The output folder of a run.", callback=named)]


_UNITS = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}
"""What each unit is as a power of two."""


def bytes_of(size: str, option: str) -> int:
    """Return the bytes of a size such as 2GB, 512M or 1.5 GiB, in powers of 1024."""
    found = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s?([kmgt]?)i?b?", size.strip().lower())
    if found is None:
        raise typer.BadParameter(f"{size!r} is no size: write 2GB or 800MB", param_hint=option)
    return int(float(found[1]) * (1 << _UNITS[found[2]]))


def there(sources: Sequence[str] | None) -> None:
    """Refuse a place of sources that is not there: without it every source would be told missing."""
    for name in sources or ():
        elsewhere = name == "-" or "://" in name or any(mark in name for mark in "*?[")
        if not elsewhere and not Path(name).exists():
            raise typer.BadParameter(f"{name}: no such file or folder", param_hint="--sources")

"""The command line: what can be typed, and how errors are told."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from shutil import get_terminal_size
from typing import Annotated, Any

import typer

from corpuskit import __version__
from corpuskit.commands import again, dedup, look, options, report, review, road, scoring
from corpuskit.commands.diff import diff
from corpuskit.commands.examples import add as add_examples
from corpuskit.commands.publish import publish
from corpuskit.commands.sitelines import sitelines
from corpuskit.commands.train import train
from corpuskit.commands.validate import validate

_PLAIN = get_terminal_size().columns < 60
"""Whether a table has no room for the names of options."""

app = typer.Typer(
    name="corpuskit",
    help="Clean dirty web pages into a corpus in which every character is accounted for.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None if _PLAIN else "rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(road.run)
app.command("inspect")(look.inspect)
app.command("explain")(again.explain)
app.command("verify")(again.verify)
app.command("dedup")(dedup.dedup)
app.command("validate")(validate)
app.command("diff")(diff)
app.command("report")(report.report)
app.command("review")(review.review)
app.command("score")(scoring.score)
app.command("train")(train)
app.command("sitelines")(sitelines)
app.command("stages")(options.stages)
app.add_typer(publish)
app.add_typer(options.config)
add_examples(app, plain=_PLAIN)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"corpuskit {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; exit with 0 (done), 1 (found problems), 2 (wrong use) or 130 (Ctrl-C)."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    signal.signal(signal.SIGTERM, _terminated)
    try:
        sys.exit(_typed(arguments))
    except KeyboardInterrupt:
        # while an error was told; everywhere else typer ends with the same
        sys.exit(_INTERRUPTED)


_INTERRUPTED = 130


def _typed(arguments: Sequence[str]) -> int:
    """Run a command; return the exit code, where the command does not end with one."""
    try:
        app(args=arguments, prog_name="corpuskit")
    except BrokenPipeError:
        _close_stdout()
        return 1
    except Exception as error:
        if "--debug" in arguments:
            raise
        return _told(error)
    return 0


def _told(error: Exception) -> int:
    """Say what went wrong, and return the exit code."""
    from corpuskit.config import ConfigError
    from corpuskit.engines import EngineError
    from corpuskit.labelled import LabelError
    from corpuskit.runner import InputError
    from corpuskit.show import shown
    from corpuskit.validate.corpus import CorpusError
    from corpuskit.write.atomic import OutputError
    from corpuskit.write.explain import UnknownError

    if isinstance(error, InputError):
        code, message = (2 if error.missing else 1), str(error)
    elif isinstance(error, ConfigError | CorpusError | EngineError | OutputError | UnknownError | LabelError):
        code, message = 2, str(error)
    elif isinstance(error, OSError) and error.filename is not None:
        code, message = 1, f"{error.filename}: {error.strerror}: look at the path and its rights"
    else:
        what = f"{type(error).__name__}: {error}"
        code, message = 1, f"{what}\nThis looks like a fault of corpuskit: run again with --debug, and report it."
    typer.echo(f"corpuskit: {shown(message)}", err=True)
    return code


def _close_stdout() -> None:
    # the reader of the pipe has gone; what is still buffered must not raise again at exit
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _terminated(number: int, frame: Any) -> None:
    # the way of Ctrl-C, so that nothing is left half-written
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()

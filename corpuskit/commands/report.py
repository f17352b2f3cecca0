"""``corpuskit report``."""

from __future__ import annotations

from pathlib import Path

import typer

from corpuskit.commands import DebugOption, OutArgument


def report(out: OutArgument, debug: DebugOption = False) -> None:
    """Write report.html of a finished run anew, from its manifest, corpus and ledger.

    The report is one file that needs no network and no script. A run writes it by itself, unless output.report is
    false.
    """
    from corpuskit.described import manual
    from corpuskit.report import NAME, write_report
    from corpuskit.show import shown
    from corpuskit.write import manifest

    manifest.of_run(Path(out))
    size = write_report(Path(out), manual())
    typer.echo(f"{shown(str(Path(out) / NAME))}: {size / 1e6:,.1f} MB; open it in a browser", err=True)

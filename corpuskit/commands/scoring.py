"""``corpuskit score``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from corpuskit.commands import DebugOption, JsonOption


def score(
    pages: Annotated[str, typer.Argument(metavar="PAGES", help="A folder of labelled pages (*.page).")],
    out: Annotated[
        str, typer.Argument(metavar="OUT", help="The output folder of a run, any JSONL file, or DIR with --export.")
    ],
    export: Annotated[
        bool, typer.Option("--export", help="Write each page's raw text into the folder OUT, to be cleaned.")
    ] = False,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Score a cleaner's records against labelled pages.

    kept: share of body text in the output; leak: of noise; split: B-cubed F1 of passages by record against articles;
    joins: cut sentences that read on; falsejoin: paragraph breaks lost; order: neighbours in the right order; titles;
    fixed: damage repaired; broken: undamaged passages not found verbatim.
    """
    from corpuskit import score as scores
    from corpuskit.labelled import export as write
    from corpuskit.labelled import load
    from corpuskit.write.encode import dumps

    found = load(Path(pages))
    if export:
        write(found, Path(out))
        typer.echo(f"{len(found)} pages in {out}; next: corpuskit run {out} -o cleaned", err=True)
        return
    result = scores.score(found, scores.read_records(Path(out)))
    if json:
        sys.stdout.buffer.write(dumps({kind: figures._asdict() for kind, figures in result.kinds.items()}))
        sys.stdout.buffer.flush()
    else:
        typer.echo(result.render())

"""``corpuskit explain`` and ``corpuskit verify``: a finished run, looked at again."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from corpuskit.commands import DebugOption, JsonOption, OutArgument, SourcesOption, there


def explain(
    out: OutArgument,
    what: Annotated[str, typer.Argument(metavar="RECORD_ID|SOURCE", help="A record's id, or a source's URI.")],
    at: Annotated[int | None, typer.Option("--at", min=0, help="Offset in the source, in characters.")] = None,
    source_record: Annotated[
        str | None, typer.Option("--source-record", help="Line, row or id of the page in a source of many.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Say why a passage is here, or why it is gone.

    A record's id gives where each of its passages came from and what was taken out around them. A source gives what
    became of all of it; with --at, of the character there.
    """
    from corpuskit.read import escaped
    from corpuskit.show import shown
    from corpuskit.write import manifest
    from corpuskit.write.explain import explain_named, explain_place, explain_source
    from corpuskit.write.remote import fetched

    what = escaped(what)
    number = int(source_record) if source_record and source_record.isdigit() else source_record
    with fetched(out) as folder:
        manifest.of_run(folder)
        if at is not None:
            found = explain_place(folder, what, at, number)
        else:
            found = explain_named(folder, what) if number is None else explain_source(folder, what, number)
    typer.echo(shown(found.render()))


def verify(
    out: OutArgument,
    sources: SourcesOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Check OUT against its sources: digests, verbatim passages, partition, counts.

    Each source is rebuilt from the corpus and the ledger. Exit 1 names every mismatch.
    """
    from corpuskit.show import shown
    from corpuskit.sources import again
    from corpuskit.write import manifest
    from corpuskit.write.encode import dumps
    from corpuskit.write.remote import fetched
    from corpuskit.write.verify import verify as check

    with fetched(out) as folder:
        known = manifest.of_run(folder)
        there(sources)
        report = check(folder, again(known, folder, sources or ()))
    if json:
        problems = [problem._asdict() for problem in report.problems]
        sys.stdout.buffer.write(dumps({"ok": report.ok, "kinds": dict(report.kinds), "problems": problems}))
        sys.stdout.buffer.flush()
    else:
        typer.echo(shown(report.render()))
    if not report.ok:
        raise typer.Exit(1)

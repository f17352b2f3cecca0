"""``corpuskit review``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpuskit.commands import DebugOption, OutArgument

if TYPE_CHECKING:
    from corpuskit.review.queue import Queue
    from corpuskit.review.store import Store


def review(
    out: OutArgument,
    decisions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where decisions are kept; OUT.decisions.jsonl beside OUT if not given."),
    ] = None,
    export: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the pages that are decided as labelled pages, and end.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="So many decisions are asked about, the least certain ones.")] = 1000,
    margin: Annotated[
        float, typer.Option(min=0, max=1, help="Ask about what is so near to its threshold, or nearer.")
    ] = 0.15,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser of this machine.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    debug: DebugOption = False,
) -> None:
    """Go through the least certain decisions of a run in a local web page.

    Keys: a accept, r reject, l relabel, u undo, j and k or the arrows to go on and back. Each decision is on disk at
    once, and still there after a restart. Then: corpuskit run INPUT... -o OUT --overrides FILE.
    """
    from corpuskit.review.labels import export as write
    from corpuskit.review.queue import Queue
    from corpuskit.review.store import Store

    folder = Path(out)
    path = decisions or folder.resolve().with_name(f"{folder.resolve().name}.decisions.jsonl")
    thresholds = _thresholds(folder)
    # it makes the file, so that it comes after all that a wrong folder is told by
    store = Store(path)
    with Queue(folder, thresholds, most=most, margin=margin) as queue:
        if export is None:
            _serve(queue, store, port, show)
            return
        queue.fill()
        found = write(queue, store.decisions(), export)
    for name, why in found.left[:20]:
        typer.echo(f"left out {name}: {why}", err=True)
    if not (found.written or found.left):
        typer.echo(f"no decision in {path}: corpuskit review {out} asks for them", err=True)
    next_ = f"; next: corpuskit score {export} DIR --export" if found.written else ""
    typer.echo(f"{found.written:,} labelled pages in {export}, {len(found.left):,} left out{next_}", err=True)


def _thresholds(out: Path) -> dict[str, float]:
    from corpuskit.report.glance import thresholds
    from corpuskit.write import manifest

    found = manifest.of_run(out)
    near = found.get("config", {}).get("dedup", {}).get("threshold")
    return thresholds(found) | ({"duplicates": float(near)} if near is not None else {})


def _serve(queue: Queue, store: Store, port: int, show: bool) -> None:
    from corpuskit.described import manual
    from corpuskit.write.folder import OutputError

    try:
        from corpuskit.review.server import serve
    except ImportError as error:
        advice = "pip install 'corpuskit-curation[review]'"
        raise OutputError(f"the review needs Starlette and uvicorn ({error}): {advice}") from error
    typer.echo(f"Decisions are kept in {store.path}. Ctrl-C ends the review.", err=True)
    try:
        serve(queue, store, manual(), port, lambda address: _say(address, show))
    except OSError as error:
        raise OutputError(f"port {port} cannot be used ({error.strerror}): name another with --port") from error


def _say(address: str, show: bool) -> None:
    import sys
    import webbrowser

    typer.echo(address)
    # whoever reads the address from a pipe waits for it
    sys.stdout.flush()
    if show and not webbrowser.open(address):
        typer.echo("No browser could be opened: open the address yourself.", err=True)

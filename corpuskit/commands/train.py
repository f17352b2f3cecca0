"""``corpuskit train``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpuskit.commands import DebugOption

if TYPE_CHECKING:
    from corpuskit.labelled import Page


def train(
    pages: Annotated[
        list[str], typer.Argument(metavar="PAGES...", help="Folders of labelled pages (*.page), or single ones.")
    ],
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="The labeller's file, JSON.")],
    leave_out: Annotated[
        list[str] | None,
        typer.Option("--leave-out", metavar="PREFIX", help="Leave out pages whose id begins so, to judge by."),
    ] = None,
    composed: Annotated[
        int | None, typer.Option(min=0, help="Pages composed of the labelled ones, to train on besides.")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Times that each page is looked at; fewer learn less, more by heart.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Train a labeller from pages of your own, labelled as those in fixtures/labelled are.

    The same pages give the same file. Name it in a config as learned.labeller, and runs decide with it instead of the
    packaged one. Its digest counts into the config's, so that a run can be repeated. Fewer than some hundred pages
    of your own say too little alone: train on them and on the packaged labeller's together.
    """
    from corpuskit.learning import EPOCHS
    from corpuskit.train import COMPOSED
    from corpuskit.train import train as fit
    from corpuskit.write.atomic import check_file, write_atomic

    check_file(Path(output))
    found = [page for page in _labelled(pages) if not page.id.startswith(tuple(leave_out or ()))]
    _check(found)
    model = fit(found, COMPOSED if composed is None else composed, epochs or EPOCHS)
    write_atomic(Path(output), model.encode("utf-8"))
    typer.echo(f"{output}: from {len(found)} pages; next: name it in a config as learned.labeller", err=True)


def _labelled(names: Iterable[str]) -> list[Page]:
    from corpuskit.labelled import load, read

    found: dict[tuple[str, str], Page] = {}
    for path in map(Path, names):
        pages = [read(path)] if path.is_file() else load(path)
        found |= {(page.id, page.raw): page for page in pages}
    # by what they are, not by where they lie: sums of floats depend on their order
    return [found[key] for key in sorted(found)]


def _check(pages: list[Page]) -> None:
    from corpuskit.labelled import KEEP, NOISE, LabelError

    roles = {block.role for page in pages for block in page.blocks}
    for wanted, what in ((KEEP, "text of an article"), (NOISE, "noise")):
        if not roles & wanted:
            names = ", ".join(sorted(wanted))
            raise LabelError(f"{len(pages)} pages, and none has {what} ({names}): a labeller learns from both")

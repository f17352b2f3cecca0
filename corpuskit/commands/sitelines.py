"""``corpuskit sitelines``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpuskit.commands import ConfigOption, DebugOption


def sitelines(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="Files, folders, globs in quotes, or - for stdin.")
    ],
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="The table, one site a line.")],
    least: Annotated[int, typer.Option("--least", min=2, help="Pages on which a line must stand.")] = 3,
    config: ConfigOption = None,
    debug: DebugOption = False,
) -> None:
    """Count the lines that repeat on the pages of each site: menus, prompts, lists of the hour, footers.

    A page's site is the host of its URL, where that is known, or else its folder. The same pages give the same table,
    whatever their order. Name it in a config as learned.site_lines, and runs take out the lines it holds that stand
    outside the article (rule page_chrome.template). Its digest counts into the config's, so that a run can be repeated.
    """
    from corpuskit.config import load
    from corpuskit.runner import InputError
    from corpuskit.show import shown
    from corpuskit.sitelines import gather
    from corpuskit.sources import Inputs
    from corpuskit.write.atomic import check_file, write_atomic

    check_file(Path(output))
    given = Inputs(inputs, load(config), Path(output).resolve())
    found = gather(given.sources(), least)
    told = [f"{refusal.uri}: {refusal.reason}" for refusal in found.told]
    if not found.pages:
        missing = any(refusal.rule == "read.missing" for refusal in found.told)
        raise InputError("; ".join(told) or "nothing could be read", missing=missing)
    write_atomic(Path(output), b"".join(found.table))
    refused = f", {found.refused} refused:" * bool(found.refused)
    lines = [f"{output}: {len(found.table)} of {found.sites} sites, from {found.pages} pages{refused}"]
    lines += [f"  {line}" for line in told]
    if not found.table:
        lines.append(f"no line stands on {least} pages of one site: a config that names this table takes out nothing")
    typer.echo(shown("\n".join(lines)), err=True)

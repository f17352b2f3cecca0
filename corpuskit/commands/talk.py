"""What a run says: a progress bar on a terminal, and what came out at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from corpuskit.show import shown, table

if TYPE_CHECKING:
    from corpuskit.meter import Progress
    from corpuskit.runner import Summary

_REFUSED = 20
_TAKEN = ("removed", "lifted", "dropped", "replaced")


@contextmanager
def bar(silent: bool) -> Iterator[Callable[[Progress], None] | None]:
    """Yield a function that shows progress; None where nobody watches."""
    if silent or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[sources]:,} sources  {task.fields[records]:,} records"),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as shows:
        task = shows.add_task("read", total=None, sources=0, records=0)
        yield lambda at: shows.update(
            task, description=at.step, completed=at.bytes, total=at.total, sources=at.sources, records=at.records
        )


def as_json(summary: Summary) -> None:
    """Print the summary as one JSON object on stdout."""
    from corpuskit.write.encode import dumps

    names = ("corpuskit", "started", "finished", "seconds", "counts", "files", "config_digest")
    told = {"out": summary.url or str(summary.out)} | {name: summary.manifest[name] for name in names}
    if summary.profile:
        told["profile"] = summary.profile
    told["resumed"] = summary.resumed
    told["refused"] = [entry._asdict() for entry in summary.refused]
    sys.stdout.buffer.write(dumps(told))
    sys.stdout.buffer.flush()


def tell(summary: Summary, out: str | None) -> None:
    """Say on stderr what came out, and what to type next."""
    counts = summary.counts
    lines = [*_rules(counts), "", *_profile(summary), *_totals(counts, summary.manifest["seconds"]), *_refused(summary)]
    if summary.resumed:
        lines.append(f"gone on     {summary.resumed:,} of the sources were done before this run was cut short")
    if out is not None:
        report = ", report.html" if (Path(out) / "report.html").is_file() else ""
        lines += [
            f"output      {shown(out)}: corpus, ledger, manifest.json{report}",
            f"next        corpuskit verify {_quoted(out)}",
        ]
    typer.echo("\n".join(lines), err=True)


def _profile(summary: Summary) -> list[str]:
    if not summary.profile:
        return []
    from corpuskit.profile import budget

    return [*budget(summary.profile, summary.counts["source_bytes"]), ""]


def _rules(counts: dict[str, Any]) -> list[str]:
    """Return a table of what each rule took, the greatest first."""
    everything = max(1, counts["characters"]["in"])
    rows = []
    for stage in counts["stages"].values():
        for rule, measures in stage["rules"].items():
            taken = sum(measures.get(name, 0) for name in _TAKEN)
            rows.append((taken, rule, measures.get("lines", 0)))
    rows.sort(key=lambda row: (-row[0], row[1]))
    if not rows:
        return ["no rule found anything to do"]
    cells = [(rule, f"{lines:,}", f"{taken:,}", f"{taken / everything:.2%}") for taken, rule, lines in rows]
    return table(("rule", "lines", "characters", "share"), cells)


def _totals(counts: dict[str, Any], seconds: dict[str, float]) -> list[str]:
    characters = counts["characters"]
    size, spent = counts["source_bytes"] / 1e6, sum(seconds.values())
    share = characters["kept"] / max(1, characters["in"])
    languages = sorted(counts["languages"].items(), key=lambda entry: (-entry[1], entry[0]))
    told = ", ".join(f"{name} {number:,}" for name, number in languages[:8]) or "none"
    return [
        f"sources     {counts['sources']:,}, {size:,.2f} MB in {spent:,.1f} s, {size / max(spent, 1e-9):,.1f} MB/s",
        f"characters  {characters['in']:,}, of which {characters['kept']:,} kept as they were ({share:.1%})",
        f"records     {counts['records']:,}",
        f"refused     {counts['dropped']:,} articles, of which {counts['duplicates']:,} duplicates; "
        f"{counts['refused']:,} inputs",
        f"languages   {told}",
    ]


def _refused(summary: Summary) -> list[str]:
    if not summary.refused:
        return []
    lines = ["", f"{summary.refusals:,} refused whole:"]
    lines += [f"  {shown(name)}: {shown(reason)} [{rule}]" for name, rule, reason in summary.refused[:_REFUSED]]
    if summary.refusals > _REFUSED:
        lines.append(f"  and {summary.refusals - _REFUSED:,} more: the drop lines of the ledger have them all")
    return [*lines, ""]


def _quoted(path: str) -> str:
    import shlex

    return shown(shlex.quote(path))

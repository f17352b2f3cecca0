"""``corpuskit dedup``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from corpuskit.commands import MOST_WORKERS, ConfigOption, DebugOption, JsonOption, bytes_of, named

if TYPE_CHECKING:
    from corpuskit.dedup import DedupOptions
    from corpuskit.deduplicate import Progress, Settings, Summary

_LEAST = 64 << 20


def dedup(
    corpora: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CORPUS...",
            help="JSONL or Parquet files, folders, globs in quotes, or the output folder of a run.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="OUT", help="The output folder.", callback=named)
    ] = None,
    config: ConfigOption = None,
    field: Annotated[str, typer.Option(help="Field that holds a record's text; dots reach inside objects.")] = "text",
    id_field: Annotated[str, typer.Option(help="Field that holds a record's id.")] = "id",
    date_field: Annotated[
        str | None, typer.Option(help="Field that holds a record's date; date, metadata.date and others without it.")
    ] = None,
    keep: Annotated[
        Literal["longest", "earliest", "source", "id"] | None,
        typer.Option(help="Who stays; source: the corpora named first are preferred."),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Jaccard similarity from which records are duplicates.")
    ] = None,
    bands: Annotated[
        int | None, typer.Option(help="Bands of a signature; more find more. See --explain-parameters.")
    ] = None,
    rows: Annotated[int | None, typer.Option(help="Rows of a band; fewer find more, and verify more.")] = None,
    paragraphs: Annotated[
        Literal["keep", "flag", "remove"] | None,
        typer.Option(help="What becomes of paragraphs pasted into many records."),
    ] = None,
    containment: Annotated[
        float | None,
        typer.Option(help="Refuse a record of which so great a share stands in a longer one; 0: do not look."),
    ] = None,
    index: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Compare with the corpora entered in DIR before, and enter this one."),
    ] = None,
    memory: Annotated[
        str, typer.Option(help="Memory to hold at most, as 512MB or 4GB; the rest lies on disk in OUT.")
    ] = "1GB",
    workers: Annotated[
        int, typer.Option("-w", "--workers", min=0, max=MOST_WORKERS, help="Worker processes; 0: one a core.")
    ] = 0,
    compression: Annotated[
        Literal["none", "gzip", "zstd"], typer.Option(help="How JSONL that is written is packed.")
    ] = "none",
    explain_parameters: Annotated[
        bool,
        typer.Option("--explain-parameters", help="Print what bands, rows and threshold will find, and do nothing."),
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if any file or row could not be read.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Tolerate other things in OUT; nothing of theirs is touched.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors.")] = False,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Take the duplicates out of any JSONL or Parquet corpus.

    OUT gets the records that stay (corpus/, lines as they were), a table of those that go, each with its twin and
    how alike they are (duplicates/), the rows that could not be read (ledger/) and a manifest. An earlier output in
    OUT is replaced when the new one is whole; Ctrl-C leaves it as it was.
    """
    given = {"keep": keep, "threshold": threshold, "bands": bands, "rows": rows}
    options = _options(config, **given, paragraphs=paragraphs, containment=containment)
    if explain_parameters:
        typer.echo(parameters(options))
        return
    if not corpora or output is None:
        raise typer.BadParameter("name a CORPUS, and the output folder with -o OUT")
    from corpuskit.deduplicate import Settings
    from corpuskit.deduplicate.sketching import Fields
    from corpuskit.engines import cores

    fields = Fields(field, id_field, date_field)
    settings = Settings(
        options, fields, workers or cores(), max(_LEAST, bytes_of(memory, "--memory")), compression, force=force
    )
    summary = _run(corpora, output, settings, index, quiet or json)
    if json:
        _as_json(summary)
    elif not quiet:
        _tell(summary, output)
    _judge(summary, strict)


def parameters(options: DedupOptions) -> str:
    """Say which share of the pairs of each similarity becomes candidates, and what is done with them."""
    from corpuskit.dedup import recall_curve

    steps = sorted({n / 20 for n in range(8, 20)} | {options.threshold})
    lines = [
        f"{options.bands} bands of {options.rows} rows, {options.permutations} permutations, "
        f"threshold {options.threshold:g}",
        "",
        "Two records are compared when their signatures agree in all rows of at least one band. Of the pairs of a",
        "Jaccard similarity s, the share 1 - (1 - s^rows)^bands is:",
        "",
        "similarity  compared",
    ]
    for similarity, share in recall_curve(options.bands, options.rows, steps):
        mark = "   <- threshold" if similarity == options.threshold else ""
        lines.append(f"{similarity:10.2f}  {share:8.4f}{mark}")
    lines += [
        *_better(options),
        "",
        "Every pair compared is verified by the exact similarity of its shingles, so none below the threshold is",
        "refused: more bands find more, more rows verify less. They are in [dedup] of the config, and --bands and",
        "--rows here.",
    ]
    return "\n".join(lines)


def _better(options: DedupOptions) -> list[str]:
    """Say which bands fit the threshold, where others find more of the pairs that are just at it."""
    from corpuskit.dedup import bands_for, recall_curve

    (_, half), (_, now) = recall_curve(options.bands, options.rows, (0.5, options.threshold))
    shape = bands_for(options.threshold, options.permutations)
    (_, half_then), (_, then) = recall_curve(*shape, (0.5, options.threshold))
    if then <= now or shape[1] >= options.rows:
        return []
    return [
        "",
        f"Of the pairs at the threshold these bands find {now:.1%}. {shape[0]} bands of {shape[1]} rows would find "
        f"{then:.1%}, and compare",
        f"{half_then:.1%} of the pairs at 0.5 instead of {half:.1%}: --bands {shape[0]} --rows {shape[1]}",
    ]


def _options(name: str | None, **given: Any) -> DedupOptions:
    import msgspec

    from corpuskit.config import load
    from corpuskit.dedup import DedupOptions

    known = msgspec.to_builtins(load(name).dedup) | {key: value for key, value in given.items() if value is not None}
    try:
        return msgspec.convert(known, DedupOptions)
    except msgspec.ValidationError as error:
        what, _, where = str(error).replace("`", "").partition(" - at $.")
        raise typer.BadParameter(what, param_hint=f"--{where}" if where else None) from None


def _run(corpora: list[str], output: str, settings: Settings, index: str | None, silent: bool) -> Summary:
    from corpuskit.dedup.index import IndexDamagedError
    from corpuskit.deduplicate import CorpusError, deduplicate
    from corpuskit.deduplicate.corpora import ChangedError
    from corpuskit.show import shown

    try:
        with _bar(silent) as progress:
            return deduplicate(corpora, Path(output), settings, index=index, progress=progress)
    except (CorpusError, ChangedError, IndexDamagedError) as error:
        typer.echo(f"corpuskit: {shown(str(error))}", err=True)
        raise typer.Exit(1 if isinstance(error, ChangedError) else 2) from None


@contextmanager
def _bar(silent: bool) -> Iterator[Callable[[Progress], None] | None]:
    if silent or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as shows:
        task = shows.add_task("read", total=None)
        yield lambda at: shows.update(
            task, description=f"{at.step}  {at.rows:,} rows", completed=at.bytes, total=at.total or None
        )


def _as_json(summary: Summary) -> None:
    from corpuskit.write.encode import dumps

    names = ("corpuskit", "started", "finished", "seconds", "counts", "files", "options")
    told = {"out": str(summary.out)} | {name: summary.manifest[name] for name in names}
    told["refused"] = [{"name": at.name, "rule": at.rule, "reason": at.reason} for at in summary.refusals]
    sys.stdout.buffer.write(dumps(told))
    sys.stdout.buffer.flush()


def _tell(summary: Summary, output: str) -> None:
    from corpuskit.show import shown

    counts, seconds = summary.counts, summary.manifest["seconds"]
    lines = [
        f"records     {counts['records']:,} in {counts['files']:,} files, {sum(seconds.values()):,.1f} s",
        f"kept        {counts['kept']:,}",
        f"duplicates  {counts['exact']:,} exact, {counts['near']:,} near, {counts['contained']:,} contained",
    ]
    if counts["paragraphs"]:
        lines.append(f"paragraphs  {counts['paragraphs']:,} pasted, {counts['cut_paragraphs']:,} of them taken out")
    if counts["without_text"]:
        lines.append(f"no text     {counts['without_text']:,} rows, kept as they are")
    if counts["hot_buckets"]["buckets"]:
        hot = counts["hot_buckets"]
        lines.append(
            f"full        {hot['buckets']:,} buckets, {hot['left_out']:,} records in them were not compared with all "
            "others: raise max_bucket"
        )
    refusals = [f"  {shown(at.name)}: {shown(at.reason)} [{at.rule}]" for at in summary.refusals[:20]]
    if refusals:
        unread = f"{counts['refused_files']:,} files and {counts['refused_rows']:,} rows could not be read"
        lines += ["", f"{unread}, {counts['without_text']:,} rows have no text:"]
        more = "  and more: the ledger has those that could not be read"
        lines += [*refusals, *([more] if len(summary.refusals) > 20 else []), ""]
    lines.append(f"output      {shown(output)}: corpus, duplicates, ledger, manifest.json")
    typer.echo("\n".join(lines), err=True)


def _judge(summary: Summary, strict: bool) -> None:
    counts = summary.counts
    if not counts["records"] and (counts["rows"] or counts["refused_files"]):
        typer.echo("corpuskit: no row has a text: name its field by --field", err=True)
        raise typer.Exit(1)
    if strict and (counts["refused_files"] or counts["refused_rows"] or counts["without_text"]):
        typer.echo("corpuskit: not all could be read, and --strict was asked for", err=True)
        raise typer.Exit(1)

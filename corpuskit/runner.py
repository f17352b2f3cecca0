"""A run: inputs to corpus, ledger and manifest, all of them or nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from corpuskit import batch
from corpuskit.config import Config
from corpuskit.core.source import Raw
from corpuskit.described import manual
from corpuskit.duplicates import Duplicates
from corpuskit.engines import in_order
from corpuskit.read import Item
from corpuskit.report import attempt
from corpuskit.sources import Inputs
from corpuskit.spool import Spool
from corpuskit.write import folder, manifest
from corpuskit.write.jsonl import PartWriter
from corpuskit.write.manifest import Tally

Json = dict[str, Any]

_WORKER_BYTES = 8 << 20
"""So much input is worth one more process."""
_TOLD = 1000
"""So many refusals are kept to be told at the end; the ledger has all of them."""


class InputError(Exception):
    """There is nothing to read; ``missing`` when that is because nothing of what was named exists."""

    def __init__(self, message: str, *, missing: bool) -> None:
        super().__init__(message)
        self.missing = missing


class Progress(NamedTuple):
    """How far a run is; ``total`` is None where the size of the input is not known (stdin)."""

    step: str
    sources: int
    records: int
    bytes: int
    total: int | None


class Refused(NamedTuple):
    """A page that was refused whole: its name, the rule and the reason."""

    name: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What came out of a run."""

    out: Path
    manifest: Json = field(repr=False)
    refused: tuple[Refused, ...] = field(repr=False)
    """The first thousand pages that were refused whole; the ledger has all."""

    @property
    def counts(self) -> Json:
        """The counts of the manifest."""
        counts: Json = self.manifest["counts"]
        return counts

    @property
    def failed(self) -> int:
        """Number of pages that were read, but could not be cleaned."""
        rules = self.counts["stages"].get("clean", {"rules": {}})["rules"]
        number: int = rules.get("clean.failed", {}).get("lines", 0)
        return number

    @property
    def refusals(self) -> int:
        """Number of pages that were refused whole, because they could not be read or cleaned."""
        number: int = self.counts["refused"] + self.failed
        return number


def run(
    inputs: Sequence[str],
    out: Path | str,
    config: Config | None = None,
    *,
    workers: int | None = 1,
    force: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Summary:
    """Clean ``inputs`` (files, folders, globs, ``-`` for stdin) into the folder ``out``.

    The same inputs, config and version give the same bytes in ``out/corpus`` and ``out/ledger``, whatever the order
    of the inputs or the number of workers. ``workers`` of None takes as many processes as the input is worth; more
    than one needs the caller's script to be importable (``if __name__ == "__main__":``). An earlier run in ``out``
    is replaced when this one is whole, and stands as it was when this one fails. With ``force`` other things in
    ``out`` are tolerated. A bad input is refused in the ledger and stops nothing else.

    Raises:
        InputError: nothing to read at all.
        OutputError: ``out`` holds something else, is or lies in an input, or cannot be written.
    """
    out = Path(out)
    folder.prepare(out, [Path(name) for name in inputs if name != "-"], force=force)
    try:
        summary = _Run(inputs, out, config or Config(), workers, progress or (lambda at: None)).go()
        folder.publish(out)
    except BaseException:
        folder.discard(out)
        raise
    return summary


class _Run:
    def __init__(
        self,
        inputs: Sequence[str],
        out: Path,
        config: Config,
        workers: int | None,
        progress: Callable[[Progress], None],
    ) -> None:
        self.given = list(inputs)
        self.out = out
        self.new = folder.staging(out)
        self.config = config
        self.inputs = Inputs(inputs, config, out.resolve())
        _check(self.inputs)
        self.workers = workers if workers is not None else _worth(self.inputs, "-" in inputs)
        self.meter = _Meter(self.inputs, progress)
        self.tally = Tally()
        self.refused: list[Refused] = []
        self.seconds: dict[str, float] = {}

    def go(self) -> Summary:
        started = _now()
        with closing(Spool(self.new, self.config.dedup.permutations)) as spool:
            with self._timed("clean"):
                self._clean(spool)
            with self._timed("duplicates"):
                self.meter.say("duplicates", self.tally)
                duplicates = Duplicates(spool, self.config)
            with self._timed("write"):
                self.meter.say("write", self.tally)
                files = self._write(spool, duplicates)
        made = manifest.build(
            config=self.config.as_dict(),
            config_digest=self.config.digest(),
            inputs=[{"given": name, "root": str(Path.cwd())} for name in self.given],
            tally=self.tally,
            files=files,
            started=started,
            finished=_now(),
            seconds=self.seconds,
        )
        manifest.write(self.new, made)
        if self.config.output.report:
            attempt(self.new, manual())
        return Summary(self.out, made, tuple(self.refused))

    def _clean(self, spool: Spool) -> None:
        tasks = batch.batches(self.meter.pages())
        for done in in_order(tasks, batch.start, self.config, self.workers, batch.crashed):
            spool.add(done)
            self.tally.merge(done.tally)
            room = _TOLD - len(self.refused)
            self.refused += [Refused(*entry) for entry in done.refused[:room]]
            self.meter.say("clean", self.tally)

    def _write(self, spool: Spool, duplicates: Duplicates) -> dict[str, list[Any]]:
        options = self.config.output
        shard = options.shard_mb * 2**20
        with (
            PartWriter(self.new / "corpus", compression=options.compression, shard_bytes=shard) as corpus,
            PartWriter(self.new / "ledger", compression=options.compression, shard_bytes=shard) as ledger,
        ):
            for unit in spool.order():
                for writer, lines in zip((corpus, ledger), duplicates.lines(unit, self.tally), strict=True):
                    for line in lines.splitlines(keepends=True):
                        writer.write(line)
        return {"corpus": corpus.files, "ledger": ledger.files}

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[part] = time.perf_counter() - begun


class _Meter:
    """Counts what was read; a page knows only its own bytes, so that a packed file counts as its size at most."""

    def __init__(self, inputs: Inputs, progress: Callable[[Progress], None]) -> None:
        self.inputs = inputs
        self.progress = progress
        self.item: Item | None = None
        self.before = 0
        self.within = 0

    def pages(self) -> Iterator[batch.Page]:
        for item, page in self.inputs.pages():
            if item is not self.item:
                self.before, self.within = self.bytes(whole=True), 0
                self.item = item
            self.within += len(page.data) if isinstance(page, Raw) else page.bytes
            yield page

    def bytes(self, *, whole: bool = False) -> int:
        if self.item is None or not self.item.size:
            return self.before + self.within
        return self.before + (self.item.size if whole else min(self.within, self.item.size))

    def say(self, step: str, tally: Tally) -> None:
        known = all(item.path is not None for item in self.inputs.items)
        totals = tally.totals
        total = self.inputs.bytes if known else None
        self.progress(Progress(step, totals["sources"], totals["records"], self.bytes(), total))


def _check(inputs: Inputs) -> None:
    if not inputs.items:
        missing = any(refusal.rule == "read.missing" for refusal in inputs.refusals)
        told = "; ".join(f"{refusal.uri}: {refusal.reason}" for refusal in inputs.refusals[:5])
        raise InputError(told or "no input was named", missing=missing)


def _worth(inputs: Inputs, unknown: bool) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores if unknown else min(cores, 1 + inputs.bytes // _WORKER_BYTES)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

"""A run: inputs to corpus, ledger and manifest, all of them or nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from corpuskit import batch, cycles
from corpuskit.config import Config
from corpuskit.described import manual
from corpuskit.duplicates import Duplicates
from corpuskit.engines import Engine, cores, done
from corpuskit.limits import Limits
from corpuskit.meter import Meter, Progress
from corpuskit.profile import Clock, NoClock
from corpuskit.read import is_url
from corpuskit.report import attempt
from corpuskit.resume import Identity, now, taken_up
from corpuskit.sources import Inputs
from corpuskit.spool import TOLD, Spool
from corpuskit.write import folder, manifest, remote
from corpuskit.write.atomic import OutputError
from corpuskit.write.jsonl import PartWriter
from corpuskit.write.manifest import Tally

Json = dict[str, Any]

_WORKER_BYTES = 8 << 20
"""So much input is worth one more process."""


class InputError(Exception):
    """There is nothing to read; ``missing`` when that is because nothing of what was named exists."""

    def __init__(self, message: str, *, missing: bool) -> None:
        super().__init__(message)
        self.missing = missing


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
    resumed: int = 0
    """Sources that an earlier run, cut short, had done already."""
    profile: dict[str, float] = field(default_factory=dict, repr=False)
    """CPU seconds by part of the road, where they were asked for."""
    url: str | None = None
    """Where the run was put, if a URL was given; then ``out`` is no more."""

    @property
    def counts(self) -> Json:
        """The counts of the manifest."""
        counts: Json = self.manifest["counts"]
        return counts

    @property
    def failed(self) -> int:
        """Number of pages that were read, but could not be cleaned."""
        number: int = self.counts["stages"].get("clean", {}).get("lines", 0)
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
    fresh: bool = False,
    memory: int | None = None,
    page_timeout: float | None = None,
    profile: bool = False,
    engine: Engine = "local",
    progress: Callable[[Progress], None] | None = None,
) -> Summary:
    """Clean ``inputs`` (files, folders, globs, URLs, ``-`` for stdin) into the folder ``out``.

    The same inputs, config and version give the same bytes in ``out/corpus`` and ``out/ledger``, whatever the order
    of the inputs, the number of workers, or how often the run was cut short. ``workers`` of None takes as many
    processes as the input is worth; more than one needs the caller's script to be importable (``if __name__ ==
    "__main__":``). An earlier run in ``out`` is replaced when this one is whole, and stands as it was when this one
    fails. A run that was cut short by any means goes on where it was, unless ``fresh``; stdin cannot be read again,
    so a run that reads it begins anew. With ``force`` other things in ``out`` are tolerated. A bad input is refused in
    the ledger and stops nothing else; so is a page that kills its worker, or takes over ``page_timeout`` seconds.
    ``memory`` is about how many bytes the run may take in all its processes; a worker that needs more refuses its page.
    ``engine`` is what the workers run on: processes of this machine, Daft's, or those of a Ray cluster, which take
    every CPU they have where ``workers`` is None.
    Where ``out`` is a URL the run is made in a folder for temporary files, and put there when it is whole.

    Raises:
        EngineError: the engine is not installed, or its cluster cannot be reached.
        InputError: nothing to read at all.
        OutputError: ``out`` holds something else, or an unfinished run of another config or of inputs that have
            changed, or is used by another run, or is or lies in an input, or cannot be written.
    """
    limits, cleaning = Limits(engine, workers, memory, page_timeout), config or Config()
    if not isinstance(out, str) or not is_url(out):
        return _here(inputs, Path(out), cleaning, limits, progress, force=force, fresh=fresh, profile=profile)
    here = remote.local(out)
    summary = _here(inputs, here, cleaning, limits, progress, force=force, fresh=fresh, profile=profile)
    remote.put(here, out)
    shutil.rmtree(here)
    return replace(summary, url=out)


def _here(
    inputs: Sequence[str],
    out: Path,
    config: Config,
    limits: Limits,
    progress: Callable[[Progress], None] | None,
    *,
    force: bool,
    fresh: bool,
    profile: bool,
) -> Summary:
    given = [Path(name) for name in inputs if name != "-" and not is_url(name)]
    with ExitStack() as stack:
        stack.enter_context(cycles.thawed())
        claimed = stack.enter_context(folder.claimed(out))
        folder.prepare(out, given, force=force, fresh=fresh)
        if not claimed:
            stack.enter_context(folder.claimed(out))
        run = None
        try:
            run = _Run(inputs, out, config, limits, progress, profile)
            summary = run.go()
            run.close()
            folder.publish(out)
        except BaseException:
            _leave(out, run)
            raise
    return summary


def _leave(out: Path, run: _Run | None) -> None:
    """Keep what is done of a run that fails, if that is anything."""
    kept = (folder.working(out) / folder.JOURNAL).exists() if run is None else run.kept
    if run is not None:
        run.close()
    if kept:
        folder.suspend(out)
    else:
        folder.discard(out)


class _Run:
    def __init__(
        self,
        inputs: Sequence[str],
        out: Path,
        config: Config,
        limits: Limits,
        progress: Callable[[Progress], None] | None,
        profile: bool,
    ) -> None:
        self.out = out
        self.new = folder.staging(out)
        self.config = config
        self.inputs = Inputs(inputs, config, out.resolve())
        _check(self.inputs)
        self.limits = limits.for_workers(_worth(self.inputs, "-" in inputs))
        self.identity = Identity.of(inputs, config)
        work = folder.working(out)
        self.facts = taken_up(work, out, self.identity, self.inputs)
        self.spool = Spool(work, config.dedup.permutations, memory=limits.search)
        self.resumed = self.spool.tally.totals["sources"]
        # a page that killed this process before would kill it again
        self.apart = bool(self.facts.get("open"))
        self.spool.commit(**self.facts | {"open": True})
        self.meter = Meter(self.inputs, progress or (lambda at: None), self.spool.next)
        self.refused = [Refused(*entry) for entry in self.spool.journal.refused()]
        self.seconds: dict[str, float] = self.facts["seconds"]
        self.profile = profile
        self.clock = Clock() if profile else NoClock()

    @property
    def kept(self) -> bool:
        """Whether something is done that a later run can go on from."""
        return self.identity.lasting and self.spool.done

    def close(self) -> None:
        with suppress(OutputError):
            self.spool.journal.commit({"open": False})
        self.spool.close()

    def go(self) -> Summary:
        self._clean()
        tally = self.spool.tally
        with self._timed("duplicates"):
            self.meter.say("duplicates", tally)
            self.clock.lap("")
            duplicates = Duplicates(self.spool, self.config, folder=self.spool.scratch, memory=self.spool.memory)
            self.clock.lap("duplicates")
        with self._timed("write"):
            self.meter.say("write", tally)
            files = self._write(duplicates, tally)
            self.clock.lap("write")
        made = manifest.build(
            config=self.config.as_dict(),
            config_digest=self.config.digest(),
            inputs=[{"given": name, "root": self.facts["root"]} for name in self.facts["given"]],
            tally=tally,
            files=files,
            started=self.facts["started"],
            finished=now(),
            seconds=self.seconds,
        )
        record = manifest.write(self.new, made)
        if self.config.output.report:
            attempt(self.new, manual())
        self.spool.journal.commit({"manifest": record})
        return Summary(self.out, made, tuple(self.refused), self.resumed, self.clock.taken())

    def _clean(self) -> None:
        before, begun = self.seconds.get("clean", 0.0), time.perf_counter()
        work, limits = batch.Cleaning(self.config, self.limits.page_timeout, self.profile), self.limits
        tasks = batch.batches(self.clock.each(self.meter.parts(), "read"))
        engine = done(limits.engine, tasks, work, limits.workers, apart=self.apart, memory=limits.worker)
        for task, batched in engine:
            self.clock.lap("")
            self.spool.add(batched, task[-1][0])
            self.seconds["clean"] = before + time.perf_counter() - begun
            if self.spool.due:
                self.spool.commit(seconds=self.seconds)
            self.clock.lap("spool")
            self.clock.add(batched.seconds)
            room = TOLD - len(self.refused)
            self.refused += [Refused(*entry) for entry in batched.refused[:room]]
            self.meter.say("clean", self.spool.tally)
        self.spool.commit(seconds=self.seconds)

    def _write(self, duplicates: Duplicates, tally: Tally) -> dict[str, list[Any]]:
        options = self.config.output
        shard = options.shard_mb * 2**20
        with (
            PartWriter(
                self.new / "corpus", compression=options.compression, shard_bytes=shard, form=options.format
            ) as corpus,
            PartWriter(self.new / "ledger", compression=options.compression, shard_bytes=shard) as ledger,
        ):
            for unit in self.spool.order():
                for writer, lines in zip((corpus, ledger), duplicates.lines(unit, tally), strict=True):
                    for line in lines.splitlines(keepends=True):
                        writer.write(line)
        return {"corpus": corpus.files, "ledger": ledger.files}

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[part] = time.perf_counter() - begun


def _check(inputs: Inputs) -> None:
    if not inputs.items:
        missing = any(refusal.rule == "read.missing" for refusal in inputs.refusals)
        told = "; ".join(f"{refusal.uri}: {refusal.reason}" for refusal in inputs.refusals[:5])
        raise InputError(told or "no input was named", missing=missing)


def _worth(inputs: Inputs, unknown: bool) -> int:
    return cores() if unknown else min(cores(), 1 + inputs.bytes // _WORKER_BYTES)

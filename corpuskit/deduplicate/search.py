"""``dedup``: the duplicates of any JSONL or Parquet corpus taken out, all else as it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

import corpuskit
from corpuskit.core.source import Refusal
from corpuskit.dedup import DedupOptions, Statistics
from corpuskit.dedup.index import Index
from corpuskit.dedup.judge import GIB
from corpuskit.deduplicate.corpora import Chunk, Corpora, read, refused
from corpuskit.deduplicate.gathered import Gathered
from corpuskit.deduplicate.rewriting import Ledger, Rewriter, duplicates
from corpuskit.deduplicate.sketching import Bad, Fields, Sketch, Sketching
from corpuskit.engines import in_order
from corpuskit.read.packed import PackedError
from corpuskit.write import folder, manifest
from corpuskit.write.atomic import OutputError, explained
from corpuskit.write.encode import dumps
from corpuskit.write.jsonl import Compression, FileEntry, PartWriter

Json = dict[str, Any]

COMMAND = "dedup"
_TOLD = 1000


class CorpusError(Exception):
    """There is no corpus to read."""


class Progress(NamedTuple):
    """How far it is: the step, rows and bytes read, and the bytes there are."""

    step: str
    rows: int
    bytes: int
    total: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What came out."""

    out: Path
    manifest: Json = field(repr=False)
    refusals: tuple[Refusal, ...] = field(repr=False)
    """The first thousand files and rows that could not be read; the ledger has all."""

    @property
    def counts(self) -> Json:
        """The counts of the manifest."""
        counts: Json = self.manifest["counts"]
        return counts


class Settings(NamedTuple):
    """How it is done; only ``options`` and ``fields`` decide what comes out."""

    options: DedupOptions = DedupOptions()
    fields: Fields = Fields()
    workers: int = 1
    memory: int = GIB
    compression: Compression = "none"
    shard_bytes: int = GIB
    force: bool = False


def deduplicate(
    inputs: Sequence[str],
    out: Path | str,
    settings: Settings | None = None,
    *,
    index: Path | str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Summary:
    """Write the records of ``inputs`` (files, folders, globs) that stay into ``out/corpus``.

    ``out/duplicates`` names each record that goes, its twin, their similarity and the grain; ``out/ledger`` has the
    rows that could not be read and the paragraphs that were taken out. Lines of JSONL and rows of Parquet that
    stay are as they were. With ``index``, records are also compared with all corpora entered there before, and
    these are entered. An earlier output in ``out`` is replaced when this one is whole.

    Raises:
        CorpusError: nothing to read at all.
        OutputError: ``out`` or ``index`` holds something else, is or lies in an input, or cannot be written.
        IndexDamagedError: the index is damaged, or was made with other settings.
        ChangedError: a file was changed while it was read.
    """
    out, settings = Path(out), settings or Settings()
    shelf = None if index is None else Path(index)
    _check_folders(out, inputs, shelf)
    folder.prepare(out, [Path(name) for name in inputs], force=settings.force, command=COMMAND)
    try:
        return _Dedup(inputs, out, settings, shelf, progress or (lambda at: None)).go()
    except BaseException:
        folder.discard(out)
        raise


def _check_folders(out: Path, inputs: Sequence[str], index: Path | None) -> None:
    if index is None:
        return
    real = index.resolve()
    for name in (str(out), *inputs):
        other = Path(name).resolve()
        if other == real or other in real.parents or real in other.parents:
            raise OutputError(f"the index {index} and {name} lie in each other: name another folder with --index")


class _Dedup:
    def __init__(
        self,
        inputs: Sequence[str],
        out: Path,
        settings: Settings,
        index: Path | None,
        progress: Callable[[Progress], None],
    ) -> None:
        self.given, self.out, self.settings = list(inputs), out, settings
        self.new = folder.staging(out)
        self.corpora = Corpora(inputs, out.resolve())
        self.index = Index(index, settings.options) if index is not None else None
        self.progress = progress
        self.statistics = Statistics()
        self.refusals: list[Refusal] = []
        self.seconds: dict[str, float] = {}
        self.counts: dict[str, int] = {"files": 0, "refused_files": 0, "rows": 0}
        self.counts |= {"refused_rows": 0, "without_text": 0}

    def go(self) -> Summary:
        started = _now()
        self._check()
        with explained(self.out), closing(self._gathered()) as known:
            files = self._files(known)
            made = self._manifest(started, files)
            manifest.write(self.new, made)
            staged = self._stage(known)
            folder.publish(self.out)
            if self.index is not None and staged is not None:
                self.index.publish(staged)
        return Summary(self.out, made, tuple(self.refusals))

    def _check(self) -> None:
        if not self.corpora.files:
            told = "; ".join(f"{refusal.uri}: {refusal.reason}" for refusal in self.corpora.refusals[:5])
            raise CorpusError(told or "no corpus was named")

    def _gathered(self) -> Gathered:
        return Gathered(self.settings.options, self.new, self.settings.memory, self.index)

    def _files(self, known: Gathered) -> dict[str, list[FileEntry]]:
        settings = self.settings
        with PartWriter(self.new / "ledger", compression=settings.compression) as writer:
            ledger = Ledger(writer)
            with self._timed("read"):
                self._read(known, ledger)
            with self._timed("judge"):
                self._say("judge")
                self.verdicts = known.verdicts(self.statistics)
            with self._timed("write"):
                self._say("write")
                rewriter = Rewriter(self.new, settings.options, settings.fields.text, known, self.verdicts, ledger)
                files = rewriter.write(self.corpora.files, settings.compression, settings.shard_bytes)
        self.counts |= rewriter.counts
        return files | {"ledger": writer.files}

    def _read(self, known: Gathered, ledger: Ledger) -> None:
        work = Sketching(self.settings.options, self.settings.fields)
        for _, sketch in in_order(self._chunks(), work, self.settings.workers):
            self.counts["rows"] += len(sketch.chunk.numbers)
            for bad in sketch.bad:
                self._bad(sketch, bad, ledger)
            known.add(sketch)
            self._say("read")
        # not where they were met: that is how far ahead of the work the reading was
        for refusal in sorted(self.corpora.refusals, key=lambda at: (at.uri, at.rule)):
            self.counts["refused_files"] += 1
            self._tell(refusal)
            ledger.refuse(refusal, None)

    def _chunks(self) -> Iterator[Chunk]:
        fields = self.settings.fields
        for corpus in self.corpora.files:
            self.counts["files"] += 1
            self.at = corpus.number
            try:
                yield from read(corpus, [fields.text, fields.id, *fields.dates])
            except (OSError, PackedError) as error:
                self.corpora.refusals.append(refused(corpus.uri, error, corpus.size))

    def _bad(self, sketch: Sketch, bad: Bad, ledger: Ledger) -> None:
        uri, number = sketch.chunk.corpus.uri, sketch.chunk.numbers[bad.at]
        line = sketch.chunk.lines[bad.at] if sketch.chunk.lines else b""
        refusal = Refusal(uri, bad.rule, bad.reason, number, bytes=len(line))
        self._tell(refusal)
        self.counts["without_text" if bad.kept else "refused_rows"] += 1
        if not bad.kept:
            ledger.refuse(refusal, line)

    def _tell(self, refusal: Refusal) -> None:
        if len(self.refusals) < _TOLD:
            self.refusals.append(refusal)

    def _stage(self, known: Gathered) -> Path | None:
        if self.index is None or self.index.holds(known.digest):
            return None
        gone = np.zeros(len(known), np.bool_)
        gone[self.verdicts.rows] = True
        return self.index.stage(known.digest, known.staying(gone), map(dumps, duplicates(known, self.verdicts)))

    def _manifest(self, started: str, files: dict[str, list[FileEntry]]) -> Json:
        settings = self.settings
        counts: Json = self.counts | {"candidates": self.statistics.candidates, "verified": self.statistics.verified}
        hot = self.statistics.hot
        counts["hot_buckets"] = {"buckets": len(hot), "left_out": sum(bucket.left_out for bucket in hot)}
        return {
            "corpuskit": corpuskit.__version__,
            "command": COMMAND,
            "started": started,
            "finished": _now(),
            "seconds": {name: round(value, 3) for name, value in sorted(self.seconds.items())},
            "inputs": [{"given": name, "root": str(Path.cwd())} for name in self.given],
            "index": None if self.index is None else {"folder": str(self.index.folder), "records": len(self.index)},
            "counts": counts,
            "files": [
                {"path": f"{name}/{e.name}", "sha256": e.sha256, "bytes": e.bytes, "lines": e.lines}
                for name in sorted(files)
                for e in files[name]
            ],
            "options": manifest.sort_keys(msgspec.to_builtins(settings.options)),
            "fields": settings.fields._asdict(),
            "versions": manifest.versions(),
        }

    def _say(self, step: str) -> None:
        done = sum(corpus.size for corpus in self.corpora.files[: getattr(self, "at", 0)])
        self.progress(Progress(step, self.counts["rows"], done, self.corpora.bytes))

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[part] = time.perf_counter() - begun


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

"""OUT against its sources: nothing lost, nothing twice, nothing changed without a receipt."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from corpuskit.core.source import Refusal, Source
from corpuskit.write import manifest as manifests
from corpuskit.write.check import MALFORMED, PageCheck
from corpuskit.write.folder import FOLDERS, MANIFEST
from corpuskit.write.jsonl import read_lines
from corpuskit.write.manifest import Tally
from corpuskit.write.pieces import excerpt
from corpuskit.write.stream import (
    DAMAGED,
    Key,
    Stream,
    entries,
    is_refusal,
    key_of_line,
    key_of_record,
    least,
)

Json = dict[str, Any]


FITFUL = ("read.crashed", "read.timeout")
"""Rules that refused a page for what it cost on that day and machine; it may well be read on another."""


class Problem(NamedTuple):
    """One mismatch: its kind, where (source name or file of OUT, record id), and what was found."""

    kind: str
    source: str | None
    record: str | None
    message: str

    def __str__(self) -> str:
        where = " ".join(part for part in (self.source, self.record and f"[{self.record}]") if part)
        return f"{self.kind}: {where}: {self.message}" if where else f"{self.kind}: {self.message}"


@dataclass(slots=True)
class Report:
    """What ``verify`` found: the first ``limit`` problems, and the number of all by kind."""

    limit: int
    problems: list[Problem] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    tally: Tally = field(default_factory=Tally)
    """The counts of what was checked."""
    unread: set[tuple[str, str]] = field(default_factory=set)
    """Files that cannot be read to their end, and why: told once, however often they are opened."""

    @property
    def total(self) -> int:
        """Number of all problems, those beyond the limit included."""
        return self.kinds.total()

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not self.total

    def add(self, kind: str, source: str | None, record: str | None, message: str) -> None:
        """Count a problem, and keep it while there are fewer than the limit."""
        self.kinds[kind] += 1
        if len(self.problems) < self.limit:
            self.problems.append(Problem(kind, source, record, message))

    def render(self) -> str:
        """Return the report for people."""
        totals = self.tally.totals
        what = f"{totals['sources']} sources, {totals['records']} records, {totals['ledger_lines']} ledger lines"
        if self.ok:
            return f"ok: {what}, {self.tally.characters['in']} characters, each in exactly one place"
        out = [str(problem) for problem in self.problems]
        if self.total > len(out):
            out.append(f"... and {self.total - len(out)} more")
        kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(self.kinds.items()))
        return "\n".join([*out, f"{self.total} problems ({kinds}) in {what}"])


def verify(out: Path, sources: Iterable[Source | Refusal], *, check_files: bool = True, limit: int = 100) -> Report:
    """Check OUT against its sources, read again by the caller in the order of the run (``Key``).

    One source at a time is in memory. ``check_files`` compares the files with the digests, sizes and line
    counts of the manifest; everything else is checked regardless. Never stops at a problem.
    """
    # sources are read in the folder where the run was started, which need not be the one that OUT is named from
    out = out.absolute()
    report = Report(limit)
    manifest = _manifest(out, report)
    if check_files and manifest is not None:
        _files(out, manifest, report)
    _Walk(out, sources, manifest or {}, report).run()
    if manifest is not None:
        _compare("counts", manifest.get("counts"), report.tally.counts(), report)
    return report


def _manifest(out: Path, report: Report) -> Json | None:
    try:
        return manifests.load(out)
    except (OSError, ValueError) as error:
        report.add("manifest", MANIFEST, None, f"cannot be read: {error}")
        return None


def _files(out: Path, manifest: Json, report: Report) -> None:
    listed: set[str] = set()
    for entry in manifest.get("files", []):
        try:
            listed.add(entry["path"])
            _file(out, entry, report)
        except MALFORMED as error:
            report.add("manifest", MANIFEST, None, f"files: {error!r} in {excerpt(str(entry))}")
    for folder in FOLDERS:
        found = {f"{folder}/{path.name}" for path in (out / folder).glob("*")}
        for name in sorted(found - listed):
            report.add("file", name, None, "the manifest does not know this file")


def _file(out: Path, entry: Json, report: Report) -> None:
    path = out / entry["path"]
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        found = {"sha256": digest, "bytes": path.stat().st_size, "lines": sum(1 for _ in read_lines(path))}
    except DAMAGED as error:
        what = f"cannot be read to its end: {error}"
        report.unread.add((entry["path"], what))
        report.add("file", entry["path"], None, what)
        return
    for key, value in found.items():
        if entry[key] != value:
            report.add("file", entry["path"], None, f"{key}: the manifest says {entry[key]}, the file has {value}")


def _compare(path: str, said: Any, found: Any, report: Report) -> None:
    if isinstance(said, dict) and isinstance(found, dict):
        for key in sorted(said.keys() | found.keys()):
            _compare(f"{path}.{key}", said.get(key), found.get(key), report)
    elif said != found:
        report.add("count", MANIFEST, None, f"{path}: the manifest says {said!r}, found {found!r}")


class _Walk:
    """Sources, records and ledger lines taken in step, by source."""

    def __init__(self, out: Path, sources: Iterable[Source | Refusal], manifest: Json, report: Report) -> None:
        self.out = out
        self.report = report
        self.tally = report.tally
        self.stamp = {"config": manifest.get("config_digest"), "corpuskit": manifest.get("corpuskit")}
        self.refusals: Counter[tuple[str, str]] = Counter()
        """(source, rule): refused now minus refused in the ledger."""
        self.twins: dict[str, str] = {}
        self.sources = Stream(self._read(sources), lambda s: Key.of(s.uri, s.record))
        self.records = Stream(self._records(), key_of_record)
        self.lines = Stream(self._lines(), key_of_line)

    def run(self) -> None:
        last: Key | None = None
        while (key := least(self.sources, self.records, self.lines)) is not None:
            sources, records, lines = self.sources.take(key), self.records.take(key), self.lines.take(key)
            if last is not None and key < last:
                what = ", ".join(
                    _some(n, w) for n, w in ((sources, "source"), (records, "record"), (lines, "line")) if n
                )
                self.report.add("order", key.name, None, f"{what} after those of {last.name}")
            elif not sources and not _excused(lines):
                self.report.add(
                    "source", key.name, None, f"{len(records)} records and {len(lines)} ledger lines, no source"
                )
            self._page(key, sources, records, lines)
            last = key
        self._refused()
        self._twins()

    def _page(self, key: Key, sources: list[Source], records: list[Json], lines: list[Json]) -> None:
        if _excused(lines):
            return
        for source in sources:
            self.tally.add_source(source.describe())
        for source in sources[1:]:
            self.report.add("source", source.name, None, "is among the sources twice")
        for source in sources[:1]:
            PageCheck(
                source, records, lines, lambda kind, record, what: self.report.add(kind, key.name, record, what)
            ).run()

    def _read(self, sources: Iterable[Source | Refusal]) -> Iterator[Source]:
        for source in sources:
            if isinstance(source, Refusal):
                self._refusal(source.name, source.rule, 1)
            else:
                yield source

    def _records(self) -> Iterator[Json]:
        for record in entries(self.out / "corpus", self._damaged):
            try:
                key = key_of_record(record)
                self.tally.add_record(record)
                stamp = {name: record["provenance"][name] for name in self.stamp}
            except MALFORMED as error:
                self.report.add("shape", "corpus", None, f"{error!r} in {excerpt(str(record))}")
                continue
            for name, value in stamp.items():
                if self.stamp[name] is not None and value != self.stamp[name]:
                    self.report.add(
                        "record",
                        key.name,
                        str(record.get("id")),
                        f"{name} is {value!r}, the manifest's is {self.stamp[name]!r}",
                    )
            yield record

    def _lines(self) -> Iterator[Json]:
        for line in entries(self.out / "ledger", self._damaged):
            try:
                key = key_of_line(line)
                self.tally.add_ledger(line)
            except MALFORMED as error:
                self.report.add("shape", "ledger", None, f"{error!r} in {excerpt(str(line))}")
                continue
            if is_refusal(line) and line["rule"] not in FITFUL:
                self._refusal(key.name, line["rule"], -1)
                continue
            if line.get("twin") is not None:
                self.twins.setdefault(line["twin"], key.name)
            yield line

    def _damaged(self, where: str, what: str) -> None:
        if (where, what) not in self.report.unread:
            self.report.add("file", where, None, what)

    def _refusal(self, name: str, rule: str, number: int) -> None:
        self.refusals[name, rule] += number
        # in step with the ledger the two cancel out, and few are in memory at any time
        if not self.refusals[name, rule]:
            del self.refusals[name, rule]

    def _refused(self) -> None:
        for (name, rule), number in sorted(self.refusals.items()):
            what = (
                f"{rule}: refused now, the ledger does not say so"
                if number > 0
                else f"the ledger refuses it by {rule}, it is not refused now"
            )
            self.report.add("refusal", name, None, what)

    def _twins(self) -> None:
        if self.twins:
            for record in entries(self.out / "corpus", lambda where, what: None):
                self.twins.pop(str(record.get("id")), None)
        for twin, name in self.twins.items():
            self.report.add("twin", name, None, f"its twin {twin} is not in the corpus")


def _excused(lines: list[Json]) -> bool:
    return any(is_refusal(line) for line in lines)


def _some(items: list[Any], word: str) -> str:
    return f"{len(items)} {word}{'s' * (len(items) > 1)}"

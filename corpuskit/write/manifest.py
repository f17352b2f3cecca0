"""What ran, on what, with what, and what came out: ``manifest.json``."""

from __future__ import annotations

import hashlib
import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import corpuskit
from corpuskit.write.atomic import OutputError, write_atomic
from corpuskit.write.encode import loads, pretty
from corpuskit.write.folder import MANIFEST, MARKER
from corpuskit.write.jsonl import FileEntry

Json = dict[str, Any]

PACKAGES = (
    "ahocorasick-rs",
    "beautifulsoup4",
    "daft",
    "datasketch",
    "fastwarc",
    "ftfy",
    "langdetect",
    "msgspec",
    "numpy",
    "orjson",
    "pyarrow",
    "selectolax",
    "zstandard",
)
"""Those whose version can change what comes out; the manifest names the installed ones."""

_KINDS = {"remove": "removed", "lift": "lifted", "drop": "dropped"}
_TABLES = ("totals", "characters", "refused", "languages", "encodings")
_CHARACTERS = ("in", "kept", "replaced", "written", "removed", "lifted", "dropped")


@dataclass(slots=True)
class Tally:
    """Counts gathered from sources, records and ledger lines as they are written.

    Characters are code points. ``in = kept + replaced + removed + lifted + dropped`` when every character is
    accounted for: ``kept`` stand in records verbatim, ``replaced`` lie under written pieces, whose own text is
    ``written``. Adding and merging commute, so the order of the work does not show.
    """

    totals: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)
    stages: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(stage, rule, measure) to number; the measures are lines and the names under ``characters``."""

    def add_source(self, source: Mapping[str, Any]) -> None:
        """Count a source that was read; ``source`` is what ``provenance.source`` says of it."""
        self.totals["sources"] += 1
        self.totals["source_bytes"] += source["bytes"]
        self.totals["lossy_sources"] += not source["lossless"]
        self.characters["in"] += source["chars"]
        self.encodings[source["encoding"]] += 1

    def add_record(self, record: Mapping[str, Any]) -> None:
        """Count a corpus record."""
        self.totals["records"] += 1
        self.languages[record["language"]] += 1
        for start, end, low, high, *receipt in record["provenance"]["pieces"]:
            if not receipt:
                self.characters["kept"] += end - start
                continue
            rule = receipt[0]
            self._count(rule.partition(".")[0], rule, "written", end - start)
            self._count(rule.partition(".")[0], rule, "replaced", high - low)

    def add_ledger(self, line: Mapping[str, Any]) -> None:
        """Count a ledger line; a drop of the stage ``read`` is a refused input."""
        stage, rule, kind = line["stage"], line["rule"], line["kind"]
        self.totals["ledger_lines"] += 1
        self.stages[stage, rule, "lines"] += 1
        if kind == "drop":
            self._drop(line)
        if kind in _KINDS:
            self._count(stage, rule, _KINDS[kind], sum(end - start for start, end in line["spans"]))

    def merge(self, other: Tally) -> None:
        """Add another tally's counts to this one."""
        for name in (*_TABLES, "stages"):
            getattr(self, name).update(getattr(other, name))

    def as_json(self) -> Json:
        """Return all counts as JSON; ``of_json`` reads them back."""
        plain = {name: dict(getattr(self, name)) for name in _TABLES}
        return plain | {"stages": [[*at, number] for at, number in self.stages.items()]}

    @classmethod
    def of_json(cls, data: Json) -> Tally:
        """Return the tally of what ``as_json`` gave."""
        stages = Counter({(stage, rule, measure): number for stage, rule, measure, number in data["stages"]})
        return cls(**{name: Counter(data[name]) for name in _TABLES}, stages=stages)

    def counts(self) -> Json:
        """Return the counts as the manifest holds them; keys are sorted within each table."""
        names = ("sources", "source_bytes", "lossy_sources", "refused", "records", "dropped", "duplicates")
        out: Json = {name: self.totals[name] for name in (*names, "ledger_lines")}
        out["characters"] = {name: self.characters[name] for name in _CHARACTERS}
        out["refused_by_rule"] = _sorted(self.refused)
        out["stages"] = self._tree()
        return out | {"languages": _sorted(self.languages), "encodings": _sorted(self.encodings)}

    def _drop(self, line: Mapping[str, Any]) -> None:
        if line["stage"] == "read":
            self.totals["refused"] += 1
            self.refused[line["rule"]] += 1
        else:
            self.totals["dropped"] += 1
            self.totals["duplicates"] += line.get("twin") is not None

    def _count(self, stage: str, rule: str, measure: str, size: int) -> None:
        self.characters[measure] += size
        self.stages[stage, rule, measure] += size

    def _tree(self) -> Json:
        out: Json = {}
        for (stage, rule, measure), number in sorted(self.stages.items()):
            if number:
                table = out.setdefault(stage, {"rules": {}})
                table["rules"].setdefault(rule, {})[measure] = number
                table[measure] = table.get(measure, 0) + number
        return out


def _sorted(counter: Counter[str]) -> dict[str, int]:
    return {key: number for key, number in sorted(counter.items()) if number}


def of_run(out: Path) -> Json:
    """Return the manifest of OUT.

    Raises:
        OutputError: OUT is not the output folder of a finished run.
    """
    if not out.exists():
        raise OutputError(f"{out}: no such folder: name the output folder of a run")
    if not out.is_dir():
        raise OutputError(f"{out} is a file: name the output folder of a run")
    try:
        manifest = load(out)
    except PermissionError:
        raise OutputError(f"{out / MANIFEST}: no permission to read it: change its mode or its owner") from None
    except FileNotFoundError:
        if (out / MARKER).is_file():
            raise OutputError(f"{out} holds a run that did not end: type its command again, and it goes on") from None
        raise OutputError(f"{out} is not the output folder of a run: it holds no {MANIFEST}") from None
    except (OSError, ValueError) as error:
        raise OutputError(f"{out} is not the output folder of a run: {error}") from error
    if "command" in manifest:
        raise OutputError(f"{out} is the output of corpuskit {manifest['command']}: name the output folder of a run")
    return manifest


def sort_keys(value: Any) -> Any:
    """Return a JSON value with the keys of all its objects sorted."""
    if isinstance(value, Mapping):
        return {key: sort_keys(value[key]) for key in sorted(value)}
    return [sort_keys(item) for item in value] if isinstance(value, list | tuple) else value


def versions() -> Json:
    """Return the versions of Python, the platform and the installed packages that matter."""
    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {"python": platform.python_version(), "platform": platform.platform(), "packages": found}


def build(
    *,
    config: Mapping[str, Any],
    config_digest: str,
    inputs: Iterable[Mapping[str, Any]],
    tally: Tally,
    files: Mapping[str, Iterable[FileEntry]],
    started: str,
    finished: str,
    seconds: Mapping[str, float],
) -> Json:
    """Return the manifest of a run.

    ``config_digest`` is the ``sha256:…`` under which records name the config (``provenance.config``).
    ``inputs`` say for each input what was given (``given``) and where its files' URIs start (``root``, absolute),
    so that ``verify`` finds the sources again. ``files`` maps a folder of OUT to its finished parts; ``started`` and
    ``finished`` are ISO 8601; ``seconds`` are durations by part of the road.
    """
    return {
        "corpuskit": corpuskit.__version__,
        "started": started,
        "finished": finished,
        "seconds": {name: round(value, 3) for name, value in sorted(seconds.items())},
        "inputs": [dict(entry) for entry in inputs],
        "counts": tally.counts(),
        "files": [
            {"path": f"{folder}/{e.name}", "sha256": e.sha256, "bytes": e.bytes, "lines": e.lines}
            for folder in sorted(files)
            for e in files[folder]
        ],
        "config_digest": config_digest,
        "config": sort_keys(config),
        "versions": versions(),
    }


def write(folder: Path, manifest: Mapping[str, Any]) -> str:
    """Write ``manifest.json`` into a folder, whole or not at all; return the SHA-256 of its bytes.

    Raises:
        OutputError: the folder cannot be written.
    """
    data = pretty(manifest)
    write_atomic(folder / MANIFEST, data)
    return hashlib.sha256(data).hexdigest()


def load(out: Path) -> Json:
    """Return the manifest of OUT.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not a manifest.
    """
    manifest = loads((out / MANIFEST).read_bytes())
    if not isinstance(manifest, dict) or "corpuskit" not in manifest:
        raise ValueError(f"{out / MANIFEST} is not a manifest of corpuskit")
    return manifest

"""Corpora for the tests of ``corpuskit dedup``: families of poems, some pasted paragraphs, some bad rows."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from dedup_texts import edit, poem

from corpuskit.dedup import DedupOptions
from corpuskit.deduplicate import Settings, deduplicate

Json = dict[str, Any]
PASTED = poem(60, 999)


def family(name: str, seeds: Iterable[int], changes: int = 0, date: str = "2024-01-01") -> list[Json]:
    """Return poems, one a seed; those of equal seeds are near duplicates of each other."""
    return [
        {"id": f"{name}{seed}", "text": edit(poem(200, seed), changes, seed), "date": date, "tags": ["甲", 1.50]}
        for seed in seeds
    ]


def write(path: Path, records: Iterable[Json], seed: int | None = None) -> Path:
    """Write records as JSONL, shuffled by a seed."""
    lines = [json.dumps(record, ensure_ascii=n % 2 == 0) for n, record in enumerate(records)]
    if seed is not None:
        random.Random(seed).shuffle(lines)
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return path


def mixed(folder: Path) -> list[str]:
    """Write two files with exact, near and contained duplicates, pasted paragraphs and bad lines."""
    first = [*family("a", range(30)), {"id": "c1", "text": poem(200, 3) + "\n" + PASTED}]
    second = family("b", range(10, 25), 2) + family("e", range(25, 35))
    second += [{"id": f"p{n}", "text": f"{poem(90, 500 + n)}\n{PASTED}\n{poem(90, 600 + n)}"} for n in range(4)]
    second += [{"id": "in", "text": poem(200, 7)[50:110]}, {"id": "none", "body": 1}]
    write(folder / "a.jsonl", first)
    path = write(folder / "b.jsonl", second)
    with path.open("ab") as file:
        file.write(b'not json\n\n[1]\n{"id":"last","text":"\\ud83d\\ude00 ' + "末".encode() + b'"}')
    return [str(folder / "a.jsonl"), str(folder / "b.jsonl")]


def run(inputs: Sequence[str | Path], out: Path, *, index: Path | None = None, **options: Any) -> list[Json]:
    """Deduplicate and return the table of duplicates."""
    settings = {name: options.pop(name) for name in ("workers", "memory", "fields") if name in options}
    deduplicate([str(name) for name in inputs], out, Settings(DedupOptions(**options), **settings), index=index)
    return table(out)


def table(out: Path) -> list[Json]:
    return read(out / "duplicates")


def read(folder: Path) -> list[Json]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_bytes().splitlines()]


def kept(out: Path) -> list[bytes]:
    return [line for path in sorted((out / "corpus").glob("*.jsonl")) for line in path.read_bytes().splitlines()]


def content(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files below a folder, but for the manifest and the report, which have the time."""
    timed = ("manifest.json", "report.html")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in timed)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

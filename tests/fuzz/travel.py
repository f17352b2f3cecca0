"""One input of any bytes down the road: nothing is raised, and every character is accounted for."""

from __future__ import annotations

from pathlib import Path

from corpuskit.config import Config
from corpuskit.core.source import Refusal, Source
from corpuskit.pipeline import Pipeline
from corpuskit.read import Item, ReadOptions, open_item
from corpuskit.sources import decoded
from corpuskit.write.check import PageCheck
from corpuskit.write.encode import dumps, loads

NAMES = ("a.txt", "a.html", "a.jsonl", "a.warc", "a.parquet", "a.arrow", "a.gz", "odd")
OPTIONS = ReadOptions(max_page_bytes=1 << 20)
PIPELINE = Pipeline(Config())


def travel(path: Path) -> int:
    """Read, decode and clean a file, and check each page; return the number of pages."""
    pages = 0
    for page in open_item(Item(path.name, path, path.stat().st_size), OPTIONS):
        source = decoded(page)
        if isinstance(source, Refusal):
            assert source.rule.startswith("read."), source
            assert source.reason, source
            continue
        problems = unaccounted(source)
        assert not problems, problems
        pages += 1
    return pages


def unaccounted(source: Source) -> list[str]:
    """Clean a source; return what is wrong between it and its records and ledger lines."""
    cleaned = PIPELINE.clean(source)
    problems: list[str] = []
    records = [loads(dumps(record)) for record in cleaned.records]
    lines = [loads(dumps(line)) for line in cleaned.ledger]
    PageCheck(source, records, lines, lambda kind, record, what: problems.append(f"{kind}: {what}")).run()
    return problems

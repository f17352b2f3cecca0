"""A small honest run, made by hand, for the tests of what reads a run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpuskit.core.source import Refusal, Source
from corpuskit.core.span import Span, chain
from corpuskit.write import manifest as manifests
from corpuskit.write.jsonl import Compression, FileEntry, PartWriter, dumps
from corpuskit.write.manifest import Tally
from corpuskit.write.record import record_id, refusal_line

Json = dict[str, Any]
CONFIG = {"stages": ["garbled", "related_news"]}
STAMP = {"config": "sha256:" + "5" * 64, "corpuskit": "0.1.0"}


@dataclass
class Run:
    """What a run leaves behind, before it is on disk."""

    sources: list[Source | Refusal] = field(default_factory=list)
    records: list[Json] = field(default_factory=list)
    lines: list[Json] = field(default_factory=list)

    def manifest(self, files: dict[str, list[FileEntry]]) -> Json:
        tally = Tally()
        for source in self.sources:
            if isinstance(source, Source):
                tally.add_source(source.describe())
        for record in self.records:
            tally.add_record(record)
        for line in self.lines:
            tally.add_ledger(line)
        inputs = [{"given": "pages", "root": "/data/pages"}]
        start, end = "2025-01-21T08:00:00Z", "2025-01-21T08:00:01Z"
        return manifests.build(
            config=CONFIG,
            config_digest=STAMP["config"],
            inputs=inputs,
            tally=tally,
            files=files,
            started=start,
            finished=end,
            seconds={"read": 0.5},
        )

    def write(self, out: Path, compression: Compression = "none") -> None:
        files: dict[str, list[FileEntry]] = {}
        for folder, entries in (("corpus", self.records), ("ledger", self.lines)):
            with PartWriter(out / folder, compression=compression, shard_bytes=2000) as writer:
                for entry in entries:
                    writer.write(dumps(entry))
            files[folder] = writer.files
        manifests.write(out, self.manifest(files))


def page(uri: str, text: str, record: int | None = None, **metadata: str) -> Source:
    data = text.encode("utf-8", "surrogatepass")
    return Source(uri, text, hashlib.sha256(data).hexdigest(), len(data), record=record, metadata=metadata)


def record_of(source: Source, pieces: list[list[Any]], text: str, **more: Any) -> Json:
    return {
        "id": record_id(source.sha256, chain(Span(p[2], p[3]) for p in pieces)),
        "text": text,
        "title": more.get("title"),
        "source": source.uri,
        "language": "zh-Hans",
        "metadata": more.get("metadata", {}),
        "provenance": {"source": source.describe(), "pieces": pieces, "fields": more.get("fields", {}), **STAMP},
    }


def line_of(source: Source, kind: str, rule: str, spans: list[list[int]], **more: Any) -> Json:
    out: Json = {"source": source.uri}
    if source.record is not None:
        out["source_record"] = source.record
    out |= {"sha256": source.sha256, "kind": kind, "stage": rule.partition(".")[0], "rule": rule, "score": 0.9}
    out |= {"reason": "because", "spans": spans, "before": [source.text[a:b] for a, b in spans]}
    return out | {"after": None, "record": None, "twin": None} | more


A = page("pages/a.txt", "旧闻标题\n\n　　第一段æ–‡正文。\n　　第二段正文。\n相关推荐：甲、乙\n")
B2, B9, B10 = (page("pages/b.jsonl", "完全一样的一篇文章。" * n, n, title="给定的题目") for n in (2, 9, 10))
GONE = Refusal("pages/c.txt", "read.empty", "the file is empty")


def honest() -> Run:
    """Return a small run made by hand: a repair, a lift, a list removed, a twin, a refusal."""
    pieces: list[list[Any]] = [
        [0, 3, 8, 11],
        [3, 4, 11, 14, "garbled.mojibake", "æ–‡"],
        [4, 7, 14, 17],
        [7, 9, 17, 20, "layout.paragraph", "\n　　"],
        [9, 15, 20, 26],
    ]
    a = record_of(A, pieces, "第一段文正文。\n\n第二段正文。", title="旧闻标题", fields={"title": [[0, 4]]})
    b2, b9, b10 = (record_of(b, [[0, len(b.text), 0, len(b.text)]], b.text, title="给定的题目") for b in (B2, B9, B10))
    whole = [[0, len(B9.text)]]
    lines = [
        line_of(A, "lift", "titles.first_line", [[0, 4]], after="旧闻标题", record=a["id"], field="title"),
        line_of(A, "remove", "layout.blank", [[4, 8], [26, 27]]),
        line_of(A, "rewrite", "garbled.mojibake", [[11, 14]], after="文", record=a["id"]),
        line_of(A, "remove", "related_news.list", [[27, 36]], reason="'相关推荐' and a list"),
        line_of(B9, "drop", "dedup.near", whole, record=b9["id"], twin=b2["id"]),
        refusal_line(GONE),
    ]
    return Run([A, B2, B9, B10, GONE], [a, b2, b10], lines)

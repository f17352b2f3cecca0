"""What is asked about: the decisions of a run that were nearest to being otherwise, with the pages they are on."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from corpuskit.report.gather import Bottom
from corpuskit.report.reading import Entry, Flagged, Sheet, Spans, Where, entries_at, sheets
from corpuskit.write.encode import dumps, loads
from corpuskit.write.stream import Key, is_refusal

Json = dict[str, Any]

MARGIN = 0.15
"""So far from its threshold a decision may be and still be asked about."""
_LATE = "duplicates"
"""What is taken out when all pages are known cannot be overridden page by page; whole articles can."""
_SURE = 0.5
"""What has no threshold counts as undecided here."""


class Item(NamedTuple):
    """A decision that is asked about."""

    key: Key
    sha256: str
    kind: str
    rule: str
    score: float
    reason: str
    spans: Spans
    margin: float
    record: str | None = None

    @property
    def identity(self) -> tuple[str, str, Spans]:
        """What decisions of people know it by."""
        return (self.sha256, self.rule, self.spans)


class Queue:
    """Items in the order in which they are asked about: pages by their least certain decision, then by place.

    Filled by ``fill``, which may run in another thread; what is asked before it is done is told to wait. The pages
    lie in a file without a name. Memory: some hundred bytes an item.
    """

    def __init__(self, out: Path, thresholds: dict[str, float], *, most: int, margin: float = MARGIN) -> None:
        self.out = out
        self.thresholds = thresholds
        self.most = most
        self.margin = margin
        self.items: list[Item] = []
        self.seen = 0
        """Sources looked at so far."""
        self.ready = False
        self.error: str | None = None
        self._pages: dict[Key, tuple[int, int]] = {}
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._lock = Lock()

    def fill(self) -> None:
        """Look through the run; afterwards the queue is ready, or says what went wrong."""
        try:
            self._fill()
        except Exception as error:
            self.error = f"{type(error).__name__}: {error}"
            raise
        self.ready = True

    def close(self) -> None:
        """Give the disk back."""
        with self._lock:
            self._file.close()

    def __enter__(self) -> Queue:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def page(self, key: Key) -> tuple[list[Json], list[Json]]:
        """Return the records and ledger lines of a source in the queue."""
        offset, size = self._pages[key]
        with self._lock:
            self._file.seek(offset)
            data = self._file.read(size)
        records, lines = loads(data)
        return records, lines

    def pages(self) -> Iterator[tuple[Key, list[Item]]]:
        """Yield the sources of the queue, each with its items."""
        of: defaultdict[Key, list[Item]] = defaultdict(list)
        for item in self.items:
            of[item.key].append(item)
        yield from of.items()

    def _fill(self) -> None:
        chosen = Bottom(self.most)
        places: dict[Key, Where] = {}
        for sheet in sheets(self.out):
            self.seen += 1
            for kind, found, margin in self._unsure(sheet):
                if chosen.takes(margin, 0):
                    chosen.add(margin, 0, (sheet.key, kind, found.rule, found.spans, margin))
                    places[sheet.key] = sheet.where
        wanted: defaultdict[Key, list[tuple[str, str, Spans, float]]] = defaultdict(list)
        for key, *what in chosen.items():
            wanted[key].append(tuple(what))
        found_items: list[list[Item]] = []
        for key, records, lines in entries_at(self.out, {key: places[key] for key in wanted}):
            told = _told(records, lines)
            items = [_item(key, *what, told) for what in wanted[key]]
            found_items.append(sorted(items, key=lambda item: (item.spans[:1], item.rule)))
            self._keep(key, records, lines)
        found_items.sort(key=lambda items: (min(item.margin for item in items), items[0].key))
        self.items = [item for items in found_items for item in items]

    def _unsure(self, sheet: Sheet) -> Iterator[tuple[str, Entry | Flagged, float]]:
        for article in sheet.articles:
            for flag in article.metadata.flags:
                # a flag of a stage without a threshold is no removal that was nearly made
                stage = flag.rule.partition(".")[0]
                if stage in self.thresholds and stage != _LATE:
                    yield from self._near("flag", flag)
        for entry in sheet.entries:
            late = entry.stage == _LATE and entry.kind != "drop"
            if entry.stage not in ("read", "clean") and entry.spans and not late:
                yield from self._near(entry.kind, entry)

    def _near(self, kind: str, found: Entry | Flagged) -> Iterator[tuple[str, Entry | Flagged, float]]:
        threshold = self.thresholds.get(found.rule.partition(".")[0], _SURE)
        margin = round(abs(found.score - threshold), 6)
        if margin <= self.margin:
            yield kind, found, margin

    def _keep(self, key: Key, records: list[Json], lines: list[Json]) -> None:
        data = dumps([records, lines])
        with self._lock:
            offset = self._file.seek(0, 2)
            self._file.write(data)
        self._pages[key] = (offset, len(data))


def _told(records: list[Json], lines: list[Json]) -> dict[tuple[str, Spans], Json]:
    out: dict[tuple[str, Spans], Json] = {}
    for record in records:
        for flag in record["metadata"].get("flags", ()):
            sha256 = record["provenance"]["source"]["sha256"]
            out[flag["rule"], _spans(flag)] = flag | {"sha256": sha256, "record": record["id"]}
    for line in lines:
        if not is_refusal(line):
            out[line["rule"], _spans(line)] = line
    return out


def _spans(entry: Json) -> Spans:
    return tuple((start, end) for start, end in entry["spans"])


def _item(key: Key, kind: str, rule: str, spans: Spans, margin: float, told: dict[tuple[str, Spans], Json]) -> Item:
    found = told[rule, spans]
    return Item(key, found["sha256"], kind, rule, found["score"], found["reason"], spans, margin, found["record"])

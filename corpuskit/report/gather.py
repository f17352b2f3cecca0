"""What one pass over a finished run finds: the figures that the manifest has not, and the choice of what to show."""

from __future__ import annotations

import hashlib
import heapq
from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from corpuskit.report.reading import Article, Entry, Flagged, Sheet, Spans, Where, sheets
from corpuskit.write.stream import Key

Json = dict[str, Any]
BINS = 20
"""Bars of a histogram of scores."""
_SEED = b"corpuskit report"
_MASK = (1 << 64) - 1


class Pick(NamedTuple):
    """A decision that is shown: why, by which rule, where."""

    why: str
    """sample, largest, unsure or flag."""
    rule: str
    score: float
    spans: Spans
    size: int
    key: Key


class Bottom:
    """The items of the smallest ranks, any number of them seen; ties go to those that came first."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._heap: list[tuple[float, int, int, Any]] = []
        self._seen = 0

    def takes(self, rank: float, second: int) -> bool:
        """Tell whether an item of this rank would be kept now."""
        return len(self._heap) < self.size or (-rank, -second) > self._heap[0][:2]

    def add(self, rank: float, second: int, item: Any) -> None:
        """Keep the item if its rank is among the smallest."""
        if self.takes(rank, second):
            self._seen += 1
            entry = (-rank, -second, -self._seen, item)
            put = heapq.heappush if len(self._heap) < self.size else heapq.heapreplace
            put(self._heap, entry)

    def items(self) -> list[Any]:
        """Return what was kept, smallest rank first."""
        return [entry[3] for entry in self.ranked()]

    def ranked(self) -> list[tuple[float, int, int, Any]]:
        """Return what was kept with its negated ranks, smallest rank first."""
        return sorted(self._heap, key=lambda entry: entry[:3], reverse=True)


@dataclass(slots=True)
class Figures:
    """What is counted on the way; memory is bounded but for eight bytes a duplicate."""

    lengths: Counter[int] = field(default_factory=Counter)
    """Articles by the number of binary digits of their length in characters."""
    characters: Counter[str] = field(default_factory=Counter)
    """Characters of articles by language."""
    scores: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    """(rule, kind of line or flag) to a histogram of scores."""
    twins: array[int] = field(default_factory=lambda: array("Q"))

    def clusters(self) -> Counter[int]:
        """Return how many clusters of duplicates there are of each size."""
        import numpy as np

        found = np.unique(np.frombuffer(self.twins, np.uint64), return_counts=True)[1] if self.twins else ()
        return Counter(int(size) + 1 for size in found)

    def score(self, rule: str, kind: str, score: float) -> None:
        """Count a score."""
        bins = self.scores.get((rule, kind))
        if bins is None:
            bins = self.scores[rule, kind] = [0] * BINS
        bins[min(BINS - 1, max(0, int(score * BINS + 1e-9)))] += 1


class Gathered(NamedTuple):
    """Figures, and what to show: the decisions by the reason for showing them."""

    figures: Figures
    picks: list[Pick]
    places: dict[Key, Where]


def gather(out: Path, thresholds: dict[str, float], *, each: int = 3, most: int = 12) -> Gathered:
    """Count, and choose by hash of the source's name and the rule: the same run gives the same choice.

    ``each`` pages for each rule and each rule's flags, ``most`` of the largest removals and of the least certain
    decisions.
    """
    chooser = _Chooser(thresholds, each, most)
    for sheet in sheets(out):
        chooser.sheet(sheet)
    picks = chooser.picks()
    return Gathered(chooser.figures, picks, {pick.key: chooser.places[pick.key] for pick in picks})


def _hash(name: str) -> int:
    data = _SEED + name.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")


_JOINED = Flagged("layout.join", 1.0, ())


def _size(spans: Spans) -> int:
    return sum(end - start for start, end in spans)


def _pick(why: str, found: Entry | Flagged, key: Key) -> Pick:
    return Pick(why, found.rule, found.score, found.spans, _size(found.spans), key)


class _Chooser:
    def __init__(self, thresholds: dict[str, float], each: int, most: int) -> None:
        self.figures = Figures()
        self.thresholds = thresholds
        self.most = most
        self.samples: defaultdict[tuple[str, str], Bottom] = defaultdict(lambda: Bottom(each))
        self.unsure: defaultdict[str, Bottom] = defaultdict(lambda: Bottom(each))
        self.largest = Bottom(most)
        self.salts: dict[tuple[str, str], int] = {}
        self.places: dict[Key, Where] = {}
        self.page = 0

    def sheet(self, sheet: Sheet) -> None:
        self.page = _hash(sheet.key.name)
        chances: dict[tuple[str, str], list[Entry | Flagged]] = {}
        for article in sheet.articles:
            self._article(article, sheet.key, chances)
        for entry in sheet.entries:
            self._entry(entry, sheet.key)
            chances.setdefault((entry.rule, "sample"), []).append(entry)
        for at, found in chances.items():
            mixed = self.page * self._salt(at) & _MASK
            if self.samples[at].takes(0.0, mixed):
                pick = _pick(at[1], found[mixed % len(found)], sheet.key)
                self.samples[at].add(0.0, mixed, pick)
        self._remember(sheet)

    def _article(self, article: Article, key: Key, chances: dict[tuple[str, str], list[Entry | Flagged]]) -> None:
        figures, size = self.figures, len(article.text)
        figures.lengths[size.bit_length()] += 1
        figures.characters[article.language] += size
        if article.joins:
            chances.setdefault(("layout.join", "sample"), []).append(_JOINED)
        for flag in article.metadata.flags:
            figures.score(flag.rule, "flag", flag.score)
            chances.setdefault((flag.rule, "flag"), []).append(flag)
            self._margin(flag, key, 1)

    def _entry(self, entry: Entry, key: Key) -> None:
        self.figures.score(entry.rule, entry.kind, entry.score)
        if entry.twin is not None and entry.kind == "drop":
            self.figures.twins.append(_hash(entry.twin))
        elif entry.kind in ("remove", "drop"):
            size = _size(entry.spans)
            if size and self.largest.takes(-size, self.page):
                self.largest.add(-size, self.page, _pick("largest", entry, key))
            if entry.kind == "remove":
                self._margin(entry, key, -1)

    def _margin(self, found: Entry | Flagged, key: Key, side: int) -> None:
        threshold = self.thresholds.get(found.rule.partition(".")[0])
        if threshold is not None:
            margin = round(max(0.0, side * (threshold - found.score)), 6)
            if self.unsure[found.rule].takes(margin, self.page):
                self.unsure[found.rule].add(margin, self.page, _pick("unsure", found, key))

    def _salt(self, at: tuple[str, str]) -> int:
        if at not in self.salts:
            self.salts[at] = _hash(" ".join(at)) | 1
        return self.salts[at]

    def _remember(self, sheet: Sheet) -> None:
        """Keep the places of what is held now; every so often those that are held no more are forgotten."""
        self.places[sheet.key] = sheet.where
        if len(self.places) > 20_000:
            held = {pick.key for pick in self.picks()}
            self.places = {key: where for key, where in self.places.items() if key in held}

    def picks(self) -> list[Pick]:
        """Return what is shown, by reason: least certain, largest, then by rule."""
        unsure = sorted((e for b in self.unsure.values() for e in b.ranked()), key=lambda e: e[:3], reverse=True)
        out = [entry[3] for entry in unsure[: self.most]] + self.largest.items()
        for at in sorted(self.samples):
            out += self.samples[at].items()
        return out

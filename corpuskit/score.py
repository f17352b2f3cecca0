"""A cleaner's records against labelled pages, by their text alone, so that any tool can be scored.

Every figure is weighted by characters or counted over blocks, over all pages and by kind. Texts are compared without
white space and on one form of punctuation, since its width is the tool's choice. Body and noise are found by shared
6-grams of characters; the split is B-cubed F1 (Bagga and Baldwin 1998) of body blocks grouped by record.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from corpuskit.labelled import KEEP, NOISE, Block, LabelError, Page
from corpuskit.write.encode import loads
from corpuskit.write.jsonl import parts, read_lines
from corpuskit.write.stream import DAMAGED

Json = dict[str, Any]
Counts = defaultdict[str, float]

_GRAM = 6
_WHITE = re.compile(r"\s+")
_ONE_FORM = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "—": "-"})
_CONTEXT = 3
_WORST = 12
ALL = "ALL"


class Figures(NamedTuple):
    """Shares from 0 to 1; None where there was nothing to count."""

    kept: float | None
    """Of body text, in the output."""
    leak: float | None
    """Of noise, in the output."""
    split: float | None
    """B-cubed F1 of body blocks by record against articles."""
    joins: float | None
    """Of cut sentences, read on in the output."""
    falsejoin: float | None
    """Of true paragraph breaks, lost."""
    order: float | None
    """Of neighbours in an article, in the right order in one record."""
    titles: float | None
    """Of articles, their title a record's."""
    fixed: float | None
    """Of damaged passages, restored."""
    broken: float | None
    """Of undamaged body blocks, not verbatim in the output."""


class Worst(NamedTuple):
    """A page and what was worst in it."""

    fault: float
    page: str
    kind: str
    leak: float
    kept: float
    records: int
    articles: int


class Result(NamedTuple):
    """Figures by kind of page, ``ALL`` among them, and the pages from the worst on."""

    kinds: dict[str, Figures]
    worst: list[Worst]

    def render(self) -> str:
        """Return the figures as a table, and the worst pages."""
        lines = [f"{'kind':10}" + "".join(f"{name:>10}" for name in Figures._fields)]
        for kind, figures in sorted(self.kinds.items(), key=lambda entry: (entry[0] != ALL, entry[0])):
            cells = ("-" if figure is None else f"{figure:.4f}" for figure in figures)
            lines += [f"{kind:10}" + "".join(f"{cell:>10}" for cell in cells)]
        for worst in self.worst[:_WORST]:
            told = f"leak {worst.leak:.3f}, kept {worst.kept:.3f}, {worst.records} records of {worst.articles}"
            lines += [f"worst     {worst.page} ({worst.kind}): {told}"]
        return "\n".join(lines)


def read_records(out: Path) -> Iterator[tuple[str, Json]]:
    """Yield lines and records of a run's corpus, a folder of JSONL or one such file; LabelError where it is none."""
    for path in _files(out):
        try:
            for number, line in enumerate(read_lines(path), 1):
                if line.strip():
                    yield line.decode("utf-8", "replace"), _record(line, f"{path}:{number}")
        except DAMAGED as error:
            raise LabelError(f"{path}: cannot be read to its end ({error}): repair the file") from error


def _record(line: bytes, where: str) -> Json:
    with suppress(ValueError):
        record = loads(line)
        if isinstance(record, dict) and isinstance(record.get("text"), str | None):
            return record
    raise LabelError(f"{where}: no JSON object with a text: name the output folder of a run, or JSONL")


def _files(out: Path) -> list[Path]:
    if (out / "corpus").is_dir():
        return parts(out / "corpus")
    found = [out] if out.is_file() else sorted(out.rglob("*.jsonl*"))
    if not found:
        what = "it holds no JSONL file" if out.exists() else "no such file or folder"
        raise LabelError(f"{out}: {what}: name the output folder of a run, or JSONL")
    return found


def score(pages: Iterable[Page], records: Iterable[tuple[str, Json]]) -> Result:
    """Score records, each with its JSON line; a record belongs to the page whose ``<id>.txt`` the line mentions."""
    known = {page.id: page for page in pages}
    found: defaultdict[str, list[Json]] = defaultdict(list)
    for line, record in records:
        mine = next((name for name in known if f"{name}.txt" in line), None)
        if mine is not None:
            found[mine].append(record)
    totals: defaultdict[str, Counts] = defaultdict(lambda: defaultdict(float))
    worst: list[Worst] = []
    for name, page in known.items():
        counts = _Scorer(page, found[name]).count()
        for kind in (page.kind, ALL):
            for measure, size in counts.items():
                totals[kind][measure] += size
        worst.append(_worst(page, counts, len(found[name])))
    return Result({kind: _figures(counts) for kind, counts in totals.items()}, sorted(worst, reverse=True))


def _worst(page: Page, c: Counts, records: int) -> Worst:
    leak, kept = c["noise_in"] / max(1, c["noise"]), c["body_in"] / max(1, c["body"])
    return Worst(leak + 1 - kept, page.id, page.kind, leak, kept, records, len(page.articles()))


def _figures(c: Counts) -> Figures:
    precision, recall = (c["cubed_p"] / c["cubed"], c["cubed_r"] / c["cubed"]) if c["cubed"] else (0, 0)
    split = round(2 * precision * recall / (precision + recall), 4) if precision + recall else None
    return Figures(
        _share(c["body_in"], c["body"]),
        _share(c["noise_in"], c["noise"]),
        split,
        _share(c["join_ok"], c["join"]),
        _share(c["break_lost"], c["break"]),
        _share(c["order_ok"], c["order"]),
        _share(c["title_ok"], c["title"]),
        _share(c["fix_ok"], c["fix"]),
        _share(c["plain_bad"], c["plain"]),
    )


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def one_form(text: str) -> str:
    """Return a text in its compatibility form, with one form of each mark of punctuation."""
    return unicodedata.normalize("NFKC", text).translate(_ONE_FORM)


def bare(text: str) -> str:
    """Return a text without white space, in one form.

    >>> bare("“好，”　他说…")
    '"好,"他说...'
    """
    return _WHITE.sub("", one_form(text))


def _grams(text: str) -> list[str]:
    return [text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)]


class _Scorer:
    """The counts of one page."""

    def __init__(self, page: Page, records: list[Json]) -> None:
        self.page = page
        self.raw = [record.get("text") or "" for record in records]
        self.titles = {bare(record.get("title") or "") for record in records}
        self.bare = [bare(text) for text in self.raw]
        self.grams = [set(_grams(text)) for text in self.bare]
        self.formed = [one_form(text) for text in self.raw]
        self.exact = [_WHITE.sub("", text) for text in self.raw]
        self.counts: Counts = defaultdict(float)

    @cached_property
    def lines(self) -> set[str]:
        return {bare(line) for text in self.raw for line in text.split("\n")}

    @cached_property
    def all(self) -> set[str]:
        """The 6-grams of all records."""
        return set().union(*self.grams)

    @cached_property
    def wanted(self) -> set[str]:
        """The 6-grams of all that is no noise."""
        texts = (text for block in self.page.blocks if block.role not in NOISE for text in (block.good, block.raw))
        return {gram for text in texts for gram in _grams(bare(text))}

    def count(self) -> Counts:
        labels = []
        for number, block in enumerate(self.page.blocks):
            good = bare(block.good)
            if good and block.role in KEEP:
                labels.append((block.article, self._body(block, good, number), len(good)))
            elif good and block.role in NOISE:
                self._noise(good)
        self._split(labels)
        for name, blocks in self.page.articles().items():
            self._article(name, [block for block in blocks if block.role in KEEP])
        return self.counts

    def _body(self, block: Block, good: str, number: int) -> object:
        """Count a body block; return the record that holds it, or a label of its own where none does."""
        held = [self._held(_grams(good), good, at) for at in range(len(self.raw))]
        best = max(held, default=0.0)
        c = self.counts
        if block.fixes:
            raw = _grams(bare(block.raw))
            asis = (sum(gram in known for gram in raw) / max(1, len(raw)) for known in self.grams)
            best = max(best, max(asis, default=0.0))
        else:
            c["plain"] += 1
            c["plain_bad"] += not any(good in text for text in self.bare)
        c["body"] += len(good)
        c["body_in"] += len(good) * best
        self._fixes(block)
        return held.index(max(held)) if best > 0.5 else ("lost", number)

    def _held(self, grams: list[str], good: str, at: int) -> float:
        if not grams:
            return float(good in self.bare[at])
        return sum(gram in self.grams[at] for gram in grams) / len(grams)

    def _fixes(self, block: Block) -> None:
        for fix in block.fixes:
            near = block.good[max(0, fix.at - _CONTEXT) : fix.at + len(fix.good) + _CONTEXT]
            exact, loose = _WHITE.sub("", near), bare(near)
            self.counts["fix"] += 1
            # a fix of form alone (zero-width, compatibility, width) must be there to the letter
            formal = bare(fix.bad) == bare(fix.good)
            found = any(exact in text for text in self.exact)
            self.counts["fix_ok"] += found or (not formal and any(loose in text for text in self.bare))

    def _noise(self, good: str) -> None:
        grams = [gram for gram in _grams(good) if gram not in self.wanted]
        self.counts["noise"] += len(good)
        share = sum(gram in self.all for gram in grams) / len(grams) if grams else float(good in self.lines)
        self.counts["noise_in"] += len(good) * share

    def _split(self, labels: list[tuple[str | None, object, int]]) -> None:
        by_record: Counter[object] = Counter()
        by_article: Counter[object] = Counter()
        by_both: Counter[object] = Counter()
        for article, record, size in labels:
            by_record[record] += size
            by_article[article] += size
            by_both[article, record] += size
        for article, record, size in labels:
            both = by_both[article, record]
            self.counts["cubed"] += size
            self.counts["cubed_p"] += size * both / by_record[record]
            self.counts["cubed_r"] += size * both / by_article[article]

    def _article(self, name: str, body: list[Block]) -> None:
        for before, after in pairwise(body):
            tail, head = bare(before.good)[-8:], bare(after.good)[:8]
            if tail and head:
                self.counts["order"] += 1
                self.counts["order_ok"] += any(_follows(text, tail, head) for text in self.bare)
                self._seam(tail[-4:], head[:4], joins=after.joins)
        lines = [bare(block.good) for block in self.page.blocks if block.role == "title" and block.article == name]
        if lines and lines[0] and body:
            self.counts["title"] += 1
            # one that is set in several lines is found by the first of them, or whole
            self.counts["title_ok"] += not self.titles.isdisjoint((lines[0], "".join(lines)))

    def _seam(self, tail: str, head: str, *, joins: bool) -> None:
        white = r"[^\S\n]*"
        seam = re.compile(white.join(map(re.escape, tail)) + r"(\s*)" + white.join(map(re.escape, head)))
        found = next((hit[1] for hit in map(seam.search, self.formed) if hit), None)
        if joins:
            self.counts["join"] += 1
            self.counts["join_ok"] += found is not None and "\n" not in found
        elif found is not None:
            self.counts["break"] += 1
            self.counts["break_lost"] += "\n" not in found


def _follows(text: str, tail: str, head: str) -> bool:
    at = text.find(tail)
    return at >= 0 and text.find(head, at + 1) > at

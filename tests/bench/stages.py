"""Where the time goes: ``python tests/bench/stages.py [--mb 2]``, milliseconds of CPU time a megabyte of UTF-8.

Each step of the road is timed by itself over the same pages, clean ones and dirty ones, and no profiler slows it: the
stages by what they propose and what the engine applies of it, with the default config, in their order, over as many
pages at a time as a run takes. Python looks for cycles as a run has it look: seldom, and not among what stays. The
first noise stage pays for the evidence that the others share, ``too_short`` for the lines after the layout. Beside them
stand the budgets, which are of pages one in ten of which is dirty. ``OPENBLAS_NUM_THREADS=1`` in the environment gives
products of matrices one thread, as a run does. ``--passes`` is for a machine with other work to do:
from the second pass on, what a short line shows is remembered.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import orjson
from texts import Writer

from corpuskit.batch import _ABREAST, _ABREAST_BYTES
from corpuskit.config import load
from corpuskit.core.draft import Draft
from corpuskit.core.engine import Record
from corpuskit.core.gather import gathered
from corpuskit.core.page import Page
from corpuskit.core.source import Raw, Source
from corpuskit.cycles import seldom, settle
from corpuskit.dedup import fingerprints, folded, shingle_sets, signatures
from corpuskit.language import identify
from corpuskit.pipeline import Pipeline, source_of
from corpuskit.write.encode import dumps

_T = TypeVar("_T")

BUDGET = {
    "parse": 5,
    "decode": 3,
    "garbled": 15,
    "spam_links": 35,
    "layout": 10,
    "language": 2,
    "duplicates": 25,
    "write": 5,
}
"""``spam_links`` stands for all noise stages."""


class Clock:
    """Adds up CPU seconds by step."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def time(self, step: str, work: Callable[[], _T]) -> _T:
        settle()
        begun = time.process_time()
        out = work()
        self.add(step, time.process_time() - begun)
        return out

    def add(self, step: str, seconds: float) -> None:
        self.spent[step] = self.spent.get(step, 0.0) + seconds


def run(texts: Sequence[str], pipeline: Pipeline) -> dict[str, float]:
    """Return the CPU seconds of each step over some pages."""
    clock = Clock()
    lines = [orjson.dumps({"text": text}) for text in texts]
    clock.time("parse", lambda: [orjson.loads(line) for line in lines])
    raws = [Raw(f"{n}.txt", text.encode("utf-8"), "text/plain") for n, text in enumerate(texts)]
    decoded = clock.time("decode", lambda: [source_of(raw) for raw in raws])
    sources = [found for found in decoded if isinstance(found, Source)]
    for group in gathered(sources, lambda source: source.bytes, _ABREAST_BYTES, _ABREAST):
        _stages(group, pipeline, clock)
    cleaned = [pipeline.clean(source) for source in sources]
    records = [record for done in cleaned for record in done.records]
    clock.time("language", lambda: [identify(record["text"]) for record in records])
    clock.time("duplicates", lambda: _duplicates([record["text"] for record in records]))
    entries = [*records, *(line for done in cleaned for line in done.ledger)]
    clock.time("write", lambda: [dumps(entry) for entry in entries])
    # what cleaning does besides its stages and the language: receipts, pieces, metadata
    done = _Done(pipeline, [pipeline.drafts(source) for source in sources])
    clock.time("records", lambda: [done.clean(source) for source in sources])
    clock.add("records", -clock.spent["language"])
    return clock.spent


class _Done(Pipeline):
    """A pipeline whose stages are done."""

    def __init__(self, pipeline: Pipeline, drafts: Iterable[tuple[list[Draft], Record]]) -> None:
        super().__init__(pipeline.config)
        self._next = iter(drafts)

    def drafts(self, source: Source) -> tuple[list[Draft], Record]:
        return next(self._next)


def _stages(sources: Sequence[Source], pipeline: Pipeline, clock: Clock) -> None:
    histories = [Record() for _ in sources]
    each = [[Page(source, Draft.of(source.text))] for source in sources]
    for stage in pipeline.stages:
        begun = time.process_time()
        pipeline._ahead(stage, [page for pages in each for page in pages])
        for pages, history in zip(each, histories, strict=True):
            pages[:] = [after for page in pages for after in pipeline._step(stage, page, history)]
        clock.add(stage.name, time.process_time() - begun)


def _duplicates(texts: Sequence[str], permutations: int = 128) -> None:
    for first in range(0, len(texts), 64):
        group = texts[first : first + 64]
        batch = folded(group)
        fingerprints(group, batch)
        signatures(shingle_sets(group, batch), permutations)


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mb", type=float, default=2.0, metavar="MB", help="size of the pages; 2")
    parser.add_argument("--passes", type=int, default=1, metavar="N", help="take the least of so many passes; 1")
    options = parser.parse_args(words)
    megabytes = options.mb
    pipeline = Pipeline(load())
    run(list(Writer().pages(100_000, dirty=0.5)), pipeline)
    found = {}
    for kind, share in KINDS:
        texts = list(Writer().pages(int(megabytes * 1e6), dirty=share))
        with seldom():
            each = [run(texts, pipeline) for _ in range(options.passes)]
        found[kind] = {step: min(spent[step] for spent in each) for step in each[0]}
    print(f"{'ms/MB':14}" + "".join(f"{kind:>10}" for kind, _ in KINDS) + f"{'budget':>10}")
    for step in found["clean"]:
        cells = (found[kind][step] * 1000 / megabytes for kind, _ in KINDS)
        print(f"{step:14}" + "".join(f"{cell:10.1f}" for cell in cells) + f"{BUDGET.get(step, ''):>10}")
    totals = (sum(found[kind].values()) * 1000 / megabytes for kind, _ in KINDS)
    print(f"{'all':14}" + "".join(f"{total:10.1f}" for total in totals) + f"{sum(BUDGET.values()):>10}")


KINDS = (("clean", 0.0), ("1 in 10", 0.1), ("dirty", 1.0))


if __name__ == "__main__":
    main()

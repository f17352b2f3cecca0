"""Where the time of a run goes: CPU seconds by part of the road."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from corpuskit.core.draft import Draft
from corpuskit.core.engine import Record as History
from corpuskit.core.page import Page
from corpuskit.core.source import Source
from corpuskit.core.stage import Stage
from corpuskit.pipeline import Cleaned, Pipeline
from corpuskit.show import table

T = TypeVar("T")


class Clock:
    """CPU time since the last lap, given to the part that it was spent on."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.process_time()

    def lap(self, part: str) -> None:
        """Give the time since the last lap to a part; to none if it has no name."""
        at = time.process_time()
        if part:
            self.seconds[part] = self.seconds.get(part, 0.0) + at - self._last
        self._last = at

    def each(self, items: Iterable[T], part: str) -> Iterator[T]:
        """Yield items; the time that it takes to come by them goes to a part, that spent on them to none."""
        found = iter(items)
        while True:
            self._last = time.process_time()
            item = next(found, None)
            self.lap(part)
            if item is None:
                return
            yield item

    def add(self, seconds: Mapping[str, float]) -> None:
        """Add what another clock took."""
        for part, spent in seconds.items():
            self.seconds[part] = self.seconds.get(part, 0.0) + spent

    def taken(self) -> dict[str, float]:
        """Return the seconds of all parts since the last call."""
        out, self.seconds = self.seconds, {}
        return out


class NoClock(Clock):
    """Measures nothing, at next to no cost."""

    def lap(self, part: str) -> None:
        """Do nothing."""

    def each(self, items: Iterable[T], part: str) -> Iterator[T]:
        """Return the items."""
        return iter(items)


class TimedPipeline(Pipeline):
    """A pipeline that tells a clock how long each stage took."""

    clock: Clock

    def finish(self, source: Source, drafts: list[Draft], history: History) -> Cleaned:
        """Return the records and ledger lines of a source; what is no stage's goes to records."""
        cleaned = super().finish(source, drafts, history)
        self.clock.lap("records")
        return cleaned

    def _abreast(
        self, stage: Stage, pages: Sequence[list[Page] | Exception], histories: Sequence[History]
    ) -> list[list[Page] | Exception]:
        # page by page the clock would take as long as some stages
        done = super()._abreast(stage, pages, histories)
        self.clock.lap(stage.name)
        return done


def budget(seconds: Mapping[str, float], size: int) -> list[str]:
    """Return a table of the parts, the dearest first, for a source of ``size`` bytes.

    >>> print("\\n".join(budget({"decode": 0.25, "layout": 0.75}, 1_000_000)))
    part    CPU seconds  ms/MB   share
    layout         0.75  750.0  75.0 %
    decode         0.25  250.0  25.0 %
    all            1.00   1000   100 %
    """
    whole, megabytes = sum(seconds.values()) or 1e-9, max(size, 1) / 1e6
    rows = [
        (part, f"{spent:.2f}", f"{spent * 1000 / megabytes:.1f}", f"{spent / whole:.1%}".replace("%", " %"))
        for part, spent in sorted(seconds.items(), key=lambda at: (-at[1], at[0]))
    ]
    last = ("all", f"{whole:.2f}", f"{whole * 1000 / megabytes:.0f}", "100 %")
    return table(("part", "CPU seconds", "ms/MB", "share"), [*rows, last])

"""What the gates found: one finding a gate, and the verdict over all of them."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from corpuskit.validate.gates import Gate

Level = Literal["ok", "warn", "fail", "skipped"]


class Example(NamedTuple):
    """A record that a gate complains of: file, line or row from 1, id, and what is wrong with it."""

    file: str
    line: int
    id: str | None
    what: str


class Finding(NamedTuple):
    """What one gate measured; ``figure`` is None where it had nothing to measure."""

    gate: str
    level: Level
    figure: float | None
    warn: float
    fail: float
    message: str
    examples: list[Example]


@dataclass(slots=True)
class Verdict:
    """All findings, and what was looked at."""

    records: int
    sampled: int
    findings: list[Finding] = field(default_factory=list)
    profile: dict[str, Any] = field(default_factory=dict)
    """What a later validation can take for its baseline."""

    @property
    def ok(self) -> bool:
        """True when no gate failed."""
        return all(finding.level != "fail" for finding in self.findings)


def judge(name: str, gate: Gate, figure: float, message: str, examples: list[Example]) -> Finding:
    """Hold a figure against the limits of its gate."""
    level: Level = "fail" if figure > gate.fail else "warn" if figure > gate.warn else "ok"
    shown = examples if level != "ok" else []
    return Finding(name, level, figure, gate.warn, gate.fail, message, shown)


def skipped(name: str, gate: Gate, message: str) -> Finding:
    """Say why a gate measured nothing."""
    return Finding(name, "skipped", None, gate.warn, gate.fail, message, [])


class Worst:
    """The few examples that weigh most; of equal weight, the first met."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[tuple[float, int, Example]] = []
        self._met = 0

    def add(self, weight: float, example: Example) -> None:
        """Keep an example if it weighs enough."""
        self._met += 1
        heapq.heappush(self._heap, (weight, -self._met, example))
        if len(self._heap) > self._most:
            heapq.heappop(self._heap)

    def taken(self) -> list[Example]:
        """Return the kept ones, the heaviest first."""
        return [example for _, _, example in sorted(self._heap, reverse=True)]

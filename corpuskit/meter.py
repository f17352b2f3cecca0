"""How far a run is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from corpuskit.core.source import Refusal
from corpuskit.read import Part
from corpuskit.sources import Cursor, Inputs
from corpuskit.write.manifest import Tally


class Progress(NamedTuple):
    """How far a run is; ``total`` is None where the size of the input is not known (stdin)."""

    step: str
    sources: int
    records: int
    bytes: int
    total: int | None


class Meter:
    """Counts what was read; a page knows only its own bytes, so that a packed file counts as its size at most."""

    def __init__(self, inputs: Inputs, progress: Callable[[Progress], None], start: Cursor) -> None:
        self.inputs = inputs
        self.progress = progress
        self.start = start
        self.entry = start.entry
        self.before = sum(map(self._size, range(start.entry)))
        self.within = 0
        self.total = inputs.bytes if all(item.path is not None for item in inputs.items) else None

    def parts(self) -> Iterator[tuple[Cursor, Part]]:
        """Yield the parts of the input, and count them."""
        for at, part in self.inputs.parts(self.start):
            while self.entry < at.entry:
                self.before += self._size(self.entry) or self.within
                self.entry, self.within = self.entry + 1, 0
            self.within += part.bytes if isinstance(part, Refusal) else len(part.data)
            yield at, part

    def say(self, step: str, tally: Tally) -> None:
        """Tell how far the run is."""
        size = self._size(self.entry) if self.entry < len(self.inputs.entries) else 0
        done = self.before + (min(self.within, size) if size else self.within)
        totals = tally.totals
        self.progress(Progress(step, totals["sources"], totals["records"], done, self.total))

    def _size(self, entry: int) -> int:
        at = self.inputs.entries[entry]
        return 0 if isinstance(at, Refusal) else at.size

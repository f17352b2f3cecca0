"""What a run may take of the machine: processes, memory, time."""

from __future__ import annotations

from typing import NamedTuple

from corpuskit.engines import Engine
from corpuskit.spool import MEMORY

_LEAST = 256 << 20
"""So much memory a process needs for itself."""


class Limits(NamedTuple):
    """What a run may take."""

    engine: Engine
    workers: int | None
    memory: int | None
    """Bytes, in all processes together."""
    page_timeout: float | None
    """Seconds."""

    def for_workers(self, number: int) -> Limits:
        """Return the limits with so many workers where none are given."""
        return self if self.workers is not None or self.engine != "local" else self._replace(workers=number)

    @property
    def worker(self) -> int | None:
        """Bytes that a worker may allocate."""
        return None if self.memory is None else max(_LEAST, (self.memory - _LEAST) // max(1, self.workers or 1))

    @property
    def search(self) -> int:
        """Bytes that the search for duplicates may take, when the workers are gone."""
        return MEMORY if self.memory is None else max(_LEAST, self.memory - _LEAST)

"""How many sampled records are nearly equal to an earlier record of the whole corpus.

The sample's signatures stay in memory, by band; the corpus streams past them once. So the memory is the sample's,
and the share is an estimate of the share that ``run`` would refuse.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.dedup import DedupOptions, fingerprint, jaccard, shingles, signatures
from corpuskit.dedup.shingles import Shingles

_BATCH = 256


class Twin(NamedTuple):
    """An earlier record, and how alike it is: Jaccard similarity of the shingles."""

    number: int
    similarity: float


class Near:
    """The sample, and the twins found for it. Texts come in the order of their numbers."""

    def __init__(self, options: DedupOptions) -> None:
        self.options = options
        self.twins: dict[int, Twin] = {}
        """By the number of the later record."""
        self._numbers: list[int] = []
        self._sets: list[Shingles] = []
        self._marks: list[bytes] = []
        self._bands: dict[tuple[int, bytes], list[int]] = {}
        self._waiting: list[tuple[int, Shingles, bytes]] = []
        self._known = 0

    def remember(self, number: int, text: str) -> None:
        """Take a record into the sample."""
        found = shingles(text)
        if found.size >= self.options.min_shingles:
            self._numbers.append(number)
            self._sets.append(found)
            self._marks.append(fingerprint(text))
            if len(self._sets) - self._known >= _BATCH:
                self._index()

    def meet(self, number: int, text: str) -> None:
        """Compare a record of the corpus with the sampled ones that come after it."""
        if not self._numbers or number >= self._numbers[-1]:
            return
        found = shingles(text)
        if found.size >= self.options.min_shingles:
            self._waiting.append((number, found, fingerprint(text)))
            if len(self._waiting) >= _BATCH:
                self.finish()

    def finish(self) -> None:
        """Compare what still waits."""
        self._index()
        rows = signatures([found for _, found, _ in self._waiting], self.options.permutations)
        for (number, found, mark), row in zip(self._waiting, rows, strict=True):
            self._compare(number, found, mark, row)
        self._waiting.clear()

    def _index(self) -> None:
        fresh = self._sets[self._known :]
        for at, row in enumerate(signatures(fresh, self.options.permutations), self._known):
            for key in self._keys(row):
                held = self._bands.setdefault(key, [])
                if len(held) < self.options.max_bucket:
                    held.append(at)
        self._known = len(self._sets)

    def _keys(self, row: npt.NDArray[np.uint32]) -> list[tuple[int, bytes]]:
        width = self.options.rows
        return [(band, row[band * width : (band + 1) * width].tobytes()) for band in range(self.options.bands)]

    def _compare(self, number: int, found: Shingles, mark: bytes, row: npt.NDArray[np.uint32]) -> None:
        candidates = {at for key in self._keys(row) for at in self._bands.get(key, ())}
        for at in sorted(candidates):
            later = self._numbers[at]
            # what is equal is the business of another gate
            if later <= number or later in self.twins or self._marks[at] == mark:
                continue
            similarity = jaccard(found, self._sets[at])
            if similarity >= self.options.threshold:
                self.twins[later] = Twin(number, similarity)

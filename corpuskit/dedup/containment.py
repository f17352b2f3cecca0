"""Candidates for containment: records whose shingles all stand in a longer one.

MinHash signatures say little of sets of very different sizes. A set inside another has all its shingles there, so
each record asks for a few of its own, those of the least hashes (Broder's bottom-k sketch, 1997), and every record
that has one of them and is judged before it is a candidate.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.runs import Runs, Table, whole
from corpuskit.dedup.shingles import Sets, mix

PROBES = 4
"""Shingles that a record asks for."""
MOST = 64
"""Records of one shingle that those who ask for it are compared with: those judged first."""
_HIGH = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_ONE = np.uint64(1)


class Inside:
    """Shingles in, pairs of a record and an earlier one that may hold it out; out of core."""

    def __init__(self, folder: Path | None, memory: int) -> None:
        # a record's number is known before its rank: hash and number first, ranks when all are
        self._entries = Runs(2, folder, memory // 2)
        self._pairs = Runs(1, folder, memory // 2)

    def add(self, sets: Sets, first: int, least: int) -> None:
        """Enter the shingles of records that arrived as number ``first`` and after; smaller ones ask for nothing."""
        owners = np.repeat(np.arange(sets.sizes.size), sets.sizes)
        asks = np.zeros(sets.values.size, np.uint64)
        hashes = mix(sets.values)
        starts = np.cumsum(sets.sizes) - sets.sizes
        order = np.lexsort((hashes, owners))
        place = np.arange(order.size) - starts[owners]
        asks[order] = (place < PROBES) & (sets.sizes[owners] >= least)
        numbers = (owners + first).astype(np.uint64)
        self._entries.add(np.column_stack((hashes.astype(np.uint64), (numbers << _ONE) | asks)))

    def pairs(self, ranks: npt.NDArray[np.uint32]) -> Iterator[Table]:
        """Yield rank and earlier rank, each pair once, in order; ``ranks`` are by number of arrival."""
        for block in whole(self._entries.blocks(), lambda rows: rows[:, 0]):
            self._block(block, ranks)
        for block in whole(self._pairs.blocks(), lambda rows: rows[:, 0]):
            found = block[np.append(True, block[1:, 0] != block[:-1, 0]), 0]
            yield np.column_stack((found >> _HIGH, found & _LOW))

    def close(self) -> None:
        """Give memory and disk back."""
        self._entries.close()
        self._pairs.close()

    def _block(self, block: Table, ranks: npt.NDArray[np.uint32]) -> None:
        mine = ranks[(block[:, 1] >> _ONE).astype(np.int64)].astype(np.uint64)
        order = np.lexsort((mine, block[:, 0]))
        hashes, mine, asks = block[order, 0], mine[order], (block[order, 1] & _ONE) > 0
        starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1]))
        group = np.repeat(starts, np.diff(np.append(starts, hashes.size)))
        place = np.arange(hashes.size) - group
        asking = np.flatnonzero(asks & (place > 0))
        for back in range(0, asking.size, 1 << 16):
            part = asking[back : back + (1 << 16)]
            counts = np.minimum(place[part], MOST)
            nth = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
            earlier = mine[np.repeat(group[part], counts) + nth]
            pairs = (np.repeat(mine[part], counts) << _HIGH) | earlier
            self._pairs.add(pairs[:, None])

"""Signatures and shingles of the records that are compared: a part of them at hand, or each read where it lies.

Of a signature's values the low bytes are kept. Of two records as many of those agree as of the values, and one in 256
of the others (Li and König, "b-bit minwise hashing", 2010): little is verified in vain for a quarter of the disk.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.groups import Groups
from corpuskit.dedup.order import Ranks
from corpuskit.dedup.parts import Part, Parts
from corpuskit.dedup.shingles import Shingles
from corpuskit.dedup.store import Ragged, Rows

_MOST = 256 << 20
"""Bytes of a part: more would not be quicker, and no file is read in larger pieces."""
_HELD = 64 << 20

Places = npt.NDArray[Any]
LowBytes = npt.NDArray[np.uint8]


class Shelf(Protocol):
    """What is known of records by their places."""

    def sets(self, place: int) -> Shingles:
        """Return the shingles of a record."""

    def signatures(self, places: Places) -> LowBytes:
        """Return the low bytes of signatures, shape (places, permutations)."""


class Stretch(NamedTuple):
    """Places up to ``end``, those of one group together, and what is known of them."""

    end: int
    shelf: Shelf


class Reading:
    """Records read where they lie, the latest shingles at hand up to a number of bytes."""

    def __init__(self, rows: Ranks, load: Callable[[int], Shingles], signatures: Rows, most: int = _HELD) -> None:
        self._rows, self._load, self._signatures, self._most = rows, load, signatures, most
        self._bytes = 0
        self._sets: OrderedDict[int, Shingles] = OrderedDict()

    def sets(self, place: int) -> Shingles:
        """Return the shingles of a record."""
        if place in self._sets:
            self._sets.move_to_end(place)
            return self._sets[place]
        found = self._sets[place] = self._load(int(self._rows[place]))
        self._bytes += found.nbytes
        while self._bytes > self._most and len(self._sets) > 1:
            self._bytes -= self._sets.popitem(last=False)[1].nbytes
        return found

    def signatures(self, places: Places) -> LowBytes:
        """Return the low bytes of signatures, shape (places, permutations)."""
        fresh, at = np.unique(places, return_inverse=True)
        found: LowBytes = self._signatures.take(self._rows[fresh].astype(np.int64))
        return found[at]


class AtHand:
    """The records of a part, in memory."""

    def __init__(self, first: int, sets: Part, signatures: Part) -> None:
        self._first, self._values = first, sets.values
        self._starts, self._ends = sets.starts.tolist(), sets.ends.tolist()
        self._matrix = signatures.values.reshape(len(self._starts), -1)
        self._at = signatures.starts // max(1, self._matrix.shape[1])

    def sets(self, place: int) -> Shingles:
        """Return the shingles of a record."""
        at = place - self._first
        return self._values[self._starts[at] : self._ends[at]]

    def signatures(self, places: Places) -> LowBytes:
        """Return the low bytes of signatures, shape (places, permutations)."""
        return self._matrix[self._at[places.astype(np.int64) - self._first]]


class Shelves:
    """All stretches of some groups; ``stores`` hold the shingles of all records by row, where they are on disk.

    Stores are read once, from the beginning to the end, and laid out by place: read here and there, they come from
    the disk a page for each record as soon as they are larger than what the system keeps of them in memory. A group
    too large for ``memory`` is read where it lies.
    """

    def __init__(
        self,
        groups: Groups,
        rows: Ranks,
        signatures: Rows,
        load: Callable[[int], Shingles],
        stores: Sequence[Ragged] | None,
        folder: Path | None,
        memory: int,
    ) -> None:
        self._reading = Reading(rows, load, signatures, min(_HELD, memory // 4))
        self._ends, self._fits = np.array([rows.size]), np.zeros(1, np.bool_)
        self._parts: list[Parts] = []
        if stores is None or not rows.size:
            return
        sizes = np.concatenate([store.sizes() for store in stores])[rows].astype(np.uint32)
        self._ends, self._fits = _cut(
            groups.starts, sizes * np.uint32(4) + np.uint32(signatures.width), min(_MOST, memory // 8)
        )
        counts = np.diff(self._ends, prepend=0)
        bounds = np.append(0, np.cumsum(np.where(self._fits, counts, 0)))
        wanted, sizes = (column[np.repeat(self._fits, counts)] for column in (rows, sizes))
        blocks = (block for store in stores for block in store.blocks())
        self._parts.append(Parts(blocks, wanted, sizes, bounds, np.uint32, folder))
        widths = np.full(wanted.size, signatures.width, np.uint32)
        flat = ((block.reshape(-1), np.full(len(block), signatures.width)) for block in signatures.blocks())
        self._parts.append(Parts(flat, wanted, widths, bounds, np.uint8, folder))

    def __iter__(self) -> Iterator[Stretch]:
        first = 0
        for number, (end, fits) in enumerate(zip(self._ends.tolist(), self._fits.tolist(), strict=True)):
            shelf = AtHand(first, *(parts.part(number) for parts in self._parts)) if fits else self._reading
            yield Stretch(end, shelf)
            first = end

    def close(self) -> None:
        """Give the disk back."""
        for parts in self._parts:
            parts.close()


def _cut(
    starts: npt.NDArray[np.intp], sizes: npt.NDArray[Any], most: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return where stretches of whole groups end, and which of them have no more than ``most`` bytes."""
    borders = np.append(starts, sizes.size)
    before = np.append(0, np.cumsum(sizes, dtype=np.int64))[borders]
    ends, fits = [], []
    at = 0
    while at < starts.size:
        last = max(at + 1, int(np.searchsorted(before, before[at] + most, "right")) - 1)
        ends.append(int(borders[last]))
        fits.append(bool(before[last] - before[at] <= most))
        at = last
    return np.array(ends, np.int64), np.array(fits, np.bool_)

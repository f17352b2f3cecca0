"""Records that have to do with each other, side by side: the order in which they can be judged with few at hand.

What becomes of a record depends on those alone that a chain of pairs links it to. So the groups that pairs make can
be judged one after the other, each in the order of the policy, and the verdicts are those of one walk over all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.order import Ranks
from corpuskit.dedup.runs import Spread, Table
from corpuskit.dedup.store import Rows

_HIGH = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)

Links = Rows | npt.NDArray[np.uint32]
"""Pairs of ranks that have to do with each other, in a file or at hand; shape (pairs, 2)."""


class Groups:
    """The places of ranks that anything links, group by group, and what links them, by place.

    ``near`` and ``held`` are pairs of a rank and an earlier one, ``hot`` are ranks and the number of a bucket, by rank;
    ``heads`` has for each rank the first that equals it.
    """

    def __init__(
        self,
        heads: Ranks,
        near: Iterable[Table],
        hot: Iterable[Table],
        held: Iterable[Table],
        folder: Path | None,
        memory: int,
    ) -> None:
        self._folder, self._memory = folder, memory // 8
        self._near, self._hot, self._held = (_filed(blocks, folder) for blocks in (near, hot, held))
        copies = np.flatnonzero(heads != np.arange(heads.size, dtype=np.uint32))
        crowds = self._crowds()
        links: list[Links] = [
            np.column_stack((copies, heads[copies])).astype(np.uint32),
            self._near,
            crowds,
            self._held,
        ]
        labels = least(heads.size, links)
        members = _linked(heads.size, links)
        crowds.close()
        self.ranks: Ranks = members[np.argsort(labels[members], kind="stable")]
        """The rank at each place."""
        groups = labels[self.ranks]
        self.starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1])[: groups.size])
        """The first place of each group."""
        self._places = np.zeros(heads.size, np.uint32)
        self._places[self.ranks] = np.arange(self.ranks.size, dtype=np.uint32)
        self.heads = self._places[heads[self.ranks]]
        """The first place of a record that equals the one at each place."""

    def near(self) -> Iterator[Table]:
        """Yield pairs of a place and an earlier one, in order."""
        return self._moved(self._near, both=True)

    def held(self) -> Iterator[Table]:
        """Yield pairs of a place and an earlier one that may hold its record, in order."""
        return self._moved(self._held, both=True)

    def hot(self) -> Iterator[Table]:
        """Yield places and large buckets, in order."""
        return self._moved(self._hot, both=False)

    def close(self) -> None:
        """Give the disk back."""
        for file in (self._near, self._hot, self._held):
            file.close()

    def _crowds(self) -> Rows:
        """Return the members of large buckets, each with the first of its bucket."""
        buckets = max((int(block[:, 1].max()) + 1 for block in self._hot.blocks()), default=0)
        first = np.full(buckets, np.iinfo(np.uint32).max, np.uint32)
        for block in self._hot.blocks():
            np.minimum.at(first, block[:, 1], block[:, 0])
        out = Rows(np.uint32, 2, self._folder)
        for block in self._hot.blocks():
            out.append(np.column_stack((block[:, 0], first[block[:, 1]])))
        return out

    def _moved(self, file: Rows, *, both: bool) -> Iterator[Table]:
        runs = Spread(1, self._folder, self._memory, 32 + self.ranks.size.bit_length())
        try:
            for block in file.blocks():
                one = self._places[block[:, 0]].astype(np.uint64)
                other = (self._places[block[:, 1]] if both else block[:, 1]).astype(np.uint64)
                runs.add(((one << _HIGH) | other)[:, None])
            for rows in runs.blocks():
                yield np.column_stack((rows[:, 0] >> _HIGH, rows[:, 0] & _LOW))
        finally:
            runs.close()


def _filed(blocks: Iterable[Table], folder: Path | None) -> Rows:
    out = Rows(np.uint32, 2, folder)
    for block in blocks:
        out.append(block)
    return out


def _linked(count: int, links: list[Links]) -> Ranks:
    """Return the ranks that stand in a link."""
    found = np.zeros(count, np.bool_)
    for file in links:
        for block in _blocks(file):
            found[block] = True
    return np.flatnonzero(found).astype(np.uint32)


def least(count: int, links: list[Links]) -> Ranks:
    """Return for each of ``count`` ranks the least that links lead to; links are pairs, read again until all agree.

    Labels are hooked and jumped over as by Shiloach and Vishkin (1982), a block of links at a time.
    """
    labels = np.arange(count, dtype=np.uint32)
    while sum([_hook(labels, block) for file in links for block in _blocks(file)]):
        while not np.array_equal(jumped := labels[labels], labels):
            labels = jumped
    return labels


def _blocks(file: Links) -> Iterator[npt.NDArray[np.uint32]]:
    if isinstance(file, Rows):
        yield from file.blocks()
    else:
        yield file


def _hook(labels: Ranks, links: npt.NDArray[np.uint32]) -> bool:
    """Lower the labels of linked ranks to the lesser; tell whether any differed."""
    found = labels[links]
    found = found[found[:, 0] != found[:, 1]]
    if not len(found):
        return False
    np.minimum.at(labels, found.max(axis=1), found.min(axis=1))
    return True

"""Paragraphs that were pasted into many records: one record holds them, the others may do without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.exact import Fingerprints, fingerprints
from corpuskit.dedup.normalise import Kind, folded
from corpuskit.dedup.order import Ranks
from corpuskit.dedup.runs import Runs, whole


class Paragraphs(NamedTuple):
    """The paragraphs of some records that are long enough to count."""

    fingerprints: Fingerprints
    records: npt.NDArray[np.int64]
    """Which of the records each is of, ascending."""
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    """Offsets in the record's text, in characters."""


class Pasted(NamedTuple):
    """Where pasted paragraphs stand, outside the record that holds each; all of one length, by record and start."""

    rows: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    holders: npt.NDArray[np.int64]
    """The record that holds it, by number of arrival."""
    counts: npt.NDArray[np.int64]
    """Records in which it stands."""


def paragraphs(texts: Sequence[str], least: int) -> Paragraphs:
    """Return the lines of texts that have at least so many letters and digits."""
    places = [(at, start, end) for at, text in enumerate(texts) for start, end in lines(text) if end - start >= least]
    parts = [texts[at][start:end] for at, start, end in places]
    batch = folded(parts)
    kept = np.flatnonzero(batch.kinds != Kind.DROPPED)
    sizes = np.diff(np.searchsorted(kept, batch.ends), prepend=0)
    long = sizes >= least
    table = np.array(places, np.int64).reshape(-1, 3)[long]
    return Paragraphs(fingerprints(parts, batch)[long], *table.T)


def lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each line of a text begins and ends, its line feed not counted."""
    at = 0
    while True:
        end = text.find("\n", at)
        if end < 0:
            yield at, len(text)
            return
        yield at, end
        at = end + 1


class Pastes:
    """Gathers paragraphs and finds those that stand in many records, out of core."""

    def __init__(self, folder: Path | None, memory: int) -> None:
        self._runs = Runs(5, folder, memory)
        self._found = Runs(5, folder, memory)

    def add(self, found: Paragraphs, first: int) -> None:
        """Enter the paragraphs of records that arrived as number ``first`` and after."""
        rows = (found.records + first).astype(np.uint64)
        columns = (*found.fingerprints.T, rows, found.starts.astype(np.uint64), found.ends.astype(np.uint64))
        self._runs.add(np.column_stack(columns))

    def pasted(self, ranks: Ranks, gone: npt.NDArray[np.bool_], least: int) -> Iterator[Pasted]:
        """Yield, by record and start, the paragraphs that stand in at least ``least`` of the records that stay.

        Of a paragraph's records the one that is judged first holds it; in all others it is pasted. ``ranks`` and
        ``gone`` are by number of arrival.
        """
        for block in whole(self._runs.blocks(), lambda rows: rows[:, 0]):
            self._group(block[~gone[block[:, 2].astype(np.int64)]], ranks, least)
        for block in whole(self._found.blocks(), lambda rows: rows[:, 0]):
            yield Pasted(*block.astype(np.int64).T)

    def close(self) -> None:
        """Give memory and disk back."""
        self._runs.close()
        self._found.close()

    def _group(self, block: npt.NDArray[np.uint64], ranks: Ranks, least: int) -> None:
        if not len(block):
            return
        rows = block[:, 2].astype(np.int64)
        order = np.lexsort((block[:, 3], ranks[rows], block[:, 1], block[:, 0]))
        block, rows = block[order], rows[order]
        starts = np.flatnonzero(np.append(True, (block[1:, :2] != block[:-1, :2]).any(axis=1)))
        group = np.repeat(np.arange(starts.size), np.diff(np.append(starts, len(block))))
        other = np.append(True, (rows[1:] != rows[:-1]) | (group[1:] != group[:-1]))
        counts = np.bincount(group, other)[group].astype(np.int64)
        taken = counts >= least
        holders = rows[starts][group]
        # a refrain within the record that holds it is its own
        taken &= rows != holders
        columns = (block[:, 2], block[:, 3], block[:, 4], holders.astype(np.uint64), counts.astype(np.uint64))
        self._found.add(np.column_stack(columns)[taken])

"""The search for duplicates out of core: records in, in any order; verdicts out, in the order of the policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.containment import Inside
from corpuskit.dedup.groups import Groups
from corpuskit.dedup.lsh import SMALL_BUCKET, Bands, band_keys
from corpuskit.dedup.minhash import Signatures
from corpuskit.dedup.options import DedupOptions
from corpuskit.dedup.order import Order, Ranks, heads
from corpuskit.dedup.runs import Spread
from corpuskit.dedup.shelves import Shelves
from corpuskit.dedup.shingles import Shingles
from corpuskit.dedup.store import Ragged, Rows
from corpuskit.dedup.trial import Trial
from corpuskit.dedup.verdicts import Batch, Statistics, Verdicts

GIB = 1 << 30
NEWEST = 1 << 40
"""The age of the corpus that is judged; lower ones are of earlier corpora, which stay."""


class Judge:
    """Finds the records that go.

    Records are judged by age, preference and length, ties by key: one goes exactly when it equals, or is at least
    ``threshold`` alike to, a record that has been judged to stay, and its twin is the most alike of those, or the
    first judged of equally alike ones. So nothing depends on the order of arrival, and no chain of pairs unites
    strangers. Records of an age below ``NEWEST`` (an earlier corpus) are never judged again: they stay.

    ``load`` returns the shingles of a record by its number of arrival; where they lie in files, ``stores`` returns
    those, all records in the order of arrival, and each file is read once. About 40 bytes a record are held; all else
    is bounded by ``memory`` and lies in files without a name in ``folder``.
    """

    def __init__(
        self,
        options: DedupOptions,
        load: Callable[[int], Shingles],
        *,
        folder: Path | None = None,
        memory: int = GIB,
        stores: Callable[[], Sequence[Ragged]] | None = None,
    ) -> None:
        self._options, self._folder, self._memory = options, folder, memory
        self._order = Order(folder, memory // 2)
        self._fingerprints = Rows(np.uint64, 2, folder)
        self._bands_of = Rows(np.uint64, options.bands, folder)
        self._low = Rows(np.uint8, options.permutations, folder)
        self._numbers = Rows(np.int64, 2, folder)
        self._signed: list[npt.NDArray[np.bool_]] = []
        self._fixed = 0
        self.ranks: Ranks = np.zeros(0, np.uint32)
        """The place of each record in the order in which they are judged; known with the verdicts."""
        self._load, self._stores = load, stores

    def __len__(self) -> int:
        """Number of records."""
        return len(self._order)

    def add(self, batch: Batch, age: int = NEWEST) -> None:
        """Enter records; ``age`` is that of the corpus they are of, the lowest the earliest.

        Raises:
            ValueError: signatures of another length than the options say.
        """
        width, wanted = batch.signatures.shape[1], self._options.permutations
        if width != wanted and batch.signed.any():
            raise ValueError(f"signatures have {width} values, the options say {wanted} permutations")
        if width != wanted:
            batch = batch._replace(signatures=np.zeros((len(batch.keys), wanted), np.uint32))
        self._fixed += len(batch.keys) if age < NEWEST else 0
        self._order.add(age, batch.preferences, batch.lengths, batch.keys)
        self._fingerprints.append(batch.fingerprints)
        if self._options.near:
            self._bands_of.append(band_keys(batch.signatures, self._options.bands, self._options.rows))
        self._low.append(batch.signatures.astype(np.uint8))
        self._numbers.append(np.column_stack((batch.preferences, batch.lengths)))
        self._signed.append(batch.signed)

    def batch(self, rows: npt.NDArray[np.int64], signatures: Signatures) -> Batch:
        """Return what was entered of some records; of ``signatures`` too little is kept to return them."""
        numbers = self._numbers.take(rows)
        return Batch(
            [self.key(row) for row in rows.tolist()],
            numbers[:, 0],
            numbers[:, 1],
            self._fingerprints.take(rows),
            self._all_signed()[rows],
            signatures,
        )

    def key(self, row: int) -> bytes:
        """Return the key of a record."""
        return self._order.key(row)

    def keys(self, rows: npt.NDArray[np.int64]) -> Iterator[bytes]:
        """Yield the keys of some records, in the order given; quicker than one by one where they are many."""
        return self._order.keys(rows)

    def verdicts(self, statistics: Statistics | None = None, inside: Inside | None = None) -> Verdicts:
        """Judge all records; ``inside`` has the shingles of those that may stand in others.

        Raises:
            ValueError: two records that only the key could tell apart have the same.
        """
        statistics = statistics if statistics is not None else Statistics()
        statistics.records = len(self)
        rows = self._order.rows()
        self.ranks = statistics.ranks = ranks = np.empty(len(self), np.uint32)
        ranks[rows] = np.arange(len(self), dtype=np.uint32)
        bands = self._bands(ranks)
        try:
            bands.pair(self._fixed, min(SMALL_BUCKET, self._options.max_bucket))
            held = inside.pairs(ranks) if inside else iter(())
            groups = Groups(self._heads(ranks), bands.pairs(), bands.hot(), held, self._folder, self._memory)
        finally:
            bands.close()
        return self._tried(groups, rows[groups.ranks], bands.bands_of, statistics)

    def close(self) -> None:
        """Give memory and disk back."""
        for at in (self._order, self._fingerprints, self._bands_of, self._low, self._numbers):
            at.close()

    def _all_signed(self) -> npt.NDArray[np.bool_]:
        self._signed = [np.concatenate([np.zeros(0, np.bool_), *self._signed])]
        return self._signed[0]

    def _tried(self, groups: Groups, rows: Ranks, bands: list[int], statistics: Statistics) -> Verdicts:
        stores = None if self._stores is None else self._stores()
        shelves = Shelves(groups, rows, self._low, self._load, stores, self._folder, self._memory)
        try:
            found = Trial(groups, rows, self._fixed, self._options, statistics).go(shelves, bands)
        finally:
            shelves.close()
            groups.close()
        order = np.argsort(self.ranks[found.rows])
        return Verdicts(found.rows[order], found.twins[order], found.similarities[order], found.grains[order])

    def _heads(self, ranks: Ranks) -> Ranks:
        if not self._options.exact:
            return np.arange(len(self), dtype=np.uint32)
        runs = Spread(3, self._folder, self._memory // 2)
        at = 0
        for block in self._fingerprints.blocks():
            runs.add(np.column_stack((block, ranks[at : at + len(block)].astype(np.uint64))))
            at += len(block)
        try:
            return heads(runs, len(self))
        finally:
            runs.close()

    def _bands(self, ranks: Ranks) -> Bands:
        options = self._options
        bands = Bands(options.bands, len(self), self._folder, self._memory // 2)
        at = 0
        signed = self._all_signed()
        for block in self._bands_of.blocks():
            mine = signed[at : at + len(block)]
            bands.add(ranks[at : at + len(block)][mine].astype(np.uint64), block[mine])
            at += len(block)
        return bands

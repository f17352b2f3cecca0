"""Who stays and who goes, for records that come one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpuskit.dedup.containment import Inside
from corpuskit.dedup.exact import FINGERPRINT_BYTES
from corpuskit.dedup.judge import GIB, Judge
from corpuskit.dedup.lsh import HotBucket
from corpuskit.dedup.minhash import Signature, from_minhash
from corpuskit.dedup.options import DedupOptions
from corpuskit.dedup.shingles import Shingles, shingle_sets, shingles
from corpuskit.dedup.store import Rows
from corpuskit.dedup.verdicts import GRAINS, Batch, Grain, Statistics

if TYPE_CHECKING:
    from datasketch import MinHash

_BATCH = 4096


@dataclass(frozen=True, slots=True)
class Item:
    """What is known of a record before anything is compared."""

    index: int
    """What ``load_text`` knows the record by."""
    key: str
    """Unique, and the last word in every tie."""
    length: int
    """Characters of the clean text."""
    fingerprint: bytes
    signature: Signature | MinHash | None = None
    """None keeps a record out of the search for near duplicates."""
    preference: int = 0
    """The lowest is preferred, before the longest: a policy's number of the date, or of the source."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A record that goes, and the one that stays in its place."""

    index: int
    twin_index: int
    similarity: float
    """Jaccard similarity of the two sets of shingles; 1.0 for exact duplicates."""
    grain: Grain


def find_duplicates(
    items: Iterable[Item],
    options: DedupOptions,
    load_text: Callable[[int], str],
    statistics: Statistics | None = None,
    *,
    folder: Path | None = None,
    memory: int = GIB,
) -> list[Duplicate]:
    """Return the records that go, sorted by key.

    ``items`` may be an iterator: each is let go of at once, and what must be known of it lies in files without a
    name in ``folder``, with about ``memory`` bytes held. ``load_text`` returns the text of an index; it is asked
    only for candidates. See ``Judge`` for who goes. ValueError if two items that tie share a key, or if signatures are
    not ``permutations`` long.
    """
    indices = Rows(np.int64, 1, folder)

    def load(row: int) -> Shingles:
        return shingles(load_text(int(indices.take(np.array([row]))[0, 0])))

    judge = Judge(options, load, folder=folder, memory=memory)
    inside = Inside(folder, memory // 4) if options.containment else None
    try:
        stream = iter(items)
        while held := list(islice(stream, _BATCH)):
            if inside:
                inside.add(shingle_sets([load_text(item.index) for item in held]), len(judge), options.min_shingles)
            indices.append(np.array([[item.index] for item in held]))
            judge.add(_batch(held, options))
        return list(_found(judge, indices, inside, statistics))
    finally:
        judge.close()
        indices.close()


def _batch(items: list[Item], options: DedupOptions) -> Batch:
    signed = np.array([item.signature is not None for item in items])
    known = [_values(item.signature) for item in items if item.signature is not None]
    matrix = np.zeros((len(items), known[0].size if known else options.permutations), np.uint32)
    if known:
        matrix[signed] = np.stack(known)
    fingerprints = b"".join(item.fingerprint.ljust(FINGERPRINT_BYTES, b"\0") for item in items)
    return Batch(
        [item.key.encode("utf-8", "surrogatepass") for item in items],
        np.array([item.preference for item in items], np.int64),
        np.array([item.length for item in items], np.int64),
        np.frombuffer(fingerprints, np.uint64).reshape(-1, 2),
        signed,
        matrix,
    )


def _values(signature: Signature | MinHash) -> Signature:
    return signature if isinstance(signature, np.ndarray) else from_minhash(signature)


def _found(judge: Judge, indices: Rows, inside: Inside | None, statistics: Statistics | None) -> Iterator[Duplicate]:
    verdicts = judge.verdicts(statistics, inside)
    if statistics is not None:
        statistics.hot = _named(statistics.hot, indices)
    gone, twins = (indices.take(rows)[:, 0].tolist() for rows in (verdicts.rows, verdicts.twins))
    keys = list(judge.keys(verdicts.rows))
    for at in sorted(range(len(keys)), key=keys.__getitem__):
        yield Duplicate(gone[at], twins[at], float(verdicts.similarities[at]), GRAINS[verdicts.grains[at]])


def _named(hot: list[HotBucket], indices: Rows) -> list[HotBucket]:
    first = indices.take(np.array([bucket.first for bucket in hot], np.int64))[:, 0].tolist()
    return sorted(bucket._replace(first=at) for bucket, at in zip(hot, first, strict=True))

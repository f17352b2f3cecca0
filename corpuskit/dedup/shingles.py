"""Sets of hashed shingles: five tokens in a row, where a token is a word or one unspaced character.

So a Chinese text gives its character 5-grams, an English one its word 5-grams, and a mixed text both in
the order they are read, without a seam between the scripts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.normalise import Folded, Kind, folded

SIZE = 5
"""Tokens in a shingle."""
SCHEME = "tokens5-u32-1"
"""Name of this way of hashing, to be stored with signatures that outlive the run."""
_STEP = np.uint32(0x9E3779B1)
_WORD_STEP = 0x85EBCA77

Shingles = npt.NDArray[np.uint32]


class Sets(NamedTuple):
    """Sorted sets of hashed shingles, one after the other."""

    values: Shingles
    sizes: npt.NDArray[np.int64]
    """Shingles of each set, shape (sets,)."""

    def split(self) -> list[Shingles]:
        """Return each set as a view."""
        places = [0, *np.cumsum(self.sizes).tolist()]
        return [self.values[start:end] for start, end in pairwise(places)]


def shingles(text: str) -> Shingles:
    """Return the sorted set of hashed shingles of a text, shape (shingles,).

    A text of one to four tokens has one shingle, one without letters and digits none. The hashes depend on
    the text alone, not on the machine or the run.

    >>> shingles("春眠不觉晓，处处").size
    3
    >>> shingles("one two three four five six").size
    2
    """
    return shingle_sets([text]).values


def shingle_sets(texts: Sequence[str], batch: Folded | None = None) -> Sets:
    """Return the sets of many texts at once; ``batch`` is the texts folded.

    Whole batches cost a fifth of one text at a time.
    """
    batch = folded(texts) if batch is None else batch
    tokens, ends = _tokens(batch)
    return _unique(*_grams(tokens, ends))


def jaccard(a: Shingles, b: Shingles) -> float:
    """Return the Jaccard similarity of two sorted sets; 0.0 when both are empty, for nothing speaks for it.

    >>> jaccard(shingles("一二三四五六"), shingles("一二三四五七"))
    0.3333333333333333
    """
    if not a.size or not b.size:
        return 0.0
    shared = _shared(a, b)
    return shared / (a.size + b.size - shared)


def containment(a: Shingles, b: Shingles) -> float:
    """Return the share of a sorted set that is in another; 0.0 of an empty one.

    >>> containment(shingles("一二三四五六"), shingles("一二三四五六七八"))
    1.0
    """
    return _shared(a, b) / a.size if a.size else 0.0


def _shared(a: Shingles, b: Shingles) -> int:
    both = np.concatenate((a, b))
    both.sort()
    return int(np.count_nonzero(both[1:] == both[:-1]))


def mix(values: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return the 32-bit finaliser of MurmurHash3 (Appleby, public domain) of each value: a bijection."""
    out = values ^ (values >> np.uint32(16))
    out *= np.uint32(0x85EBCA6B)
    out ^= out >> np.uint32(13)
    out *= np.uint32(0xC2B2AE35)
    out ^= out >> np.uint32(16)
    return out


def _tokens(batch: Folded) -> tuple[Shingles, npt.NDArray[np.int64]]:
    """Return the hash of each token of a batch, and where each text ends among them."""
    kind, hashes = batch.kinds.copy(), mix(batch.codes)
    spelled = np.flatnonzero(kind - np.uint8(Kind.WORD) < Kind.UNSPACED - Kind.WORD)
    fresh = np.append(True, np.diff(spelled) > 1)[: spelled.size]
    # the first spelled letter of a text follows no other, or follows one of the text before
    begins = np.searchsorted(spelled, batch.ends)
    fresh[begins[begins < spelled.size]] = True
    hashes[spelled[fresh]] = _words(hashes[spelled], np.flatnonzero(fresh))
    kind[spelled[~fresh]] = Kind.DROPPED
    kept = np.flatnonzero(kind != Kind.DROPPED)
    return hashes[kept], np.searchsorted(kept, batch.ends)


def _words(values: npt.NDArray[np.uint32], first: npt.NDArray[np.intp]) -> npt.NDArray[np.uint32]:
    """Return the polynomial hash of each run of values: a difference of prefix sums, shifted to the run's start."""
    if not first.size:
        return values
    powers, inverses = _powers(max(16, (values.size - 1).bit_length()))
    sums = np.cumsum(values * powers[: values.size], dtype=np.uint32)
    totals: npt.NDArray[np.uint32] = sums[np.append(first[1:], values.size) - 1]
    totals[1:] -= totals[:-1].copy()
    return totals * inverses[first]


@lru_cache(maxsize=2)
def _powers(bits: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Return the first 2**bits powers of the step between letters, and of its inverse modulo 2**32."""
    steps = (_WORD_STEP, pow(_WORD_STEP, -1, 1 << 32))
    powers = np.full((2, 1 << bits), 1, np.uint32)
    for row, step in zip(powers, steps, strict=True):
        row[1:] = step
        np.cumprod(row, dtype=np.uint32, out=row)
    return powers[0], powers[1]


def _grams(tokens: Shingles, ends: npt.NDArray[np.int64]) -> tuple[Shingles, npt.NDArray[np.int64]]:
    """Return the hash of each five tokens in a row, and where each text ends among them."""
    begins = np.concatenate((np.zeros(1, np.int64), ends[:-1]))[: ends.size]
    sizes = ends - begins
    padded = np.concatenate((tokens, np.zeros(SIZE - 1, np.uint32)))
    hashes = tokens.copy()
    for place in range(1, SIZE):
        hashes *= _STEP
        hashes += padded[place : place + tokens.size]
    whole = np.ones(tokens.size, np.bool_)
    for back in range(1, SIZE):
        whole[ends[sizes >= back] - back] = False
    for size in range(1, SIZE):
        short = begins[sizes == size]
        hashes[short], whole[short] = 0, True
        for place in range(size):
            hashes[short] = hashes[short] * _STEP + tokens[short + place]
    return hashes[whole], np.cumsum(np.where(sizes < SIZE, np.minimum(sizes, 1), sizes - SIZE + 1))


def _unique(hashes: Shingles, ends: npt.NDArray[np.int64]) -> Sets:
    """Sort the hashes of each text and leave out what is there twice."""
    places = [0, *ends.tolist()]
    for start, end in pairwise(places):
        hashes[start:end].sort()
    fresh = np.ones(hashes.size, np.bool_)
    np.not_equal(hashes[1:], hashes[:-1], out=fresh[1:])
    fresh[ends[ends < hashes.size]] = True
    fresh[:1] = True
    where = np.flatnonzero(fresh)
    sizes = np.diff(np.searchsorted(where, ends), prepend=0)
    return Sets(hashes[where], sizes.astype(np.int64))

"""MinHash signatures of the family that datasketch 2 calls ``affine32``, many sets at a time.

Broder, "On the resemblance and containment of documents" (1997); the family h -> a * h + b mod 2**32 with odd
a, after a fixed mixing of h, is datasketch's, and a test holds this file to its objects bit by bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.compiled import worth_it
from corpuskit.dedup.shingles import Sets, Shingles, mix, shingle_sets

if TYPE_CHECKING:
    from datasketch import MinHash

SEED = 1
PERMUTATIONS = 128
SCHEME = "affine32"
EMPTY = np.uint32(0xFFFFFFFF)
"""What datasketch keeps in the signature of an empty set."""
_BATCH = 1 << 17
"""Hashes of a batch: half a megabyte, which the second cache of a core holds."""

Signature = npt.NDArray[np.uint32]
Signatures = npt.NDArray[np.uint32]


@cache
def family(permutations: int = PERMUTATIONS) -> npt.NDArray[np.uint32]:
    """Return the parameters a and b of each permutation, shape (2, permutations).

    Drawn as datasketch draws them, rather than by it: importing datasketch imports scipy, which every worker
    would wait for.
    """
    draw = np.random.RandomState(SEED)
    a = draw.randint(0, 1 << 31, permutations, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return np.array([a, draw.randint(0, 1 << 32, permutations, dtype=np.uint32)])


def signatures(sets: Sequence[Shingles] | Sets, permutations: int = PERMUTATIONS) -> Signatures:
    """Return one signature a set, shape (sets, permutations)."""
    given = sets if isinstance(sets, Sets) else _flat(sets)
    out = np.full((given.sizes.size, permutations), EMPTY, np.uint32)
    fill = worth_it(given.values.size)
    if fill is not None:
        fill(mix(given.values), np.cumsum(given.sizes), family(permutations), out)
        return out
    rows = np.flatnonzero(given.sizes)
    ends = np.cumsum(given.sizes)[rows]
    first = 0
    while first < rows.size:
        start = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, start + _BATCH, "right")))
        begins = np.append(start, ends[first : last - 1]) - start
        out[rows[first:last]] = _minima(mix(given.values[start : ends[last - 1]]), begins, permutations)
        first = last
    return out


def _flat(sets: Sequence[Shingles]) -> Sets:
    values = np.concatenate([np.zeros(0, np.uint32), *sets])
    return Sets(values, np.fromiter(map(len, sets), np.int64, len(sets)))


def minhashes(texts: Sequence[str], permutations: int = PERMUTATIONS) -> list[MinHash]:
    """Return datasketch's object of each text's shingles."""
    return [to_minhash(signature) for signature in signatures(shingle_sets(texts), permutations)]


def to_minhash(signature: Signature) -> MinHash:
    """Return datasketch's object of a signature."""
    from datasketch import MinHash

    return MinHash(seed=SEED, hashvalues=signature, permutations=family(len(signature)), scheme=SCHEME)


def from_minhash(minhash: MinHash) -> Signature:
    """Return the signature of datasketch's object; ValueError if it is of another family."""
    if minhash.scheme != SCHEME or minhash.seed != SEED:
        raise ValueError(
            f"MinHash of scheme {minhash.scheme!r} and seed {minhash.seed}: make it with scheme={SCHEME!r}, seed={SEED}"
        )
    return np.array(minhash.hashvalues, np.uint32)


def _minima(values: Shingles, begins: npt.NDArray[np.int64], permutations: int) -> Signatures:
    """Return the least of each set of mixed hashes under each permutation; ``values`` are used up."""
    out = np.empty((permutations, begins.size), np.uint32)
    for row, (step, shift) in zip(out, _steps(permutations).T, strict=True):
        np.multiply(values, step, out=values)
        np.add(values, shift, out=values)
        np.minimum.reduceat(values, begins, out=row)
    return out.T


@cache
def _steps(permutations: int) -> npt.NDArray[np.uint32]:
    """Return what leads from the values of one permutation to those of the next, shape (2, permutations).

    With r = a' / a, which odd a have modulo 2**32, a' * h + b' is r * (a * h + b) + (b' - r * b): each permutation can
    take the place of the one before, so that a batch is one array that the cache of a core holds.
    """
    out, before = [], (1, 0)
    for a, b in family(permutations).T.tolist():
        ratio = a * pow(before[0], -1, 1 << 32) % (1 << 32)
        out.append((ratio, (b - ratio * before[1]) % (1 << 32)))
        before = (a, b)
    return np.array(out, np.uint32).T

"""MinHash signatures of the family that datasketch 2 calls ``affine32``, many sets at a time.

Broder, "On the resemblance and containment of documents" (1997); the family h -> a * h + b mod 2**32 with odd
a, after a fixed mixing of h, is datasketch's, and a test holds this file to its objects bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
_BATCH = 1 << 16
_HEIGHT = 32

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
    for rows, pieces in _batches(given.split()):
        out[rows] = np.minimum(out[rows], _minima(pieces, permutations))
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


def _batches(sets: Sequence[Shingles]) -> Iterator[tuple[list[int], list[Shingles]]]:
    """Cut large sets and gather small ones; a row is in a batch once."""
    rows: list[int] = []
    pieces: list[Shingles] = []
    size = 0
    for row, values in enumerate(sets):
        for start in range(0, values.size, _BATCH):
            piece = values[start : start + _BATCH]
            if size + piece.size > _BATCH:
                yield rows, pieces
                rows, pieces, size = [], [], 0
            rows.append(row)
            pieces.append(piece)
            size += piece.size
    if rows:
        yield rows, pieces


def _minima(pieces: list[Shingles], permutations: int) -> npt.NDArray[np.uint32]:
    """Return the least value of each piece under each permutation, shape (pieces, permutations)."""
    columns, first = _columns(pieces)
    scratch, least = np.empty_like(columns), np.empty(columns.shape[1], np.uint32)
    out = np.empty((permutations, len(pieces)), np.uint32)
    for row, (a, b) in zip(out, family(permutations).T, strict=True):
        np.multiply(columns, a, out=scratch)
        np.add(scratch, b, out=scratch)
        np.minimum.reduce(scratch, axis=0, out=least)
        np.minimum.reduceat(least, first, out=row)
    return out.T


def _columns(pieces: list[Shingles]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.intp]]:
    """Lay mixed hashes out in columns of one piece each, shape (_HEIGHT, columns), and say where pieces begin.

    A minimum over columns of equal height is one instruction for many of them. The last column of a piece is
    filled with the piece's last value, which changes no minimum.
    """
    sizes = np.array([piece.size for piece in pieces])
    ends = np.cumsum(sizes)
    widths = -(-sizes // _HEIGHT)
    first = np.cumsum(widths) - widths
    nth = np.arange(int(widths.sum())) - np.repeat(first, widths)
    start = np.repeat(ends - sizes, widths) + nth * _HEIGHT
    place = np.minimum(start + np.arange(_HEIGHT)[:, None], np.repeat(ends - 1, widths))
    return mix(np.concatenate(pieces))[place], first

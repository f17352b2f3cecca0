"""Sets of hashed shingles: five tokens in a row, where a token is a word or one unspaced character.

So a Chinese text gives its character 5-grams, an English one its word 5-grams, and a mixed text both in
the order they are read, without a seam between the scripts.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.normalise import Kind, folded_codes, kinds

SIZE = 5
"""Tokens in a shingle."""
SCHEME = "tokens5-u32-1"
"""Name of this way of hashing, to be stored with signatures that outlive the run."""
_STEP = np.uint32(0x9E3779B1)
_WORD_STEP = 0x85EBCA77

Shingles = npt.NDArray[np.uint32]


def shingles(text: str) -> Shingles:
    """Return the sorted set of hashed shingles of a text, shape (shingles,).

    A text of one to four tokens has one shingle, one without letters and digits none. The hashes depend on
    the text alone, not on the machine or the run.

    >>> shingles("春眠不觉晓，处处").size
    3
    >>> shingles("one two three four five six").size
    2
    """
    codes = folded_codes(text)
    hashes = _grams(_tokens(codes, kinds()[codes]))
    hashes.sort()
    fresh = np.ones(hashes.size, np.bool_)
    np.not_equal(hashes[1:], hashes[:-1], out=fresh[1:])
    found: Shingles = hashes[fresh]
    return found


def jaccard(a: Shingles, b: Shingles) -> float:
    """Return the Jaccard similarity of two sorted sets; 0.0 when both are empty, for nothing speaks for it.

    >>> jaccard(shingles("一二三四五六"), shingles("一二三四五七"))
    0.3333333333333333
    """
    if not a.size or not b.size:
        return 0.0
    both = np.concatenate((a, b))
    both.sort()
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    return shared / (both.size - shared)


def mix(values: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return the 32-bit finaliser of MurmurHash3 (Appleby, public domain) of each value: a bijection."""
    out = values ^ (values >> np.uint32(16))
    out *= np.uint32(0x85EBCA6B)
    out ^= out >> np.uint32(13)
    out *= np.uint32(0xC2B2AE35)
    out ^= out >> np.uint32(16)
    return out


def _tokens(codes: npt.NDArray[np.uint32], kind: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    alone = kind == Kind.UNSPACED
    kept = kind != Kind.DROPPED
    starts = alone.copy()
    starts[1:] |= alone[:-1] | ~kept[:-1]
    values, starts = mix(codes[kept]), starts[kept]
    starts[:1] = True
    return values if starts.all() else _words(values, np.flatnonzero(starts))


def _words(values: npt.NDArray[np.uint32], first: npt.NDArray[np.intp]) -> npt.NDArray[np.uint32]:
    """Return the polynomial hash of each run of values: a difference of prefix sums, shifted to the run's start."""
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


def _grams(tokens: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    size = min(SIZE, tokens.size)
    count = tokens.size - size + 1
    hashes = np.zeros(count if tokens.size else 0, np.uint32)
    for place in range(size):
        hashes *= _STEP
        hashes += tokens[place : place + count]
    return hashes

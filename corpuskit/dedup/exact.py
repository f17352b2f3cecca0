"""Fingerprints for exact duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from corpuskit.core.codes import code_points
from corpuskit.dedup.normalise import Folded, comparison, folded, normalise

FINGERPRINT_BYTES = 16
FINGERPRINT_SCHEME = "blake2b-utf32-1"
"""Name of this way of digesting, to be stored with fingerprints that outlive the run."""

Fingerprints = npt.NDArray[np.uint64]


def fingerprint(text: str) -> bytes:
    """Return 16 bytes that texts share exactly when their normalised forms are equal.

    >>> fingerprint("你好，世界") == fingerprint("你好 世界!")
    True
    """
    return fingerprints([text]).tobytes()


def fingerprints(texts: Sequence[str], batch: Folded | None = None) -> Fingerprints:
    """Return the fingerprint of each text as two numbers, shape (texts, 2); ``batch`` is the texts folded."""
    if not texts:
        return np.zeros((0, 2), np.uint64)
    batch = folded(texts) if batch is None else batch
    codes, ends = comparison(batch)
    data, places = memoryview(codes.tobytes()), [0, *(ends * 4).tolist()]
    digests = [_digest(data[start:end]) for start, end in pairwise(places)]
    unusual = {*batch.slow, *np.flatnonzero(np.diff(places) == 0).tolist()}
    for at in unusual:
        digests[at] = _digest(code_points(normalise(texts[at])).tobytes())
    return np.frombuffer(b"".join(digests), np.uint64).reshape(-1, 2)


def _digest(data: bytes | memoryview) -> bytes:
    return blake2b(data, digest_size=FINGERPRINT_BYTES).digest()

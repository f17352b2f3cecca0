"""Fingerprints for exact duplicates."""

from __future__ import annotations

from hashlib import blake2b

from corpuskit.dedup.normalise import normalise

FINGERPRINT_BYTES = 16


def fingerprint(text: str) -> bytes:
    """Return 16 bytes that texts share exactly when their normalised forms are equal.

    >>> fingerprint("你好，世界") == fingerprint("你好 世界!")
    True
    """
    return blake2b(normalise(text).encode("utf-8", "surrogatepass"), digest_size=FINGERPRINT_BYTES).digest()

"""English words without their endings."""

from __future__ import annotations

from functools import lru_cache

STEM = 6
"""Letters of a word that tell its subject."""


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return what stands for an English word: its first letters without the endings that say nothing of its subject.

    Words that begin alike are forms of one as a rule: *develop*, *developer*, *developments*.
    """
    return unended(word)[:STEM]


def unended(word: str) -> str:
    """Return an English word without the endings that say nothing of its subject."""
    for ending in ("ies", "ing", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word

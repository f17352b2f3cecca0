"""What the search for duplicates asks of a text: its fingerprint and its shingles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from corpuskit.core.gather import gathered
from corpuskit.dedup import DedupOptions, fingerprints, folded, shingle_sets
from corpuskit.dedup.shingles import Shingles

_SHORT = 1 << 16
"""Most characters of a text that is looked at together with others: a fifth of the cost."""
_TOGETHER = 1 << 18
"""Characters of such texts together."""


class Sketch(NamedTuple):
    """What tells a text from its duplicates."""

    fingerprint: bytes
    shingles: Shingles | None
    """None where it is not to be compared with others."""


def long_sketched(texts: Iterable[str], options: DedupOptions) -> list[str | Sketch]:
    """Return texts, long ones as their sketches: so each page answers for the time that its own take."""
    return [text if len(text) <= _SHORT else next(_each([text], options)) for text in texts]


def sketches(held: Sequence[str | Sketch], options: DedupOptions) -> Iterator[Sketch]:
    """Yield the sketch of each text, those of short ones worked out together."""
    short = _each([text for text in held if isinstance(text, str)], options)
    for at in held:
        yield next(short) if isinstance(at, str) else at


def _each(texts: Sequence[str], options: DedupOptions) -> Iterator[Sketch]:
    for group in gathered(texts, len, _TOGETHER):
        batch = folded(group)
        marks = fingerprints(group, batch) if options.exact or options.near else [b""] * len(group)
        sets = shingle_sets(group, batch).split() if options.near else [None] * len(group)
        for mark, found in zip(marks, sets, strict=True):
            yield Sketch(bytes(mark), found if found is not None and found.size >= options.min_shingles else None)

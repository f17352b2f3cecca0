"""Which of the characters that could stand at a place fits what is around it: a small network's opinion.

The character model counts three in a row; this looks at four on each side and knows which characters are alike.
``corpuskit.lexicon.build_context`` says how it learned.
"""

from __future__ import annotations

import zlib
from functools import cache

import numpy as np
import numpy.typing as npt

from corpuskit.core.characters import Arrays, Floats, Ids, model
from corpuskit.lexicon.alphabet import EDGE, REACH


class Context:
    """The network; one instance a process, read on first use."""

    def __init__(self) -> None:
        held = Arrays("context.bin")
        if held["alphabet"][0] != zlib.crc32(model().alphabet.chars.encode()):
            raise ValueError("context.bin is of another alphabet than characters.bin: build it anew")
        self._near, self._mix, self._fits = (
            (held[name].reshape(len(worth), -1) * worth[:, None]).astype(np.float32)
            for name, worth in ((name, held[f"{name}_worth"]) for name in ("near", "mix", "fits"))
        )
        self._bias, self._usual = held["bias"], held["usual"]

    def scores(self, around: Ids, c: Ids, sizes: npt.NDArray[np.intp]) -> Floats:
        """Return how well characters fit, as ln P but for a number that those of one place share.

        ``around`` are the numbers of the characters before each place and behind it, (places, 2 * REACH); ``c`` holds
        ``sizes[i]`` numbers for place ``i``.
        """
        near = self._near[around].reshape(len(around), -1)
        # so few at once that the library does not call up its threads, which cost more than they save
        mixed = [near[low : low + 4] @ self._mix for low in range(0, len(near), 4)]
        together = np.tanh(np.concatenate(mixed) + self._bias)
        parts = np.split(c, np.cumsum(sizes)[:-1])
        said = [self._fits.take(part, axis=0) @ one for part, one in zip(parts, together, strict=True)]
        return np.asarray(np.concatenate(said) + self._usual[c])


@cache
def context() -> Context:
    """Return the network, read on first use."""
    return Context()


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before a part of a line and behind it, as far as it counts."""
    left, right = text[max(0, start - REACH) : start], text[end : end + REACH]
    return (EDGE + left)[-REACH:], (right + EDGE)[:REACH]

"""The signatures' inner loop, compiled where numba is installed (extra ``fast``): the same bits, five times as fast."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Kernel = Callable[[npt.NDArray[np.uint32], npt.NDArray[np.int64], npt.NDArray[np.uint32], npt.NDArray[np.uint32]], None]
WORTH = 1 << 25
"""Shingles of one process, some 100 MB of Chinese, from which importing and compiling, over a second, is worth it."""
_seen = 0


def worth_it(more: int) -> Kernel | None:
    """Return the compiled loop once this process has seen ``WORTH`` shingles, with ``more`` of them to come now."""
    global _seen
    _seen += more
    return kernel() if _seen >= WORTH else None


@cache
def kernel() -> Kernel | None:
    """Return ``fill(values, ends, family, out)``, which lowers each row of ``out`` to the least value of its set.

    ``values`` are mixed hashes, one set after the other. None where numba is not installed.
    """
    try:
        from numba import njit
    except ImportError:
        return None
    compiled: Any = njit("void(uint32[::1], int64[::1], uint32[:, ::1], uint32[:, ::1])", nogil=True)(_fill)
    return compiled  # type: ignore[no-any-return]


def _fill(
    values: npt.NDArray[np.uint32],
    ends: npt.NDArray[np.int64],
    family: npt.NDArray[np.uint32],
    out: npt.NDArray[np.uint32],
) -> None:
    start = 0
    a, b = family[0], family[1]
    for row in range(ends.shape[0]):
        least, end = out[row], ends[row]
        while start < end:
            # four values a turn, the last of a set again where fewer are left: the parameters are read once for all
            one, two = values[start], values[min(start + 1, end - 1)]
            three, four = values[min(start + 2, end - 1)], values[min(start + 3, end - 1)]
            # the permutations innermost: the compiler turns this loop, not one with a single minimum, to vectors
            for n in range(a.shape[0]):
                p, q = np.uint32(np.uint32(one * a[n]) + b[n]), np.uint32(np.uint32(two * a[n]) + b[n])
                r, s = np.uint32(np.uint32(three * a[n]) + b[n]), np.uint32(np.uint32(four * a[n]) + b[n])
                p, r = p if p < q else q, r if r < s else s
                p = p if p < r else r
                least[n] = p if p < least[n] else least[n]
            start += 4
        start = end

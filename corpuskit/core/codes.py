"""Text as code points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

CodePoints = npt.NDArray[np.uint32]


def code_points(text: str) -> CodePoints:
    """Return the code points of a text, lone surrogates included, shape (characters,).

    >>> code_points("水\\ud800").tolist()
    [27700, 55296]
    """
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)

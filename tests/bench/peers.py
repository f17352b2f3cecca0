"""Other ways to find boundaries, written from their papers, to stand beside ours.

C99: Choi, "Advances in domain independent linear text segmentation", 2000. U00: Utiyama and Isahara, "A statistical
model for domain-independent text segmentation", 2001. TextTiling is nltk's (``pip install nltk``), left out without it.
Each takes the lines of a page and returns the lines at which a segment begins, the first always among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from corpuskit.core.page import Page
from corpuskit.core.terms import Terms
from corpuskit.segment.roles import cast
from corpuskit.segment.starts import starts

Floats = npt.NDArray[np.float64]
_RANK, _SPREAD = 11, 1.2
_STOP = 2.0**-11
"""Frequency from which a term counts as a stop word, which both methods leave out."""


def counted(lines: Sequence[str]) -> Floats:
    """Return how often each term stands in each line, stop words left out, shape (lines, terms)."""
    terms = Terms(lines)
    out = np.zeros((terms.lines, len(terms.prior)))
    np.add.at(out, (terms.line, terms.term), 1.0)
    kept: Floats = out[:, terms.prior < _STOP]
    return kept


def nothing(lines: Sequence[str]) -> list[int]:
    """Return one segment."""
    return [0]


def every_line(lines: Sequence[str]) -> list[int]:
    """Return every line as a segment."""
    return list(range(len(lines)))


def headlines(lines: Sequence[str]) -> list[int]:
    """Return a segment at every block of headlines."""
    page = Page.of("\n".join(lines))
    first: dict[int, int] = {}
    for start in starts(page, cast(page)):
        if start.block:
            first.setdefault(start.block[-1], start.line)
    return sorted({0, *first.values()})


def u00(lines: Sequence[str]) -> list[int]:
    """Return the segments of greatest probability under Utiyama and Isahara's model."""
    counts = counted(lines)
    size, kinds = counts.shape
    summed = np.vstack([np.zeros(kinds), counts.cumsum(axis=0)])
    price = np.log(max(2.0, counts.sum()))
    score, back = np.zeros(size + 1), [0] * (size + 1)
    for end in range(1, size + 1):
        held = summed[end] - summed[:end]
        total = held.sum(axis=1, keepdims=True)
        gain = (held * np.log((held + 1) / (total + kinds))).sum(axis=1)
        ways = score[:end] + gain - price
        back[end] = int(np.argmax(ways))
        score[end] = ways[back[end]]
    out, at = [], size
    while at:
        at = back[at]
        out.append(at)
    return out[::-1]


def _ranked(similar: Floats) -> Floats:
    """Return the share of its neighbours that each similarity exceeds."""
    size, half = len(similar), _RANK // 2
    out = np.zeros_like(similar)
    for row in range(size):
        for column in range(size):
            near = similar[max(0, row - half) : row + half + 1, max(0, column - half) : column + half + 1]
            out[row, column] = (near < similar[row, column]).sum() / max(1, near.size - 1)
    return out


def c99(lines: Sequence[str]) -> list[int]:
    """Return the segments of Choi's divisive clustering of the rank matrix."""
    counts = counted(lines)
    scaled = counts / np.maximum(1e-9, np.linalg.norm(counts, axis=1, keepdims=True))
    summed = np.pad(_ranked(scaled @ scaled.T).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))

    def inside(start: int, end: int) -> float:
        return float(summed[end, end] - summed[start, end] - summed[end, start] + summed[start, start])

    cuts = [0, len(lines)]
    order: list[int] = []
    densities = [inside(0, len(lines)) / len(lines) ** 2]
    while len(cuts) <= min(len(lines), 60):
        total = sum(inside(a, b) for a, b in pairwise(cuts))
        area = sum((b - a) ** 2 for a, b in pairwise(cuts))
        found = (-1.0, 0)
        for a, b in pairwise(cuts):
            for at in range(a + 1, b):
                up = total - inside(a, b) + inside(a, at) + inside(at, b)
                found = max(found, (up / (area - (b - a) ** 2 + (at - a) ** 2 + (b - at) ** 2), at))
        if found[0] < 0:
            break
        order.append(found[1])
        densities.append(found[0])
        cuts = sorted([*cuts, found[1]])
    steps = np.diff(densities)
    least = steps.mean() + _SPREAD * steps.std() if len(steps) else 0.0
    count = next((i for i, step in enumerate(steps) if step <= least), len(steps))
    return sorted([0, *order[:count]])


def texttiling(lines: Sequence[str]) -> list[int]:
    """Return the segments of nltk's TextTiling, each character of an unspaced script taken for a word."""
    from importlib import import_module

    spaced = [" ".join(line) if line[:1] > "\u2e7f" else line for line in lines]
    marked = "\n\n".join(spaced)
    tiler = import_module("nltk.tokenize").TextTilingTokenizer(w=20, k=10, stopwords=["的", "the"])
    try:
        pieces = tiler.tokenize(marked)
    except ValueError:
        return [0]
    begins = np.cumsum([0, *(len(line) + 2 for line in spaced)])
    ends = np.cumsum([0, *(len(piece) for piece in pieces)])[:-1]
    return sorted({0, *(int(np.abs(begins[:-1] - end).argmin()) for end in ends)})

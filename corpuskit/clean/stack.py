"""The lines of several pages, one page after another: what is asked of each page is asked of all of them at once.

The fixed cost of an array operation is most of its cost on a short page. Nothing here lets one page bear on another:
what is summed, shifted or ranked is so page by page.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.clean.evidence import Columns, columns
from corpuskit.core.codes import CodePoints
from corpuskit.core.lexicon import fold
from corpuskit.core.page import Page

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_FAR = 10**6
"""Lines from a flag where there is none on that side."""


class Stack:
    """Pages with at least one line each, and their lines as one sequence."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = pages
        sizes = np.array([len(page.lines) for page in pages])
        self.sizes: Ints = sizes
        """Lines of each page, shape (pages,)."""
        self.ends: Ints = np.cumsum(sizes)
        self.firsts: Ints = self.ends - sizes
        """Where each page's lines begin, and (:attr:`ends`) where they end."""
        self.page: Ints = np.repeat(np.arange(len(pages)), sizes)
        """The page of each line, shape (lines,)."""
        self.line: Ints = np.arange(len(self.page))
        self.at: Ints = self.line - self.firsts[self.page]
        """The place of each line on its page."""
        self.texts = [line.text for page in pages for line in page.lines]

    def __len__(self) -> int:
        return len(self.line)

    @cached_property
    def slices(self) -> list[slice]:
        """The lines of each page."""
        return [slice(*bounds) for bounds in zip(self.firsts.tolist(), self.ends.tolist(), strict=True)]

    @cached_property
    def found(self) -> Columns:
        """The evidence of the lines."""
        return Columns.joined([columns(page) for page in self.pages])

    @cached_property
    def tally(self) -> Ints:
        """Characters of each class in each line, shape (lines, classes)."""
        return np.concatenate([page.tally for page in self.pages])

    @cached_property
    def begins(self) -> Ints:
        """Where each page's text begins in :attr:`codes`, and where the last one ends, shape (pages + 1,)."""
        return np.cumsum([0, *(len(page.text) + 1 for page in self.pages)])

    @cached_property
    def codes(self) -> CodePoints:
        """The code points of the pages' texts, a zero behind each."""
        gap = np.zeros(1, np.uint32)
        return np.concatenate([part for page in self.pages for part in (page.codes, gap)])

    @cached_property
    def text(self) -> str:
        """The pages' texts, a zero behind each."""
        return "".join(f"{page.text}\0" for page in self.pages)

    @cached_property
    def folded(self) -> str:
        """The same, folded."""
        return "".join(f"{fold(page.text)}\0" for page in self.pages)

    @cached_property
    def bounds(self) -> tuple[Ints, Ints]:
        """Where each line begins and ends in :attr:`codes`, two arrays of shape (lines,)."""
        begins = self.begins[self.page]
        starts, ends = (np.concatenate(each) for each in zip(*(page.bounds for page in self.pages), strict=True))
        return starts + begins, ends + begins

    def lines_at(self, places: Ints) -> Ints:
        """Return the lines in which some places of the text stand, each inside a line."""
        return self.bounds[0].searchsorted(places, "right") - 1

    def sums(self, values: Array) -> Array:
        """Return the sum of each page's lines: of counts and flags, whose sums are exact."""
        return np.add.reduceat(values, self.firsts, dtype=np.int64 if values.dtype == np.bool_ else values.dtype)

    def dots(self, one: Array, other: Array) -> npt.NDArray[np.float64]:
        """Return the products of each page's lines."""
        return np.array([one[lines] @ other[lines] for lines in self.slices], np.float64)

    def medians(self, values: Array, chosen: Flags) -> npt.NDArray[np.float64]:
        """Return the median of each page's chosen lines; 0 where none is."""
        values, page = values[chosen], self.page[chosen]
        ranked = np.append(values[np.lexsort((values, page))], 0.0)
        counts = np.bincount(page, minlength=len(self.pages))
        first = np.cumsum(counts) - counts
        middle = (ranked[first + (counts - 1).clip(0) // 2] + ranked[first + counts // 2]) / 2
        return np.where(counts > 0, middle, 0.0)

    def shifted(self, values: Array, step: int) -> Array:
        """Return the values of the line above (``step`` -1) or below (1) each line; 0 where there is none.

        ``values`` have shape (..., lines).
        """
        out = np.zeros_like(values)
        if step > 0:
            out[..., :-1] = values[..., 1:]
            out[..., self.ends - 1] = 0
        else:
            out[..., 1:] = values[..., :-1]
            out[..., self.firsts] = 0
        return out

    def means(self, values: Array, reach: int) -> Array:
        """Return means over the lines up to ``reach`` before and after each; ``values`` have shape (columns, lines)."""
        total = np.zeros((len(values), len(self) + len(self.pages)), values.dtype)
        for number, lines in enumerate(self.slices):
            # sums of one page never go on in those of the next
            out = total[:, lines.start + number + 1 : lines.stop + number + 1]
            np.cumsum(values[:, lines], axis=1, out=out)
        low, high = np.maximum(0, self.at - reach), np.minimum(self.sizes[self.page], self.at + reach + 1)
        base = self.firsts[self.page] + self.page
        mean: Array = (total[:, base + high] - total[:, base + low]) / (high - low)
        return mean

    def since(self, flags: Flags) -> Ints:
        """Return how many lines ago the last flag of the page stood; large where none did."""
        last = np.maximum.accumulate(np.where(flags, self.line, -1))
        return np.where(last >= self.firsts[self.page], self.line - last, _FAR)

    def until(self, flags: Flags) -> Ints:
        """Return how many lines on the next flag of the page stands; large where none does."""
        following = np.minimum.accumulate(np.where(flags, self.line, len(self))[::-1])[::-1]
        return np.where(following < self.ends[self.page], following - self.line, _FAR)

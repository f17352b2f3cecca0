"""Columns for the labeller: the scripts of each line, its indent, the blank lines around it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.clean.stack import Stack
from corpuskit.core.page import Char
from corpuskit.core.pairs import pairs

Column = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

_SCRIPTS = (Char.HAN, Char.KANA, Char.HANGUL, Char.LATIN, Char.LETTER)


def scripts(stack: Stack, prose: Flags) -> list[Column]:
    """Return how far each line's scripts are from those of the paragraphs, and whether its Han is of the other form."""
    counts = stack.tally.astype(np.float32)
    held = counts[:, list(map(int, _SCRIPTS))]
    held[:, 0] += counts[:, Char.FUNCTION]
    letters = held.sum(axis=1)
    body = prose | (stack.sums(prose) == 0)[stack.page]
    main = stack.sums(held * body[:, None])
    rare = main < (0.1 * np.maximum(1.0, main.sum(axis=1, keepdims=True).astype(np.float64))).astype(np.float32)
    foreign = (held * rare[stack.page]).sum(axis=1) / np.maximum(1, letters)
    han = held[:, 0]
    traditional = _traditional(stack)
    share = traditional / np.maximum(1, han)
    usual = stack.sums(traditional * body) / np.maximum(1, stack.sums(han * body))
    other = (han >= 6) & np.where((usual.astype(np.float64) > 0.12)[stack.page], share < 0.03, share > 0.12)
    return [foreign, foreign * prose, other, (han == 0) & (letters > 8) & ~rare[stack.page, 0]]


@cache
def _traditional_table() -> Flags:
    table = np.zeros(0x10000, bool)
    table[[ord(char) for char in pairs().simplified if ord(char) < 0x10000]] = True
    return table


def _traditional(stack: Stack) -> Column:
    """Return the characters of each line that only traditional Chinese has."""
    flags = _traditional_table()[np.where(stack.codes < 0x10000, stack.codes, 0)]
    total = np.concatenate([[0], np.cumsum(flags)])
    starts, ends = stack.bounds
    out: Column = (total[ends] - total[starts]).astype(np.float32)
    return out


def layout(stack: Stack, prose: Flags) -> list[Column]:
    """Return indents and blank lines, and where they differ from the paragraphs'."""
    starts, ends = stack.bounds
    begins, stops = stack.begins[:-1], stack.begins[1:] - 1
    breaks = np.flatnonzero(stack.codes == 10)
    # the white space above each line, and below it
    top, bottom = np.append(0, ends[:-1]), np.append(starts[1:], 0)
    top[stack.firsts], bottom[stack.ends - 1] = begins, stops
    above, below = _blank(breaks, top, starts), _blank(breaks, ends, bottom)
    behind = np.append(0, breaks + 1)[breaks.searchsorted(starts)]
    indent = (starts - np.maximum(top, behind)).astype(np.float32)
    count = stack.sums(prose)
    some = count >= 3
    usual, gap = (np.where(some, stack.medians(values, prose), 0.0)[stack.page] for values in (indent, above))
    spread = stack.sums((indent == usual) & prose) / np.maximum(1, count)
    regular = (some & (spread >= 0.8))[stack.page]
    like = (indent == usual) & regular & (usual > 0)
    unlike = (indent != usual) & regular
    return [indent > 0, like, unlike, above > 0, below > 0, above > gap, below > gap, unlike & prose]


def _blank(breaks: Column, low: Column, high: Column) -> Column:
    """Return the blank lines between two places each, three at most."""
    between: Column = breaks.searchsorted(high) - breaks.searchsorted(low)
    return (between - 1).clip(0, 3).astype(np.float32)

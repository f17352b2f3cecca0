"""The evidence of a page as a matrix: one row a line, for the labeller and its training."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.clean import alone, context
from corpuskit.clean.evidence import Columns, columns
from corpuskit.clean.rulings import scores
from corpuskit.core.cohesion import TERM_BITS, numbered
from corpuskit.core.page import Char, Page
from corpuskit.core.terms import distinct

Matrix = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]
_SHIFTED = (
    "prose", "long_prose", "title", "chrome>=.5", "chrome_any", "judged>=.7", "trade", "head",
    "comment_head", "cut", "dated",
    "counted", "log_size", "digits", "final", "form:footer", "form:pager", "form:editor", "role:byline", "role:date",
    "form:notice", "form:opener", "form:phone", "money", "url",
)  # fmt: skip
_STEPS = (-1, 1)
"""Lines above and below whose columns count for a line."""
_AROUND = ("prose", "long_prose", "chrome", "judged", "title", "cut", "log_size")
_PLACE = (
    "top1", "top3", "top8", "end1", "end3", "end8", "before_prose", "after_prose", "between",
    "prose_above", "prose_below",
    "prose_share", "lines", "under_head", "far_under_head", "under_comment_head", "above_date",
    "below_date", "repeated",
    "overlap", "overlap_short", "verse_page", "farm_page",
    "short_page", "below_median", "icons",
)  # fmt: skip
_RULED = (
    "ruled:spam", "ruled:related", "ruled:chrome",
    "ruled:spam>=.7", "ruled:related>=.7", "ruled:chrome>=.7", "ruled>=.7",
)  # fmt: skip
NAMES: tuple[str, ...] = (
    *alone.NAMES,
    *(f"{name}@{shift:+d}" for shift in _STEPS for name in _SHIFTED),
    *(f"around:{name}" for name in _AROUND),
    *_PLACE,
    *_RULED,
    *(f"ruled>=.7@{shift:+d}" for shift in _STEPS),
    "around:ruled>=.7",
    *context.NAMES,
)
"""Names of the columns of :func:`matrix`, in order."""
_AT = {name: index for index, name in enumerate(alone.NAMES)}


def matrix(page: Page) -> Matrix:
    """Return the features of a page's lines, shape (lines, len(NAMES))."""
    out = np.empty((len(page.lines), len(NAMES)), np.float64)
    at = 0
    # part by part: a long page's matrix is large enough once
    for part in _parts(page):
        out[:, at : at + part.shape[1]] = part
        at += part.shape[1]
    assert at == len(NAMES)
    return out


def _parts(page: Page) -> Iterator[Matrix]:
    """Yield the columns of :data:`NAMES` from the left."""
    found = columns(page)
    own = alone.columns(page, found)
    ruled = _ruled(page)
    sure = ruled[:, -1:]
    yield own
    shifted = own[:, [_AT[name] for name in _SHIFTED]]
    yield from (_shift(shifted, step) for step in _STEPS)
    yield from (_around(own[:, [_AT[name] for name in _AROUND]]), _place(page, found, own), ruled)
    yield from (_shift(sure, step) for step in _STEPS)
    yield _around(sure)
    told = context.columns(page, found, sure[:, 0] > 0, ruled[:, len(_RULED) // 2] > 0)
    yield _filled(told, len(page.lines))


def _shift(values: Matrix, step: int) -> Matrix:
    out = np.zeros_like(values)
    if step > 0:
        out[:-step] = values[step:]
    else:
        out[-step:] = values[:step]
    return out


def _around(values: Matrix, reach: int = 4) -> Matrix:
    """Return means over the lines up to ``reach`` before and after each line."""
    total = np.concatenate([np.zeros((1, values.shape[1]), np.float32), np.cumsum(values, axis=0)])
    at = np.arange(len(values))
    low, high = np.maximum(0, at - reach), np.minimum(len(values), at + reach + 1)
    mean: Matrix = (total[high] - total[low]) / (high - low)[:, None]
    return mean


def _place(page: Page, found: Columns, own: Matrix) -> Matrix:
    n = len(found.lines)
    at = np.arange(n)
    prose = found.paragraph if found.paragraph.any() else found.prose
    places = np.flatnonzero(prose)
    first, last = (places[0], places[-1]) if len(places) else (n, -1)
    above: npt.NDArray[np.int64] = np.cumsum(prose) - prose
    below = prose.sum() - above - prose
    size = found.size.astype(np.float32)
    share = float(size[prose].sum() / size.sum())
    sure = float(size[own[:, _AT["judged>=.7"]] > 0].sum() / size.sum())
    dates = (own[:, _AT["role:date"]] > 0) & (size <= 40)
    since_head, since_comments = (_since(own[:, _AT[name]] > 0) for name in ("head", "comment_head"))
    counts = Counter(line.text for line in page.lines)
    overlap = _overlap(page, found)
    typical = median(found.size[prose].tolist()) if prose.any() else 0.0
    each = [
        at == 0, at < 3, at < 8, at == n - 1, at >= n - 3, at >= n - 8, at < first, at > last,
        (at > first) & (at < last),
        np.minimum(above, 5) / 5, np.minimum(below, 5) / 5, share, math.log(n) / 5,
        since_head <= 6, (since_head > 6) & (since_head < 60), since_comments < 60,
        _since(dates[::-1])[::-1] <= 4, _since(dates) <= 4,
        [counts[line.text] > 1 for line in page.lines], overlap, overlap * (size <= 40),
        share < 0.3, sure > 0.3,
        np.count_nonzero(found.size <= 12) / n, found.size < typical / 4, page.tally[:, Char.DAMAGE] > 0,
    ]  # fmt: skip
    return _filled(each, n)


def _filled(columns: Sequence[Any], size: int) -> Matrix:
    """Return columns of so many lines as a matrix."""
    out = np.empty((len(columns), size), np.float32)
    for row, column in zip(out, columns, strict=True):
        row[:] = column
    return out.T


def _ruled(page: Page) -> Matrix:
    """Return what the rules say of each line: scores, and whether they are sure."""
    told = scores(page).astype(np.float32).T
    sure = (told >= 0.7).astype(np.float32)
    out: Matrix = np.concatenate([told, sure, sure.max(axis=1, keepdims=True)], axis=1)
    return out


def _since(flags: Flags) -> npt.NDArray[np.int64]:
    """Return how many lines ago the last flag stood; large where none did."""
    at = np.arange(len(flags))
    last: npt.NDArray[np.int64] = np.maximum.accumulate(np.where(flags, at, -(10**6)))
    return at - last


def _overlap(page: Page, found: Columns) -> Matrix:
    """Return the share of each short line's terms that the page's paragraphs hold too."""
    line, term = numbered(page)
    held = np.sort(term[found.paragraph[line]])
    short = ((found.size <= 120) & ~found.paragraph)[line]
    # each term of a line counts once
    own, _ = distinct(line[short] << TERM_BITS | term[short])
    line, term = own >> TERM_BITS, own & (1 << TERM_BITS) - 1
    size = np.bincount(line, minlength=len(found.lines))
    there = np.append(held, -1)[np.searchsorted(held, term)] == term
    shared = np.bincount(line[there], minlength=len(found.lines))
    out: Matrix = np.where(size > 0, shared / np.maximum(size, 1), 0.5).astype(np.float32)
    return out

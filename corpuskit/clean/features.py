"""The evidence of pages as matrices: one row a line, for the labeller and its training."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.clean import alone, context
from corpuskit.clean.rulings import scores
from corpuskit.clean.stack import Stack
from corpuskit.core.cohesion import TERM_BITS, numbered
from corpuskit.core.keys import distinct
from corpuskit.core.page import Char, Page

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
_REACH = 4
"""Lines above and below over which these columns' means are taken."""
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
    return next(matrices([page]))


def matrices(pages: Sequence[Page]) -> Iterator[Matrix]:
    """Yield :func:`matrix` of each of some pages, which have a line at least, worked out together.

    Whatever pages a page is among, its features are the same to the last bit.
    """
    stack = Stack(pages)
    out = np.empty((len(stack), len(NAMES)), np.float64)
    at = 0
    # part by part: a long page's matrix is large enough once
    for part in _parts(stack):
        out[:, at : at + len(part)] = part.T
        at += len(part)
    assert at == len(NAMES)
    for lines in stack.slices:
        yield out[lines]


def _parts(stack: Stack) -> Iterator[Matrix]:
    """Yield the columns of :data:`NAMES` from the left, shape (columns, lines)."""
    own = alone.columns(stack)
    ruled = _ruled(stack)
    sure = ruled[-1:]
    yield own
    shifted = own[[_AT[name] for name in _SHIFTED]]
    yield from (stack.shifted(shifted, step) for step in _STEPS)
    yield from (stack.means(own[[_AT[name] for name in _AROUND]], _REACH), _place(stack, own), ruled)
    yield from (stack.shifted(sure, step) for step in _STEPS)
    yield stack.means(sure, _REACH)
    yield _filled(context.columns(stack, sure[0] > 0, ruled[len(_RULED) // 2] > 0), len(stack))


def _place(stack: Stack, own: Matrix) -> Matrix:
    """Return the columns of :data:`_PLACE`."""
    found, page, at = stack.found, stack.page, stack.at
    size, n = found.size, stack.sizes[page]
    prose = np.where((stack.sums(found.paragraph) > 0)[page], found.paragraph, found.prose)
    counted = np.cumsum(prose) - prose
    above = counted - counted[stack.firsts][page]
    below = stack.sums(prose)[page] - above - prose
    share, sure = (_share(stack, of)[page] for of in (prose, own[_AT["judged>=.7"]] > 0))
    dates = (own[_AT["role:date"]] > 0) & (size <= 40)
    since_head, since_comments = (stack.since(own[_AT[name]] > 0) for name in ("head", "comment_head"))
    overlap = _overlap(stack)
    each = [
        at == 0, at < 3, at < 8, at == n - 1, at >= n - 3, at >= n - 8, above + prose == 0, below + prose == 0,
        (above > 0) & (below > 0),
        np.minimum(above, 5) / 5, np.minimum(below, 5) / 5, share,
        np.array([math.log(lines) / 5 for lines in stack.sizes.tolist()])[page],
        since_head <= 6, (since_head > 6) & (since_head < 60), since_comments < 60,
        stack.until(dates) <= 4, stack.since(dates) <= 4,
        _repeated(stack), overlap, overlap * (size <= 40),
        share < 0.3, sure > 0.3,
        (stack.sums(size <= 12) / stack.sizes)[page], size < (stack.medians(size, prose) / 4)[page],
        stack.tally[:, Char.DAMAGE] > 0,
    ]  # fmt: skip
    return _filled(each, len(stack))


def _share(stack: Stack, flags: Flags) -> npt.NDArray[np.float64]:
    """Return the share of each page's characters that stand in some lines."""
    size = stack.found.size
    share = stack.sums(size * flags).astype(np.float32) / stack.sums(size).astype(np.float32)
    return share.astype(np.float64)


def _repeated(stack: Stack) -> list[bool]:
    """Say which lines stand on their page more than once."""
    counts = Counter(zip(stack.page.tolist(), stack.texts, strict=True))
    return [counts[key] > 1 for key in zip(stack.page.tolist(), stack.texts, strict=True)]


def _filled(columns: Sequence[Any], size: int) -> Matrix:
    """Return columns of so many lines as a matrix, shape (columns, lines)."""
    out = np.empty((len(columns), size), np.float32)
    for row, column in zip(out, columns, strict=True):
        row[:] = column
    return out


def _ruled(stack: Stack) -> Matrix:
    """Return what the rules say of each line: scores, and whether they are sure."""
    told = np.concatenate([scores(page) for page in stack.pages], axis=1).astype(np.float32)
    sure = (told >= 0.7).astype(np.float32)
    return np.concatenate([told, sure, sure.max(axis=0, keepdims=True)])


def _overlap(stack: Stack) -> npt.NDArray[np.float32]:
    """Return the share of each short line's terms that the page's paragraphs hold too."""
    found = stack.found
    place, term = numbered(stack.text, stack.codes)
    line = stack.lines_at(place)
    paged = stack.page[line] << TERM_BITS | term
    held = np.sort(paged[found.paragraph[line]])
    short = ((found.size <= 120) & ~found.paragraph)[line]
    # each term of a line counts once
    own, _ = distinct(line[short] << TERM_BITS | term[short])
    line, term = own >> TERM_BITS, own & (1 << TERM_BITS) - 1
    size = np.bincount(line, minlength=len(stack))
    paged = stack.page[line] << TERM_BITS | term
    there = np.append(held, -1)[np.searchsorted(held, paged)] == paged
    shared = np.bincount(line[there], minlength=len(stack))
    out: npt.NDArray[np.float32] = np.where(size > 0, shared / np.maximum(size, 1), 0.5).astype(np.float32)
    return out

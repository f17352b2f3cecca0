"""How sure the labeller must be of each line before it goes: losing text is worse than leaving dirt.

A line that shows nothing of furniture itself and has no line beside it of which the rules are sure goes only where the
article is paragraphs; among verse, tables and names it has to look like noise beyond doubt. The probabilities were set
by cross-validation over the tuning pages: what goes is noise at least ten times as often as text.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from corpuskit.clean.evidence import Columns
from corpuskit.clean.features import NAMES, Matrix

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int64]
Standings = npt.NDArray[np.int64]

LABELS = ("article", "chrome", "related", "spam", "ad", "comment")
"""What a line can be."""


class Standing(IntEnum):
    """Where a line stands, from the least to the most doubtful."""

    BESIDE = 0
    """A line with marks of noise, on a page of short lines, beside lines of which the rules are sure."""
    PLAIN = 1
    """On a page of paragraphs, with marks of noise or beside such lines; on one of short lines beside them."""
    UNMARKED = 2
    """A line without marks, on a page of paragraphs, away from what the rules are sure of."""
    AWAY = 3
    """A line with marks, on a page of short lines, away from what the rules are sure of."""
    ALIKE = 4
    """A line without marks among short lines like it."""


NEEDED = {
    "chrome": (0.84, 0.87, 0.88, 0.88, 0.94),
    "related": (0.84, 0.89, 0.9, 0.92, 0.98),
    "comment": (0.75, 0.86, 0.88, 0.97, 0.99),
    "spam": (0.7, 0.81, 0.81, 0.84, 0.99),
    "ad": (0.83, 0.92, 0.92, 0.92, 0.95),
}
"""Probability of noise from which a line is removed, by its likeliest label and its :class:`Standing`."""
PARAGRAPH = {"chrome": 0.8, "related": 0.92, "comment": 0.97, "spam": 0.83, "ad": 0.7}
"""The same for whole paragraphs."""
AMID = {"chrome": 0.82, "related": 0.96, "comment": 0.98, "spam": 0.88, "ad": 0.83}
"""The same for paragraphs in the midst of the article's."""
_REACH = 3
"""Lines to each side that stand beside a line."""
_MARKS = (
    "chrome_any", "trade", "hosts", "url", "money", "time", "cut", "dated", "counted", "judged>=.7",
    "kinds:pitch", "kinds:contact", "kinds:prompts", "kinds:talk",
    *(f"form:{name}" for name in (
        "footer", "advert", "editor", "counter", "pager", "crumbs", "tags", "prompt", "code", "commenter", "site",
        "phone", "suffix", "notice", "opener",
    )),
)  # fmt: skip
_AT = [NAMES.index(name) for name in _MARKS]
_RULED = NAMES.index("ruled>=.7")


def standing(found: Columns, features: Matrix, beyond: Flags, *, thread: bool) -> Standings:
    """Return the :class:`Standing` of each line, from the evidence and the features of the page's lines.

    ``beyond`` says which lines stand outside an article of paragraphs: nothing there is like its lines.
    The posts of a thread stand among furniture: there a line without marks is never plain.
    """
    marked = (features[:, _AT] > 0).any(axis=1)
    if thread:
        return np.where(marked, Standing.UNMARKED, Standing.AWAY)
    sure = features[:, _RULED] > 0
    total = np.concatenate([[0], np.cumsum(sure)])
    at = np.arange(len(sure))
    near = total[np.minimum(len(sure), at + _REACH + 1)] - total[np.maximum(0, at - _REACH)] > 0
    if found.size @ found.prose >= 0.5 * found.size.sum():
        return np.where(marked | near, Standing.PLAIN, Standing.UNMARKED)
    beside = np.where(marked, Standing.BESIDE, Standing.PLAIN)
    out = np.where(near, beside, np.where(marked, Standing.AWAY, Standing.ALIKE))
    return np.where(beyond, np.minimum(out, Standing.UNMARKED), out)


def needed(kinds: Labels, found: Columns, stands: Standings, amid: Flags) -> Numbers:
    """Return the probability of noise from which each line goes, by its likeliest label.

    ``amid`` says which lines stand among paragraphs.
    """
    short, whole, among = (np.array([of[label] for label in LABELS[1:]]) for of in (NEEDED, PARAGRAPH, AMID))
    paragraph = np.where(amid, among[kinds - 1], whole[kinds - 1])
    out: Numbers = np.where(found.paragraph, paragraph, short[kinds - 1, stands])
    return out

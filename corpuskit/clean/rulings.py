"""What the rules of the three noise stages say of a page, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from corpuskit.clean import furniture, lists, spam
from corpuskit.clean.verdict import Verdict
from corpuskit.core.page import Page


def rulings(page: Page) -> tuple[Sequence[Verdict], Sequence[Verdict], Sequence[Verdict]]:
    """Return the verdict of spam, of lists and of furniture on each line."""
    return spam.decide(page).lines, lists.decide(page), furniture.decide(page)


def scores(page: Page) -> npt.NDArray[np.float64]:
    """Return how sure spam, lists and furniture are of each line, shape (3, lines)."""
    return page.once("scores", lambda: np.array([[verdict.score for verdict in lines] for lines in rulings(page)]))


def surest(page: Page) -> npt.NDArray[np.float64]:
    """Return how sure the surest of them is of each line, shape (lines,)."""
    return page.once("surest", lambda: scores(page).max(axis=0))

"""What the rules of the three noise stages say of a page, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from corpuskit.clean import furniture, lists, spam
from corpuskit.clean.verdict import Verdict
from corpuskit.core.page import Page


def rulings(page: Page) -> tuple[Sequence[Verdict], Sequence[Verdict], Sequence[Verdict]]:
    """Return the verdict of spam, of lists and of furniture on each line."""
    return spam.decide(page).lines, lists.decide(page), furniture.decide(page)

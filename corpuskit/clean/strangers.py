"""Whole paragraphs of other articles behind the foot of an article: told by their subjects, for they read like its own.

A page that runs on into others (an endless scroll, "more stories" with their texts) has no heading there that says so.
What tells them: furniture or a list stands above them, and none is of the subject of the article.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpuskit.clean.evidence import columns
from corpuskit.clean.formed import has
from corpuskit.core.cohesion import Cohesion
from corpuskit.core.late import late
from corpuskit.core.page import Page

Flags = npt.NDArray[np.bool_]


def strangers(page: Page, gone: Flags) -> range:
    """Return the lines from the first to the last paragraph of other articles; ``gone`` says which lines are noise.

    A date or an author among them is that of another article of the page itself: then there are none.
    """
    found = columns(page)
    prose = np.flatnonzero(found.prose & (found.size > _SENTENCE) & ~gone)
    noise = np.flatnonzero(gone)
    above = noise.searchsorted(prose[: _ARTICLE - 1 : -1])
    # the foot of the article stands above a paragraph: nearest the end first
    for foot in dict.fromkeys(noise[above[above > 0] - 1].tolist()):
        article, rest = prose[prose < foot].tolist(), prose[prose > foot].tolist()
        if len(article) < _ARTICLE or len(rest) > _MOST:
            break
        between = range(foot + 1, rest[-1])
        if len(rest) < _LEAST or _signed(page, between) or _goes_on(page, article, rest):
            continue
        if _apart(page, article, rest):
            return range(foot + 1, rest[-1] + 1)
    return range(0)


def _apart(page: Page, article: list[int], rest: list[int]) -> bool:
    """Say whether paragraphs are each of another subject than an article."""
    cohesion = Cohesion.of(page)
    before = article[: -_RECENT - 1 : -1]
    return all(cohesion.apart([line], before) >= _FAR for line in rest)


def _goes_on(page: Page, article: list[int], rest: list[int]) -> bool:
    """Say whether the numbers of an article's paragraphs, one subject each, go on behind its foot."""
    above, below = ([_NUMBER.match(page.lines[i].text) for i in lines] for lines in (article, rest))
    numbers = [int(found[1]) for found in above if found]
    return len(numbers) >= _LEAST and any(found and int(found[1]) > max(numbers) for found in below)


def _signed(page: Page, lines: range) -> bool:
    """Say whether a date, an author or a paper's opening stands in some lines."""
    texts = [page.lines[index].text for index in lines]
    told = any(len(text) <= 40 and (has("roles", "byline", text) or has("roles", "date", text)) for text in texts)
    return told or any(has("roles", "dateline", text[:40]) for text in texts)


_NUMBER = late(r"[【\[（(第]?(\d{1,3})[】\]）)、.．条條]")
"""The number of a paragraph."""
_SENTENCE = 45
"""Characters of a paragraph that tells of its subject."""
_ARTICLE, _LEAST, _MOST = 4, 2, 12
"""Paragraphs of an article that say what it is about; those of other articles, at least and at most."""
_RECENT = 30
"""Paragraphs of the article that others are compared with: keeps long pages linear."""
_FAR = 0.4
"""Distance from the article, in nats a term: one of the article's own paragraphs in ten is as far from it, but hardly
ever all that stand behind its foot."""

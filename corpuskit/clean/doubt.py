"""Where the labeller alone is not believed: in the midst of an article, in runs of paragraphs, where all would go."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.carriers import DOUBTED, SURE
from corpuskit.clean.evidence import Columns, Evidence, columns
from corpuskit.clean.posts import speaks
from corpuskit.clean.rulings import surest
from corpuskit.clean.stretch import stretch
from corpuskit.clean.verdict import keys
from corpuskit.clean.voices import counted
from corpuskit.core.page import Page

Flags = npt.NDArray[np.bool_]


class Known(NamedTuple):
    """What the labeller says of a line: its likeliest kind of noise, a score, and the probability that it is noise."""

    label: str
    score: float
    sure: float


def left(page: Page, found: list[Evidence], out: dict[int | str, Known]) -> dict[int | str, Known]:
    """Doubt comments that take most paragraphs of the stretch where the article stands, on a page that is not empty.

    An interview speaks like comments; what is taken there for other noise hardly ever is text, but in a thread.
    """
    first, last, thread = stretch(page)
    spoken = thread or speaks(page)
    named = keys(page)
    at = [i for i in range(first, last) if found[i].prose and found[i].size >= 30 and out[named[i]].label != "spam"]
    gone = [i for i in at if out[named[i]].score >= SURE]
    if sum(found[i].size for i in gone) < _NEARLY * sum(found[i].size for i in at):
        return out
    gone = [i for i in gone if out[named[i]].sure < BEYOND_DOUBT]
    doubted = [named[i] for i in gone if spoken or out[named[i]].label == "comment"]
    return out | {key: out[key]._replace(score=DOUBTED) for key in doubted}


def doubted(
    page: Page, found: list[Evidence], labels: dict[int | str, Known], off: Flags, *, midst: bool
) -> dict[int | str, Known]:
    """Flag, not remove, what the labeller alone takes for furniture or a list and that may as well be the article.

    That is a long run of paragraphs; and, in the ``midst`` of the article, what no rule sees a sign of noise beside.
    Ingredients, rows of an index and names are unlike the paragraphs around them, and so are titles of other articles;
    but those hardly ever stand in the midst of one without a word that tells it.
    """
    ruled = surest(page).tolist()
    named = keys(page)
    gone = [score >= SURE or labels[key].score >= SURE for score, key in zip(ruled, named, strict=True)]
    doubted = [i for run in paragraphs(found) if sum(found[i].size for i in run) >= CHAPTER for i in run]
    if midst:
        unsure = [known.label != "chrome" or known.sure < _CERTAIN for known in map(labels.__getitem__, named)]
        lone = [i for i in _midst(gone, ruled) if unsure[i] and not (found[i].trades or off[i])]
        among = _among(found, gone)
        doubted += [
            i
            for i in lone
            if (among[i] and not found[i].chrome) or not (found[i].hosts or _tells(page, i, found[i], labels[named[i]]))
        ]
    out = dict(labels)
    for i in doubted:
        of_line = labels[named[i]]
        if of_line.label in ("chrome", "related") and of_line.sure < BEYOND_DOUBT:
            out[named[i]] = of_line._replace(score=min(of_line.score, DOUBTED))
    return out


def _among(found: list[Evidence], gone: list[bool]) -> Flags:
    """Say which lines are no sentences among such lines that stay, on a page of them: rows and entries of an article's.

    What furniture stands amid an article of paragraphs stands between paragraphs.
    """
    size, prose = (np.array([getattr(e, name) for e in found]) for name in ("size", "prose"))
    if 2 * size @ prose >= size.sum():
        return np.zeros(len(found), bool)
    stays = np.cumsum(np.append(0, ~prose & ~np.array(gone)))
    at = np.arange(len(found))
    first, last = np.maximum(0, at - _AMONG), np.minimum(len(found), at + _AMONG + 1)
    out: Flags = ~prose & (stays[last] - stays[first] >= _AMONG)
    return out


def _tells(page: Page, index: int, e: Evidence, known: Known) -> bool:
    """Say whether a likely line of noise is like furniture, or has a word of a site to its readers or of a seller."""
    if known.sure < _LIKELY or known.label == "chrome":
        return known.sure >= _LIKELY
    told = counted(page.lines[index].text)
    return e.size >= _WORDED and (e.chrome > 0 or any(told[voice][0] > 0 for voice in ("prompts", "pitch")))


def _midst(gone: list[bool], ruled: list[float]) -> Iterator[int]:
    """Yield the lines that go, between lines that stay above and below, without a sign of noise in their run."""
    stays = [i for i, out in enumerate(gone) if not out]
    if len(stays) < 2 * _DEEP:
        return
    for taken, run in groupby(range(stays[_DEEP - 1], stays[-_DEEP]), gone.__getitem__):
        members = list(run)
        if taken and all(ruled[i] < _HINT for i in members):
            yield from members


def paragraphs(found: list[Evidence]) -> Iterator[list[int]]:
    """Yield each run of paragraphs that name no trade."""
    for plain, run in groupby(
        range(len(found)),
        lambda i: found[i].prose and not found[i].trades and found[i].host < 0.06 and found[i].chrome < 0.5,
    ):
        if plain:
            yield list(run)


def longest(found: list[Evidence]) -> int:
    """Return the characters of the longest run of paragraphs."""
    return max((sum(found[i].size for i in run) for run in paragraphs(found)), default=0)


def away(page: Page, off: Flags) -> Flags:
    """Say which of the lines outside the article stand on a side of it where the rules are sure of some noise."""
    ruled, (first, last, _) = surest(page), stretch(page)
    above, below = (side.max(initial=0.0) >= SURE for side in (ruled[:first], ruled[last:]))
    out = off.copy()
    out[:first] &= above
    out[first:] &= below
    return out


def settled(page: Page, known: dict[int | str, Known], sure: npt.NDArray[np.float64]) -> dict[int | str, Known]:
    """Take long runs of likely noise, but for sentences, where an article stays beside them."""
    found, named = columns(page), keys(page)
    taken = together(sure) & ~(found.prose & found.final)
    stays = ~taken & np.array([known[key].score < SURE for key in named])
    if found.size @ (stays & found.prose) < _SPOKEN:
        return known
    gone = (named[index] for index in taken.nonzero()[0].tolist())
    return known | {key: known[key]._replace(score=max(SURE, known[key].score)) for key in gone}


def together(sure: npt.NDArray[np.float64]) -> Flags:
    """Say which lines stand in a long run of likely noise: what each leaves open, they settle together."""
    total, out = np.cumsum(np.append(0.0, sure)), np.zeros(len(sure), bool)
    for lines, each, mean in _RUNS:
        ends = np.flatnonzero(np.diff(np.concatenate([[0], sure >= each, [0]])))
        for first, last in ends.reshape(-1, 2).tolist():
            out[first:last] |= last - first >= lines and total[last] - total[first] >= mean * (last - first)
    return out


def amid(page: Page, found: Columns) -> Flags:
    """Say which lines stand in the stretch of an article of many paragraphs, with one of them on either side."""
    first, last, _ = stretch(page)
    prose = found.prose & (found.size >= 30)
    prose[:first] = prose[last:] = False
    if prose.sum() < _MANY:
        return np.zeros(len(prose), bool)
    near = np.concatenate([[False] * 2, prose, [False] * 2])
    between: Flags = (near[:-4] | near[1:-3]) & (near[3:-1] | near[4:])
    return between


def beyond(page: Page, amid: Flags) -> Flags:
    """Say which lines stand outside the stretch of an article of many paragraphs."""
    first, last, _ = stretch(page)
    out = np.full(len(amid), amid.any())
    out[first:last] = False
    return out


_RUNS = (8, 0.85, 0.93), (24, 0.7, 0.88)
"""Lines of a run that settle it together, the probability of noise of each, and of all on average."""
_SPOKEN = 20
"""Characters of sentences, at least, that are an article beside such runs."""
_NEARLY = 0.5
"""Share of the article's paragraphs that go as comments, or in a thread, only where the page has no article."""
_MANY = 4
CHAPTER = 600
"""Characters of paragraphs in a row that no list of other pages has."""
ARTICLE = 240
"""Characters of paragraphs in a row that only an article has; search results and stolen text stand in pieces."""
BEYOND_DOUBT = 0.995
"""Probability of noise from which the labeller is believed whatever a line looks like and wherever it stands."""
VETOED = {
    "related_news.list": 0.2,
    "related_news.tail": 0.5,
    "related_news.rank": 0.5,
    "page_chrome.comment": 0.5,
    "page_chrome.foot": 0.5,
    "page_chrome.footer": 0.5,
    "page_chrome.menu": 0.3,
    "page_chrome.words": 0.3,
}
"""Probability of noise under which the labeller is believed against a rule: what such rules take below it, on pages of
hands that did not teach, is text more often than noise."""
_DEEP = 4
"""Lines that stay above and below what stands in the midst of the article."""
_AMONG = 8
"""Lines above and below, and how many of both stay, that make a line one of an article of rows."""
_LIKELY = 0.9
"""Probability of noise from which furniture goes there, and other noise with one such word."""
_CERTAIN = 0.97
"""Probability from which furniture goes whatever stands beside it."""
_WORDED = 8
"""Characters of a line that such a word tells of; shorter ones are cells of a table as well."""
_HINT = 0.3
"""A rule's score from which it sees a sign of noise."""

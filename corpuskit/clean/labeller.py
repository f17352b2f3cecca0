"""One coherent decision over all lines of a page: what is the article's, and what kind of noise the rest is.

A linear-chain conditional random field over the features of each line and its surroundings; the marginals come from
the forward-backward algorithm. It is trained by
``corpuskit train`` on labelled pages and decides in numpy. The weights stand in
``corpuskit/lexicon/labeller.json``, readable, one feature a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean import furniture, lists, spam
from corpuskit.clean.caution import Standing, needed, standing
from corpuskit.clean.content import leads, told
from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.features import NAMES, Matrix, matrix
from corpuskit.clean.spam import reports
from corpuskit.clean.stretch import outside, stretch
from corpuskit.clean.tables import rows
from corpuskit.clean.verdict import Verdict, keys
from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page

Probabilities = npt.NDArray[np.float64]


class Known(NamedTuple):
    """What the labeller says of a line: its likeliest kind of noise, a score, and the probability that it is noise."""

    label: str
    score: float
    sure: float


_UNKNOWN = Known("article", 0.0, 1.0)
LABELS = ("article", "chrome", "related", "spam", "ad", "comment")
"""What a line can be."""


class Model(NamedTuple):
    """Weights, shape (features, labels), and the log odds of neighbouring labels, shape (labels, labels)."""

    weights: Probabilities
    transitions: Probabilities


@cache
def packaged() -> Model | None:
    """Return the packaged model, None where none is packaged; ValueError if it is for other features."""
    file = resources.files("corpuskit.lexicon") / "labeller.json"
    return parse(file.read_text("utf-8"), str(file)) if file.is_file() else None


def parse(text: str, name: str) -> Model:
    """Return the model of a file's text.

    Raises:
        ValueError: not a labeller, or one for other features than these.
    """
    try:
        data = json.loads(text)
        names, labels = tuple(data["weights"]), tuple(data["labels"])
        weights = np.array([*data["weights"].values()], np.float64)
        transitions = np.array(data["transitions"], np.float64)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{name}: no labeller: write one with corpuskit train") from error
    sizes = (len(NAMES), len(LABELS)), (len(LABELS), len(LABELS))
    if names != NAMES or labels != LABELS or (weights.shape, transitions.shape) != sizes:
        raise ValueError(f"{name}: trained for other features than this version's: run corpuskit train again")
    if not (np.isfinite(weights).all() and np.isfinite(transitions).all()):
        raise ValueError(f"{name}: has weights that are no numbers: run corpuskit train again")
    return Model(weights, transitions)


def marginals(scores: Probabilities, transitions: Probabilities) -> Probabilities:
    """Return the probability of each label of each line, shape (lines, labels), by forward-backward."""
    emit = np.exp(scores - scores.max(axis=1, keepdims=True))
    # from each label of a line to each of the next, with what the next line says
    steps = np.exp(transitions) * emit[1:, None, :]
    both = _chained(emit[0], steps) * _chained(np.ones_like(emit[0]), steps[::-1].swapaxes(1, 2))[::-1]
    out: Probabilities = both / both.sum(axis=1, keepdims=True)
    return out


def _chained(first: Probabilities, steps: Probabilities) -> Probabilities:
    """Return ``first``, and that times more and more of the steps, each up to a factor; shape (steps + 1, labels)."""
    out = [first]
    at = first
    for number, step in enumerate(steps):
        at = at.dot(step)
        if number % _SCALED == 0:
            at = at / at.sum()
        out.append(at)
    return np.stack(out)


_SCALED = 8
"""Steps after which numbers are brought back to about one: it takes more to leave what a double holds."""


def label(page: Page, model: Model) -> Probabilities:
    """Return the probability of each label of each line of a page, shape (lines, labels)."""
    return _labelled(matrix(page), model)


def _labelled(features: Matrix, model: Model) -> Probabilities:
    return marginals(features.astype(np.float64) @ model.weights, model.transitions)


def weighed(page: Page, lines: Sequence[Verdict], rule: str, *labels: str) -> list[Verdict]:
    """Return the rules' verdicts, raised where the labeller is surer that a line is of one of ``labels``."""
    known = _known(page)
    if not known:
        return list(lines)
    out = []
    for key, verdict, of_line in zip(keys(page), lines, told(page), strict=True):
        name, score, sure = known.get(key, _UNKNOWN)
        # what the tree of an HTML page shows to be the article's is not taken for how it reads
        if name not in labels or (of_line and of_line.sure):
            score = 0.0
        if verdict.rule in _VETOED and sure < _VETO and verdict.score > _DOUBTED:
            out.append(Verdict(_DOUBTED, verdict.rule, verdict.reason))
        else:
            # a rule that is sure says more than a probability
            out.append(Verdict(score, rule) if verdict.score < min(score, _SURE) else verdict)
    return out


def _known(page: Page) -> dict[int | str, Known]:
    """Return what the labeller says of each line by its place in the source.

    Worked out on the first draft that asks, with everything still around each line, and kept for later drafts.
    """
    found: dict[int | str, Known] | None = page.by_line.get("labels")
    if found is None:
        found = page.by_line["labels"] = _labels(page)
    return found


def _labels(page: Page) -> dict[int | str, Known]:
    model = page.learned.get("labeller") or packaged()
    found = evidence(page)
    # too little around each line to go by, or nothing but paragraphs under a headline: the rules decide
    if model is None or len(found) < _LEAST or all(e.prose and e.size >= 30 for e in found[3:]):
        return {}
    prose = sum(e.size for e in found if e.prose) / sum(e.size for e in found)
    floor = forms("roles")["floor"]
    thread = stretch(page).thread
    thread |= sum(floor.search(line.text) is not None for line in page.lines if len(line.text) < 60) >= 3
    out: dict[int | str, Known] = {}
    away = _away(page)
    features = matrix(page)
    labels = _labelled(features, model)
    posts = thread or any(of_line is not None and of_line.thread for of_line in told(page))
    empty = not posts and leads(page) and _is_empty(found, labels)
    quoting = reports(found)
    kinds = (labels[:, 1:].argmax(axis=1) + 1).tolist()
    stand = standing(found, features)
    each = zip(keys(page), found, kinds, labels[:, 0].tolist(), away, rows(page), stand, strict=True)
    for key, e, kind, article, out_of, data, stands in each:
        best, sure = LABELS[kind], 1 - article
        score = _scale(sure, needed(best, e, stands))
        # posts speak like comments
        if thread and best == "comment" and e.size >= 12:
            score = min(score, _DOUBTED)
        if out_of and sure >= _AWAY and not (e.prose and e.final):
            # menus and lists of other pages: no advertisement is told by where it stands
            best = best if best in ("related", "comment") else "chrome"
            score = max(score, _SURE)
        # verse, names and tables have no sentence anywhere: there a line goes for what it says alone
        quoted = quoting and best == "spam" and sure < _BEYOND_DOUBT and stands != Standing.PLAIN
        if quoted or (data and best != "spam") or (prose < _BARE and not e.chrome):
            score = min(score, _DOUBTED)
        out[key] = Known(best, 1.0 if empty else score, 1.0 if empty else sure)
    return out if empty else _doubted(page, found, out, midst=not posts)


def _doubted(
    page: Page, found: list[Evidence], labels: dict[int | str, Known], *, midst: bool
) -> dict[int | str, Known]:
    """Flag, not remove, what the labeller alone takes for furniture or a list and that may as well be the article.

    That is a long run of paragraphs; and, in the ``midst`` of the article, what no rule sees a sign of noise beside.
    Ingredients, rows of an index and names are unlike the paragraphs around them, and so is furniture; but furniture
    in the midst of an article hardly ever stands without a word that tells it.
    """
    ruled = _ruled(page)
    each = list(keys(page))
    gone = [score >= _SURE or labels[key].score >= _SURE for score, key in zip(ruled, each, strict=True)]
    doubted = [i for run in _paragraphs(found) if sum(found[i].size for i in run) >= _CHAPTER for i in run]
    if midst:
        doubted += [i for i in _midst(gone, ruled) if not found[i].trades and not found[i].hosts]
    out = dict(labels)
    for i in doubted:
        of_line = labels[each[i]]
        if of_line.label in ("chrome", "related"):
            out[each[i]] = of_line._replace(score=min(of_line.score, _DOUBTED))
    return out


def _midst(gone: list[bool], ruled: list[float]) -> Iterator[int]:
    """Yield the lines that go, between lines that stay above and below, without a sign of noise in their run."""
    stays = [i for i, out in enumerate(gone) if not out]
    if len(stays) < 2 * _DEEP:
        return
    for taken, run in groupby(range(stays[_DEEP - 1], stays[-_DEEP]), gone.__getitem__):
        members = list(run)
        if taken and all(ruled[i] < _HINT for i in members):
            yield from members


def _paragraphs(found: list[Evidence]) -> Iterator[list[int]]:
    """Yield each run of paragraphs that name no trade."""
    for plain, run in groupby(
        range(len(found)),
        lambda i: found[i].prose and not found[i].trades and found[i].host < 0.06 and found[i].chrome < 0.5,
    ):
        if plain:
            yield list(run)


def _ruled(page: Page) -> list[float]:
    """Return how sure the surest rule is of each line."""
    verdicts = zip(spam.decide(page).lines, lists.decide(page), furniture.decide(page), strict=True)
    return [max(verdict.score for verdict in of_line) for of_line in verdicts]


def _away(page: Page) -> list[bool]:
    """Say which lines stand outside the article, on a side of it where the rules are sure of some noise."""
    ruled, (first, last, _) = _ruled(page), stretch(page)
    above, below = max(ruled[:first], default=0.0) >= _SURE, max(ruled[last:], default=0.0) >= _SURE
    return [out and (above if i < first else below) for i, out in enumerate(outside(page))]


def _is_empty(found: list[Evidence], chances: Probabilities) -> bool:
    """Say whether a page has no article: nearly all of it is noise, and no prose is likelier the article's."""
    size, noise = np.array([e.size for e in found]), 1 - chances[:, 0]
    prose = np.array([e.prose for e in found])
    plain = np.array([e.chrome >= 0.5 or e.trades > 0 or e.hosts > 0 for e in found])
    # one line a thousand times over is no page of a site
    sure = size @ plain >= 0.03 * size.sum()
    whole = max((sum(found[i].size for i in run) for run in _paragraphs(found)), default=0)
    sure = sure and whole < _ARTICLE
    return bool(sure and size @ noise >= _EMPTY * size.sum() and not (prose & (noise < 0.5)).any())


_BARE = 0.02
"""Share of prose below which a page may be nothing but short lines."""
_EMPTY = 0.83
"""Share of a page's characters that are noise, each by its probability, where it has no article."""
_SURE = 0.7
_LEAST = 12
"""Lines that a page must have: the labelled pages it was trained on have more."""
_FLAGGED = 0.6
"""Probability of noise from which a line is flagged at the default thresholds."""
_DOUBTED = 0.6
"""Score of what is flagged and stays."""
_BEYOND_DOUBT = 0.995
"""Probability from which spam goes on a page that reports on it, if the rules are sure of nothing near it."""
_ARTICLE = 240
"""Characters of paragraphs in a row that only an article has; search results and stolen text stand in pieces."""
_CHAPTER = 600
"""Characters of paragraphs in a row that no list of other pages has."""
_DEEP = 4
"""Lines that stay above and below what stands in the midst of the article."""
_HINT = 0.3
"""A rule's score from which it sees a sign of noise."""
_AWAY = 0.4
"""Probability from which a line is removed that stands outside the article, on a page that is plainly one."""
_VETO = 0.3
"""Probability of noise under which some rules are doubted: what they take there is text more often than noise."""
_VETOED = frozenset(("related_news.list", "page_chrome.menu", "page_chrome.words"))


def _scale(sure: float, needs: float) -> float:
    """Return a probability as a score: 0.5 where it flags, 0.7 where it removes."""
    points = ((0.0, 0.0), (min(_FLAGGED, needs - 0.05), 0.5), (needs, 0.7), (1.0, 1.0))
    for (low, begin), (high, end) in pairwise(points):
        if sure < high:
            return (end - begin) / (high - low) * (sure - low) + begin
    return 1.0

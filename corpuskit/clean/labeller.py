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
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.content import leads, told
from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.features import NAMES, matrix
from corpuskit.clean.stretch import outside, stretch
from corpuskit.clean.tables import rows
from corpuskit.clean.verdict import Verdict
from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page

Probabilities = npt.NDArray[np.float64]

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
    return marginals(matrix(page).astype(np.float64) @ model.weights, model.transitions)


def weighed(page: Page, lines: Sequence[Verdict], rule: str, *labels: str) -> list[Verdict]:
    """Return the rules' verdicts, raised where the labeller is surer that a line is of one of ``labels``."""
    known = _known(page)
    if not known:
        return list(lines)
    out = []
    for key, verdict, of_line in zip(_keys(page), lines, told(page), strict=True):
        name, score = known.get(key, ("article", 0.0))
        # what the tree of an HTML page shows to be the article's is not taken for how it reads
        if name not in labels or (of_line and of_line.sure):
            score = 0.0
        # a rule that is sure says more than a probability
        out.append(Verdict(score, rule) if verdict.score < min(score, _SURE) else verdict)
    return out


def _keys(page: Page) -> Iterator[int | str]:
    """Yield what tells a line from the page's others in every later draft: its place, or its text if repaired."""
    for line, place in zip(page.lines, page.places, strict=True):
        yield line.text if place is None else place


def _known(page: Page) -> dict[int | str, tuple[str, float]]:
    """Return the label of each line by its place in the source, and how sure it is noise, as a score.

    Worked out on the first draft that asks, with everything still around each line, and kept for later drafts.
    """
    found: dict[int | str, tuple[str, float]] | None = page.by_line.get("labels")
    if found is None:
        found = page.by_line["labels"] = _labels(page)
    return found


def _labels(page: Page) -> dict[int | str, tuple[str, float]]:
    model = page.learned.get("labeller") or packaged()
    found = evidence(page)
    # too little around each line to go by, or nothing but paragraphs under a headline: the rules decide
    if model is None or len(found) < _LEAST or all(e.prose and e.size >= 30 for e in found[3:]):
        return {}
    prose = sum(e.size for e in found if e.prose) / sum(e.size for e in found)
    floor = forms("roles")["floor"]
    thread = stretch(page).thread
    thread |= sum(floor.search(line.text) is not None for line in page.lines if len(line.text) < 60) >= 3
    out: dict[int | str, tuple[str, float]] = {}
    away = outside(page)
    labels = label(page, model)
    posts = thread or any(of_line is not None and of_line.thread for of_line in told(page))
    empty = not posts and leads(page) and _is_empty(found, labels)
    kinds = (labels[:, 1:].argmax(axis=1) + 1).tolist()
    each = zip(_keys(page), found, kinds, labels[:, 0].tolist(), away, rows(page), strict=True)
    for key, e, kind, article, out_of, data in each:
        best, sure = LABELS[kind], 1 - article
        # where the article itself may be like that, losing text is worse than leaving dirt: whole paragraphs,
        # pages of short lines, posts of a thread
        paragraph = e.prose and e.size >= 60
        if (paragraph or thread or prose < 0.5 or (best == "comment" and e.size >= 30)) and sure < _SAFE[best]:
            sure = min(sure, _FLAGGED)
        if thread and best == "comment" and e.size >= 12:
            sure = min(sure, _FLAGGED)
        if out_of and article <= 1 - _AWAY:
            # menus and lists of other pages: no advertisement is told by where it stands
            best = best if best in ("related", "comment") else "chrome"
            sure = max(sure, _REMOVED[best])
        if data and best != "spam":
            sure = min(sure, _FLAGGED)
        # verse, names and tables have no sentence anywhere: there a line goes for what it says alone
        if prose < _BARE and not e.chrome:
            sure = min(sure, _FLAGGED)
        if empty:
            sure = 1.0
        out[key] = (best, _scale(sure, best))
    return out


def _is_empty(found: list[Evidence], chances: Probabilities) -> bool:
    """Say whether a page has no article: nearly all of it is noise, and no prose is likelier the article's."""
    size, noise = np.array([e.size for e in found]), 1 - chances[:, 0]
    prose = np.array([e.prose for e in found])
    plain = np.array([e.chrome >= 0.5 or e.trades > 0 or e.hosts > 0 for e in found])
    # one line a thousand times over is no page of a site
    sure = size @ plain >= 0.03 * size.sum()
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
_REMOVED = {"chrome": 0.86, "related": 0.85, "comment": 0.75, "spam": 0.85, "ad": 0.96}
_SAFE = {"chrome": 0.9, "related": 0.9, "comment": 0.8, "spam": 0.8, "ad": 0.9}
"""Probabilities from which it is removed, by its likeliest label, and removed where the article may look like that.

Set by four-fold cross-validation over the tuning pages: what a label takes there beyond the rules is noise at least
ten times as often as text.
"""
_AWAY = 0.3
"""Probability from which a line is removed that stands outside the article, on a page that is plainly one."""


def _scale(sure: float, label: str) -> float:
    """Return a probability as a score: 0.5 where it flags, 0.7 where it removes."""
    for (low, begin), (high, end) in pairwise(((0.0, 0.0), (_FLAGGED, 0.5), (_REMOVED[label], 0.7), (1.0, 1.0))):
        if sure < high:
            return (end - begin) / (high - low) * (sure - low) + begin
    return 1.0

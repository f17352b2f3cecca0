"""One coherent decision over all lines of a page: what is the article's, and what kind of noise the rest is.

A linear-chain model: a multinomial logistic regression over the features of each line and its surroundings, and the
log odds of neighbouring labels; the marginals come from the forward-backward algorithm. It is trained by
``python -m corpuskit.train`` on labelled pages and decides in numpy. The weights stand in
``corpuskit/lexicon/labeller.json``, readable, one feature a line.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.features import NAMES, matrix
from corpuskit.core.page import Page

Probabilities = npt.NDArray[np.float64]

LABELS = ("article", "chrome", "related", "spam", "ad", "comment")
"""What a line can be."""
_CHAIN = 0.7
"""Weight of the neighbours' log odds: the features have looked at the neighbours already."""


class Model(NamedTuple):
    """Weights, shape (features, labels), and the log odds of neighbouring labels, shape (labels, labels)."""

    weights: Probabilities
    transitions: Probabilities


@cache
def packaged() -> Model | None:
    """Return the packaged model, None where none is packaged; ValueError if it is for other features."""
    file = resources.files("corpuskit.lexicon") / "labeller.json"
    if not file.is_file():
        return None
    data = json.loads(file.read_text("utf-8"))
    if tuple(data["weights"]) != NAMES or tuple(data["labels"]) != LABELS:
        raise ValueError(f"{file}: trained for other features; run python -m corpuskit.train")
    return Model(np.array([data["weights"][name] for name in NAMES]), np.array(data["transitions"]))


def marginals(scores: Probabilities, transitions: Probabilities) -> Probabilities:
    """Return the probability of each label of each line, shape (lines, labels), by forward-backward."""
    n = len(scores)
    emit = np.exp(scores - scores.max(axis=1, keepdims=True))
    step = np.exp(_CHAIN * transitions)
    forward, backward = np.empty_like(emit), np.ones_like(emit)
    forward[0] = emit[0] / emit[0].sum()
    for i in range(1, n):
        forward[i] = emit[i] * (forward[i - 1] @ step)
        forward[i] /= forward[i].sum()
    for i in range(n - 2, -1, -1):
        backward[i] = step @ (emit[i + 1] * backward[i + 1])
        backward[i] /= backward[i].sum()
    both = forward * backward
    out: Probabilities = both / both.sum(axis=1, keepdims=True)
    return out


def label(page: Page, model: Model) -> Probabilities:
    """Return the probability of each label of each line of a page, shape (lines, labels)."""
    return marginals(matrix(page).astype(np.float64) @ model.weights, model.transitions)

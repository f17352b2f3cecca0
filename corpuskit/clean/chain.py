"""The labeller's model: a linear-chain conditional random field over the features of each line and its surroundings.

The marginals come from the forward-backward algorithm. It is trained by ``corpuskit train`` on labelled pages and
decides in numpy. The weights stand in ``corpuskit/lexicon/labeller.json``, readable, one feature a line.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.caution import LABELS
from corpuskit.clean.features import NAMES

Probabilities = npt.NDArray[np.float64]


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

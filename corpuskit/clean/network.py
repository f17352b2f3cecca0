"""The labeller's model: a dilated convolutional network over the lines of a page.

Each line's features become a few hidden numbers; two convolutions, the second dilated, mix them with those of the lines
within six of it and with their mean over the page (Strubell et al. 2017, "Fast and Accurate Entity Recognition with
Iterated Dilated Convolutions", here over lines, not words). What comes out is added to what the features say directly.
Beside the features of :mod:`corpuskit.clean.features` stand a few numbers learned of the pairs of characters that a
line holds (:mod:`corpuskit.clean.letters`).
``corpuskit train`` trains it on labelled pages; it decides in numpy, for many pages at once. The weights stand in
``corpuskit/lexicon/labeller.json``, those of a feature or of a hidden number in a row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.caution import LABELS
from corpuskit.clean.features import NAMES
from corpuskit.clean.letters import Ints, Letters, numbered, spelt

Numbers = npt.NDArray[np.floating[Any]]
Probabilities = npt.NDArray[np.float64]

SPAN = 5
"""Lines that a convolution looks at."""
STEPS = (1, 2)
"""Lines from one of them to the next, by convolution."""
TOLD = 8
"""Numbers that are learned of a pair of characters."""
ROWS = (*NAMES, *(f"letters:{number}" for number in range(TOLD)))
"""What a line is judged by: its features, and what its letters tell."""
_GAP = SPAN // 2 * max(STEPS)
"""Empty lines between pages, so that none sees another's."""
_PLACES = 6
"""Decimal places of a probability: further ones differ with the pages that are worked out together."""


class Model(NamedTuple):
    """The weights, by what they lead from and to."""

    letters: Numbers
    """What each known pair of characters tells, shape (pairs, told)."""
    direct: Numbers
    """From features and what the letters tell to labels, shape (features + told, labels)."""
    inward: Numbers
    """From the same to hidden numbers, shape (features + told, hidden)."""
    page: Numbers
    """From the mean over the page, shape (hidden, hidden)."""
    near: Numbers
    """Of the convolutions, shape (convolutions, lines looked at, hidden, hidden)."""
    shift: Numbers
    """What is added to them, shape (convolutions, hidden)."""
    outward: Numbers
    """From hidden numbers to labels, shape (hidden, labels)."""


class Labeller(NamedTuple):
    """A model, and what its letters are."""

    known: Ints
    """The pairs of characters, ascending, shape (pairs,)."""
    model: Model


class Lines(NamedTuple):
    """The lines of several pages, each page with a gap below it."""

    features: Numbers
    """Shape (lines and gaps, features)."""
    page: npt.NDArray[np.int64]
    """The page of each."""
    real: npt.NDArray[np.bool_]
    """Which are no gap."""
    sizes: npt.NDArray[np.int64]
    """Lines of each page."""
    letters: Letters
    """The known pairs of each."""

    @classmethod
    def of(cls, pages: Sequence[Numbers], letters: Letters) -> Lines:
        """Put the features of pages one below the other; ``letters`` are the known ones, of all their lines."""
        sizes = np.array([len(features) for features in pages])
        page = np.repeat(np.arange(len(pages)), sizes + _GAP)
        real = np.arange(len(page)) < (np.cumsum(sizes + _GAP) - _GAP)[page]
        gap = np.zeros((_GAP, pages[0].shape[1]), pages[0].dtype)
        features = np.concatenate([part for each in pages for part in (each, gap)])
        placed = Letters(real.nonzero()[0][letters.line], letters.pair)
        return cls(features, page, real, sizes, placed)

    def totals(self, numbers: Numbers) -> Numbers:
        """Return the sums over each page's lines, shape (pages, ...)."""
        out: Numbers = np.add.reduceat(numbers, np.cumsum(self.sizes + _GAP) - self.sizes - _GAP)
        return out


class Trace(NamedTuple):
    """What the network worked out on its way, layer by layer."""

    told: Numbers
    """What the letters tell, shape (lines and gaps, told)."""
    seen: Numbers
    """The features and what the letters tell, shape (lines and gaps, features + told)."""
    hidden: list[Numbers]
    """The hidden numbers, each of shape (lines and gaps, hidden)."""
    thinned: list[Numbers]
    """The same as the next layer sees them: in training some are left out."""
    mean: Numbers
    """The mean of the first over each page, shape (pages, hidden)."""
    scores: Numbers
    """Shape (lines and gaps, labels)."""


def _same(numbers: Numbers) -> Numbers:
    return numbers


def forward(
    model: Model,
    lines: Lines,
    thin: Callable[[Numbers], Numbers] = _same,
    mute: Callable[[Numbers], Numbers] = _same,
) -> Trace:
    """Return the scores of each line's labels, and what led to them.

    ``thin`` leaves hidden numbers out, ``mute`` some of what the letters tell.
    """
    real = lines.real[:, None].astype(lines.features.dtype)
    heard = told(model, lines)
    seen = np.hstack([lines.features, mute(heard)])
    hidden = [np.maximum(seen @ model.inward, 0) * real]
    mean = lines.totals(hidden[0]) / lines.sizes[:, None].astype(real.dtype)
    thinned = [thin(hidden[0])]
    for number, (weights, shift, step) in enumerate(zip(model.near, model.shift, STEPS, strict=True)):
        mixed = convolved(thinned[-1], weights, step) + shift
        mixed += hidden[0] if number else (mean @ model.page)[lines.page]
        hidden.append(np.maximum(mixed, 0) * real)
        thinned.append(thin(hidden[-1]))
    return Trace(heard, seen, hidden, thinned, mean, thinned[-1] @ model.outward + seen @ model.direct)


def told(model: Model, lines: Lines) -> Numbers:
    """Return what the letters of each line tell: the sum over its pairs, over the root of their number."""
    line, pair = lines.letters
    out = np.zeros((len(lines.features), TOLD), model.letters.dtype)
    if len(line):
        first = np.flatnonzero(np.diff(line, prepend=-1))
        each = np.add.reduceat(model.letters[pair], first)
        out[line[first]] = each / np.sqrt(np.diff(first, append=len(line)))[:, None]
    return out


def convolved(hidden: Numbers, weights: Numbers, step: int) -> Numbers:
    """Return, of each line, the sum of the numbers of the lines looked at by their weights, shape (lines, hidden)."""
    out = np.zeros((len(hidden), weights.shape[2]), hidden.dtype)
    for at, here, there in shifted(len(hidden), step):
        out[here] += hidden[there] @ weights[at]
    return out


def shifted(size: int, step: int) -> Iterator[tuple[int, slice, slice]]:
    """Yield, for each place that a convolution looks at, the lines that have one there and the lines that are there."""
    for at in range(SPAN):
        shift = (at - SPAN // 2) * step
        below, above = max(shift, 0), max(-shift, 0)
        yield at, slice(above, size - below), slice(below, size - above)


def chances(scores: Numbers) -> Numbers:
    """Return scores as probabilities of each label, shape (lines, labels)."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    out: Numbers = odds / odds.sum(axis=1, keepdims=True)
    return out


def labelled(labeller: Labeller, pages: Sequence[Numbers], letters: Letters) -> list[Probabilities]:
    """Return the probability of each label of each line of some pages, each of shape (lines, labels).

    ``letters`` are those of the lines of all pages, one below the other.
    """
    lines = Lines.of([features.astype(np.float64) for features in pages], letters.among(labeller.known))
    found = np.round(chances(forward(labeller.model, lines).scores[lines.real]), _PLACES)
    return np.split(found, np.cumsum(lines.sizes)[:-1])


@cache
def packaged() -> Labeller | None:
    """Return the packaged labeller, None where none is packaged; ValueError if it is for other features."""
    file = resources.files("corpuskit.lexicon") / "labeller.json"
    return parse(file.read_text("utf-8"), str(file)) if file.is_file() else None


def parse(text: str, name: str) -> Labeller:
    """Return the labeller of a file's text.

    Raises:
        ValueError: not a labeller, or one for other features than these.
    """
    try:
        data = json.loads(text)
        names, labels = tuple(data["features"]), tuple(data["labels"])
        rows = np.array([*data["features"].values()], np.float64)
        direct, inward = rows[:, : len(labels)], rows[:, len(labels) :]
        letters = np.array([*data["letters"].values()], np.float64).reshape(len(data["letters"]), TOLD)
        known = np.array([*map(numbered, data["letters"])], np.int64)
        others = (np.array(data[part], np.float64) for part in ("page", "near", "shift", "outward"))
        model = Model(letters, direct, inward, *others)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"{name}: no labeller: write one with corpuskit train") from error
    fitting = [part.shape for part in model] == shapes(model.inward.shape[1], len(known))
    if names != ROWS or labels != LABELS or not fitting or (np.diff(known) <= 0).any():
        raise ValueError(f"{name}: trained for other features than this version's: run corpuskit train again")
    if not all(np.isfinite(part).all() for part in model):
        raise ValueError(f"{name}: has weights that are no numbers: run corpuskit train again")
    return Labeller(known, model)


def shapes(hidden: int, letters: int) -> list[tuple[int, ...]]:
    """Return the shapes of a model's weights that has so many hidden numbers and known pairs of characters."""
    seen, labels, layers = len(ROWS), len(LABELS), len(STEPS)
    near = (layers, SPAN, hidden, hidden)
    around = [(hidden, hidden), near, (layers, hidden), (hidden, labels)]
    return [(letters, TOLD), (seen, labels), (seen, hidden), *around]


def written(labeller: Labeller, pages: int) -> str:
    """Return a labeller as its file holds it: JSON, the weights of a feature or of a hidden number in a line."""
    model = labeller.model
    rows = np.hstack([model.direct, model.inward])
    parts = [f'"labels": {json.dumps(LABELS)}', f'"pages": {pages}', f'"features": {_named(ROWS, rows)}']
    parts.append(f'"letters": {_named([spelt(pair) for pair in labeller.known.tolist()], model.letters)}')
    parts += [f'"{part}": {_nested(getattr(model, part))}' for part in ("page", "near", "shift", "outward")]
    return "{" + ",\n".join(parts) + "}\n"


def _named(names: Sequence[str], rows: Numbers) -> str:
    each = (f"  {json.dumps(name, ensure_ascii=False)}: {_row(row)}" for name, row in zip(names, rows, strict=True))
    return "{\n" + ",\n".join(each) + "\n}"


def _nested(numbers: Numbers) -> str:
    if numbers.ndim == 1:
        return _row(numbers)
    return "[\n" + ",\n".join(map(_nested, numbers)) + "\n]"


def _row(numbers: Numbers) -> str:
    return json.dumps([round(float(number), 3) for number in numbers])

"""How the labeller's network learns: the slopes of its loss, and Adam's steps down them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.letters import NONE, Ints, Letters
from corpuskit.clean.network import (
    STEPS,
    TOLD,
    Labeller,
    Lines,
    Model,
    Numbers,
    Trace,
    chances,
    forward,
    shapes,
    shifted,
)

Labels = npt.NDArray[np.int64]

HIDDEN = 48
"""Hidden numbers of a line."""
EPOCHS = 24
"""Times that each page is looked at."""
_RATE = 2e-3
"""Length of a step."""
_SETTLED = 0.3
"""Share of the steps after which the model is near enough for its weights to count: what they are after each of the
others is averaged (Izmailov et al. 2018, "Averaging Weights Leads to Wider Optima"), for they waver."""
_DECAY, _FADING = 1e-2, 1.0
"""Weight decay (Loshchilov and Hutter 2019), and that of what pairs of characters tell."""
_MEMORY = 0.9, 0.999
"""What Adam keeps of the mean of the slopes and of their squares."""
_LEFT_OUT, _UNSEEN = 0.2, 0.1
"""Share of the hidden numbers and of the features that a step does without (dropout)."""
_UNREAD, _UNTOLD = 0.7, 0.5
"""Share of the pairs of characters and of what they tell that a step does without: left to themselves, they would tell
which page a line is of."""
_BATCH = 8
"""Pages of a step."""
_STEEPEST = 1.0
"""Length to which longer slopes are cut."""


class Example(NamedTuple):
    """A page: features of shape (lines, features), labels of shape (lines,), and how much each of its lines counts."""

    features: Numbers
    labels: Labels
    weight: float
    letters: Letters = NONE


def fit(
    examples: Sequence[Example], known: Ints = NONE.pair, *, hidden: int = HIDDEN, epochs: int = EPOCHS, seed: int = 0
) -> Labeller:
    """Return the labeller that the examples teach; ``known`` are the pairs of characters it may go by.

    The same examples, in the same order, give the same labeller.
    """
    chance = np.random.default_rng(seed)
    model = started(chance, hidden, len(known))
    examples = [each._replace(letters=each.letters.among(known)) for each in examples]
    means, squares = ([np.zeros_like(part) for part in model] for _ in range(2))
    heavy = sum(each.weight * len(each.labels) for each in examples) / len(examples)
    settled = int(_SETTLED * epochs * -(-len(examples) // _BATCH))
    averages = [part.copy() for part in model]
    for step, batch in enumerate(_batches(examples, epochs, chance)):
        slopes = slope(model, batch, heavy * _BATCH, Gaps.by(chance))
        length = float(np.sqrt(sum(float((part * part).sum()) for part in slopes)))
        for of, part, mean, square in zip(slopes, model, means, squares, strict=True):
            part *= 1 - _RATE * (_FADING if part is model.letters else _DECAY)
            _walk(of * min(1.0, _STEEPEST / (length + 1e-6)), part, mean, square, step + 1)
        for average, part in zip(averages, model, strict=True):
            average += (part - average) / max(1, step + 1 - settled)
    return Labeller(known, Model(*averages))


def started(chance: np.random.Generator, hidden: int, letters: int) -> Model:
    """Return a model that knows nothing."""
    parts = []
    for name, shape in zip(Model._fields, shapes(hidden, letters), strict=True):
        inputs = shape[-2] * (shape[1] if name == "near" else 1)
        scale = {"direct": 0.0, "shift": 0.0, "letters": 0.1}.get(name, max(1, inputs) ** -0.5)
        parts.append(chance.uniform(-scale, scale, shape).astype(np.float32))
    return Model(*parts)


def _batches(examples: Sequence[Example], epochs: int, chance: np.random.Generator) -> Iterator[list[Example]]:
    for _ in range(epochs):
        order = chance.permutation(len(examples))
        for first in range(0, len(order), _BATCH):
            yield [examples[at] for at in order[first : first + _BATCH]]


class Gaps(NamedTuple):
    """What leaves numbers out, layer by layer: of the features, the letters, what those tell, the hidden numbers."""

    blur: Callable[[Numbers], Numbers]
    read: Callable[[Letters], Letters]
    mute: Callable[[Numbers], Numbers]
    thin: Callable[[Numbers], Numbers]

    @classmethod
    def by(cls, chance: np.random.Generator) -> Gaps:
        """Leave out by chance: dropout (Srivastava et al. 2014)."""

        def thinned(share: float) -> Callable[[Numbers], Numbers]:
            return lambda numbers: numbers * (chance.random(numbers.shape, np.float32) >= share) / np.float32(1 - share)

        def read(letters: Letters) -> Letters:
            kept = chance.random(len(letters.line), np.float32) >= _UNREAD
            return Letters(letters.line[kept], letters.pair[kept])

        return cls(thinned(_UNSEEN), read, thinned(_UNTOLD), thinned(_LEFT_OUT))


_WHOLE = Gaps(*(lambda all_: all_ for _ in Gaps._fields))


def _walk(slope: Numbers, part: Numbers, mean: Numbers, square: Numbers, step: int) -> None:
    """Take one of Adam's steps (Kingma and Ba 2015)."""
    kept, kept_square = _MEMORY
    mean *= kept
    mean += (1 - kept) * slope
    square *= kept_square
    square += (1 - kept_square) * slope * slope
    part -= _RATE * (mean / (1 - kept**step)) / (np.sqrt(square / (1 - kept_square**step)) + 1e-8)


def slope(model: Model, batch: Sequence[Example], over: float, gaps: Gaps = _WHOLE) -> Model:
    """Return the slopes of the loss, in the shapes of the model.

    The loss is the weighted sum of the negative log likelihoods of the lines' labels, over ``over``.
    """
    lines = lined(batch)
    seen = lines._replace(features=gaps.blur(lines.features), letters=gaps.read(lines.letters))
    trace = forward(model, seen, gaps.thin, gaps.mute)
    off = chances(trace.scores)
    off[np.flatnonzero(lines.real), np.concatenate([each.labels for each in batch])] -= 1
    counts = np.repeat([each.weight / over for each in batch], lines.sizes).astype(off.dtype)
    off[lines.real] *= counts[:, None]
    off[~lines.real] = 0
    return _back(model, seen, trace, off)


def lined(batch: Sequence[Example]) -> Lines:
    """Return the lines of some examples, whose letters are places among the known ones."""
    letters = Letters.joined([each.letters for each in batch], [len(each.labels) for each in batch])
    return Lines.of([each.features for each in batch], letters)


def _back(model: Model, lines: Lines, trace: Trace, off: Numbers) -> Model:
    """Return the slopes, from what the scores are off by, last layer first."""
    hidden, thinned = trace.hidden, trace.thinned
    near, shift = np.zeros_like(model.near), np.zeros_like(model.shift)
    through = _kept(off @ model.outward.T, hidden[-1], thinned[-1])
    first = np.zeros_like(hidden[0])
    for number in reversed(range(len(STEPS))):
        mixed = through
        shift[number] = mixed.sum(axis=0)
        through = np.zeros_like(mixed)
        for at, here, there in shifted(len(mixed), STEPS[number]):
            near[number, at] = thinned[number][there].T @ mixed[here]
            through[there] += mixed[here] @ model.near[number, at].T
        through = _kept(through, hidden[number], thinned[number])
        first += mixed if number else through
    pages = lines.totals(mixed)
    first += ((pages / lines.sizes[:, None].astype(pages.dtype)) @ model.page.T)[lines.page]
    first *= hidden[0] > 0
    telling = off @ model.direct[-TOLD:].T + first @ model.inward[-TOLD:].T
    letters = _spelt(model, lines.letters, _kept(telling, trace.told, trace.seen[:, -TOLD:]))
    seen = trace.seen.T
    return Model(letters, seen @ off, seen @ first, trace.mean.T @ pages, near, shift, thinned[-1].T @ off)


def _spelt(model: Model, letters: Letters, telling: Numbers) -> Numbers:
    """Return the slopes of what pairs of characters tell, from those of what their lines are told."""
    line, pair = letters
    share = 1 / np.sqrt(np.maximum(1, np.bincount(line, minlength=len(telling))))
    each = (telling * share[:, None])[line]
    out = np.zeros_like(model.letters)
    for number in range(TOLD):
        out[:, number] = np.bincount(pair, each[:, number], len(out))
    return out


def _kept(through: Numbers, hidden: Numbers, thinned: Numbers) -> Numbers:
    """Return slopes where the numbers were not 0, as they were thinned."""
    out: Numbers = through * np.divide(thinned, hidden, out=np.zeros_like(hidden), where=hidden != 0)
    return out

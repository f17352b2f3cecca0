"""How much each stretch of lines gains by being on one subject.

A stretch is a draw of terms (pairs of characters of unspaced scripts, words of spaced ones) from a
Dirichlet-multinomial whose prior is the language at large: its score is the log odds of that draw against the
language alone (after Eisenstein and Barzilay, "Bayesian unsupervised topic segmentation", 2008, with a background
prior in place of the uniform one). The score of lines i..j is a sum over pairs of equal terms plus a term of their
number, so that all stretches of a page are scored by adding up one sparse table of pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from corpuskit.core.terms import KINDS, Floats, Ints, Terms

_KEPT = 16
"""log2 of the number of terms up to which the costs of all numbers are kept."""
_ROWS = 64
"""Places whose lines are added up together."""
PRIORS = (400.0, 4000.0)
"""Weights of the prior, in terms, of which the cost of a stretch's length is mixed."""
PLAIN = (*(1.0,) * (len(KINDS) - 1), 0.0, *(1.0, *(0.0,) * (len(PRIORS) - 1)) * 2)
"""Weights of the topic scores as they are, untempered: right for items of a paragraph or two."""


class Topics:
    """Scores of stretches of lines, in nats.

    The score of lines i up to j is the sum over pairs of equal terms in different lines of them, each weighed by the
    term's kind, less what so many terms are expected to repeat. ``weights`` has one number for each kind, then one
    for each prior and script.
    """

    def __init__(self, terms: Terms, weights: Sequence[float]) -> None:
        self.lines = terms.lines
        self._sizes = paired, spaced = terms.before
        self.before = paired + spaced
        """Terms before each line."""
        table = terms.table
        share = np.array(weights[: len(KINDS)])[terms.kind]
        self._early, self._late, self._gain = table.early, table.late, table.gain * share[table.term]
        self._starts = np.searchsorted(table.late, np.arange(self.lines + 1))
        costs = [tuple(weights[len(KINDS) :][: len(PRIORS)]), tuple(weights[len(KINDS) + len(PRIORS) :])]
        self._cost = [_cost(row, int(sizes[-1])) for row, sizes in zip(costs, self._sizes, strict=True)]

    def gains(self, places: Ints) -> Iterator[Floats]:
        """Yield for each place what equal terms give the stretches that begin at it or before and end with its lines.

        Places are lines, ascending from 0; the lines of a place are those up to the next.
        """
        early = np.searchsorted(places, self._early, "right") - 1
        bounds = self._starts[np.append(places, self.lines)]
        before = np.zeros(len(places))
        for first in range(0, len(places), _ROWS):
            last = min(first + _ROWS, len(places))
            low, high = bounds[first], bounds[last]
            row = np.repeat(np.arange(last - first), np.diff(bounds[first : last + 1]))
            own = np.bincount(row * last + early[low:high], self._gain[low:high], (last - first) * last)
            # of no pairs at all the sums are whole numbers
            summed = own.astype(np.float64, copy=False).reshape(-1, last)[:, ::-1].cumsum(axis=1)[:, ::-1]
            summed[0] += before[:last]
            summed.cumsum(axis=0, out=summed)
            before[:last] = summed[-1]
            for at in range(first, last):
                yield summed[at - first, : at + 1]

    def costs(self, places: Ints) -> Iterator[Floats]:
        """Yield for each place what the number of terms costs the stretches that :meth:`gains` speaks of."""
        (pairs_, words), (one, other) = self._sizes, self._cost
        ends = np.append(places[1:], self.lines)
        for first in range(0, len(places), _ROWS):
            last = min(first + _ROWS, len(places))
            begin, end = places[:last], ends[first:last, None]
            found = one[pairs_[end] - pairs_[begin]] + other[words[end] - words[begin]]
            for at in range(first, last):
                yield found[at - first, : at + 1]

    def apart(self, places: Ints) -> float:
        """Return what all lines gain by a cut at each place; places as for :meth:`gains`, from 0."""
        (paired, spaced), (one, other) = self._sizes, self._cost
        bounds = np.append(places, self.lines)
        parted = np.searchsorted(places, self._early, "right") != np.searchsorted(places, self._late, "right")
        costs = one[np.diff(paired[bounds])] + other[np.diff(spaced[bounds])]
        whole = one[paired[-1]] + other[spaced[-1]]
        return float(costs.sum() - whole - self._gain[parted].sum())

    def all(self) -> Floats:
        """Return the scores of all stretches, shape (lines, lines + 1): ``[i, j]`` is of lines i up to j."""
        out = np.zeros((self.lines, self.lines + 1))
        places = np.arange(self.lines)
        for at, (gain, cost) in enumerate(zip(self.gains(places), self.costs(places), strict=True), 1):
            out[:at, at] = gain + cost
        return out


def beside(terms: Terms, reach: int = 3) -> Floats:
    """Return what the lines right before and right after each line break have in common, shape (lines,).

    In nats a term of the shorter side, ``reach`` lines to each side at most.
    """
    table = terms.table
    near = table.late - table.early < reach
    early, late, gain = table.early[near], table.late[near], table.gain[near]
    paired, spaced = terms.before
    before, size = paired + spaced, terms.lines + 1
    out = np.bincount(early + 1, gain, size) - np.bincount(late + 1, gain, size)
    here = np.arange(terms.lines)
    following = before[np.minimum(here + reach, terms.lines)] - before[here]
    earlier = before[here] - before[np.maximum(here - reach, 0)]
    shared: Floats = np.cumsum(out)[:-1] / (1 + np.minimum(following, earlier))
    return shared


def joint(terms: Terms, places: Ints) -> Floats:
    """Return what the lines from each place to the next have in common with those from the place before it.

    In nats, shape (lines,), 0 for lines that are no place; places are lines, ascending.
    """
    table = terms.table
    early = np.searchsorted(places, table.early, "right")
    late = np.searchsorted(places, table.late, "right")
    next_ = late == early + 1
    out = np.zeros(terms.lines)
    out[places] = np.bincount(late[next_] - 1, table.gain[next_], len(places))
    return out


def _cost(weights: tuple[float, ...], size: int) -> Floats:
    """Return what 0 … size terms of a script cost, in nats, mixed of what they cost under each prior."""
    bits = size.bit_length()
    make = _costs if bits <= _KEPT else _costs.__wrapped__
    return make(weights, bits)[: size + 1]


@lru_cache(maxsize=64)
def _costs(weights: tuple[float, ...], bits: int) -> Floats:
    costs = (weight * _norms((1 << bits) - 1, prior) for weight, prior in zip(weights, PRIORS, strict=True))
    return sum(costs, np.zeros(1 << bits))


def _norms(size: int, alpha: float) -> Floats:
    """Return log Gamma(alpha) - log Gamma(alpha + n) + n log alpha for n = 0 … size."""
    steps = -np.log1p(np.arange(size) / alpha)
    return np.concatenate([[0.0], np.cumsum(steps)])

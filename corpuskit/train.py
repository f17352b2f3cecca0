"""Train the labeller from labelled pages.

    python -m corpuskit.train fixtures/labelled [-o corpuskit/lexicon/labeller.json]

Pages whose id begins with one of ``HELD_OUT`` are left out: they judge, so they may not teach.

A linear-chain conditional random field over :mod:`corpuskit.clean.features` (Lafferty, McCallum and Pereira 2001),
L2-regularised, trained on the pages and on pages composed of them (:mod:`corpuskit.compositions`). The same pages give
the same file.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.features import NAMES, Matrix, matrix
from corpuskit.clean.labeller import LABELS
from corpuskit.compositions import compose
from corpuskit.core.page import Page
from corpuskit.labelled import Page as LabelledPage
from corpuskit.labelled import load

HELD_OUT = ("s", "t")
STRENGTH = 3e-4
"""Weight of the L2 penalty, chosen by cross-validation over the tuning pages."""
COMPOSED = 400
"""Pages composed of the labelled ones."""
_OWN = 4.0
"""How much a page counts that was labelled as it stands, beside one that was put together."""

Labels = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


class Lines(NamedTuple):
    """A page's lines: features of shape (lines, features), labels of shape (lines,)."""

    features: Matrix
    labels: Labels


def gold(labelled: LabelledPage, page: Page) -> Labels:
    """Return the label of each line: the role that most of its characters have, all of an article's being one."""
    spans, at = [], 0
    for block in labelled.blocks:
        at = labelled.raw.index(block.raw, at)
        spans.append((at, at + len(block.raw), block.role if block.role in LABELS else "article"))
        at += len(block.raw)
    out = []
    for line in page.lines:
        counts: Counter[str] = Counter()
        for start, end, label in spans:
            if start < line.end and line.start < end:
                counts[label] += min(line.end, end) - max(line.start, start)
        out.append(LABELS.index(counts.most_common(1)[0][0]) if counts else 0)
    return np.array(out)


class _Batch:
    """Pages of lines, longest first, so that the first lines of all, then the second, are worked out at once."""

    def __init__(self, sequences: list[Lines], weights: list[float]) -> None:
        order = sorted(range(len(sequences)), key=lambda i: -len(sequences[i].labels))
        self.sequences = [sequences[i] for i in order]
        lengths = np.array([len(s.labels) for s in self.sequences])
        self.start = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self.active = [int((lengths > t).sum()) for t in range(int(lengths[0]))]
        self.x = np.concatenate([s.features for s in self.sequences])
        # a page counts by its length, but slowly
        share = np.array([weights[i] for i in order]) / np.sqrt(lengths)
        self.share = share / (share * lengths).sum()
        self.line_share = np.repeat(self.share, lengths)
        self.seen, self.followed = self._counts()

    def _counts(self) -> tuple[Numbers, Numbers]:
        """Return the weighted sums of features by label, and of pairs of neighbouring labels."""
        labels = np.concatenate([s.labels for s in self.sequences])
        target = np.eye(len(LABELS))[labels] * self.line_share[:, None]
        followed = np.zeros((len(LABELS), len(LABELS)))
        for sequence, share in zip(self.sequences, self.share, strict=True):
            np.add.at(followed, (sequence.labels[:-1], sequence.labels[1:]), share)
        return self.x.T.astype(np.float64) @ target, followed

    def loss(self, weights: Numbers, transitions: Numbers) -> tuple[float, Numbers, Numbers]:
        """Return the weighted negative log likelihood and its slopes, by forward-backward."""
        scores = (self.x @ weights.astype(np.float32)).astype(np.float64)
        highest = scores.max(axis=1, keepdims=True)
        emit, step = np.exp(scores - highest), np.exp(transitions)
        forward, scale = self._forward(emit, step)
        chances, pairs = self._backward(emit, step, forward, scale)
        log = sum(float((self.share[: len(s)] * np.log(s[:, 0])).sum()) for s in scale)
        log += float((self.line_share * highest[:, 0]).sum())
        value = log - float((self.seen * weights).sum()) - float((self.followed * transitions).sum())
        slope = (self.x.T @ (chances * self.line_share[:, None]).astype(np.float32)).astype(np.float64) - self.seen
        return value, slope, pairs - self.followed

    def _forward(self, emit: Numbers, step: Numbers) -> tuple[list[Numbers], list[Numbers]]:
        forward: list[Numbers] = []
        scale: list[Numbers] = []
        for t, alive in enumerate(self.active):
            here = emit[self.start[:alive] + t]
            now = here if t == 0 else here * (forward[-1][:alive] @ step)
            scale.append(now.sum(axis=1, keepdims=True))
            forward.append(now / scale[-1])
        return forward, scale

    def _backward(
        self, emit: Numbers, step: Numbers, forward: list[Numbers], scale: list[Numbers]
    ) -> tuple[Numbers, Numbers]:
        chances, pairs = np.empty_like(emit), np.zeros_like(step)
        back = np.ones((self.active[-1], emit.shape[1]))
        for t in range(len(self.active) - 1, -1, -1):
            alive = self.active[t]
            chances[self.start[:alive] + t] = forward[t] * back
            if t:
                ahead = emit[self.start[:alive] + t] * back / scale[t]
                pairs += (forward[t - 1][:alive] * self.share[:alive, None]).T @ ahead * step
                back = np.ones((self.active[t - 1], emit.shape[1]))
                back[:alive] = ahead @ step.T
        return chances, pairs


def fit(sequences: list[Lines], weights: list[float], strength: float) -> tuple[Numbers, Numbers]:
    """Return weights (features, labels) and transitions (labels, labels) of greatest likelihood under an L2 penalty.

    ``weights`` says how much each page counts beside the others.
    """
    from scipy.optimize import minimize

    batch = _Batch(sequences, weights)
    size, labels = batch.x.shape[1], len(LABELS)

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        weights, transitions = (
            flat[: size * labels].reshape(size, labels),
            flat[size * labels :].reshape(labels, labels),
        )
        value, slope, turn = batch.loss(weights, transitions)
        value += strength * float((flat * flat).sum())
        return value, np.concatenate([slope.ravel(), turn.ravel()]) + 2 * strength * flat

    done = minimize(loss, np.zeros((size + labels) * labels), jac=True, method="L-BFGS-B", options={"maxiter": 150})
    flat: Numbers = done.x
    return flat[: size * labels].reshape(size, labels), flat[size * labels :].reshape(labels, labels)


def sequence(labelled: LabelledPage) -> Lines:
    """Return a page as the trainer wants it."""
    page = Page.of(labelled.raw)
    return Lines(matrix(page), gold(labelled, page))


def train(pages: list[LabelledPage], strength: float = STRENGTH, composed: int = COMPOSED) -> dict[str, object]:
    """Return the model as it is written to its file."""
    own = [sequence(page) for page in pages]
    made = [sequence(page) for page in compose(pages, composed)]
    counts = [_OWN] * len(own) + [1.0] * len(made)
    weights, transitions = fit([*own, *made], counts, strength)
    rows = {name: [round(float(v), 3) for v in row] for name, row in zip(NAMES, weights, strict=True)}
    odds = [[round(float(v), 3) for v in row] for row in transitions]
    return {"labels": list(LABELS), "pages": len(pages), "transitions": odds, "weights": rows}


def written(model: dict[str, object]) -> str:
    """Return a model as its file holds it: JSON, one feature a line."""
    rows = model["weights"]
    assert isinstance(rows, dict)
    head = json.dumps({key: value for key, value in model.items() if key != "weights"}, ensure_ascii=False)[:-1]
    body = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
    return f'{head}, "weights": {{\n{body}\n}}}}\n'


def main() -> None:
    """Train and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="+")
    parser.add_argument("-o", "--out", type=Path, default=Path("corpuskit/lexicon/labeller.json"))
    parser.add_argument("--composed", type=int, default=COMPOSED, help="pages composed of the labelled ones")
    parser.add_argument("--strength", type=float, default=STRENGTH, help="weight of the L2 penalty")
    given = parser.parse_args()
    pages = [page for folder in given.folder for page in load(folder)]
    model = train([page for page in pages if not page.id.startswith(HELD_OUT)], given.strength, given.composed)
    given.out.write_text(written(model), "utf-8")


if __name__ == "__main__":
    main()

"""Train the labeller from labelled pages.

    python -m corpuskit.train fixtures/labelled [-o corpuskit/lexicon/labeller.json]

Pages whose id begins with one of ``HELD_OUT`` are left out: they judge, so they may not teach.

A multinomial logistic regression over :mod:`corpuskit.clean.features`, L2-regularised, and the log odds of each pair
of neighbouring labels. The same pages give the same file.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpuskit.clean.features import NAMES, Matrix, matrix
from corpuskit.clean.labeller import LABELS
from corpuskit.core.page import Page
from corpuskit.labelled import Page as LabelledPage
from corpuskit.labelled import load

HELD_OUT = ("h", "k", "m")
STRENGTH = 2e-4
"""Weight of the L2 penalty, chosen by five-fold cross-validation over the tuning pages."""

Labels = npt.NDArray[np.int64]


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


def fit(features: Matrix, labels: Labels, weights: Matrix, strength: float) -> npt.NDArray[np.float64]:
    """Return weights of shape (features, labels) that minimise the weighted log loss plus the L2 penalty."""
    from scipy.optimize import minimize

    x = features.astype(np.float64)
    target = np.eye(len(LABELS))[labels]
    share = (weights / weights.sum()).astype(np.float64)

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        w = flat.reshape(x.shape[1], len(LABELS))
        scores = x @ w
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        value = -(share * (logs * target).sum(axis=1)).sum() + strength * (w * w).sum()
        slope = x.T @ ((np.exp(logs) - target) * share[:, None]) + 2 * strength * w
        return float(value), slope.ravel()

    start = np.zeros(x.shape[1] * len(LABELS))
    done = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    fitted: npt.NDArray[np.float64] = done.x.reshape(x.shape[1], len(LABELS))
    return fitted


def transitions(sequences: Sequence[Labels]) -> npt.NDArray[np.float64]:
    """Return log odds of neighbouring labels against their independence, shape (labels, labels)."""
    counts = np.ones((len(LABELS), len(LABELS)))
    for labels in sequences:
        np.add.at(counts, (labels[:-1], labels[1:]), 1)
    joint = counts / counts.sum()
    odds: npt.NDArray[np.float64] = np.log(joint / joint.sum(1, keepdims=True) / joint.sum(0, keepdims=True))
    return odds


def train(pages: Sequence[LabelledPage], strength: float = STRENGTH) -> dict[str, object]:
    """Return the model as it is written to its file."""
    matrices, labels, weights = [], [], []
    for labelled in pages:
        page = Page.of(labelled.raw)
        matrices.append(matrix(page))
        labels.append(gold(labelled, page))
        # a page counts by its length but slowly, a line by its characters but slowly
        sizes = np.sqrt(np.array([line.end - line.start for line in page.lines], np.float32)) + 2
        weights.append(sizes / math.sqrt(sizes.sum()))
    fitted = fit(np.concatenate(matrices), np.concatenate(labels), np.concatenate(weights), strength)
    rows = {name: [round(float(v), 3) for v in row] for name, row in zip(NAMES, fitted, strict=True)}
    odds = [[round(float(v), 3) for v in row] for row in transitions(labels)]
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
    parser.add_argument("--strength", type=float, default=STRENGTH, help="weight of the L2 penalty")
    given = parser.parse_args()
    pages = [page for folder in given.folder for page in load(folder)]
    model = train([page for page in pages if not page.id.startswith(HELD_OUT)], given.strength)
    given.out.write_text(written(model), "utf-8")


if __name__ == "__main__":
    main()

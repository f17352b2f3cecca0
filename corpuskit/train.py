"""Train the labeller from labelled pages.

    python -m corpuskit.train fixtures/labelled [-o corpuskit/lexicon/labeller.json]

Pages whose id begins with one of ``HELD_OUT`` are left out: they judge, so they may not teach.

The network of :mod:`corpuskit.clean.network` over :mod:`corpuskit.clean.features` learns from the pages and from pages
composed of them (:mod:`corpuskit.compositions`), as :mod:`corpuskit.learning` says. The same pages give the same file.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpuskit.clean.features import matrix
from corpuskit.clean.labeller import LABELS
from corpuskit.clean.letters import Letters, frequent
from corpuskit.clean.network import written
from corpuskit.compositions import compose
from corpuskit.core.page import Page
from corpuskit.labelled import Page as LabelledPage
from corpuskit.labelled import load
from corpuskit.learning import EPOCHS, Example, fit

HELD_OUT = ("o", "t", "y")
COMPOSED = 1000
"""Pages composed of the labelled ones."""
_OWN = 4.0
"""How much a page counts that was labelled as it stands, beside one that was put together."""
_FREQUENT = 25
"""Pages that a pair of characters stands on before the labeller goes by it."""

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


def example(labelled: LabelledPage, counts: float = 1.0) -> Example:
    """Return a page as the trainer wants it; a page counts by its length, but slowly."""
    page = Page.of(labelled.raw)
    labels = gold(labelled, page)
    letters = Letters.of([line.text for line in page.lines])
    return Example(matrix(page).astype(np.float32), labels, counts / len(labels) ** 0.5, letters)


def train(pages: list[LabelledPage], composed: int = COMPOSED, epochs: int = EPOCHS) -> str:
    """Return the model as it is written to its file."""
    own = [example(page, _OWN) for page in pages]
    made = [example(page) for page in compose(pages, composed)]
    known = frequent((each.letters for each in own), _FREQUENT)
    return written(fit([*own, *made], known, epochs=epochs), len(pages))


def main() -> None:
    """Train and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="+")
    parser.add_argument("-o", "--out", type=Path, default=Path("corpuskit/lexicon/labeller.json"))
    parser.add_argument("--composed", type=int, default=COMPOSED, help="pages composed of the labelled ones")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="times that each page is looked at")
    given = parser.parse_args()
    pages = [page for folder in given.folder for page in load(folder)]
    teaching = [page for page in pages if not page.id.startswith(HELD_OUT)]
    given.out.write_text(train(teaching, given.composed, given.epochs), "utf-8")


if __name__ == "__main__":
    main()

"""Learn the weights of article boundaries from the tuning pages and from pages composed of their articles.

    python tests/bench/train_articles.py fixtures/labelled > corpuskit/lexicon/articles.json

A structured perceptron over the very dynamic programming of :mod:`corpuskit.segment.boundaries`: where its best cut
is not the right one, the weights move towards what the right one has more of. The same pages give the same bytes.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import train_cuts
import train_digests
import train_joins
import train_titles
from compose import (
    TEST,
    Article,
    Composed,
    Maker,
    alone,
    concatenation,
    digest,
    halves,
    several,
    sheet,
    signed,
    traditional,
    twins,
)

from corpuskit.config import Config
from corpuskit.core.draft import Draft
from corpuskit.core.engine import Record, apply, resolve
from corpuskit.core.page import Page
from corpuskit.core.source import Source
from corpuskit.core.terms import KINDS, Terms
from corpuskit.core.topics import Topics
from corpuskit.labelled import KEEP, load
from corpuskit.labelled import Page as Labelled
from corpuskit.segment import model
from corpuskit.segment.boundaries import SUBJECT
from corpuskit.segment.roles import cast
from corpuskit.segment.signs import survey
from corpuskit.segment.starts import UNTITLED, resumed, starts, untitled

Floats = npt.NDArray[np.float64]
ROUNDS, STRENGTH, COST = 45, 1.0, 1.0
PAPER, PAGE = 12.0, 3.0
"""Weights of the labelled pages beside composed ones."""
SHEET = 0.3
"""What a headline on a newspaper's page gains besides: composed pages have more cross-heads than real ones."""
FIRST = (*(0.1,) * (len(KINDS) - 1), 0.0, 0.1, 0.0, 0.1, 0.0)
"""Weights of the topic scores to begin with: the log odds themselves, tempered."""
TITLED = (*KEEP, "title", "subtitle", "byline")


def cleaned(raw: str) -> Page:
    """Return the page as the segmenters see it."""
    source, record = Source("-", raw, "", 0), Record()
    page = Page(source, Draft.of(raw))
    for stage in Config().active():
        if stage.name == "layout":
            break
        page = page.after(apply(page.draft, resolve(stage.propose(page)).winners, stage.name, record)[0])
    return page


def owners(labelled: Labelled, page: Page) -> list[str | None]:
    """Return the article that each line belongs to; None for lines of none."""
    mine: list[str | None] = [None] * len(labelled.raw)
    at = 0
    for block in labelled.blocks:
        at = labelled.raw.index(block.raw, at)
        if block.role in TITLED:
            mine[at : at + len(block.raw)] = [block.article] * len(block.raw)
        at += len(block.raw)
    out = []
    for line in page.lines:
        places = [page.place(at) for at in (line.start, (line.start + line.end) // 2, line.end - 1)]
        found = Counter(mine[at] for at in places if at is not None)
        out.append(found.most_common(1)[0][0] if found else None)
    return out


def begun(owned: Sequence[str | None]) -> list[int]:
    """Return the lines at which another article begins than the one before."""
    out: list[int] = []
    last: str | None = None
    for line, article in enumerate(owned):
        if article is not None and article != last:
            out.append(line)
            last = article
    return out


class Example:
    """A page ready for learning: the scores of all its stretches by kind of term, the signs of its starts, the gold."""

    def __init__(self, page: Page, gold: Sequence[int], weight: float, owned: Sequence[str | None] = ()) -> None:
        roles = cast(page)
        found, terms = starts(page, roles), Terms([line.text for line in page.lines])
        survey(page, roles, found, terms)
        held = {line: at for at, s in enumerate(found) for line in range(s.line, s.line + len(s.block) + 1)}
        held |= {start.line: at for at, start in enumerate(found)}
        held |= {s.line + 1: at for at, s in enumerate(found) if resumed(page, roles, s.line)}
        # what stands above a post, or above text whose title is gone, is not labelled as the article's
        free = [(at, s) for at, s in enumerate(found) if s.block and owned and not any(owned[i] for i in s.block)]
        held |= {start.block[-1] + 1: at for at, start in free}
        self.untitled = untitled(page, roles, found)
        begins = [start.line for start in found]
        ends = [*begins[1:], len(page.lines)]
        kinds = [Topics(terms, one).all()[np.ix_(begins, ends)] for one in np.eye(len(SUBJECT)).tolist()]
        self.weight = weight
        top = len(found[0].block) + 1
        self.gold = sorted({held[line] for line in gold if line in held and line >= top} | {0})
        self.stretches = np.stack(kinds)
        """Shape (kinds, starts, ends)."""
        text = np.array([s.line + len(s.block) for s in found])
        self.barred = (text[:, None] >= np.array(ends)[None, :]) & (np.arange(len(found)) > 0)[:, None]
        """Stretches that hold nothing but a headline block."""
        self.signs: list[dict[str, float]] = [{}] + [
            {name.removeprefix(UNTITLED): value for name, value in start.signs.items()} for start in found[1:]
        ]
        self.features = np.zeros((len(found), 0))

    def named(self, names: Sequence[str]) -> None:
        """Lay out the signs as a matrix, shape (starts, names)."""
        self.features = np.array([[signs.get(name, 0.0) for name in names] for signs in self.signs])

    def expected(self, weights: Floats, cost: float) -> tuple[float, Floats]:
        """Return the log of the sum over all cuts, and the sums of all scores and signs to be expected.

        ``cost`` makes each start that is not as the gold has it more attractive, so that the gold has to win by it.
        """
        kinds = len(self.stretches)
        right = np.isin(np.arange(len(self.features)), self.gold)
        own = self.features @ weights[kinds:] + cost * np.where(right, -1.0, 1.0)
        own[0] = 0.0
        ways = np.tensordot(weights[:kinds], self.stretches, 1) + own[:, None]
        ways[self.barred] = -np.inf
        size = len(own)
        before, after = np.zeros(size + 1), np.zeros(size + 1)
        for end in range(1, size + 1):
            before[end] = _logsum(before[:end] + ways[:end, end - 1])
        for start in range(size - 1, -1, -1):
            after[start] = _logsum(ways[start, start:] + after[start + 1 :])
        share = np.exp(before[:-1, None] + ways + after[None, 1:] - before[-1])
        share[np.tril_indices(size, -1)] = 0.0
        starts_ = share.sum(axis=1)
        starts_[0] = 0.0
        return float(before[-1]), np.concatenate([(self.stretches * share).sum(axis=(1, 2)), starts_ @ self.features])

    def total(self, chosen: Sequence[int]) -> Floats:
        """Return the sums of all scores and signs over a cut."""
        ends = [*chosen[1:], len(self.features)]
        stretches = sum(self.stretches[:, start, end - 1] for start, end in zip(chosen, ends, strict=True))
        return np.concatenate([stretches, self.features[list(chosen[1:])].sum(axis=0)])


def _logsum(ways: Floats) -> float:
    top = ways.max()
    return float(top + np.log(np.exp(ways - top).sum())) if top > -np.inf else -np.inf


def learn(examples: Sequence[Example], first: Floats, scale: Floats) -> Floats:
    """Return the weights under which the right cuts are likeliest among all cuts (a semi-Markov random field).

    With a margin: each start that is wrong counts as if it scored :data:`COST` more (Gimpel and Smith, 2010).
    """
    from scipy.optimize import minimize

    gold = [example.total(example.gold) for example in examples]
    shares = np.array([example.weight / len(example.features) ** 0.5 for example in examples])

    def loss(moved: Floats) -> tuple[float, Floats]:
        weights = first + moved / scale
        value, slope = STRENGTH * float(moved @ moved), np.zeros_like(first)
        for example, right, share in zip(examples, gold, shares, strict=True):
            whole, mean = example.expected(weights, COST)
            value += share * (whole - float(weights @ right) + COST * (len(example.gold) - 1))
            slope += share * (mean - right)
        return value, slope / scale + 2 * STRENGTH * moved

    done = minimize(loss, np.zeros_like(first), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    fitted: Floats = first + done.x / scale
    return fitted


def composed(pool: Sequence[Article]) -> Iterator[tuple[Composed, float]]:
    """Yield the composed pages with the weight of each of their rows."""
    kinds: list[tuple[Maker, int, float]] = [
        (partial(concatenation, titled=False), 150, 2.0),
        (partial(concatenation, titled=True), 60, 2.0),
        (alone, 60, 2.0),
        (partial(digest, titled=False), 10, 4.0),
        (partial(digest, titled=True), 10, 4.0),
        (sheet, 120, 1.0),
        (signed, 40, 1.0),
        (twins, 60, 1.0),
    ]
    for seed, (maker, count, weight) in enumerate(kinds):
        for page in several(maker, pool, count, seed):
            yield page, weight


def _some(draw: random.Random, pool: Sequence[Article]) -> Composed:
    return concatenation(draw, draw.sample(pool, min(4, len(pool))), titled=draw.random() < 0.5)


def examples(folder: Path) -> Iterator[Example]:
    """Yield the tuning pages and the composed pages."""
    for labelled in load(folder):
        page = cleaned(labelled.raw)
        if not labelled.id.startswith(TEST) and page.lines:
            owned = owners(labelled, page)
            yield Example(page, begun(owned), PAPER if labelled.kind == "newspaper" else PAGE, owned)
    yield from made(folder)


def made(folder: Path) -> Iterator[Example]:
    """Yield the pages composed of the articles of the tuning pages."""
    english = halves(folder, mark=" the ")[0]
    for page in (*several(_some, english, 30, 9), *several(alone, english, 30, 8)):
        yield Example(Page.of("\n".join(page.lines)), page.starts, 1.0)
    for number, (page, weight) in enumerate(composed(halves(folder)[0])):
        lines = [traditional(line) for line in page.lines] if number % 3 == 2 else page.lines
        yield Example(Page.of("\n".join(lines)), page.starts, weight)


def train(folder: Path) -> dict[str, float]:
    """Return the weights.

    Those of pages without headlines are learned from composed pages of several articles: whether a page is to be cut at
    all is not theirs to say, and the labelled ones and briefings, which weigh more, are cut by what their lines show.
    """
    found = list(examples(folder))
    known = fitted(found, still=["characters"])
    known["head.sheet"] += SHEET
    bare = [example for example in found if example.untitled and example.weight < PAGE and len(example.gold) > 1]
    own = known | fitted(bare)
    known |= {UNTITLED + name: value for name, value in own.items()}
    return {name: round(value, 3) for name, value in known.items()}


def fitted(found: Sequence[Example], still: Sequence[str] = ()) -> dict[str, float]:
    """Return the weights by name, of the signs that the examples show; kinds of terms held ``still`` keep theirs."""
    names = sorted({name for example in found for signs in example.signs for name in signs if signs[name]})
    for example in found:
        example.named(names)
    rows = np.concatenate([example.features for example in found])
    scale = np.maximum(0.5, rows.std(axis=0) + np.abs(rows.mean(axis=0)))
    whole = np.mean([np.abs(example.stretches[:, 0, -1]) for example in found], axis=0) + 1
    whole[[KINDS.index(kind) for kind in still]] = np.inf
    first = np.array([*FIRST, *(-1.2 if name.endswith("bias") else 0.0 for name in names)])
    weights = learn(found, first, np.concatenate([whole / 3, scale]))
    return dict(zip([*SUBJECT, *names], weights.tolist(), strict=True))


def main() -> None:
    """Write the weights to standard output."""
    folder, known = Path(sys.argv[1]), model.weights()
    # each is learned with those before it in place, and none with what the file in place says
    learners = {
        "cuts": train_cuts.train,
        "starts": train,
        "digests": train_digests.train,
        "joins": train_joins.train,
        "titles": train_titles.train,
    }
    known |= {name: model.Weights() for name in learners}
    for name, learner in learners.items():
        known[name] = model.Weights(learner(folder))
    tables = []
    for name, found in known.items():
        body = ",\n".join(f"  {json.dumps(sign)}: {value}" for sign, value in sorted(found.items()))
        tables.append(f"{json.dumps(name)}: {{\n{body}\n}}")
    sys.stdout.write("{" + ",\n".join(tables) + "}\n")


if __name__ == "__main__":
    main()

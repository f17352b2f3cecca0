"""How well articles are told apart and cut sentences joined, beside other methods.

    python tests/bench/articles.py fixtures/labelled [--choi choi.jsonl] [--pages 30]

Everything is measured on pages composed of the articles of the held-out labelled pages, which no weight was learned
from. ``--choi`` adds Choi's sets: one JSON object a line with ``set`` and ``text``, ``==========`` between segments.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import peers
import train_cuts
from compose import Composed, alone, concatenation, digest, halves, several, sheet

from corpuskit.core.page import Page
from corpuskit.core.terms import Terms
from corpuskit.core.topics import PLAIN, Topics
from corpuskit.segment import cuts
from corpuskit.segment.boundaries import PRICE, split
from corpuskit.segment.joins import CERTAIN, joins
from corpuskit.segment.optimum import best
from corpuskit.segment.roles import cast
from corpuskit.segment.starts import Start
from corpuskit.segment.ways import Field

Method = Callable[[Sequence[str]], list[int]]


def ours(lines: Sequence[str]) -> list[int]:
    """Return the lines at which our articles begin."""
    page = Page.of("\n".join(lines))
    return sorted(min(part.heads + part.lines) for part in split(page, cast(page)))


def topics_alone(lines: Sequence[str]) -> list[int]:
    """Return the segments of the topic scores alone: no structure, no learned weight, one price for each segment."""
    found = [Start(line, []) for line in range(len(lines))]
    chosen = best(found, Topics(Terms(lines), PLAIN), price=PRICE)
    return [start.line for start, _ in chosen]


def pk(gold: Sequence[int], made: Sequence[int], size: int) -> float:
    """Return Beeferman's Pk: the share of pairs half a segment apart that are wrongly told together or apart."""
    one, other = _labels(gold, size), _labels(made, size)
    width = min(size - 1, max(2, round(size / len({0, *gold}) / 2)))
    return float(((one[width:] == one[:-width]) != (other[width:] == other[:-width])).mean()) if size > 1 else 0.0


def b_cubed(gold: Sequence[int], made: Sequence[int], size: int) -> float:
    """Return the B-cubed F1 of lines grouped by segment."""
    one, other = _labels(gold, size), _labels(made, size)
    same, alike = one[:, None] == one[None, :], other[:, None] == other[None, :]
    both = (same & alike).sum(axis=1)
    precision, recall = (both / alike.sum(axis=1)).mean(), (both / same.sum(axis=1)).mean()
    return float(2 * precision * recall / (precision + recall))


def _labels(begins: Sequence[int], size: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    marks = np.zeros(size, np.int64)
    marks[[line for line in begins if 0 < line < size]] = 1
    return np.cumsum(marks)


def measured(pages: Sequence[Composed], method: Method) -> tuple[float, float, float]:
    """Return boundary F1, Pk and B-cubed of a method, in per cent; F1 over all boundaries, the others by page."""
    right = made = gold = 0
    wrong, grouped = [], []
    for page in pages:
        found = method(page.lines)
        one, other = set(page.starts) - {0}, set(found) - {0}
        right, made, gold = right + len(one & other), made + len(other), gold + len(one)
        wrong.append(pk(page.starts, found, len(page.lines)))
        grouped.append(b_cubed(page.starts, found, len(page.lines)))
    return 200 * right / max(1, made + gold), 100 * float(np.mean(wrong)), 100 * float(np.mean(grouped))


def choi(path: Path, name: str, count: int) -> list[Composed]:
    """Return the first texts of one of Choi's sets, a sentence a line."""
    out: list[Composed] = []
    for row in path.read_text("utf-8").splitlines():
        held = json.loads(row)
        if held["set"] == name and len(out) < count:
            page = Composed()
            for line in held["text"].splitlines():
                if line.startswith("====="):
                    page.starts.append(len(page.lines))
                elif line.strip():
                    page.lines.append(line.strip())
            page.starts = [line for line in page.starts if line < len(page.lines)]
            out.append(page)
    return out


def joined(pages: Sequence[Composed]) -> None:
    """Print how many of the cut sentences found are joined rightly, and how many of the joins without a flag."""
    shares = {"all": [0, 0], "not adjacent": [0, 0]}
    accepted = right = total = 0
    for made in pages:
        page = Page.of("\n".join(made.lines))
        roles = cast(page)
        found = {join.before: join for join in joins(page, roles, split(page, roles))}
        seen = set(Field(page, roles, []).rows)
        for before, after in made.follows.items():
            hit = before in found and found[before].after == after
            total += 1
            for name in ("all", "not adjacent")[: 1 + (after != before + 1)]:
                shares[name][0] += hit
                shares[name][1] += before in seen
        kept = [join for join in found.values() if join.margin >= CERTAIN]
        accepted += len(kept)
        right += sum(made.follows.get(join.before) == join.after for join in kept)
    for name, (hits, of) in shares.items():
        print(f"joins of found cuts, {name}: {100 * hits / max(1, of):.1f} % of {of}")
    print(
        f"joins without a flag: precision {100 * right / max(1, accepted):.1f} %, "
        f"of all cuts {100 * right / max(1, total):.1f} %"
    )


def table(name: str, pages: Sequence[Composed], methods: dict[str, Method]) -> None:
    """Print one line a method."""
    print(f"\n{name}: {len(pages)} pages, {sum(len(page.starts) for page in pages)} segments")
    for called, method in methods.items():
        f1, wrong, grouped = measured(pages, method)
        print(f"  {called:28} F1 {f1:5.1f}  Pk {wrong:5.1f}  B-cubed {grouped:5.1f}", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--choi", type=Path)
    parser.add_argument("--pages", type=int, default=30)
    given = parser.parse_args()
    pool = halves(given.folder)[1]
    methods: dict[str, Method] = {
        "ours": ours,
        "topic scores alone": topics_alone,
        "U00": peers.u00,
        "C99": peers.c99,
        "every headline block": peers.headlines,
        "every line": peers.every_line,
        "nothing": peers.nothing,
    }
    if importlib.util.find_spec("nltk"):
        methods["TextTiling (nltk)"] = peers.texttiling
    kinds = {
        "articles without titles": partial(concatenation, titled=False),
        "articles with titles and cross-heads": partial(concatenation, titled=True),
        "some fifty short items with titles": partial(digest, titled=True),
        "some fifty short items without titles": partial(digest, titled=False),
    }
    for name, maker in kinds.items():
        table(name, several(maker, pool, given.pages if "fifty" not in name else given.pages // 5, 1), methods)
    split_ = sum(len(ours(page.lines)) > 1 for page in several(alone, pool, 10 * given.pages, 2))
    print(f"\none article with cross-heads: {100 * split_ / (10 * given.pages):.1f} % of pages wrongly split")
    rows = list(train_cuts.examples(given.folder, test=True))
    scores = np.array([cuts.weigh(row.signs) for row in rows])
    print(f"lines cut inside a sentence: AUC {train_cuts.area(scores, np.array([float(row.cut) for row in rows])):.4f}")
    joined(several(sheet, pool, given.pages, 3))
    if given.choi:
        del methods["ours"], methods["every headline block"]
        for name in ("3-11", "3-5", "6-8", "9-11"):
            table(f"Choi {name}", choi(given.choi, name, 2 * given.pages), methods)


if __name__ == "__main__":
    main()

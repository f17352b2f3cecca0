"""What happens to clean articles when spam is put into them: ``python tests/bench/injected.py FOLDER``.

FOLDER holds clean articles, one a ``.txt`` file with a paragraph a line, or labelled pages (``*.page``), of which those
with one article give its body. Labelled pages tell how much dirt is found where dirt was written for the purpose; this
tells what becomes of good text of any kind beside dirt that is beyond dispute: dry prose, lists and notices above all.

Keywords (``--keywords FILE``, one a line; else the short spam of the labelled pages that are held out) are put above,
between and below the paragraphs of ``--articles`` articles, in several forms. Each cell is the share of their
characters that is removed, and behind the stroke the share of the article's that goes with them, less what goes from
the article by itself. ``--losses`` prints the paragraphs lost.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from corpuskit import labelled
from corpuskit.config import load
from corpuskit.pipeline import Pipeline
from corpuskit.train import HELD_OUT

PAGES = Path(__file__).parents[2] / "fixtures" / "labelled"
PLACES = ("above", "between", "below")
_SHORT = 24
_SEPARATORS = (" ", "、", "|", "_", ",", " - ")
_LEAST = 5
"""Paragraphs of an article that is taken."""


def articles(folder: Path) -> list[list[str]]:
    """Return the paragraphs of each article in a folder."""
    found = [path.read_text("utf-8").splitlines() for path in sorted(folder.rglob("*.txt"))]
    for page in labelled.load(folder) if any(folder.glob("*.page")) else ():
        body = [block for block in page.blocks if block.role in labelled.KEEP]
        if len({block.article for block in body}) == 1 and not any(block.joins for block in body):
            found.append([line for block in body for line in block.good.splitlines()])
    whole = [[line.strip() for line in lines if line.strip()] for lines in found]
    return [lines for lines in whole if len(lines) >= _LEAST]


def keywords() -> list[str]:
    """Return the short spam of the labelled pages that are held out."""
    pages = [page for page in labelled.load(PAGES) if page.id.startswith(HELD_OUT)]
    lines = (line.strip() for page in pages for block in page.blocks if block.role == "spam" for line in [block.raw])
    return sorted({line for line in lines if 2 <= len(line) <= _SHORT and "\n" not in line})


def forms(words: Sequence[str], chance: random.Random) -> dict[str, Callable[[], list[str]]]:
    """Return ways to put keywords on lines, by name."""

    def some(count: int) -> list[str]:
        return chance.sample(words, count)

    rows = {f"row of 12 by {by!r}": lambda by=by: [by.join(some(12))] for by in _SEPARATORS}
    return rows | {
        "run together": lambda: ["".join(some(8))],
        "row of 3": lambda: ["|".join(some(3))],
        "12 lines": lambda: some(12),
        "4 lines": lambda: some(4),
        "2 lines": lambda: some(2),
        "1 line": lambda: some(1),
        "numbered lines": lambda: [f"{number}. {word}" for number, word in enumerate(some(6), 1)],
    }


def removed(pipeline: Pipeline, lines: Sequence[str]) -> list[float]:
    """Return the share of each line's characters that a run removes."""
    text = "\n".join(lines)
    gone = bytearray(len(text))
    for entry in pipeline.clean_text(text).ledger:
        if entry["kind"] in ("remove", "drop"):
            for start, end in entry["spans"]:
                gone[start:end] = b"\1" * (end - start)
    shares, at = [], 0
    for line in lines:
        shares.append(sum(gone[at : at + len(line)]) / len(line))
        at += len(line) + 1
    return shares


def measure(
    pipeline: Pipeline, found: Sequence[list[str]], words: Sequence[str]
) -> Iterator[tuple[str, str, list[tuple[int, float]], list[tuple[str, float]]]]:
    """Yield form and place, size and share removed of each line put in, and each line of the article with its own."""
    chance = random.Random(0)
    for lines in found:
        alone = removed(pipeline, lines)
        for form, make in forms(words, chance).items():
            for place in PLACES:
                put = make()
                at = {"above": 0, "between": chance.randrange(2, len(lines) - 1), "below": len(lines)}[place]
                shares = removed(pipeline, [*lines[:at], *put, *lines[at:]])
                inside = shares[at : at + len(put)]
                outside = [*shares[:at], *shares[at + len(put) :]]
                spam = [(len(line), share) for line, share in zip(put, inside, strict=True)]
                lost = [max(0.0, share - before) for share, before in zip(outside, alone, strict=True)]
                yield form, place, spam, list(zip(lines, lost, strict=True))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=20)
    parser.add_argument("--keywords", type=Path)
    parser.add_argument("--losses", action="store_true", help="print what is lost of the articles")
    given = parser.parse_args()
    words = given.keywords.read_text("utf-8").split("\n") if given.keywords else keywords()
    found = articles(given.folder)
    random.Random(1).shuffle(found)
    table: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * 4)
    for form, place, spam, lines in measure(Pipeline(load()), found[: given.articles], [w for w in words if w]):
        cell = table[form, place]
        cell[0] += sum(size for size, _ in spam)
        cell[1] += sum(size * share for size, share in spam)
        cell[2] += sum(len(line) for line, _ in lines)
        cell[3] += sum(len(line) * share for line, share in lines)
        for line, share in lines if given.losses else ():
            if share > 0.5:
                print(f"{form}, {place}: {line}")
    print(f"{'removed / lost':24}" + "".join(f"{place:>18}" for place in PLACES))
    for form in dict.fromkeys(form for form, _ in table):
        cells = (table[form, place] for place in PLACES)
        print(f"{form:24}" + "".join(f"{gone / size:9.1%} /{lost / text:7.2%}" for size, gone, text, lost in cells))


if __name__ == "__main__":
    main()

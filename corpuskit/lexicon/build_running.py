"""Build ``running.txt``: how characters follow each other across words, counted on running text.

    python -m corpuskit.lexicon.build_running fixtures/labelled/[a-gi-z]*.page > corpuskit/lexicon/running.txt

The word list says nothing of how words follow each other. This adds counts of characters, pairs and triples from
the project's own labelled pages in Chinese; those whose name begins with ``h`` are kept apart to test on. The
same pages give the same bytes.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

LEAST = {1: 1, 2: 2, 3: 3}
"""Counts below these are left out, by length."""
_NOTE = """\
# Characters, pairs and triples of running text, by length and count, made by corpuskit.lexicon.build_running.
# LENGTH COUNT STRINGS...\
"""
_LABEL = re.compile(r"⟦[^⟧]*⟧|⟪[^|]*\||⟫")
_RUN = re.compile(r"[\u4e00-\u9fff，。、“”：；！？《》（）—…·‘’「」『』]+")


def count(pages: Iterable[str]) -> Counter[str]:
    """Return counts of strings of one to three Han characters and marks; two stops stand before each line."""
    out: Counter[str] = Counter()
    for page in pages:
        for line in _LABEL.sub("", page).split("\n"):
            for run in _RUN.findall(line):
                for size in LEAST:
                    out.update(run[i : i + size] for i in range(len(run) - size + 1))
    return out


def lines_of(counts: Counter[str]) -> list[str]:
    """Return the lines of the file."""
    rows: dict[tuple[int, int], list[str]] = defaultdict(list)
    for text, n in counts.items():
        if n >= LEAST[len(text)]:
            rows[len(text), n].append(text)
    return [_NOTE, *(f"{size} {n} {''.join(sorted(rows[size, n]))}" for size, n in sorted(rows))]


def main() -> None:
    """Write the file to standard output."""
    pages = (Path(name).read_text("utf-8") for name in sorted(sys.argv[1:]))
    chinese = (page for page in pages if "#! lang: zh" in page)
    sys.stdout.write("\n".join(lines_of(count(chinese))) + "\n")


if __name__ == "__main__":
    main()

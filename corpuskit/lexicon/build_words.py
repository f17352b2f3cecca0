"""Build ``words.txt`` from the word frequencies that the jieba package ships (``jieba/dict.txt``, MIT).

    python -m corpuskit.lexicon.build_words PATH/TO/jieba/dict.txt > corpuskit/lexicon/words.txt

What is kept are words of one to four common Han characters and the rounded log2 of their frequency, doubled.
The same input gives the same bytes.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Iterable

from corpuskit.lexicon.build_pairs import han

LONGEST = 4
LEAST = 5
"""Words rarer than this are mostly accidents of the list's own making."""
_NOTE = """\
# Chinese words by length and by level, twice the log2 of their frequency, rounded.
# Made by corpuskit.lexicon.build_words from the word frequencies of jieba 0.42.1 (MIT licence).
# LENGTH LEVEL WORDS...\
"""


def levels(lines: Iterable[str]) -> dict[tuple[int, int], list[str]]:
    """Return the words of ``word frequency tag`` lines by length and level."""
    out: dict[tuple[int, int], list[str]] = defaultdict(list)
    for line in lines:
        word, frequency, *_ = line.split(" ")
        if len(word) <= LONGEST and han(word) and int(frequency) >= LEAST:
            out[len(word), round(2 * math.log2(int(frequency)))].append(word)
    return out


def main() -> None:
    """Write the file to standard output."""
    with open(sys.argv[1], encoding="utf-8") as source:
        found = levels(source)
    rows = (f"{size} {level} {''.join(sorted(found[size, level]))}" for size, level in sorted(found))
    sys.stdout.write("\n".join([_NOTE, *rows]) + "\n")


if __name__ == "__main__":
    main()

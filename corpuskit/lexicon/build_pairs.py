"""Build ``pairs.txt`` from the word frequencies that the jieba package ships (``jieba/dict.txt``, MIT).

    python -m corpuskit.lexicon.build_pairs PATH/TO/jieba/dict.txt > corpuskit/lexicon/pairs.txt

What is kept are counts only: how often two characters stand together inside a word, how often a character
begins a word and how often it ends one, all as rounded log2. The same input gives the same bytes.
"""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable

PAIRS = 40_000
_NOTE = """\
# Character pairs inside Chinese words, and characters at word borders, by rounded log2 of their frequency.
# Made by corpuskit.lexicon.build_pairs from the word frequencies of jieba 0.42.1 (MIT licence).
# pair LEVEL PAIRS...   begin LEVEL CHARACTERS...   end LEVEL CHARACTERS...\
"""


def han(word: str) -> bool:
    """Say whether a word is of common Han characters only."""
    return all("\u4e00" <= c <= "\u9fff" for c in word)


def count(lines: Iterable[str]) -> dict[str, Counter[str]]:
    """Return the masses of pairs, begins and ends of ``word frequency tag`` lines."""
    found: dict[str, Counter[str]] = {"pair": Counter(), "begin": Counter(), "end": Counter()}
    for line in lines:
        word, frequency, *_ = line.split(" ")
        if not han(word):
            continue
        n = int(frequency)
        found["begin"][word[0]] += n
        found["end"][word[-1]] += n
        for i in range(len(word) - 1):
            found["pair"][word[i : i + 2]] += n
    return found


def lines_of(found: dict[str, Counter[str]]) -> list[str]:
    """Return the lines of the file: one per kind and level, its strings sorted and run together."""
    out = [_NOTE]
    for kind, masses in found.items():
        levels: dict[int, list[str]] = defaultdict(list)
        kept = sorted(masses.items(), key=lambda item: (-item[1], item[0]))[:PAIRS]
        for text, mass in kept:
            if mass > 0:
                levels[round(math.log2(mass))].append(text)
        out += [f"{kind} {level} {''.join(sorted(levels[level]))}" for level in sorted(levels, reverse=True)]
    return out


def main() -> None:
    """Write the file to standard output."""
    with open(sys.argv[1], encoding="utf-8") as source:
        sys.stdout.write("\n".join(lines_of(count(source))) + "\n")


if __name__ == "__main__":
    main()

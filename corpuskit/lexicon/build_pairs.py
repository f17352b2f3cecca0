"""Build ``pairs.txt`` from word frequencies: those of the jieba package (MIT) and of wordfreq (Apache-2.0).

    pip install wordfreq==3.1.1
    python -m corpuskit.lexicon.build_pairs PATH/TO/jieba/dict.txt > corpuskit/lexicon/pairs.txt

What is kept are counts only: how often two characters stand together inside a word, how often a character
begins a word and how often it ends one, and how frequent English words are, all as rounded log2. The same input
gives the same bytes.
"""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable

from corpuskit.core.pairs import TOTAL, pairs
from corpuskit.core.stems import unended

PAIRS = 40_000
WORDS = 6_000
MORPHEMES = 8_000
JAPANESE = 20_000
_NOTE = """\
# Character pairs inside Chinese words, and characters at word borders, by rounded log2 of their frequency.
# Made by corpuskit.lexicon.build_pairs from the word frequencies of jieba 0.42.1 (MIT licence).
# The same of Korean morphemes and Japanese words, and English words without their endings, from the frequencies of
# wordfreq 3.1.1 (Apache-2.0), of as many in all.
# pair LEVEL PAIRS...   begin LEVEL CHARACTERS...   end LEVEL CHARACTERS...   word LEVEL WORDS...\
"""


def han(word: str) -> bool:
    """Say whether a word is of common Han characters only."""
    return all("\u4e00" <= c <= "\u9fff" for c in word)


def hangul(word: str) -> bool:
    """Say whether a word is of Korean syllables only."""
    return all("\uac00" <= c <= "\ud7a3" for c in word)


def katakana(word: str) -> bool:
    """Say whether a word is of katakana only."""
    return all("\u30a1" <= c <= "\u30fa" or c == "\u30fc" for c in word)


def count(lines: Iterable[str]) -> dict[str, Counter[str]]:
    """Return the masses of pairs, begins and ends of ``word frequency tag`` lines."""
    found: dict[str, Counter[str]] = {"pair": Counter(), "begin": Counter(), "end": Counter()}
    for line in lines:
        word, frequency, *_ = line.split(" ")
        if not (han(word) or hangul(word) or katakana(word)):
            continue
        n = int(frequency)
        found["begin"][word[0]] += n
        found["end"][word[-1]] += n
        for i in range(len(word) - 1):
            found["pair"][word[i : i + 2]] += n
    return found


def ranked(masses: Counter[str]) -> list[tuple[str, int]]:
    """Return the commonest strings with their masses, commonest first."""
    return sorted(masses.items(), key=lambda item: (-item[1], item[0]))[:PAIRS]


def lines_of(found: dict[str, Counter[str]]) -> list[str]:
    """Return the lines of the file: one per kind and level, its strings sorted and run together."""
    out = []
    for kind, masses in found.items():
        levels: dict[int, list[str]] = defaultdict(list)
        for text, mass in ranked(masses):
            if mass > 0:
                levels[round(math.log2(mass))].append(text)
        out += [f"{kind} {level} {''.join(sorted(levels[level]))}" for level in sorted(levels, reverse=True)]
    return out


def korean() -> list[str]:
    """Return the lines of pairs of Korean syllables inside morphemes, and of syllables at their borders."""
    from wordfreq import get_frequency_dict

    masses = sorted(get_frequency_dict("ko").items(), key=lambda item: (-item[1], item[0]))[:MORPHEMES]
    return lines_of(count(f"{word} {round(share * 2**TOTAL)} -" for word, share in masses if hangul(word)))


def japanese(known: Counter[str]) -> list[str]:
    """Return the lines of pairs of katakana, and of such pairs of characters in Japanese words as are not known.

    Traditional forms stand for simplified ones where the two are told apart elsewhere.
    """
    from wordfreq import get_frequency_dict

    simple, listed = pairs().simplified, {pair for pair, _ in ranked(known)}
    masses = sorted(get_frequency_dict("ja").items(), key=lambda item: (-item[1], item[0]))[:JAPANESE]
    rows = [(word, f"{word} {round(share * 2**TOTAL)} -") for word, share in masses]
    found = count(row for word, row in rows if katakana(word))
    other = count("".join(simple.get(c, c) for c in row) for word, row in rows if han(word))["pair"]
    found["pair"] += Counter({pair: mass for pair, mass in other.items() if pair not in listed})
    return lines_of(found)


def english() -> list[str]:
    """Return the lines of English words, one per level."""
    from wordfreq import top_n_list, word_frequency

    masses: Counter[str] = Counter()
    for word in top_n_list("en", WORDS, wordlist="large"):
        if word.isascii() and word.isalpha() and len(word) > 1:
            masses[unended(word)] += round(word_frequency(word, "en", wordlist="large") * 2**TOTAL)
    levels: dict[int, list[str]] = defaultdict(list)
    for word, mass in masses.items():
        levels[round(math.log2(mass))].append(word)
    return [f"word {level} {' '.join(sorted(levels[level]))}" for level in sorted(levels, reverse=True)]


def main() -> None:
    """Write the file to standard output."""
    with open(sys.argv[1], encoding="utf-8") as source:
        found = count(source)
    rows = [*lines_of(found), *korean(), *japanese(found["pair"]), *english()]
    sys.stdout.write("\n".join([_NOTE, *rows]) + "\n")


if __name__ == "__main__":
    main()

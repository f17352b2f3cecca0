"""Every way in which Chinese text is damaged, done to sound text: for tests and the benchmark.

A damage is a function of a text and a random generator to the damaged text, or None where it does not apply.
"""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

from mojibake_codecs import CODECS, LOSSY, PARTS
from mojibake_escapes import ESCAPES, FORMS
from mojibake_slips import FOLD, SLIPS, Damage, stretch

from corpuskit.labelled import load

LABELLED = Path(__file__).parent.parent / "fixtures" / "labelled"
UNSEEN = "h"
"""Letters that the names of pages in Chinese begin with from which neither model learned; there are also o, t, y."""


@cache
def paragraphs(language: str, least: int = 60, most: int = 220) -> tuple[str, ...]:
    """Return sound paragraphs of the labelled pages in a language."""
    out = []
    for page in load(LABELLED):
        own = not language.startswith("zh") or page.id[0] in UNSEEN
        if page.header["lang"].startswith(language) and own and page.kind != "garbled":
            lines = (line.strip() for line in page.raw.split("\n"))
            out += [line for line in lines if least <= len(line) <= most and sound(line, language)]
    return tuple(dict.fromkeys(out))


def sound(line: str, language: str) -> bool:
    if not language.startswith("zh"):
        return re.search(r"&#?\w+;", line) is None
    han = sum("\u4e00" <= c <= "\u9fff" for c in line)
    return han > 0.7 * len(line) and not re.search(
        r"[&\ufffd\ue000-\uf8ff\u2e80-\u2fdf\uf900-\ufaff]|\?[^\x00-\x7f]|锟", line
    )


# beyond repair


def gone(mark: str) -> Damage:
    def damage(text: str, rng: random.Random) -> str | None:
        found = stretch(text, rng, 2, 5)
        return None if found is None else text[: found[0]] + mark * (found[1] - found[0]) + text[found[1] :]

    return damage


LOST: dict[str, Damage] = {
    "U+FFFD runs": gone("\ufffd\ufffd"),
    "锟斤拷": gone("锟斤拷"),
    "烫烫烫": gone("烫烫"),
}


# slips of the hand


PAIRS = (
    "要耍 未末 己已 人入 干千 土士 日曰 候侯 拨拔 免兔 今令 拆折 辩辨 大太 天夫 住往 睛晴 喝渴 场扬 很狠 准淮 历厉 自白"
)


def mistaken(text: str, rng: random.Random) -> str | None:
    """Put a look-alike in the place of one character."""
    swap = {a: b for pair in PAIRS.split() for a, b in (tuple(pair), tuple(reversed(pair)))}
    places = [at for at, char in enumerate(text) if char in swap]
    if not places:
        return None
    at = rng.choice(places)
    return text[:at] + swap[text[at]] + text[at + 1 :]


def doubled(text: str, rng: random.Random) -> str | None:
    """Write a word twice that stands there once."""
    found = list(re.finditer("我们|他们|因为|所以|但是|可以|的|了|在|是", text))
    match = rng.choice(found) if found else None
    return None if match is None else text[: match.end()] + match[0] + text[match.end() :]


def pointless(text: str, rng: random.Random) -> str | None:
    """Make the decimal point of a measure a space."""
    found = list(re.finditer(r"(?<=\d)\.(?=\d{1,2}[亿万元米吨%])", text))
    match = rng.choice(found) if found else None
    return None if match is None else text[: match.start()] + " " + text[match.end() :]


def stray(text: str, rng: random.Random) -> str | None:
    """Put the traditional form in the place of one simplified character."""
    swap = dict(zip("国来时会对为说这个们发开学动", "國來時會對為說這個們發開學動", strict=True))
    places = [at for at, char in enumerate(text) if char in swap]
    if not places:
        return None
    at = rng.choice(places)
    return text[:at] + swap[text[at]] + text[at + 1 :]


TYPOS: dict[str, Damage] = {
    "look-alike": mistaken,
    "word twice": doubled,
    "lost point": pointless,
    "stray traditional": stray,
}


FOLDING = {"slip at marks", "slip, NFKC"}


NOT_YET = {"seven bits", "UTF-8 as EUC-KR"}
"""Classes that are too few or too hard to hold to the goal."""


CLASSES = SLIPS | CODECS | PARTS | LOSSY | ESCAPES | FORMS | LOST


def cases(name: str, language: str, count: int, seed: int = 0) -> list[tuple[str, str]]:
    """Return up to ``count`` texts as damaged and as they were."""
    rng = random.Random(f"{name} {language} {seed}")
    texts = list(paragraphs(language))
    rng.shuffle(texts)
    out = []
    for whole in texts:
        text, damaged = damage_head(name, whole, rng) if name in CODECS else (whole, CLASSES[name](whole, rng))
        if damaged is not None and damaged != text:
            out.append((damaged, text))
        if len(out) == count:
            break
    return out


def even(name: str, text: str) -> str:
    """Return a text with its marks folded, where the damage folds them for good."""
    return text.translate(FOLD) if name in FOLDING else text


def damage_head(name: str, text: str, rng: random.Random) -> tuple[str, str | None]:
    """Damage the longest head of a text, of ten characters or more, that a wrong codec leaves lossless."""
    for size in range(len(text), 9, -1):
        damaged = CODECS[name](text[:size], rng)
        if damaged is not None:
            return text[:size], damaged
    return text, None


def distance(a: str, b: str) -> int:
    """Return the edit distance of two texts."""
    left = 0
    while left < min(len(a), len(b)) and a[left] == b[left]:
        left += 1
    right = 0
    while right < min(len(a), len(b)) - left and a[-1 - right] == b[-1 - right]:
        right += 1
    a, b = a[left : len(a) - right], b[left : len(b) - right]
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]

"""What a line has in common with the rest of its page: words, script, layout and shape. Columns for the labeller."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.clean.evidence import Evidence
from corpuskit.clean.spam import reports
from corpuskit.core.lexicon import Finder, fold, terms
from corpuskit.core.memo import Memo
from corpuskit.core.page import Char, Page
from corpuskit.core.pairs import pairs
from corpuskit.core.topics import Terms, in_order

Column = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

VOICES = ("pitch", "contact", "prompts", "talk")
"""Word lists of which the density and the variety in each line are features."""
PAGE = ("page:report", "page:code", "page:error", "page:pitch", "page:prompts", "page:echo", "page:kin", "page:sure", "page:titles", "page:paragraphs")
"""What is the same for all lines of a page."""
NAMES = (
    *(f"{kind}:{name}" for name in VOICES for kind in ("share", "kinds")),
    *(f"prose*{kind}:{name}" for name in VOICES for kind in ("share", "kinds")),
    "echo", "page_echo", "prose*echo", "prose*page_echo", "page_echo*trade", "echo*trade",
    "kin", "kin_prose", "kin_long", "near", "far_prose", "spam_kin", "brand",
    "foreign", "foreign_prose", "other_han", "no_han",
    "indented", "like_indent", "unlike_indent", "blank_above", "blank_below", "apart_above", "apart_below", "apart_prose",
    "under_colon", "code", "trade*page:report", "sure*page:report", "latin*page:code",
    "shape", "shape_sure", "shape_prose", "said_twice",
    *PAGE, *(f"prose*{name}" for name in PAGE),
)  # fmt: skip
_LONGEST = 600
"""Characters of a line that are looked at for words."""
_RARE = 2.0**-14
"""Frequency in the language at large under which a term tells of a subject."""


def columns(page: Page, found: Sequence[Evidence], sure: Flags) -> list[Column]:
    """Return the columns of :data:`NAMES`, each of shape (lines,); ``sure`` says where the rules are."""
    prose = np.array([e.prose and e.size >= 30 for e in found])
    voices = _voices(page, found)
    echoes, kin = _echoes(page, found, prose), _kin(page, found, prose, sure)
    whole = [np.full(len(found), value) for value in _page(page, found, prose, sure, voices, echoes, kin)]
    return [
        *voices,
        *(column * prose for column in voices),
        *echoes,
        *kin,
        *_scripts(page, found, prose),
        *_layout(page, prose),
        *_told(page, found, sure, whole),
        *_shapes(page, found, prose, sure),
        *whole,
        *(column * prose for column in whole),
    ]


@cache
def _errors() -> Finder:
    return Finder("errors")


def _page(page: Page, found: Sequence[Evidence], prose: Flags, sure: Flags, voices: list[Column],
          echoes: list[Column], kin: list[Column]) -> list[float]:
    """Return the values of :data:`PAGE`."""
    size = np.array([e.size for e in found], np.float32)
    total = float(size.sum())
    first = next((i for i, e in enumerate(found) if e.prose and e.size >= 60), len(found))
    head = page.lines[: min(first + 1, 12)]
    error = any(len(_errors().find(fold(line.text).translate(_simple()))) > 0 for line in head if len(line.text) <= 40)
    held = prose & ~sure
    weight = size * held
    said = max(1.0, float(weight.sum()))
    titles = sum(float(e.size) for e, p in zip(found, held, strict=True) if e.title and not p) / total
    code = float(size @ _code(page)) / total
    return [
        float(reports(list(found))), code, float(error), float(size @ voices[0]) / total, float(size @ voices[4]) / total, float(weight @ echoes[1]) / said,
        float(weight @ kin[3]) / said, float(size @ sure) / total, titles, min(1.0, said / 600),
    ]


@cache
def _finder() -> Finder:
    return Finder(*VOICES)


@cache
def _owners() -> dict[str, list[str]]:
    """Return the lists that each term stands in."""
    return {term: [name for name in VOICES if term in terms(name)] for every in VOICES for term in terms(every)}


@cache
def _simple() -> dict[int, str]:
    return str.maketrans(pairs().simplified)


@cache
def _traditional_chars() -> re.Pattern[str]:
    return re.compile(f"[{''.join(pairs().simplified)}]")


def _voices(page: Page, found: Sequence[Evidence]) -> list[Column]:
    known: dict[str, list[float]] = page.by_line.setdefault("voices", {})
    for line, e in zip(page.lines, found, strict=True):
        text = line.text
        if text not in known:
            known[text] = _HEARD.get(text) or _HEARD.keep(text, _heard(e.folded[:_LONGEST], min(e.size, _LONGEST)))
    return list(np.array([known[line.text] for line in page.lines], np.float32).T)


_HEARD: Memo[list[float]] = Memo()
_SILENT = [0.0] * (2 * len(VOICES))


def _heard(folded: str, size: int) -> list[float]:
    """Return of each list the share of a folded text that its terms cover, and how many different ones there are."""
    # to translate a text is slow, and seldom needed
    hits = _finder().find(folded.translate(_simple()) if _traditional_chars().search(folded) else folded)
    if not hits:
        return _SILENT
    covered, kinds = dict.fromkeys(VOICES, 0), {name: set[str]() for name in VOICES}
    for hit in hits:
        for name in _owners()[hit.term]:
            covered[name] += hit.end - hit.start
            kinds[name].add(hit.term)
    out: list[float] = []
    for name in VOICES:
        out += [min(1.0, covered[name] / max(size, 6)), min(1.0, len(kinds[name]) / (2 + size / 15))]
    return out


def _echoes(page: Page, found: Sequence[Evidence], prose: Flags) -> list[Column]:
    """Return which share of a line repeats in itself, and in a good part of the page's paragraphs: names it carries."""
    n = len(found)
    text = fold(page.text)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    starts, ends = np.array([(line.start, min(line.end, line.start + _LONGEST)) for line in page.lines]).T
    place = np.repeat(np.arange(n), np.maximum(0, ends - starts - 3))
    first = np.concatenate([[0], np.cumsum(np.maximum(0, ends - starts - 3))])[:-1]
    at = np.arange(len(place)) - first[place] + starts[place]
    han = (codes >= 0x4E00) & (codes < 0xA000)
    whole = han[at] & han[at + 1] & han[at + 2] & han[at + 3] if len(at) else np.zeros(0, bool)
    at, place = at[whole], place[whole]
    key = ((codes[at] << 48) | (codes[at + 1] << 32)) ^ ((codes[at + 2] << 16) | codes[at + 3]) if len(at) else codes[:0]
    # what stands there once is no echo
    ordered = np.sort(key)
    kinds = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    number = np.searchsorted(kinds, key)
    again = np.append(kinds, kinds[:1])[number] == key if len(kinds) else np.zeros(len(key), bool)
    place, number = place[again], number[again]
    both, count = np.unique(place * (len(kinds) + 1) + number, return_counts=True)
    line, kind = both // (len(kinds) + 1), both % (len(kinds) + 1)
    lines_of = np.bincount(kind, minlength=len(kinds))
    in_prose = np.bincount(kind[prose[line]], minlength=len(kinds))
    size = np.array([max(8, min(e.size, _LONGEST)) for e in found], np.float32)
    own = np.bincount(line[count > 1], count[count > 1], n) / size
    common = (lines_of >= 4) | ((in_prose >= 3) & (in_prose >= 0.3 * prose.sum()))
    page_ = np.bincount(line[common[kind]], count[common[kind]], n) / size
    trade = np.array([e.trades > 0 or e.hosts >= 2 for e in found])
    own, page_ = np.minimum(1, own), np.minimum(1, page_)
    return [own, page_, own * prose, page_ * prose, page_ * trade, own * trade]


def _kin(page: Page, found: Sequence[Evidence], prose: Flags, sure: Flags) -> list[Column]:
    """Return which share of a line's telling terms stands in other paragraphs, near and far, and in sure spam."""
    n = len(found)
    held = Terms([line.text[:_LONGEST] for line in page.lines])
    rare = held.prior[held.term] < _RARE
    # each term once a line
    both = np.unique(held.line[rare] * (len(held.prior) + 1) + held.term[rare])
    line, term = both // (len(held.prior) + 1), both % (len(held.prior) + 1)
    own = np.bincount(line, minlength=n).astype(np.float32)
    body = prose & ~sure
    kinds = len(held.prior)
    in_body = np.bincount(term[body[line]], minlength=kinds)
    in_sure = np.bincount(term[sure[line] & ~prose[line]], minlength=kinds)
    others = in_body[term] - body[line] > 0
    kin = _share(line, others, own)
    near = _share(line, _near(line, term, body), own)
    spam = _share(line, (in_sure[term] - (sure[line] & ~prose[line]) >= 2) & (in_body[term] == 0), own)
    brand = _share(line, in_sure[term] - (sure[line] & ~prose[line]) >= 2, own)
    usual = median(kin[body].tolist()) if body.any() else 0.0
    few = own < 3
    kin = np.where(few, 0.5 * usual, kin)
    relative = np.clip((kin - usual) / max(0.1, usual), -1, 1) if usual else np.zeros(n)
    return [relative, relative * prose, np.where(prose, np.minimum(0, relative), 0) * (own >= 20),
            near, (near == 0) & prose & (own >= 10), spam, brand * ~sure]  # fmt: skip


def _share(line: npt.NDArray[np.int64], flags: Flags, own: Column) -> Column:
    share: Column = np.bincount(line[flags], minlength=len(own)) / np.maximum(1, own)
    return share


def _near(line: npt.NDArray[np.int64], term: npt.NDArray[np.int64], body: Flags, reach: int = 4) -> Flags:
    """Say which terms of lines stand in a paragraph among the ``reach`` before or after."""
    # the lines are in order already
    order = in_order(term)
    at, kind, is_body = line[order], term[order], body[line[order]]
    near = np.zeros(len(order), bool)
    for step in (1, 2, 3):
        same = (kind[step:] == kind[:-step]) & (at[step:] - at[:-step] <= reach)
        near[step:] |= same & is_body[:-step]
        near[:-step] |= same & is_body[step:]
    out = np.empty(len(order), bool)
    out[order] = near
    return out


_SCRIPTS = (Char.HAN, Char.KANA, Char.HANGUL, Char.LATIN, Char.LETTER)


def _scripts(page: Page, found: Sequence[Evidence], prose: Flags) -> list[Column]:
    """Return how far each line's scripts are from those of the paragraphs, and whether its Han is of the other form."""
    counts = page.tally.astype(np.float32)
    held = counts[:, list(map(int, _SCRIPTS))]
    held[:, 0] += counts[:, Char.FUNCTION]
    letters = held.sum(axis=1)
    main = held[prose].sum(axis=0) if prose.any() else held.sum(axis=0)
    rare = main < 0.1 * max(1.0, float(main.sum()))
    foreign = held[:, rare].sum(axis=1) / np.maximum(1, letters)
    han = held[:, 0]
    traditional = _traditional(page)
    share = traditional / np.maximum(1, han)
    usual = float(traditional[prose].sum() / max(1.0, float(han[prose].sum()))) if prose.any() else float(
        traditional.sum() / max(1.0, float(han.sum())))
    other = (han >= 6) & ((share < 0.03) if usual > 0.12 else (share > 0.12))
    return [foreign, foreign * prose, other & ~(usual == 0.0) | (other & (share > 0.12)), (han == 0) & (letters > 8) & ~rare[0]]


@cache
def _traditional_table() -> Flags:
    table = np.zeros(0x10000, bool)
    table[[ord(char) for char in pairs().simplified if ord(char) < 0x10000]] = True
    return table


def _traditional(page: Page) -> Column:
    """Return the characters of each line that only traditional Chinese has."""
    flags = _traditional_table()[np.where(page.codes < 0x10000, page.codes, 0)]
    total = np.concatenate([[0], np.cumsum(flags)])
    starts, ends = np.array([(line.start, line.end) for line in page.lines]).T
    out: Column = (total[ends] - total[starts]).astype(np.float32)
    return out


def _layout(page: Page, prose: Flags) -> list[Column]:
    """Return indents and blank lines, and where they differ from the paragraphs'."""
    n = len(page.lines)
    starts, ends = np.array([(line.start, line.end) for line in page.lines]).T
    gaps = [page.text[a:b] for a, b in zip([0, *ends], [*starts, len(page.text)], strict=True)]
    blank = np.array([min(3, gap.count("\n") - 1) for gap in gaps], np.float32).clip(0)
    indent = np.array([len(gap) - 1 - gap.rfind("\n") for gap in gaps[:n]], np.float32)
    above, below = blank[:n], blank[1:]
    usual = float(np.median(indent[prose])) if prose.sum() >= 3 else 0.0
    spread = float(np.mean(indent[prose] == usual)) if prose.sum() >= 3 else 0.0
    regular = spread >= 0.8
    gap = float(np.median(above[prose])) if prose.sum() >= 3 else 0.0
    like = (indent == usual) & regular & (usual > 0)
    unlike = (indent != usual) & regular
    more_above, more_below = above > gap, below > gap
    return [indent > 0, like, unlike, above > 0, below > 0, more_above, more_below, unlike & prose]


def _told(page: Page, found: Sequence[Evidence], sure: Flags, whole: list[Column]) -> list[Column]:
    """Return which lines a colon announces, how much like code they are, and their trades by what the page is."""
    under, open_ = np.zeros(len(found), bool), 0
    for index, (line, e) in enumerate(zip(page.lines, found, strict=True)):
        under[index] = open_ > 0 and not e.prose
        # a paragraph that ends in a colon opens a list; the next paragraph closes it
        open_ = 15 if line.text[-1:] in "：:" and e.size >= 8 else 0 if e.prose else open_ - 1
    code = _code(page)
    trade = np.array([e.trades > 0 or e.hosts >= 2 for e in found])
    latin = np.array([e.han == 0 for e in found])
    return [under, code, trade * whole[0], sure * whole[0], latin * whole[1]]


_CODED = re.compile(r"[/_={}()<>\[\];#$`\\|&*+]")
_EASTERN = re.compile("[\u3040-\ud7a3]")


def _code(page: Page) -> Column:
    return page.once("code", lambda: np.array([_coded(line.text) for line in page.lines], np.float32))


def _coded(text: str) -> float:
    """Return the share of marks that programs and paths are written with, of a line without Han."""
    if len(text) > 200 or _EASTERN.search(text):
        return 0.0
    return min(1.0, 4 * len(_CODED.findall(text)) / max(8, len(text)))


def _shapes(page: Page, found: Sequence[Evidence], prose: Flags, sure: Flags) -> list[Column]:
    """Return how many lines nearby have a line's shape, how many of them the rules take, and repeated paragraphs."""
    keys: dict[str, list[int]] = {}
    for index, (line, e) in enumerate(zip(page.lines, found, strict=True)):
        keys.setdefault(_shape(line.text, e), []).append(index)
    n = len(found)
    alike, taken = np.zeros(n), np.zeros(n)
    for members in keys.values():
        if len(members) > 1:
            at = np.array(members)
            low, high = np.searchsorted(at, at - 15), np.searchsorted(at, at + 15, "right")
            gone = np.concatenate([[0], np.cumsum(sure[at])])
            around = high - low - 1
            alike[at] = around
            taken[at] = np.where(around > 0, (gone[high] - gone[low] - sure[at]) / np.maximum(1, around), 0)
    starts: dict[str, int] = {}
    for line in page.lines:
        starts[line.text[:24]] = starts.get(line.text[:24], 0) + 1
    twice = np.array([starts[line.text[:24]] > 1 and len(line.text) >= 12 for line in page.lines])
    return [np.minimum(alike, 8) / 8, taken * ~prose, np.minimum(alike, 8) / 8 * prose, twice]


def _shape(text: str, e: Evidence) -> str:
    """Return the kinds of the first and last characters of a line, and about how long it is."""
    edge = text[:3] + text[-3:]
    kinds = "".join("0" if c.isdigit() else "a" if c.isalpha() else c for c in edge)
    return f"{kinds}{min(6, e.size // 15)}"

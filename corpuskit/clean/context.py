"""What a line has in common with the rest of its page: words, script, layout and shape. Columns for the labeller."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.clean.carriers import reports
from corpuskit.clean.coded import program_marks
from corpuskit.clean.evidence import Columns, Evidence
from corpuskit.clean.shapes import layout, scripts
from corpuskit.clean.voices import VOICES, heard, simple
from corpuskit.core.codes import code_points
from corpuskit.core.lexicon import Finder, fold
from corpuskit.core.memo import Memo
from corpuskit.core.page import Page
from corpuskit.core.terms import Terms, distinct, in_order

Column = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

PAGE = (
    "page:report", "page:code", "page:error", "page:pitch", "page:prompts", "page:echo", "page:kin", "page:sure",
    "page:titles", "page:paragraphs", "page:carried",
)  # fmt: skip
"""What is the same for all lines of a page."""
NAMES = (
    *(f"{kind}:{name}" for kind in ("kinds", "prose*kinds") for name in VOICES),
    "echo", "page_echo", "prose*echo", "prose*page_echo", "echo*trade", "page_echo*trade",
    "spam_echo", "prose*spam_echo",
    "kin", "kin_prose", "kin_long", "near", "far_prose", "spam_kin", "brand",
    "foreign", "foreign_prose", "other_han", "no_han",
    "indented", "like_indent", "unlike_indent",
    "blank_above", "blank_below", "apart_above", "apart_below", "apart_prose",
    "under_colon", "code", "trade*page:report", "sure*page:report", "latin*page:code",
    *PAGE,
)  # fmt: skip
_PITCH, _PROMPTS = VOICES.index("pitch"), VOICES.index("prompts")
_LONGEST = 600
"""Characters of a line that are looked at for words."""
_RARE = 2.0**-14
"""Frequency in the language at large under which a term tells of a subject."""


def columns(page: Page, found: Columns, sure: Flags, spam_: Flags) -> list[Column | float]:
    """Return the columns of :data:`NAMES`, each of shape (lines,) or one value; ``sure`` says where the rules are,
    ``spam_`` where they are sure of spam."""
    prose = found.prose & (found.size >= 30)
    shares, kinds = _voices(page, found.lines)
    echoes, kin = _echoes(page, found, prose, spam_), _kin(page, len(prose), prose, sure)
    values = _page(page, found, prose, sure, shares, echoes, kin)
    return [
        *kinds,
        *(column * prose for column in kinds),
        *echoes,
        *kin,
        *scripts(page, prose),
        *layout(page, prose),
        *_told(page, found, sure, values),
        *values,
    ]


@cache
def _errors() -> Finder:
    return Finder("errors")


def opens_with_error(page: Page, found: Sequence[Evidence]) -> bool:
    """Say whether one of the first lines, before any paragraph, says what stands in place of an article."""
    first = next((i for i, e in enumerate(found) if e.prose and e.size >= 60), len(found))
    head = [line.text for line in page.lines[: min(first + 1, 12)] if len(line.text) <= 40]
    return any(_errors().find(fold(text).translate(simple())) for text in head)


def _page(
    page: Page,
    found: Columns,
    prose: Flags,
    sure: Flags,
    shares: list[Column],
    echoes: list[Column],
    kin: list[Column],
) -> list[float]:
    """Return the values of :data:`PAGE`."""
    size = found.size.astype(np.float32)
    total = float(size.sum())
    error = opens_with_error(page, found.lines)
    held = prose & ~sure
    weight = size * held
    said = max(1.0, float(weight.sum()))
    titles = float(found.size[(found["title"] > 0) & ~held].sum()) / total
    code = float(size @ program_marks(page)) / total
    return [
        float(reports(found.lines)), code, float(error), float(size @ shares[_PITCH]) / total,
        float(size @ shares[_PROMPTS]) / total, float(weight @ echoes[1]) / said, float(weight @ kin[3]) / said,
        float(size @ sure) / total, titles, min(1.0, said / 600),
        float(weight @ (echoes[6] > 0)) / said,
    ]  # fmt: skip


def _voices(page: Page, found: Sequence[Evidence]) -> tuple[list[Column], list[Column]]:
    """Return of each list of words the share of a line that it covers, and how many of its words the line holds."""
    known: dict[str, list[float]] = page.by_line.setdefault("voices", {})
    for line, e in zip(page.lines, found, strict=True):
        text = line.text
        if text not in known:
            known[text] = _HEARD.get(text) or _HEARD.keep(text, heard(e.folded[:_LONGEST], min(e.size, _LONGEST)))
    told = list(np.array([known[line.text] for line in page.lines], np.float32).T)
    return told[::2], told[1::2]


_HEARD: Memo[list[float]] = Memo()


def _echoes(page: Page, found: Columns, prose: Flags, spam_: Flags) -> list[Column]:
    """Return how much each line repeats names: of its own, of a good part of the paragraphs, of lines of sure spam.

    Names are runs of four Han characters, digits and letters, one of them Han at least.
    """
    n = len(prose)
    key, line = _names(page)
    # what stands there once is no echo
    kinds, times = distinct(key)
    kinds = kinds[times > 1]
    if not len(kinds):
        return [np.zeros(n)] * 8
    number = kinds.searchsorted(key)
    again = np.append(kinds, kinds[:1])[number] == key
    both, count = distinct(line[again] * len(kinds) + number[again])
    line, kind = both // len(kinds), both % len(kinds)
    lines_of = np.bincount(kind, minlength=len(kinds))
    in_prose = np.bincount(kind[prose[line]], minlength=len(kinds))
    in_spam = np.bincount(kind[spam_[line]], count[spam_[line]], len(kinds))
    size = found.size.clip(8, _LONGEST).astype(np.float32)
    most = np.ones(n)
    np.maximum.at(most, line, count)
    common = (lines_of >= 4) | ((in_prose >= 3) & (in_prose >= 0.3 * prose.sum()))
    shared = (in_spam[kind] >= 2) & ~spam_[line]
    own = np.minimum(1, (most - 1) / 2)
    often = np.minimum(1, 4 * np.bincount(line[common[kind]], count[common[kind]], n) / size)
    carried = np.minimum(1, 4 * np.bincount(line[shared], count[shared], n) / size)
    trade = (found["trades"] > 0) | (found["hosts"] > 0)
    return [
        own, often, own * prose, often * prose, own * trade, often * trade, carried, (carried > 0) & prose,
    ]  # fmt: skip


def _names(page: Page) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Return a number for each name on a page, the same for equal ones, and the line it stands in."""
    codes = code_points(fold(page.text))
    han = (codes >= 0x4E00) & (codes < 0xA000)
    word = han | ((codes >= 48) & (codes < 58)) | ((codes >= 97) & (codes < 123))
    each = [slice(i, len(codes) - 3 + i) for i in range(4)]
    if len(codes) < 4:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    whole = np.logical_and.reduce([word[i] for i in each]) & np.logical_or.reduce([han[i] for i in each])
    at = np.flatnonzero(whole)
    line = page.lines_at(at)
    near = at - page.bounds[0][line] <= _LONGEST - 4
    at, line = at[near], line[near]
    one, two, three, four = (codes[at + i].astype(np.uint64) for i in range(4))
    key: npt.NDArray[Any] = ((one << 48) | (two << 32)) ^ ((three << 16) | four)
    return key, line


def _kin(page: Page, n: int, prose: Flags, sure: Flags) -> list[Column]:
    """Return which share of a line's telling terms stands in other paragraphs, near and far, and in sure spam."""
    held = Terms([line.text[:_LONGEST] for line in page.lines])
    rare = (held.prior < _RARE)[held.term]
    # each term once a line
    both, _ = distinct(held.line[rare] * (len(held.prior) + 1) + held.term[rare])
    line, term = both // (len(held.prior) + 1), both % (len(held.prior) + 1)
    own = np.bincount(line, minlength=n).astype(np.float32)
    body = prose & ~sure
    kinds = len(held.prior)
    in_body = np.bincount(term[body[line]], minlength=kinds)
    in_sure = np.bincount(term[sure[line] & ~prose[line]], minlength=kinds)
    others = in_body[term] - body[line] > 0
    kin = _share(line, others, own)
    near = _share(line, _near(line, term, body) & (in_sure[term] < 2), own)
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


def _told(page: Page, found: Columns, sure: Flags, values: Sequence[float]) -> list[Column]:
    """Return which lines a colon announces, how much like code they are, and their trades by what the page is."""
    under, open_ = np.zeros(len(sure), bool), 0
    for index, (line, e) in enumerate(zip(page.lines, found.lines, strict=True)):
        under[index] = open_ > 0 and not e.prose
        # a paragraph that ends in a colon opens a list; the next paragraph closes it
        open_ = 15 if line.text[-1:] in "：:" and e.size >= 8 else 0 if e.prose else open_ - 1
    report, coded, *_ = values
    trade = (found["trades"] > 0) | (found["hosts"] >= 2)
    return [under, program_marks(page), trade * report, sure * report, (found["han"] == 0) * coded]

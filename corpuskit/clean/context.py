"""What a line has in common with the rest of its page: words, script, layout and shape. Columns for the labeller."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.clean.carriers import reports
from corpuskit.clean.coded import program_marks
from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.shapes import layout, scripts
from corpuskit.clean.stack import Stack
from corpuskit.clean.voices import VOICES, heard, simplified
from corpuskit.core.codes import code_points
from corpuskit.core.keys import distinct, numbering
from corpuskit.core.lexicon import Finder, fold
from corpuskit.core.memo import Memo
from corpuskit.core.page import Page
from corpuskit.core.terms import Terms

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
_LISTED = 15
"""Lines that a colon announces, at most."""
_RARE = 2.0**-14
"""Frequency in the language at large under which a term tells of a subject."""


def columns(stack: Stack, sure: Flags, spam_: Flags) -> list[Column]:
    """Return the columns of :data:`NAMES`, each of shape (lines,); ``sure`` says where the rules are, ``spam_`` where
    they are sure of spam."""
    prose = stack.found.prose & (stack.found.size >= 30)
    shares, kinds = _voices(stack)
    echoes, kin = _echoes(stack, prose, spam_), _kin(stack, prose, sure)
    code = np.concatenate([program_marks(page) for page in stack.pages])
    values = _page(stack, prose, sure, [shares[_PITCH], shares[_PROMPTS], echoes[1], kin[3], echoes[6], code])
    return [
        *kinds,
        *(column * prose for column in kinds),
        *echoes,
        *kin,
        *scripts(stack, prose),
        *layout(stack, prose),
        *_told(stack, sure, code, values),
        *values,
    ]


@cache
def _errors() -> Finder:
    return Finder("errors")


def opens_with_error(page: Page, found: Sequence[Evidence]) -> bool:
    """Say whether one of the first lines, before any paragraph, says what stands in place of an article."""
    first = next((i for i, e in enumerate(found) if e.prose and e.size >= 60), len(found))
    head = [line.text for line in page.lines[: min(first + 1, 12)] if len(line.text) <= 40]
    return any(_errors().find(simplified(fold(text))) for text in head)


def _page(stack: Stack, prose: Flags, sure: Flags, lines: Sequence[Column]) -> list[Column]:
    """Return the values of :data:`PAGE`; ``lines`` are the columns they are made of."""
    pitch, prompts, echo, near, carried, code = lines
    found = stack.found
    size = found.size.astype(np.float32)
    held = prose & ~sure
    weight = size * held
    total = stack.sums(found.size).astype(np.float64)
    said = np.maximum(1.0, stack.sums(found.size * held))
    each = [
        np.array([reports(evidence(page)) for page in stack.pages]),
        stack.dots(size, code) / total,
        np.array([opens_with_error(page, evidence(page)) for page in stack.pages]),
        *(stack.dots(size, column) / total for column in (pitch, prompts)),
        *(stack.dots(weight, column) / said for column in (echo, near)),
        stack.sums(found.size * sure) / total,
        stack.sums(found.size * ((found["title"] > 0) & ~held)) / total,
        np.minimum(1.0, said / 600),
        stack.sums(found.size * held * (carried > 0)) / said,
    ]
    return [np.asarray(values, np.float64)[stack.page] for values in each]


def _voices(stack: Stack) -> tuple[list[Column], list[Column]]:
    """Return of each list of words the share of a line that it covers, and how many of its words the line holds."""
    known = {text: _HEARD.get(text) for text in stack.texts}
    new = {text: e for text, e in zip(stack.texts, stack.found.lines, strict=True) if known[text] is None}
    each = heard([e.folded[:_LONGEST] for e in new.values()], [min(e.size, _LONGEST) for e in new.values()])
    known |= {text: _HEARD.keep(text, values) for text, values in zip(new, each.tolist(), strict=True)}
    told = list(np.array([known[text] for text in stack.texts], np.float32).T)
    return told[::2], told[1::2]


_HEARD: Memo[list[float]] = Memo()


def _echoes(stack: Stack, prose: Flags, spam_: Flags) -> list[Column]:
    """Return how much each line repeats names: of its own, of a good part of the paragraphs, of lines of sure spam.

    Names are runs of four Han characters, digits and letters, one of them Han at least.
    """
    n, found = len(stack), stack.found
    kind, line, count = _paged(stack, *_names(stack))
    # what stands on its page once is no echo
    again = np.bincount(kind, count)[kind] > 1
    kind, line, count = kind[again], line[again], count[again]
    if not len(kind):
        return [np.zeros(n)] * 8
    lines_of = np.bincount(kind)
    in_prose = np.bincount(kind[prose[line]], minlength=len(lines_of))
    in_spam = np.bincount(kind[spam_[line]], count[spam_[line]], len(lines_of))
    size = found.size.clip(8, _LONGEST).astype(np.float32)
    most = np.ones(n)
    np.maximum.at(most, line, count)
    often_said = in_prose[kind] >= 0.3 * stack.sums(prose)[stack.page[line]]
    common = (lines_of[kind] >= 4) | ((in_prose[kind] >= 3) & often_said)
    shared = (in_spam[kind] >= 2) & ~spam_[line]
    own = np.minimum(1, (most - 1) / 2)
    often = np.minimum(1, 4 * np.bincount(line[common], count[common], n) / size)
    carried = np.minimum(1, 4 * np.bincount(line[shared], count[shared], n) / size)
    trade = (found["trades"] > 0) | (found["hosts"] > 0)
    return [
        own, often, own * prose, often * prose, own * trade, often * trade, carried, (carried > 0) & prose,
    ]  # fmt: skip


def _names(stack: Stack) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return a number for each name, the same for equal ones, and the line it stands in."""
    codes = code_points(stack.folded)
    han = (codes >= 0x4E00) & (codes < 0xA000)
    word = han | ((codes >= 48) & (codes < 58)) | ((codes >= 97) & (codes < 123))
    each = [slice(i, len(codes) - 3 + i) for i in range(4)]
    if len(codes) < 4:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    whole = np.logical_and.reduce([word[i] for i in each]) & np.logical_or.reduce([han[i] for i in each])
    at = np.flatnonzero(whole)
    line = stack.lines_at(at)
    near = at - stack.bounds[0][line] <= _LONGEST - 4
    at, line = at[near], line[near]
    one, two, three, four = (codes[at + i].astype(np.uint64) for i in range(4))
    key = ((one << 48) | (two << 32)) ^ ((three << 16) | four)
    _, number = numbering(key, key.argsort())
    return number, line


def _paged(
    stack: Stack, term: npt.NDArray[np.int64], line: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the different pairs of a term and a line, ascending: term, line, and how often they meet.

    A term that stands on two pages is two.
    """
    both, times = distinct((stack.page[line] * (term.max(initial=0) + 1) + term) * len(stack) + line)
    paged, line = np.divmod(both, len(stack))
    return np.cumsum(np.diff(paged, prepend=paged[:1]) > 0), line, times


def _kin(stack: Stack, prose: Flags, sure: Flags) -> list[Column]:
    """Return which share of a line's telling terms stands in other paragraphs, near and far, and in sure spam."""
    n = len(stack)
    held = Terms([text[:_LONGEST] for text in stack.texts])
    rare = (held.prior < _RARE)[held.term]
    # each term once a line
    term, line, _ = _paged(stack, held.term[rare], held.line[rare])
    own = np.bincount(line, minlength=n).astype(np.float32)
    body, told = prose & ~sure, sure & ~prose
    in_body = np.bincount(term[body[line]], minlength=len(term))
    in_sure = np.bincount(term[told[line]], minlength=len(term))
    others = in_body[term] - body[line] > 0
    kin = _share(line, others, own)
    near = _share(line, _near(line, term, body) & (in_sure[term] < 2), own)
    again = in_sure[term] - told[line] >= 2
    spam = _share(line, again & (in_body[term] == 0), own)
    brand = _share(line, again, own)
    usual = stack.medians(kin, body)[stack.page]
    few = own < 3
    kin = np.where(few, 0.5 * usual, kin)
    relative = np.where(usual > 0, np.clip((kin - usual) / np.maximum(0.1, usual), -1, 1), 0.0)
    return [relative, relative * prose, np.where(prose, np.minimum(0, relative), 0) * (own >= 20),
            near, (near == 0) & prose & (own >= 10), spam, brand * ~sure]  # fmt: skip


def _share(line: npt.NDArray[np.int64], flags: Flags, own: Column) -> Column:
    share: Column = np.bincount(line[flags], minlength=len(own)) / np.maximum(1, own)
    return share


def _near(line: npt.NDArray[np.int64], term: npt.NDArray[np.int64], body: Flags, reach: int = 4) -> Flags:
    """Say which terms of lines, given by term, stand in a paragraph among the ``reach`` before or after."""
    near, is_body = np.zeros(len(line), bool), body[line]
    for step in (1, 2, 3):
        same = (term[step:] == term[:-step]) & (line[step:] - line[:-step] <= reach)
        near[step:] |= same & is_body[:-step]
        near[:-step] |= same & is_body[step:]
    return near


def _told(stack: Stack, sure: Flags, code: Column, values: Sequence[Column]) -> list[Column]:
    """Return which lines a colon announces, how much like code they are, and their trades by what the page is."""
    found = stack.found
    last = stack.codes[stack.bounds[1] - 1]
    colon = ((last == ord("：")) | (last == ord(":"))) & (found.size >= 8)
    # a paragraph that ends in a colon opens a list; the next paragraph closes it
    ago = stack.shifted(stack.since(found.prose | colon), -1) + 1
    announced = (stack.at > 0) & (ago <= _LISTED) & colon[stack.line - np.minimum(ago, stack.line)]
    under = announced & ~found.prose
    report, coded, *_ = values
    trade = (found["trades"] > 0) | (found["hosts"] >= 2)
    return [under, code, trade * report, sure * report, (found["han"] == 0) * coded]

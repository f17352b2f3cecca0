"""Whether a page that might be one article is a digest: short items, each under its headline or behind the same mark.

Its form says little: one article has cross-heads and lists. A digest's items are short, share no subject, and open as
reports do: they say when, and speak of nobody as known. A logistic regression weighs that over the page as a whole.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from corpuskit.core.chars import Char
from corpuskit.core.late import late
from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page
from corpuskit.core.terms import Terms
from corpuskit.core.topics import PLAIN, Topics, joint
from corpuskit.segment.leads import leading
from corpuskit.segment.model import table
from corpuskit.segment.optimum import best
from corpuskit.segment.shapes import Cast, Role
from corpuskit.segment.shapes import ends as sentence
from corpuskit.segment.signs import survey
from corpuskit.segment.starts import OPENERS, Start, headed, weigh

ITEMS, MARKED = 3, 4
"""Least number of headlines with text below them, and of paragraphs with the same mark."""
_LONGEST = 350
"""Most characters of an item, on average: a feature's sections are longer."""
_SHORT, _TOP = 7, 120
"""Most characters of a headline that is hardly a title, and of the lines above the text that may name a digest."""
_SECTION = late(r"\W?第?[一二三四五六七八九十]{1,3}(?!\w)")
_SAID = ("says when", "speaks of someone known", "ends in a quotation", "long first sentence")
"""What the first paragraph of an item shows that is weighed; see :func:`leading`."""
_BEHIND = "marked: "
"""Before the names of what is weighed where items stand behind marks."""
_TIME = late(r"\d{1,2}[:：]\d\d(?!\d)")
_LABEL = late(r"[【\[〖][^】\]〗]{2,20}[】\]〗]")
_NUMBER = late(r"\W{0,2}(?:\d{1,2}|[一二三四五六七八九十]{1,3})([、.．,，)）:：\s])")
_BEFORE_WORDS = "“\"「『‘'(（<《"
ITEM, _MOST = 15, 0.5
"""Least characters of a paragraph behind a mark, and least share of the page that such paragraphs are."""


_BY_HEADLINES, _BY_MARKS, _GAIN = 0.87, 0.7, 4.0
"""How likely a page must be a digest to be cut at its headlines, at its marks; nats that a headline gains then."""


class Items(NamedTuple):
    """What may be the items of a digest."""

    begins: list[int]
    """The line at which each begins."""
    texts: list[int]
    """The first line of text of each, if it has any."""
    below: list[range]
    """All lines of text of each."""


def digest(page: Page, cast: Sequence[Cast], found: Sequence[Start], topics: Topics) -> list[tuple[Start, float]]:
    """Return the items of a page that is likely a digest, or nothing."""
    terms, begins = Terms.of(page), series(page)
    if marked(page, cast, begins, terms) >= _BY_MARKS:
        above = {start.block[-1] + 1: start for start in found if start.block}
        items = [above.get(line, Start(line, [])) for line in begins if line != len(found[0].block)]
        why = "an item of a digest, behind its mark"
        each = [Start(start.line, start.block, why=why) for start in items if start.line]
        return [(found[0], 1.0), *((start, _GAIN) for start in each)]
    if titled(page, cast, found, terms) < _BY_HEADLINES:
        return []
    if not found[0].signs:
        survey(page, cast, found, terms)
    own = [weigh(s.signs) + _GAIN * bool(s.block and headed(cast, s)) if s.line else 0.0 for s in found]
    return best(found, topics, own=own)


def titled(page: Page, cast: Sequence[Cast], found: Sequence[Start], terms: Terms) -> float:
    """Return the probability that each headline of a page begins an article; 0 where there are few."""
    return _chance(titled_signs(page, cast, found, terms))


def marked(page: Page, cast: Sequence[Cast], begins: Sequence[int], terms: Terms) -> float:
    """Return the probability that each line of a :func:`series` begins an article; 0 where there is none."""
    return _chance(marked_signs(page, cast, begins, terms))


def _chance(signs: Mapping[str, float]) -> float:
    return 1 / (1 + math.exp(-table("digests").of(signs))) if signs else 0.0


def titled_signs(page: Page, cast: Sequence[Cast], found: Sequence[Start], terms: Terms) -> dict[str, float]:
    """Return what a page of headlines shows, by the name of the sign.

    Nothing where they are few, or have long sections below them, or rows of names and figures.
    """
    first: dict[int, list[int]] = {}
    for start in found:
        if start.block and headed(cast, start):
            first.setdefault(start.block[-1], start.block)
    blocks = [*first.values()]
    if len(blocks) < ITEMS:
        return {}
    ends = [*(block[0] for block in blocks[1:]), len(cast)]
    tops = [block[-1] + 1 for block in blocks if block[-1] + 1 < len(cast)]
    below = [range(block[-1] + 1, end) for block, end in zip(blocks, ends, strict=True)]
    items = Items([block[0] for block in blocks], [at for at in tops if cast[at].role is Role.BODY], below)
    known = _signs(page, cast, items, terms)
    return known and known | _headlines(page, cast, blocks)


def series(page: Page) -> list[int]:
    """Return the paragraphs that begin with the same mark, if they are most of the page: a sign, a label, a time."""
    return page.once("series", lambda: _series(page))


def _series(page: Page) -> list[int]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(page.lines):
        if len(line.text) >= ITEM and (mark := _mark(line.text)) and _size(page, at) >= ITEM:
            found[mark].append(at)
    most = max(found.values(), key=len, default=[])
    if len(most) < MARKED:
        return []
    own, whole = sum(_size(page, at) for at in most), sum(_size(page, at) for at in range(len(page.lines)))
    return most if own >= _MOST * whole else []


def _size(page: Page, at: int) -> int:
    """Return the characters of a line that are not white space."""
    return len(page.lines[at].text) - page.counts[at][Char.SPACE]


def _mark(text: str) -> str:
    """Return the kind of mark that a line begins with; empty if none."""
    if (text[0] not in OPENERS) if text[0].isalnum() else text[0] in _BEFORE_WORDS:
        return ""
    if _TIME.match(text):
        return "time"
    if _LABEL.match(text):
        return "label"
    number = _NUMBER.match(text)
    if number:
        return "number" + number[1]
    return "" if text[0].isalnum() else text[0]


def marked_signs(page: Page, cast: Sequence[Cast], begins: Sequence[int], terms: Terms) -> dict[str, float]:
    """Return what a page shows of which most paragraphs begin with the same mark, by the name of the sign."""
    if not begins:
        return {}
    ends = [*begins[1:], len(cast)]
    items = Items([*begins], [*begins], [range(*one) for one in zip(begins, ends, strict=True)])
    known = _signs(page, cast, items, terms)
    mark = _mark(page.lines[begins[0]].text)
    sizes = [here.size for here in cast]
    signs = {
        "a number": float(mark.startswith("number")),
        "a label": float(mark == "label"),
        "a time": float(mark == "time"),
        "share of the page": sum(sizes[at] for at in begins) / sum(sizes),
        "share above": sum(sizes[: begins[0]]) / sum(sizes),
        "text above": float(any(here.role is Role.BODY for here in cast[: begins[0]])),
    }
    return {_BEHIND + name: value for name, value in (known | signs).items()} if known else {}


def _signs(page: Page, cast: Sequence[Cast], items: Items, terms: Terms) -> dict[str, float]:
    """Return what items show, however they begin; nothing where they are long, or mostly no sentences."""
    texts = [page.lines[at].text for at in items.texts]
    count, whole = len(items.begins), sum(map(sentence, texts))
    if len(page.text) > _LONGEST * count or 2 * whole < count:
        return {}
    said = [leading(text) for text in texts[1:]]
    name = " ".join(page.lines[at].text for at in range(items.below[0].start))[:_TOP]
    return {
        "bias": 1.0,
        "named as one": float(forms("roles")["digest"].search(name) is not None),
        "sentences below": whole / count,
        "no text below": 1 - len(texts) / count,
        **{sign: sum(one[sign] for one in said) / max(1, len(said)) for sign in _SAID},
        **_shared(cast, items, terms),
    }


def _shared(cast: Sequence[Cast], items: Items, terms: Terms) -> dict[str, float]:
    """Return how long the items are, and what they have in common."""
    size = np.mean([sum(cast[at].size for at in lines) for lines in items.below])
    plain, count = Topics(terms, PLAIN), len(items.begins)
    gain = plain.apart(np.array(sorted({0, *items.begins})))
    common = joint(terms, np.array([lines.start for lines in items.below], np.int64).clip(max=len(cast) - 1))
    pairs = common[[lines.start for lines in items.below[1:] if lines]]
    return {
        "gain by the term": 5 * max(-1.0, min(1.0, gain / max(1, int(plain.before[-1])))),
        "gain by the item": max(-10.0, min(20.0, gain / count)) / 10,
        "common subject": min(40.0, float(pairs.mean()) if len(pairs) else 0.0) / 20,
        "most common subject": min(60.0, float(pairs.max(initial=0.0))) / 30,
        "lines of an item": math.log(max(1, float(np.mean([len(lines) for lines in items.below])))),
        "size of the page": math.log(max(100, sum(here.size for here in cast))) - 6,
        "size of an item": math.log(max(10.0, float(size))) - 4,
    }


def _headlines(page: Page, cast: Sequence[Cast], blocks: Sequence[Sequence[int]]) -> dict[str, float]:
    """Return what headlines look like; shares of all of them."""
    sizes = [cast[block[0]].size for block in blocks]
    sections = sum(_SECTION.match(page.lines[block[0]].text) is not None for block in blocks)
    return {
        "first headline of several lines": float(len(blocks[0]) > 1),
        "numbered as sections are": sections / len(blocks),
        "short headlines": sum(size <= _SHORT for size in sizes) / len(sizes),
        "shortest headline": min(20, *sizes) / 20,
    }

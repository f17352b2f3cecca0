"""Whether a page that might be one article with cross-heads is a digest: short items, each under its headline.

Its form says little: both are headlines with a paragraph or two below each. A digest's items are short, share no
subject, and open as reports do: they say when, and speak of nobody as known.
A logistic regression weighs that over the page as a whole.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from corpuskit.core.late import late
from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page
from corpuskit.core.terms import Terms
from corpuskit.core.topics import PLAIN, Topics, joint
from corpuskit.segment.leads import leading
from corpuskit.segment.model import table
from corpuskit.segment.shapes import Cast, Role
from corpuskit.segment.shapes import ends as sentence
from corpuskit.segment.starts import Start, headed

ITEMS = 3
"""Least number of headlines with text below them."""
_LONGEST = 350
"""Most characters of an item, on average: a feature's sections are longer."""
_SHORT, _TOP = 7, 120
"""Most characters of a headline that is hardly a title, and of the lines above the text that may name a digest."""
_SECTION = late(r"\W?第?[一二三四五六七八九十]{1,3}(?!\w)")
_SAID = ("says when", "speaks of someone known", "ends in a quotation", "long first sentence")
"""What the first paragraph of an item shows that is weighed; see :func:`leading`."""


def likely(page: Page, cast: Sequence[Cast], found: Sequence[Start], terms: Terms) -> float:
    """Return the probability that each headline of a page begins an article; 0 where there are few."""
    known = signs(page, cast, found, terms)
    return 1 / (1 + math.exp(-table("digests").of(known))) if known else 0.0


def signs(page: Page, cast: Sequence[Cast], found: Sequence[Start], terms: Terms) -> Mapping[str, float]:
    """Return what a page shows, by the name of the sign.

    Nothing where its headlines are few, or have long sections below them, or rows of names and figures.
    """
    blocks = titled(cast, found)
    texts = _below(page, cast, blocks)
    if len(blocks) < ITEMS or len(page.text) > _LONGEST * len(blocks) or 2 * sum(map(sentence, texts)) < len(blocks):
        return {}
    return {"bias": 1.0, **_formed(page, cast, blocks, texts), **_shared(cast, blocks, terms)}


def _below(page: Page, cast: Sequence[Cast], blocks: Sequence[Sequence[int]]) -> list[str]:
    """Return the paragraphs right below headlines."""
    tops = [block[-1] + 1 for block in blocks if block[-1] + 1 < len(cast)]
    return [page.lines[at].text for at in tops if cast[at].role is Role.BODY]


def titled(cast: Sequence[Cast], found: Sequence[Start]) -> list[list[int]]:
    """Return the headline blocks of a page, the longest of those that end alike, in page order."""
    first: dict[int, list[int]] = {}
    for start in found:
        if start.block and headed(cast, start):
            first.setdefault(start.block[-1], start.block)
    return [*first.values()]


def _formed(
    page: Page, cast: Sequence[Cast], blocks: Sequence[Sequence[int]], texts: Sequence[str]
) -> dict[str, float]:
    """Return what the headlines and the paragraphs right below them look like; shares of all of them."""
    sizes = [cast[block[0]].size for block in blocks]
    heads = [page.lines[block[0]].text for block in blocks]
    said = [leading(text) for text in texts[1:]]
    name = " ".join(page.lines[at].text for at in range(blocks[0][-1] + 1))[:_TOP]
    return {
        "named as one": float(forms("roles")["digest"].search(name) is not None),
        "first headline of several lines": float(len(blocks[0]) > 1),
        "numbered as sections are": sum(_SECTION.match(text) is not None for text in heads) / len(heads),
        "short headlines": sum(size <= _SHORT for size in sizes) / len(sizes),
        "shortest headline": min(20, *sizes) / 20,
        "sentences below": sum(map(sentence, texts)) / len(blocks),
        "no text below": 1 - len(texts) / len(blocks),
    } | {sign: sum(one[sign] for one in said) / max(1, len(said)) for sign in _SAID}


def _shared(cast: Sequence[Cast], blocks: Sequence[Sequence[int]], terms: Terms) -> dict[str, float]:
    """Return how long the items are, and what they, and their headlines, have in common."""
    ends = [*(block[0] for block in blocks[1:]), len(cast)]
    below = [range(block[-1] + 1, end) for block, end in zip(blocks, ends, strict=True)]
    size = np.mean([sum(cast[at].size for at in lines) for lines in below])
    plain = Topics(terms, PLAIN)
    gain = plain.apart(np.array(sorted({0, *(block[0] for block in blocks)})))
    common = joint(terms, np.array([block[-1] + 1 for block in blocks], np.int64).clip(max=len(cast) - 1))
    pairs = common[[lines[0] for lines in below[1:] if lines]]
    return {
        "gain by the term": 5 * max(-1.0, min(1.0, gain / max(1, int(plain.before[-1])))),
        "gain by the item": max(-10.0, min(20.0, gain / len(blocks))) / 10,
        "common subject": min(40.0, float(pairs.mean()) if len(pairs) else 0.0) / 20,
        "most common subject": min(60.0, float(pairs.max(initial=0.0))) / 30,
        "lines of an item": math.log(max(1, float(np.mean([len(lines) for lines in below])))),
        "size of the page": math.log(max(100, sum(here.size for here in cast))) - 6,
        "size of an item": math.log(max(10.0, float(size))) - 4,
    }

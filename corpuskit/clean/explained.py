"""Of which pages the labeller is asked: of those that neither their rules nor their tree explain.

Where rules and tree explain every line but a headline and paragraphs, it could only doubt what they are surer of.
"""

from __future__ import annotations

from corpuskit.clean.carriers import DOUBTED, SURE
from corpuskit.clean.content import told
from corpuskit.clean.doubt import ARTICLE, VETOED, longest
from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.furniture import entitled
from corpuskit.clean.plain import LEAST, PARAGRAPH, TOP, is_plain
from corpuskit.clean.rulings import rulings, surest
from corpuskit.core.page import Page

_MOST = 50_000
"""Lines above which the rules decide alone: the features of so many would take gigabytes."""
_LONG = 60
"""Characters of a line, at least, that is no entry of a menu or a list."""


def is_explained(page: Page) -> bool:
    """Say whether the labeller has nothing to add to what is known of a page."""
    if is_plain(page):
        return True
    found = evidence(page)
    # too little around each line to go by, no page that anybody reads, or nothing but paragraphs under a headline
    if not LEAST <= len(found) <= _MOST or all(e.prose and e.size >= PARAGRAPH for e in found[TOP:]):
        return True
    return _placed(page) if page.source.elements else _ruled(page, found)


def _placed(page: Page) -> bool:
    """Say whether of each line of an HTML page the tree tells that it is the article's, or the rules that it is not.

    Not where a rule takes of the article what the labeller may doubt.
    """
    ruled = (surest(page) >= SURE).tolist()
    inside = [of_line is not None and of_line.sure for of_line in told(page)]
    if not all(sure or within or entitled(page, i) for i, (sure, within) in enumerate(zip(ruled, inside, strict=True))):
        return False
    each = ((line, within) for lines in rulings(page) for line, within in zip(lines, inside, strict=True))
    return not any(within and line.rule in VETOED and line.score > DOUBTED for line, within in each)


def _ruled(page: Page, found: list[Evidence]) -> bool:
    """Say whether the rules are sure of all of a page but its headline and paragraphs; not of a page of snippets."""
    ruled = (surest(page) >= SURE).tolist()
    unsure = [index for index, sure in enumerate(ruled) if not _told(found, index, sure=sure)]
    headline = not unsure or (len(unsure) == 1 and unsure[0] < TOP and not found[unsure[0]].prose)
    return headline and longest(found) >= ARTICLE


def _told(found: list[Evidence], index: int, *, sure: bool) -> bool:
    """Say whether a line is a paragraph that names no trade, or the rules are sure of it.

    Not where they take a sentence: what stands beside it may be more of the same. Between paragraphs, a long line that
    names nothing is a piece of one, or a row that the article shows.
    """
    e = found[index]
    if e.prose:
        return not sure and e.size >= PARAGRAPH and not e.trades
    between = 0 < index < len(found) - 1 and (found[index - 1].prose or found[index + 1].prose)
    return sure or (between and e.size >= _LONG and not (e.trades or e.hosts or e.chrome))

"""Which lines list other pages, by rules: headings and what stands under them, tails, rankings, directories."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from corpuskit.clean.crowns import above
from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.marks import MARKS, is_cut, is_dated, is_numbered, priced, ranked
from corpuskit.clean.pointers import HEAD, is_head, points
from corpuskit.clean.tables import wrapped
from corpuskit.clean.verdict import NONE, Verdict, quiet
from corpuskit.core.cohesion import Cohesion
from corpuskit.core.page import Page


class Block(NamedTuple):
    """Lines ``first`` up to ``last`` are a list."""

    first: int
    last: int
    verdict: Verdict


def decide(page: Page, *, min_items: int = 1, min_tail: int = 4) -> list[Verdict]:
    """Judge every line of a page, once for each pair of options."""
    return page.once(f"lists {min_items} {min_tail}", lambda: quiet(page) or _decide(page, min_items, min_tail))


def _decide(page: Page, min_items: int, min_tail: int) -> list[Verdict]:
    found = evidence(page)
    out = [NONE] * len(found)
    for block in _blocks(page, found, min_items, min_tail):
        for index in range(block.first, block.last):
            if out[index].score < block.verdict.score:
                out[index] = block.verdict
    return out


def _blocks(page: Page, found: list[Evidence], min_items: int, min_tail: int) -> Iterator[Block]:
    if _directory(page, found):
        reason = "titles and cut snippets, and hardly a whole paragraph"
        yield Block(0, len(found), Verdict(0.75, "related_news.directory", reason))
        return
    taken = 0
    for block in _headed(page, found, min_items):
        yield block
        taken = block.last
    yield from _tail(page, found, taken, min_tail)
    yield from _items(page, found)
    yield from _ranks(page, found)


def _headed(page: Page, found: list[Evidence], min_items: int) -> Iterator[Block]:
    heads = [i for i, line in enumerate(page.lines) if len(line.text) <= HEAD and is_head(line.text)]
    first = next((i for i, e in enumerate(found) if e.prose), len(found))
    taken = 0
    for number, head in enumerate(heads):
        if head < taken:
            continue
        limit = heads[number + 1] if number + 1 < len(heads) else len(found)
        last, score = _extent(page, found, head, limit, at_top=head <= first)
        last = above(page, head, last)
        if last - head - 1 >= min_items or _at_foot(found, head, last):
            reason = f"{page.lines[head].text[:24]!r} and {last - head - 1} line(s) under it"
            yield Block(head, last, Verdict(score, "related_news.list", reason))
            taken = last


def _tail(page: Page, found: list[Evidence], taken: int, min_tail: int) -> Iterator[Block]:
    """Find the titles after the last paragraph, where they have the marks of a list."""
    first = _tail_start(page, found)
    if first is None or first < taken:
        return
    items = [i for i in range(first, len(found)) if found[i].chrome < 0.6]
    if len(items) < min_tail:
        return
    marked = sum(_weight(page.lines[i].text) for i in items) / len(items)
    twice = 1 - len({page.lines[i].text for i in items}) / len(items)
    links = sum((b := page.blocks[i]) is not None and b.link_density > 0.6 for i in items) / len(items)
    body = [e for e in found[:first] if e.prose]
    short = sum(e.title and not e.prose for e in found[:first])
    # a page that speaks in short lines throughout (verse, catalogue) ends in one as well, and bullets may be its own
    score = 0.4 + 0.5 * max(marked, min(1.0, 2 * twice), links)
    if len(body) >= 3 and short <= len(body) and max(marked, twice, links) > 0.4:
        score += 0.2
    reason = f"{len(items)} title lines after the last paragraph"
    yield Block(first, len(found), Verdict(min(score, 0.95), "related_news.tail", reason))


def _ranks(page: Page, found: list[Evidence]) -> Iterator[Block]:
    """Find rankings: lines numbered in order that each end in a count."""
    numbers = [ranked(line.text) if line.text[0].isdigit() else 0 for line in page.lines]
    if len(numbers) - numbers.count(0) < _RANKS:
        return
    first = 0
    while first < len(found):
        last = first
        while last < len(found) and numbers[last] and numbers[last] == numbers[first] + last - first:
            last += 1
        if last - first >= _RANKS:
            reason = f"ranking of {last - first} titles"
            yield Block(first, last, Verdict(0.85, "related_news.rank", reason))
        first = max(last, first + 1)


def _items(page: Page, found: list[Evidence]) -> Iterator[Block]:
    for index, line in enumerate(page.lines):
        if points(line.text, final=found[index].final):
            yield Block(index, index + 1, Verdict(0.8, "related_news.item", f"points elsewhere: {line.text[:24]!r}"))


def _marked(text: str) -> bool:
    """Say whether a line has the marks of a list's entry: a number, a date, a counter, a cut end."""
    return bool(is_cut(text) or is_numbered(text) or is_dated(text))


def _weight(text: str) -> float:
    """Return how much a line looks like a list's entry; a number alone may be a step's or a clause's."""
    return 1.0 if is_cut(text) or is_dated(text) else 0.4 * is_numbered(text)


def _item(text: str, e: Evidence) -> bool:
    if is_cut(text) and e.size <= 200:
        return True
    if e.final and e.finals >= 2 and e.size > 40 and e.inner:
        return False
    return e.size <= 80 and not (e.prose and e.size > 45) and not text.endswith(("。", "；", "：", ":"))


def _extent(page: Page, found: list[Evidence], head: int, limit: int, *, at_top: bool) -> tuple[int, float]:
    """Return where the list under a heading ends, and how sure that is."""
    last = head + 1
    # text cut at a width stands in lines as short as titles
    cut = wrapped(page)
    limit = _unlinked(page, found, head, limit)
    while last < limit and _item(page.lines[last].text, found[last]) and not cut[last]:
        last += 1
    ends = _marked_end(page, head, last)
    if ends < last:
        return ends, 0.9
    if last == limit and limit == len(found):
        return last, 0.95
    if at_top:
        last = _released(page, head, last)
    rest = range(last, limit)
    if limit == len(found) or is_head(page.lines[limit].text):
        # titles and whole paragraphs in turn, up to the end: the article does not come back
        titles = sum(_item(page.lines[i].text, found[i]) for i in range(head + 1, limit))
        returns = _returns(page, found, head, rest)
        if (titles >= 1 or any(found[i].prose for i in rest)) and not returns:
            return limit, 0.85
    return last, 0.9 if last > head + 1 else 0.5


def _unlinked(page: Page, found: list[Evidence], head: int, limit: int) -> int:
    """Return where the lines under a heading stop being a list, as HTML tells it.

    Entries link; an article's lines do not, nor does its headline of the first order. Plain text says nothing.
    """
    blocks = page.blocks
    run = 0
    for index in range(head + 1, limit):
        block = blocks[index]
        if block is None:
            return limit
        if block.tag == "h1" and block.link_density < _BARE:
            return index
        text = page.lines[index].text
        # a bullet or a quotation mark says neither
        told = found[index].size >= _TOLD and text[0].isalnum() and not _marked(text)
        run = run + 1 if told and block.link_density < _BARE else 0
        if run == _RUN:
            return index + 1 - run
    return limit


def _marked_end(page: Page, head: int, last: int) -> int:
    """Return where the marks of a list end: entries that all have a price, a date or a counter, then lines without."""
    texts = [page.lines[i].text for i in range(head + 1, last)]
    for mark in (priced, *MARKS):
        run = len([*takewhile(mark, texts)])
        if run >= 3 and not any(map(mark, texts[run:])):
            return head + 1 + run if len(texts) - run >= 2 else last
    return last


def _directory(page: Page, found: list[Evidence]) -> bool:
    """Say whether a page only leads to others: at least three cut snippets hold much of it, whole paragraphs little."""
    cut = [e.size for line, e in zip(page.lines, found, strict=True) if e.size > 25 and is_cut(line.text)]
    if len(cut) < 3:
        return False
    lines = list(zip(page.lines, found, strict=True))
    whole = [e.prose and e.final and not is_cut(line.text) for line, e in lines]
    if any(map(all, zip(whole, whole[1:], whole[2:], strict=False))):
        return False
    size = sum(e.size for full, e in zip(whole, found, strict=True) if full)
    total = sum(e.size for e in found if e.chrome < 0.6)
    return size < 0.2 * total <= sum(cut)


def _released(page: Page, head: int, last: int) -> int:
    """Give back the headline of the article that follows a list at the head of the page.

    Where the entries have marks of their own, up to three lines without them; else the last line.
    """
    marked = [_marked(page.lines[i].text) for i in range(head + 1, last)]
    back = 0
    if sum(marked) > len(marked) / 2:
        while back < min(3, len(marked)) and not marked[-1 - back]:
            back += 1
    elif len(marked) > 1:
        back = 1
    return last - back


def _returns(page: Page, found: list[Evidence], head: int, rest: range) -> bool:
    """Say whether the article that stands before a heading comes back after its list.

    It does not where every paragraph stands under a title of its own and shares little with the article.
    """
    prose = [i for i in rest if found[i].prose and found[i].size > 45]
    before = _last_prose(page, found, head)
    if not before:
        return True
    if not prose:
        # no paragraph to compare: a sentence that no list would hold brings the article back
        return any(found[i].final and not _item(page.lines[i].text, found[i]) for i in rest)
    titled = sum(_item(page.lines[i - 1].text, found[i - 1]) and not is_numbered(page.lines[i - 1].text) for i in prose)
    cohesion = Cohesion.of(page)
    if titled < 0.8 * len(prose):
        # whole paragraphs without titles: each on its own has to be of another subject than a whole article
        few = len(prose) < _STRANGE or len(before) < _WHOLE or cohesion.apart(prose, before) < _FAR
        return few or any(cohesion.apart([i], before) < _FAR / 2 for i in prose[:_RECENT])
    return cohesion.apart(prose, before) < _APART


def _last_prose(page: Page, found: list[Evidence], end: int) -> list[int]:
    """Return the last paragraphs before a line, a few dozen at most, nearest first."""
    prose = page.once("prose", lambda: [i for i, e in enumerate(found) if e.prose])
    last = bisect_left(prose, end)
    return prose[max(0, last - _RECENT) : last][::-1]


_RANKS = 3
"""Entries of a ranking, at least."""
_RECENT = 30
"""Paragraphs of the article that a list is compared with: keeps long pages linear."""
_RUN, _TOLD, _BARE = 5, 12, 0.1
"""Lines in a row that are no list's, the characters of each, and the share of them in links, at most."""
_STRANGE = 3
"""Paragraphs without titles that are those of other articles, at least."""
_WHOLE = 4
"""Paragraphs of an article that say what it is about."""
_FAR = 0.35
"""Distance from which paragraphs without titles are those of other articles."""
_APART = 0.1
"""Distance, in nats a term, under which the paragraphs are the article's continuation."""


def _at_foot(found: list[Evidence], head: int, last: int) -> bool:
    return last == len(found) and head > 0


def _tail_start(page: Page, found: list[Evidence]) -> int | None:
    """Return the first of the title lines after the last paragraph, if they are nothing else."""
    first = len(found)
    while first > 0:
        e, text = found[first - 1], page.lines[first - 1].text
        if not (_item(text, e) and e.size >= 2) or (e.prose and not is_cut(text)):
            break
        first -= 1
    return first if 0 < first < len(found) else None

"""Where articles begin: the best way to cut a page, over all ways there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from corpuskit.core.page import Page
from corpuskit.core.terms import KINDS, Terms
from corpuskit.core.topics import PLAIN, PRIORS, Topics
from corpuskit.segment.bounds import most
from corpuskit.segment.digests import digest, series
from corpuskit.segment.optimum import AMONG, best
from corpuskit.segment.shapes import Cast, Role
from corpuskit.segment.sheets import sheet
from corpuskit.segment.signs import pictured, survey
from corpuskit.segment.starts import (
    ABOVE,
    LITTLE,
    MAX_HEADS,
    UNTITLED,
    Start,
    enumerated,
    headed,
    listed,
    several,
    signed,
    starts,
    told,
    untitled,
    weigh,
    weights,
)

SUBJECT = (
    *(f"topic.{kind}" for kind in KINDS),
    *(f"topic.{s} {prior:.0f}" for s in ("pairs", "words") for prior in PRIORS),
)
"""Names of the learned weights of :class:`Topics`, in its order."""
PRICE = 2.5
"""Nats that each start costs where the topic scores decide alone."""
_MANY, _BRIEF, _LINES, _FEW = 8, 160, 3.0, 30
"""Least number of items of a page of short items, most characters of a line, most lines of an item, and of a headline
on a page that has as good as none; on average."""
_EACH, _SAID = 25.0, 0.42
"""Nats by the line, and by the character, that only a page of items gains by being cut."""
_BRIEFS, _SIZES, _MANY_HEADS = 10, (35, 80), 4
"""Least number of paragraphs of a page of briefs, how many characters one has on average, and least for a headline."""
_UNLIKE, _NUMBERED, _ALIKE, _PRICE = 0.15, 0.2, 6.0, 4.0
"""Nats by the term that a page of briefs gains by being cut at each, of numbered ones; nats that two cost together, and
that each costs at which half of them are still apart."""
_SUBJECTS, _LESS = 0.25, 0.4
"""Nats by the character that a page gains by being cut by its subjects alone, from which it need gain only so much of
what others must; a list, or a very long page, has to gain all of it."""
_LEAST, _SHORT, _WANDERS, _LONG = 6.0, 0.007, 0.03, 4000
"""Nats that a page must gain by being several articles: at all, by the character, and by that of a long page."""
_ESSAY = 0.06
"""Nats by the character of a long page without headlines: an essay wanders further."""
_SLACK = 1e-6
"""Nats by which a sum may differ from one that is added up in another order."""


@dataclass(slots=True)
class Part:
    """One article as it is found: its headline block and its lines, in page order."""

    heads: list[int] = field(default_factory=list)
    """Lines of the headline block: kicker, title, deck, byline, date."""
    lines: list[int] = field(default_factory=list)
    """All other lines."""
    score: float = 1.0
    """Margin in nats by which the page is better cut here than not."""
    reason: str = "begins the page"


def split(page: Page, cast: Sequence[Cast]) -> list[Part]:
    """Return the articles of a page in page order."""
    block, short = titled_text(cast), brief(cast)
    plain = not (short or series(page) or sheet(page))
    if block and plain:
        return [Part(block, [*range(len(block), len(cast))])]
    found = starts(page, cast)
    if len(found) <= 1 or (plain and _single(cast, found)):
        chosen = [(start, 1.0) for start in found[:1]]
    else:
        terms = Terms.of(page)
        bare = untitled(page, cast, found)
        topics = Topics(terms, [weights()[UNTITLED * bare + name] for name in SUBJECT])
        reserve = _reserve(page, cast, found, bare=bare)
        less = not bare and not listed(page, cast) and len(page.text) <= 2 * _LONG
        least, chosen = _LESS * reserve if less else reserve, [(found[0], 1.0)]
        if not least or len(best(found, topics, least - _SLACK, own=most(page, cast, found, untitled=bare))) > 1:
            survey(page, cast, found, terms)
            _sign(page, cast, found)
            chosen = best(found, topics, least)
        if reserve > 0 and less and len(chosen) > 1 and not _varied(page, found, terms):
            chosen = best(found, topics, reserve)
        if len(chosen) == 1 or len(chosen) >= (_MANY * 2, 2)[reserve > 0 and not bare]:
            chosen = _items(cast, found, terms, chosen)
        if reserve > 0:
            chosen = max(chosen, digest(page, cast, found, topics), key=len)
        briefs = _briefs(cast, found, terms, enumerated(page)) if short else []
        if len(briefs) > len(chosen):
            chosen = briefs
    parts = _parts(chosen, len(cast))
    if parts:
        _crown(cast, found, parts[0])
    return parts


def _sign(page: Page, cast: Sequence[Cast], found: Sequence[Start]) -> None:
    """Mark the signed headlines, and a picture's, of a page of several articles: two on one subject are two as well."""
    if several(page, cast, found):
        for start in found:
            if start.line and start.block and headed(cast, start):
                start.signs[AMONG] = float(signed(cast, start) or pictured(cast, start.block[-1] + 1))


def titled_text(cast: Sequence[Cast]) -> list[int]:
    """Return the headline block of a page of which the roles alone show that it is one article; empty otherwise.

    Most pages are: a few lines with a headline, and below them text of which no line begins or closes anything. It
    says no more than :func:`_single`, and is told before any start is looked for.
    """
    roles = [here.role for here in cast]
    end = next((at for at, role in enumerate(roles) if role not in ABOVE), len(roles))
    if not end < len(roles) or end > MAX_HEADS or Role.HEAD not in roles[:end]:
        return []
    plain = not any(here.ended or here.lead == 2 for here in cast)
    return [*range(end)] if plain and not any(role in ABOVE for role in roles[end:]) else []


def _single(cast: Sequence[Cast], found: Sequence[Start]) -> bool:
    """Say whether the structure shows one article: a headline at the top, and text of which no line begins another."""
    if not any(cast[line].role is Role.HEAD for line in found[0].block):
        return False
    return not any(start.block or cast[start.line].lead == 2 or cast[start.line - 1].ended for start in found[1:])


def _varied(page: Page, found: Sequence[Start], terms: Terms) -> bool:
    """Say whether the subjects of a page change more than those of one article do, whatever its layout shows."""
    least = _SUBJECTS * len(page.text)
    return len(_by_subjects(found, terms, least)) > 1


def _by_subjects(found: Sequence[Start], terms: Terms, least: float, price: float = PRICE) -> list[tuple[Start, float]]:
    """Return the best starts by the topic scores alone, if the page gains at least so much by them."""
    return best([Start(s.line, s.block, {}) for s in found], Topics(terms, PLAIN), least, price)


def _items(
    cast: Sequence[Cast], found: Sequence[Start], terms: Terms, chosen: list[tuple[Start, float]]
) -> list[tuple[Start, float]]:
    """Cut a page of many short items again: at every headline block, or where there are none by the subjects alone.

    A page that stayed whole is cut only where it has no headlines, and its lines speak of something else throughout.
    """
    body = sum(here.role is Role.BODY for here in cast)
    size = sum(here.size for here in cast if here.role is Role.BODY)
    if body < _MANY or size > _BRIEF * body:
        return chosen
    first: dict[int, Start] = {}
    for start in found:
        if start.block and any(cast[line].role is Role.HEAD for line in start.block):
            first.setdefault(start.block[-1], start)
    if _FEW * len(first) < body:
        least = max(_EACH * body, _SAID * size) if len(chosen) == 1 else 0.0
        alone = _by_subjects(found, terms, least)
        return alone if len(alone) >= 2 * _MANY and body <= _LINES * len(alone) else chosen
    if len(chosen) == 1 or len(first) < _MANY or body > _LINES * len(first):
        return chosen
    begun = {start.line for start, _ in chosen}
    items = [s for s in first.values() if s.line in begun or not s.signs.get("head.number")]
    return [(found[0], 1.0), *((s, weigh(s.signs)) for s in items if s.line > 0)]


def brief(cast: Sequence[Cast]) -> bool:
    """Say whether the paragraphs of a page are as many and as short as briefs."""
    body = [here.size for here in cast if here.role is Role.BODY]
    return len(body) >= _BRIEFS and _SIZES[0] * len(body) <= sum(body) <= _SIZES[1] * len(body)


def _briefs(
    cast: Sequence[Cast], found: Sequence[Start], terms: Terms, series: Sequence[int]
) -> list[tuple[Start, float]]:
    """Return the items of a page of short paragraphs of which most speak of something else than all the others.

    Where the paragraphs are a numbered ``series``, only they are items.
    """
    body = sum(here.role is Role.BODY for here in cast)
    if _MANY_HEADS * len({s.block[-1] for s in found if s.block and headed(cast, s)}) > body:
        return []
    begins = [s for s in found[1:] if s.line != len(found[0].block)]
    marked = [s for s in begins if s.line in series] if len(series) * _LINES >= body else []
    items = [Start(s.line, s.block, {}) for s in (found[0], *(marked or begins))]
    topics = Topics(terms, PLAIN)
    if topics.apart(np.array([s.line for s in items])) < (_NUMBERED if marked else _UNLIKE) * topics.before[-1]:
        return []
    varied = marked or 2 * len(_by_subjects(found, terms, 0.0, _PRICE)) >= body
    return best(items, topics, price=-_ALIKE) if varied else []


def _reserve(page: Page, cast: Sequence[Cast], found: Sequence[Start], *, bare: bool) -> float:
    """Return the least that a page must gain by being several articles.

    Nothing where it shows that it is: the page of a newspaper, several signed headlines, the posts of a thread. Most
    pages are one article, and a long one wanders.
    """
    if several(page, cast, found):
        return 0.0
    size = len(page.text)
    wanders = _ESSAY if bare else _WANDERS
    reserve = _LEAST + _SHORT * min(size, _LONG) + wanders * max(0, size - _LONG)
    return 2 * reserve if listed(page, cast) else reserve


def _crown(cast: Sequence[Cast], found: Sequence[Start], part: Part) -> None:
    """Give the first article the headline that stands under a line or two of furniture."""
    if any(cast[line].role is Role.HEAD for line in part.heads):
        return
    for start in found:
        above = [line for line in part.lines if line < start.line]
        signed = any(cast[line].role in (Role.BYLINE, Role.META) for line in start.block)
        if sum(cast[line].size for line in above) >= LITTLE * (4 if signed else 1):
            return
        held = all(line in part.lines or line in part.heads for line in start.block)
        if held and any(cast[line].role is Role.HEAD for line in start.block):
            part.heads = sorted({*part.heads, *start.block})
            part.lines = [line for line in part.lines if line not in part.heads]
            return


def _parts(chosen: Sequence[tuple[Start, float]], size: int) -> list[Part]:
    out: list[Part] = []
    lines = [*(start.line for start, _ in chosen), size]
    for (start, score), end in zip(chosen, lines[1:], strict=True):
        heads = [line for line in start.block if line < end]
        reason = (start.why or told(start.signs)) if start.line else "begins the page"
        out.append(Part(heads, list(range(start.line + len(heads), end)), score, reason))
    return out

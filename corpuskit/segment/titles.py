"""Which line of a headline block is the title, which are kicker and deck, and which belong to the site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from corpuskit.core.cohesion import terms
from corpuskit.core.lexicon import Finder, fold, forms, gated, narrow
from corpuskit.core.page import Char, Page
from corpuskit.core.pairs import pairs
from corpuskit.segment.roles import Cast, Role

_PARTED = re.compile(r"[|｜丨>＞»›/／_]|\s[-–—]\s")
_STEPS = re.compile(r"[—→-]")
_LETTERED = re.compile(r"(?:[\u4e00-\u9fff][ \u3000]){2,}[\u4e00-\u9fff]")
"""A headline set with blanks between its characters."""
_BLANK = re.compile(r"[ \u3000]+")
_DASH = ("—", "–", "-", "－")
_DECK = (*_DASH, "与", "與")
"""How a deck goes on from the title above it."""


@cache
def _furniture() -> Finder:
    return Finder("chrome")


def choose_title(page: Page, roles: Sequence[Cast], block: Sequence[int]) -> int | None:
    """Return the line that is the title; None if no line of the block could be one.

    What the page's own metadata calls its title wins, then an ``h1``, then what looks most like a headline;
    of two that look alike, a kicker (ends in a dash, or is much longer and stands first) gives way.
    """
    scored = {i: headline(page, roles, block, i) for i in block if roles[i].role is Role.HEAD}
    if not scored:
        return None
    told = _told(page, block, list(scored)) if len(scored) > 1 else dict.fromkeys(scored, 0.0)
    for i in scored:
        scored[i] += 2.0 * told[i]
    for line in scored:
        # a kicker that ends in a dash points at the title under it
        if page.lines[line].text.endswith(("——", "—")) and line + 1 in scored:
            return line + 1
    best = max(scored, key=lambda i: (scored[i], -i))
    following = next((i for i in scored if i > best), None)
    if following is not None and scored[following] >= scored[best] - 1.5 and _kicker(page, best, following):
        return following
    above = best - 1
    if len(scored) == 2 and _sheet_of_kickers(page) and following is not None:
        one, two = page.lines[best].text, page.lines[following].text
        return following if scored[following] >= scored[best] - 0.7 and len(two) < 1.8 * len(one) else best
    if len(scored) == 3 and min(scored.values()) > 0 and _sheet_of_kickers(page):
        # kicker, title and deck: the title is set largest
        return min(scored, key=lambda i: len(page.lines[i].text))
    if above in scored and scored[above] >= scored[best] - 1 and _deck(page, block, scored, above, best, told):
        return above
    return best


def _looks(text: str, size: int, count: Sequence[int]) -> float:
    """Score how much a line looks like a title, whatever stands around it."""
    latin = count[Char.LATIN] > size / 2
    score = 2.0 if (12 if latin else 7) <= size <= (110 if latin else 42) else 0.5
    score -= 2.0 * (size < 4)
    signed = count[Char.RULE] + count[Char.SYMBOL] > 0
    blanks = _blanks(text, latin) if count[Char.SPACE] else 0
    score -= 2.5 * (blanks >= 3) + 2.0 * bool(signed and _PARTED.search(text)) + 2.5 * _has("site", text)
    score -= 3.0 * _has("sheet", text) + 1.5 * (count[Char.DIGIT] > size / 2)
    score -= 3.0 * _has("credit", text) + 3.0 * (text.count("【") >= 2)
    score -= 2.0 * (signed and len(_STEPS.findall(text)) >= 3) + 1.5 * text.endswith("]")
    covered = sum(hit.end - hit.start for hit in _furniture().find(fold(text)))
    score -= 4.0 * covered / size if size < 20 or covered > size / 2 else 0.0
    return score


def _blanks(text: str, latin: bool) -> int:
    if _LETTERED.fullmatch(text):
        return 0
    return text.count("  ") if latin else len(_BLANK.findall(text))


def _has(form: str, text: str) -> bool:
    return gated("roles", form).search(text) is not None


def headline(page: Page, roles: Sequence[Cast], block: Sequence[int], line: int) -> float:
    """Score how much a line of a headline block looks like the title; 0 and below: it belongs to the site."""
    text, looks = page.lines[line].text, page.once("headlines", dict[int, float])
    if line not in looks:
        looks[line] = _looks(text, roles[line].size, page.counts[line])
    score = looks[line]
    below = next((roles[i].role for i in block if i > line), None)
    score += 1.0 * (below in (Role.META, Role.BYLINE)) - 1.0 * text.startswith(_DECK)
    block_of = page.blocks[line]
    if block_of is not None and block_of.tag == "h1":
        score += 4
    return score + 6 * _named(page, text)


def embedded(text: str) -> tuple[int, int] | None:
    """Return where a line of labelled data holds a title, if one of its values is too long for anything else.

    >>> text = "时间:2025-05-29 作者:城南老桥修好以后又能走人 两岸都来看 浏览量:40431"
    >>> text[slice(*embedded(text))]
    '城南老桥修好以后又能走人 两岸都来看'
    """
    labels = list(forms("roles")["datum"].finditer(text))
    for label, following in zip(labels, [*labels[1:], None], strict=False):
        end = following.start() if following else len(text)
        value = text[label.end() : end]
        if len(re.findall(r"[\u3040-\u9fff\uac00-\ud7a3]", value)) >= 10:
            start = label.end() + len(value) - len(value.lstrip())
            return start, label.end() + len(value.rstrip())
    return None


def _sheet_of_kickers(page: Page) -> bool:
    """Say whether the page is a newspaper's in simplified characters: of its two headlines the upper is the kicker."""
    top = narrow("\n".join(line.text for line in page.lines[:3]) + page.source.text[:300])
    known = pairs().simplified
    return forms("roles")["newspaper"].search(top) is not None and not any(char in known for char in top)


def _kicker(page: Page, first: int, second: int) -> bool:
    one, two = page.lines[first].text, page.lines[second].text
    if two.startswith(_DASH):
        return False
    if one.endswith(("—", "–", "－", "：", ":")):
        return True
    # the title is the shorter of the two: it has to be set in large type
    return len(one) > 1.35 * len(two) and len(two) >= 5


def _told(page: Page, block: Sequence[int], heads: Sequence[int]) -> dict[int, float]:
    """Return the share of each headline's terms that the text below holds: a title's are, a site's name's are not."""
    below = {term for line in page.lines[block[-1] + 1 : block[-1] + 13] for term in terms(line.text)}
    own = {i: set(terms(page.lines[i].text)) for i in heads}
    return {i: len(held & below) / len(held) if held else 0.0 for i, held in own.items()}


def _deck(
    page: Page, block: Sequence[int], scored: dict[int, float], above: int, below: int, told: dict[int, float]
) -> bool:
    """Say whether the lower of two headlines is the deck of the upper.

    At the head of a page the upper line may as well be the site's, unless it speaks of what the text speaks of or
    the site's own lines stand above it.
    """
    if block[0] == 0 and told[above] < 0.2 and not any(i < above and score <= 0 for i, score in scored.items()):
        return False
    ratio = len(page.lines[below].text) / len(page.lines[above].text)
    return 1.15 < ratio < 2.2 and len(page.lines[above].text) >= 5


def _named(page: Page, text: str) -> bool:
    names = (page.source.metadata.get("title"), page.source.metadata.get("og_title"))
    return len(text) >= 4 and any(isinstance(n, str) and (n.strip() == text or n.startswith(text)) for n in names)

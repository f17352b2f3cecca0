"""Which line of a headline block is the title, which are kicker and deck, and which belong to the site."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

from corpuskit.core.cohesion import terms
from corpuskit.core.late import late
from corpuskit.core.lexicon import Finder, fold, forms, holds
from corpuskit.core.page import Char, Page
from corpuskit.core.pairs import pairs
from corpuskit.segment.headlines import echoed, leads_on, on, shown, spaced, tabular
from corpuskit.segment.model import table
from corpuskit.segment.shapes import Cast, Role
from corpuskit.segment.sheets import head, sheet

_PARTED = late(r"::|[|｜丨│┃>＞»›/／_]|\s[-–—]\s")
_STEPS = late(r"[—→-]")
_LETTERED = late(r"(?:[\u4e00-\u9fff][ \u3000]){2,}[\u4e00-\u9fff]")
"""A headline set with blanks between its characters."""
_BLANK = late(r"(?<![A-Za-z\d])[ \u3000]+(?![A-Za-z\d])|[ \u3000]{2,}")
_SIGNED = late(r"[ \u3000]+(?=[/／□◎本记記通特见見实實首文图圖撰作])")
"""What stands between a title and who wrote it, on one line."""
_FEW, _NAMES = 4, 40
"""Characters of a title before names at least, and of the names at most."""
_SET_APART = late(r"\S[ \u3000]\S")
_DASH = ("—", "–", "-", "－")
_LETTER = late(r"[\u3040-\u9fff\uac00-\ud7a3]")
_LABELLED = late(r"(?:^|\s)\w{1,6}[:：]")
"""What no title holds: another label of data."""
_MUCH = 1.6
"""Times that a headline is longer than the one beside it where it is much longer."""
_BRACKETS = "[【〔（("
_PART = 5
"""Characters of each part of a headline that is set in several lines of the paper; words in a row are shorter."""
_SAYS = 0.5
"""Share of a headline's terms in the text below it from which the block says what that is about."""
_POINTING = ("——", "—", "–", "－", "：", ":")
"""How a kicker points at the title below it."""
_AND = ("和", "与", "與", "及", "而", "却", "卻", "也")
"""How the second line of a headline goes on from the first."""
_COMMAS, _PARTICLES, _JOINING = ("，", ",", "、"), "的和", "和及却卻"
"""With what the first line of a title set in two ends, and the second begins."""
_DECK = (*_DASH, "与", "與")
"""How a deck goes on from the title above it."""


@cache
def furniture() -> Finder:
    """Return what finds the words of page furniture."""
    return Finder("chrome")


def choose_title(page: Page, roles: Sequence[Cast], block: Sequence[int]) -> int | None:
    """Return the line that is the title; None if no line of the block could be one.

    What the page's own metadata calls its title wins, then an ``h1``, then what the learned weights hold likeliest.
    """
    heads = [i for i in _over_byline(roles, block) if not tabular(page.lines[i].text)]
    if len(heads) < 2:
        return heads[0] if heads else None
    signs = title_signs(page, roles, block)
    scored = {i: table("titles").of(signs[i]) + _marked(page, i) for i in heads}
    return max(heads, key=lambda i: (scored[i], -i))


def whole_title(page: Page, roles: Sequence[Cast], block: Sequence[int], title: int) -> list[int]:
    """Return the lines of a title: those of its block above and below it with which it is one clause, and itself."""
    low = high = title
    while low - 1 in block and roles[low - 1].role is Role.HEAD and _goes_on(page, low - 1):
        low -= 1
    while high + 1 in block and roles[high + 1].role is Role.HEAD and _goes_on(page, high):
        high += 1
    return [*range(low, high + 1)]


def _goes_on(page: Page, line: int) -> bool:
    """Say whether a headline goes on in the line below it: a comma tells so, in a newspaper other words as well."""
    text, below = page.lines[line].text, page.lines[line + 1].text
    if text.endswith(_COMMAS) or not sheet(page):
        return text.endswith(_COMMAS)
    small = below[0].islower() and text[-1].isascii() and forms("roles")["byline"].match(below) is None
    return text[-1] in _PARTICLES or below[0] in _JOINING or small


def _over_byline(roles: Sequence[Cast], block: Sequence[int]) -> list[int]:
    """Return the headlines of a block that may be its title: none stands below who wrote the text under others."""
    heads = [i for i in block if roles[i].role is Role.HEAD]
    byline = next((i for i in block if roles[i].role is Role.BYLINE and heads and i > heads[0]), None)
    return heads if byline is None else [i for i in heads if i < byline]


def title_signs(page: Page, roles: Sequence[Cast], block: Sequence[int]) -> dict[int, dict[str, float]]:
    """Return what speaks for and against each headline of a block being the title."""
    heads = [i for i in block if roles[i].role is Role.HEAD]
    told, paper = _told(page, block, heads), _paper(page, roles)
    sizes = {i: _extent(page.lines[i].text, page.counts[i]) for i in heads}
    out, found = {}, False
    first = "".join(line.text for line in page.lines[block[-1] + 1 : block[-1] + 2])
    for rank, i in enumerate(heads):
        own = _own(page, roles, i, paper) | shown(page.lines[i].text, page.counts[i], roles[i].size, paper)
        looks = not found and own["looks"] >= 1 and not own["in brackets"]
        found = found or looks
        out[i] = own | {
            "rank": min(rank, 8) / 4,
            # a title need not say more of the text than a deck, only something
            "told": min(1.0, told[i] / 0.4),
            "says nothing of the text": float(told[i] == 0 and max(told.values()) >= _SAYS),
            "opens the text": float(first.startswith(page.lines[i].text)),
            "before data": float(_role_below(roles, block, i) in (Role.META, Role.BYLINE)),
            "last line, a name": own["ends with a name"] * (i == block[-1]),
            **on(paper, {"first that looks like one": float(looks), **_placed(page, heads, rank, sizes)}),
            **(echoed(page, i) if paper in ("plain page", "signed page") else {}),
        }
    return out


def _placed(page: Page, heads: Sequence[int], rank: int, sizes: Mapping[int, int]) -> dict[str, float]:
    """Return what a headline shows by its place among the others, and by their sizes."""
    line, size = heads[rank], sizes[heads[rank]]
    others = [sizes[i] for i in heads if i != line]
    above, below = heads[rank - 1 : rank], heads[rank + 1 : rank + 2]
    place = ("upper of two", "lower of two") if len(heads) == 2 else ("first", "second", "third")
    return {
        place[rank] if rank < len(place) else "later": 1.0,
        "last": float(not below),
        "longer": max(-1.5, min(1.5, math.log(size * len(others) / sum(others)))) if others else 0.0,
        "below a dash": float(any(page.lines[i].text.endswith(_POINTING) for i in above)),
        "above a dash": float(any(page.lines[i].text.startswith(_DASH) for i in below)),
        "above its rest": float(any(page.lines[i].text[0].islower() for i in below)),
        "much shorter than the next": float(any(_MUCH * size < sizes[i] for i in below)),
        "much longer than the next": float(any(size > _MUCH * sizes[i] for i in below)),
        "much shorter than the last": float(any(_MUCH * size < sizes[i] for i in above)),
    }


def _extent(text: str, count: Sequence[int]) -> int:
    """Return the characters of a headline, or of its longest part: papers set a long one in several."""
    if spaced(text, count) or _LETTERED.fullmatch(text):
        return max(1, len(text) - count[Char.SPACE])
    return max(map(len, text.split()))


def _own(page: Page, roles: Sequence[Cast], line: int, paper: str) -> dict[str, float]:
    """Return what a headline shows of itself, on such a page."""
    text, size, count = page.lines[line].text, max(1, roles[line].size), page.counts[line]
    latin = count[Char.LATIN] > size / 2
    apart, stacked = parted(page, line), in_parts(page, line)
    return {
        "looks": max(-4.0, min(3.0, headline(page, roles, [line], line) - _marked(page, line))),
        "very short": float(size < (10 if latin else 5)),
        "short": float(size < (24 if latin else 7)),
        "long": float(_extent(text, count) > (80 if latin else 20)),
        "points on": float(text.endswith(_POINTING)),
        "begins with a dash": float(text.startswith(_DASH)),
        "goes on from the line above": float(text[0].islower() or text.startswith(_AND)),
        "in brackets": float(text[0] in _BRACKETS and text[-1] in "]】〕）)"),
        "bracket first": float(text[0] in _BRACKETS and text[-1] not in "]】〕）)"),
        "bracket last": float(text[-1] in ")）"),
        "figures": min(1.0, 5 * count[Char.DIGIT] / size),
        "marks inside": float(count[Char.INNER] > 0),
        f"parted, {paper}": float(apart and not stacked),
        "set in parts": float(stacked),
        "lettered": float(_LETTERED.fullmatch(text) is not None),
        "asks or cries": float(text.endswith(("？", "！", "?", "!"))),
        "in capitals": float(latin and text.upper() == text),
        "labelled": float(any(mark in text[:6] for mark in "：:")),
    }


def parted(page: Page, line: int) -> bool:
    """Say whether a blank sets parts of a headline apart, in a script that sets none between words."""
    text = page.lines[line].text
    apart = not spaced(text, page.counts[line]) and _SET_APART.search(text) is not None
    return apart and not _LETTERED.fullmatch(text)


def in_parts(page: Page, line: int) -> bool:
    """Say whether a headline is set in several lines of the paper, with a blank for each end of a line."""
    long = all(len(part) >= _PART for part in page.lines[line].text.split())
    return long and page.counts[line][Char.DIGIT] == 0 and parted(page, line)


def _role_below(roles: Sequence[Cast], block: Sequence[int], line: int) -> Role | None:
    return roles[line + 1].role if line + 1 in block else None


def _marked(page: Page, line: int) -> float:
    """Return what the page itself says for a line's being its title, by its metadata or its mark-up."""
    tag = page.blocks[line]
    return 4.0 * (tag is not None and tag.tag == "h1") + 6.0 * _named(page, page.lines[line].text)


def _looks(text: str, size: int, count: Sequence[int]) -> float:
    """Score how much a line looks like a title, whatever stands around it."""
    latin = count[Char.LATIN] > size / 2
    score = 2.0 if (12 if latin else 7) <= size <= (110 if latin else 42) else 0.5
    score -= 2.0 * (size < 4)
    signed = count[Char.RULE] + count[Char.SYMBOL] > 0 or "::" in text
    blanks = _blanks(text, count) if count[Char.SPACE] else 0
    score -= 2.5 * (blanks >= 3) + 2.0 * bool(signed and _PARTED.search(text)) + 2.5 * holds("roles", "site", text)
    score -= 3.0 * holds("roles", "sheet", text) + 1.5 * (count[Char.DIGIT] > size / 2)
    score -= 3.0 * leads_on(text)
    score -= 3.0 * holds("roles", "credit", text) + 3.0 * (text.count("【") >= 2)
    score -= 2.0 * (signed and len(_STEPS.findall(text)) >= 3) + 1.5 * text.endswith("]")
    covered = sum(hit.end - hit.start for hit in furniture().find(fold(text)))
    score -= 4.0 * covered / size if size < 20 or covered > size / 2 else 0.0
    return score


def _blanks(text: str, count: Sequence[int]) -> int:
    """Count the blanks that set parts of a headline apart: neither those between words nor those between letters."""
    if _LETTERED.fullmatch(text):
        return 0
    return text.count("  ") if spaced(text, count) else len(_BLANK.findall(text))


def headline(page: Page, roles: Sequence[Cast], block: Sequence[int], line: int) -> float:
    """Score how much a line of a headline block looks like the title; 0 and below: it belongs to the site."""
    text, looks = page.lines[line].text, page.once("headlines", dict[int, float])
    if line not in looks:
        looks[line] = _looks(text, roles[line].size, page.counts[line])
    score = looks[line]
    below = next((roles[i].role for i in block if i > line), None)
    score += 1.0 * (below in (Role.META, Role.BYLINE)) - 1.0 * text.startswith(_DECK)
    return score + _marked(page, line)


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
        if len(_LETTER.findall(value)) >= 10 and _LABELLED.search(value) is None:
            start = label.end() + len(value) - len(value.lstrip())
            return start, label.end() + len(value.rstrip())
    return None


def noted(page: Page, line: int) -> bool:
    """Say whether a line is the number of a case or the note in brackets under the title of a law: no deck."""
    text = page.lines[line].text
    return text[0] in "（(" and (text[-1] in ")）" or text[-1] in "号號" or any(map(str.isdigit, text)))


def holds_title(page: Page, roles: Sequence[Cast], block: Sequence[int]) -> bool:
    """Say whether a line of data in a headline block holds the title."""
    return any(roles[i].role is Role.META and embedded(page.lines[i].text) for i in block)


def proper(page: Page, line: int) -> tuple[int, int]:
    """Return which part of a title line is the title: without the name of its field, and without a site's name.

    A site's name is told from the title by another line of the page that says the title alone.
    """
    text = page.lines[line].text
    field = forms("roles")["titled"].match(text)
    low = field.end() if field and field.end() < len(text) else 0
    for blank in _SIGNED.finditer(text, low):
        tail = text[blank.end() :]
        if blank.start() - low >= _FEW and len(tail) <= _NAMES and forms("roles")["byline"].match(tail):
            return low, blank.start()
    for mark in _PARTED.finditer(text, low):
        bare = text[low : mark.start()].rstrip()
        if len(bare) >= 2 and bare in page.once("texts", lambda: {other.text for other in page.lines}):
            return low, low + len(bare)
    return low, len(text)


def _paper(page: Page, roles: Sequence[Cast]) -> str:
    """Return what kind of headlines a block has: a newspaper's are kickers and decks, not names of sites."""
    if not sheet(page):
        signed = sum(here.role is Role.BYLINE or here.lead == 2 for here in roles)
        return "signed page" if signed > 1 else "plain page"
    known = pairs().simplified
    return "traditional sheet" if any(char in known for char in head(page)) else "sheet"


def _told(page: Page, block: Sequence[int], heads: Sequence[int]) -> dict[int, float]:
    """Return the share of each headline's terms that the text below holds: a title's are, a site's name's are not."""
    below = {term for line in page.lines[block[-1] + 1 : block[-1] + 13] for term in terms(line.text)}
    own = {i: set(terms(page.lines[i].text)) for i in heads}
    return {i: len(held & below) / len(held) if held else 0.0 for i, held in own.items()}


def _named(page: Page, text: str) -> bool:
    names = (page.source.metadata.get("title"), page.source.metadata.get("og_title"))
    return len(text) >= 4 and any(isinstance(n, str) and (n.strip() == text or n.startswith(text)) for n in names)

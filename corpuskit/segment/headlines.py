"""What a headline shows of itself, of the lines beside it and of the page: a name, an entry of a list, an echo."""

from __future__ import annotations

from collections.abc import Sequence

from corpuskit.core.late import late
from corpuskit.core.lexicon import forms, holds
from corpuskit.core.page import Char, Page
from corpuskit.core.pairs import pairs

_COMMON = 9
"""log2 frequency from which a pair of characters is a common word or part of one."""
_NAMED = late(r"[\u4e00-\u9fff]{2,4}")
_CALLED = late(r"(?:[A-Z][\w.'’-]*\s+){1,3}[A-Z][\w.'’-]+")
"""A name in Latin script: two to four words, each with a capital."""
_ENTRY = late(r"[·•・◆◇■□▪▲△▼▽●○★☆※>＞»-]\s?\S|#{1,4}\s|NO\.\d")
"""How an entry of a list begins."""
_LEADER = late(r"(?:…|\.{3}|·{3}).{0,8}\d+[）)]?$")
_COLUMN = late(r"\t|[ \u3000]{3}.{0,8}\d+[）)]?$")
"""How a line of a table of contents ends: with what leads to the number of a page."""
_CELLS, _FIGURE = late(r"[\t\u3000]| {2,}"), late(r"[-－+＋↑↓¥￥$]?\d[\d.,:]*[%％元斤]?")
_PLACE = late(r"[\[(（]\d[\d/.:-]*[\])）]$|→\s?[A-Z]?\d")
_CLOSED = late(r"[,，;；、]")
_SEPARATORS = "|｜丨_-—–>＞»›:：「」『』《》【】[]()（） \u3000\t\n·"
_RIGHTS = late(r"©|ⓒ|\([Cc]\)|[Cc]opyright|COPYRIGHT|[Rr]ights|版[权權]|著作[权權]|저작권")
"""What stands beside the name of whom a page belongs to."""
_BESIDE = 30
"""Characters of a line on each side of a name in which its rights are spoken of."""
_TOP = 40
"""Lines of a page among which a headline is looked for again on the page: keeps long pages linear."""
_LEAST = 4
"""Characters of a headline whose coming again says something."""
_FEW = 4
"""Times that a title stands on its page at most; a site's name stands there more often."""


def spaced(text: str, count: Sequence[int]) -> bool:
    """Say whether blanks part the words of a line: most of it is Latin or Korean."""
    return count[Char.LATIN] + count[Char.HANGUL] > (len(text) - count[Char.SPACE]) / 2


def tabular(text: str) -> bool:
    """Say whether a line is a row of a table: three cells or more, one of them a figure.

    >>> tabular("一芽二叶　石门渡　　158　　　－30"), tabular("2018学年第一学期　六年级数学")
    (True, False)
    """
    cells = [cell for cell in _CELLS.split(text) if cell]
    return len(cells) >= 3 and any(_FIGURE.fullmatch(cell) for cell in cells)


def leads_on(text: str) -> bool:
    """Say whether a line leads to the number of a page, as those of a table of contents do."""
    return text[-1] in "0123456789）)" and _LEADER.search(text) is not None


def unworded(text: str) -> bool:
    """Say whether no two neighbouring characters stand together in common words: a name is not a word."""
    inside = pairs().inside
    return all(inside.get(text[i : i + 2], 0) < _COMMON for i in range(len(text) - 1))


def person(text: str) -> bool:
    """Say whether a headline ends with somebody's name set apart, or is one.

    >>> person("急救站 護士 柳青荇"), person("老桥修好以后 两岸都来看")
    (True, False)
    """
    last = text.split()[-1].rstrip("）)")
    if _CALLED.fullmatch(text):
        return True
    if _NAMED.fullmatch(last) is None:
        return False
    known = forms("roles")["surname"].match(last) is not None
    return len(last) <= 3 and (known or (last != text and unworded(last)))


def on(paper: str, signs: dict[str, float]) -> dict[str, float]:
    """Return signs twice, once for every page and once for such as this: papers of a kind set their headlines alike."""
    return signs | {f"{name}, {paper}": value for name, value in signs.items()}


def extent(text: str, count: Sequence[int], size: int) -> int:
    """Return how long a headline is for its script, from 0 to 6."""
    bins = (8, 16, 28, 44, 60, 80) if spaced(text, count) else (4, 7, 11, 15, 20, 28)
    return sum(size > most for most in bins)


def shown(text: str, count: Sequence[int], size: int, paper: str) -> dict[str, float]:
    """Return what a headline shows of itself besides its looks."""
    alike = {
        f"length {extent(text, count, size)}": 1.0,
        "two clauses": float(_CLOSED.search(text) is not None),
        "figures inside": float(count[Char.DIGIT] > 0),
        "quotation inside": float(any(mark in text for mark in '“"「『')),
    }
    return on(paper, alike) | {
        "an entry": float(_ENTRY.match(text) is not None),
        "leads to a page": float(leads_on(text) or _COLUMN.search(text) is not None),
        "ends with its place": float(_PLACE.search(text) is not None),
        "ends with a name": float(person(text)),
        "an office": float(holds("roles", "credit", text)),
        "called the title": float(forms("roles")["titled"].match(text) is not None),
        "a prompt": float(holds("furniture", "prompt", text)),
        "a site": float(holds("roles", "site", text)),
        "of a sheet": float(holds("roles", "sheet", text)),
        "dated": float(holds("roles", "date", text)),
    }


def echoed(page: Page, line: int) -> dict[str, float]:
    """Return how a headline at the head of a page comes again on it: as a line, in one with others, in the text."""
    text = page.lines[line].text
    if line >= _TOP or len(text) < _LEAST:
        return {}
    whole = page.source.text
    alone = beside = within = owns = 0
    at = whole.find(text)
    for _ in range(_FEW + 2):
        if at < 0:
            break
        before, after = whole[at - 1 : at], whole[at + len(text) : at + len(text) + 1]
        if before in "\n" and after in "\n":
            alone += 1
        elif (before in _SEPARATORS) and (not after or after in _SEPARATORS):
            beside += 1
        else:
            within += 1
        owns += _owned(whole, at, at + len(text))
        at = whole.find(text, at + len(text))
    many = alone + beside + within > _FEW
    return {
        "stands again": float(alone > 1 and not many),
        "stands beside another": float(beside > 0 and not many),
        "stands in the text": float(within > 0 and not many),
        "stands everywhere": float(many),
        "has the rights": float(owns > 0),
    }


def _owned(text: str, start: int, end: int) -> bool:
    """Say whether a name stands where the rights in a page are spoken of."""
    low = max(text.rfind("\n", 0, start) + 1, start - _BESIDE)
    high = text.find("\n", end)
    return _RIGHTS.search(text, low, min(high if high >= 0 else len(text), end + _BESIDE)) is not None

"""The headline above the article's first paragraph: no list and no menu takes it, and what was put beside it goes.

Furniture stands around a title as close as around anything, and a title looks like an entry of a list. What sets it
apart is the text below it, which speaks of the same things, and the line of date and author between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.formed import begins, has
from corpuskit.clean.marks import is_cut, is_dated
from corpuskit.clean.splices import words
from corpuskit.clean.verdict import NONE, Verdict
from corpuskit.core.cohesion import Vocabulary
from corpuskit.core.late import late
from corpuskit.core.lexicon import fold, forms
from corpuskit.core.lexicon import terms as listed
from corpuskit.core.page import CLASS_OF, Char, Page
from corpuskit.core.span import Span

_PART = late(r"\s*[_|｜丨│]+\s*|\s[-–—]+\s|(?<![A-Za-z\d\s])-|-(?![A-Za-z\d\s])|[：:]")
"""What parts a title from the name of a site, or from what was put beside it."""
DASHES, COLONS = "-_|｜丨│–—", "：:"
_PARTING = late(f"[{DASHES}{COLONS}]")
"""What stands in whatever parts a title: to search for a blank that may part it is slow."""
_SOFT = "：:—–"
"""What parts a title from its second half as well."""
_BUTTON = late(r"\s*[\[【]([^\[\]【】]{2,6})[\]】]$")
_REACH, _BELOW = 10, 12
"""Lines above the first paragraph in which its headline stands, and of text below that speak of it."""
PROSE = 30
"""Characters of a sentence that opens the text; of one without an end twice as many."""
_LEAST, _MOST, _FEW = 5, 110, 5
"""Characters of a headline, and of it that are counted, at least."""
_SOLD, _MANY = 0.3, 3
"""Share of a part that is words of trades, and how many of them, from which it is an offer."""
_WORD = late(r"[\u3400-\u9fff\uac00-\ud7a3\u30a1-\u30fa]{2,}|[A-Za-z]{3,}")
_ITEMS = late(r"[\s|｜丨│/]+")
_APART = late(r"\s{2,}|\s*[|/·•]\s*")
"""What parts the items of a row, and those of one in a script with blanks between words."""
_ENTRY = late(r"\d{1,2}\s|[·•・♡♥#＃~←→▶◀]")
"""How an entry of a list, a tag or a button begins."""
TOP = 4
"""Lines at the top on whose end the name of a site is looked for."""
_DASHED = late("[-_|｜—–]")
"""What stands before a site's name: to search for the name itself is slow where there is none."""
_SAID, _DATED, _ABOVE, _UNSAID = 0.5, 0.3, 0.15, 0.15
"""Share of a headline that the text below it holds: at least, where a line of data stands between them, right above
such a line, and what the name of a site has less of."""
_TAKEN = frozenset(("page_chrome.line", "related_news.line"))
"""Rules that a headline is believed against."""
_DOUBTED = 0.6
_GOES = 0.65
"""A verdict from which a line may go, and one that leaves it."""


class Part(NamedTuple):
    """A part of a line."""

    start: int
    end: int
    share: float
    """Share of its terms that the text below the line holds."""
    sold: bool
    """It offers something."""
    soft: bool
    """What stands before it parts a title from its second half as well."""


class Crown(NamedTuple):
    """The line of a headline and its parts; the best one is the headline, or the first half of it."""

    line: int
    parts: list[Part]
    best: int


def crown(page: Page) -> Crown | None:
    """Return the headline above the first paragraph of a page; None where no line is told to be it."""
    return page.once("crown", lambda: _crown(page))


def above(page: Page, first: int, last: int) -> int:
    """Return where a list that ends at line ``last`` ends if the headline of the article stands in it.

    A deck may stand between the headline and the text, which speaks of both.
    """
    if not first < last <= _first(page):
        return last
    held = crown(page)
    if held is None or not first < held.line < last:
        return last
    top = held.line - 1
    parts = _parts(page.lines[top].text, _below(page)) if top > first else []
    both = parts and _may_crown(page.lines[top].text, evidence(page)[top]) and parts[0].share >= _SAID
    return top if both else held.line


def spared(page: Page, lines: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts, the one on the headline doubted where it rests on what stands around the line."""
    first = _first(page)
    if not any(
        verdict.score > _DOUBTED and verdict.rule in _TAKEN for verdict in lines[max(0, first - _REACH) : first]
    ):
        return list(lines)
    found, out = crown(page), list(lines)
    if found is not None and out[found.line].rule in _TAKEN:
        verdict = out[found.line]
        out[found.line] = verdict._replace(score=min(verdict.score, _DOUBTED))
    return out


def offers(page: Page, lines: Sequence[Verdict]) -> tuple[list[Verdict], list[tuple[Span, str]]]:
    """Return the verdicts without that on a headline beside which something is offered, and the offers."""
    first, found = _first(page), evidence(page)
    near = range(max(0, first - _REACH), first)
    if not any(found[i].trade or found[i].hosts for i in near if _is_parted(page.lines[i].text)):
        return list(lines), []
    held = crown(page)
    if held is None or not any(part.sold for part in held.parts):
        return list(lines), []
    out = list(lines)
    out[held.line] = NONE
    return out, [(span, "an offer beside the headline") for span in _beside(page, held)]


def names(page: Page, lines: Sequence[Verdict]) -> list[tuple[Span, str]]:
    """Return what stands beside the headline in its line and is none of it: the names of a site, and a button.

    Nothing of a headline that goes by its verdict.
    """
    first = _first(page)
    near = (page.lines[i].text for i in range(max(0, first - _REACH), first))
    if not any(_is_parted(text) or _BUTTON.search(text) for text in near):
        return []
    held = crown(page)
    if held is None or lines[held.line].score >= _GOES:
        return []
    return [(span, "stands beside the headline") for span in _beside(page, held)] + _button(page, held.line)


def suffixes(page: Page, lines: list[Verdict]) -> list[tuple[Span, str]]:
    """Return the site's name on the end of a title: 题目_某某网."""
    out = []
    for line, verdict in zip(page.lines[:TOP], lines, strict=False):
        if verdict.score < 0.5 and len(line.text) <= 90 and _DASHED.search(line.text):
            found = forms("furniture")["suffix"].search(line.text)
            if found and found.start() >= 6:
                out.append((Span(line.start + found.start(), line.end), f"{found[0]!r} is the site's name"))
    return out


def _button(page: Page, line: int) -> list[tuple[Span, str]]:
    text = page.lines[line].text
    found = _BUTTON.search(text)
    if found is None or not found.start() or fold(found[1]) not in listed("chrome"):
        return []
    start = page.lines[line].start
    return [(Span(start + found.start(), start + found.end()), f"{found[1]!r} is a button")]


def _is_parted(text: str) -> bool:
    return _PARTING.search(text) is not None and _PART.search(text) is not None


def _beside(page: Page, held: Crown) -> list[Span]:
    """Return what goes of a headline's line: offers on either side, and behind it what the text does not speak of."""
    line, parts = page.lines[held.line], held.parts
    first, last = held.best, held.best + 1
    if any(part.sold for part in parts[:first]):
        while first > 0 and parts[first - 1].sold | (parts[first - 1].share < _UNSAID):
            first -= 1
        first = max(first, 1 + max((i for i in range(held.best) if parts[i].sold), default=-1))
    else:
        first = 0
    while last < len(parts) and not _foreign(line.text, parts[last], parts[held.best].share):
        last += 1
    out = []
    if first:
        out.append(Span(line.start, line.start + parts[first].start))
    if last < len(parts):
        out.append(Span(line.start + parts[last - 1].end, line.end))
    return out


def _foreign(text: str, part: Part, best: float) -> bool:
    """Say whether a part behind a headline is none of it."""
    if part.sold:
        return True
    if part.soft:
        own = text[part.start : part.end]
        return 2 * sum(int(CLASS_OF[ord(char)]) == Char.LETTER for char in own) > len(own)
    return part.share < max(_UNSAID, best / 3)


def _first(page: Page) -> int:
    """Return the line of the first paragraph."""
    return page.once("paragraph", lambda: _paragraph(page))


def _paragraph(page: Page) -> int:
    each = enumerate(zip(page.lines, evidence(page), strict=True))
    return next((i for i, (line, e) in each if _is_paragraph(e) and not _is_data(line.text)), 0)


def note(page: Page, spoken: Iterable[int]) -> int:
    """Note and return the first paragraph of a page that names no trades.

    ``spoken`` are its sentences with marks inside.
    """
    return page.once("paragraph", lambda: next((i for i in spoken if not _is_data(page.lines[i].text)), 0))


def _crown(page: Page) -> Crown | None:
    found, first = evidence(page), _first(page)
    least = _SAID
    for index in range(first - 1, max(-1, first - 1 - _REACH), -1):
        text = page.lines[index].text
        if _is_data(text):
            least = _ABOVE
            continue
        if _may_crown(text, found[index]):
            parts = _parts(text, _below(page))
            best = max(range(len(parts)), key=lambda i: (not parts[i].sold, parts[i].share))
            told, size = parts[best].share, parts[best].end - parts[best].start
            if told >= least and size >= _LEAST and not parts[best].sold:
                return Crown(index, parts, best)
        least = max(least, _DATED) if least < _SAID else _SAID
    return None


def _below(page: Page) -> Vocabulary:
    """Return the terms of the first paragraphs."""
    first = _first(page)
    return page.once("below", lambda: Vocabulary(line.text for line in page.lines[first : first + _BELOW] if first))


def _is_paragraph(e: Evidence) -> bool:
    spoken = e.prose and e.inner > 0 and not e.trades and e.hosts < _MANY
    return spoken and e.size >= (PROSE if e.final else 2 * PROSE)


def _parts(text: str, below: Vocabulary) -> list[Part]:
    """Return the parts of a line, each with the share of its terms that the text holds."""
    out, at, soft = [], 0, False
    for match in [*_PART.finditer(text), None]:
        end = match.start() if match else len(text)
        sold = words().held(fold(text[at:end]))
        offers = len(sold) >= _MANY or sum(map(len, sold)) >= _SOLD * max(1, end - at)
        out.append(Part(at, end, _told(text[at:end], below), offers, soft))
        if match:
            at, soft = match.end(), match[0].strip() in _SOFT
    return out


def _told(text: str, below: Vocabulary) -> float:
    """Return the share of a text's characters, or of its words, that stand in terms of another."""
    known = [0] * len(text)
    whole = 0
    for word in _WORD.finditer(text):
        start, end = word.span()
        whole += end - start
        if word[0].isascii():
            known[start:end] = [word[0].lower() in below] * (end - start)
        for at in range(start, end - 1):
            if text[at : at + 2] in below:
                known[at] = known[at + 1] = 1
    return sum(known) / max(whole, _FEW)


def _may_crown(text: str, e: Evidence) -> bool:
    if not (_LEAST <= e.size <= _MOST and e.title) or e.chrome >= 0.4 or e.digits > 0.4 or e.finals > 2:
        return False
    items = _ITEMS.split(text)
    if (e.han and len(items) >= 4 and max(map(len, items)) <= 8) or len(_APART.split(text)) >= 4:
        return False
    return not (is_cut(text) or is_dated(text) or _ENTRY.match(text) or has("furniture", "crumbs", text))


def _is_data(text: str) -> bool:
    """Say whether a line gives the date, or who wrote it."""
    return len(text) <= 120 and _signed(text)


@lru_cache(maxsize=1 << 12)
def _signed(text: str) -> bool:
    return has("roles", "date", text) or begins("roles", "byline", text)

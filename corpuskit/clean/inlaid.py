"""Spam put into a sentence with no mark behind it: a clause of a seller's words, a bracket, words of another script.

What is put in begins where a clause does, and the sentence goes on right behind it. Nothing tells its end but its own
words: those of the trades, of how to reach them, of sellers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from corpuskit.clean.carriers import SURE, reports
from corpuskit.clean.evidence import Evidence
from corpuskit.clean.voices import simplified
from corpuskit.core.chars import CLASS_OF
from corpuskit.core.late import late
from corpuskit.core.lexicon import Finder, fold, terms
from corpuskit.core.page import Char, Page
from corpuskit.core.span import Span

_OPENS = "，。！？；：、,.!?;:… \t\u3000”’」』"
"""What stands before a clause."""
_QUOTING = "“「『《"
"""What opens words that are somebody's own."""
_CLOSED = dict(zip(_QUOTING, "”」』》", strict=True))
_MARKS = frozenset("，。！？；：、,.!?;:“”")
_GAP = 4
"""Characters between two words of sellers, at most."""
_NAME, _LEAST = 6, 2
"""Characters of a name before the words, at most, and of one that is known again."""
_LONGEST = 2000
_CUT = 30
"""Characters of a sentence that is cut off at its end."""
_MOST = 0.6
"""Share of a line that is put in, at most."""
_COVERED = 0.5
"""Share of a clause that words of sellers cover, at least."""
_MANY, _HOSTS = 3, 2
"""Words that are a seller's whatever they are, where so many tell how to reach him."""
_BRACKET = late(r"[【〖〔{]([^【】〖〗〔〕{}\n]{3,48})[】〗〕}]")
_SPELT = r"A-Za-z\u00c0-\u024f\u0400-\u04ff"
_STRANGE = late(rf"[{_SPELT}][{_SPELT}0-9 .'’|/:&+%—-]{{12,}}")
_WORDS = 3
"""Words of another script, at least."""
_HELD = late("[【〖〔{]")
Clause = tuple[int, list[tuple[int, int]]]
"""Where a clause begins, and where its words of sellers stand."""


class Words(NamedTuple):
    """How many different words of each kind a text holds, and the share of it that they cover."""

    trades: int
    hosts: int
    pitch: int
    share: float

    def sell(self, *, told: bool, least: int) -> bool:
        """Say whether they are those of a seller: of a trade, and ``least`` in all.

        ``told`` says that a name and the page speak for it as well.
        """
        several = self.trades + self.hosts + self.pitch
        return (self.trades > 0 and several >= least) or (told and several >= _MANY and self.hosts >= _HOSTS)


def inlaid(
    page: Page, found: list[Evidence], scores: list[float], known: Callable[[str], bool]
) -> list[tuple[Span, str]]:
    """Return what is put into the sentences scored less than sure, and why.

    ``known`` says whether a name is one that sure spam on the page names. None where the page speaks of these trades
    itself.
    """
    at = [i for i, e in enumerate(found) if scores[i] < SURE and e.size <= _LONGEST and _may_hold(page, i, e)]
    if not at or reports(found):
        return []
    names: set[str] = set()
    each: dict[int, list[tuple[int, int]]] = {i: [*_apart(page.lines[i].text, found[i])] for i in at}
    if not _topical(found, scores):
        clauses = {i: [*_clauses(page.lines[i].text, found[i].folded)] for i in at}
        for i, of_line in clauses.items():
            each[i] += _sold(page.lines[i].text, found[i], of_line, names, spam=max(scores) >= SURE)
        for i, of_line in clauses.items():
            each[i] += _again(found[i], of_line, lambda name: name in names or known(name))
    out = []
    for i, spans in each.items():
        line, last, size = page.lines[i], 0, 0
        for first, end in sorted(spans, key=lambda span: (span[0], -span[1])):
            if first >= last and size + end - first < _MOST * len(line.text):
                out.append((Span(line.start + first, line.start + end), f"{line.text[first:end][:30]!r} is put in"))
                last, size = end, size + end - first
    return out


def _topical(found: list[Evidence], scores: list[float]) -> bool:
    """Say whether most paragraphs name a trade: what names it is theirs."""
    prose = [e for e, score in zip(found, scores, strict=True) if e.prose and score < SURE]
    return 2 * sum(e.trades > 0 for e in prose) > len(prose)


def _may_hold(page: Page, index: int, e: Evidence) -> bool:
    """Say whether a line is a sentence, whole or cut off, with a word of the trades."""
    return e.trades + e.hosts > 0 and (e.prose or (e.size >= _CUT and e.function >= 0.04))


def _apart(text: str, e: Evidence) -> Iterator[tuple[int, int]]:
    """Yield brackets with words of sellers, and such words of a script that the sentence is not in."""
    for match in _BRACKET.finditer(text) if _HELD.search(text) else ():
        inside = fold(match[1])
        held = _weighed(inside, _spans(inside))
        if held.trades or held.hosts >= _HOSTS:
            yield match.span()
    for match in _STRANGE.finditer(text) if e.han else ():
        strange = fold(match[0]).rstrip(" .:—-|")
        held = _weighed(strange, _spans(strange))
        own = [word for word in match[0].split() if not word[0].isupper()]
        if len(own) >= _WORDS and (held.trades or held.pitch > 1) and not _quoted(text, match.start()):
            yield match.start(), match.start() + len(strange)


def _sold(
    text: str, e: Evidence, clauses: Sequence[Clause], names: set[str], *, spam: bool
) -> Iterator[tuple[int, int]]:
    """Yield the clauses of sellers' words, and gather the names before them; ``spam``: the page has sure spam."""
    for begin, held_at in clauses:
        (first, _), (_, end) = held_at[0], held_at[-1]
        held = _weighed(e.folded[begin:end], [(a - begin, b - begin) for a, b in held_at])
        told = spam and first - begin >= _LEAST
        if held.sell(told=told, least=2 if e.han else _MANY) and held.share >= _COVERED and not _says(text[begin:end]):
            if first - begin >= _LEAST:
                names.add(e.folded[begin:first])
            yield begin, end


def _again(e: Evidence, clauses: Sequence[Clause], known: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Yield the clauses that begin with a name which stands for what is put in elsewhere."""
    for begin, held in clauses:
        name = e.folded[begin : held[0][0]]
        if len(name) >= _LEAST and known(name):
            yield begin, held[-1][1]


def _clauses(text: str, folded: str) -> Iterator[Clause]:
    """Yield where a clause begins that opens with words of sellers, or a name and such, and where they stand."""
    spans, last = _spans(folded), 0
    for at, (first, end) in enumerate(spans):
        begin = first
        while begin > last and first - begin < _NAME and text[begin - 1] not in _OPENS + _QUOTING:
            begin -= 1
        if first < last or not _opened(text, begin) or _quoted(text, begin):
            continue
        held = [(first, end)]
        for start, stop in spans[at + 1 :]:
            if start - end > _GAP or not _MARKS.isdisjoint(text[end:start]):
                break
            held.append((start, stop))
            end = stop
        last = end
        yield begin, held


def _quoted(text: str, at: int) -> bool:
    """Say whether a place of a line stands between quotation marks."""
    opened = max(text.rfind(quote, 0, at) for quote in _QUOTING)
    inside = opened >= 0 and text.find(_CLOSED[text[opened]], opened, at) < 0
    return inside or text.count('"', 0, at) % 2 == 1


def _opened(text: str, at: int) -> bool:
    """Say whether a clause begins at a place of a line: behind a mark, and in a script with blanks not just a blank."""
    if text[at].isascii() and text[at].isalpha():
        return text[:at].rstrip()[-1:] in _MARKS
    return at == 0 or text[at - 1] in _OPENS


def _says(text: str) -> bool:
    """Say whether a clause has a character that carries grammar."""
    return any(int(CLASS_OF[ord(char)]) == Char.FUNCTION for char in text)


@cache
def _finder() -> Finder:
    return Finder("trade", "host", "pitch")


def _spans(folded: str) -> list[tuple[int, int]]:
    """Return where words of sellers stand, the longest of those that begin at one place, none over another."""
    ends: dict[int, int] = {}
    for hit in _finder().find(simplified(folded)):
        ends[hit.start] = max(hit.end, ends.get(hit.start, 0))
    out, last = [], 0
    for start in sorted(ends):
        if start >= last:
            last = ends[start]
            out.append((start, last))
    return out


def _weighed(folded: str, spans: Sequence[tuple[int, int]]) -> Words:
    held = {simplified(folded[first:end]) for first, end in spans} | {folded[first:end] for first, end in spans}
    trades, hosts = (len(held & terms(name)) for name in ("trade", "host"))
    different = len({folded[first:end] for first, end in spans})
    covered = sum(end - first for first, end in spans)
    return Words(trades, hosts, max(0, different - trades - hosts), covered / max(1, len(folded)))

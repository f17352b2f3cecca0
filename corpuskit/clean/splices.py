"""Where spam stands inside a line that stays: in brackets, between dashes, between two marks of a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from corpuskit.clean.evidence import Evidence
from corpuskit.clean.voices import counted
from corpuskit.core.late import late
from corpuskit.core.lexicon import Literals, fold, terms
from corpuskit.core.page import Line, Page
from corpuskit.core.span import Span

_BRACKET = late(r"[【\[［〖][^【】\[\]［］〖〗\n]{2,48}[】\]］〗]")
_PART = late(r"\s*[-_|｜丨—–]+\s*")
_MARKS = "，。；：！？,;:!?、 "
_NAME = (2, 3, 4)
"""Characters of a name."""
_WORDS = 4
"""Most words behind one name."""
_TITLE = 8
"""Least characters of a title beside the spam in its line."""


def bracketed(page: Page, scores: list[float], known: Callable[[str], bool], sure: float) -> list[tuple[Span, str]]:
    """Return the brackets that name a trade or a brand, in the lines scored less than ``sure``, and why.

    ``known`` says whether a brand stands in a text.
    """
    out: list[tuple[Span, str]] = []
    if not _BRACKET.search(page.text):
        return out
    for line, score in zip(page.lines, scores, strict=True):
        for match in _BRACKET.finditer(line.text) if score < sure else ():
            inside = fold(match[0][1:-1])
            span = Span(line.start + match.start(), line.start + match.end())
            if span.size < line.end - line.start and (_sells(inside) or known(inside)):
                out.append((span, f"{match[0]!r} names a trade or a spam brand"))
    return out


def inserted(page: Page, found: list[Evidence], scores: list[float], sure: float) -> list[tuple[Span, str]]:
    """Return what stands inside a sentence and is none of it, in the lines scored less than ``sure``, and why.

    Characters parted by one mark; what stands between two equal ornaments, in parentheses, or behind the last sentence
    after a blank, and sells or tells how to reach somebody.
    """
    out = []
    for line, e, score in zip(page.lines, found, scores, strict=True):
        if not e.prose or score >= sure or len(line.text) > _LONGEST or not _may_hold(line.text):
            continue
        apart = _PARTED.finditer(line.text) if _PARTING.search(line.text) else ()
        spans: list[tuple[int, int]] = [match.span() for match in apart]
        for pattern in (_ORNATE, _PARENTHESIS, _BETWEEN, _TRAILING):
            group = 1 if pattern is _TRAILING else 0
            spans += [
                match.span(group)
                for match in pattern.finditer(line.text)
                if _offers(match[1]) and not (group and _SENTENCE.search(match[1]))
            ]
        last = 0
        for first, end in sorted(spans):
            if first >= last and end - first < 0.6 * len(line.text):
                out.append((Span(line.start + first, line.start + end), f"{line.text[first:end][:30]!r} is put in"))
                last = end
    return out


def _may_hold(text: str) -> bool:
    # most sentences have no blank
    return _INSERTS.search(text) is not None or (len(text.split(None, 1)) > 1 and _TRAILS.search(text) is not None)


_LONGEST = 2000
_PARTED = late(r"[\u4e00-\u9fff]([·•●★☆◆◎✦丶*])[\u4e00-\u9fff](?:\1[\u4e00-\u9fff]){2,14}")
_PARTING = late("[·•●★☆◆◎✦丶*]")
_ORNATE = late(r"([↓↑★☆◆◇●▶▷►♥❤✿※]{2}[^↓↑★☆◆◇●▶▷►♥❤✿※\n]{3,40}[↓↑★☆◆◇●▶▷►♥❤✿※]{2})")
_PARENTHESIS = late(r"[（(]([^（()）\n]{4,48})[)）]")
_BETWEEN = late(r"(?<=[\u4e00-\u9fff，、])[【\[［]([^【】\[\]［］\n]{4,48})[】\]］](?=[\u4e00-\u9fff，])")
_INSERTS, _TRAILS = late(r"[·•●★☆◆◎✦丶*↓↑◇▶▷►♥❤✿※（(【\[［]"), late(r"[。！？”」』.!?]\s+[^。！？\n]{6,80}$")
"""What stands in every line that one of these is found in, the first or the second."""
_TRAILING = late(r"[。！？”」』.!?]([\s\u3000]+[^。！？\n]{6,80})$")
_SENTENCE = late(r"[.!?][\"”’']?(?:\s|$)")
"""The end of a sentence of an alphabet: what is put behind one is none."""


def _offers(text: str) -> bool:
    """Say whether a few words sell something, or name a trade and how to reach it."""
    folded = fold(text)
    said = counted(text)
    (pitch, kinds), (_, ways) = said["pitch"], said["contact"]
    offers = kinds >= 2 and (ways >= 1 or pitch >= 0.3 * len(text))
    return (offers and not any(term in folded for term in terms("exempt"))) or _sells(folded)


def titled(line: Line, e: Evidence) -> str:
    """Return the title that a line is once what stands in brackets is gone, if it names no trade; else nothing."""
    if e.prose or e.size > 80 or not _BRACKET.search(line.text):
        return ""
    rest = fold(_BRACKET.sub("", line.text))
    return rest if sum(c.isalpha() for c in rest) >= _TITLE and not words().spans(rest) else ""


def prefixed(page: Page, index: int, e: Evidence) -> list[Span]:
    """Return the spam parts of a line that has a clean title beside them, parted by a dash, bar or underscore."""
    line = page.lines[index]
    if not (e.trade or e.hosts >= 2) or e.size > 140 or e.prose or not 1 <= len(_PART.findall(line.text)) <= 8:
        return []
    spans, clean, at = [], 0, 0
    for match in [*_PART.finditer(line.text), None]:
        end = match.start() if match else len(line.text)
        hits = words().held(fold(line.text[at:end]))
        cover = sum(map(len, hits)) / max(1, end - at)
        after = match.end() if match else end
        if len(hits) >= 2 and cover >= 0.35:
            spans.append(Span(line.start + at, line.start + after))
        elif not hits:
            clean = max(clean, end - at)
        at = after
    return spans if spans and clean >= 8 else []


def parted(line: Line, e: Evidence, names: frozenset[str]) -> Iterator[Span]:
    """Yield the names with the words behind them that stand between two marks of a sentence, one mark with each."""
    text = line.text
    for held in carried(e.folded):
        first, last = held.start, held.end
        opened = first == 0 or text[first - 1] in _MARKS
        named = any(held.name[-size:] in names for size in _NAME)
        if opened and last < len(text) and text[last] in _MARKS and named:
            # of two different marks the second may close the sentence
            twice = first == 0 or text[first - 1] == text[last]
            yield Span(line.start + first, line.start + last + twice)


class Carried(NamedTuple):
    """A name of two to four Han characters, and one to four words of the trades or of how to reach it behind it."""

    name: str
    words: str
    start: int
    end: int


@lru_cache(maxsize=1 << 10)
def carried(folded: str) -> tuple[Carried, ...]:
    """Return each name in a folded line, from the left, as long as it can be, none over another."""
    # of the words that begin at a place the longest was found last
    ends = {start: end for _, start, end in words().all(folded)}
    out, last = [], 0
    for split in sorted(ends):
        if split - last < _NAME[0]:
            continue
        start, least = split, max(last, split - _NAME[-1])
        while start > least and "\u4e00" <= folded[start - 1] <= "\u9fff":
            start -= 1
        if split - start >= _NAME[0]:
            last = split
            for _ in range(_WORDS):
                last = ends.get(last, last)
            out.append(Carried(folded[start:split], folded[split:last], start, last))
    return tuple(out)


@cache
def words() -> Literals:
    """Return what finds the words of the trades and of how to reach them."""
    return Literals((*terms("trade"), *terms("host")))


def _sells(folded: str) -> bool:
    if not words().any(folded):
        return False
    trade = sum(folded.count(term) for term in terms("trade") if term in folded)
    hosts = sum(term in folded for term in terms("host"))
    if any(term in folded for term in terms("exempt")):
        return False
    return (bool(trade) and bool(hosts or trade >= 2)) or hosts >= 3 or (hosts >= 2 and any(map(str.isdigit, folded)))

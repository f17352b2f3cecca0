"""Spam glued to a paragraph without a mark between: a row behind its last sentence, a name before its first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from corpuskit.clean.carriers import SURE, reports
from corpuskit.clean.evidence import Evidence, of_text
from corpuskit.clean.splices import carried, words
from corpuskit.core.chars import CLASS_OF
from corpuskit.core.late import late
from corpuskit.core.lexicon import Literals, fold, terms
from corpuskit.core.page import Char, Page
from corpuskit.core.span import Span

_ENDS = late(r"[。！？!?][”’」』）)》]?(?=[^。！？!?]{12,}$)")
"""The end of the last sentence before a row."""
_LABEL = late(r"[\u4e00-\u9fff]{0,4}(?:摘要|关键[词字]|關鍵[詞字]|导读|導讀|简介|簡介|提要)\s?[:：]")
_SENTENCE = 20
"""Characters of the sentences before a row, at least."""
_HEAD = 16
"""Characters of a name with its words, at most."""


def tails(page: Page, found: list[Evidence], judge: Callable[[str, Evidence], float]) -> dict[int, Span]:
    """Return where a row of sure spam stands behind sentences of their own, by line.

    ``judge`` says how sure it is that a text is spam.
    """
    out = {}
    for index, (line, e) in enumerate(zip(page.lines, found, strict=True)):
        end = _ENDS.search(line.text) if e.trades > 1 and e.finals and not e.final else None
        if end is None or end.end() < _SENTENCE:
            continue
        row = line.text[end.end() :].strip()
        if judge(row, of_text(row)) >= SURE and _is_text(of_text(line.text[: end.end()])):
            out[index] = Span(line.start + end.end(), line.end)
    return out


def _is_text(e: Evidence) -> bool:
    return e.prose and not e.trades and e.function >= 0.04


def heads(page: Page, found: list[Evidence], scores: list[float]) -> dict[int, Span]:
    """Return the names of the trades that several paragraphs begin with and none goes on from, by line.

    A name is what :func:`corpuskit.clean.splices.carried` tells, with two words and more, one of a trade. None where
    the paragraphs speak of these trades themselves.
    """
    prose = [i for i, e in enumerate(found) if e.prose and scores[i] < SURE]
    begun = {i: name for i in prose if found[i].trades and (name := _begins(page.lines[i].text, found[i]))}
    times = Counter(begun.values())
    again = [i for i in begun if times[begun[i]] > 1]
    if not again or reports(found) or 2 * sum(found[i].trades > 0 for i in prose) > len(prose):
        return {}
    return {i: Span(page.lines[i].start, page.lines[i].start + len(begun[i])) for i in again}


def _begins(text: str, e: Evidence) -> str:
    """Return the name that a sentence begins with and does not go on from; nothing of any other."""
    first = next(iter(carried(e.folded)), None)
    if first is None or first.start or not 0 < first.end <= min(_HEAD, len(text) - 1):
        return ""
    held = words().held(first.words)
    sold = any(word in terms("trade") for word in held)
    goes_on = int(CLASS_OF[ord(text[first.end])]) == Char.FUNCTION
    return text[: first.end] if len(held) > 1 and sold and not goes_on else ""


def sums_up(page: Page, found: list[Evidence], taken: list[str]) -> list[int]:
    """Return the lines headed as an abstract or key words that name what was taken out elsewhere."""
    if not taken:
        return []
    names = Literals({name for text in taken if len(name := fold(text).strip("|｜丨_-—– ，,。【】[]〖〗（）()")) >= 4})
    return [i for i, e in enumerate(found) if _LABEL.match(page.lines[i].text) and names and names.any(e.folded)]

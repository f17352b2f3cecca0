"""What a line looks like by its words and its form alone: furniture, and by which rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from string import ascii_letters

import numpy as np
import numpy.typing as npt

from corpuskit.clean.evidence import Evidence
from corpuskit.clean.formed import bit, possible
from corpuskit.core.codes import members_of
from corpuskit.core.lexicon import forms
from corpuskit.core.memo import Memo
from corpuskit.core.prefilter import Prefilter

SHORT = 90
"""Characters of a sentence that is looked at for its form, but for code, and of a line that most forms are."""
_NUMBERS = re.compile(r"\d{1,3}(?:\s+\d{1,3}){2,}")
_CODED = re.compile(r" on line | failed to open |[Ee]xception|[Uu]ncaught |[)\w]\s?\{|\w\(|\d{8}|<script")
NOTHING = (0.0, "")
_ORDER = ("footer", "advert", "editor", "counter", "pager", "crumbs", "tags", "prompt", "code")
_IN_PROSE = ("footer", "advert")
LIMIT = {"footer": 220, "code": 300, "editor": 60}
"""Longest line that a form is looked for in; of others, and of sentences, :data:`SHORT`."""


def look(text: str, e: Evidence) -> tuple[float, str]:
    """Return :func:`_judge` of a line, remembered."""
    return _JUDGED.get(text) or _JUDGED.keep(text, _judge(text, e))


_JUDGED: Memo[tuple[float, str]] = Memo()


def _judge(text: str, e: Evidence) -> tuple[float, str]:
    if e.size > LIMIT["code"]:
        return NOTHING
    if e.prose and is_code(text):
        return 0.85, "page_chrome.code"
    if e.prose and e.size > SHORT:
        return NOTHING
    if forms("furniture")["ordinal"].match(text):
        return e.chrome * 0.6, "page_chrome.words"
    if rule := form_of(text, e.size, prose=e.prose):
        return 0.85, rule
    if e.chrome >= 0.75 and not (e.prose and e.size > 40) and not text.endswith("。"):
        return min(0.95, 0.2 + e.chrome), "page_chrome.words"
    return (0.6 if e.chrome >= 0.6 else e.chrome * 0.6), "page_chrome.words"


def is_code(text: str) -> bool:
    """Say whether a sentence is a statement, or what a server says of one, which read like Latin sentences."""
    return forms("furniture")["code"].match(text) is not None and _CODED.search(text) is not None


@cache
def coding() -> npt.NDArray[np.bool_]:
    """Return characters of which every form of code holds one, as :func:`~corpuskit.core.codes.members` does."""
    return members_of(ascii_letters + "{<$堆源异異")


def form_of(text: str, size: int, *, prose: bool) -> str | None:
    """Return the rule whose form a line has; of a sentence only some forms say anything."""
    # of most sentences nobody else asks which forms they may have
    if prose and not _in_prose().possible(text):
        return None
    bits = possible(text)
    for name, own, limit, pattern in _forms(prose=prose):
        if bits & own and size <= limit and pattern.search(text) is not None:
            return None if name == "pager" and _drawn(text) else f"page_chrome.{name}"
    return None


def may_be_formed(sentences: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Say of which of some sentences :func:`form_of` may return a rule, shape (sentences,)."""
    return _in_prose().any_in(sentences)


@cache
def _in_prose() -> Prefilter:
    return Prefilter([forms("furniture")[name] for name in _IN_PROSE])


@cache
def _forms(*, prose: bool) -> list[tuple[str, int, int, re.Pattern[str]]]:
    """Return the name of each form that is looked for, its bit among the possible ones, its longest line, and it."""
    names, known = _IN_PROSE if prose else _ORDER, forms("furniture")
    return [(name, bit("furniture", name), LIMIT.get(name, SHORT), known[name]) for name in names]


def _drawn(text: str) -> bool:
    """Say whether a line is numbers that do not follow one another, as those of a draw or a table."""
    if _NUMBERS.fullmatch(text) is None:
        return False
    numbers = [int(number) for number in text.split()]
    return any(b - a != 1 for a, b in pairwise(numbers))

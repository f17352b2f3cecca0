"""Which forms of furniture and of an article's parts a line has; one pass tells which it cannot have."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from corpuskit.core.lexicon import forms
from corpuskit.core.prefilter import Prefilter

Form = tuple[str, str]
"""The name of a file of forms in ``corpuskit/lexicon``, and that of a form in it."""

MARKS = {
    "url": re.compile(
        r"https?://|www\.|[a-z0-9-]{2,}\.(?:com|cn|net|org|xyz|top|vip|cc|app|tw|hk|jp|kr)(?![a-z])", re.I
    ),
    "money": re.compile(r"[¥￥$€]\s?\d|\d\s?(?:元|万|块|円|원)"),
    "time": re.compile(r"\d{1,2}:\d{2}|\d{1,2}[-/]\d{1,2}|\d+\s*(?:分钟|小时|天)前|昨天|刚刚"),
}
"""What any line may hold, whole paragraphs too; asked for as forms of ``marks``."""


def has(of: str, form: str, text: str) -> bool:
    """Say whether one of the forms is found in a line.

    >>> has("furniture", "footer", "版权所有 某某网"), has("roles", "date", "版权所有 某某网")
    (True, False)
    """
    own, pattern = _known()[of, form]
    return possible(text) & own > 0 and pattern.search(text) is not None


def begins(of: str, form: str, text: str) -> bool:
    """Say whether a line begins with one of the forms."""
    own, pattern = _known()[of, form]
    return possible(text) & own > 0 and pattern.match(text) is not None


@lru_cache(maxsize=1 << 14)
def possible(text: str) -> int:
    """Return the forms that a line may have, as the bits of :func:`bit`."""
    return _prefilter().possible(text)


def bit(of: str, form: str) -> int:
    """Return the bit that stands for a form."""
    return _known()[of, form][0]


@cache
def patterns() -> dict[Form, re.Pattern[str]]:
    """Return all forms in the order of their bits."""
    each = {"marks": MARKS, "furniture": forms("furniture"), "roles": forms("roles")}
    return {(of, form): pattern for of, named in each.items() for form, pattern in named.items()}


@cache
def _prefilter() -> Prefilter:
    return Prefilter([*patterns().values()])


@cache
def _known() -> dict[Form, tuple[int, re.Pattern[str]]]:
    return {form: (1 << i, pattern) for i, (form, pattern) in enumerate(patterns().items())}

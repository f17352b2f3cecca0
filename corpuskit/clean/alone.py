"""What each line shows by itself, as columns for the labeller."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import compress
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.clean.evidence import Evidence
from corpuskit.clean.formed import MARKS, Form, bit, patterns, possible
from corpuskit.clean.marks import is_counted, is_cut, is_dated, is_numbered
from corpuskit.clean.pointers import is_head
from corpuskit.clean.spam import judged
from corpuskit.clean.stack import Stack
from corpuskit.core.lexicon import terms
from corpuskit.core.memo import Memo
from corpuskit.core.page import Char
from corpuskit.core.prefilter import Prefilter

Search = Callable[[str], re.Match[str] | None]
Matrix = npt.NDArray[np.floating[Any]]
Shown = tuple[int, int, float, float]
"""The flags of a line's text as bits, its tokens, their mean length, and the share of them that repeat."""

_FURNITURE = (
    "footer", "advert", "editor", "counter", "pager", "crumbs", "tags", "prompt", "code",
    "commenter", "site", "ordinal",
    "phone", "suffix", "notice", "opener",
)  # fmt: skip
_ROLES = (
    "byline", "date", "label", "caption", "source", "box", "numbered", "dateline", "lead",
    "signed", "newspaper", "floor",
)  # fmt: skip
_ASK = re.compile(r"吗|呢|什么|怎么|如何|多少|为何|\?|？")
_PARTED = re.compile("[|｜丨/／]")
_SPACED = re.compile("[\u3000\t]|  ")
_AROUND_HEADS = " :：()（）[]【】>＞0123456789条條"
_SIZES = np.array([[4], [10], [20], [40]])

_MEASURED = (
    "bias", "log_size", "size<=4", "size<=10", "size<=20", "size<=40", "size>80", "size>150",
    "han", "latin", "kana", "hangul", "function", "digits", "symbols", "wide", "rules", "brackets",
    "final", "finals", "inner", "prose", "title", "long_prose",
    "tokens>=4", "tokens>=8", "token_length", "short_tokens", "repeats", "trade", "trades", "host", "hosts", "exempt",
    "chrome", "chrome>=.5", "chrome_any", "judged", "judged>=.7",
)  # fmt: skip
_SAID = (
    "head", "comment_head", "cut", "item_number", "dated", "counted", "colon", "bracketed", "arrow",
    "question", "parted", "spaced",
)  # fmt: skip
"""What the text of a line says besides the forms it has, in the order of the bits."""
_FORMS: tuple[Form, ...] = (
    *(("marks", name) for name in MARKS),
    *(("furniture", name) for name in _FURNITURE),
    *(("roles", name) for name in _ROLES),
)


def _name(form: Form) -> str:
    of, name = form
    return {"marks": "", "furniture": "form:", "roles": "role:"}[of] + name


NAMES = (
    *_MEASURED,
    "head", "comment_head", "cut", "item_number", "dated", "counted",
    "colon", "bracketed", "arrow", "url", "question", "money", "time", "parted", "spaced",
    *map(_name, _FORMS[len(MARKS) :]),
)  # fmt: skip
"""Features of a line by itself."""


def columns(stack: Stack) -> Matrix:
    """Return the columns of :data:`NAMES`, shape (len(NAMES), lines)."""
    out = np.empty((len(NAMES), len(stack)), np.float32)
    shown = _shown(stack)
    _measure(out[: len(_MEASURED)], stack, shown)
    out[len(_MEASURED) :] = shown[:, 0].astype(np.int64) >> _SHIFTS & 1
    return out


def _measure(out: Matrix, stack: Stack, shown: npt.NDArray[np.float64]) -> None:
    found, tally = stack.found, stack.tally
    size = found.size
    _, tokens, mean, repeats = shown.T
    judgements = np.array([score for page in stack.pages for score in judged(page)])
    (han, function, finals, inner, digits, wide, title, trade, trades, host, hosts, symbols, exempt, chrome) = (
        found[name]
        for name in (
            "han", "function", "finals", "inner", "digits", "wide", "title", "trade", "trades", "host", "hosts",
            "symbols", "exempt", "chrome",
        )
    )  # fmt: skip
    rows = (
        1.0, np.log(size) / 5, *(size <= _SIZES), size > 80, size > 150,
        han, *(tally[:, kind] / size for kind in (Char.LATIN, Char.KANA, Char.HANGUL)),
        function, digits, np.minimum(3, symbols) / 3, wide,
        *(np.minimum(4, tally[:, kind]) / 4 for kind in (Char.RULE, Char.BRACKET)),
        found.final, np.minimum(4, finals) / 4, np.minimum(6, inner) / 6, found.prose, title, found.paragraph,
        tokens >= 4, tokens >= 8, np.minimum(mean, 20) / 20, (mean <= 4) & (tokens >= 3), repeats,
        trade, np.minimum(4, trades) / 4, host, np.minimum(4, hosts) / 4, exempt,
        chrome, chrome >= 0.5, chrome > 0, judgements, judgements >= 0.7,
    )  # fmt: skip
    for row, values in zip(out, rows, strict=True):
        row[:] = values


def _shown(stack: Stack) -> npt.NDArray[np.float64]:
    known: dict[str, Shown] = {}
    for text, e in zip(stack.texts, stack.found.lines, strict=True):
        if text not in known:
            known[text] = _SHOWN.get(text) or _SHOWN.keep(text, _show(text, e))
    return np.array([known[text] for text in stack.texts], np.float64)


_SHOWN: Memo[Shown] = Memo()


def _show(text: str, e: Evidence) -> Shown:
    bits = _said(text, e) | _formed(text, e) << len(_SAID)
    if not e.tokens:
        return bits, 0, 0.0, 0.0
    tokens = [token for token in e.tokens[:200] if token]
    return bits, len(tokens), sum(map(len, tokens)) / max(1, len(tokens)), e.repeats


def _said(text: str, e: Evidence) -> int:
    size = e.size
    listed = size <= 300
    flags = (
        size <= 40 and is_head(text),
        size <= 16 and e.folded.strip(_AROUND_HEADS) in terms("comment_heads"),
        listed and is_cut(text),
        listed and is_numbered(text),
        listed and is_dated(text),
        listed and is_counted(text),
        text[-1] in "：:",
        text[0] in "【[［（(" and text[-1] in "】]］）)",
        text[-1] in ">＞»›→▼",
        size <= 60 and _ASK.search(text) is not None,
        _PARTED.search(text) is not None,
        _SPACED.search(text) is not None,
    )
    return sum(compress(_POWERS, flags))


def _formed(text: str, e: Evidence) -> int:
    """Return which of :data:`_FORMS` a line has, as bits.

    Furniture and marks are looked for in the folded line. A paragraph's words say nothing of its form.
    """
    if e.size > 400:
        return 0
    if e.size > 300 or (e.prose and e.size >= 60):
        return _found(_marks().possible(e.folded), e.folded)
    of_text, of_fold = _sides()
    by_text = possible(text)
    # the filter does not mind case, only full-width letters and digits
    by_fold = by_text if e.folded == text.lower() else possible(e.folded)
    return _found(by_fold & of_fold, e.folded) | _found(by_text & of_text, text)


def _found(bits: int, text: str) -> int:
    """Return those of some forms that are found in a text."""
    each, out = _searches(), 0
    while bits:
        last = bits & -bits
        own, search = each[last]
        if search(text) is not None:
            out |= own
        bits ^= last
    return out


@cache
def _marks() -> Prefilter:
    return Prefilter([*MARKS.values()])


@cache
def _searches() -> dict[int, tuple[int, Search]]:
    """Return by the bit of :func:`possible` that of each form here, and its search."""
    return {bit(*form): (1 << at, patterns()[form].search) for at, form in enumerate(_FORMS)}


@cache
def _sides() -> tuple[int, int]:
    """Return the bits of the forms that are looked for in a line as it stands, and in the folded line."""
    of_text = sum(bit(*form) for form in _FORMS if form[0] == "roles")
    return of_text, sum(bit(*form) for form in _FORMS) - of_text


_BITS = (*_SAID, *map(_name, _FORMS))
_POWERS = [1 << at for at in range(len(_SAID))]
_SHIFTS = np.array([[_BITS.index(name)] for name in NAMES[len(_MEASURED) :]])
"""The bit of each column from ``head`` on."""

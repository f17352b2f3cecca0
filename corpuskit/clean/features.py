"""The evidence of a page as a matrix: one row a line, for the labeller and its training."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.clean import furniture, lists, spam
from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.lists import is_head, marks
from corpuskit.clean.spam import judged
from corpuskit.clean.stretch import run_lengths, standing
from corpuskit.core.cohesion import terms
from corpuskit.core.lexicon import fold, forms
from corpuskit.core.lexicon import terms as words
from corpuskit.core.page import Char, Page
from corpuskit.core.prefilter import Prefilter

Matrix = npt.NDArray[np.float32]
Search = Callable[[str], re.Match[str] | None]
Searches = tuple[Prefilter, list[Search]]

_FURNITURE = (
    "footer", "advert", "editor", "counter", "pager", "crumbs", "tags", "prompt", "code",
    "commenter", "site", "ordinal",
    "phone", "suffix",
)  # fmt: skip
_ROLES = (
    "byline", "date", "label", "caption", "source", "box", "numbered", "dateline", "lead",
    "signed", "newspaper", "floor",
)  # fmt: skip
_URL = re.compile(r"https?://|www\.|[a-z0-9-]{2,}\.(?:com|cn|net|org|xyz|top|vip|cc|app|tw|hk|jp|kr)(?![a-z])", re.I)
_ASK = re.compile(r"吗|呢|什么|怎么|如何|多少|为何|\?|？")
_MONEY = re.compile(r"[¥￥$€]\s?\d|\d\s?(?:元|万|块|円|원)")
_TIME = re.compile(r"\d{1,2}:\d{2}|\d{1,2}[-/]\d{1,2}|\d+\s*(?:分钟|小时|天)前|昨天|刚刚")

ALONE = (
    "bias", "log_size", "size<=4", "size<=10", "size<=20", "size<=40", "size>80", "size>150",
    "han", "latin", "kana", "hangul", "function", "digits", "symbols", "wide", "rules", "brackets",
    "final", "finals", "inner", "prose", "title", "long_prose",
    "tokens>=4", "tokens>=8", "token_length", "short_tokens", "repeats", "trade", "trades", "host", "hosts", "exempt",
    "chrome", "chrome>=.5", "chrome_any", "judged", "judged>=.7", "head", "comment_head", "cut",
    "item_number", "dated", "counted",
    "colon", "bracketed", "arrow", "url", "question", "money", "time", "parted", "spaced",
    *(f"form:{name}" for name in _FURNITURE), *(f"role:{name}" for name in _ROLES),
)  # fmt: skip
"""Features of a line by itself."""
_SHIFTED = (
    "prose", "long_prose", "title", "chrome>=.5", "chrome_any", "judged>=.7", "trade", "head",
    "comment_head", "cut", "dated",
    "counted", "log_size", "digits", "final", "form:footer", "form:pager", "form:editor", "role:byline", "role:date",
)  # fmt: skip
_AROUND = ("prose", "long_prose", "chrome", "judged", "title", "cut", "log_size")
_PLACE = (
    "top1", "top3", "top8", "end1", "end3", "end8", "before_prose", "after_prose", "between",
    "prose_above", "prose_below",
    "prose_share", "lines", "under_head", "far_under_head", "under_comment_head", "above_date",
    "below_date", "repeated",
    "overlap", "overlap_short", "verse_page", "farm_page",
    "main", "above_main", "below_main", "near_above_main", "near_below_main", "far_above_main", "far_below_main",
    "main_share", "tiny_run", "short_run", "long_tiny_run", "long_short_run", "to_prose_above", "to_prose_below",
    "short_page", "below_median", "icons",
)  # fmt: skip
_RULED = (
    "ruled:spam",
    "ruled:related",
    "ruled:chrome",
    "ruled:spam>=.7",
    "ruled:related>=.7",
    "ruled:chrome>=.7",
    "ruled>=.7",
)
NAMES: tuple[str, ...] = (
    *ALONE,
    *(f"{name}@{shift:+d}" for shift in (-2, -1, 1, 2) for name in _SHIFTED),
    *(f"around:{name}" for name in _AROUND),
    *_PLACE,
    *_RULED,
    *(f"ruled>=.7@{shift:+d}" for shift in (-2, -1, 1, 2)),
    "around:ruled>=.7",
    *(f"after_prose*{name}" for name in _SHIFTED),
    *(f"before_prose*{name}" for name in _SHIFTED),
    *(f"between*{name}" for name in _SHIFTED),
)
"""Names of the columns of :func:`matrix`, in order."""
_AT = {name: index for index, name in enumerate(ALONE)}


def matrix(page: Page) -> Matrix:
    """Return the features of a page's lines, shape (lines, len(NAMES))."""
    found = evidence(page)
    known: dict[str, list[float]] = page.by_line.setdefault("features", {})
    for line, count, e in zip(page.lines, page.counts, found, strict=True):
        if line.text not in known:
            known[line.text] = _alone(line.text, count, e, judged(page, line.text, e))
    alone = np.array([known[line.text] for line in page.lines], np.float32)
    shifted = alone[:, [_AT[name] for name in _SHIFTED]]
    place = _place(page, found, alone)
    parts = [alone]
    parts += [_shift(shifted, step) for step in (-2, -1, 1, 2)]
    ruled = _ruled(page)
    sure = ruled[:, -1:]
    parts += [_around(alone[:, [_AT[name] for name in _AROUND]]), place, ruled]
    parts += [_shift(sure, step) for step in (-2, -1, 1, 2)]
    parts.append(_around(sure))
    parts += [shifted * place[:, [_PLACE.index(name)]] for name in ("after_prose", "before_prose", "between")]
    return np.concatenate(parts, axis=1)


def _alone(text: str, count: list[int], e: Evidence, sure: float) -> list[float]:
    size = e.size
    folded = fold(text) if size <= 400 else ""
    tokens = [token for token in e.tokens[:200] if token]
    mean = sum(map(len, tokens)) / max(1, len(tokens))
    cut, number, dated, counted = marks(text) if size <= 300 else (False, False, False, False)
    url, money, time = _found(_marks(), folded)
    bare = folded.strip(" :：()（）[]【】>＞0123456789条條")
    values = [
        1.0, math.log(size) / 5, size <= 4, size <= 10, size <= 20, size <= 40, size > 80, size > 150,
        e.han, count[Char.LATIN] / size, count[Char.KANA] / size, count[Char.HANGUL] / size,
        e.function, e.digits, min(3, e.symbols) / 3, e.wide, min(4, count[Char.RULE]) / 4, min(4,
        count[Char.BRACKET]) / 4,
        e.final, min(4, e.finals) / 4, min(6, e.inner) / 6, e.prose, e.title, e.prose and size >= 60,
        len(tokens) >= 4, len(tokens) >= 8, min(mean, 20) / 20, mean <= 4 and len(tokens) >= 3, e.repeats,
        e.trade, min(4, e.trades) / 4, e.host, min(4, e.hosts) / 4, e.exempt,
        e.chrome, e.chrome >= 0.5, e.chrome > 0, sure, sure >= 0.7,
        size <= 40 and is_head(text), size <= 16 and bare in words("comment_heads"),
        cut, number, dated, counted,
        text[-1] in "：:", text[0] in "【[［（(" and text[-1] in "】]］）)", text[-1] in ">＞»›→▼",
        url, size <= 60 and _ASK.search(text) is not None, money, time,
        any(mark in text for mark in "|｜丨/／"), "\u3000" in text or "  " in text or "\t" in text,
    ]  # fmt: skip
    # a paragraph's words say nothing of its form
    paragraph = size > 300 or (e.prose and size >= 60)
    values += [False] * (len(_FURNITURE) + len(_ROLES)) if paragraph else _formed(folded, text)
    return list(map(float, values))


def _formed(folded: str, text: str) -> list[bool]:
    """Return which forms of furniture and of roles are found in a line."""
    furniture_forms, role_forms = _searches()
    return _found(furniture_forms, folded) + _found(role_forms, text)


def _found(searches: Searches, text: str) -> list[bool]:
    prefilter, each = searches
    possible = prefilter.possible(text)
    if not possible:
        return [False] * len(each)
    return [possible >> i & 1 == 1 and search(text) is not None for i, search in enumerate(each)]


@cache
def _searches() -> tuple[Searches, Searches]:
    """Return the searches for the forms of furniture and of roles, and what says which of them to make."""
    return (
        _filtered([forms("furniture")[name] for name in _FURNITURE]),
        _filtered([forms("roles")[name] for name in _ROLES]),
    )


@cache
def _marks() -> Searches:
    return _filtered([_URL, _MONEY, _TIME])


def _filtered(patterns: list[re.Pattern[str]]) -> Searches:
    return Prefilter(patterns), [pattern.search for pattern in patterns]


def _shift(values: Matrix, step: int) -> Matrix:
    out = np.zeros_like(values)
    if step > 0:
        out[:-step] = values[step:]
    else:
        out[-step:] = values[:step]
    return out


def _around(values: Matrix, reach: int = 4) -> Matrix:
    """Return means over the lines up to ``reach`` before and after each line."""
    total = np.concatenate([np.zeros((1, values.shape[1]), np.float32), np.cumsum(values, axis=0)])
    at = np.arange(len(values))
    low, high = np.maximum(0, at - reach), np.minimum(len(values), at + reach + 1)
    mean: Matrix = (total[high] - total[low]) / (high - low)[:, None]
    return mean


def _place(page: Page, found: list[Evidence], alone: Matrix) -> Matrix:
    n = len(found)
    at = np.arange(n)
    prose = alone[:, _AT["long_prose"]] > 0
    if not prose.any():
        prose = alone[:, _AT["prose"]] > 0
    places = np.flatnonzero(prose)
    first, last = (places[0], places[-1]) if len(places) else (n, -1)
    above: npt.NDArray[np.int64] = np.cumsum(prose) - prose
    below = prose.sum() - above - prose
    size = np.array([e.size for e in found], np.float32)
    share = float(size[prose].sum() / size.sum())
    sure = float(size[alone[:, _AT["judged>=.7"]] > 0].sum() / size.sum())
    heads, comments = alone[:, _AT["head"]] > 0, alone[:, _AT["comment_head"]] > 0
    dates = alone[:, _AT["role:date"]] * alone[:, _AT["size<=40"]] > 0
    counts = Counter(line.text for line in page.lines)
    overlap = _overlap(page, found)
    short = alone[:, _AT["size<=40"]]
    columns = [
        at == 0, at < 3, at < 8, at == n - 1, at >= n - 3, at >= n - 8, at < first, at > last,
        (at > first) & (at < last),
        np.minimum(above, 5) / 5, np.minimum(below, 5) / 5, np.full(n, share), np.full(n, math.log(n) / 5),
        _since(heads) <= 6, (_since(heads) > 6) & (_since(heads) < 60), _since(comments) < 60,
        _since(dates[::-1])[::-1] <= 4, _since(dates) <= 4,
        np.array([counts[line.text] > 1 for line in page.lines]), overlap, overlap * short,
        np.full(n, share < 0.3), np.full(n, sure > 0.3),
        *standing(page, found), *_runs(page, found, prose),
    ]  # fmt: skip
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _runs(page: Page, found: list[Evidence], prose: npt.NDArray[np.bool_]) -> list[npt.NDArray[Any]]:
    """Return how long the run of short lines is that a line stands in, and how far the next paragraph is."""
    n = len(found)
    size = np.array([e.size for e in found])
    final = np.array([e.final for e in found])
    tiny, short = run_lengths((size <= 8) & ~final), run_lengths((size <= 36) & ~final)
    above, below = np.minimum(_since(prose), 99), np.minimum(_since(prose[::-1])[::-1], 99)
    median = float(np.median(size[prose])) if prose.any() else 0.0
    icons = np.array([count[Char.DAMAGE] > 0 for count in page.counts])
    return [
        np.log1p(tiny) / 5, np.log1p(short) / 5, tiny >= 8, short >= 12, np.log1p(above) / 5, np.log1p(below) / 5,
        np.full(n, float(np.mean(size <= 12))), size < median / 4, icons,
    ]  # fmt: skip


def _ruled(page: Page) -> Matrix:
    """Return what the rules say of each line: scores, and whether they are sure."""
    judged = (spam.decide(page).lines, lists.decide(page), furniture.decide(page))
    scores = np.array([[verdict.score for verdict in lines] for lines in judged], np.float32).T
    sure = (scores >= 0.7).astype(np.float32)
    out: Matrix = np.concatenate([scores, sure, sure.max(axis=1, keepdims=True)], axis=1)
    return out


def _since(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return how many lines ago the last flag stood; large where none did."""
    at = np.arange(len(flags))
    last: npt.NDArray[np.int64] = np.maximum.accumulate(np.where(flags, at, -(10**6)))
    return at - last


def _overlap(page: Page, found: list[Evidence]) -> Matrix:
    """Return the share of each short line's terms that the page's paragraphs hold too."""
    held: set[str] = set()
    for line, e in zip(page.lines, found, strict=True):
        if e.prose and e.size >= 60:
            held.update(terms(line.text))
    out = []
    for line, e in zip(page.lines, found, strict=True):
        own = set(terms(line.text)) if e.size <= 120 and not (e.prose and e.size >= 60) else set()
        out.append(len(own & held) / len(own) if own else 0.5)
    return np.array(out, np.float32)

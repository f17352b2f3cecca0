"""The evidence of a page as a matrix: one row a line, for the labeller and its training."""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.clean import context
from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.lists import is_head
from corpuskit.clean.marks import is_counted, is_cut, is_dated, is_numbered
from corpuskit.clean.rulings import rulings
from corpuskit.clean.spam import judged
from corpuskit.clean.stretch import run_lengths, standing
from corpuskit.core.cohesion import TERM_BITS, numbered
from corpuskit.core.lexicon import forms
from corpuskit.core.lexicon import terms as words
from corpuskit.core.memo import Memo
from corpuskit.core.page import Char, Page
from corpuskit.core.prefilter import Prefilter

Matrix = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]
Search = Callable[[str], re.Match[str] | None]
Searches = tuple[Prefilter, list[Search]]

_FURNITURE = (
    "footer", "advert", "editor", "counter", "pager", "crumbs", "tags", "prompt", "code",
    "commenter", "site", "ordinal",
    "phone", "suffix", "notice", "opener",
)  # fmt: skip
_ROLES = (
    "byline", "date", "label", "caption", "source", "box", "numbered", "dateline", "lead",
    "signed", "newspaper", "floor",
)  # fmt: skip
_URL = re.compile(r"https?://|www\.|[a-z0-9-]{2,}\.(?:com|cn|net|org|xyz|top|vip|cc|app|tw|hk|jp|kr)(?![a-z])", re.I)
_ASK = re.compile(r"吗|呢|什么|怎么|如何|多少|为何|\?|？")
_MONEY = re.compile(r"[¥￥$€]\s?\d|\d\s?(?:元|万|块|円|원)")
_TIME = re.compile(r"\d{1,2}:\d{2}|\d{1,2}[-/]\d{1,2}|\d+\s*(?:分钟|小时|天)前|昨天|刚刚")
_MARKS = [_URL, _MONEY, _TIME]
_PARTED = re.compile("[|｜丨/／]")
_SPACED = re.compile("[\u3000\t]|  ")
_AROUND_HEADS = " :：()（）[]【】>＞0123456789条條"

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
    "form:notice", "form:opener", "form:phone", "money", "url",
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
    "ruled:spam", "ruled:related", "ruled:chrome",
    "ruled:spam>=.7", "ruled:related>=.7", "ruled:chrome>=.7", "ruled>=.7",
)  # fmt: skip
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
    *context.NAMES,
    *(f"around:{name}" for name in context.NAMES),
)
"""Names of the columns of :func:`matrix`, in order."""
_AT = {name: index for index, name in enumerate(ALONE)}


def matrix(page: Page) -> Matrix:
    """Return the features of a page's lines, shape (lines, len(NAMES))."""
    out = np.empty((len(page.lines), len(NAMES)), np.float64)
    at = 0
    # part by part: a long page's matrix is large enough once
    for part in _parts(page):
        out[:, at : at + part.shape[1]] = part
        at += part.shape[1]
    assert at == len(NAMES)
    return out


def _parts(page: Page) -> Iterator[Matrix]:
    """Yield the columns of :data:`NAMES` from the left."""
    found = Columns(page)
    alone = _alone(page, found)
    shifted = alone[:, [_AT[name] for name in _SHIFTED]]
    place = _place(page, found, alone)
    yield alone
    yield from (_shift(shifted, step) for step in (-2, -1, 1, 2))
    ruled = _ruled(page)
    sure = ruled[:, -1:]
    yield from (_around(alone[:, [_AT[name] for name in _AROUND]]), place, ruled)
    yield from (_shift(sure, step) for step in (-2, -1, 1, 2))
    yield _around(sure)
    yield from (shifted * place[:, [_PLACE.index(name)]] for name in ("after_prose", "before_prose", "between"))
    columns = context.columns(page, found.lines, sure[:, 0] > 0, ruled[:, len(_RULED) // 2] > 0)
    told = np.stack([np.asarray(column, np.float32) for column in columns], axis=1)
    yield told
    yield _around(told)


class Columns:
    """What is known of a page's lines by field, each of shape (lines,)."""

    def __init__(self, page: Page) -> None:
        self.lines = evidence(page)
        self.size = np.array([e.size for e in self.lines])
        self.prose = np.array([e.prose for e in self.lines])
        self.final = np.array([e.final for e in self.lines])
        self.paragraph = self.prose & (self.size >= 60)
        self.damaged = page.tally[:, Char.DAMAGE] > 0


def _alone(page: Page, found: Columns) -> Matrix:
    known: dict[str, bytes] = {}
    for line, count, e in zip(page.lines, page.counts, found.lines, strict=True):
        text = line.text
        if text not in known:
            known[text] = _ROWS.get(text) or _ROWS.keep(text, _row(text, count, e, judged(page, text, e)))
    rows = b"".join([known[line.text] for line in page.lines])
    return np.frombuffer(rows, np.float32).reshape(-1, len(ALONE))


_ROWS: Memo[bytes] = Memo()


def _row(text: str, count: list[int], e: Evidence, sure: float) -> bytes:
    size = e.size
    folded = e.folded if size <= 400 else ""
    tokens = [token for token in e.tokens[:200] if token]
    mean = sum(map(len, tokens)) / max(1, len(tokens))
    listed = size <= 300
    # a paragraph's words say nothing of its form
    formed = listed and not (e.prose and size >= 60)
    by_fold, by_text = _searches() if formed else (_marks(), None)
    url, money, time, *furniture_forms = _found(by_fold, folded)
    role_forms = _found(by_text, text) if by_text else _FORMLESS
    values = [
        1.0, math.log(size) / 5, size <= 4, size <= 10, size <= 20, size <= 40, size > 80, size > 150,
        e.han, count[Char.LATIN] / size, count[Char.KANA] / size, count[Char.HANGUL] / size,
        e.function, e.digits, min(3, e.symbols) / 3, e.wide, min(4, count[Char.RULE]) / 4, min(4,
        count[Char.BRACKET]) / 4,
        e.final, min(4, e.finals) / 4, min(6, e.inner) / 6, e.prose, e.title, e.prose and size >= 60,
        len(tokens) >= 4, len(tokens) >= 8, min(mean, 20) / 20, mean <= 4 and len(tokens) >= 3, e.repeats,
        e.trade, min(4, e.trades) / 4, e.host, min(4, e.hosts) / 4, e.exempt,
        e.chrome, e.chrome >= 0.5, e.chrome > 0, sure, sure >= 0.7,
        size <= 40 and is_head(text), size <= 16 and folded.strip(_AROUND_HEADS) in words("comment_heads"),
        listed and is_cut(text), listed and is_numbered(text), listed and is_dated(text), listed and is_counted(text),
        text[-1] in "：:", text[0] in "【[［（(" and text[-1] in "】]］）)", text[-1] in ">＞»›→▼",
        url, size <= 60 and _ASK.search(text) is not None, money, time,
        _PARTED.search(text) is not None, count[Char.SPACE] > 0 and _SPACED.search(text) is not None,
        *furniture_forms, *role_forms,
    ]  # fmt: skip
    return array("f", values).tobytes()


_FORMLESS = [False] * (len(_FURNITURE) + len(_ROLES))


def _found(searches: Searches, text: str) -> list[bool]:
    prefilter, each = searches
    possible = prefilter.possible(text)
    out = [False] * len(each)
    while possible:
        at = possible.bit_length() - 1
        out[at] = each[at](text) is not None
        possible ^= 1 << at
    return out


@cache
def _searches() -> tuple[Searches, Searches]:
    """Return the searches of a folded line, for marks and for forms of furniture, and of a line as it stands."""
    return (
        _filtered([*_MARKS, *(forms("furniture")[name] for name in _FURNITURE)]),
        _filtered([forms("roles")[name] for name in _ROLES]),
    )


@cache
def _marks() -> Searches:
    return _filtered(_MARKS)


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


def _place(page: Page, found: Columns, alone: Matrix) -> Matrix:
    n = len(found.lines)
    at = np.arange(n)
    prose = found.paragraph if found.paragraph.any() else found.prose
    places = np.flatnonzero(prose)
    first, last = (places[0], places[-1]) if len(places) else (n, -1)
    above: npt.NDArray[np.int64] = np.cumsum(prose) - prose
    below = prose.sum() - above - prose
    size = found.size.astype(np.float32)
    share = float(size[prose].sum() / size.sum())
    sure = float(size[alone[:, _AT["judged>=.7"]] > 0].sum() / size.sum())
    dates = (alone[:, _AT["role:date"]] > 0) & (size <= 40)
    since_head, since_comments = (_since(alone[:, _AT[name]] > 0) for name in ("head", "comment_head"))
    counts = Counter(line.text for line in page.lines)
    overlap = _overlap(page, found)
    columns = [
        at == 0, at < 3, at < 8, at == n - 1, at >= n - 3, at >= n - 8, at < first, at > last,
        (at > first) & (at < last),
        np.minimum(above, 5) / 5, np.minimum(below, 5) / 5, share, math.log(n) / 5,
        since_head <= 6, (since_head > 6) & (since_head < 60), since_comments < 60,
        _since(dates[::-1])[::-1] <= 4, _since(dates) <= 4,
        [counts[line.text] > 1 for line in page.lines], overlap, overlap * (size <= 40),
        share < 0.3, sure > 0.3,
        *standing(page, size * found.prose), *_runs(found, prose),
    ]  # fmt: skip
    out = np.empty((len(_PLACE), n), np.float32)
    for row, column in zip(out, columns, strict=True):
        row[:] = column
    return out.T


def _runs(found: Columns, prose: Flags) -> list[Any]:
    """Return how long the run of short lines is that a line stands in, and how far the next paragraph is."""
    size, final = found.size, found.final
    tiny, short = run_lengths((size <= 8) & ~final), run_lengths((size <= 36) & ~final)
    above, below = np.minimum(_since(prose), 99), np.minimum(_since(prose[::-1])[::-1], 99)
    typical = median(size[prose].tolist()) if prose.any() else 0.0
    return [
        np.log1p(tiny) / 5, np.log1p(short) / 5, tiny >= 8, short >= 12, np.log1p(above) / 5, np.log1p(below) / 5,
        np.count_nonzero(size <= 12) / len(size), size < typical / 4, found.damaged,
    ]  # fmt: skip


def _ruled(page: Page) -> Matrix:
    """Return what the rules say of each line: scores, and whether they are sure."""
    scores = np.array([[verdict.score for verdict in lines] for lines in rulings(page)], np.float32).T
    sure = (scores >= 0.7).astype(np.float32)
    out: Matrix = np.concatenate([scores, sure, sure.max(axis=1, keepdims=True)], axis=1)
    return out


def _since(flags: Flags) -> npt.NDArray[np.int64]:
    """Return how many lines ago the last flag stood; large where none did."""
    at = np.arange(len(flags))
    last: npt.NDArray[np.int64] = np.maximum.accumulate(np.where(flags, at, -(10**6)))
    return at - last


def _overlap(page: Page, found: Columns) -> Matrix:
    """Return the share of each short line's terms that the page's paragraphs hold too."""
    line, term = numbered(page)
    held = np.sort(term[found.paragraph[line]])
    short = ((found.size <= 120) & ~found.paragraph)[line]
    # each term of a line counts once
    own = np.sort(line[short] << TERM_BITS | term[short])
    own = own[np.diff(own, prepend=-1) > 0]
    line, term = own >> TERM_BITS, own & (1 << TERM_BITS) - 1
    size = np.bincount(line, minlength=len(found.lines))
    there = np.append(held, -1)[np.searchsorted(held, term)] == term
    shared = np.bincount(line[there], minlength=len(found.lines))
    out: Matrix = np.where(size > 0, shared / np.maximum(size, 1), 0.5).astype(np.float32)
    return out

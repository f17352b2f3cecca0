"""What part a line plays in its article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from corpuskit.core.lexicon import forms, narrow
from corpuskit.core.page import Char, Line, Page
from corpuskit.core.pairs import pairs
from corpuskit.segment.wrap import wrapped

CLOSERS = "”’」』）)】》\"']〉〕"
_MARKS = "\u200e\u200f\u202c\u2069\u200b"
FINALS = "。！？!?…｡"
STOPS = 2.5
WRAPPED = 100.0
"""How sure it is that a line cut at the width of the page stops inside its paragraph."""


class Role(Enum):
    """Part of a line; ``HEAD`` may be a title, a deck or a cross-head: the block it stands in decides."""

    HEAD = "head"
    BODY = "body"
    BYLINE = "byline"
    META = "meta"
    CAPTION = "caption"
    SOURCE = "source"
    BOX = "box"


class Cast(NamedTuple):
    """A line's role and what the later steps ask of it."""

    role: Role
    size: int
    """Characters that are not white space."""
    stop: float
    """How sure it is that the line stops inside a sentence; :data:`STOPS` and above count."""
    numbered: bool
    """Is one of a numbered series: a cross-head, not a title."""
    lead: int
    """2: begins with a dateline; 1: begins as reports begin; 0 otherwise."""
    ended: bool
    """Closes an article: ends with an end mark or a signature in brackets."""

    @property
    def dangling(self) -> bool:
        """Stops inside a sentence."""
        return self.stop >= STOPS


_ASIDE = (Role.CAPTION, Role.BOX, Role.SOURCE)
_COMMON = 9
"""log2 frequency from which a pair of characters is a common word or part of one."""
_STRONG_TAIL = set(
    "的了在是和与及對对为為将將并也有不就都而以被把从從向到要中这這那我他她其该該此或但又很更各还還再互给給让讓使由于於使得地"
)


def cast(page: Page) -> list[Cast]:
    """Return the role of each line."""
    alone = [_role(line, count) for line, count in zip(page.lines, page.counts, strict=True)]
    for index in range(len(alone)):
        if alone[index].role is Role.HEAD and _scrap(page, index):
            alone[index] = alone[index]._replace(role=Role.BODY)
    for index in range(1, len(alone) - 1):
        if _author(page, alone, index):
            alone[index] = alone[index]._replace(role=Role.BYLINE)
    settled = [_settle(page, alone, index) for index in range(len(alone))]
    cut = wrapped(page)
    if not any(cut):
        return settled
    return [_cut(page, settled, cut, index) for index in range(len(settled))]


def _scrap(page: Page, index: int) -> bool:
    """Say whether a short line is a scrap of a sentence, set apart by a link: the next goes on with a mark."""
    after = page.lines[index + 1].text[0] if index + 1 < len(page.lines) else ""
    return after != "" and after in "，。、；：！？）」』》”’,.;:!?)]"


def _cut(page: Page, settled: Sequence[Cast], cut: Sequence[bool], index: int) -> Cast:
    """Return the cast of a line of a page that is cut at a fixed width."""
    here = settled[index]
    inside = index > 0 and cut[index - 1]
    if cut[index] and here.role in (Role.BODY, Role.HEAD):
        return here._replace(role=Role.BODY, stop=WRAPPED, lead=0 if inside else here.lead, numbered=False)
    return here._replace(role=Role.BODY, lead=0, numbered=False) if inside else here


def _role(line: Line, count: list[int]) -> Cast:
    text = narrow(line.text)
    size = sum(count) - count[Char.SPACE]
    latin = count[Char.LATIN] > size / 2
    final = ends(text)
    stop = 0.0 if final else _stops(text, count, size, latin)
    role = Role.BODY
    if size <= 90 and forms("roles")["caption"].search(text):
        role = Role.CAPTION
    elif size <= 40 and forms("roles")["source"].match(text):
        role = Role.SOURCE
    elif size <= 50 and not final and forms("roles")["byline"].match(text):
        role = Role.BYLINE
    elif size <= 20 and not final and forms("roles")["box"].match(text):
        role = Role.BOX
    elif size <= 120 and is_meta(text, size):
        role = Role.META
    elif size <= (110 if latin else 46) and _titled(text, count, final):
        role = Role.HEAD
    return Cast(
        role,
        size,
        stop,
        size <= 60 and forms("roles")["numbered"].match(text) is not None,
        2 if forms("roles")["dateline"].match(text) else 1 if forms("roles")["lead"].match(text) else 0,
        role is Role.SOURCE or forms("roles")["signed"].search(text[-40:]) is not None,
    )


def _author(page: Page, alone: list[Cast], index: int) -> bool:
    """Say whether a line is a bare name between a headline and its first paragraph."""
    before, here, after = alone[index - 1], alone[index], alone[index + 1]
    if here.role is not Role.HEAD or before.role is not Role.HEAD or before.size < 4 or after.size < 30:
        return False
    text = page.lines[index].text
    if after.role is not Role.BODY or forms("roles")["name"].fullmatch(text) is None:
        return False
    # a name is not a word: no two of its characters stand together in common words
    return all(pairs().inside.get(text[i : i + 2], 0) < _COMMON for i in range(len(text) - 1))


def ends(text: str) -> bool:
    """Say whether a line ends a sentence; an ASCII full stop counts, but not after a lone initial or number."""
    tail = text.rstrip(CLOSERS + _MARKS)
    return tail[-1:] in FINALS or (tail[-1:] == "." and len(tail) > 8)


def _settle(page: Page, alone: list[Cast], index: int) -> Cast:
    """Judge whether a line stops inside a sentence, by what follows it."""
    here = alone[index]
    if here.role not in (Role.BODY, Role.HEAD) or here.stop <= 0:
        return here._replace(stop=0.0)
    text = page.lines[index].text
    after = next((i for i in range(index + 1, min(index + 4, len(alone))) if alone[i].role not in _ASIDE), None)
    stop = here.stop + (_seam(text, page.lines[after].text, alone[after], here) if after is not None else 0.0)
    if stop < STOPS:
        return here._replace(stop=0.0)
    return here._replace(stop=stop, role=Role.BODY)


def _seam(left: str, right: str, after: Cast, here: Cast) -> float:
    """Score how the next line goes with one that may stop inside a sentence."""
    if right[0] in "，。、；：！？,.;:!?”’）)」』》" or (right[0] in "了着过的们吗呢吧" and right[1:2] not in "，、"):
        return 5.0
    if after.role in (Role.BYLINE, Role.META) or (after.role is Role.HEAD and here.role is Role.HEAD):
        return -10.0
    if left[-1].isascii() and left[-1].isalpha():
        return 0.0 if right[0].islower() else -10.0
    bond = pairs().bond(left[-1], right[0])
    score = 2.5 if bond >= 4 else 0.0
    weak = here.size < 32 and "。" not in left and not _open(left) and left[-1] not in _STRONG_TAIL
    if weak and bond < 4:
        score -= 2.0
    if after.lead or after.numbered:
        score -= 3.0
    if right[0] in "“‘「『【（(":
        score -= 1.0
    if here.numbered:
        score -= 3.0
    return score


def is_meta(text: str, size: int) -> bool:
    """Say whether a line is about the article: date, source, author."""
    date = forms("roles")["date"].search(text)
    labels = len(forms("roles")["label"].findall(text))
    rest = size - (len(date[0].replace(" ", "")) if date else 0)
    if text.endswith(("。", "；", ";", "，", ",")) or "。" in text:
        return False
    if date:
        return rest <= 14 or labels >= 1
    return labels >= 2


def _titled(text: str, count: list[int], final: bool) -> bool:
    """Say whether a short line may be a headline: questions and cries may, statements may not."""
    tail = text.rstrip(CLOSERS)
    if tail.endswith(("。", "；", ";", "，", ",", "、", "：", ":", ".")) or "。" in text:
        return False
    if final and (count[Char.INNER] >= 3 or count[Char.FINAL] >= 3):
        return False
    if text[0] in '“"「『' and text[-1] in '”"」』' and final:
        return False
    return count[Char.HAN] + count[Char.FUNCTION] + count[Char.LATIN] + count[Char.KANA] + count[Char.HANGUL] >= 2


def _stops(text: str, count: list[int], size: int, latin: bool) -> float:
    """Score a line that does not end a sentence: does it stop inside one? Weights set on our own pages."""
    if latin:
        return 3.0 * (size >= 30 and (text[-1].islower() or text[-1] in ",-"))
    if text[-1] in "：:；;—-~～)）】」』》”" or size < 6:
        return 3.0 * (text[-1] in "”)）」』》" and size >= 60)
    if text[-1] in "，、,":
        return 6.0 * (size >= 16)
    if "\t" in text or text[-1].isdigit():
        return 0.0
    score = 2.0 * min(2, count[Char.INNER]) + (3 if size >= 40 else 0) + (4 if "。" in text else 0)
    score += (3 if _open(text) else 0) + (1.5 if text[-1] in _STRONG_TAIL else 0)
    score -= (3 if _spaced(text) and "。" not in text else 0) + 2 * (count[Char.DIGIT] > size / 3)
    function = count[Char.FUNCTION] / max(1, count[Char.HAN] + count[Char.FUNCTION])
    return score - (2 if function < 0.03 and count[Char.KANA] == 0 else 0) + 0.01


def _open(text: str) -> bool:
    return any(text.count(a) > text.count(b) for a, b in ("“”", "（）", "()", "「」", "《》", "『』"))


def _spaced(text: str) -> bool:
    """Say whether blanks part Han characters, as in headlines and rows of names."""
    return re.search(r"[\u3040-\u9fff”」][ \u3000]+[\u3040-\u9fff“「]", text) is not None

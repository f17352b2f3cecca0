"""What part a line plays in its article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from functools import cache
from typing import NamedTuple

from corpuskit.core.lexicon import forms, narrow
from corpuskit.core.page import Char, Line, Page, direct
from corpuskit.core.pairs import pairs
from corpuskit.core.prefilter import Gated
from corpuskit.segment import cuts
from corpuskit.segment.cuts import CLOSERS
from corpuskit.segment.wrap import wrapped

_MARKS = "\u200e\u200f\u202c\u2069\u200b"
FINALS = "。！？!?…｡"
STOPS = 2.5
_SPACE, _HAN, _FUNCTION, _KANA, _HANGUL = map(int, (Char.SPACE, Char.HAN, Char.FUNCTION, Char.KANA, Char.HANGUL))
_LATIN, _WIDE = int(Char.LATIN), int(Char.WIDE)
_CUT = 1e-3
"""Mark of a line that :mod:`corpuskit.segment.cuts` has to judge."""
_LEANING = 0.5
"""Log odds in favour of a cut: one that is missed stays broken, one too many is left open for want of a partner."""
_CLAUSE = re.compile(r"，|[\u3040-\u9fff]{5}")
"""What goes on from a date without a break: a clause."""
_JUMPS = 8.0
"""How sure it is that a line above a jump line, which ends no sentence, stops inside one."""
WRAPPED = 100.0
"""How sure it is that a line cut at the width of the page stops inside its paragraph."""


@direct
class Role(Enum):
    """Part of a line; ``HEAD`` may be a title, a deck or a cross-head: the block it stands in decides."""

    HEAD = "head"
    BODY = "body"
    BYLINE = "byline"
    META = "meta"
    CAPTION = "caption"
    SOURCE = "source"
    BOX = "box"
    JUMP = "jump"
    """Where the text goes on elsewhere, or where it comes from."""


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


_VERSE = 18
"""Characters below which lines of one length may be verse."""
_TURNED = 18
"""Most characters of a line of a headline set in two."""
_DATA = (Role.BYLINE, Role.META)
_ASIDE = (Role.CAPTION, Role.BOX, Role.SOURCE, Role.JUMP)
_REPORT = 12
"""Least characters of a line that opens a report with its place or agency; fewer are a rubric."""
_COMMON = 9
"""log2 frequency from which a pair of characters is a common word or part of one."""


def shapes(page: Page) -> list[Cast]:
    """Return the role of each line by its own shape and its neighbours', before it is asked what is cut."""
    alone = [_role(line, count) for line, count in zip(page.lines, page.counts, strict=True)]
    for index in range(len(alone)):
        if alone[index].role is Role.HEAD and _scrap(page, index):
            alone[index] = alone[index]._replace(role=Role.BODY)
    for index in [i for i, here in enumerate(alone) if here.role is Role.META and _datum(page, alone, i)]:
        alone[index] = alone[index]._replace(role=Role.BODY)
    for index in range(1, len(alone) - 1):
        if _author(page, alone, index):
            alone[index] = alone[index]._replace(role=Role.BYLINE)
        elif _turned(page, alone, index - 1):
            alone[index - 1] = alone[index - 1]._replace(role=Role.HEAD, stop=0.0)
    return alone


def _turned(page: Page, alone: Sequence[Cast], index: int) -> bool:
    """Say whether a line is the first of a headline set in two lines: a clause and its end above a byline or a date."""
    here, then = alone[index : index + 2]
    if here.role is not Role.BODY or not 4 <= here.size <= _TURNED or not page.lines[index].text.endswith(("，", ",")):
        return False
    below = next((one for one in alone[index + 2 : index + 4] if one.role is not Role.HEAD), here)
    return then.role is Role.HEAD and then.size <= _TURNED and (below.role in _DATA or below.lead == 2)


def cast(page: Page) -> list[Cast]:
    """Return the role of each line."""
    alone = shapes(page)
    indented = indents(page, alone)
    settled = [_settle(page, alone, index, indented) for index in range(len(alone))]
    # lines of whole sentences are not cut at a width
    cut = wrapped(page) if 3 * sum(here.stop > 0 for here in alone) >= len(alone) else []
    if not any(cut):
        return settled
    return [_cut(page, settled, cut, index) for index in range(len(settled))]


def _datum(page: Page, alone: Sequence[Cast], index: int) -> bool:
    """Say whether a line that looks like a dateline is a row of a table: a line beside it has as many cells."""
    cells = page.lines[index].text.count("\t")
    beside = [i for i in (index - 1, index + 1) if 0 <= i < len(alone)]
    return cells > 0 and any(page.lines[i].text.count("\t") == cells for i in beside)


def indents(page: Page, alone: Sequence[Cast]) -> list[bool]:
    """Return for each line whether it is indented, and behind the last whether the page indents its paragraphs."""
    out = cuts.indents(page)
    text = [flag for flag, here in zip(out, alone, strict=True) if here.role is Role.BODY]
    return [*out, sum(text) > 0.4 * len(text)]


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
    text = narrow(line.text) if count[_WIDE] else line.text
    size = len(text) - count[_SPACE]
    latin = count[_LATIN] > size / 2
    final = ends(text)
    stop = 0.0 if final else _latin_stop(text, size) if latin else _CUT * _unspaced(count)
    role = _shape(text, count, size, final, latin)
    known = forms("roles")
    numbered = size <= 60 and known["numbered"].match(text) is not None
    signed = text[-1] in ")）" and known["signed"].search(text[-40:]) is not None
    return Cast(role, size, stop, numbered, _lead(text, size), signed or role in (Role.SOURCE, Role.JUMP))


def _shape(text: str, count: list[int], size: int, final: bool, latin: bool) -> Role:
    known = forms("roles")
    if size > 120:
        return Role.BODY
    if size <= 90 and _gated("caption").search(text):
        return Role.CAPTION
    if size <= 40 and known["jump"].match(text):
        return Role.JUMP
    if size <= 40 and known["source"].match(text):
        return Role.SOURCE
    if size <= 50 and not final and known["byline"].match(text):
        return Role.BYLINE
    if size <= 20 and not final and known["box"].match(text):
        return Role.BOX
    if is_meta(text, size):
        return Role.META
    return Role.HEAD if size <= (110 if latin else 46) and _titled(text, count, final) else Role.BODY


def _unspaced(count: list[int]) -> bool:
    return count[_HAN] + count[_FUNCTION] + count[_KANA] + count[_HANGUL] > 0


@cache
def _gated(form: str) -> Gated:
    return Gated(forms("roles")[form])


def _lead(text: str, size: int) -> int:
    if size >= _REPORT and forms("roles")["dateline"].match(text):
        return 2
    return int(forms("roles")["lead"].match(text) is not None)


def onward(text: str) -> bool:
    """Say whether a jump line leads on from the text above it; the others stand above what goes on there.

    >>> onward("（下转第三版）"), onward("（上接第一版）"), onward("Continued on page 4")
    (True, False, True)
    """
    found = forms("roles")["jump"].match(narrow(text))
    return found is not None and any(found[name] for name in ("onward", "on_page", "into"))


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


def _settle(page: Page, alone: list[Cast], index: int, indented: list[bool]) -> Cast:
    """Judge whether a line stops inside a sentence, by itself and by what follows it."""
    here = alone[index]
    if here.stop == 0.0:
        return here
    if here.role not in (Role.BODY, Role.HEAD):
        return here._replace(stop=0.0)
    after = following(alone, index)
    stop = here.stop
    if index + 1 < len(alone) and alone[index + 1].role is Role.JUMP and onward(page.lines[index + 1].text):
        stop = _JUMPS
    elif stop == _CUT:
        stop = cuts.weigh(cut_signs(page, alone, index, after, indented)) + STOPS + _LEANING
    elif after is not None:
        right = page.lines[after].text[0]
        on = right.islower() and alone[after].role not in _DATA
        stop += 5.0 if right in ",.;:!?)" else 0.0 if on else -10.0
    if stop < STOPS:
        return here._replace(stop=0.0)
    return here._replace(stop=stop, role=Role.BODY)


def following(alone: Sequence[Cast], index: int) -> int | None:
    """Return the line after a line, captions and heads of boxes passed over."""
    return next((i for i in range(index + 1, min(index + 5, len(alone))) if alone[i].role not in _ASIDE), None)


def undecided(here: Cast) -> bool:
    """Say whether :func:`cast` asks whether the line is cut."""
    return here.role in (Role.BODY, Role.HEAD) and here.stop == _CUT


def cut_signs(
    page: Page, alone: Sequence[Cast], index: int, after: int | None, indented: Sequence[bool]
) -> dict[str, float]:
    """Return what speaks for and against a line's stopping inside a sentence."""
    here, left = alone[index], page.lines[index].text
    signs = cuts.alone(left, page.counts[index], here.size)
    signs["numbered"] = here.numbered
    signs["looks like a headline"] = here.role is Role.HEAD
    if after is None:
        return signs | {"nothing follows": 1.0}
    then, right = alone[after], page.lines[after].text
    signs |= cuts.seam(left, right)
    used, whole = indented[-1], ends(right)
    signs |= {
        "an aside follows": after > index + 1,
        "a byline follows": then.role in _DATA,
        "a headline follows": then.role is Role.HEAD,
        "headline on headline": then.role is Role.HEAD and here.role is Role.HEAD,
        "a dateline follows": then.lead == 2,
        "a lead follows": then.lead == 1,
        "a number follows": then.numbered,
        "a remainder follows": then.size < 30 and whole,
        "a short line follows": then.size < 22 and not whole,
        "an indent follows": indented[after],
        "no indent follows": used and not indented[after],
        "an indent before": indented[index],
        "no indent before": used and not indented[index],
        "furniture between": page.broken(after),
        "comma before furniture": left[-1] in "，," and page.broken(after),
        "a line as long follows": here.size < _VERSE and abs(here.size - then.size) < 2,
    }
    return signs


def _labels(text: str) -> int:
    """Count the labels of data in a line; inside a sentence the same words are words."""
    return sum(
        hit[0][-1] in ":："
        or (not text[max(0, hit.start() - 1) : hit.start()].isalnum() and _set_apart(text, hit.end()))
        for hit in forms("roles")["label"].finditer(text)
    )


def _set_apart(text: str, end: int) -> bool:
    """Say whether a word that ends here has no other right behind it."""
    after = text[end : end + 1]
    return not after or after.isdigit() or after in "(（|｜" or text[end - 1].isspace()


def is_meta(text: str, size: int) -> bool:
    """Say whether a line is about the article: date, source, author."""
    if text.endswith(("；", ";", "，", ",")) or "。" in text:
        return False
    date = _gated("date").search(text)
    if date is None:
        return _labels(text) >= 2
    if _CLAUSE.match(text, date.end()):
        return False
    rest = size - len(date[0].replace(" ", ""))
    if rest <= 14 or (forms("roles")["label"].search(text) if size <= 60 else _labels(text)):
        return True
    return rest <= 40 and forms("roles")["floor"].search(text) is not None


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


def _latin_stop(text: str, size: int) -> float:
    return 3.0 * (size >= 30 and (text[-1].islower() or text[-1] in ",-"))

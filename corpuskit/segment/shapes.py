"""What a line looks like by itself: headline, text, byline, line of data, caption, source tag, jump line."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from corpuskit.core.chars import FINALS, Char, direct
from corpuskit.core.late import late
from corpuskit.core.lexicon import forms, gated, narrow
from corpuskit.core.page import Line
from corpuskit.segment.cuts import CLOSERS

STOPS = 2.5
_SPACE, _HAN, _FUNCTION, _KANA, _HANGUL = map(int, (Char.SPACE, Char.HAN, Char.FUNCTION, Char.KANA, Char.HANGUL))
_LATIN, _WIDE = int(Char.LATIN), int(Char.WIDE)
GOES_ON = ("；", ";", "，", ",", "、", "：", ":", ".")
_CLAUSE = late(r"，|[\u3040-\u9fff]{5}")
"""What goes on from a date without a break: a clause."""
LONGEST = 120
"""Most characters of a line that is anything but text."""
_REPORT = 12
"""Least characters of a line that opens a report with its place or agency; fewer are a rubric."""
_LONGEST_LATIN, LONGEST_HEAD = 110, 46
"""Most characters of a headline, of Latin script and of others."""
FORMS = ("caption", "jump", "source", "dateline", "byline", "box", "date", "label")
"""Forms that give a line its role, a dateline its lead."""
LONGEST_CAPTION, LONGEST_JUMP = 90, 40
"""Most characters of a caption, and of a jump line or a source tag."""
_MARKS = "\u200e\u200f\u202c\u2069\u200b"
CLOSING = CLOSERS + _MARKS
WRAPPED = 100.0
"""How sure it is that a line cut at the width of the page stops inside its paragraph."""
UNDECIDED = 1e-3
"""Mark of a line that :mod:`corpuskit.segment.cuts` has to judge."""


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


def shape_of(line: Line, count: list[int], *, bare: bool = False) -> Cast:
    """Return the role of a line by its own shape, its neighbours not asked; ``bare``: it is none of :data:`FORMS`."""
    text = narrow(line.text) if count[_WIDE] else line.text
    size = len(text) - count[_SPACE]
    latin = count[_LATIN] > size / 2
    final = ends(text)
    stop = 0.0 if final else _latin_stop(text, size) if latin else UNDECIDED * _unspaced(count)
    role = _formed(text, size, final) if not bare and size <= LONGEST else None
    if role is None:
        titled = size <= (_LONGEST_LATIN if latin else LONGEST_HEAD) and _titled(text, count, final)
        role = Role.HEAD if titled else Role.BODY
    signed = text[-1] in ")）" and forms("roles")["signed"].search(text[-40:]) is not None
    ended = signed or role is Role.SOURCE or role is Role.JUMP
    lead = _opens(text) if bare else _lead(text, size)
    return Cast(role, size, stop, _numbered(text, size), lead, ended)


def sound_of(line: Line, count: list[int]) -> Cast:
    """Return what :func:`shape_of` returns for a line that :mod:`corpuskit.segment.sound` found sound."""
    size = len(line.text) - count[_SPACE]
    return Cast(Role.BODY, size, 0.0, _numbered(line.text, size), _opens(line.text), ended=False)


def _numbered(text: str, size: int) -> bool:
    return size <= 60 and forms("roles")["numbered"].match(text) is not None


def _formed(text: str, size: int, final: bool) -> Role | None:
    """Return the role that a line has by its form; None for a headline or text."""
    known = forms("roles")
    if size <= LONGEST_CAPTION and gated("roles", "caption").search(text):
        return Role.CAPTION
    if size <= LONGEST_JUMP and known["jump"].match(text):
        return Role.JUMP
    if size <= LONGEST_JUMP and known["source"].match(text):
        return Role.SOURCE
    if size <= 50 and not final and known["byline"].match(text):
        return Role.BYLINE
    if size <= 20 and not final and known["box"].match(text):
        return Role.BOX
    if is_meta(text, size):
        return Role.META
    return None


def _unspaced(count: list[int]) -> bool:
    return count[_HAN] + count[_FUNCTION] + count[_KANA] + count[_HANGUL] > 0


def _lead(text: str, size: int) -> int:
    if size >= _REPORT and dated(text):
        return 2
    return _opens(text)


def dated(text: str) -> bool:
    """Say whether a line opens with a dateline."""
    return forms("roles")["dateline"].match(text) is not None


def _opens(text: str) -> int:
    return int(forms("roles")["lead"].match(text) is not None)


def onward(text: str) -> bool:
    """Say whether a jump line leads on from the text above it; the others stand above what goes on there.

    >>> onward("（下转第三版）"), onward("（上接第一版）"), onward("Continued on page 4")
    (True, False, True)
    """
    found = forms("roles")["jump"].match(narrow(text))
    return found is not None and any(found[name] for name in ("onward", "on_page", "into"))


def ends(text: str) -> bool:
    """Say whether a line ends a sentence; an ASCII full stop counts, but not after a lone initial or number."""
    last = text[-1:]
    if last in CLOSING:
        text = text.rstrip(CLOSING)
        last = text[-1:]
    return last in FINALS or (last == "." and len(text) > 8)


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
    if "。" in text or text[-1] in "；;，,":
        return False
    date = gated("roles", "date").search(text)
    if date is None:
        return _labels(text) >= 2
    if _CLAUSE.match(text, date.end()):
        return False
    rest = size - len(date[0].replace(" ", ""))
    if rest <= 14 or (forms("roles")["label"].search(text) if size <= 60 else _labels(text)):
        return True
    return rest <= 40 and forms("roles")["floor"].search(text) is not None


def undescribed(text: str) -> bool:
    """Say whether a line of data is a date and perhaps a few words: no label, hour, number of a post or of a sheet."""
    return not any(forms("roles")[name].search(text) for name in ("label", "floor", "sheet", "newspaper"))


def _titled(text: str, count: list[int], final: bool) -> bool:
    """Say whether a short line may be a headline: questions and cries may, statements may not."""
    if "。" in text or text.rstrip(CLOSERS)[-1:] in GOES_ON:
        return False
    if final and (count[Char.INNER] >= 3 or count[Char.FINAL] >= 3):
        return False
    if text[0] in '“"「『' and text[-1] in '”"」』' and final:
        return False
    return count[Char.HAN] + count[Char.FUNCTION] + count[Char.LATIN] + count[Char.KANA] + count[Char.HANGUL] >= 2


def _latin_stop(text: str, size: int) -> float:
    return 3.0 * (size >= 30 and (text[-1].islower() or text[-1] in ",-"))

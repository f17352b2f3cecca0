"""Garbled text: escapes, wrong codecs, invisible characters, compatibility forms, undecodable bytes."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal

import ftfy
from ftfy.badness import is_bad

from corpuskit.core.edit import Edit, Flag, Proposal
from corpuskit.core.page import Line, Page
from corpuskit.core.span import Span
from corpuskit.core.stage import Stage

# one pass over a page tells whether there is anything to look at; no astral range, which would make it slow
_GATE = re.compile(
    r"[&\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xa1-\xb6\xb8-\xff\u0152-\u0192\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2f00-\u2fdf\ud800-\udfff\uf900-\ufaff\ufeff\uff01-\uff5e\ufffd]|锟斤拷|烫烫烫|屯屯屯"
)
_ENTITY = re.compile(
    r"&(?:amp;)*(?:#\d{2,7};?|#[xX][0-9a-fA-F]{2,6};?|[A-Za-z][A-Za-z0-9]{1,24};|(?:nbsp|amp|quot|lt|gt)(?![A-Za-z0-9=]))"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufff9-\ufffb]+")
_INVISIBLE = re.compile(r"[\u200b\u2060-\u2064\ufeff\u00ad\u206a-\u206f]+")
_BIDI = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_JOINER = re.compile(r"(?<=[\x21-\x7e\u3040-\u9fff])[\u200c\u200d]+(?=[\x21-\x7e\u3040-\u9fff])")
_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_BYTE = re.compile(r"[\ud800-\udfff]+")
_FORM = re.compile(r"[\u2f00-\u2fd5\uf900-\ufaff]+")
_WIDE = re.compile(r"[０-９Ａ-Ｚａ-ｚ]+")
_LOST = re.compile(r"(?:锟斤拷|锟斤|斤拷)+|\ufffd+|烫{3,}|屯{3,}")
_LATIN = re.compile(r"[\x20-\x7e\x80-\u024f\u02c6\u02dc\u2013-\u2044\u20ac\u2122]+")
_HIGH = re.compile(r"[\xa1-\xff]")


class Garbled(Stage, frozen=True):
    """Repair what can be repaired without guessing; flag what cannot.

    Order: escapes, wrong codecs, forms, then what is invisible: a control or a soft hyphen can be half of a
    wrongly decoded character, and taking it out first would destroy the other half.
    """

    name: ClassVar[str] = "garbled"
    rules: ClassVar[dict[str, str]] = {
        "garbled.entity": "an HTML entity left in the text, named, decimal or hexadecimal, escaped once or more",
        "garbled.codec": "UTF-8 or another encoding read as Latin-1 or Windows-1252 (ftfy), or GBK read so",
        "garbled.control": "control characters",
        "garbled.invisible": "zero-width characters, soft hyphens and byte order marks inside text",
        "garbled.bidi": "direction marks where no right-to-left script is",
        "garbled.form": "a Kangxi radical or compatibility ideograph in place of the unified character",
        "garbled.width": "full-width letters and digits (only with width = 'narrow')",
        "garbled.undecodable": "bytes that fit no character, shown as U+FFFD",
        "garbled.lost": "a place where characters are gone for good: flagged, never guessed",
    }
    example: ClassVar[tuple[str, str]] = ("他说&ldquo;水\u200b清了&rdquo;。", "他说“水清了”。")

    width: Literal["keep", "narrow"] = "keep"
    """Whether full-width letters and digits become ASCII."""

    def propose(self, page: Page) -> Iterable[Proposal]:
        """Return minimal edits, line by line, for the lines that the gate lets through."""
        if not _GATE.search(page.text):
            return
        for line in page.lines:
            if _GATE.search(line.text):
                yield from self._line(line)
        yield from _margins(page)

    def _line(self, line: Line) -> Iterator[Proposal]:
        text = line.text
        yield from _each(line, _ENTITY, "garbled.entity", 0.99, _unescape)
        yield from _codecs(line)
        yield from _each(line, _FORM, "garbled.form", 0.98, _unify)
        yield from _each(line, _BYTE, "garbled.undecodable", 0.97, lambda found: "\ufffd" * len(found))
        yield from _each(line, _CONTROL, "garbled.control", 0.96, lambda found: "")
        yield from _each(line, _INVISIBLE, "garbled.invisible", 0.95, lambda found: "")
        yield from _each(line, _JOINER, "garbled.invisible", 0.95, lambda found: "")
        if not _RTL.search(text):
            yield from _each(line, _BIDI, "garbled.bidi", 0.94, lambda found: "")
        if self.width == "narrow":
            yield from _each(line, _WIDE, "garbled.width", 0.9, lambda found: unicodedata.normalize("NFKC", found))
        for match in _LOST.finditer(text):
            span = Span(line.start + match.start(), line.start + match.end())
            yield Flag(span, "garbled.lost", 0.9, f"{match[0][:12]!r} stands where characters are gone")


def smallest(start: int, before: str, after: str) -> tuple[Span, str]:
    """Trim a rewrite to the smallest edit; ``start`` is where ``before`` begins.

    >>> smallest(10, "abXcd", "abYYcd")
    (Span(start=12, end=13), 'YY')
    """
    limit = min(len(before), len(after))
    left = 0
    while left < limit and before[left] == after[left]:
        left += 1
    right = 0
    while right < limit - left and before[-1 - right] == after[-1 - right]:
        right += 1
    return Span(start + left, start + len(before) - right), after[left : len(after) - right]


def _each(line: Line, form: re.Pattern[str], rule: str, score: float, change: object) -> Iterator[Edit]:
    assert callable(change)
    for match in form.finditer(line.text):
        after = change(match[0])
        if after != match[0]:
            span, text = smallest(line.start + match.start(), match[0], after)
            yield Edit(span, text, rule, score, f"{match[0][:24]!r} reads {after[:24]!r}")


def _unescape(found: str) -> str:
    text = found
    for _ in range(4):
        text, last = html.unescape(text), text
        if text == last:
            break
    if text.strip("\xa0\u2002\u2003\u2009 ") == "":
        return " " * len(text)
    clean = all(c.isprintable() and not 0xD800 <= ord(c) < 0xE000 for c in text) and "&" not in text[1:]
    return text if clean else found


def _unify(found: str) -> str:
    return "".join(unicodedata.normalize("NFKC" if c < "\u3000" else "NFC", c) for c in found)


def _codecs(line: Line) -> Iterator[Edit]:
    """Propose re-decodings of the stretches of Latin and its look-alikes."""
    for match in _LATIN.finditer(line.text):
        found = match[0]
        if found.isascii():
            continue
        after = _gbk(found) or (ftfy.fix_encoding(found) if is_bad(found) else found)
        if after != found:
            span, text = smallest(line.start + match.start(), found, after)
            yield Edit(span, text, "garbled.codec", 0.985, f"{found[:16]!r} decodes as {after[:16]!r}")


def _gbk(found: str) -> str | None:
    """Return GBK text that was read as Latin-1, where every character says so."""
    core = found.strip(" ")
    high = len(_HIGH.findall(core))
    if high < 6 or high < 0.75 * len(core.replace(" ", "")):
        return None
    try:
        text = core.encode("cp1252").decode("gb2312")
    except UnicodeError:
        return None
    han = sum("\u4e00" <= c <= "\u9fff" for c in text)
    return found.replace(core, text) if han >= 3 and 2 * han >= 0.8 * high else None


def _margins(page: Page) -> Iterator[Edit]:
    """Take byte order marks and zero-width characters that stand alone at the edges of the text."""
    if page.text.startswith("\ufeff") and not (page.lines and page.lines[0].start == 0):
        yield Edit(Span(0, 1), "", "garbled.invisible", 0.95, "byte order mark")

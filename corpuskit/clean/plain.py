"""Pages on which nothing could be noise: sentences under a headline, and no word that any rule goes by.

Most pages of a crawl that was extracted before are such. What tells them is counted for all lines of many pages at
once, far quicker than the evidence of each line is gathered: of a plain page no rule says anything, and it has too few
short lines for the labeller to be asked. Of a quiet page, which has other lines between its sentences or words of the
trades, neither lists nor furniture say anything: only spam and the labeller are to be asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from corpuskit.clean import buttons, crowns, furniture, pointers
from corpuskit.clean.evidence import ahead as gather
from corpuskit.clean.evidence import shown
from corpuskit.clean.looks import LIMIT, SHORT, coding, is_code
from corpuskit.clean.marks import CUT_ENDS, is_cut, ranked
from corpuskit.clean.measured import Measured
from corpuskit.clean.spam import MANY
from corpuskit.clean.stack import Stack
from corpuskit.clean.verdict import QUIET
from corpuskit.core.codes import members_of
from corpuskit.core.page import Char, Page

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint8]

_HEADS = 2
"""Lines at the top that need be no sentences: a headline and what stands under it."""
TOP = 3
"""Lines at the top that the labeller is not asked about."""
PARAGRAPH, LEAST = 30, 5
"""Characters of a sentence that the labeller is not asked about, and lines of a page of which it may be asked."""
_FEW = 4
"""One line in so many of a quiet page may be no sentence."""


def is_plain(page: Page) -> bool:
    """Say whether nothing on a page could be noise; worked out once."""
    if "plain" not in page.cache:
        ahead([page])
    found: bool = page.cache["plain"]
    return found


def is_bare(page: Page) -> bool:
    """Say whether a page is plain and has nothing beside its lines either: no name of a site, no button."""
    return is_plain(page) and page.cache.get("bare", False) is True


def ahead(pages: Sequence[Page]) -> None:
    """Tell which of many pages are plain, and gather the evidence of those that are not."""
    waiting = [page for page in pages if "plain" not in page.cache]
    asked = [page for page in waiting if _may_be(page)]
    for page in waiting:
        page.cache["plain"] = False
    measured = _tell(asked) if asked else None
    gather([page for page in waiting if not page.cache["plain"]], measured)


def _may_be(page: Page) -> bool:
    """Say whether its lines alone tell whether a page is plain: it has no tree and no table of its site.

    A later draft of a page seldom is if the first was not.
    """
    known = page.source.blocks or page.source.elements or page.learned.get("site_lines") or "labels" in page.by_line
    return bool(page.lines) and not known and "evidence" not in page.cache


def _tell(pages: Sequence[Page]) -> Measured:
    """Note of each page whether it is plain and what was counted of its lines; return what was counted of all."""
    stack = Stack(pages)
    measured = Measured(stack.texts)
    said = _sentences(measured)
    quiet = _may_be_quiet(stack, measured, said)
    signs = measured.held(_signs())
    quiet[[*_spoken_of(stack, measured, signs, said, quiet)]] = False
    plain = quiet & (stack.sums(_against(stack, measured, said)) == 0)
    opens = measured.prose & (measured.tally[:, Char.INNER] > 0)
    opens &= measured.size >= np.where(measured.final, crowns.PROSE, 2 * crowns.PROSE)
    for page, lines in zip(pages, stack.slices, strict=True):
        page.tally = measured.tally[lines]
    for number in np.flatnonzero(quiet).tolist():
        page = pages[number]
        page.cache[QUIET] = not furniture.speaks_of_end(page.lines[-1].text)
        page.cache["plain"] = bool(plain[number]) and page.cache[QUIET]
    closed = _closing().take(measured.tails()[0], mode="clip")
    # which paragraph is the first is asked of a page only where some line has one of the marks
    marked = plain & (stack.sums(((signs & (_DASH | _COLON)) > 0) | closed) > 0)
    first = np.zeros(len(pages), np.int64)
    for number in np.flatnonzero(marked).tolist():
        first[number] = crowns.note(pages[number], np.flatnonzero(opens[stack.slices[number]]).tolist())
    for number in np.flatnonzero(plain & (stack.sums(closed | _beside(stack, signs, first)) == 0)).tolist():
        pages[number].cache["bare"] = pages[number].cache["plain"]
    return measured


def _beside(stack: Stack, signs: Bits, first: Ints) -> Flags:
    """Say which lines may have the name of a site beside them, by their marks.

    ``first`` is the first paragraph of each page.
    """
    above = first[stack.page]
    return (((signs & _DASH) > 0) & (stack.at < np.maximum(above, crowns.TOP))) | (
        ((signs & _COLON) > 0) & (stack.at < above)
    )


def _spoken_of(stack: Stack, measured: Measured, signs: Bits, said: Flags, quiet: Flags) -> set[int]:
    """Return those of the pages that may be quiet of which a rule says something.

    ``signs`` are what :func:`_signs` tells of each line, ``said`` the sentences.
    """
    likely, of = quiet[stack.page], stack.page.tolist()
    out: set[int] = set()
    for asked, speaks in _rules(measured, signs, likely & said):
        out.update(of[i] for i in asked.tolist() if speaks(stack.texts[i]))
    odd = np.flatnonzero(likely & ~said)
    for i, e in zip(odd.tolist(), shown(measured, odd), strict=True):
        page, index, text = stack.pages[of[i]], int(stack.at[i]), stack.texts[i]
        page.by_line.setdefault("evidence", {})[text] = e
        entry = index >= _HEADS and (is_cut(text) or ranked(text) > 0)
        if entry or pointers.speaks(text) or furniture.speaks(page, index, e):
            out.add(of[i])
    return out


def _may_be_quiet(stack: Stack, measured: Measured, said: Flags) -> Flags:
    """Say which pages are sentences but for a few lines, and end in one: what follows the last one is the foot."""
    last = stack.ends - 1
    return said[last] & (measured.size[last] >= PARAGRAPH) & (stack.sums(~said) <= _HEADS + stack.sizes // _FEW)


def _rules(measured: Measured, signs: Bits, said: Flags) -> Iterator[tuple[Ints, Callable[[str], bool]]]:
    """Yield the rules that speak of sentences, wherever they stand, and the sentences of which each may."""
    length = measured.ends - measured.starts
    short = np.flatnonzero(said & (measured.size <= np.where(measured.final, SHORT, LIMIT["footer"])))
    formed = furniture.may_speak_of_sentences([measured.texts[i] for i in short.tolist()])
    yield short[formed], furniture.speaks_of_sentence
    yield np.flatnonzero(said & (measured.size <= LIMIT["code"]) & ((signs & _CODE) > 0)), is_code
    opens = (length <= pointers.HEAD) | ((length <= pointers.LONGEST) & ((signs & _OPEN) > 0))
    yield np.flatnonzero(said & opens), pointers.speaks


def _sentences(measured: Measured) -> Flags:
    """Say which lines are sentences that are no cut snippets and hold no word of furniture that counts.

    Of a long one no rule asks how it ends.
    """
    last, before = measured.tails()
    cut = _cut_ends().take(last, mode="clip") & ((last != ord(".")) | (before == ord(".")))
    out: Flags = measured.prose & (measured.final | (measured.size > SHORT)) & ~cut
    out &= measured.furnished == 0
    for line in np.flatnonzero(out & ~measured.final).tolist():
        out[line] = not is_cut(measured.texts[line])
    return out


def _against(stack: Stack, measured: Measured, said: Flags) -> Flags:
    """Say which lines speak against a page: no sentences below its head, too short for where they stand, key words."""
    count = stack.sizes[stack.page]
    last = stack.at == count - 1
    # what follows the last paragraph is the foot
    short = (measured.size < PARAGRAPH) & (((stack.at >= TOP) & (count >= LEAST)) | last)
    out: Flags = (~said & ((stack.at >= _HEADS) | last)) | short | _keywords(measured)
    return out


def _keywords(measured: Measured) -> Flags:
    """Say which lines hold words of the trades, or are no sentence and have so many parts that they may be a row."""
    _, trade, _, host, _ = measured.terms
    parts = measured.tally[:, [Char.SPACE, Char.RULE, Char.INNER, Char.SYMBOL]].sum(axis=1)
    words: Flags = (trade > 0) | (host > 0) | (~measured.prose & (parts >= MANY - 1))
    return words


_CODE, _OPEN, _DASH, _COLON = 1, 2, 4, 8
"""Bits of the characters without which a rule says nothing of a line."""


@cache
def _signs() -> Bits:
    """Return what each code point is a sign of, as bits."""
    dashes, colons = map(members_of, (crowns.DASHES, crowns.COLONS))
    out = np.zeros(len(dashes), np.uint8)
    for bit, chars in ((_CODE, coding()), (_OPEN, pointers.opening()), (_DASH, dashes), (_COLON, colons)):
        out[chars] |= bit
    return out


@cache
def _closing() -> Flags:
    """Return what closes a button."""
    return members_of(buttons.CLOSE)


@cache
def _cut_ends() -> Flags:
    return members_of(CUT_ENDS)

"""What the language model reads, as changes of a line: half-known characters filled, the page's own marks kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from corpuskit.clean.mojibake import big5, latin, utf8
from corpuskit.clean.mojibake.fill import LOST, Usage
from corpuskit.clean.mojibake.forms import katakana
from corpuskit.clean.mojibake.phase import Item, Slip, slips
from corpuskit.clean.mojibake.recode import BESIDE, fluent, mean, parts
from corpuskit.clean.mojibake.table import MARKS
from corpuskit.clean.mojibake.unfold import unfolded
from corpuskit.clean.mojibake.work import Change
from corpuskit.core.characters import model
from corpuskit.core.late import late
from corpuskit.lexicon.alphabet import CLASSES, FOLDED

CERTAIN = 0.945
UNMARKED = 0.97
"""The same where no mark says that a byte is lost just there."""
FEW = 0.65
"""The same where a byte in three is lost, so that few characters fit."""
LEAST_KNOWN = 2
"""Characters that must be read whole for a run to be believed."""
SURE = 20.0
"""Gain in ln P from which a run is out of step for sure."""
CLEAR = 12.0
"""Gain in ln P from which one of fewer is believed, if nothing of it stays open."""
HIRAGANA = 50
"""Characters of a page of which one, at the least, is a common particle of Japanese."""
_BACK = {wide: mark for mark, wide in FOLDED.items() if mark in ",?!;:()"}
_CLOSES = {"“": "”", "‘": "’", "「": "」", "『": "』"}
_STOP = late(rf"(?<=[\u4e00-\u9fff])[{MARKS}][!！][{MARKS}]")
_HAN = late(r"[\u3400-\u9fff]")
_ABOUT = late(r"(?i)UTF-?8|GBK|GB ?2312|Big-?5|Latin-?1|mojibake|[编編][码碼]|[乱亂][码碼]|文字化け")
Reader = Callable[[Sequence[str], Callable[[], Usage]], list[list[Slip]]]


class _Read:
    """What was read of lines: those of the page all at once, others as they come up."""

    def __init__(self, read: Reader, usage: Callable[[], Usage]) -> None:
        self._of, self._usage = read, usage
        self._known: dict[str, list[Slip]] | None = None

    def ahead(self, lines: Iterable[str]) -> None:
        """Read lines, if none were read yet."""
        if self._known is None:
            held = list(dict.fromkeys(lines))
            self._known = dict(zip(held, self._of(held, self._usage), strict=True))

    def of(self, text: str) -> list[Slip]:
        """Return what was read of a line."""
        if self._known is None or text not in self._known:
            [found] = self._of([text], self._usage)
            self._known = {} if self._known is None else self._known
            self._known[text] = found
        return self._known[text]


class Repairs:
    """The repairs of one page, which share what is known of it; its damaged lines are read all at once."""

    def __init__(self, page: str, damaged: Sequence[str] = ()) -> None:
        self._page = page
        self._narrow = "," in page and "，" not in page
        self._damaged = damaged
        self._usage: Usage | None = None
        self._kana: bool | None = None
        self._out: bool | None = None
        self._slips = _Read(slips, self.usage)
        self._runs = _Read(utf8.readings, self.usage)

    def slipped(self) -> bool:
        """Say whether any damaged line of the page is surely out of step somewhere."""
        if self._out is None:
            self._read()
            # runs of UTF-8 are no slips: what stands beside them is looked at when they are read
            lines = [line for line in self._damaged if not self._runs.of(line)]
            found = [(line, slip) for line in lines for slip in self._slips.of(line) if slip.gain >= SURE]
            self._out = any(not _stands(line[slip.start : slip.end], slip) for line, slip in found) or any(
                big5.readings(line, self.usage) for line in lines
            )
        return self._out

    @property
    def shifted(self) -> bool:
        """Whether :meth:`slipped` was asked, and said so."""
        return bool(self._out)

    def _read(self) -> None:
        self._runs.ahead(self._damaged)
        self._slips.ahead(line for line in self._damaged if not self._runs.of(line))

    def phase(self, text: str) -> Iterator[Change]:
        """Yield the repair of each phase slip of a line."""
        self._read()
        found = self._put_back(text, self._slips.of(text))
        short = bool(found) and self.slipped()
        slips = [slip for slip in found if sane(text[slip.start : slip.end], slip, short=short)]
        yield from self._changes(text, slips, "garbled.phase", "GBK read one byte out of step")

    def _put_back(self, text: str, found: list[Slip]) -> list[Slip]:
        """Return the slips of a line, those in place of others that go on across what NFKC took apart."""
        other = unfolded(text)
        if other is None:
            return found
        held = [slip for slip in self._slips.of(other.text) if other.one(slip.start, slip.end)]
        better = [slip._replace(start=other.starts[slip.start], end=other.starts[slip.end]) for slip in held]
        kept = [slip for slip in found if all(slip.end <= new.start or new.end <= slip.start for new in better)]
        return sorted([*kept, *better], key=lambda slip: slip.start)

    def stops(self, text: str) -> Iterator[Change]:
        """Yield full stops whose second byte, with the first of a quotation mark, was taken for an exclamation mark."""
        for match in _STOP.finditer(text) if self.slipped() else ():
            before, behind = text[: match.start()], text[match.end() :]
            if before.count("“") > before.count("”"):
                after = "。”"
            elif "”" in behind.partition("“")[0]:
                after = "。“"
            else:
                continue
            reason = f"GBK cut on both sides of its middle: {match[0]!r} reads {after!r}"
            yield Change(match.start(), match.end(), after, "garbled.phase", 0.95, reason)

    def big5(self, text: str) -> Iterator[Change]:
        """Yield the repair of each run of Big5 whose first byte is lost."""
        found = big5.readings(text, self.usage)
        yield from self._changes(text, found, "garbled.phase", "Big5 read one byte out of step")

    def utf8(self, text: str) -> Iterator[Change]:
        """Yield the repair of each run of UTF-8 read as GBK."""
        self._runs.ahead(self._damaged)
        found = [
            slip
            for slip in self._runs.of(text)
            if sane(text[slip.start : slip.end], slip) and not self._cited(text, slip)
        ]
        yield from self._changes(text, found, "garbled.codec", "UTF-8 read as GBK")

    def latin(self, text: str) -> Iterator[Change]:
        """Yield the repair of each run of UTF-8 read as Windows-1252 that lost bytes."""
        [found] = latin.readings([text], self.usage)
        slips = [slip for slip in found if _reads(slip) and not self._cited(text, slip)]
        yield from self._changes(text, slips, "garbled.codec", "UTF-8 read as Windows-1252")

    def parts(self, text: str) -> Iterator[Change]:
        """Yield re-decodings of the parts of a line in a wrong codec of Asia, on a page that is not in Japanese."""
        if not self._japanese():
            yield from parts(text)

    def katakana(self, text: str) -> Iterator[Change]:
        """Yield full-width katakana for half-width ones, on a page in Japanese."""
        if self._japanese():
            yield from katakana(text)

    def _japanese(self) -> bool:
        """Say whether a page has hiragana: of what was read in a wrong codec, kana are no letters."""
        if self._kana is None:
            self._kana = HIRAGANA * sum(map(self._page.count, "のはをにがでと")) > len(self._page)
        return self._kana

    def _cited(self, text: str, slip: Slip) -> bool:
        """Say whether a run is quoted by itself on a page about encodings: it is spoken of."""
        ends = _CLOSES.get(text[max(0, slip.start - 1) : slip.start])
        return ends is not None and ends in text[slip.end : slip.end + 3] and bool(_ABOUT.search(self._page))

    def usage(self) -> Usage:
        """Return how often characters stand on the page, counted on first use."""
        if self._usage is None:
            self._usage = Usage(self._page)
        return self._usage

    def _changes(self, text: str, found: Iterable[Slip], rule: str, says: str) -> Iterator[Change]:
        for slip in found:
            yield self._change(text, slip, rule, says)

    def _change(self, text: str, slip: Slip, rule: str, says: str) -> Change:
        chars, doubts = [], []
        for item in slip.items:
            char = _written(item)
            if char == LOST and item.guess is not None:
                doubts.append(item.guess.char + item.guess.others)
            chars.append(_BACK.get(char, char) if self._narrow else char)
        after = "".join(chars)
        reason = f"{says}: {text[slip.start : slip.end][:16]!r} reads {after[:16]!r}"
        if doubts:
            reason += f"; {LOST} may be {', '.join(doubts)}"
        return Change(slip.start, slip.end, after, rule, round(min(0.98, 0.9 + slip.gain / 1000), 3), reason)


def _written(item: Item) -> str:
    """Return a character as it is written: a half-known one only where it is certain enough."""
    least = FEW if item.few else CERTAIN if item.shown else UNMARKED
    if item.guess is None or item.guess.certainty >= least:
        return item.char
    return LOST


def sane(before: str, slip: Slip, *, short: bool = False) -> bool:
    """Say whether a run reads as Chinese that was not stranger before; ``short`` ones are believed with less known."""
    after = "".join(item.char for item in slip.items if item.char != LOST)
    whole = "".join(item.char for item in slip.items if item.guess is None)
    known = len(whole) if _HAN.search(whole) or not whole else 0
    strange, was = _strange(after), _strange("".join(c for c in before if c not in MARKS))
    enough = known >= (1 if short else LEAST_KNOWN) or (slip.gain >= CLEAR and all(map(_sure, slip.items)))
    return enough and strange <= was and 5 * strange <= len(after) and not _stands(before, slip)


def _stands(before: str, slip: Slip) -> bool:
    """Say whether what stands beside U+FFFD is likelier by itself than the characters known whole of its reading.

    A repair leaves these signs around sound text, and most of the gain of such a run is that they go.
    """
    if LOST not in before:
        return False
    inner = "".join(char for char in before if char not in MARKS)
    whole = "".join(item.char for item in slip.items if item.guess is None)
    return bool(inner and whole) and mean(inner) > mean(whole)


def _reads(slip: Slip) -> bool:
    """Say whether what a run of Latin letters reads is fluent, or a single mark."""
    after = "".join(item.char for item in slip.items if item.char > "\x7f")
    return fluent(after, BESIDE) or not after or max(after) < "\u3400"


def _sure(item: Item) -> bool:
    return item.guess is None or item.guess.certainty >= UNMARKED


def _strange(text: str) -> int:
    """Return how many characters are of scripts and symbols that do not stand among Chinese."""
    return int(np.isin(model().ids(text), _SCRIPTS).sum())


_SCRIPTS = np.array([CLASSES.index(kind) for kind in "KGEBXZ"])

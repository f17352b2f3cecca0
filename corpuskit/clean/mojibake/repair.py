"""What the beams read, as changes of a line: half-known characters filled, the page's own marks kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpuskit.clean.mojibake import utf8
from corpuskit.clean.mojibake.fill import LOST, Filled, Usage, fill
from corpuskit.clean.mojibake.gate import MARKS
from corpuskit.clean.mojibake.gbk import Guess, candidates
from corpuskit.clean.mojibake.model import FOLDED, script
from corpuskit.clean.mojibake.phase import Item, Slip, slips
from corpuskit.clean.mojibake.work import Change

CERTAIN = 0.9
UNMARKED = 0.97
"""The same where no mark says that a byte is lost just there."""
LEAST_KNOWN = 2
"""Characters that must be read whole for a run to be believed."""
_BACK = {wide: mark for mark, wide in FOLDED.items() if mark in ",?!;:()"}
_SAYS = {
    "garbled.phase": "GBK read one byte out of step",
    "garbled.codec": "UTF-8 read as GBK",
}


class Repairs:
    """The repairs of one page, which share what is known of it."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._narrow = "," in page and "，" not in page
        self._guess = Guess()
        self._usage: Usage | None = None

    def phase(self, text: str) -> Iterator[Change]:
        """Yield the repair of each phase slip of a line."""
        yield from self._changes(text, slips(text, self._guess), "garbled.phase")

    def utf8(self, text: str) -> Iterator[Change]:
        """Yield the repair of each run of UTF-8 read as GBK."""
        yield from self._changes(text, utf8.readings(text), "garbled.codec")

    def _changes(self, text: str, found: list[Slip], rule: str) -> Iterator[Change]:
        for slip in found:
            if sane(text[slip.start : slip.end], slip):
                yield self._change(text, slip, rule)

    def _change(self, text: str, slip: Slip, rule: str) -> Change:
        chars, doubts = [], []
        for item, guess in self._filled(text, slip):
            char = item.char
            if guess is not None:
                char = guess.char if guess.certainty >= _least(text, slip, item) else LOST
                if char == LOST:
                    doubts.append("".join((guess.char, *guess.others)))
            chars.append(_BACK.get(char, char) if self._narrow else char)
        after = "".join(chars)
        reason = f"{_SAYS[rule]}: {text[slip.start : slip.end][:16]!r} reads {after[:16]!r}"
        if doubts:
            reason += f"; {LOST} may be {', '.join(doubts)}"
        return Change(slip.start, slip.end, after, rule, round(min(0.98, 0.9 + slip.gain / 1000), 3), reason)

    def _filled(self, text: str, slip: Slip) -> Iterator[tuple[Item, Filled | None]]:
        if self._usage is None:
            self._usage = Usage.of(self._page)
        chars = [*("。。" + text[: slip.start])[-2:], *(item.char for item in slip.items)]
        chars += (text[slip.end :] + "\n\n")[:2]
        for at, item in enumerate(slip.items, 2):
            options = _options(item)
            if not options:
                yield item, None
                continue
            filled = fill(options, "".join(chars[at - 2 : at]), "".join(chars[at + 1 : at + 3]), self._usage)
            chars[at] = filled.char
            yield item, filled


def _least(text: str, slip: Slip, item: Item) -> float:
    """Return how certain a half-known character must be to be written."""
    shown = text[slip.start : slip.end]
    edge = shown[:1] if item.side == "trail" else shown[-1:]
    return CERTAIN if item.held or edge in tuple(MARKS) else UNMARKED


def _options(item: Item) -> Sequence[tuple[str, float]]:
    if item.held:
        return utf8.candidates(item.held)
    return [(char, 0.0) for char in candidates(item.side, item.byte)] if item.side else []


def sane(before: str, slip: Slip) -> bool:
    """Say whether a run reads as Chinese that was not stranger before."""
    after = [item.char for item in slip.items if item.char != LOST]
    known = sum(not item.side for item in slip.items)
    strange = sum(script(c) in "KGEBXZ" for c in after)
    was = sum(script(c) in "KGEBXZ" for c in before if c not in MARKS)
    return known >= LEAST_KNOWN and strange <= was and 5 * strange <= len(after)

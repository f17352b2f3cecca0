"""What part a line plays in its article."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from corpuskit.core.page import Page
from corpuskit.segment import cuts
from corpuskit.segment.columns import ASIDE, JUMPS, columns
from corpuskit.segment.doubts import relented
from corpuskit.segment.shapes import STOPS, UNDECIDED, Cast, Role, ends, onward, shape_of, sound_of
from corpuskit.segment.signatures import VERSE, author, closing, poet, signature
from corpuskit.segment.wrap import wrapped

LEANING = 0.5
"""Log odds in favour of a cut: one that is missed stays broken, one too many is left open for want of a partner."""
_STANZA = 4
"""Least lines of a stanza."""
_LINE_ENDS = frozenset("，。！？；、：…,.!?;:”’」』）)")
_HEADED, _TITLED, _ASKED = 40, 6, 60
"""Lines of a page that may be a question that heads its own text, and its characters."""
_TURNED = 18
"""Most characters of a line of a headline set in two."""
_WIDER = 1.25
"""Times that a line of text is longer than each line of a headline above it."""
_POINTERS, _LABEL, _CAPTION = "▲△▼←↑↓", 8, 60
"""Signs that point at a picture, least and most characters of the line that begins so."""
_DATA = (Role.BYLINE, Role.META)


def shapes(page: Page) -> list[Cast]:
    """Return the role of each line by its own shape and its neighbours', before it is asked what is cut."""
    alone = [shape_at(page, index) for index in range(len(page.lines))]
    for index in _having(alone, Role.HEAD):
        if scrap(page, index):
            alone[index] = alone[index]._replace(role=Role.BODY)
    for index in [i for sign in _POINTERS if sign in page.text for i in _pointing(page, alone, sign)]:
        alone[index] = alone[index]._replace(role=Role.CAPTION)
    for index in [i for i in _having(alone, Role.META) if _datum(page, alone, i)]:
        alone[index] = alone[index]._replace(role=Role.BODY)
    for index in range(min(_HEADED, len(alone) - 1)):
        if _asked(page, alone, index):
            alone[index] = alone[index]._replace(role=Role.HEAD, stop=0.0)
    for index in filter(None, _having(alone, Role.HEAD)):
        last = index == len(alone) - 1
        if signature(page, alone, index) or (not last and (author(page, alone, index) or poet(page, alone, index))):
            alone[index] = alone[index]._replace(role=Role.BYLINE)
        elif closing(page, alone, index):
            alone[index] = alone[index]._replace(role=Role.BODY, stop=0.0, ended=True)
        elif not last and _turned(page, alone, index - 1):
            alone[index - 1] = alone[index - 1]._replace(role=Role.HEAD, stop=0.0)
    return alone


def _pointing(page: Page, alone: Sequence[Cast], sign: str) -> list[int]:
    """Return the line that points at a picture; where several begin so, the sign opens items."""
    found = [i for i, line in enumerate(page.lines) if line.text[0] == sign]
    told = all(
        alone[i].role in (Role.BODY, Role.HEAD)
        and _LABEL <= alone[i].size <= _CAPTION
        and not page.lines[i].text[1].isspace()
        for i in found
    )
    return found if len(found) == 1 and told else []


def shape_at(page: Page, index: int) -> Cast:
    """Return the role of a line by its own shape."""
    return _shape_at(page, index, page.counts[index])


def shape_of_top(page: Page) -> Cast:
    """Return the role of the first line by its own shape; no other line of the page is counted."""
    return _shape_at(page, 0, page.tally[0].tolist())


def _shape_at(page: Page, index: int, count: list[int]) -> Cast:
    line = page.lines[index]
    if "layout.sound" not in page.cache:
        return shape_of(line, count)
    return (
        sound_of(line, count)
        if page.cache["layout.sound"][index]
        else shape_of(line, count, bare=page.cache["layout.bare"][index])
    )


def _having(alone: Sequence[Cast], role: Role) -> list[int]:
    """Return the lines that have a role now."""
    return [index for index, here in enumerate(alone) if here.role is role]


def _asked(page: Page, alone: Sequence[Cast], index: int) -> bool:
    """Say whether a line is a title although it is a sentence: the text below it begins with it, and goes on."""
    here, text = alone[index], page.lines[index].text
    if here.role is not Role.BODY or not _TITLED <= here.size <= _ASKED:
        return False
    below = page.lines[index + 1].text
    return len(below) > len(text) and below.startswith(text)


def _turned(page: Page, alone: Sequence[Cast], index: int) -> bool:
    """Say whether a line is the first of a headline set in two lines: a clause and its end above a byline or a date."""
    here, then = alone[index], alone[index + 1]
    if here.role is not Role.BODY or not 4 <= here.size <= _TURNED or not page.lines[index].text.endswith(("，", ",")):
        return False
    if then.role is not Role.HEAD or then.size > _TURNED:
        return False
    below = next((one for one in alone[index + 2 : index + 4] if one.role is not Role.HEAD), here)
    whole = index == 0 or alone[index - 1].role is not Role.BODY or ends(page.lines[index - 1].text)
    text = whole and below.role is Role.BODY and below.size > _WIDER * max(here.size, then.size)
    return below.role in _DATA or below.lead == 2 or text


def cast(page: Page) -> list[Cast]:
    """Return the role of each line."""
    return page.once("layout.cast", lambda: _cast(page))


def _cast(page: Page) -> list[Cast]:
    alone = shapes(page)
    unsettled = [index for index, here in enumerate(alone) if here.stop]
    if not unsettled:
        return alone
    indented = indents(page, alone)
    verse = _verse(page, alone)
    settled = [*alone]
    for index in unsettled:
        here = alone[index]
        whole = verse[index] or _over_report(alone, index)
        settled[index] = here._replace(stop=0.0) if whole else _settle(page, alone, index, indented)
    settled = relented(page, alone, settled)
    # lines of whole sentences are not cut at a width
    cut = wrapped(page) if 3 * len(unsettled) >= len(alone) else []
    if not any(cut):
        return settled
    return columns(page, settled, cut)


def _over_report(cast: Sequence[Cast], index: int) -> bool:
    """Say whether what looks like a headline stands right above a report that opens with its place: it is one."""
    below = cast[index + 1] if index + 1 < len(cast) else None
    return cast[index].role is Role.HEAD and below is not None and below.role is Role.BODY and below.lead == 2


def _verse(page: Page, alone: Sequence[Cast]) -> list[bool]:
    """Say which lines stand in a run of short ones that nearly all end with a mark: no column is cut so."""
    out = [False] * len(alone)
    for short, run in groupby(range(len(alone)), lambda index: 0 < alone[index].size < VERSE):
        lines = list(run)
        if not short or len(lines) < _STANZA:
            continue
        marked = [page.lines[index].text[-1] in _LINE_ENDS for index in lines]
        verse = marked if sum(marked) >= 0.75 * len(lines) else _stanzas(marked)
        for index, mark in zip(lines, verse, strict=True):
            out[index] = mark
    return out


def _stanzas(marked: Sequence[bool]) -> list[bool]:
    """Return which lines stand in a run of so many that all end with a mark."""
    runs = [(mark, len(list(run))) for mark, run in groupby(marked)]
    return [mark and size >= _STANZA for mark, size in runs for _ in range(size)]


def _datum(page: Page, alone: Sequence[Cast], index: int) -> bool:
    """Say whether a line that looks like a dateline is a row of a table: a line beside it has as many cells."""
    cells = page.lines[index].text.count("\t")
    beside = [i for i in (index - 1, index + 1) if 0 <= i < len(alone)]
    return cells > 0 and any(page.lines[i].text.count("\t") == cells for i in beside)


def indents(page: Page, alone: Sequence[Cast]) -> list[bool]:
    """Return for each line whether it is indented, and behind the last whether the page indents its paragraphs."""
    out = cuts.indents(page)
    if not any(out):
        return [*out, False]
    return [*out, _used([flag for flag, here in zip(out, alone, strict=True) if here.role is Role.BODY])]


def _used(text: Sequence[bool]) -> bool:
    """Say whether the paragraphs of a page are indented, given which lines of text are."""
    return sum(text) > 0.4 * len(text)


def scrap(page: Page, index: int) -> bool:
    """Say whether a short line is a scrap of a sentence, set apart by a link: the next goes on with a mark."""
    after = page.lines[index + 1].text[0] if index + 1 < len(page.lines) else ""
    return after != "" and after in "，。、；：！？）」』》”’,.;:!?)]"


def stops(page: Page, title: Cast, below: Cast) -> bool:
    """Say whether what looks like a headline stops inside a sentence, above lines of text of which one is given."""
    flags = cuts.indents(page)
    return _settle(page, [title, below], 0, [*flags, _used(flags[1:])]).stop > 0


def _settle(page: Page, alone: list[Cast], index: int, indented: list[bool]) -> Cast:
    """Judge whether a line that may stop inside a sentence does, by itself and by what follows it."""
    here = alone[index]
    if here.role not in (Role.BODY, Role.HEAD):
        return here._replace(stop=0.0)
    after = following(alone, index)
    stop = here.stop
    if index + 1 < len(alone) and alone[index + 1].role is Role.JUMP and onward(page.lines[index + 1].text):
        stop = JUMPS
    elif stop == UNDECIDED:
        stop = cuts.weigh(cut_signs(page, alone, index, after, indented)) + STOPS + LEANING
    elif after is not None:
        right = page.lines[after].text[0]
        # what stands between the halves of a sentence begins in a capital; a line so long is no headline
        on = (right.islower() and alone[after].role not in _DATA) or here.role is Role.BODY
        stop += 5.0 if right in ",.;:!?)" else 0.0 if on else -10.0
    if stop < STOPS:
        return here._replace(stop=0.0)
    return here._replace(stop=stop, role=Role.BODY)


def following(alone: Sequence[Cast], index: int) -> int | None:
    """Return the line after a line, captions and heads of boxes passed over."""
    return next((i for i in range(index + 1, min(index + 5, len(alone))) if alone[i].role not in ASIDE), None)


def undecided(here: Cast) -> bool:
    """Say whether :func:`cast` asks whether the line is cut."""
    return here.role in (Role.BODY, Role.HEAD) and here.stop == UNDECIDED


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
    whole = ends(right)
    signs |= {
        **cuts.seam(left, right, signs["open bracket"] > 0),
        "an aside follows": after > index + 1,
        "a dateline follows": then.lead == 2,
        "a lead follows": then.lead == 1,
        "a number follows": then.numbered,
        "a remainder follows": then.size < cuts.REMAINDER and whole,
        "a short line follows": then.size < cuts.SHORT and not whole,
        "a line as long follows": here.size < VERSE and abs(here.size - then.size) < 2,
    }
    if then.role is not Role.BODY:
        signs |= _under(here, then)
    if indented[-1] or indented[after] or indented[index]:
        signs |= _by_indents(indented[-1], indented[index], indented[after])
    if page.broken(after):
        signs |= {"furniture between": True, "comma before furniture": left[-1] in "，,"}
    return signs


def _under(here: Cast, then: Cast) -> dict[str, float]:
    """Return what a line shows by what stands below it, other than text."""
    return {
        "a byline follows": then.role in _DATA,
        "a headline follows": then.role is Role.HEAD,
        "headline on headline": then.role is Role.HEAD and here.role is Role.HEAD,
    }


def _by_indents(used: bool, here: bool, then: bool) -> dict[str, float]:
    """Return what a line shows by its indent and that of the next, and by whether the page indents paragraphs."""
    return {
        "an indent follows": then,
        "no indent follows": used and not then,
        "an indent before": here,
        "no indent before": used and not here,
    }

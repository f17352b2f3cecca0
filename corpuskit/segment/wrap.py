"""Text cut at a fixed width: every line full but the last of each paragraph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from corpuskit.core.page import Char, Page
from corpuskit.segment.cuts import CLOSERS
from corpuskit.segment.shapes import ends
from corpuskit.segment.sheets import sheet

Columns = np.ndarray[tuple[int], np.dtype[np.int64]]

_LEAST_LINES = 5
_NARROWEST, _WIDEST = 24, 200
_PAPER = 18
"""Columns of the narrowest line at which a newspaper cuts its text."""
_COLUMN = 90
"""Most columns of a line of a narrow column."""
_DEEP = 9
"""Characters of white space from which a line is set apart, not indented."""
_FULL = 0.5
"""Least share of lines that are full."""
_BLOCK = 3
"""Most lines of a headline."""
_INDENTED = 2
"""Lines of a run with white space before them from which its paragraphs begin so."""
_ROOM = 2
"""Columns that one more character takes."""
_TWO = np.array([ord(char) for char in "“”‘’…—"], np.uint32)
"""Marks that are set as wide as the characters of an unspaced script."""
_MARKS = (Char.FINAL, Char.INNER)


def wrapped(page: Page) -> list[bool]:
    """Return for each line whether it was cut at the width of the page, so that the next reads on from it.

    A page counts as cut when at least half of its lines end within four columns of the same width and most of these
    end without a mark: verse of equal lines is narrower, and lists end where they will. A line that a blank line or
    an indented one follows ends its paragraph.
    """
    count = len(page.lines)
    if count < _LEAST_LINES:
        return [False] * count
    wide = _columns(page)
    slack = _slack(page)
    whole = _cut(page, wide, range(count), _width(page, wide), slack)
    if any(whole):
        return whole
    out = [False] * count
    for run in _runs(page, wide):
        width = _usual(page, wide[run.start : run.stop], slack)
        cut = _cut(page, wide, run, width, slack) if _ended(page, wide, run, width, slack) else []
        if any(cut):
            out[run.start : run.stop] = cut
            continue
        for block in _blocks(page, wide, run, slack):
            out[block.start : block.stop - 1] = [True] * (len(block) - 1)
    return out


def filled(page: Page) -> list[bool]:
    """Return which lines of narrow columns are full and end no sentence: something reads on from them somewhere."""
    wide, slack = _columns(page), _slack(page)
    out = [False] * len(page.lines)
    for run in _runs(page, wide):
        width = _commonest(page, wide[run.start : run.stop].tolist(), slack)
        for line in run:
            final = int(page.classes[page.lines[line].end - 1]) == Char.FINAL
            out[line] = width - slack <= wide[line] <= width and not final
    return out


def _cut(page: Page, wide: Columns, run: range, width: int, slack: int) -> list[bool]:
    """Return for each line of a run whether it was cut at a width; 0 for none."""
    own = wide[run.start : run.stop]
    full = (own >= width - slack) & (own <= width)
    if not width or full.sum() < max(_LEAST_LINES - 1, _FULL * len(run)):
        return [False] * len(run)
    marked = np.array([_marked(page, run.start + i) for i in np.flatnonzero(full).tolist()])
    if marked.mean() > 0.4:
        return [False] * len(run)
    # a headline as wide as the page is wider than its columns, and the first lines of paragraphs may lack their indent
    usual = _commonest(page, own.tolist(), slack)
    full |= (own >= usual - slack) & (own <= width) & (usual >= width - slack)
    sizes, fills, last = own.tolist(), full.tolist(), len(run) - 1
    indents = sum(_indent(page, page.lines[i].start) > 0 for i in run) >= _INDENTED
    cut = [
        fills[at]
        and _goes_on(page, i)
        and (indents or not _short(page, i, width - sizes[at]))
        and (at == last or fills[at + 1] or not _over_headline(page, i))
        for at, i in enumerate(run)
    ]
    return _text(page, run, cut)


def _text(page: Page, run: range, cut: list[bool]) -> list[bool]:
    """Return which lines are cut, those of headlines left out: a few lines of which the last ends nothing."""
    first = 0
    for at, on in enumerate(cut):
        if on:
            continue
        block = range(run.start + first, run.start + at + 1)
        if len(block) <= _BLOCK and not _marked(page, block[-1]) and not any(page.counts[i][Char.FINAL] for i in block):
            cut[first:at] = [False] * (at - first)
        first = at + 1
    return cut


def _runs(page: Page, wide: Columns) -> Iterator[range]:
    """Yield the runs of narrow lines between wide ones: columns beside text that is not cut."""
    narrow = np.concatenate([[False], wide <= _COLUMN, [False]])
    edges = np.flatnonzero(narrow[1:] != narrow[:-1])
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if stop - start >= _LEAST_LINES:
            yield range(start, stop)


def _ended(page: Page, wide: Columns, run: range, width: int, slack: int) -> bool:
    """Say whether the lines of a run that are not full end sentences, as the last lines of paragraphs do.

    Moves of a game and other items that begin with a number stand one a line.
    """
    rest = [i for i in run if wide[i] < width - slack]
    return bool(rest) and 2 * sum(_closed(page, i) for i in rest) > len(rest) and not _tabled(page, run)


def _blocks(page: Page, wide: Columns, run: range, slack: int) -> list[range]:
    """Return the paragraphs of a column that holds headlines and lists besides: full lines, and one that ends them."""
    own = wide[run.start : run.stop].tolist()
    width = _commonest(page, own, slack)
    found, torn = list[range](), list[range]()
    first = run.start
    for line, size in zip(run, own, strict=True):
        full = width - slack <= size <= width
        if full and not _short(page, line, width - size) and _goes_on(page, line) and line + 1 < run.stop:
            continue
        block = range(first, line + 1)
        first = line + 1
        if len(block) <= _BLOCK:
            continue
        if size <= width and _closed(page, line):
            found.append(block)
        elif not _tabled(page, block) and (size > width or _sentences(page, block)):
            torn.append(block)
    inner = [_marked(page, line) for block in found for line in block[:-1]]
    sure = len(inner) >= _LEAST_LINES and sum(inner) <= 0.4 * len(inner)
    return [*found, *torn] if sure else []


def _sentences(page: Page, block: range) -> bool:
    """Say whether the lines of a block hold marks as sentences do: a headline or a jump line tears them."""
    marks = sum(page.counts[line][Char.INNER] + page.counts[line][Char.FINAL] for line in block[:-1])
    return 3 * marks >= len(block)


def _tabled(page: Page, block: range) -> bool:
    """Say whether lines are rows of a table or items that begin with a number, at least a quarter of them."""
    texts = [page.lines[line].text for line in block]
    return 4 * sum(text[0].isdigit() or "\t" in text for text in texts) >= len(texts)


def _commonest(page: Page, own: Sequence[int], slack: int) -> int:
    """Return the width at which text may be cut that most lines have or nearly reach, 0 if there is none."""
    least = _narrowest(page)
    found = Counter(size for size in own if least <= size <= _WIDEST)
    return max(found, key=lambda size: (sum(found[size - less] for less in range(slack + 1)), size), default=0)


def _usual(page: Page, own: Columns, slack: int) -> int:
    """Return the width of most lines of a run, 0 if it is none at which text is cut; a headline may be wider."""
    width = int(own[own <= np.median(own) + slack].max())
    return width if _narrowest(page) <= width <= _WIDEST else 0


def _narrowest(page: Page) -> int:
    """Return the least width at which text may be cut: narrower lines are verse, but not in a newspaper."""
    return _PAPER if sheet(page) else _NARROWEST


def _columns(page: Page) -> Columns:
    """Return the width of each line in columns: two for a character of an unspaced script."""
    before = np.concatenate([[0], np.cumsum((page.codes > 0x2E7F) | np.isin(page.codes, _TWO))])
    wide = [
        int(before[line.end] - before[line.start]) if _unspaced(count) else 0
        for line, count in zip(page.lines, page.counts, strict=True)
    ]
    sizes = [_indent(page, line.start) + len(line.text) for line in page.lines]
    return np.array([size + more for size, more in zip(sizes, wide, strict=True)])


def _indent(page: Page, start: int) -> int:
    """Return the columns of white space before a line."""
    if page.text[start - 1 : start] not in (" ", "\u3000"):
        return 0
    before = page.text[max(0, start - _DEEP) : start]
    blank = before[len(before.rstrip(" \u3000")) :]
    return len(blank) + blank.count("\u3000") if len(blank) < _DEEP else 0


def _unspaced(count: Sequence[int]) -> bool:
    return count[Char.HAN] + count[Char.FUNCTION] + count[Char.KANA] + count[Char.HANGUL] > 0


def _width(page: Page, wide: Columns) -> int:
    """Return the width at which the page is cut, 0 if lines are wider here and there."""
    width = int(np.sort(wide)[int(0.97 * (len(wide) - 1))])
    return width if _narrowest(page) <= width <= _WIDEST else 0


def _slack(page: Page) -> int:
    """Return how much narrower a full line may be: a mark that may not begin a line, or a word of Latin script."""
    latin = sum(count[Char.LATIN] for count in page.counts)
    return 11 if latin > 0.5 * len(page.text) else 4


def _marked(page: Page, line: int) -> bool:
    return int(page.classes[page.lines[line].end - 1]) in _MARKS


def _closed(page: Page, line: int) -> bool:
    """Say whether a line ends with a mark, brackets and quotation marks behind it passed over."""
    return _last(page, line) in _MARKS


def _last(page: Page, line: int) -> int:
    """Return the class of the last character of a line, brackets and quotation marks behind it passed over."""
    start, end, text = page.lines[line]
    size = len(text.rstrip(CLOSERS)) if text[-1] in CLOSERS else len(text)
    return int(page.classes[start + size - 1 if size else end - 1])


def _short(page: Page, line: int, missing: int) -> bool:
    """Say whether a line that ends a sentence had room for what follows: no mark there that may not begin a line."""
    final = _last(page, line) == Char.FINAL
    if not final or missing < _ROOM or line + 1 == len(page.lines):
        return False
    begin = page.lines[line + 1].start
    return not any(int(kind) in _MARKS for kind in page.classes[begin : begin + 3])


def _over_headline(page: Page, line: int) -> bool:
    """Say whether a line ends a sentence and the next, which is not full, ends none: no paragraph stops so."""
    below = page.lines[line + 1]
    return ends(page.lines[line].text) and not ends(below.text) and not _marked(page, line + 1)


def _goes_on(page: Page, line: int) -> bool:
    seam = page.seam(line)
    gap = page.text[seam.start : seam.end]
    return line + 1 < len(page.lines) and gap.strip(" \t\r") == "\n" and not gap.endswith((" ", "\u3000", "\t"))

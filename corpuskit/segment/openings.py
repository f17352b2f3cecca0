"""Titles that open the line of their text: in brackets, behind a mark, in capitals, between a path and a date."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from corpuskit.core.late import late
from corpuskit.core.lexicon import fold, forms
from corpuskit.core.page import Page
from corpuskit.segment.titles import furniture

_MOST = 30
"""Characters of a title inside a line."""
_FORMS = {
    "brackets": re.compile(r"[【〖]([^【】〖〗\n]{5,30})[】〗](?=\s*\S)"),
    "mark": re.compile(r"[◆◇■□●○▲△▼▽★☆▍]\s?([^\s。，！？][^\n。！？]{3,28}?)(?=\u3000|[ \u3000]{2})"),
    "number": re.compile(r"\d{1,2}[.、．]\s?(《[^《》\n]{2,24}》)(?=\u3000|[ \u3000]{2})"),
    "blanks": re.compile(r"[\u4e00-\u9fff][^\s。！？；]{3,20}(?:\u3000[^\s。！？；]{2,12})?(?=[ \u3000]{2}\S)"),
    "capitals": re.compile(r"([A-Z][A-Z '’&-]{3,30})\.(?=\s[A-Z])"),
}
"""How a title opens its line; the group, or else all of it, is what it says."""
_SIGN = (
    r"(?:[^\w\s“”\"'‘’「」『』《》（）()\[\]【】,.，。:：-]{1,3}|(?:\d{1,2}|[一二三四五六七八九十]{1,3})([、.．]))"
    r"[ \u3000]?"
)
_MARK = re.compile(_SIGN)
_HEADED = re.compile(rf"{_SIGN}[^\W\d_][^:：。！？；!?;\n]{{2,28}}(?:[:：](?![\d/])|[。！？!?]?$)")
"""How the headline of a digest's item opens its line: behind a sign or a number, before a colon or alone."""
_REST = 24
"""Characters of text behind a title in its line, at least."""
_SHORT, _ITEMS, _MOSTLY = 8, 3, 0.7
"""Characters of text behind the headline of an item, items of a digest, and the share of them with one, at least."""
_PLACED = late(r"[讯訊电電报報社台]$|기자|=")
"""How what stands in brackets ends that says where a report comes from."""
_NAME = 16
"""Characters of the name of a column at most; half as many in other scripts than Latin."""
_STEP, _WORD = late(r"[>＞»›→]"), re.compile(r"\S+")
_LEAST, _HEAD = 5, 160
"""Characters of a title between a path and a date, and of the head of a line captured whole, in which it stands."""


def form_of(text: str) -> tuple[str, int] | None:
    """Return how a title opens a line, and where it ends; None where the line opens with none.

    >>> form_of("【城南新桥通车】昨日上午，城南新桥通车，两岸的人都来看，从早到晚没有断过。")
    ('brackets', 8)
    >>> form_of("【渡江日报讯】昨日上午，城南新桥通车，两岸的人都来看，从早到晚没有断过。")
    """
    for name, form in _FORMS.items():
        found = form.match(text)
        if found and len(text) - found.end() >= _REST and _PLACED.search(found[form.groups]) is None:
            return name, found.end()
    return None


def opening(page: Page, line: int, *, item: bool = False) -> int | None:
    """Return where the title ends that opens a line, if other lines of the page open in the same way.

    ``item`` says that the line opens one of several articles, whose titles may stand before a colon.
    """
    found = form_of(page.lines[line].text)
    if found is None and item:
        return _headed(page).get(line)
    if found is None or _openings(page).count(found[0]) < 2:
        return None
    return found[1]


def _headed(page: Page) -> dict[int, int]:
    """Return where the headline of an item ends, by the lines that open with one: most of those behind a mark do."""
    return page.once("headed", lambda: dict(_headlines(page)))


def _headlines(page: Page) -> Iterator[tuple[int, int]]:
    behind: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, line in enumerate(page.lines):
        mark = _MARK.match(line.text)
        if mark:
            below = page.lines[at + 1].text if at + 1 < len(page.lines) else ""
            found = _HEADED.match(line.text)
            room = max(len(line.text) - found.end(), len(below) - len(line.text)) if found else 0
            behind[mark[1] or mark[0][0]].append((at, found.end() if found and room >= _SHORT else 0))
    for lines in behind.values():
        heads = [(at, end) for at, end in lines if end]
        if len(heads) >= max(_ITEMS, _MOSTLY * len(lines)):
            yield from heads


def rubric(page: Page, line: int, field: str) -> bool:
    """Say whether what stands as the title above lines that open with titles is the name of their column."""
    return field == "title" and len(page.lines[line].text) <= (_NAME if page.lines[line].text.isascii() else _NAME / 2)


def _openings(page: Page) -> list[str]:
    """Return how the lines of a page open that open with a title."""
    return page.once("openings", lambda: [found[0] for line in page.lines if (found := form_of(line.text))])


def captured(text: str) -> tuple[int, int] | None:
    """Return where the title stands in a line that holds a page's path, title and date, and then its text.

    >>> text = "首页 > 城事 > 正文 收藏 城南老桥修好以后又能走人 2025-05-29 08:10 来源：渡江在线 " + "老桥修好了。" * 20
    >>> text[slice(*captured(text))]
    '城南老桥修好以后又能走人'
    """
    date = forms("roles")["date"].search(text, 0, _HEAD) if len(text) >= _HEAD else None
    steps = [*_STEP.finditer(text, 0, date.start())] if date else []
    if date is None or not steps:
        return None
    words = [word for word in _WORD.finditer(text, steps[-1].end(), date.start()) if not _is_path(word[0])]
    if not words:
        return None
    low, title = words[0].start(), text[words[0].start() : date.start()].rstrip()
    label, mark, _ = words[0][0].partition("：")
    if mark and furniture().find(fold(label)):
        low, title = low + len(label) + 1, title[len(label) + 1 :]
    return (low, low + len(title)) if _LEAST <= len(title) <= 2 * _MOST else None


def _is_path(word: str) -> bool:
    """Say whether a word between the path of a page and its title is the last step of the one, or a button."""
    return len(word) < _LEAST or sum(hit.end - hit.start for hit in furniture().find(fold(word))) >= 0.7 * len(word)

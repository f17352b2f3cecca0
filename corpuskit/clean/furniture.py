"""Which lines are page furniture, by rules: words, forms, HTML roles, place on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from corpuskit.clean.content import told
from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.formed import begins, has
from corpuskit.clean.looks import NOTHING, SHORT, form_of, look, may_be_formed
from corpuskit.clean.programs import shown
from corpuskit.clean.tables import rows
from corpuskit.clean.verdict import NONE, Verdict, quiet
from corpuskit.core.lexicon import fold, forms, terms
from corpuskit.core.page import Char, Page
from corpuskit.core.source import Block

_HEADING = 16
"""Characters of a line that heads comments, at most."""
_HEAD = 6
"""Lines above the first paragraph among which date and author stand."""
_LEAD = 3
"""Lines above the first paragraph among which the article's lead stands."""
_OFFER = re.compile(
    "诚聘|招聘|誠徵|誠聘|高薪|包食宿|包宿|供膳宿|收购|收購|出售|转让|轉讓|平讓|招租|出租|吉房|免议|免議|上门|有意|意者|"
    "面议|面議|电洽|電洽|致電|遗失|遺失|特价|促销|抢购|限时|限時"
)
_NAMED = re.compile("关键[词字]|關鍵[詞字]")
"""What the key words of a paper are called, where the tags of a page are called tags."""
_WEEK = frozenset("一二三四五六七日月火水木金土")
_ROWED = re.compile(r"[|｜丨│>＞»›•#/\t\u3000]|\s{2}")
"""What parts the items of a row where blanks part words."""


def decide(page: Page, *, comments: bool = True) -> list[Verdict]:
    """Judge every line of a page, once with and once without comments."""
    return page.once(f"furniture {comments}", lambda: quiet(page) or _decide(page, comments=comments))


def _decide(page: Page, *, comments: bool) -> list[Verdict]:
    found = evidence(page)
    each = zip(rows(page), page.blocks, page.lines, found, strict=True)
    judged = [
        _row(line.text, e) if data else (block is not None and _boxed(block, e)) or look(line.text, e)
        for data, block, line, e in each
    ]
    _outside(page, found, judged)
    _inside(page, found, judged)
    _edges(page, found, judged)
    _adverts(page, found, judged)
    _foot(page, found, judged)
    if comments:
        _comments(page, found, judged)
    return [Verdict(score, rule) if score else NONE for score, rule in judged]


def speaks(page: Page, index: int, e: Evidence) -> bool:
    """Say whether a rule here may say something of a line above the first sentence of a page of plain text."""
    text = page.lines[index].text
    noted = look(text, e)[0] > 0 or _edge(page, index, e) is not None
    return noted or _OFFER.search(text) is not None or _heads_comments(text)


def speaks_of_sentence(text: str) -> bool:
    """Say whether a rule here says something of a short sentence among others, unless it is code or the last one."""
    return form_of(text, SHORT, prose=True) is not None or (len(text) <= _HEADING and _heads_comments(text))


def may_speak_of_sentences(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Say which of some sentences :func:`speaks_of_sentence` may say something of, shape (sentences,)."""
    return may_be_formed(texts) | (np.array([*map(len, texts)], np.int64) <= _HEADING)


def speaks_of_end(text: str) -> bool:
    """Say whether a rule here says something of the last of some sentences for its being that."""
    return forms("furniture")["commenter"].match(text) is not None


def _row(text: str, e: Evidence) -> tuple[float, str]:
    """Judge a row of a table: none is furniture but what a server says, in columns or not."""
    found = look(text, e)
    return found if found[1] == "page_chrome.code" else NOTHING


def _boxed(block: Block, e: Evidence) -> tuple[float, str] | None:
    """Judge a line by the HTML element it stands in; None where that says nothing."""
    if not block.hint or (e.prose and e.size > 60):
        return None
    around, outside = _named(block.hint)
    if block.link_density > 0.8 and around:
        return 0.9, "page_chrome.link"
    if outside and block.tag not in ("h1", "p"):
        return 0.8, "page_chrome.link"
    return None


@lru_cache(maxsize=1 << 14)
def _named(hint: str) -> tuple[bool, bool]:
    """Say whether an element is named as one of those around an article, and as one that is never in it."""
    hints = set(hint.split())
    return bool(hints & {"nav", "header", "footer", "aside", "menu", "breadcrumb"}), bool(hints & {"nav", "footer"})


def _outside(page: Page, found: list[Evidence], judged: list[tuple[float, str]]) -> None:
    """Take what the tree of an HTML page shows to stand outside the article."""
    if not page.source.elements:
        return
    lead = _lead(page, found)
    for index, of_line in enumerate(told(page)):
        if of_line is None or judged[index][0] >= 0.9 or (_headline(page, index) and not of_line.beside):
            continue
        if of_line.beside or not of_line.inside:
            judged[index] = (0.6 if index in lead else 0.9, "page_chrome.outside")
        elif of_line.links > 0.6 and not found[index].final and not of_line.text:
            judged[index] = (0.75, "page_chrome.link")


def _lead(page: Page, found: list[Evidence]) -> list[int]:
    """Return the paragraphs right above the first one of the article: its lead may have an element of its own."""
    each = zip(told(page), found, strict=True)
    first = next((i for i, (of_line, e) in enumerate(each) if of_line and of_line.sure and _is_paragraph(e)), 0)
    return [
        i
        for i in range(max(0, first - _LEAD), first)
        if _is_paragraph(found[i]) and (block := page.blocks[i]) is not None and not block.hint.startswith("hidden")
    ]


def _is_paragraph(e: Evidence) -> bool:
    return e.prose and e.size >= 30


def _headline(page: Page, index: int) -> bool:
    block = page.blocks[index]
    return (block is not None and block.tag == "h1") or entitled(page, index)


def entitled(page: Page, index: int) -> bool:
    """Say whether the title of an HTML page begins with a line."""
    text = page.lines[index].text
    names = (page.source.metadata.get("title"), page.source.metadata.get("og_title"))
    return len(text) >= 5 and any(isinstance(name, str) and name.startswith(text) for name in names)


def headed(page: Page, lines: list[Verdict]) -> list[Verdict]:
    """Return the verdicts without those of date, source and author right above the first paragraph.

    They leave the text as well, but into the record's fields.
    """
    found = evidence(page)
    first = next((i for i, e in enumerate(found) if _is_paragraph(e) and lines[i].score < 0.5), 0)
    out = list(lines)
    for index in range(max(0, first - _HEAD), first):
        if out[index].score >= 0.5 and found[index].size <= SHORT and _is_data(page.lines[index].text):
            out[index] = NONE
    return out


def _is_data(text: str) -> bool:
    """Say whether a line gives the date, with or without source and author, or is a byline."""
    if has("roles", "floor", text):
        return False
    date = forms("roles")["date"].search(text) if has("roles", "date", text) else None
    if date is None:
        return len(text) <= 50 and begins("roles", "byline", text)
    return len(text) - len(date[0]) <= 14 or has("roles", "label", text)


def _inside(page: Page, found: list[Evidence], judged: list[tuple[float, str]]) -> None:
    """Doubt long lines between two paragraphs: an article may speak of licences, apps and logins itself."""
    prose = [i for i, e in enumerate(found) if e.prose and judged[i][0] < 0.7]
    rules = [rule for _, rule in judged]
    for index in range(prose[0] + 1, prose[-1]) if prose else ():
        score, rule = judged[index]
        e = found[index]
        long = rule in ("page_chrome.footer", "page_chrome.prompt") and e.size > 20
        # a word of the menu that heads a section
        lone = rule == "page_chrome.words" and e.size <= 6 and len(e.items) == 1 and found[index + 1].prose
        # key words under the head of a paper
        named = rule == "page_chrome.tags" and not e.trade and _NAMED.match(page.lines[index].text) is not None
        named = named and all(judged[i][0] < 0.55 for i in (index - 1, index + 1))
        if long or lone or named or (rule == "page_chrome.code" and shown(page, found, rules, index)):
            judged[index] = (min(score, 0.6), rule)


def _edges(page: Page, found: list[Evidence], judged: list[tuple[float, str]]) -> None:
    """Judge menus and the site's name at the head and foot, where nothing else explains them."""
    prose = [i for i, e in enumerate(found) if e.prose and judged[i][0] < 0.7]
    if not prose:
        return
    for index in (*range(prose[0]), *range(prose[-1] + 1, len(found))):
        if judged[index][0] < 0.7:
            judged[index] = _edge(page, index, found[index]) or judged[index]


def _edge(page: Page, index: int, e: Evidence) -> tuple[float, str] | None:
    """Judge a line by its standing at the head or foot of a page; None where that says nothing."""
    items, text = e.items, page.lines[index].text
    menu = len(items) >= 4 and max(map(len, items)) <= (16 if e.han == 0 else 8) and not e.inner and e.digits < 0.3
    if menu and (e.chrome > 0 or (len(items) >= 6 and not _said(text, items, page.counts[index]))):
        return 0.8, "page_chrome.menu"
    if e.chrome >= 0.4 and not e.prose and e.size <= 60 and not forms("furniture")["ordinal"].match(text):
        return 0.75, "page_chrome.words"
    if index + 1 < len(page.lines) and begins("furniture", "site", text):
        return 0.75, "page_chrome.site"
    return None


def _said(text: str, items: list[str], count: list[int]) -> bool:
    """Say whether the items of a line are the words of a Korean headline, or the characters of one set with blanks."""
    if all(len(item) == 1 and item not in _WEEK for item in items):
        return "\t" not in text and count[Char.HAN] + count[Char.FUNCTION] > 0
    spoken = count[Char.HANGUL] > sum(count) / 2
    return spoken and _ROWED.search(text) is None and not items[0].isdigit()


def _adverts(page: Page, found: list[Evidence], judged: list[tuple[float, str]]) -> None:
    """Take small advertisements: short, a telephone or an offer, and no sentence."""
    for index, (line, e) in enumerate(zip(page.lines, found, strict=True)):
        if judged[index][0] < 0.7 and e.size <= 60 and not e.final:
            offers = set(_OFFER.findall(line.text))
            if len(offers) > 1 or (offers and has("furniture", "phone", line.text)):
                judged[index] = (0.75, "page_chrome.advert")


def _foot(page: Page, found: list[Evidence], judged: list[tuple[float, str]]) -> None:
    """Take what stands behind the first furniture under the last paragraph of a page of paragraphs.

    Not on pages that speak in short lines: there the last lines may be the article's own.
    """
    size = sum(e.size for e, (score, _) in zip(found, judged, strict=True) if score < 0.7)
    prose = [i for i, e in enumerate(found) if _is_paragraph(e) and judged[i][0] < 0.7]
    if len(prose) < 3 or sum(found[i].size for i in prose) < 0.7 * size:
        return
    under = False
    for index in range(prose[-1] + 1, len(found)):
        under = under or judged[index][0] >= 0.8 or page.broken(index)
        if under and judged[index][0] < 0.7 and found[index].size <= 120:
            judged[index] = (0.72, "page_chrome.foot")


def _comments(page: Page, found: list[Evidence], judged: list[tuple[float, str]]) -> None:
    """Take what stands under a comments heading at the foot, up to the end or the next furniture."""
    if any(of_line is not None and of_line.thread for of_line in told(page)):
        return
    heads = {i for i, line in enumerate(page.lines) if len(line.text) <= _HEADING and _heads_comments(line.text)}
    prose = [i for i, e in enumerate(found) if e.prose]
    last = prose[-1] if prose else -1
    last_long = max((i for i in prose if found[i].size > 120), default=-1)
    above = _above(found, judged) if heads else [0]
    under = False
    for index in range(max(0, min(last, *heads, len(found))), len(found)):
        if index in heads:
            # most of the article stands above its comments
            under = last_long <= index and above[index + 1] >= 0.5 * above[-1]
            judged[index] = (0.85, "page_chrome.words")
        elif judged[index][0] < 0.7 and found[index].size <= 200:
            voice = (under or last <= index) and begins("furniture", "commenter", page.lines[index].text)
            if under or voice:
                judged[index] = (0.8 if voice else 0.72, "page_chrome.comment")


def _above(found: list[Evidence], judged: list[tuple[float, str]]) -> list[int]:
    """Return the characters of sentences that stay above each line and the end; of all lines where none speaks."""
    stays = [e.size if score < 0.7 else 0 for e, (score, _) in zip(found, judged, strict=True)]
    said = [size if e.prose else 0 for size, e in zip(stays, found, strict=True)]
    return [0, *accumulate(said if any(said) else stays)]


def _heads_comments(text: str) -> bool:
    return fold(text).strip(" :：()（）[]【】>＞0123456789条條") in terms("comment_heads")

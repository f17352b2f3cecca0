"""Lists of other pages: related articles, rankings, hot searches, with and without a heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar

from msgspec import Meta

from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.core.cohesion import Cohesion
from corpuskit.core.edit import Edit, Flag, Proposal
from corpuskit.core.lexicon import fold, terms
from corpuskit.core.page import Page
from corpuskit.core.span import Span
from corpuskit.core.stage import Stage

_ORNAMENT = " \t:：>＞»›|｜【】[]「」『』《》()（）·•◆■▌▍▎▶►●○★☆◎#＃-—–=…+0123456789/&"
_CUT = re.compile(r"(?:\.{3,}|…+|[^-—]-|\[详[细情]\]|\[全文\]|>>|》》)\s*$")
_NUMBERED = re.compile(r"^(?:[（(\[]?\d{1,2}[)）\].、．\s]|[①-⑳]|[·•◆■▪●○★☆□※*-]\s*\S|TOP\s*\d)", re.I)
_DATED = re.compile(
    r"^[\[(（]?(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?[\])）]?\s+\S|\s[\[(（]?(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?"
    r"(?:\s+\d{1,2}:\d{2})?[\])）]?(?:\s+[\d,.万]+\s*(?:阅读|浏览|次|PV|views?|评论)?)?$",
    re.I,
)
_COUNTED = re.compile(
    r"(?:热度|阅读|浏览|播放|views?|PV|조회|评论|人看过|热|爆|新)\s*[\d,.]*\s*(?:万|w|k)?\s*(?:阅读|浏览|人|次)?$", re.I
)


_RANK = re.compile(
    r"^(\d{1,2})[.、．\s]\s*(\S.{5,60}?)\s+[\d,.]+\s*(?:万|w|k|次|人)?(?:阅读|浏览|热度|新|热|爆)?$", re.I
)
_COMPOSED = re.compile(
    r"(?:更多|相关|推荐|热门|热点|精彩|最新|延伸|往期|今日|本周|本月|近期|编辑|小编|站长|猜[你您]|为[你您]|大家|其[他它]|同类|同城|本地|本站|全网|"
    r"相關|推薦|熱門|延伸|為[你您]|編輯){1,3}(?:都在|还|也|可能|想|爱|還|的)?"
    r"(?:阅读|新闻|文章|资讯|推荐|内容|报道|消息|动态|专题|视频|图片|图文|话题|搜索|排行|看|喜欢|回顾|帖子|主题|好文|稿件|热点|"
    r"閱讀|新聞|資訊|推薦|內容|報導|話題|影片|喜歡){1,2}(?:推荐|列表|排行|榜|更多|推薦)?"
)


class RelatedNews(Stage, frozen=True):
    """Remove lists of other pages.

    A heading that announces a list takes the items under it: title lines, cut snippets, numbered or dated
    entries, and, where nothing of the article comes back before the end of the page, whole paragraphs as well.
    Without a heading, only a run of titles at the foot of the page that has the marks of a list goes.
    Do not use it on pages that are lists: directories, bibliographies, tables of contents.
    """

    name: ClassVar[str] = "related_news"
    rules: ClassVar[dict[str, str]] = {
        "related_news.list": "a heading that announces other pages, and the items under it",
        "related_news.tail": "titles and snippets after the last paragraph, without a heading",
        "related_news.rank": "numbered titles, each with a count of readers",
        "related_news.directory": "a page of titles and snippets without an article: search results, tags",
        "related_news.item": "a single line that points to another page",
    }
    example: ClassVar[tuple[str, str]] = (
        "最后一块石头落位，桥又能走人了。\n相关阅读\n石桥名录新增七处\n一座廊桥的搬家记\n糯米灰浆有多结实？\n",
        "最后一块石头落位，桥又能走人了。",
    )

    min_items: Annotated[int, Meta(ge=1)] = 1
    """Items a heading needs under it."""
    min_tail: Annotated[int, Meta(ge=2)] = 4
    """Items a list without a heading needs."""
    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.7
    """Remove at this score or above."""
    flag: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """Flag, and leave in the text, from this score up."""

    def propose(self, page: Page) -> Iterable[Proposal]:
        """Return one removal a list."""
        found = evidence(page)
        if _directory(page, found):
            reason = "titles and cut snippets, and hardly a whole paragraph"
            yield from self._say(page, 0, len(found), "related_news.directory", 0.75, reason)
            return
        heads = [i for i, line in enumerate(page.lines) if len(line.text) <= 40 and is_head(line.text)]
        taken = 0
        for number, head in enumerate(heads):
            if head < taken:
                continue
            limit = heads[number + 1] if number + 1 < len(heads) else len(found)
            last, score = _extent(page, found, head, limit)
            if last - head - 1 >= self.min_items or _at_foot(found, head, last):
                reason = f"{page.lines[head].text[:24]!r} and {last - head - 1} line(s) under it"
                yield from self._say(page, head, last, "related_news.list", score, reason)
                taken = last
        yield from self._tail(page, found, taken)
        yield from self._items(page, found)
        yield from self._ranks(page, found)

    def _say(self, page: Page, first: int, last: int, rule: str, score: float, reason: str) -> Iterator[Proposal]:
        if score >= self.threshold:
            yield Edit(page.block(first, last), "", rule, score, reason)
        elif score >= self.flag:
            yield Flag(Span(page.lines[first].start, page.lines[last - 1].end), rule, score, reason)

    def _tail(self, page: Page, found: list[Evidence], taken: int) -> Iterator[Proposal]:
        first = _tail_start(page, found)
        if first is None or first < taken:
            return
        items = [i for i in range(first, len(found)) if found[i].chrome < 0.6]
        if len(items) < self.min_tail:
            return
        marks = sum(_marked(page.lines[i].text) for i in items) / len(items)
        twice = 1 - len({page.lines[i].text for i in items}) / len(items)
        links = sum((b := page.blocks[i]) is not None and b.link_density > 0.6 for i in items) / len(items)
        body = [e for e in found[:first] if e.prose]
        short = sum(e.title and not e.prose for e in found[:first])
        # a page that speaks in short lines throughout (verse, catalogue) ends in one as well
        score = 0.4 + 0.5 * max(marks, min(1.0, 2 * twice), links)
        if len(body) >= 3 and short <= len(body):
            score += 0.2
        reason = f"{len(items)} title lines after the last paragraph"
        yield from self._say(page, first, len(found), "related_news.tail", min(score, 0.95), reason)

    def _ranks(self, page: Page, found: list[Evidence]) -> Iterator[Proposal]:
        """Find rankings: lines numbered in order that each end in a count."""
        numbers = [_ranked(line.text) for line in page.lines]
        first = 0
        while first < len(found):
            last = first
            while last < len(found) and numbers[last] and numbers[last] == numbers[first] + last - first:
                last += 1
            if last - first >= 3:
                yield from self._say(page, first, last, "related_news.rank", 0.85, f"ranking of {last - first} titles")
            first = max(last, first + 1)

    def _items(self, page: Page, found: list[Evidence]) -> Iterator[Proposal]:
        for index, line in enumerate(page.lines):
            text = line.text
            opener = re.split(r"[:：]", text, maxsplit=1)[0] if len(text) <= 80 else ""
            if opener != text and opener and not found[index].final and is_head(opener):
                reason = f"points elsewhere: {text[:24]!r}"
                yield Edit(page.block(index, index + 1), "", "related_news.item", 0.8, reason)


def _ranked(text: str) -> int:
    """Return the number of a ranking's entry (its number, a title, a count of readers); 0 if it is none."""
    found = _RANK.match(text)
    return int(found[1]) if found and not any(map(str.isdigit, found[2][-12:])) else 0


def is_head(text: str) -> bool:
    """Say whether a line announces a list of other pages.

    >>> is_head("【相关阅读】"), is_head("More Stories >>"), is_head("相关部门表示")
    (True, True, False)
    """
    bare = fold(text).strip(_ORNAMENT)
    if bare in terms("related_heads") or _COMPOSED.fullmatch(bare):
        return True
    # 相关新闻 更多>>, 热门推荐 换一换
    first, _, rest = bare.partition(" ")
    return first in terms("related_heads") and len(rest) <= 6 and rest.strip(_ORNAMENT) in terms("chrome")


def _marked(text: str) -> bool:
    """Say whether a line has the marks of a list's entry: a number, a date, a counter, a cut end."""
    return bool(_CUT.search(text) or _NUMBERED.match(text) or _DATED.search(text))


def _item(text: str, e: Evidence) -> bool:
    if _CUT.search(text) and e.size <= 200:
        return True
    if e.final and e.finals >= 2 and e.size > 40 and e.inner:
        return False
    return e.size <= 80 and not (e.prose and e.size > 45) and not text.endswith(("。", "；", "：", ":"))


def _extent(page: Page, found: list[Evidence], head: int, limit: int) -> tuple[int, float]:
    """Return where the list under a heading ends, and how sure that is."""
    last = head + 1
    while last < limit and _item(page.lines[last].text, found[last]):
        last += 1
    if last == limit and limit == len(found):
        return last, 0.95
    if not any(e.prose for e in found[:head]):
        last = _released(page, head, last)
    rest = range(last, limit)
    if limit == len(found) or is_head(page.lines[limit].text):
        # titles and whole paragraphs in turn, up to the end: the article does not come back
        titles = sum(_item(page.lines[i].text, found[i]) for i in range(head + 1, limit))
        returns = _returns(page, found, head, rest)
        if titles >= 1 and not returns:
            return limit, 0.85
    return last, 0.9 if last > head + 1 else 0.5


def _directory(page: Page, found: list[Evidence]) -> bool:
    """Say whether a page only leads to others: at least three cut snippets, and whole paragraphs are rare."""
    cut = sum(bool(_CUT.search(line.text)) and e.size > 25 for line, e in zip(page.lines, found, strict=True))
    if cut < 3:
        return False
    lines = list(zip(page.lines, found, strict=True))
    whole = [e.prose and e.final and not _CUT.search(line.text) for line, e in lines]
    if any(all(whole[i : i + 3]) for i in range(len(whole) - 2)):
        return False
    size = sum(e.size for full, e in zip(whole, found, strict=True) if full)
    return size < 0.2 * sum(e.size for e in found if e.chrome < 0.6)


def _released(page: Page, head: int, last: int) -> int:
    """Give back the headline of the article that follows a list at the head of the page.

    Where the entries have marks of their own, up to three lines without them; else the last line.
    """
    marked = [_marked(page.lines[i].text) for i in range(head + 1, last)]
    back = 0
    if sum(marked) > len(marked) / 2:
        while back < min(3, len(marked)) and not marked[-1 - back]:
            back += 1
    elif len(marked) > 1:
        back = 1
    return last - back


def _returns(page: Page, found: list[Evidence], head: int, rest: range) -> bool:
    """Say whether the article that stands before a heading comes back after its list.

    It does not where every paragraph stands under a title of its own and shares little with the article.
    """
    prose = [i for i in rest if found[i].prose and found[i].size > 45]
    before = [i for i in range(head) if found[i].prose]
    if not before or not prose:
        return not before
    titled = sum(
        _item(page.lines[i - 1].text, found[i - 1]) and not _NUMBERED.match(page.lines[i - 1].text) for i in prose
    )
    if titled < 0.8 * len(prose):
        return True
    cohesion = Cohesion(line.text for line in page.lines)
    return cohesion.apart(prose, before) < _APART


_APART = 0.1
"""Distance, in nats a term, under which the paragraphs are the article's continuation."""


def _at_foot(found: list[Evidence], head: int, last: int) -> bool:
    return last == len(found) and head > 0


def _tail_start(page: Page, found: list[Evidence]) -> int | None:
    """Return the first of the title lines after the last paragraph, if they are nothing else."""
    first = len(found)
    while first > 0:
        e, text = found[first - 1], page.lines[first - 1].text
        if not (_item(text, e) and e.size >= 2) or (e.prose and not _CUT.search(text)):
            break
        first -= 1
    return first if 0 < first < len(found) else None

"""Page furniture: menus, crumbs, share bars, counters, editors' lines, footers, prompts, comment threads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Annotated, ClassVar

from msgspec import Meta

from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.core.edit import Edit, Flag, Proposal
from corpuskit.core.lexicon import fold, terms
from corpuskit.core.page import Page
from corpuskit.core.span import Span
from corpuskit.core.stage import Stage

_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("page_chrome.footer", re.compile(
        r"©|\(c\) ?\d{4}|copyright|all rights reserved|版权所有|版權所有|ICP[备備证]|公网安备|无断转载|無断転載|무단 ?전재|"
        r"powered by|theme by|不得转载|未经授权|未經授權|技术支持[:：]|推荐分辨率|经营许可证|許可證|营业执照|"
        r"违法和不良信息|法律顾问|隐私政策|用户协议|cookie|^(?:本[报社刊]|报社|编辑部)?(?:社|地)址\s*[:：]|邮发代号|统一刊号|"
        r"印务|承印|督印|零售每份|廣告刊登|最佳(?:浏览|瀏覽)|浏览器版本|备\d{3,}号?", re.I)),
    ("page_chrome.advert", re.compile(
        r"^[\[【（(](?:广告|推广|赞助|廣告|推廣|광고|AD|PR)[\]】）)]|声明作废|聲明作廢|^(?:广告|推广|sponsored)\s*[:：]?$", re.I)),
    ("page_chrome.editor", re.compile(
        r"^[\[【（(「]?\s*(?:责任?编辑?|責任編輯|责编|編輯|编辑|值班编辑|本版责编|本版编辑|版式设计?|美编|校对|審核|审核|初审|复审|终审|"
        r"监制|实习编辑|网络编辑|原标题|稿源)\s*(?:[:：/／]|\s{1,4}\S)")),
    ("page_chrome.counter", re.compile(
        r"^(?:浏览量?|阅读量?|点击[量数率]?|访问量?|人气|瀏覽[量數]?|瀏覽人[次數]|浏览人[次数]|點閱|閱讀|조회수?|views?|hits?|评论数?|热度|阅读时长)"
        r"(?:次数|次數)?\s*[:：]?\s*[\d,.万w+ ]+(?:次|人|万)?$", re.I)),
    ("page_chrome.counter", re.compile(r"^(?:[+＋]\d{1,3}|\d{14,}|[?？!！.。·•\-—_=*~|>＞»<]{1,40})$")),
    ("page_chrome.pager", re.compile(
        r"^(?:上|下|前|后|後)[一]?[篇页条頁則则张期版章](?:[:：]|\s|$)|^(?:第?\s?\d{1,3}\s?[页頁]?[\s|]{1,3}){3,}|^\d+\s*/\s*\d+$|"
        r"^(?:previous|next|prev|older|newer)(?: (?:post|article|page|story|entry))?s?\s*(?:[:：»›←→]|$)|^次の(?:記事|ページ)|^前の(?:記事|ページ)|"
        r"^(?:이전|다음)(?:글|기사)?\s*[:：]?", re.I)),
    ("page_chrome.crumbs", re.compile(r"^[^>＞»›\n。]{1,16}(?:\s*[>＞»›]+\s*[^>＞»›\n。]{1,16}){1,6}$")),
    ("page_chrome.crumbs", re.compile(
        r"^(?:您?(?:的|所在的?|现在的?)?(?:当前)?位置|目前位置|現在位置|you are here)\s*[:：是]?", re.I)),
    ("page_chrome.tags", re.compile(r"^(?:本文)?(?:标签|標籤|关键[词字]|關鍵字|tags?|タグ|태그|labels?|filed under|posted in|categor(?:y|ies))\s*[:：]", re.I)),
    ("page_chrome.prompt", re.compile(
        r"扫[一描码]|二维码|打开.{0,8}(?:app|客户端)|下载.{0,8}(?:app|客户端)|关注.{0,12}(?:公众号|微信|微博)|点击(?:下载|展开|查看|加载)|"
        r"^展开(?:全文|剩余|更多)|剩余.{0,8}(?:内容|全文)|登录后|^关注\S{2,10}$|长按.{0,6}识别|app内|in the app|sign in to|log in to|"
        r"会员(?:可见|专享|开放)|この記事は.{0,8}会員|残り.{0,6}文字", re.I)),
    ("page_chrome.code", re.compile(
        r"^[\w.#*,\s:>\-\[\]=\"'()]{1,80}\{[^{}]{0,400}\}|^\s*(?:var|let|const|function|window\.|document\.|\$\()\s*\S+.{0,200}[;{(]|"
        r"^(?:warning|notice|fatal error|parse error|deprecated): .{0,200} on line \d+|^<[!/a-z][^<>]{0,200}>$", re.I)),
)  # fmt: skip
_SHORT = 90
_OFFER = re.compile(
    "诚聘|招聘|誠徵|誠聘|高薪|包食宿|包宿|供膳宿|收购|收購|出售|转让|轉讓|平讓|招租|出租|吉房|免议|免議|上门|有意|意者|"
    "面议|面議|电洽|電洽|致電|遗失|遺失|特价|促销|抢购|限时|限時"
)
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{3,4}[- ]?\d{3,4}|[2-9]\d{6,7}|0\d{9}|\d{4} \d{4})(?!\d)")
_ORDINAL = re.compile(
    r"(?:[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|第[一二三四五六七八九十]{1,3}[章节条款部]|\d{1,2}[、.．)）]\s*\D)"
)
_COMMENTER = re.compile(
    r"^(?:网友|網友|游客|匿名|用户|來自|来自)[\S ]{0,16}[:：]|^\S{1,16}\s{1,3}(?:\d+\s*(?:楼|樓|分钟前|小时前|天前)|"
    r"(?:昨天|今天|刚刚))|^(?:#?\d{1,4}|[一二三四五六七八九十]+)\s*(?:楼|樓|F)\b"
)
_SITE = re.compile(
    r"^\S{2,12}(?:网|網|日报|日報|晚报|晚報|时报|時報|早报|都市报|周刊|在线|線上|频道|論壇|论坛|门户|电视台|新报|新報)$"
)


class PageChrome(Stage, frozen=True):
    """Remove page furniture, in Chinese of both scripts, English, Japanese and Korean.

    A line goes when furniture words cover it, when it has the form of an editor's line, a counter, a footer
    and so on, or when it is a menu at the head or foot of the page. Sentences of an article stay even
    where they speak of such things: a sentence is judged by its form only when it is short.
    """

    name: ClassVar[str] = "page_chrome"
    rules: ClassVar[dict[str, str]] = {
        "page_chrome.words": "furniture words cover the line",
        "page_chrome.menu": "short items in a row at the head or foot of the page",
        "page_chrome.foot": "behind the first furniture under the last paragraph",
        "page_chrome.site": "the site's own name at the head or foot of the page",
        "page_chrome.advert": "line marked as an advertisement, or a notice of loss",
        "page_chrome.footer": "copyright, licence or legal line",
        "page_chrome.editor": "line naming editors or the office",
        "page_chrome.counter": "counter, tracking number or lone mark",
        "page_chrome.pager": "line that leads to another page",
        "page_chrome.crumbs": "path of the page within the site",
        "page_chrome.tags": "list of tags",
        "page_chrome.prompt": "prompt to scan, follow, open an app or log in",
        "page_chrome.code": "script, style or server message",
        "page_chrome.link": "HTML block of navigation: links only, or inside nav, header, footer or aside",
        "page_chrome.comment": "reader's comment under a comments heading",
    }
    example: ClassVar[tuple[str, str]] = (
        "首页 > 文化 > 正文\n河水清了，鱼也回来了。\n[责任编辑：彭小渡]\n",
        "河水清了，鱼也回来了。",
    )

    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.7
    """Remove at this score or above."""
    flag: Annotated[float, Meta(ge=0, le=1)] = 0.55
    """Flag, and leave in the text, from this score up."""
    comments: bool = True
    """Remove comment threads as well."""

    def propose(self, page: Page) -> Iterable[Proposal]:
        """Return one removal a run of furniture lines of the same rule."""
        found = evidence(page)
        if not found:
            return
        judged = [self._judge(page, index, e) for index, e in enumerate(found)]
        _inside(found, judged)
        _edges(page, found, judged)
        _adverts(page, found, judged)
        _foot(page, found, judged)
        if self.comments:
            _comments(page, found, judged)
        yield from self._runs(page, judged)

    def _judge(self, page: Page, index: int, e: Evidence) -> tuple[float, str]:
        text = page.lines[index].text
        block = page.blocks[index]
        if block is not None and not (e.prose and e.size > 60):
            hints = set(block.hint.split())
            if block.link_density > 0.8 and hints & {"nav", "header", "footer", "aside", "menu", "breadcrumb"}:
                return 0.9, "page_chrome.link"
            if hints & {"nav", "footer"} and block.tag not in ("h1", "p"):
                return 0.8, "page_chrome.link"
        if e.size > 300 or (e.prose and e.size > _SHORT):
            return 0.0, ""
        numbered = _ORDINAL.match(text) is not None
        if e.chrome >= 0.75 and not (e.prose and e.size > 40) and not numbered:
            return min(0.95, 0.2 + e.chrome), "page_chrome.words"
        for rule, form in _FORMS:
            if (
                not numbered
                and form.search(text)
                and (not e.prose or rule in ("page_chrome.footer", "page_chrome.advert"))
                and e.size <= _limit(rule)
            ):
                return 0.85, rule
        return (0.6 if e.chrome >= 0.6 else e.chrome * 0.6), "page_chrome.words"

    def _runs(self, page: Page, judged: list[tuple[float, str]]) -> Iterator[Proposal]:
        def key(i: int) -> tuple[bool, str]:
            score, rule = judged[i]
            return score >= self.threshold, rule if score >= self.flag else ""

        for (gone, rule), run in groupby(range(len(judged)), key):
            members = list(run)
            if not rule:
                continue
            first, last = members[0], members[-1] + 1
            score = min(judged[i][0] for i in members)
            reason = f"{self.rules[rule]}: {page.lines[first].text[:24]!r}"
            if gone:
                yield Edit(page.block(first, last), "", rule, score, reason)
            else:
                yield Flag(Span(page.lines[first].start, page.lines[last - 1].end), rule, score, reason)


def _limit(rule: str) -> int:
    return {"page_chrome.footer": 220, "page_chrome.code": 300, "page_chrome.editor": 60}.get(rule, _SHORT)


def _inside(found: list[Evidence], judged: list[tuple[float, str]]) -> None:
    """Doubt long lines between two paragraphs: an article may speak of licences, apps and logins itself."""
    prose = [i for i, e in enumerate(found) if e.prose and judged[i][0] < 0.7]
    for index in range(prose[0] + 1, prose[-1]) if prose else ():
        score, rule = judged[index]
        if rule in ("page_chrome.footer", "page_chrome.prompt") and found[index].size > 20:
            judged[index] = (min(score, 0.6), rule)


def _edges(page: Page, found: list[Evidence], judged: list[tuple[float, str]]) -> None:
    """Judge menus and the site's name at the head and foot, where nothing else explains them."""
    prose = [i for i, e in enumerate(found) if e.prose and judged[i][0] < 0.7]
    if not prose:
        return
    for index in (*range(prose[0]), *range(prose[-1] + 1, len(found))):
        e, text = found[index], page.lines[index].text
        if judged[index][0] >= 0.7:
            continue
        items = e.items
        menu = len(items) >= 4 and max(map(len, items)) <= (16 if e.han == 0 else 8) and not e.inner and e.digits < 0.3
        if menu and (e.chrome > 0 or len(items) >= 6):
            judged[index] = (0.8, "page_chrome.menu")
        elif e.chrome >= 0.4 and not e.prose and e.size <= 60:
            judged[index] = (0.75, "page_chrome.words")
        elif _SITE.match(text) and index + 1 < len(found):
            judged[index] = (0.75, "page_chrome.site")


def _adverts(page: Page, found: list[Evidence], judged: list[tuple[float, str]]) -> None:
    """Take small advertisements: short, a telephone or an offer, and no sentence."""
    for index, (line, e) in enumerate(zip(page.lines, found, strict=True)):
        if judged[index][0] < 0.7 and e.size <= 60 and not e.final:
            offers = set(_OFFER.findall(line.text))
            if len(offers) + bool(_PHONE.search(line.text)) >= 2:
                judged[index] = (0.75, "page_chrome.advert")


def _foot(page: Page, found: list[Evidence], judged: list[tuple[float, str]]) -> None:
    """Take what stands behind the first furniture under the last paragraph of a page of paragraphs.

    Not on pages that speak in short lines: there the last lines may be the article's own.
    """
    size = sum(e.size for e, (score, _) in zip(found, judged, strict=True) if score < 0.7)
    prose = [i for i, e in enumerate(found) if e.prose and e.size >= 30 and judged[i][0] < 0.7]
    if len(prose) < 3 or sum(found[i].size for i in prose) < 0.7 * size:
        return
    under = False
    for index in range(prose[-1] + 1, len(found)):
        under = under or judged[index][0] >= 0.8 or gone_before(page, index)
        if under and judged[index][0] < 0.7 and found[index].size <= 120:
            judged[index] = (0.72, "page_chrome.foot")


def gone_before(page: Page, index: int) -> bool:
    """Say whether an earlier stage took something out right before a line."""
    left = page.lines[index - 1].end if index else 0
    return any(page.source.text[a:b].strip() for a, b in page.sources_between(left, page.lines[index].start))


def _comments(page: Page, found: list[Evidence], judged: list[tuple[float, str]]) -> None:
    """Take what stands under a comments heading at the foot, up to the end or the next furniture."""
    heads = terms("comment_heads")
    under = False
    for index, line in enumerate(page.lines):
        bare = fold(line.text).strip(" :：()（）[]【】>＞0123456789条條")
        if len(line.text) <= 16 and bare in heads:
            under = not any(e.prose and e.size > 120 for e in found[index + 1 :])
            judged[index] = (0.85, "page_chrome.words")
        elif judged[index][0] < 0.7 and found[index].size <= 200:
            voice = _COMMENTER.match(line.text) is not None
            if under or (voice and not any(e.prose for e in found[index + 1 :])):
                judged[index] = (0.8 if voice else 0.72, "page_chrome.comment")

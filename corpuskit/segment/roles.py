"""What part a line plays in its article."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from corpuskit.core.lexicon import narrow
from corpuskit.core.page import Char, Line, Page
from corpuskit.core.pairs import pairs

CLOSERS = "”’」』）)】》\"']〉〕"
FINALS = "。！？!?…｡"
STOPS = 2.5


class Role(Enum):
    """Part of a line; ``HEAD`` may be a title, a deck or a cross-head: the block it stands in decides."""

    HEAD = "head"
    BODY = "body"
    BYLINE = "byline"
    META = "meta"
    CAPTION = "caption"
    SOURCE = "source"
    BOX = "box"


class Cast(NamedTuple):
    """A line's role and what the later steps ask of it."""

    role: Role
    size: int
    """Characters that are not white space."""
    stop: float
    """How sure it is that the line stops inside a sentence; :data:`STOPS` and above count."""
    numbered: bool
    """Is one of a numbered series: a cross-head, not a title."""
    lead: int
    """2: begins with a dateline; 1: begins as reports begin; 0 otherwise."""
    ended: bool
    """Closes an article: ends with an end mark or a signature in brackets."""

    @property
    def dangling(self) -> bool:
        """Stops inside a sentence."""
        return self.stop >= STOPS


_REPORTER = r"(?:特约|实习|见习|本报|本報|本刊|本台|本网|首席|特約|實習|记者站)?(?:记者|記者|通讯员|通訊員|评论员|作者|撰稿人?|撰文|文)"
_BYLINE = re.compile(
    rf"^[（(]?(?:(?:本报|本報|本刊|本台|本网|新华社|中新社|中新网)?(?:驻\S{{1,8}})?{_REPORTER})\s*[:：/／|｜]?\s*\S.{{0,36}}$"
    r"|^.{2,20}(?:摄影报道|摄影报导|文/图|图/文|文并摄|报道员|／\S{1,8}報導|/\S{1,8}報導)$"
    r"|^[Bb]y\s+[A-Z][\w.'-]+(?:\s+\S+){0,8}$|^.{2,12}\s*(?:기자|특파원)(?:\s+\S+@\S+)?$"
)
_DATE = re.compile(
    r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|(?:19|20)\d{2}年\d{1,2}月|民國?\s*\S{1,4}\s*年\s*\S{1,2}\s*月"
    r"|(?:\d{1,2}\s+)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+(?:\d{1,2},?\s+)?(?:19|20)\d{2}"
    r"|(?:令和|平成|昭和)\s*\S{1,3}年\s*\d{1,2}月\s*\d{1,2}日"
)
_LABEL = re.compile(
    r"(?:发布时间|发表时间|更新时间|发布日期|时间|日期|發布時間|來源|来源|稿源|文章来源|信息来源|出处|作者|记者|通讯员|Posted on|"
    r"Published|Updated|Source|入力|등록|입력)\s*[:：]?"
)
_CAPTION = re.compile(
    r"^(?:[▲△▼◀▶↑↓■]\s*\S|图为|圖為|图片来源|圖片來源|视频来源|视频截图|资料图|資料圖|资料照片|图片?[:：]|圖[:：]|图[一二三四五1-9][:：\s]|供图[:：]|Photo(?:graph)?(?: by|:)|Image:)"
    r"|^[（(][^（）()]{1,14}(?:绘|繪|摄|攝|图|圖|供图|提供|截图|资料照|资料图|资料图片)[)）]$"
    r"|(?:^|[\s。.，,/／—:：)）])\S{0,14}(?:摄|攝|供图|供圖|绘制|制图)\s*[)）]?$|＝\S{1,20}$"
)
_SOURCE = re.compile(
    r"^[（(](?:完|\S{1,12}(?:社|网|網|报|報|新闻|電|电|台|客户端|日报|供稿))[)）]$|^(?:来源|來源|稿源)\s*[:：]\s*\S.{0,24}$"
)
SOURCE_TAIL = re.compile(r"[（(](?:完|[^（）()\s]{1,10}(?:社|新闻|日报|晚报|電視台|电视台|新聞|央视))[)）]$")
_BOX = re.compile(
    r"^[【\[〔■◆●▍]?\s*(?:核心阅读|核心閱讀|相关链接|新闻链接|背景链接|知识链接|新闻背景|名词解释|小贴士|延伸阅读|链接|数读|编者按|阅读提示|小檔案|小档案|"
    r"新聞辭典|小辭典|深读|深度阅读|新闻速览|[^【】\[\]]{0,6}(?:档案|檔案|链接|贴士|提示))\s*[】\]〕]?(?:\S{0,8})$|^【[^【】]{2,12}】\S{0,8}$"
)
_NUMBERED = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十百]{1,3}[)）、.．:：问是，]|第[一二三四五六七八九十\d]{1,3}[章节条部分步回幕]?|\d{1,2}[、.．)）:：]\s*\D|[①-⑳]|"
    r"(?:问题?|問題?|之|\S{1,4})[一二三四五六七八九十\d]{1,2}\s*[:：]|Q\d*\s*[:：.]|[IVX]{1,4}\.\s|[一二三四五六七八九十]{1,2}$|\d{1,2}$)"
)
_DATELINE = re.compile(
    r"^[（(【]?(?:本报|本刊|本台|新华社|新华网|据新华社|中新社|中新网|央视网|人民网|光明网|法新社|路透社|韩联社|共同社|中央社|\S{2,6}[社报网])"
    r"[^，,。:：]{0,16}?(?:电|讯|電|訊|报道|報導)(?:\s|[（(】，,：:]|$|记者|據|据)|^[（(【](?:记者|記者|本报讯|本报记者|中央社)|^本报讯|"
    r"^[A-Z][A-Z ,]{2,24}(?:\([A-Z][a-z]+\)\s*)?[—–-]\s"
)
_LEAD = re.compile(
    r"^(?:\d{4}年|\d{1,2}月\d{1,2}日|近日|日前|昨日|昨天|今天|今日|昨晚|今晨|今年|去年|记者|本报|新华社|据\S{2,8}(?:报道|消息|介绍)|近年来)"
)
_SIGNED = re.compile(
    r"[（(](?:完|[^（）()]{0,10}(?:记者|通讯员|实习生|供稿|报道|摄影|新闻|社|网|报)[^（）()]{0,12}|[^（）()，。\s]{2,4})[)）]$"
)
_ASIDE = (Role.CAPTION, Role.BOX, Role.SOURCE)
_STRONG_TAIL = set(
    "的了在是和与及對对为為将將并也有不就都而以被把从從向到要中这這那我他她其该該此或但又很更各还還再互给給让讓使由于於使得地"
)


def cast(page: Page) -> list[Cast]:
    """Return the role of each line."""
    alone = [_role(line, count) for line, count in zip(page.lines, page.counts, strict=True)]
    return [_settle(page, alone, index) for index in range(len(alone))]


def _role(line: Line, count: list[int]) -> Cast:
    text = narrow(line.text)
    size = sum(count) - count[Char.SPACE]
    latin = count[Char.LATIN] > size / 2
    final = ends(text)
    stop = 0.0 if final else _stops(text, count, size, latin)
    role = Role.BODY
    if size <= 90 and _CAPTION.search(text):
        role = Role.CAPTION
    elif size <= 40 and _SOURCE.match(text):
        role = Role.SOURCE
    elif size <= 50 and not final and _BYLINE.match(text):
        role = Role.BYLINE
    elif size <= 20 and _BOX.match(text):
        role = Role.BOX
    elif size <= 120 and is_meta(text, size):
        role = Role.META
    elif size <= (110 if latin else 46) and _titled(text, count, final):
        role = Role.HEAD
    return Cast(
        role,
        size,
        stop,
        bool(_NUMBERED.match(text)) and size <= 60,
        2 if _DATELINE.match(text) else 1 if _LEAD.match(text) else 0,
        bool(_SIGNED.search(text)) or role is Role.SOURCE,
    )


def ends(text: str) -> bool:
    """Say whether a line ends a sentence; an ASCII full stop counts, but not after a lone initial or number."""
    tail = text.rstrip(CLOSERS)
    return tail[-1:] in FINALS or (tail[-1:] == "." and len(tail) > 8)


def _settle(page: Page, alone: list[Cast], index: int) -> Cast:
    """Judge whether a line stops inside a sentence, by what follows it."""
    here = alone[index]
    if here.role not in (Role.BODY, Role.HEAD) or here.stop <= 0:
        return here._replace(stop=0.0)
    text = page.lines[index].text
    after = next((i for i in range(index + 1, min(index + 4, len(alone))) if alone[i].role not in _ASIDE), None)
    stop = here.stop + (_seam(text, page.lines[after].text, alone[after], here) if after is not None else 0.0)
    if stop < STOPS:
        return here._replace(stop=0.0, role=here.role)
    return here._replace(stop=stop, role=Role.BODY)


def _seam(left: str, right: str, after: Cast, here: Cast) -> float:
    """Score how the next line goes with one that may stop inside a sentence."""
    if right[0] in "，。、；：！？,.;:!?”’）)」』》":
        return 5.0
    if after.role in (Role.BYLINE, Role.META):
        return -10.0
    if left[-1].isascii() and left[-1].isalpha():
        return 0.0 if right[0].islower() else -10.0
    bond = pairs().bond(left[-1], right[0])
    score = 2.5 if bond >= 4 else 0.0
    weak = here.size < 32 and "。" not in left and not _open(left) and left[-1] not in _STRONG_TAIL
    if weak and bond < 4:
        score -= 2.0
    if after.lead or after.numbered:
        score -= 3.0
    if right[0] in "“‘「『【（(":
        score -= 1.0
    if here.numbered:
        score -= 3.0
    return score


def is_meta(text: str, size: int) -> bool:
    """Say whether a line is about the article: date, source, author."""
    date = _DATE.search(text)
    labels = len(_LABEL.findall(text))
    rest = size - (len(date[0].replace(" ", "")) if date else 0)
    if text.endswith(("。", "；", ";", "，", ",")) or "。" in text:
        return False
    if date:
        return rest <= 14 or labels >= 1
    return labels >= 2


def _titled(text: str, count: list[int], final: bool) -> bool:
    """Say whether a short line may be a headline: questions and cries may, statements may not."""
    tail = text.rstrip(CLOSERS)
    if tail.endswith(("。", "；", ";", "，", ",", "、", "：", ":", ".")) or "。" in text:
        return False
    if final and (count[Char.INNER] >= 3 or count[Char.FINAL] >= 3):
        return False
    if text[0] in '“"「『' and text[-1] in '”"」』' and final:
        return False
    return count[Char.HAN] + count[Char.FUNCTION] + count[Char.LATIN] + count[Char.KANA] + count[Char.HANGUL] >= 2


def _stops(text: str, count: list[int], size: int, latin: bool) -> float:
    """Score a line that does not end a sentence: does it stop inside one? Weights set on our own pages."""
    if latin:
        return 3.0 * (size >= 30 and (text[-1].islower() or text[-1] in ",-"))
    if text[-1] in "：:；;—-~～)）】」』》”" or size < 6:
        return 3.0 * (text[-1] in "”)）」』》" and size >= 60)
    if text[-1] in "，、,":
        return 3.0 * (size >= 16)
    if "\t" in text or text[-1].isdigit():
        return 0.0
    score = 2.0 * min(2, count[Char.INNER]) + (3 if size >= 40 else 0) + (4 if "。" in text else 0)
    score += (3 if _open(text) else 0) + (1.5 if text[-1] in _STRONG_TAIL else 0)
    score -= (3 if _spaced(text) and "。" not in text else 0) + 2 * (count[Char.DIGIT] > size / 3)
    function = count[Char.FUNCTION] / max(1, count[Char.HAN] + count[Char.FUNCTION])
    return score - (2 if function < 0.03 and count[Char.KANA] == 0 else 0) + 0.01


def _open(text: str) -> bool:
    return any(text.count(a) > text.count(b) for a, b in ("“”", "（）", "()", "「」", "《》", "『』"))


def _spaced(text: str) -> bool:
    """Say whether blanks part Han characters, as in headlines and rows of names."""
    return re.search(r"[\u3040-\u9fff”」][ \u3000]+[\u3040-\u9fff“「]", text) is not None

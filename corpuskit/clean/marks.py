"""The marks of an entry in a list of other pages: a cut end, a number, a date, a count of readers, a price, a rank."""

from __future__ import annotations

import re
from functools import lru_cache

from corpuskit.core.chars import FINALS

_CUT = re.compile(r"(?:\.{3,}|…+|[^-—]-|\[详[细情]\]|\[全文\]|>>|》》|[\[［](?:…+|\.{3,})[\]］])\s*$")
CUT_ENDS = frozenset(".…-]>》］")
"""What a cut snippet may end in, but for words that lead to the rest."""
_MORE = re.compile(
    r"(?:…|\.{3})\s?[\[［（(【<]?\s?(?:展开|展開|更多|查看|点击|點擊|阅读|閱讀|继续|繼續|详[细情]|詳[細情]|全文"
    r"|(?:read )?more)[^。！？.!?]{0,8}$",
    re.I,
)
"""A cut end and the words that lead to the rest."""
_TAILED = 24
"""Characters behind which no words lead to the rest."""
_FINALS = FINALS + "”’」』】》\"'"
"""What ends a sentence, and no date or count of readers."""
_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(r"^(?:[（(\[]?\d{1,2}[)）\].、．\s]|[①-⑳]|[·•◆■▪●○★☆□※*-]\s*\S|TOP\s*\d)", re.I)
_DATED_FIRST = re.compile(r"[\[(（]?(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?[\])）]?\s+\S")
_DATED_LAST = re.compile(
    r"\s[\[(（]?(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?"
    r"(?:\s+\d{1,2}:\d{2})?[\])）]?(?:\s+[\d,.万]+\s*(?:阅读|浏览|次|PV|views?|评论)?)?$",
    re.I,
)
_COUNTED = re.compile(
    r"(?:热度|阅读|浏览|播放|views?|PV|조회|评论|人看过|热|爆|新)\s*[\d,.]*\s*[万萬만wk]?\s*(?:阅读|浏览|人|次)?$"
    r"|\d ?[万萬wk]?\+? ?[个個条條次人则則件]?人?(?:回答|评论?|評論?|回[复覆应應]|关注|關注|阅读?|閱讀?|浏览|瀏覽|播放"
    r"|弹幕|收藏|[点按]?[赞讚]|[做看读買买用学玩吃听]过"
    r"|参与|參與|跟帖|留言|views?|comments?|replies|likes?|のコメント|回視聴|개의 댓글)$",
    re.I,
)
_TAIL = re.compile(r"[^\W\d_]{1,10}[。！？][”』」]?[（(][^（）()]{2,16}[）)]$")
_PRICE = re.compile(r"[¥￥$€£]\s?\d|\d\s?元")

_RANK = re.compile(
    r"^(\d{1,2})[.、．\s]\s*(\S.{5,60}?)\s+[\d,.]+\s*[万萬만wk]?[次人回]?"
    r"(?:阅读|浏览|热度|新|热|爆|[做看读買买用学玩吃听]过)?$",
    re.I,
)


def is_numbered(text: str) -> bool:
    """Say whether a line begins with the number of an item."""
    return _NUMBERED.match(text) is not None


@lru_cache(maxsize=1 << 14)
def is_counted(text: str) -> bool:
    """Say whether a line ends in a count of readers."""
    return text[-1] not in _FINALS and _COUNTED.search(text) is not None


def is_cut(text: str) -> bool:
    """Say whether a line ends as a snippet that is cut."""
    if text.rstrip()[-1:] in CUT_ENDS and _CUT.search(text) is not None:
        return True
    tail = text[-_TAILED:]
    return ("…" in tail or "..." in tail) and _MORE.search(tail) is not None


@lru_cache(maxsize=1 << 14)
def is_dated(text: str) -> bool:
    """Say whether a line begins or ends with a date."""
    if not _DIGIT.search(text):
        return False
    return _DATED_FIRST.match(text) is not None or (text[-1] not in _FINALS and _DATED_LAST.search(text) is not None)


MARKS = (is_cut, is_numbered, is_dated, is_counted)
"""The marks of a list's entry that a line may have."""


def priced(text: str) -> bool:
    """Say whether a line names a price."""
    return _PRICE.search(text) is not None


def ranked(text: str) -> int:
    """Return the number of a ranking's entry (its number, a title, a count of readers); 0 if it is none."""
    found = _RANK.match(text)
    if found is None or any(part[0].isdigit() and part[-1] in "0123456789%" for part in found[2][-12:].split()):
        return 0
    return int(found[1])


def signs_off(text: str) -> bool:
    """Say whether a line is the last words of a sentence and who wrote it, as a column leaves them behind.

    >>> signs_off("桥上。（实习生 谭稼）"), signs_off("谢谢阅读（小编）"), signs_off("（本报记者 谭稼）")
    (True, False, False)
    """
    return text[-1:] in "）)" and _TAIL.match(text) is not None

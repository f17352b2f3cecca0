"""Lines that point to other pages: headings of lists, and single lines behind a label."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from corpuskit.core.chars import FINALS
from corpuskit.core.codes import members_of
from corpuskit.core.lexicon import fold, terms

_ORNAMENT = " \t:：>＞»›|※▶►▸▼▽◎☞→｜【】[]「」『』《》()（）·•◆■▌▍▎▶►●○★☆◎#＃-—–=…+0123456789/&"
_COMPOSED = re.compile(
    r"(?:更多|相关|推荐|热门|热点|精彩|最新|延伸|往期|今日|本周|本月|近期|编辑|小编|站长|猜[你您]|为[你您]|大家|读者|其[他它]|同类|同城|本地|本站|全网|"
    r"讀者|相關|推薦|熱門|延伸|為[你您]|編輯){1,3}(?:都在|也在|正在|还|也|可能|想|爱|還|的)?"
    r"(?:阅读|新闻|文章|资讯|推荐|内容|报道|消息|动态|专题|视频|图片|图文|话题|搜索|排行|看|喜欢|回顾|帖子|主题|好文|稿件|热点|"
    r"閱讀|新聞|資訊|推薦|內容|報導|話題|影片|喜歡){1,2}(?:推荐|列表|排行|榜|更多|推薦)?"
)
HEAD = 40
"""Characters of a heading, at most."""
LONGEST = 80
"""Characters of a line that points to another page, at most."""
_PART, _OPEN = ":：|｜", "[【［"
"""What stands behind a label, and what opens the brackets round one."""
_OPENER = re.compile(
    rf"[※▶►▸▲△▼▽➤◎☞→●◆■·•>＞» ]{{0,3}}"
    rf"(?:([^{_PART}\{_OPEN}「]{{2,24}})[{_PART}]|[\{_OPEN}]([^\]】］]{{2,16}})[\]】］])\s*\S"
)
_LABELS = frozenset(("推荐", "推薦", "专栏", "專欄", "延伸", "往期", "相关", "相關", "関連", "관련", "Related", "Read"))
"""What stands in brackets before the title of another page."""


def speaks(text: str) -> bool:
    """Say whether a line that stands alone above sentences, or is one, announces a list or points to another page."""
    head = len(text) <= HEAD and text[-1:] not in _never_last() and is_head(text)
    return head or points(text, final=False)


@cache
def _never_last() -> frozenset[str]:
    """Return the ends of sentences that no heading ends in."""
    return frozenset(FINALS) - {*_ORNAMENT} - {word[-1] for name in ("related_heads", "chrome") for word in terms(name)}


@cache
def opening() -> npt.NDArray[np.bool_]:
    """Return characters of which what :func:`points` finds holds one."""
    return members_of(_PART + _OPEN)


def points(text: str, *, final: bool) -> bool:
    """Say whether a line points to another page; ``final`` says that it ends a sentence."""
    opener = _OPENER.match(text) if len(text) <= LONGEST else None
    if opener is None:
        return False
    bare = opener[1] is not None and is_head(opener[1]) and not final
    return bare or (opener[2] is not None and (is_head(opener[2]) or opener[2] in _LABELS))


@lru_cache(maxsize=1 << 14)
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

"""Lifted lines to metadata values: dates to ISO 8601, names without their labels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from corpuskit.core.late import late
from corpuskit.core.numerals import number
from corpuskit.segment.joins import between

_YMD = late(r"((?:19|20)\d{2})\s*[-/.年년]\s*(\d{1,2})\s*[-/.月월]\s*(\d{1,2})")
_NUMBER = "[元\\d〇○零一二三四五六七八九十百]{1,5}"
_ERA = late(rf"(民[國国]|令和|平成|昭和|大正)?\s*({_NUMBER})\s*年\s*({_NUMBER})\s*月\s*({_NUMBER})")
_ROC = late(r"(?:日期|時間)\s*[:：]\s*(1?\d{2})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_BEFORE = {"民國": 1911, "民国": 1911, "令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911}
"""The year before the first of an era."""
_MONTH = r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DMY = late(rf"(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+((?:19|20)\d{{2}})")
_MDY = late(rf"{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+((?:19|20)\d{{2}})")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_AUTHOR = (
    r"(?:作者|记者|記者|通讯员|通訊員|实习生|實習生|评论员|撰稿人?|撰文|采写|採寫|采访|採訪|整理|口述|讲述|講述|讲解|講解"
    r"|执笔|執筆|取材|编译|編譯|翻译|翻譯|直播员|文(?=\s*[:：/／])|글(?=\s|[:：])|Author|Words)"
)
_LABEL = rf"{_AUTHOR}(?:[、·・]\w{{1,4}})?\s*[:：/／]\s*"
_SIGNED = late(rf"(?:{_LABEL}|(?<!\w){_AUTHOR}\s+|(?:记者|記者|通讯员|通訊員)\s*)(?=\w)")
_PREFIX = late(rf"^(?:\w{{0,2}}(?:{_LABEL}|(?:作者|撰文|글|文)\s+)|\w{{2,4}}、\w{{1,4}}[:：]\s*|[Bb]y:?\s+|[□◇◆○■]\s*)")
_BY = late(r"\b[Bb]y:?\s+(?=[A-Z])")
_GIVEN = late(r"(?<!\S)由\s+(\S{2,12})\s+(?:发表|發表|发布|發布)")
_KOREAN = late(r"[가-힣]{2,4}\s*(?:기자|특파원)")
_SOURCE = late(r"(?:来源|來源|稿源|出处|출처|Source)\s*[:：]\s*(?=\S)")
_COUNTED = (
    "时间|日期|發布|发布|更新|字数|阅读|閱讀|浏览|瀏覽|点击|點擊|评论|評論|来源|來源|稿源|出处"
    "|编辑|編輯|摄影|攝影|入力|입력|수정|등록"
)
_ENGLISH = "Posted|Published|Updated|Source|Share|Author|Date|Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec"
_OTHER = late(
    r"(?:\s{2,}|[\u3000\t|｜·]|(?<=[\s\d]))\s*"
    rf"(?:\d|[(（]?\d+ |\S{{0,6}}(?:{_COUNTED})|(?:图|圖|사진)\s*[:：/／]|(?:{_ENGLISH})\b)"
    r"|\s+(?:Posted|Published|Updated)\b|\s\S+@\S+|\s(?:19|20)\d\d|\s\S{2,6}[:：]|[|｜]"
)
"""What cannot belong to a name or a source any more: a label of something else, a counter, a date."""


def iso_date(text: str) -> str | None:
    """Return the first date of a text as YYYY-MM-DD, or None.

    >>> iso_date("发布时间：2025年1月2日 08:30"), iso_date("民國113年6月9日"), iso_date("14 October 2023")
    ('2025-01-02', '2024-06-09', '2023-10-14')
    >>> iso_date("令和五年十月一日"), iso_date("發佈日期：112-06-27"), iso_date("2021년 10월 8일")
    ('2023-10-01', '2023-06-27', '2021-10-08')
    """
    if m := _YMD.search(text):
        return _checked(int(m[1]), int(m[2]), int(m[3]))
    if m := _ERA.search(text):
        year = number(m[2]) + _BEFORE.get(m[1] or "", 0)
        return _checked(year, number(m[3]), number(m[4])) if 1800 < year < 2100 else None
    if m := _ROC.search(text):
        return _checked(int(m[1]) + 1911, int(m[2]), int(m[3]))
    if m := _DMY.search(text):
        return _checked(int(m[3]), _MONTHS.index(m[2]) + 1, int(m[1]))
    if m := _MDY.search(text):
        return _checked(int(m[3]), _MONTHS.index(m[1]) + 1, int(m[2]))
    return None


def _checked(year: int, month: int, day: int) -> str | None:
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def metadata(lifted: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the metadata of lifted ``(field, text)`` pairs, in the order of the page.

    >>> metadata([("title", "河水清了"), ("meta", "2024-05-19 来源：青岚在线")])
    {'title': '河水清了', 'date': '2024-05-19', 'publisher': '青岚在线'}
    >>> metadata([("title", "河水清了，"), ("title", "鱼又回来了")]), metadata([("title", "Old"), ("title", "bridge")])
    ({'title': '河水清了，鱼又回来了'}, {'title': 'Old bridge'})
    """
    out: dict[str, Any] = {}
    for field, raw in lifted:
        text = raw.strip()
        if field in ("captions", "boxes"):
            out.setdefault(field, []).append(text)
        elif field == "title" and field in out:
            out[field] += between(out[field], text) + text
        elif field == "subtitle":
            out["subtitle"] = f"{out['subtitle']}\n{text}" if "subtitle" in out else text
        else:
            for key, value in _pairs(field, text):
                out.setdefault(key, value)
    if out.get("publisher") in ("完", ""):
        del out["publisher"]
    return out


def keys(field: str, text: str) -> list[str]:
    """Return the metadata keys that a lifted text gives: one, or several for a line of date and source."""
    return [key for key, _ in _pairs(field, text.strip())] or [field]


def _pairs(field: str, text: str) -> list[tuple[str, str]]:
    """Return the keys and values of a lifted text."""
    if field == "meta":
        return _meta(text)
    if field == "byline":
        # what stands beside the name on its line counts as well
        return [("byline", _byline(text)), *((key, value) for key, value in _meta(text) if key != "byline")]
    if field == "source":
        return [("publisher", _value(text, _SOURCE) or text.strip("（）() "))]
    return [(field, text)]


def _meta(text: str) -> list[tuple[str, str]]:
    known = {"date": iso_date(text), "publisher": _value(text, _SOURCE), "byline": _author(text)}
    return [(key, value) for key, value in known.items() if value]


def _author(text: str) -> str | None:
    if found := _GIVEN.search(text):
        return found[1]
    if found := _KOREAN.search(text):
        return found[0]
    return _value(text, _BY) or _value(text, _SIGNED)


def _byline(text: str) -> str:
    """Return a byline without the label before it and without what is not of the name.

    >>> _byline("采访、整理：蒲晓舟"), _byline("本报记者 韩水生"), _byline("By Ann Lee  Posted on 14 October 2023")
    ('蒲晓舟', '本报记者 韩水生', 'Ann Lee')
    """
    bare = text[1:-1] if text[0] in "（(" and text[-1] in "）)" else text
    bare = _PREFIX.sub("", bare, count=1)
    return _until(bare) or text


def _value(text: str, label: re.Pattern[str]) -> str | None:
    """Return what stands behind a label, up to the next label, counter or date."""
    found = label.search(text)
    return _until(text[found.end() :]) or None if found else None


def _until(text: str) -> str:
    end = _OTHER.search(text)
    value = (text[: end.start()] if end else text).strip(" \u3000\t，,;；|｜·、")
    if value.endswith((")", "）")) and not any(mark in value for mark in "（("):
        value = value[:-1]
    return value if len(value) <= 60 else ""

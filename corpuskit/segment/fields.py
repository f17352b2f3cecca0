"""Lifted lines to metadata values: dates to ISO 8601, names without their labels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_YMD = re.compile(r"((?:19|20)\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_ROC = re.compile(r"民[國国]?\s*(\d{2,3})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})")
_DMY = re.compile(r"(\d{1,2})\s+([A-Z][a-z]{2})[a-z]*\.?,?\s+((?:19|20)\d{2})")
_MDY = re.compile(r"([A-Z][a-z]{2})[a-z]*\.?\s+(\d{1,2}),?\s+((?:19|20)\d{2})")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_PUBLISHER = re.compile(
    r"(?:文章来源|信息来源|稿件来源|来源|來源|稿源|出处|Source)\s*[:：]\s*([^\s:：|｜()（）]{2,24})"
)
_AUTHOR = re.compile(
    r"(?:作者|记者|記者|通讯员|通訊員|撰稿|撰文|文[/：])\s*[:：/／]?\s*([^\s:：|｜()（）/／]{2,12}(?:[ 、,，]\S{2,4})*)"
)
_LABEL = re.compile(r"^(?:[Bb]y|作者|撰文|文)\s*[:：/]?\s+|^[（(]|[)）]$")


def iso_date(text: str) -> str | None:
    """Return the first date of a text as YYYY-MM-DD, or None.

    >>> iso_date("发布时间：2025年1月2日 08:30"), iso_date("民國113年6月9日"), iso_date("14 October 2023")
    ('2025-01-02', '2024-06-09', '2023-10-14')
    """
    if m := _YMD.search(text):
        return _checked(int(m[1]), int(m[2]), int(m[3]))
    if m := _ROC.search(text):
        return _checked(int(m[1]) + 1911, int(m[2]), int(m[3]))
    if (m := _DMY.search(text)) and m[2] in _MONTHS:
        return _checked(int(m[3]), _MONTHS.index(m[2]) + 1, int(m[1]))
    if (m := _MDY.search(text)) and m[1] in _MONTHS:
        return _checked(int(m[3]), _MONTHS.index(m[1]) + 1, int(m[2]))
    return None


def _checked(year: int, month: int, day: int) -> str | None:
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def metadata(lifted: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the metadata of lifted ``(field, text)`` pairs, in the order of the page.

    >>> metadata([("title", "河水清了"), ("meta", "2024-05-19 来源：青岚在线")])
    {'title': '河水清了', 'date': '2024-05-19', 'publisher': '青岚在线'}
    """
    out: dict[str, Any] = {}
    for field, raw in lifted:
        text = raw.strip()
        if field == "meta":
            for key, value in _meta(text):
                out.setdefault(key, value)
        elif field in ("captions", "boxes"):
            out.setdefault(field, []).append(text)
        elif field == "byline":
            out.setdefault("byline", _LABEL.sub("", text).strip())
        elif field == "source":
            out.setdefault("publisher", _tag(text))
        elif field == "subtitle":
            out["subtitle"] = f"{out['subtitle']}\n{text}" if "subtitle" in out else text
        else:
            out.setdefault(field, text)
    if out.get("publisher") in ("完", ""):
        del out["publisher"]
    return out


def keys(field: str, text: str) -> list[str]:
    """Return the metadata keys that a lifted text gives: one, or several for a line of date and source."""
    if field == "meta":
        return [key for key, _ in _meta(text)] or ["meta"]
    return ["publisher"] if field == "source" else [field]


def _tag(text: str) -> str:
    found = _PUBLISHER.search(text)
    return found[1] if found else text.strip("（）() ")


def _meta(text: str) -> list[tuple[str, str]]:
    out = []
    if date := iso_date(text):
        out.append(("date", date))
    if found := _PUBLISHER.search(text):
        out.append(("publisher", found[1]))
    if found := _AUTHOR.search(text):
        out.append(("byline", found[1]))
    return out

"""Sections of a document that are numbered 一、二、三: the last of them is the document's as well as the first."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from corpuskit.core.numerals import number
from corpuskit.core.page import Page

Flags = npt.NDArray[np.bool_]

_NUMBER = re.compile(r"[ \u3000]{0,4}([一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])[、．.]")
_CONTACT = re.compile(
    "(?:地址|地點|地点|[电電][话話]|联系人|聯[絡系]人|传真|傳真|邮箱|郵箱|邮编|附件)[ \u3000]{0,4}[:：]"
)
_BEFORE = 2
"""Sections above that must be the article's."""
_UNDER = 6
"""Lines under a section's heading that may say how to reach somebody."""
_LIKELY = 0.5
"""Probability of noise under which a line above is taken to be the article's."""


def continued(page: Page, noise: npt.NDArray[np.float64]) -> Flags:
    """Say which lines carry on a numbered document: its next section, and addresses given under that.

    ``noise`` is the probability of each line, shape (lines,).
    """
    out = np.zeros(len(page.lines), bool)
    last = held = under = 0
    for index, line in enumerate(page.lines):
        found = _numbered(line.text)
        if found:
            follows = found == last + 1
            out[index] = follows and held >= _BEFORE
            held = held * follows + bool(noise[index] < _LIKELY)
            last, under = found, _UNDER * bool(out[index])
        elif under:
            out[index] = _CONTACT.search(line.text) is not None
            under = (under - 1) * bool(out[index])
    return out


def _numbered(text: str) -> int:
    """Return the number a section begins with, 0 where there is none.

    >>> [_numbered(text) for text in ("十二、附则", "三、地点", "一九九八年", "二十、其他")]
    [12, 3, 0, 20]
    """
    found = _NUMBER.match(text)
    return number(found[1]) if found else 0

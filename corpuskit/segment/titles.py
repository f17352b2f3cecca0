"""Which line of a headline block is the title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpuskit.core.page import Page
from corpuskit.segment.roles import Cast, Role

_SITE = re.compile(r"(?:网|網|日报|日報|晚报|晚報|时报|時報|早报|周刊|在线|频道|頻道|论坛|門戶|门户|新报|新報|Online|News|Blog)$")


def choose_title(page: Page, roles: Sequence[Cast], block: Sequence[int]) -> int | None:
    """Return the line that is the title: not the site's name, not a kicker, not a deck; None without heads.

    A line that ends in a dash, or that alone has a comma and stands first, is a kicker; one that begins with
    a dash is a deck. What the page's own metadata calls its title wins, then an ``h1``.
    """
    heads = [i for i in block if roles[i].role is Role.HEAD]
    if not heads:
        return None
    named = [i for i in heads if _named(page, page.lines[i].text)]
    tagged = [i for i in heads if (b := page.blocks[i]) is not None and b.tag == "h1"]
    if named or tagged:
        return (named or tagged)[0]
    proper = [i for i in heads if not _SITE.search(page.lines[i].text)] or heads
    proper = [i for i in proper if not page.lines[i].text.startswith(("—", "–", "-", "－"))] or proper
    for kicker, title in zip(proper, proper[1:], strict=False):
        if kicker == proper[0] and _kicker(page.lines[kicker].text, page.lines[title].text):
            return title
    long = [i for i in proper if roles[i].size >= 8]
    return (long or proper)[0]


def _kicker(first: str, second: str) -> bool:
    if first.rstrip().endswith(("—", "–", "－", "：", ":")):
        return True
    return any(c in first for c in ",，") and not any(c in second for c in ",，")


def _named(page: Page, text: str) -> bool:
    names = (page.source.metadata.get("title"), page.source.metadata.get("og_title"))
    return len(text) >= 4 and any(isinstance(n, str) and (n.strip() == text or n.startswith(text)) for n in names)

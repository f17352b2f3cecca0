"""Patterns that are compiled when they are first used: a single page needs few of those there are."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def late(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what does as a compiled pattern does, but is compiled when it is first asked to.

    >>> late("河水(?=清)").search("河水清了")
    <re.Match object; span=(0, 2), match='河水'>
    """
    return cast("re.Pattern[AnyStr]", _Late(pattern, flags))


class _Late:
    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern, self.flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        # what was asked for once is an attribute from then on, and does not come here
        found = getattr(re.compile(self.pattern, self.flags), name)
        setattr(self, name, found)
        return found

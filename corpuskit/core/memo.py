"""What was worked out for short lines, remembered: the lines of a template are on every page of a site.

Only what depends on a line's text and on nothing else may be remembered, so that no page's outcome depends on the
pages before it.
"""

from __future__ import annotations

from typing import TypeVar

_V = TypeVar("_V")


class Memo(dict[str, _V]):
    """Values by line, of lines up to ``longest`` characters; it starts anew where it holds ``most`` of them.

    >>> memo = Memo[int](longest=3)
    >>> memo.keep("水", 1), memo.keep("河水清了", 4), dict(memo)
    (1, 4, {'水': 1})
    """

    def __init__(self, longest: int = 60, most: int = 1 << 14) -> None:
        super().__init__()
        self.longest, self.most = longest, most

    def keep(self, line: str, value: _V) -> _V:
        """Remember a line's value if the line is short, and return the value."""
        if len(line) <= self.longest:
            if len(self) >= self.most:
                self.clear()
            self[line] = value
        return value

"""The parse trees of regular expressions: Python makes them in private modules, which nothing else here reads."""

from __future__ import annotations

from collections.abc import Iterable
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

__all__ = ["Parsed", "op", "parsed"]

Parsed = Iterable[tuple[Any, Any]]
"""The parts of a pattern in order: the kind of each, one of ``op``, and what goes with it."""


def parsed(pattern: str, flags: int = 0) -> Parsed:
    """Return the parse tree of a regular expression.

    >>> [str(kind) for kind, _ in parsed("水+清")]
    ['MAX_REPEAT', 'LITERAL']
    """
    tree: Parsed = _parser.parse(pattern, flags)
    return tree

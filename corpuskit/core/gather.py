"""Things gathered into groups to be done together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

_T = TypeVar("_T")


def gathered(
    items: Iterable[_T], size: Callable[[_T], int], largest: int, most: int | None = None
) -> Iterator[list[_T]]:
    """Yield runs of items of no more than ``largest`` in all, and of ``most`` items; one that is larger goes alone.

    >>> list(gathered(["一", "二三", "四五六七八", "九"], len, 3))
    [['一', '二三'], ['四五六七八'], ['九']]
    """
    held: list[_T] = []
    whole = 0
    for item in items:
        more = size(item)
        if held and (whole + more > largest or len(held) == most):
            yield held
            held, whole = [], 0
        held.append(item)
        whole += more
    if held:
        yield held

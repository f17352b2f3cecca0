"""When Python looks for cycles among what is in use: seldom while pages are cleaned, and not among what stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 1 << 18


@contextmanager
def seldom() -> Iterator[None]:
    """Look for cycles seldom: most of a page goes without, and the rest when its batch is done.

    Python's own count, 700 objects, is made hundreds of times by one batch: a twentieth of the time.
    """
    often, *rest = gc.get_threshold()
    gc.set_threshold(often and max(often, _OBJECTS), *rest)
    try:
        yield
    finally:
        gc.set_threshold(often, *rest)


def settle() -> None:
    """Leave what is in memory once a batch is done, word lists above all, out of every later look for cycles."""
    gc.collect(1)
    gc.freeze()


@contextmanager
def thawed() -> Iterator[None]:
    """Put back at the end what :func:`settle` left out in this process, unless others had left something out before."""
    frozen = gc.get_freeze_count()
    try:
        yield
    finally:
        if not frozen:
            gc.unfreeze()

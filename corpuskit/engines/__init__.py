"""Engines: the same work, on one process or on many."""

from corpuskit.engines.local import Crash, in_order

__all__ = ["Crash", "in_order"]

"""Engines: the same work, on one process or on many."""

from corpuskit.engines.local import CrashError, in_order

__all__ = ["CrashError", "in_order"]

"""Engines: the same work, on one process or on many."""

from corpuskit.engines.limits import SlowError, bound_memory, deadline
from corpuskit.engines.local import CrashError, Work, in_order

__all__ = ["CrashError", "SlowError", "Work", "bound_memory", "deadline", "in_order"]

"""Limits on what a piece of work may take: seconds, bytes of memory, threads."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any

_PRODUCTS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What the libraries under numpy go by."""
_GRACE = 5.0
"""Seconds after its time that a piece of work has to hear of it, before its process is ended."""


class SlowError(BaseException):
    """The time is up. No ``Exception``, so that work that forgives errors does not forgive this one."""


@contextlib.contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """Raise SlowError in the block after so many seconds of wall clock, however the clock is set meanwhile.

    Python code hears of it between two instructions. A native library that never comes back ends a worker process a
    few seconds later, and nothing else: outside a worker and the main thread there is no limit.
    """
    if seconds is None or not hasattr(signal, "setitimer") or not _is_main():
        yield
        return
    apart = _is_worker()
    before = signal.signal(signal.SIGALRM, _ring)
    if apart:
        # a thread of C: it needs no lock of Python's
        faulthandler.dump_traceback_later(2 * seconds + _GRACE, exit=True, file=_nowhere())
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before or signal.SIG_DFL)
        if apart:
            faulthandler.cancel_dump_traceback_later()


def cores() -> int:
    """Return the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def bound_memory(size: int | None) -> None:
    """Let this process allocate no more than ``size`` bytes: beyond, Python raises MemoryError (Linux)."""
    if size is None:
        return
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (size if hard < 0 else min(size, hard), hard))


def one_thread() -> None:
    """Let the products of matrices that this process works out take one thread, unless the environment says otherwise.

    Those of a page are small: threads that wait for each other take a quarter of a run's CPU time, and save none. In a
    process that has imported numpy it is too late.
    """
    for name in _PRODUCTS:
        os.environ.setdefault(name, "1")


def _is_worker() -> bool:
    # a process that multiprocessing began has it; for all others it would only be slow to import
    known = sys.modules.get("multiprocessing")
    return known is not None and known.parent_process() is not None


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


def _ring(number: int, frame: Any) -> None:
    raise SlowError


@cache
def _nowhere() -> int:
    return os.open(os.devnull, os.O_WRONLY)

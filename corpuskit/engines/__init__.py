"""Engines: the same work, on one process or on many, on this machine or on several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, TypeVar

from corpuskit.engines.limits import SlowError, bound_memory, cores, deadline, one_thread
from corpuskit.engines.local import CrashError, EngineError, Work, in_order

__all__ = [
    "CrashError",
    "Engine",
    "EngineError",
    "SlowError",
    "Work",
    "bound_memory",
    "cores",
    "deadline",
    "done",
    "in_order",
    "one_thread",
]

Engine = Literal["local", "daft", "ray"]
T = TypeVar("T")
R = TypeVar("R")


def done(
    engine: Engine,
    tasks: Iterable[T],
    work: Work[T, R],
    workers: int | None,
    *,
    apart: bool = False,
    memory: int | None = None,
) -> Iterator[tuple[T, R]]:
    """Yield each task with its result, in the order of the tasks, whatever the engine.

    ``workers`` of None takes what the engine has. ``apart`` and ``memory`` are for the local engine: the others keep
    every worker in a process of its own, and have limits of their own.

    Raises:
        EngineError: the engine is not installed, or cannot be reached.
    """
    if engine == "local":
        return in_order(tasks, work, workers or 1, apart=apart, memory=memory)
    # the others are extras, and slow to import
    from corpuskit.engines import daft

    return daft.in_order(tasks, work, workers, cluster=engine == "ray")

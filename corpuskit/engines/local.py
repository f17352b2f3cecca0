"""Work on this machine, in this process or in others: results in the order of the tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class EngineError(Exception):
    """The engine is not installed, or its cluster cannot be reached."""


class CrashError(Exception):
    """A worker process died at a task: killed for its memory, or by a fault in a native library."""


class Work(Protocol[T, R_co]):
    """What is done with a task, and what is done about one that kills its worker; it, tasks and results pickle."""

    def begin(self) -> Callable[[T], R_co]:
        """Return the function of a task; called once in each worker."""

    def split(self, task: T) -> Sequence[T]:
        """Return the parts of a task, which are done alone when the task kills its worker."""

    def crashed(self, part: T, error: CrashError) -> R_co:
        """Return what stands for the result of a part that killed its worker."""

    def weigh(self, task: T) -> int:
        """Return about how many bytes a task holds."""


def in_order(
    tasks: Iterable[T], work: Work[T, R], workers: int, *, apart: bool = False, memory: int | None = None
) -> Iterator[tuple[T, R]]:
    """Yield each task with its result, in the order of the tasks.

    With one worker all runs in this process, unless ``apart``. Where a worker dies, the tasks in flight are done
    again one at a time; one that kills its worker again is done part by part, each part yielded as a task of its
    own, and ``work.crashed`` answers for the part that kills its worker alone. No worker may allocate more than
    ``memory`` bytes, if given.

    Workers are started afresh, never forked from a process with threads; they ignore Ctrl-C, and they are gone when
    the iterator is closed or this process dies.
    """
    if workers <= 1 and not apart:
        do = work.begin()
        for task in tasks:
            yield task, do(task)
        return
    # slow to import, and of no use to one worker
    from corpuskit.engines.processes import in_processes

    yield from in_processes(tasks, work, workers, memory)

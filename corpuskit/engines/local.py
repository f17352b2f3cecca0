"""Worker processes on this machine: results in the order of the tasks, few of them in flight at a time."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, resource_tracker
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")

_AHEAD = 3
"""Tasks in flight for each worker: enough that none waits, few enough that memory stays flat."""
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


class CrashError(Exception):
    """A worker process died at a task: killed for its memory, or by a fault in a native library."""


def in_order(
    tasks: Iterable[Sequence[T]],
    start: Callable[[S], Callable[[Sequence[T]], R]],
    state: S,
    workers: int,
    crashed: Callable[[T, CrashError], R],
) -> Iterator[tuple[Sequence[T], R]]:
    """Yield each task with the result of ``start(state)(task)``, in the order of the tasks.

    ``start`` runs once in each worker; it, ``state``, tasks and results must pickle. With one worker all runs in
    this process. A task is a sequence of parts: where a worker dies, the tasks in flight are done again one at a
    time, those that kill their worker again part by part, each yielded as a task of its own, and ``crashed`` answers
    for the part that kills its worker alone.

    Workers are started afresh, never forked from a process with threads; they ignore Ctrl-C, and they are gone when
    the iterator is closed or this process dies.
    """
    if workers <= 1:
        work = start(state)
        for task in tasks:
            yield task, work(task)
        return
    with _Pool(start, state, workers) as pool:
        pool.check()
        flight: deque[tuple[Sequence[T], Future[R]]] = deque()
        for task in tasks:
            flight.append((task, pool.submit(task)))
            if len(flight) >= workers * _AHEAD:
                yield from _first(pool, flight, crashed)
        while flight:
            yield from _first(pool, flight, crashed)


def _first(
    pool: _Pool[T, R], flight: deque[tuple[Sequence[T], Future[R]]], crashed: Callable[[T, CrashError], R]
) -> Iterator[tuple[Sequence[T], R]]:
    try:
        result = flight[0][1].result()
    except BrokenProcessPool:
        lost = [task for task, _ in flight]
        flight.clear()
        for task in lost:
            yield from _again(pool, task, crashed)
        return
    yield flight.popleft()[0], result


def _again(
    pool: _Pool[T, R], task: Sequence[T], crashed: Callable[[T, CrashError], R]
) -> Iterator[tuple[Sequence[T], R]]:
    try:
        result = pool.submit(task).result()
    except BrokenProcessPool:
        if len(task) == 1:
            yield task, crashed(task[0], CrashError("the worker process died"))
            return
        for part in task:
            yield from _again(pool, [part], crashed)
        return
    yield task, result


class _Pool(contextlib.AbstractContextManager["_Pool[T, R]"]):
    """A process pool that begins anew when it is broken."""

    def __init__(self, start: Callable[[S], Callable[[Sequence[T]], R]], state: S, workers: int) -> None:
        self._initial = (start, state)
        self._workers = workers
        self._context = _context(start.__module__)
        self._executor = self._new()

    def check(self) -> None:
        """Raise RuntimeError unless workers can start at all."""
        # a worker of which only its beginning is known could not be ended
        with _held(signal.SIGINT, signal.SIGTERM):
            ready = self._executor.submit(_ready)
        try:
            ready.result()
        except BrokenProcessPool as error:
            advice = "a script that asks for workers must do so under if __name__ == '__main__':"
            raise RuntimeError(f"the worker processes do not start; {advice}") from error

    def submit(self, task: Sequence[T]) -> Future[R]:
        try:
            return self._executor.submit(_do, task)
        except BrokenProcessPool:
            # the tasks in flight are lost with the pool, and their futures say so
            self._executor.shutdown(wait=False)
            self._executor = self._new()
            return self._executor.submit(_do, task)

    def __exit__(self, *exc: object) -> None:
        processes = list((getattr(self._executor, "_processes", None) or {}).values())
        # shutting down first would take the queues away from workers that are still starting
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._workers, self._context, _begin, self._initial)


def _context(module: str) -> BaseContext:
    """Return a way to start processes that inherit no threads, no Ctrl-C and one native thread each.

    Where there is a server of processes it imports ``module`` once for all of them.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    multiprocessing.set_forkserver_preload([module])
    with _held(signal.SIGINT), _environment(dict.fromkeys(_ONE_THREAD, "1")):
        # the server hands down what it is born with
        forkserver.ensure_running()
    return multiprocessing.get_context("forkserver")


@contextlib.contextmanager
def _held(*signals: signal.Signals) -> Iterator[None]:
    """Hold signals back, without losing them; processes born meanwhile never see them."""
    came: list[int] = []
    handlers: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():
        # the mask is this thread's alone: a native library's thread may still take the signal
        handlers = {at: signal.signal(at, lambda number, _: came.append(number)) for at in signals}
    try:
        with _masked(signals):
            yield
    finally:
        for at, handler in handlers.items():
            signal.signal(at, handler or signal.SIG_DFL)
    for number in came:
        signal.raise_signal(number)


@contextlib.contextmanager
def _masked(signals: Sequence[signal.Signals]) -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # the tracker lets Ctrl-C through again where it is begun inside the block
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update({name: value for name, value in values.items() if before[name] is None})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)


_work: Callable[[Any], Any] | None = None


def _begin(start: Callable[[Any], Callable[[Any], Any]], state: Any) -> None:
    global _work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    threading.Thread(target=_die_with_parent, daemon=True).start()
    _work = start(state)


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _ready() -> bool:
    return _work is not None


def _do(task: Any) -> Any:
    assert _work is not None
    return _work(task)

"""Worker processes on this machine, with few tasks in flight at a time."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, resource_tracker
from multiprocessing.context import BaseContext
from typing import Any, Generic, TypeVar

from corpuskit.engines.limits import bound_memory
from corpuskit.engines.local import CrashError, Work

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 3
"""Tasks in flight for each worker: enough that none waits, few enough that memory stays flat."""
HELD = 64 << 20
"""Bytes of tasks in flight, unless a single one is larger."""
_PAUSES = (0.0, 0.1, 0.4, 1.0)
"""Seconds before each attempt to begin the workers: a server that was killed takes a while to be gone."""
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


def in_processes(tasks: Iterable[T], work: Work[T, R], workers: int, memory: int | None) -> Iterator[tuple[T, R]]:
    """Do as :func:`corpuskit.engines.local.in_order` in processes of their own."""
    with _Pool(work, workers, memory) as pool:
        pool.check()
        flight = _Flight(pool, work)
        for task in tasks:
            while flight.full(task):
                yield from flight.first()
            flight.send(task)
        while flight:
            yield from flight.first()


class _Flight(Generic[T, R]):
    """Tasks that were sent to the workers, the oldest first."""

    def __init__(self, pool: _Pool[T, R], work: Work[T, R]) -> None:
        self._pool = pool
        self._work = work
        self._sent: deque[tuple[T, int, Future[R]]] = deque()
        self._held = 0

    def __len__(self) -> int:
        return len(self._sent)

    def full(self, task: T) -> bool:
        """Tell whether a task must wait for another to come back."""
        if not self._sent:
            return False
        return len(self._sent) >= self._pool.workers * _AHEAD or self._held + self._work.weigh(task) > HELD

    def send(self, task: T) -> None:
        size = self._work.weigh(task)
        self._held += size
        self._sent.append((task, size, self._pool.submit(task)))

    def first(self) -> Iterator[tuple[T, R]]:
        """Yield the oldest task and its result; where a worker died, those of all tasks in flight."""
        task, size, future = self._sent[0]
        try:
            result = future.result()
        except BrokenProcessPool:
            lost = [task for task, _, _ in self._sent]
            self._sent.clear()
            self._held = 0
            for task in lost:
                yield from self._again(task)
            return
        self._sent.popleft()
        self._held -= size
        yield task, result

    def _again(self, task: T) -> Iterator[tuple[T, R]]:
        try:
            result = self._pool.submit(task).result()
        except BrokenProcessPool:
            parts = self._work.split(task)
            if len(parts) <= 1:
                yield task, self._work.crashed(task, CrashError("the worker process died"))
                return
            for part in parts:
                yield from self._again(part)
            return
        yield task, result


class _Pool(contextlib.AbstractContextManager["_Pool[T, R]"]):
    """A process pool that begins anew when it is broken."""

    def __init__(self, work: Work[T, R], workers: int, memory: int | None) -> None:
        self.workers = max(1, workers)
        self._initial = (work.begin, memory)
        self._module = type(work).__module__
        self._executor = self._new()

    def check(self) -> None:
        """Raise RuntimeError unless workers can start at all."""
        for pause in _PAUSES:
            time.sleep(pause)
            ready = self.submit(None, _ready)
            # one that is killed as it begins is no reason to give up
            with contextlib.suppress(BrokenProcessPool):
                ready.result()
                return
        raise self._hopeless()

    def submit(self, task: T | None, work: Callable[[Any], Any] | None = None) -> Future[R]:
        for pause in _PAUSES:
            time.sleep(pause)
            try:
                # it may start a worker, and one of which only its beginning is known could not be ended
                with _held(signal.SIGINT, signal.SIGTERM):
                    return self._executor.submit(work or _do, task)
            except (BrokenProcessPool, EOFError, OSError):
                # the tasks in flight are lost with the pool, and their futures say so; or the server of processes
                # has died, and a new pool begins another
                self._executor.shutdown(wait=False)
                self._executor = self._new()
        raise self._hopeless()

    def _hopeless(self) -> RuntimeError:
        advice = "a script that asks for workers must do so under if __name__ == '__main__':"
        return RuntimeError(f"the worker processes do not start; {advice}")

    def __exit__(self, *exc: object) -> None:
        processes = list((getattr(self._executor, "_processes", None) or {}).values())
        # shutting down first would take the queues away from workers that are still starting
        for process in processes:
            # they may hold SIGTERM back, as what began them did
            process.kill()
        for process in processes:
            process.join()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.workers, _context(self._module), _begin, self._initial)


def _context(module: str) -> BaseContext:
    """Return a way to start processes that inherit no threads, no Ctrl-C and one native thread each.

    Where there is a server of processes it imports ``module`` once for all of them.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    multiprocessing.set_forkserver_preload([module])
    with (
        _held(signal.SIGINT),
        _masked([signal.SIGTERM], let_through=True),
        _environment(dict.fromkeys(_ONE_THREAD, "1")),
    ):
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
def _masked(signals: Sequence[signal.Signals], *, let_through: bool = False) -> Iterator[None]:
    """Hold signals back for the block, or let them through, so that processes born meanwhile can be ended by them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    if not let_through:
        # the tracker lets Ctrl-C through again where it is begun inside the block
        resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_UNBLOCK if let_through else signal.SIG_BLOCK, signals)
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


def _begin(begin: Callable[[], Callable[[Any], Any]], memory: int | None) -> None:
    global _work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    threading.Thread(target=_die_with_parent, daemon=True).start()
    bound_memory(memory)
    _work = begin()


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _ready(_: None) -> bool:
    return _work is not None


def _do(task: Any) -> Any:
    assert _work is not None
    return _work(task)

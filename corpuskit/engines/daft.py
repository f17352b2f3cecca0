"""Daft as the engine, on this machine or on a Ray cluster: the same tasks, the same results in the same order.

Tasks travel as pickled rows of a data frame and come back as pickled results; what cleans them is a class of Daft's,
made once in each worker. They go in waves, so that neither input nor output has to fit into memory, and the next wave
is under way while the last one is written. A wave that fails, because a node was lost or a page killed its worker, is
done again; one that fails again, part by part.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import socket
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, Generic, TypeVar

from corpuskit.engines.limits import cores
from corpuskit.engines.local import CrashError, EngineError, Work

T = TypeVar("T")
R = TypeVar("R")

_WAVE = 48
"""Tasks of a wave for each worker: workers begin anew with each wave, and its last tasks leave some of them idle."""
_HELD = 512
"""Tasks of a wave at most, since two waves are held in memory: a task is about a megabyte."""
_TRIES = 3
_QUIET = {"DAFT_ANALYTICS_ENABLED": "0", "DO_NOT_TRACK": "1", "DAFT_PROGRESS_BAR": "0", "RAY_USAGE_STATS_ENABLED": "0"}
"""Neither library calls home or draws on the terminal."""


_chosen: list[str] = []


def in_order(
    tasks: Iterable[T], work: Work[T, R], workers: int | None = None, *, cluster: bool = False
) -> Iterator[tuple[T, R]]:
    """Yield each task with its result, in the order of the tasks.

    ``work`` must pickle, so a cluster's nodes need corpuskit too. ``workers`` of None takes every CPU that the engine
    has. With ``cluster`` Daft runs on Ray: the cluster that ``RAY_ADDRESS`` names, or one of its own on this machine.
    A part of a task that kills its worker is answered for by ``work.crashed``.

    Raises:
        EngineError: Daft or Ray is not installed, the cluster cannot be reached, or its workers do not start.
    """
    _connect(cluster=cluster)
    workers = workers or _cpus(cluster=cluster)
    waves = _Waves(work, workers, divided=cluster)
    source = iter(tasks)
    with ThreadPoolExecutor(1) as ahead:
        held: Future[list[tuple[T, R]]] | None = None
        while wave := list(islice(source, min(_WAVE * workers, _HELD))):
            begun = ahead.submit(waves.done, wave)
            if held is not None:
                yield from held.result()
            held = begun
        if held is not None:
            yield from held.result()


def _connect(*, cluster: bool) -> None:
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        if cluster:
            import ray

            if not ray.is_initialized():
                _reach(os.environ.get("RAY_ADDRESS", ""))
                ray.init(log_to_driver=False, logging_level=logging.ERROR)
        _choose("ray" if cluster else "native")
    except ImportError as error:
        raise EngineError(f"{error}: pip install 'corpuskit-curation[distributed]'") from error
    except EngineError:
        raise
    except Exception as error:
        # whatever Ray raises: a wrong address, a version that does not match, no room to start
        address = os.environ.get("RAY_ADDRESS", "no RAY_ADDRESS, so a cluster of its own")
        raise EngineError(f"no Ray cluster ({address}): {error}") from error


def _reach(address: str) -> None:
    """Raise OSError unless something listens there: Ray itself ends the process where nothing does."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=5).close()


def _choose(runner: str) -> None:
    """Set Daft's runner, which a process can do only once.

    Raises:
        EngineError: this process has used the other one already.
    """
    import daft
    from daft.runners import get_or_create_runner

    if not _chosen:
        daft.set_runner_ray(noop_if_initialized=True) if runner == "ray" else daft.set_runner_native()
        _chosen.append(get_or_create_runner().name)
    if _chosen != [runner]:
        raise EngineError(f"this process runs Daft on {_chosen[0]} already: start another one for {runner}")


def _cpus(*, cluster: bool) -> int:
    if not cluster:
        return cores()
    import ray

    resources: Any = ray
    return max(1, int(resources.cluster_resources().get("CPU", 1)))


class _Waves(Generic[T, R]):
    """Does tasks by the wave, again and in parts where a wave fails."""

    def __init__(self, work: Work[T, R], workers: int, *, divided: bool) -> None:
        """Take ``divided`` where rows reach several machines only in partitions of their own."""
        self._work = work
        self._workers = workers
        self._divided = divided

    def done(self, wave: Sequence[T]) -> list[tuple[T, R]]:
        """Return the tasks of a wave with their results; of a task that had to be divided, its parts."""
        for _ in range(_TRIES):
            with contextlib.suppress(Exception):
                return list(zip(wave, self._run(wave, self._workers), strict=True))
        self._check(wave[0])
        return [(part, self._alone(part)) for task in wave for part in self._work.split(task)]

    def _check(self, task: T) -> None:
        """Raise EngineError unless a worker can start."""
        try:
            self._run([task], 1, only_begin=True)
        except Exception as error:
            advice = "is corpuskit of this version installed on every node?"
            raise EngineError(f"the workers do not start: {error}; {advice}") from error

    def _alone(self, part: T) -> R:
        try:
            return self._run([part], 1)[0]
        except Exception as error:
            # Daft tells a worker's death and a fault of its own alike
            return self._work.crashed(part, CrashError(f"the worker process died ({type(error).__name__})"))

    def _run(self, wave: Sequence[T], workers: int, *, only_begin: bool = False) -> list[R]:
        import daft

        frame = daft.from_pydict({"place": list(range(len(wave))), "task": [pickle.dumps(task) for task in wave]})
        if self._divided:
            frame = frame.into_partitions(min(len(wave), 2 * workers))
        do = _worker(workers)(pickle.dumps(self._work), only_begin)
        done = frame.select("place", do(daft.col("task")).alias("done"))
        results = {row["place"]: pickle.loads(row["done"]) for row in done.iter_rows()}
        return [results[place] for place in range(len(wave))]


def _worker(workers: int) -> Any:
    """Return Daft's class that does tasks; a process of its own each, so that a fault in one costs no other."""
    import daft

    class Worker:
        def __init__(self, work: bytes, only_begin: bool) -> None:
            do = pickle.loads(work).begin()
            self.do = (lambda task: None) if only_begin else do

        def __call__(self, tasks: Any) -> list[bytes]:
            return [pickle.dumps(self.do(pickle.loads(task))) for task in tasks.to_pylist()]

    # Daft's decorators, called as functions: they have no types where it is not installed
    method: Any = daft.method.batch(return_dtype=daft.DataType.binary(), batch_size=1)
    setattr(Worker, "__call__", method(Worker.__call__))  # noqa: B010 - mypy allows no other way
    made: Any = daft.cls(max_concurrency=workers, use_process=True)
    return made(Worker)

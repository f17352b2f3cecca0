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
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

from corpuskit.engines.local import CrashError

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")

_WAVE = 48
"""Tasks of a wave for each worker: workers begin anew with each wave, and its last tasks leave some of them idle."""
_HELD = 512
"""Tasks of a wave at most, since two waves are held in memory: a task is about a megabyte."""
_TRIES = 3
_QUIET = {"DAFT_ANALYTICS_ENABLED": "0", "DO_NOT_TRACK": "1", "DAFT_PROGRESS_BAR": "0", "RAY_USAGE_STATS_ENABLED": "0"}
"""Neither library calls home or draws on the terminal."""


_chosen: list[str] = []


class EngineError(Exception):
    """The engine is not installed, or its cluster cannot be reached."""


def in_order(
    tasks: Iterable[Sequence[T]],
    start: Callable[[S], Callable[[Sequence[T]], R]],
    state: S,
    workers: int | None,
    crashed: Callable[[T, CrashError], R],
    *,
    cluster: bool = False,
) -> Iterator[R]:
    """Yield the results of ``start(state)(task)``, in the order of the tasks.

    ``start`` runs once in each worker; it must be found by its name there, so a cluster's nodes need corpuskit too.
    ``workers`` of None takes every CPU that the engine has. With ``cluster`` Daft runs on Ray: the cluster that
    ``RAY_ADDRESS`` names, or one of its own on this machine. A page that kills its worker is answered for by
    ``crashed``.

    Raises:
        EngineError: Daft or Ray is not installed, the cluster cannot be reached, or its workers do not start.
    """
    _connect(cluster=cluster)
    workers = workers or _cpus(cluster=cluster)
    waves = _Waves(start, state, workers, crashed, divided=cluster)
    source = iter(tasks)
    with ThreadPoolExecutor(1) as ahead:
        held: Future[list[R]] | None = None
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
                ray.init(log_to_driver=False, logging_level=logging.ERROR)
        _choose("ray" if cluster else "native")
    except ImportError as error:
        raise EngineError(f"{error}; install corpuskit-curation[distributed]") from error
    except EngineError:
        raise
    except Exception as error:
        # whatever Ray raises: a wrong address, a version that does not match, no room to start
        address = os.environ.get("RAY_ADDRESS", "no RAY_ADDRESS, so a cluster of its own")
        raise EngineError(f"no Ray cluster ({address}): {error}") from error


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
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    import ray

    resources: Any = ray
    return max(1, int(resources.cluster_resources().get("CPU", 1)))


class _Waves:
    """Does tasks by the wave, again and in parts where a wave fails."""

    def __init__(
        self,
        start: Callable[[S], Callable[[Sequence[T]], R]],
        state: S,
        workers: int,
        crashed: Callable[[T, CrashError], R],
        *,
        divided: bool,
    ) -> None:
        """Take ``divided`` where rows reach several machines only in partitions of their own."""
        self._divided = divided
        self._work = pickle.dumps((start, state))
        self._workers = workers
        self._crashed = crashed

    def done(self, wave: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the results of a wave, one a task; where a task had to be divided, one a part."""
        for _ in range(_TRIES):
            with contextlib.suppress(Exception):
                return self._run(wave, self._workers)
        self._check()
        return [result for task in wave for part in task for result in self._alone(part)]

    def _check(self) -> None:
        """Raise EngineError unless a worker can start and do nothing."""
        try:
            self._run([[]], 1)
        except Exception as error:
            advice = "is corpuskit of this version installed on every node?"
            raise EngineError(f"the workers do not start: {error}; {advice}") from error

    def _alone(self, part: Any) -> list[Any]:
        try:
            return self._run([[part]], 1)
        except Exception as error:
            # Daft tells a worker's death and a fault of its own alike
            return [self._crashed(part, CrashError(f"the worker process died ({type(error).__name__})"))]

    def _run(self, wave: Sequence[Sequence[Any]], workers: int) -> list[Any]:
        import daft

        frame = daft.from_pydict({"place": list(range(len(wave))), "task": [pickle.dumps(task) for task in wave]})
        if self._divided:
            frame = frame.into_partitions(min(len(wave), 2 * workers))
        done = frame.select("place", _worker(workers)(self._work)(daft.col("task")).alias("done"))
        results = {row["place"]: pickle.loads(row["done"]) for row in done.iter_rows()}
        return [results[place] for place in range(len(wave))]


def _worker(workers: int) -> Any:
    """Return Daft's class that does tasks; a process of its own each, so that a fault in one costs no other."""
    import daft

    @daft.cls(max_concurrency=workers, use_process=True)
    class Worker:
        def __init__(self, work: bytes) -> None:
            start, state = pickle.loads(work)
            self.work = start(state)

        @daft.method.batch(return_dtype=daft.DataType.binary(), batch_size=1)
        def __call__(self, tasks: Any) -> list[bytes]:
            return [pickle.dumps(self.work(pickle.loads(task))) for task in tasks.to_pylist()]

    return Worker

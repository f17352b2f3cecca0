"""Worker processes: in order, bounded, and gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import forkserver
from typing import Any

import pytest

from corpuskit.engines import CrashError, SlowError, deadline, in_order
from corpuskit.engines.processes import HELD

Task = Sequence[int]
Done = tuple[list[int], int]


@dataclass(frozen=True)
class Adding:
    """Adds a number; a negative number kills its worker, 1313 is an error, 4000 and more are megabytes to hold."""

    add: int

    def begin(self) -> Callable[[Task], Done]:
        return self.work

    def work(self, task: Task) -> Done:
        for number in task:
            if number < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            if number == 1313:
                raise ValueError("thirteen")
            if number >= 4000:
                bytearray(number << 20)
        return [number + self.add for number in task], os.getpid()

    def split(self, task: Task) -> list[Task]:
        return [[part] for part in task]

    def crashed(self, part: Task, error: CrashError) -> Done:
        return list(part), 0

    def weigh(self, task: Task) -> int:
        return HELD // 3 if 3 in task else 0


def results(tasks: list[list[int]], workers: int) -> list[int]:
    found = list(in_order(tasks, Adding(100), workers))
    assert [number for task, _ in found for number in task] == [number for task in tasks for number in task]
    return [number for _, (done, _) in found for number in done]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_the_order_of_the_tasks(workers: int) -> None:
    tasks = [[number, number + 1] for number in range(0, 80, 2)]
    assert results(tasks, workers) == list(range(100, 180))


def test_one_worker_is_this_process() -> None:
    assert {pid for _, (_, pid) in in_order([[1], [2]], Adding(0), 1)} == {os.getpid()}


def test_two_workers_are_others() -> None:
    assert os.getpid() not in {pid for _, (_, pid) in in_order([[1], [2]], Adding(0), 2)}


def test_few_tasks_are_taken_ahead() -> None:
    taken = 0

    def tasks() -> Iterator[list[int]]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield [number]

    done = in_order(tasks(), Adding(0), 2)
    next(done)
    assert taken <= 8
    assert hasattr(done, "close")
    done.close()


def test_a_part_that_kills_its_worker_is_answered_for() -> None:
    tasks = [[number, number + 1] for number in range(1, 20, 2)]
    tasks[3] = [7, -8]
    assert results(tasks, 2) == [*range(101, 108), -8, *range(109, 121)]


def test_an_error_of_the_work_is_raised_here() -> None:
    with pytest.raises(ValueError, match="thirteen"):
        results([[1], [1313], [2]], 2)


def test_workers_are_gone_when_the_iterator_is_closed() -> None:
    done = in_order([[number] for number in range(50)], Adding(0), 2)
    _, (_, worker) = next(done)
    assert hasattr(done, "close")
    done.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_one_worker_may_be_another_process() -> None:
    assert os.getpid() not in {pid for _, (_, pid) in in_order([[1], [2]], Adding(0), 1, apart=True)}


def test_what_is_in_flight_is_bounded_by_its_bytes() -> None:
    taken = 0

    def tasks() -> Iterator[list[int]]:
        nonlocal taken
        for _ in range(20):
            taken += 1
            yield [3]

    done = in_order(tasks(), Adding(0), 2)
    next(done)
    assert taken == 4
    done.close()  # type: ignore[attr-defined]


def test_a_worker_that_wants_too_much_memory_is_told_so() -> None:
    with pytest.raises(MemoryError):
        list(in_order([[5000]], Adding(0), 2, memory=1 << 30))


def forgiving() -> None:
    while True:
        try:
            time.sleep(5)
        except Exception:
            continue


def test_time_that_is_up_is_no_exception_that_work_forgives() -> None:
    begun = time.monotonic()
    with pytest.raises(SlowError), deadline(0.05):
        forgiving()
    assert time.monotonic() - begun < 4


def test_time_that_is_not_up_changes_nothing() -> None:
    with deadline(60):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL


def test_workers_that_die_as_they_begin_are_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from corpuskit.engines import processes

    real, left = processes._Pool.submit, iter([True])
    server: Any = forkserver._forkserver

    def submit(self: Any, task: Any, work: Any = None) -> Any:
        if next(left, False):
            os.kill(server._forkserver_pid, signal.SIGKILL)
        return real(self, task, work)

    list(in_order([[1], [2]], Adding(0), 2))
    monkeypatch.setattr(processes._Pool, "submit", submit)
    assert results([[1], [2], [3]], 2) == [101, 102, 103]


@pytest.mark.parametrize(("given", "taken"), [(None, "1"), ("2", "2")])
def test_a_run_tells_numpy_to_take_one_thread_before_it_is_imported(given: str | None, taken: str) -> None:
    program = (
        "import os, sys, corpuskit.cli, corpuskit.commands.road\n"
        "from corpuskit.engines import one_thread\n"
        "one_thread()\n"
        "print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    )
    known = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    environment = known if given is None else known | {"OPENBLAS_NUM_THREADS": given}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["False", taken]

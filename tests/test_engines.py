"""Worker processes: in order, bounded, and gone afterwards."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence

import pytest

from corpuskit.engines import CrashError, in_order

Done = tuple[list[int], int]


def start(add: int) -> Callable[[Sequence[int]], Done]:
    def work(task: Sequence[int]) -> Done:
        for number in task:
            if number < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            if number == 1313:
                raise ValueError("thirteen")
        return [number + add for number in task], os.getpid()

    return work


def crashed(part: int, error: CrashError) -> Done:
    return [part], 0


def results(tasks: list[list[int]], workers: int) -> list[int]:
    return [number for _, (done, _) in in_order(tasks, start, 100, workers, crashed) for number in done]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_the_order_of_the_tasks(workers: int) -> None:
    tasks = [[number, number + 1] for number in range(0, 80, 2)]
    assert results(tasks, workers) == list(range(100, 180))


def test_one_worker_is_this_process() -> None:
    assert {pid for _, (_, pid) in in_order([[1], [2]], start, 0, 1, crashed)} == {os.getpid()}


def test_two_workers_are_others() -> None:
    assert os.getpid() not in {pid for _, (_, pid) in in_order([[1], [2]], start, 0, 2, crashed)}


def test_few_tasks_are_taken_ahead() -> None:
    taken = 0

    def tasks() -> Iterator[list[int]]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield [number]

    done = in_order(tasks(), start, 0, 2, crashed)
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
    done = in_order([[number] for number in range(50)], start, 0, 2, crashed)
    _, (_, worker) = next(done)
    assert hasattr(done, "close")
    done.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)

"""Daft as the engine: the same results as the local one, in the same order."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpuskit.engines import CrashError, EngineError
from corpuskit.engines import daft as engine

# Daft leaves the pipes of its workers to the garbage collector
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::DeprecationWarning"
)


@dataclass(frozen=True)
class Times:
    """Multiplies numbers; a negative one kills its worker."""

    factor: int

    def begin(self) -> Callable[[list[int]], list[int]]:
        return lambda task: [_times(number, self.factor) for number in task]

    def split(self, task: list[int]) -> list[list[int]]:
        return [[number] for number in task]

    def crashed(self, part: list[int], error: Exception) -> list[int]:
        return [0 if isinstance(error, CrashError) else 1]

    def weigh(self, task: list[int]) -> int:
        return len(task)


def _times(number: int, factor: int) -> int:
    if number < 0:
        os._exit(9)
    return number * factor


def done(tasks: list[list[int]]) -> list[tuple[list[int], list[int]]]:
    return list(engine.in_order(tasks, Times(10), 2))


@pytest.fixture
def installed() -> Iterator[None]:
    pytest.importorskip("daft", reason="needs corpuskit-curation[distributed]")
    yield
    # here, where the warning about its pipes is not an error
    gc.collect()


@pytest.fixture
def daft(installed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # the workers have to find this module
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.mark.usefixtures("daft")
def test_results_come_in_the_order_of_the_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_WAVE", 2)
    tasks = [[number, number + 1] for number in range(11)]
    assert done(tasks) == [(task, [number * 10 for number in task]) for task in tasks]


@pytest.mark.usefixtures("daft")
def test_a_part_that_kills_its_worker_costs_itself_only() -> None:
    found = done([[1], [2, -1, 3], [4]])
    assert found == [([1], [10]), ([2], [20]), ([-1], [0]), ([3], [30]), ([4], [40])]


@pytest.mark.usefixtures("daft")
def test_no_tasks_no_results() -> None:
    assert done([]) == []


@pytest.mark.usefixtures("installed")
def test_workers_that_do_not_start_are_an_error() -> None:
    with pytest.raises(EngineError, match="do not start"):
        done([[1]])


def test_without_daft_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "daft", None)
    with pytest.raises(EngineError, match=r"corpuskit-curation\[distributed\]"):
        done([[1]])


class Failing(engine._Waves[list[int], list[int]]):
    """Waves that fail a number of times, or for as long as they have more than one task."""

    def __init__(self, failures: int, *, whole: bool = False) -> None:
        super().__init__(Times(10), 1, divided=False)
        self.left = failures
        self.whole = whole

    def _run(self, wave: Sequence[list[int]], workers: int, *, only_begin: bool = False) -> list[list[int]]:
        self.left -= 1
        if not only_begin and (self.left >= 0 or (self.whole and len(wave) > 1)):
            raise OSError("a node was lost")
        return [Times(10).begin()(task) for task in wave]


def test_a_wave_that_fails_is_done_again() -> None:
    assert Failing(2).done([[1, 2], [3]]) == [([1, 2], [10, 20]), ([3], [30])]


def test_a_wave_that_goes_on_failing_is_done_part_by_part() -> None:
    assert Failing(0, whole=True).done([[1, 2], [3]]) == [([1], [10]), ([2], [20]), ([3], [30])]

"""Daft as the engine: the same results as the local one, in the same order."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from corpuskit.engines import CrashError
from corpuskit.engines import daft as engine

# Daft leaves the pipes of its workers to the garbage collector
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::DeprecationWarning"
)


def start(factor: int) -> Callable[[Sequence[int]], list[int]]:
    return lambda parts: [_times(part, factor) for part in parts]


def _times(part: int, factor: int) -> int:
    if part < 0:
        os._exit(9)
    return part * factor


def crashed(part: int, error: CrashError) -> list[Any]:
    return [part, type(error)]


def done(tasks: list[list[int]]) -> list[list[Any]]:
    return list(engine.in_order(tasks, start, 10, 2, crashed))


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
    assert done(tasks) == [[number * 10, number * 10 + 10] for number in range(11)]


@pytest.mark.usefixtures("daft")
def test_a_part_that_kills_its_worker_costs_itself_only() -> None:
    assert done([[1], [2, -1, 3], [4]]) == [[10], [20], [-1, CrashError], [30], [40]]


@pytest.mark.usefixtures("daft")
def test_no_tasks_no_results() -> None:
    assert done([]) == []


@pytest.mark.usefixtures("installed")
def test_workers_that_do_not_start_are_an_error() -> None:
    with pytest.raises(engine.EngineError, match="do not start"):
        done([[1]])


def test_without_daft_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "daft", None)
    with pytest.raises(engine.EngineError, match=r"corpuskit-curation\[distributed\]"):
        done([[1]])


class Failing(engine._Waves):
    """Waves that fail a number of times, or for as long as they have more than one task."""

    def __init__(self, failures: int, *, whole: bool = False) -> None:
        super().__init__(start, 10, 1, crashed, divided=False)
        self.left = failures
        self.whole = whole

    def _run(self, wave: Sequence[Sequence[Any]], workers: int) -> list[Any]:
        self.left -= 1
        if not wave[0]:
            return [[]]
        if self.left >= 0 or (self.whole and len(wave) > 1):
            raise OSError("a node was lost")
        return [start(10)(task) for task in wave]


def test_a_wave_that_fails_is_done_again() -> None:
    assert Failing(2).done([[1, 2], [3]]) == [[10, 20], [30]]


def test_a_wave_that_goes_on_failing_is_done_part_by_part() -> None:
    assert Failing(0, whole=True).done([[1, 2], [3]]) == [[10], [20], [30]]

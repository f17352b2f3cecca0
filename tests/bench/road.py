"""How fast the whole road is: ``python tests/bench/road.py [--mb 50 500] [--workers 1 2] [--config FILE]``.

Writes JSONL of so many megabytes to a temporary folder (10 % of the pages carry a spam row, a related list, furniture
and a line in the wrong encoding) and measures, in the same run,

    orjson  each line parsed and written again, the physical limit taken
    road    ``corpuskit run`` with one worker, as a process of its own

in megabytes of input a second of CPU time, since other work on the machine spoils wall clock; the share of the second
in the first; and the peak memory of all processes of the run together (proportional set size, looked at twice a second;
of the greatest process where there is no /proc), which should not grow with the input: ``--mb 50 500`` shows it.
``--workers 1 2`` runs with each number of workers; on a quiet machine the wall clocks tell how they scale.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import orjson
from texts import Writer


class Row(NamedTuple):
    """One size; CPU seconds, wall seconds, bytes."""

    size: int
    limit: float
    road: float
    wall: float
    memory: int

    def render(self) -> str:
        size = self.size / 1e6
        limit, road = size / self.limit, size / self.road
        told = f"{size:8.1f}{limit:12.1f}{road:12.2f}{road / limit:9.1%}{1000 / road:12.0f}"
        return told + f"{size / self.wall:12.2f}{self.memory / 1e6:12.0f}"


HEAD = f"{'MB':>8}{'orjson MB/s':>12}{'road MB/s':>12}{'share':>9}{'road ms/MB':>12}{'wall MB/s':>12}{'peak MB':>12}"


def write(path: Path, megabytes: float, dirty: float) -> int:
    """Write pages as JSONL; return the file's bytes."""
    with path.open("wb") as file:
        for number, page in enumerate(Writer().pages(int(megabytes * 1e6), dirty=dirty)):
            file.write(orjson.dumps({"id": number, "text": page}) + b"\n")
    return path.stat().st_size


def limit(path: Path) -> float:
    """Return the CPU seconds of parsing each line and writing it again."""
    begun = time.process_time()
    with path.open("rb") as lines, path.with_suffix(".again").open("wb") as file:
        for line in lines:
            file.write(orjson.dumps(orjson.loads(line)) + b"\n")
    spent = time.process_time() - begun
    path.with_suffix(".again").unlink()
    return spent


def road(path: Path, workers: int = 1, config: str = "default") -> tuple[float, float, int]:
    """Run corpuskit on a file; return CPU seconds, wall seconds and the peak memory in bytes, of all its processes."""
    out = path.parent / "out"
    words = [sys.executable, "-m", "corpuskit", "run", str(path), "-o", str(out), "--quiet", "--fresh"]
    words += ["--workers", str(workers), "--config", config]
    begun, before, memory = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN), 0
    child = subprocess.Popen(words)
    while child.poll() is None:
        memory = max(memory, sum(map(_proportional, _below(child.pid))))
        time.sleep(0.5)
    wall = time.perf_counter() - begun
    if child.returncode:
        raise SystemExit(f"corpuskit run failed with {child.returncode}")
    # workers that outlive their run for a moment come to us
    with suppress(ChildProcessError):
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    # kilobytes on Linux, bytes on macOS
    greatest = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    spent = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return spent, wall, memory or greatest


def _adopt() -> None:
    """Become the parent of processes whose own has ended, so that their CPU time is counted (Linux)."""
    subreaper = 36
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(subreaper, 1)


def _below(pid: int) -> Iterator[int]:
    """Yield a process and all those that it has started."""
    yield pid
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _below(int(child))


def _proportional(pid: int) -> int:
    """Return the bytes of memory of a process, each page that others have too counted in parts."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def measure(megabytes: float, dirty: float, workers: int = 1, config: str = "default") -> Row:
    with tempfile.TemporaryDirectory(prefix="corpuskit-bench-") as folder:
        path = Path(folder) / "pages.jsonl"
        size = write(path, megabytes, dirty)
        before = limit(path)
        spent, wall, memory = road(path, workers, config)
        return Row(size, min(before, limit(path)), spent, wall, memory)


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mb", type=float, nargs="+", default=[50.0], metavar="MB", help="sizes of the input; 50")
    parser.add_argument("--dirty", type=float, default=0.1, metavar="SHARE", help="share of dirty pages; 0.1")
    parser.add_argument("--workers", type=int, nargs="+", default=[1], metavar="N", help="worker processes; 1")
    parser.add_argument("--config", default="default", help="the config; default")
    options = parser.parse_args(words)
    _adopt()
    print(f"{'workers':>8}" + HEAD)
    for megabytes in options.mb:
        for workers in options.workers:
            row = measure(megabytes, options.dirty, workers, options.config)
            print(f"{workers:8}" + row.render(), flush=True)


if __name__ == "__main__":
    main()

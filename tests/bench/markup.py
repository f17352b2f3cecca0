"""How fast HTML becomes records: ``python tests/bench/markup.py FOLDER [--mb 20]``.

FOLDER holds pages named ``*.html``, at any depth. Megabytes of mark-up a second of CPU time, one process:

    corpuskit    bytes to records and ledger lines as a worker of a run makes them, all stages, language and signatures
    trafilatura  ``extract`` with its defaults, to text, without metadata; and with ``fast=True``
    others       readability, resiliparse and jusText as in main_text.py, where they are installed

The pages are drawn by chance, the same ones each time, up to ``--mb``; each tool gets the same ones, ours as bytes,
the others as decoded text.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from main_text import attempt, tools
from texts import SEED

from corpuskit.batch import Cleaning, batches
from corpuskit.config import load
from corpuskit.sources import Inputs


def pages(folder: Path, most: int) -> list[Path]:
    """Return some of a folder's pages, up to so many bytes."""
    found, out = sorted(folder.rglob("*.html")), list[Path]()
    random.Random(SEED).shuffle(found)
    for path in found:
        most -= path.stat().st_size
        if most < 0:
            break
        out.append(path)
    return out


def ours(paths: Sequence[Path]) -> float:
    """Return the CPU seconds of one worker, which has met other pages before."""
    inputs, worker = Inputs([str(path) for path in paths], load()), Cleaning(load(), None).begin()
    tasks = list(batches(inputs.parts()))
    worker(tasks[0])
    return _spent(lambda: [worker(task) for task in tasks])


def theirs(tool: Callable[[str], object], texts: Sequence[str]) -> float:
    """Return the CPU seconds of a tool."""
    tool(texts[0])
    return _spent(lambda: [tool(text) for text in texts])


def _spent(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def others() -> dict[str, Callable[[str], object]]:
    """Return the other tools that are installed."""
    found: dict[str, Callable[[str], object]] = {}
    for name, tool in tools([]).items():
        found[name] = partial(attempt, tool, language="zh")
    if find_spec("trafilatura"):
        from trafilatura import extract

        found["trafilatura, fast"] = partial(extract, fast=True)
    return found


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mb", type=float, default=20.0, help="mark-up at most, in megabytes; 20")
    options = parser.parse_args(words)
    paths = pages(options.folder, int(options.mb * 1e6))
    size = sum(path.stat().st_size for path in paths) / 1e6
    print(f"{len(paths)} pages, {size:.1f} MB")
    base = ours(paths)
    print(f"{'corpuskit':20}{size / base:8.2f} MB/s", flush=True)
    texts = [path.read_bytes().decode("utf-8", "replace") for path in paths]
    for name, tool in others().items():
        spent = theirs(tool, texts)
        print(f"{name:20}{size / spent:8.2f} MB/s   corpuskit is {spent / base:.1f} x as fast", flush=True)


if __name__ == "__main__":
    main()

"""Kill runs at random moments, again and again: ``python tests/hard/kills.py [--kills 200] [--mb 2]``.

Writes pages as JSONL, plain and gzip, and as files, cleans them once without a break, and then over and over again
with two workers, each run cut short at one to four seeded random moments from its start to past its end: by SIGKILL to
the run, to a worker of it, or to both. A run that was killed is begun again with the same command until it ends; its
corpus and ledger must have the bytes of the first. Exit 1 names the first seed that gave others.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

import orjson
from texts import Writer

LONGEST = 600
"""Seconds that a run of so few pages never takes."""


def write(folder: Path, megabytes: float) -> Path:
    """Write the pages: a third as lines, a third as packed lines, a third as files."""
    pages = list(Writer().pages(int(megabytes * 1e6), dirty=0.1))
    third = len(pages) // 3
    lines = [orjson.dumps({"text": page}) + b"\n" for page in pages]
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(b"".join(lines[:third]))
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(b"".join(lines[third : 2 * third])))
    for number, page in enumerate(pages[2 * third :]):
        (folder / f"c{number:05}.txt").write_text(page, "utf-8")
    return folder


def digest(out: Path) -> str:
    """Return one digest of all files of the corpus and the ledger."""
    found = hashlib.sha256()
    for path in sorted((*(out / "corpus").iterdir(), *(out / "ledger").iterdir())):
        found.update(f"{path.parent.name}/{path.name}\n".encode() + path.read_bytes())
    return found.hexdigest()


def begin(pages: Path, out: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "corpuskit", "run", "-q", "-w", "2", "-o", str(out), str(pages)]
    with out.with_suffix(".told").open("ab") as told:
        return subprocess.Popen(words, start_new_session=True, stderr=told)


def workers(pid: int) -> list[int]:
    """Return the processes below a process that have no process below them (Linux)."""
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [leaf for child in map(int, children) for leaf in workers(child) or [child]]
    return []


def kill(child: subprocess.Popen[bytes], chance: random.Random) -> None:
    """Kill the run, one of its workers, or both."""
    below = workers(child.pid)
    victims = {"run": [child.pid], "worker": below[-1:], "both": [*below[-1:], child.pid]}
    for pid in victims[chance.choice(("run", "run", "worker", "both"))]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def one(pages: Path, out: Path, chance: random.Random, seconds: float) -> int:
    """Bring a run to its end through some kills; return their number."""
    planned, made = chance.randint(1, 4), 0
    while True:
        child = begin(pages, out)
        try:
            child.wait(chance.uniform(0, seconds * 1.1) if made < planned else LONGEST)
        except subprocess.TimeoutExpired:
            if made == planned:
                child.kill()
                raise SystemExit(f"the run hangs, process {child.pid}") from None
            kill(child, chance)
            made += 1
        if child.wait(LONGEST) == 0:
            return made
        if child.returncode != -signal.SIGKILL:
            raise SystemExit(f"the run ended with {child.returncode}: {out.with_suffix('.told').read_text()}")


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--mb", type=float, default=2.0)
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="corpuskit-kills-") as name:
        pages = write(Path(name) / "pages", options.mb)
        begun = time.monotonic()
        if begin(pages, Path(name) / "whole").wait():
            raise SystemExit("the first run failed")
        seconds, expected = time.monotonic() - begun, digest(Path(name) / "whole")
        made, seed = 0, 0
        while made < options.kills:
            seed += 1
            out = Path(name) / f"out{seed}"
            made += one(pages, out, random.Random(seed), seconds)
            if digest(out) != expected:
                raise SystemExit(f"seed {seed}: other bytes after {made} kills in all")
            print(f"{seed} runs, {made} kills, all alike", flush=True)
            subprocess.run(["rm", "-r", str(out)], check=True)


if __name__ == "__main__":
    main()

"""What the report costs: ``python tests/bench/report.py [--mb 10] [--pages 1000000]``.

With ``--mb``, pages of so many megabytes are cleaned without a report in one process, and the report is written after
it: CPU seconds of both, and the share of the second in the first. With ``--pages``, a run of so many pages is made up
(the same run over and over, under other names) and its report written: CPU seconds, peak memory, size of the file.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
from road import write

from corpuskit.config import parse
from corpuskit.described import manual
from corpuskit.report import write_report
from corpuskit.runner import run
from corpuskit.write.jsonl import parts, read_lines

BARE = parse("[output]\nreport = false")


def cost(folder: Path, megabytes: float) -> str:
    """Return the CPU seconds of a run and of its report."""
    size = write(folder / "pages.jsonl", megabytes, 0.1)
    begun = time.process_time()
    run([str(folder / "pages.jsonl")], folder / "out", BARE)
    between = time.process_time()
    made = write_report(folder / "out", manual())
    spent, report = between - begun, time.process_time() - between
    return f"{size / 1e6:.1f} MB: run {spent:.1f} s, report {report:.2f} s ({report / spent:.1%}), {made / 1e6:.1f} MB"


def large(folder: Path, pages: int) -> str:
    """Return what the report of so many pages costs."""
    write(folder / "pages.jsonl", 0.5, 0.1)
    run([str(folder / "pages.jsonl")], folder / "out", BARE)
    big = folder / "big"
    for name in ("corpus", "ledger"):
        lines = [orjson.loads(line) for part in parts(folder / "out" / name) for line in read_lines(part)]
        (big / name).mkdir(parents=True)
        with (big / name / "part-00000.jsonl").open("wb") as file:
            file.writelines(again(lines, pages))
    (big / "manifest.json").write_bytes((folder / "out" / "manifest.json").read_bytes())
    begun = time.process_time()
    made = write_report(big, manual())
    spent = time.process_time() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return f"{pages:,} pages: report {spent:.1f} s, peak {memory / 1e6:.0f} MB, {made / 1e6:.1f} MB"


def again(lines: list[Any], pages: int) -> Iterable[bytes]:
    """Yield the lines of a run over and over, each time with the next numbers of its records."""
    of = max(_number(line) for line in lines)
    for first in range(0, pages, of):
        for line in lines:
            holder = line["provenance"]["source"] if "provenance" in line else line
            key = "record" if "provenance" in line else "source_record"
            number = (holder[key] - 1) % of + 1
            holder[key] = first + number
            yield orjson.dumps(line) + b"\n"


def _number(line: Any) -> int:
    found: int = line["provenance"]["source"]["record"] if "provenance" in line else line["source_record"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=float, default=10.0)
    parser.add_argument("--pages", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="corpuskit-bench-") as folder:
        print(large(Path(folder), given.pages) if given.pages else cost(Path(folder), given.mb))


if __name__ == "__main__":
    main()

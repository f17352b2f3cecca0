"""The gates over corpora of several sizes, as a multiple of parsing and writing the same lines; and their memory.

python tests/bench/validate.py --records 20000 200000; with --labelled, what they say of the labelled pages.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

from corpuskit.labelled import KEEP, NOISE, Page, load
from corpuskit.train import HELD_OUT
from corpuskit.validate import Request, validate

PAGES = Path(__file__).parent.parent.parent / "fixtures" / "labelled"


def main() -> None:
    """Print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, nargs="+", default=[20_000])
    options.add_argument("--labelled", action="store_true", help="what the gates say of labelled articles and captures")
    given = options.parse_args()
    if given.labelled:
        _labelled()
        return
    sizes = given.records
    print("records      MB   parse and write  validate  ratio  peak MB of the largest so far")
    with tempfile.TemporaryDirectory() as folder:
        for records in sorted(sizes):
            corpus = Path(folder) / f"{records}.jsonl"
            _write(corpus, records)
            floor, taken = _round_trip(corpus), _validate(corpus)
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            size = corpus.stat().st_size / 1e6
            print(f"{records:7,} {size:7.1f} {floor:15.1f} s {taken:7.1f} s {taken / floor:6.1f} {peak:8.0f}")


def _labelled() -> None:
    print("corpus              texts    noise  garbled  noise by the labels")
    for name, held in (("tuning", False), ("held out", True)):
        found = [page for page in load(PAGES) if page.id.startswith(HELD_OUT) == held]
        noise = sum(len(block.raw) for page in found for block in page.blocks if block.role in NOISE)
        by_labels = noise / sum(len(page.raw) for page in found)
        _judged(f"articles, {name}", [text for page in found for text in _articles(page)], 0.0)
        _judged(f"captures, {name}", [page.raw for page in found], by_labels)


def _articles(page: Page) -> list[str]:
    held: dict[str, list[str]] = {}
    for block in page.blocks:
        if block.article and block.role in KEEP:
            held.setdefault(block.article, []).append(block.good.strip())
    return ["\n".join(parts) for parts in held.values()]


def _judged(name: str, texts: list[str], by_labels: float) -> None:
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.writelines(orjson.dumps({"text": text}) + b"\n" for text in texts)
        file.flush()
        found = {finding.gate: finding.figure or 0.0 for finding in validate(Request(corpora=[file.name])).findings}
    print(f"{name:18} {len(texts):6} {found['noise']:8.2%} {found['garbled']:8.2%} {by_labels:8.1%}")


def _write(corpus: Path, records: int) -> None:
    draw = random.Random(1)
    tuning = (page for page in load(PAGES) if not page.id.startswith(HELD_OUT))
    texts = (block.good for page in tuning for block in page.blocks if block.role in KEEP)
    sentences = [f"{part}。" for text in texts for part in text.split("。") if len(part) > 8]
    with corpus.open("wb") as file:
        for number in range(records):
            text = "\n".join("".join(draw.sample(sentences, 4)) for _ in range(5))
            file.write(orjson.dumps({"id": str(number), "text": text}) + b"\n")


def _round_trip(corpus: Path) -> float:
    begun = time.process_time()
    with corpus.open("rb") as lines, tempfile.TemporaryFile() as out:
        for line in lines:
            out.write(orjson.dumps(orjson.loads(line)) + b"\n")
    return time.process_time() - begun


def _validate(corpus: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    command = [sys.executable, "-m", "corpuskit", "validate", str(corpus)]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


if __name__ == "__main__":
    main()

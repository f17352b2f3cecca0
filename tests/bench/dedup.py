"""How fast and how thorough the search for duplicates is: ``python tests/bench/dedup.py [PART...]``.

Parts, all but the last by default. CPU time, since other work on the machine spoils wall clock; ratios within one run.

    signatures  Chinese text to MinHash signatures of 128 permutations, against ``datasketch.MinHash.update_batch`` over
                the same shingles; with and without numba, and rensa and Daft where they are installed
    lsh         signatures to candidate pairs, against ``datasketch.MinHashLSH``, each in a process of its own
    recall      how many articles are found with 1 % and 2 % of their characters changed, at the threshold 0.8 and at
                0.75 in the bands that fit it; how many pairs of a page and its edited copy of exact Jaccard similarity
                0.8 and above; whether any pair reported is false
    road        ``corpuskit dedup`` on a JSONL file, against datasketch used as its documentation shows, and against
                text-dedup, datatrove and data-juicer (``python -m venv P; P/bin/pip install text-dedup``, then
                ``--peers P/bin/python``; a Python for each: they pin much)
    scale       ``corpuskit dedup`` on 1, 3 and 10 million short records: how time and memory grow (``--millions``)

The peers rensa and Daft are in the extra ``bench``; what is not installed is left out and named.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from dedup_peers import measured, process
from dedup_recall import bench_recall, changed, grams
from texts import Writer

from corpuskit.dedup import (
    SCHEME,
    SEED,
    candidate_pairs,
    compiled,
    shingle_sets,
    signatures,
)

PARTS = ("signatures", "lsh", "recall", "road")
HAN = np.arange(0x4E00, 0x4E00 + 3000, dtype=np.uint32)


def quickest(works: dict[str, Callable[[], object]], rounds: int = 5) -> dict[str, float]:
    """Return the CPU seconds of the quickest go of each work; they take turns, so that a busy spell meets them all."""
    best = dict.fromkeys(works, math.inf)
    for _ in range(rounds):
        for name, work in works.items():
            begun = time.process_time()
            work()
            best[name] = min(best[name], time.process_time() - begun)
    return best


def bench_signatures(size: int) -> None:
    texts = list(Writer().pages(size, dirty=0.0))
    few = texts[:: max(1, len(texts) // 50)]
    megabytes, share = (sum(len(text.encode()) for text in some) / 1e6 for some in (texts, few))
    batches = [texts[at : at + 300] for at in range(0, len(texts), 300)]
    base, sizes = "datasketch update_batch", {}
    works: dict[str, Callable[[], object]] = {}

    def contender(name: str, size: float, work: Callable[[], object]) -> None:
        works[name], sizes[name] = work, size

    contender(base, share, lambda: [_datasketch(text) for text in few])
    contender("corpuskit, numpy", megabytes, lambda: _ours(batches, 1 << 62))
    if compiled.kernel() is not None:
        contender("corpuskit, numba", megabytes, lambda: _ours(batches, 0))
    else:
        print("numba is not installed: pip install 'corpuskit-curation[fast]'")
    if find_spec("rensa"):
        contender("rensa R-MinHash (another family)", share, lambda: [_rensa(text) for text in few])
    if find_spec("daft"):
        spaced = [" ".join(text) for text in texts]
        contender("Daft minhash", megabytes, lambda: _daft(spaced))
    rates = {name: sizes[name] / seconds for name, seconds in quickest(works).items()}
    for name, rate in rates.items():
        print(f"{name:36}{rate:9.2f} MB/s{rate / rates[base]:8.1f} x")


def _ours(batches: list[list[str]], worth: int) -> None:
    compiled.WORTH = worth
    for batch in batches:
        signatures(shingle_sets(batch))


def _datasketch(text: str) -> Any:
    from datasketch import MinHash

    minhash = MinHash(num_perm=128, seed=SEED, scheme=SCHEME)
    minhash.update_batch(grams(text))
    return minhash


def _rensa(text: str) -> Any:
    from rensa import RMinHash

    minhash = RMinHash(num_perm=128, seed=SEED)
    minhash.update([gram.decode() for gram in grams(text)])
    return minhash.digest()


def _daft(spaced: list[str]) -> Any:
    import daft

    frame = daft.from_pydict({"text": spaced})
    return frame.select(daft.col("text").minhash(num_hashes=128, ngram_size=5)).collect()


def _matrix(count: int) -> Any:
    draw = np.random.default_rng(SEED)
    matrix = draw.integers(0, 1 << 32, (count, 128), np.uint32)
    copies = draw.integers(0, count, count // 4)
    matrix[copies] = matrix[np.roll(copies, 1)]
    return matrix


def lsh_ours(count: int) -> int:
    return len(candidate_pairs(_matrix(count)))


def lsh_datasketch(count: int) -> int:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=128, params=(16, 8))
    pairs = 0
    for row, values in enumerate(_matrix(count)):
        minhash = MinHash(num_perm=128, seed=SEED, hashvalues=values, scheme=SCHEME)
        pairs += len(index.query(minhash))
        index.insert(row, minhash)
    return pairs


def bench_lsh(count: int) -> None:
    empty = child("lsh_ours", 10)
    rows = {
        name: child(function, count) for name, function in (("MinHashLSH", "lsh_datasketch"), ("corpuskit", "lsh_ours"))
    }
    base, peak = rows["MinHashLSH"]
    for name, (seconds, memory) in rows.items():
        times, share = (base - empty[0]) / (seconds - empty[0]), (memory - empty[1]) / (peak - empty[1])
        told = f"{name:12}{seconds - empty[0]:9.2f} s {times:8.1f} x {memory / 1e6:9.0f} MB"
        print(f"{told}, {share:.2f} of its memory")


def child(function: str, *arguments: object) -> tuple[float, int]:
    """Run a function of this file in a process of its own; return CPU seconds and peak memory in bytes."""
    code = f"import dedup; dedup.{function}(*{arguments!r})"
    return process([sys.executable, "-c", code], cwd=str(Path(__file__).parent))


def road_datasketch(path: str) -> None:
    """Shingle, sign, look up and insert, page by page, as datasketch's documentation shows."""
    from datasketch import MinHashLSH

    index = MinHashLSH(num_perm=128, params=(16, 8))
    with open(path, "rb") as file, open(path + ".kept", "wb") as out:
        for number, line in enumerate(file):
            minhash = _datasketch(json.loads(line)["text"])
            if not any(index.query(minhash)):
                index.insert(number, minhash)
                out.write(line)


def bench_road(size: int, peers: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="corpuskit-bench-") as folder:
        path = Path(folder) / "pages.jsonl"
        draw = random.Random(SEED)
        with path.open("wb") as file:
            for number, page in enumerate(Writer().pages(size, dirty=0.0)):
                for copy in range(1 + (draw.random() < 0.2)):
                    text = changed(page, 0.01, draw) if copy else page
                    file.write(
                        json.dumps({"id": f"{number}-{copy}", "text": text}, ensure_ascii=False).encode() + b"\n"
                    )
        given = path.stat().st_size / 1e6
        words = [sys.executable, "-m", "corpuskit", "dedup", str(path), "-o", f"{folder}/out", "-w", "1", "-q"]
        rows = {"corpuskit dedup": process(words), "datasketch, page by page": child("road_datasketch", str(path))}
        rows |= measured(peers, path)
        ours = rows["corpuskit dedup"][0]
        for name, (seconds, memory) in rows.items():
            told = f"{name:28}{given / seconds:8.2f} MB/s {memory / 1e6:8.0f} MB"
            print(f"{told}   corpuskit is {seconds / ours:.1f} x as fast")


def short_records(count: int) -> Iterator[bytes]:
    """Yield records of 60 to 120 characters, a quarter of them copies of others, most of those with one change."""
    draw = np.random.default_rng(SEED)
    recent: list[str] = []
    for start in range(0, count, 1000):
        sizes = draw.integers(60, 120, 1000)
        chars = HAN[(draw.random(int(sizes.sum())) ** 2 * 3000).astype(int)].tobytes().decode("utf-32-le")
        kinds, picks = draw.random(1000), draw.integers(0, 1 << 30, (1000, 2))
        at = 0
        for number, size in enumerate(sizes.tolist()):
            text = chars[at : at + size]
            at += size
            if recent and kinds[number] < 0.25:
                text = recent[picks[number, 0] % len(recent)]
                place = int(picks[number, 1]) % len(text)
                text = f"{text[:place]}某{text[place + 1 :]}" if kinds[number] < 0.15 else text
            elif kinds[number] > 0.7 and len(recent) < count // 5:
                recent.append(text)
            yield f'{{"id":"{start + number}","text":"{text}"}}\n'.encode()


def bench_scale(millions: Sequence[float], memory: str) -> None:
    before: tuple[int, float] | None = None
    for count in (int(number * 1e6) for number in millions):
        with tempfile.TemporaryDirectory(prefix="corpuskit-bench-") as folder:
            path = Path(folder) / "short.jsonl"
            with path.open("wb") as file:
                file.writelines(short_records(count))
            words = [sys.executable, "-m", "corpuskit", "dedup", str(path), "-o", f"{folder}/out"]
            seconds, peak = process([*words, "-w", "1", "-q", "--memory", memory])
        told = f"{count:>12,} records {seconds:8.1f} CPU s {peak / 1e6:8.0f} MB"
        if before is not None:
            n_log_n = count * math.log(count) / (before[0] * math.log(before[0]))
            told += f"   {seconds / before[1]:.2f} x the time before; n log n would be {n_log_n:.2f} x"
        print(told, flush=True)
        before = (count, seconds)


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help="; ".join((*PARTS, "scale")))
    parser.add_argument("--mb", type=float, default=8.0, help="text for signatures and road, in megabytes; 8")
    parser.add_argument("--signatures", type=int, default=100_000, help="signatures for lsh; 100,000")
    parser.add_argument("--pages", type=int, default=2000, help="pages for recall; 2,000")
    parser.add_argument("--millions", type=float, nargs="+", default=[1.0, 3.0, 10.0], help="records for scale; 1 3 10")
    parser.add_argument("--memory", default="1G", help="memory for scale; 1G")
    parser.add_argument("--peers", metavar="PYTHON", nargs="+", default=[], help="Pythons that have peers, for road")
    options = parser.parse_args(words)
    size = int(options.mb * 1e6)
    work: dict[str, Callable[[], None]] = {
        "signatures": lambda: bench_signatures(size),
        "lsh": lambda: bench_lsh(options.signatures),
        "recall": lambda: bench_recall(options.pages),
        "road": lambda: bench_road(size, options.peers),
        "scale": lambda: bench_scale(options.millions, options.memory),
    }
    for part in options.parts or PARTS:
        print(f"== {part}", flush=True)
        work[part]()


if __name__ == "__main__":
    main()

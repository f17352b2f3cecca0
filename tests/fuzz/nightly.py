"""Fuzz the readers, the decoder and the road: ``python tests/fuzz/nightly.py [--seconds 3600] [--seed 1] [--atheris]``.

Begins with the fixtures and small containers, and changes them at random: bytes flipped, cut, doubled, spliced, with
marks of every format. ``--atheris`` lets libFuzzer choose instead, by what code it reaches (extra ``fuzz``). An input
that raises, loses a character or takes over twenty seconds is kept in ``--keep`` and ends the run with 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from changes import changed, seeds

NAMES = ("a.txt", "a.html", "a.jsonl", "a.warc", "a.parquet", "a.arrow", "a.gz", "odd")


def tried(data: bytes, name: str, folder: Path, keep: Path) -> None:
    # late, so that libFuzzer may see them come
    from travel import travel

    from corpuskit.engines import SlowError, deadline

    path = folder / name
    path.write_bytes(data)
    try:
        with deadline(20):
            travel(path)
    except (Exception, SlowError):
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"{len(list(keep.iterdir())):04}-{name}").write_bytes(data)
        raise


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    parser.add_argument("--atheris", action="store_true")
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="corpuskit-fuzz-") as folder:
        if options.atheris:
            _guided(options, Path(folder))
        chance, known, number = random.Random(options.seed), seeds(), 0
        end = time.monotonic() + options.seconds
        while time.monotonic() < end:
            tried(changed(chance.choice(known), known, chance), chance.choice(NAMES), Path(folder), options.keep)
            number += 1
        print(f"{number} inputs in {options.seconds:g} seconds: no error, no hang, no lost character")


def _guided(options: argparse.Namespace, folder: Path) -> None:
    import atheris

    corpus = folder / "corpus"
    corpus.mkdir()
    for number, data in enumerate(seeds()):
        (corpus / str(number)).write_bytes(bytes([number % len(NAMES)]) + data)

    def one(data: bytes) -> None:
        if data:
            tried(data[1:], NAMES[data[0] % len(NAMES)], folder, options.keep)

    with atheris.instrument_imports(include=["corpuskit"]):
        import travel
    assert travel.NAMES == NAMES
    arguments = [sys.argv[0], f"-max_total_time={int(options.seconds)}", f"-seed={options.seed}", str(corpus)]
    atheris.Setup(arguments, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

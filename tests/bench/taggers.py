"""How fast pages are judged, beside Dolma's taggers: ``python tests/bench/taggers.py PYTHON [--mb 4]``.

PYTHON is one that has Dolma, which asks for numpy 1 (``pip install dolma`` in an environment of its own; where its pins
of s3fs cannot be met, ``--no-deps`` and what its taggers import). Its taggers that need no model judge the same pages
as our noise stages and as the whole road, in megabytes a second of CPU time, without reading or writing files.

The work is not the same. Dolma's taggers measure and mark: words per line, repeated n-grams, ends of lines; words are
what blanks part, so that a Chinese paragraph is one. ``uniseg`` is the one that parts Chinese. Ours decide for each
line whether it goes, and the road writes records and a ledger of every character.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from stages import run
from texts import Writer

from corpuskit.config import load
from corpuskit.cycles import seldom
from corpuskit.pipeline import Pipeline

QUALITY = ("c4_v2", "gopher_v2", "not_alphanum_paragraph_v1", "repetitions_v1")
"""What a recipe of Dolma's filters by; the others are for comparison."""
OTHERS = ("pii_regex_with_counts_fast_v2", "uniseg_length_paragraphs_with_doc_length_v1")
NOISE = ("spam_links", "related_news", "page_chrome")


def dolma(python: str, texts: Sequence[str]) -> dict[str, float]:
    """Return the CPU seconds of each tagger."""
    with tempfile.TemporaryDirectory(prefix="corpuskit-bench-") as folder:
        path = Path(folder) / "pages.jsonl"
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
        words = [python, str(Path(__file__).with_name("taggers_dolma.py")), str(path), *QUALITY, *OTHERS]
        quiet = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": ""}
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=quiet, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def ours(texts: Sequence[str]) -> dict[str, float]:
    """Return the CPU seconds of the noise stages and of all steps, once what the first pages need is there."""
    pipeline = Pipeline(load())
    run(texts[:50], pipeline)
    with seldom():
        spent = run(texts, pipeline)
    return {"corpuskit, noise stages": sum(spent[name] for name in NOISE), "corpuskit, all": sum(spent.values())}


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", metavar="PYTHON", help="one that has Dolma")
    parser.add_argument("--mb", type=float, default=4.0, help="size of the pages, one in ten dirty; 4")
    options = parser.parse_args(words)
    texts = list(Writer().pages(int(options.mb * 1e6), dirty=0.1))
    size = sum(len(text.encode()) for text in texts) / 1e6
    theirs = dolma(options.python, texts)
    rows = ours(texts) | theirs | {"dolma, those of quality": sum(theirs[name] for name in QUALITY)}
    base = rows["corpuskit, noise stages"]
    for name, spent in rows.items():
        told = f"{name:46}{size / spent:9.2f} MB/s"
        print(f"{told}   the noise stages are {spent / base:.1f} x")


if __name__ == "__main__":
    main()

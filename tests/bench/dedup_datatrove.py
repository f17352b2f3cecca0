"""datatrove's MinHash on a JSONL file, characters as words: run by dedup_peers.py with the Python that has it.

``python dedup_datatrove.py FILE OUT``. 16 buckets of 8 hashes, 5-grams, one process: the four steps of its own example.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.word_tokenizers import WordTokenizer


class Characters(WordTokenizer):  # type: ignore[misc]
    """Every character but white space is a word; datatrove has taken the punctuation out before."""

    def word_tokenize(self, text: str) -> list[str]:
        return [char for char in text if not char.isspace()]

    def sent_tokenize(self, text: str) -> list[str]:
        return [text]

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        return [(0, len(text))]


def steps(file: Path, out: Path) -> list[list[Any]]:
    config = MinhashConfig(n_grams=5, num_buckets=16, hashes_per_bucket=8)
    signatures, buckets, removed = (str(out / name) for name in ("signatures", "buckets", "removed"))
    reader = JsonlReader(str(file.parent), glob_pattern=file.name)
    writer = JsonlWriter(str(out / "kept"), compression=None)
    return [
        [reader, MinhashDedupSignature(signatures, config, language=Characters())],
        [MinhashDedupBuckets(signatures, buckets, config=config)],
        [MinhashDedupCluster(buckets, removed, config=config)],
        [reader, MinhashDedupFilter(removed), writer],
    ]


def main(file: Path, out: Path) -> None:
    for number, pipeline in enumerate(steps(file, out)):
        # the second step wants a task for each bucket
        tasks = 16 if number == 1 else 1
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=str(out / f"log{number}")).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

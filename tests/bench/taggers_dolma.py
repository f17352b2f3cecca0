"""Dolma's taggers over a JSONL file, each timed alone: run by taggers.py with the Python that has Dolma.

``python taggers_dolma.py FILE TAGGER...`` prints a JSON object of CPU seconds by tagger. Documents are in memory and no
attributes are written, which ``dolma tag`` does besides.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import dolma.taggers  # noqa: F401  # they enter the registry
from dolma.core.data_types import Document
from dolma.core.registry import TaggerRegistry


def main(file: Path, names: list[str]) -> None:
    with file.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    documents = [Document(id=str(at), source="bench", version="0", text=text) for at, text in enumerate(texts)]
    spent = {}
    for name in names:
        tagger = TaggerRegistry.get(name)()
        tagger.predict(documents[0])
        begun = time.process_time()
        for document in documents:
            tagger.predict(document)
        spent[name] = time.process_time() - begun
    print(json.dumps(spent))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

"""The peers of ``dedup.py road``: each as its documentation says, on one core, with 5-grams of characters, 128
permutations and 16 bands of 8 rows. A peer is run where a Python that was named has it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Words = list[str]

_QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def process(words: Sequence[str], **options: Any) -> tuple[float, int]:
    """Run a command; return the CPU seconds and the peak memory in bytes of it and all that it started."""
    started = subprocess.Popen(words, **options)
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        raise SystemExit(f"{words[:4]} failed with {started.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def text_dedup(python: str, path: Path) -> Words:
    """Return the command of text-dedup; it shingles words, so that characters are set apart by white space."""
    out = path.with_name("spaced.jsonl")
    with path.open("rb") as file, out.open("w", encoding="utf-8") as to:
        for line in file:
            record = json.loads(line)
            record["text"] = " ".join(filter(str.isalnum, record["text"]))
            to.write(json.dumps(record, ensure_ascii=False) + "\n")
    there = {"data_files": out, "cache_dir": path.parent / "cache", "output": path.parent / "text-dedup"}
    same = {"ngram": 5, "num_perm": 128, "b": 16, "r": 8, "num_proc": 1}
    given = {"path": "json", "split": "train", "column": "text", **there, **same}
    return [python, "-m", "text_dedup.minhash", *(f"--{name}={value}" for name, value in given.items())]


def datatrove(python: str, path: Path) -> Words:
    """Return the command of datatrove."""
    return [python, str(Path(__file__).with_name("dedup_datatrove.py")), str(path), str(path.parent / "datatrove")]


def data_juicer(python: str, path: Path) -> Words:
    """Return the command of data-juicer."""
    options = {"tokenization": "character", "window_size": 5, "num_permutations": 128, "jaccard_threshold": 0.8}
    operator = {"document_minhash_deduplicator": options | {"num_bands": 16, "num_rows_per_band": 8}}
    config = {"dataset_path": str(path), "export_path": str(path.parent / "data-juicer/out.jsonl"), "np": 1}
    recipe = path.with_name("recipe.yaml")
    # JSON is YAML
    recipe.write_text(json.dumps(config | {"project_name": "bench", "process": [operator]}), "utf-8")
    return [str(Path(python).with_name("dj-process")), "--config", str(recipe)]


PEERS: dict[str, tuple[str, Callable[[str, Path], Words]]] = {
    "text-dedup": ("text_dedup", text_dedup),
    "datatrove": ("datatrove", datatrove),
    "data-juicer": ("data_juicer", data_juicer),
}


def measured(pythons: Sequence[str], path: Path) -> dict[str, tuple[float, int]]:
    """Return CPU seconds and peak memory of each peer that one of the Pythons has, each on the same file."""
    out: dict[str, tuple[float, int]] = {}
    for name, (module, words) in PEERS.items():
        for python in (python for python in pythons if name not in out and _has(python, module)):
            quiet = _QUIET | {"env": os.environ | {"HF_HUB_OFFLINE": "1"}, "cwd": path.parent}
            out[name] = process(words(python, path), **quiet)
    return out


def _has(python: str, module: str) -> bool:
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    return subprocess.run([python, "-c", code], check=False).returncode == 0

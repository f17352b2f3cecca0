"""Runs for tests, each checked against its sources before anything else is asked of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpuskit.config import Config, parse
from corpuskit.runner import Summary, run
from corpuskit.sources import again
from corpuskit.write import manifest
from corpuskit.write.jsonl import parts, read_lines
from corpuskit.write.verify import verify

Json = dict[str, Any]

BRIDGE = (
    "石桥重开\n\n本报讯 关了三年的石桥昨天重新开放，两岸的居民一早就来到桥头，等着走第一趟。\n\n"
    "修桥的师傅说，拱石一块也没有换，只是把松了的重新砌紧，再用糯米灰浆填了缝。\n\n"
    "桥东的茶馆当天免了茶钱，老板说这座桥养活了他家三代人，如今总算又能看见它走满了人。\n"
)
FERRY = (
    "渡口的最后一班船\n\n老周撑了四十年的船，今天傍晚把最后一班客人送到对岸，然后把缆绳系在柳树上。\n\n"
    "他说桥修好了是好事，船可以留给孩子们夏天玩水用，自己也该歇一歇了。\n"
)
DIRTY = "首页 > 新闻 > 正文\n" + BRIDGE + "相关阅读\n石桥名录新增七处\n一座廊桥的搬家记\n糯米灰浆有多结实？\n"
"""A dirty page: crumbs, an article, a list of other pages."""


def mixed(folder: Path) -> Path:
    """Write a dirty page, and JSONL of an article, a near duplicate and a line without text."""
    less = BRIDGE.replace("，如今总算又能看见它走满了人", "")
    return folder_of(folder, {"a.txt": DIRTY, "b.jsonl": jsonl({"text": FERRY}, {"text": less}, {"no": 1})})


def ran(inputs: Sequence[str | Path], out: Path, settings: str = "", **how: Any) -> Summary:
    """Run, and verify what came out."""
    summary = run([str(name) for name in inputs], out, parse(settings), **how)
    sound(out)
    return summary


def sound(out: Path) -> None:
    """Assert that an output is whole, and says of each character of its sources where it is."""
    report = verify(out, again(manifest.load(out), out))
    assert report.ok, report.render()
    assert not [name for name in os.listdir(out) if name.startswith(".")]


def records(out: Path) -> list[Json]:
    return _entries(out / "corpus")


def ledger(out: Path) -> list[Json]:
    return _entries(out / "ledger")


def _entries(folder: Path) -> list[Json]:
    return [json.loads(line) for path in parts(folder) for line in read_lines(path)]


def refusals(out: Path) -> dict[str, str]:
    """Return the rule by which each input that could not be read was refused."""
    return {_name(line): line["rule"] for line in ledger(out) if line["stage"] == "read"}


def _name(line: Json) -> str:
    return f"{line['source']}#{line['source_record']}" if "source_record" in line else line["source"]


def content(out: Path) -> dict[str, bytes]:
    """Return the bytes of all that is the same from run to run."""
    found = [path for name in ("corpus", "ledger") for path in (out / name).iterdir()]
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in found}


def tree(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder with their bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def folder_of(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Make a folder of files."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def jsonl(*entries: object) -> bytes:
    """Return lines of JSON, text as it is."""
    lines = (entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False) for entry in entries)
    return "".join(f"{line}\n" for line in lines).encode()


def article(number: int, sentences: int = 12) -> str:
    """Return an article that shares next to nothing with those of other numbers."""
    words = [
        f"{chr(0x4E00 + (number * 977 + at * 131) % 20000)}{chr(0x4E00 + (number * 613 + at * 389) % 20000)}"
        for at in range(sentences * 5)
    ]
    lines = ["，".join(words[at : at + 5]) + "。" for at in range(0, len(words), 5)]
    return f"第{number}篇\n\n" + "\n\n".join("".join(lines[at : at + 3]) for at in range(0, len(lines), 3)) + "\n"


Work = Callable[[Sequence[Any]], Any]
DEFAULT = Config()

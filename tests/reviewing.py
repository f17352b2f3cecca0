"""A run to review, for tests."""

from __future__ import annotations

from pathlib import Path

from running import BRIDGE, FERRY, folder_of, ran

from corpuskit.report.glance import thresholds
from corpuskit.review.queue import Queue
from corpuskit.write.manifest import load as manifest

SPAM = "星澜娱乐 星澜官网 星澜体育 星澜棋牌 星澜真人 星澜电子 星澜彩票 星澜下载 星澜注册 星澜平台\n"


DIRTY = "首页 > 新闻 > 正文\n" + BRIDGE + "相关阅读\n<b>石桥名录</b>新增七处\n一座廊桥的搬家记\n糯米灰浆有多结实？\n"


def filled(out: Path, most: int = 100, margin: float = 0.5) -> Queue:
    """Return the questions of a run."""
    made = Queue(out, thresholds(manifest(out)), most=most, margin=margin)
    made.fill()
    return made


def reviewed(folder: Path) -> Path:
    """Run over a page with a list, one with spam and a sound one; return the output."""
    ran([folder_of(folder / "p", {"a.txt": DIRTY, "b.txt": SPAM + FERRY, "c.txt": FERRY})], folder / "out")
    return folder / "out"

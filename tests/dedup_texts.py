"""Texts for the tests of the search for duplicates: seeded poems, and edits of them."""

from __future__ import annotations

import random

HAN = "春眠不觉晓处闻啼鸟夜来风雨声花落知多少床前明月光疑是地上霜举头望低思故乡白日依山尽黄河入海流欲穷千里目更一层楼"


def poem(size: int, seed: int) -> str:
    draw = random.Random(seed)
    return "".join(draw.choice(HAN) for _ in range(size))


def edit(text: str, changes: int, seed: int) -> str:
    draw = random.Random(seed)
    out = list(text)
    for place in draw.sample(range(len(text)), changes):
        out[place] = "某"
    return "".join(out)

"""GB 2312 that lost the high bit of every byte, as mail once took it: HZ and ISO-2022-CN without their escapes.

Two printable characters stand for each Chinese one, and digits among them may stand for themselves. The cheapest
reading is chosen by how common its characters are, and believed where it is fluent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import numpy as np

from corpuskit.clean.mojibake.gbk import numbers, valid
from corpuskit.clean.mojibake.work import Change
from corpuskit.core.characters import model

LEAST = 16
"""Characters of ASCII without a space from which a run is looked at."""
FLUENT = -8.0
"""Mean ln P of a character of Chinese, at the least."""
VARIED = 4
"""Different characters that a reading has at least: rules and bars are of one or two marks."""
_RUN = re.compile(rf"[!-~]{{{LEAST},}}")
_ADDRESS = re.compile(r"://|www\.|@[\w-]+\.\w")
_ITSELF = 8.0
"""Price of a digit, letter or mark that stands for itself."""


def seven(text: str) -> Iterator[Change]:
    """Yield Chinese for the runs of a line that lost the high bits."""
    for match in _RUN.finditer(text):
        if _ADDRESS.search(match[0]) or match[0].isalnum():
            continue
        after = read(match[0])
        beyond = "".join(char for char in after if char > "\x7f")
        if len({*beyond}) < VARIED:
            continue
        if 3 * len(beyond) >= len(match[0]) and model().of(beyond) >= FLUENT * len(beyond):
            reason = f"{match[0][:16]!r} with the high bits reads {after[:16]!r}"
            yield Change(match.start(), match.end(), after, "garbled.codec", 0.98, reason)


@cache
def _prices() -> list[float]:
    """Return -ln P of each pair of bytes below 128, at ``lead << 7 | trail``; very high where it reads nothing."""
    lead, trail = np.divmod(np.arange(0x4000), 128)
    codes = (lead | 0x80) << 8 | trail | 0x80
    fits = valid()[codes] & (lead > 0x20) & (trail > 0x20)
    prices: list[float] = np.where(fits, -model().alone(numbers()[codes]).astype(float), 99.0).tolist()
    return prices


def read(found: str) -> str:
    """Return the likeliest reading of a run."""
    codes, prices = found.encode("ascii"), _prices()
    best, pairs = [0.0, _ITSELF], [False, False]
    for at in range(1, len(codes)):
        alone, both = best[at] + _ITSELF, best[at - 1] + prices[codes[at - 1] << 7 | codes[at]]
        best.append(min(alone, both))
        pairs.append(both < alone)
    out, at = list[str](), len(codes)
    while at > 0:
        size = 2 if pairs[at] else 1
        data = codes[at - size : at]
        out.append(bytes(byte | 0x80 for byte in data).decode("gb2312", "replace") if size == 2 else chr(data[0]))
        at -= size
    return "".join(reversed(out))

"""Chinese text in a wrong codec, whole or in part: damages for :mod:`mojibake_sim`."""

from __future__ import annotations

import random
import re

from mojibake_slips import Damage


def recoded(wrote: str, read: str, errors: str = "strict") -> Damage:
    def damage(text: str, rng: random.Random) -> str | None:
        try:
            out = text.encode(wrote).decode(read, errors)
            return out if out.encode(read).decode(wrote) == text else None
        except UnicodeError:
            return None

    return damage


def cp1252(data: bytes) -> str:
    """Decode Windows-1252 as browsers do: bytes without a character become controls."""
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in data)


def browser(wrote: str, times: int = 1) -> Damage:
    def damage(text: str, rng: random.Random) -> str | None:
        out = text
        for turn in range(times):
            try:
                out = cp1252(out.encode(wrote if turn == 0 else "utf-8"))
            except UnicodeError:
                return None
        return out

    return damage


def part(damage: Damage) -> Damage:
    """Return the damage done to one sentence of a text only."""

    def inner(text: str, rng: random.Random) -> str | None:
        found = [m.span() for m in re.finditer(r"[^，。！？]{8,}[，。！？]", text)]
        if not found:
            return None
        start, end = rng.choice(found)
        broken = damage(text[start:end], rng)
        return None if broken is None else text[:start] + broken + text[end:]

    return inner


def twice(damage: Damage) -> Damage:
    def inner(text: str, rng: random.Random) -> str | None:
        once = damage(text, rng)
        return None if once is None else damage(once, rng)

    return inner


def hz(text: str, rng: random.Random) -> str | None:
    try:
        return text.encode("hz").decode("ascii")
    except UnicodeError:
        return None


def seven(text: str, rng: random.Random) -> str | None:
    try:
        return bytes(b & 0x7F for b in text.encode("gb2312")).decode("ascii")
    except UnicodeError:
        return None


def slashed(text: str, rng: random.Random) -> str | None:
    """Double the 0x5C that is the second byte of some Big5 characters."""
    out = "".join(c + "\\" if c.encode("big5", "ignore")[1:] == b"\\" else c for c in text)
    return out if out != text else None


UTF8_GBK = recoded("utf-8", "gb18030")


CODECS: dict[str, Damage] = {
    "UTF-8 as GBK": UTF8_GBK,
    "UTF-8 as GBK twice": twice(UTF8_GBK),
    "GBK as Latin-1": recoded("gbk", "latin-1"),
    "GBK as cp1252": browser("gbk"),
    "UTF-8 as Latin-1": recoded("utf-8", "latin-1"),
    "UTF-8 as cp1252": browser("utf-8"),
    "UTF-8 as cp1252 twice": browser("utf-8", 2),
    "GBK as cp1252 twice": browser("gbk", 2),
    "UTF-8 as cp1252, a part": part(browser("utf-8")),
    "GBK as cp1252, a part": part(browser("gbk")),
    "Big5 as GBK": recoded("big5", "gb18030"),
    "Big5 as cp1252": browser("big5"),
    "GBK as Big5": recoded("gbk", "big5"),
    "GBK as EUC-JP": recoded("gb2312", "euc_jp"),
    "GBK as EUC-KR": recoded("gb2312", "cp949"),
    "GBK as Shift_JIS": recoded("gb2312", "cp932"),
    "UTF-8 as Shift_JIS": recoded("utf-8", "cp932"),
    "UTF-8 as EUC-KR": recoded("utf-8", "cp949"),
    "HZ": hz,
    "seven bits": seven,
    "Big5 with 0x5C doubled": slashed,
}


PARTS: dict[str, Damage] = {
    "Big5 as GBK, a part": part(recoded("big5", "gb18030")),
    "GBK as Big5, a part": part(recoded("gbk", "big5")),
    "GBK as EUC-KR, a part": part(recoded("gb2312", "cp949")),
    "GBK as Shift_JIS, a part": part(recoded("gb2312", "cp932")),
    "UTF-8 as GBK, a part": part(UTF8_GBK),
}
"""One sentence in a wrong codec of Asia: where it begins and ends does not show."""


LOSSY: dict[str, Damage] = {
    "UTF-8 as GBK, lossy": lambda text, rng: lossy(text),
    "UTF-8 as GBK, a part, lossy": part(lambda text, rng: lossy(text)),
    "UTF-8 as cp1252, lossy": lambda text, rng: bereft(text, "?"),
    "UTF-8 as cp1252, a part, lossy": part(lambda text, rng: bereft(text, "")),
}


def bereft(text: str, mark: str) -> str | None:
    """Decode UTF-8 as Windows-1252, with a mark for each byte that has no character there."""
    shown = (bytes([byte]).decode("cp1252", "ignore") for byte in text.encode("utf-8"))
    parts = [char or mark for char in shown]
    return "".join(parts) if mark in parts else None


def lossy(text: str) -> str | None:
    """Decode UTF-8 as Windows does GBK: every byte without a partner becomes a question mark."""
    out = text.encode("utf-8").decode("gbk", "replace").replace("\ufffd", "?")
    return out if "?" in out else None

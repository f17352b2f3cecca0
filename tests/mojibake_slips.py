"""Phase slips: GBK cut between the bytes of a character, done to sound text."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

Damage = Callable[[str, random.Random], str | None]
"""A function of a text and a random generator to the damaged text, or None where it does not apply."""
FOLD = str.maketrans("，？！；：（）", ",?!;:()")


def gbk(text: str) -> bytes | None:
    try:
        data = text.encode("gbk")
    except UnicodeError:
        return None
    return data if all(a.isascii() or len(a.encode("gbk")) == 2 for a in text) else None


def stretch(text: str, rng: random.Random, least: int, most: int) -> tuple[int, int] | None:
    """Return a stretch of characters of two bytes each that begins inside a sentence."""
    runs = (m for m in re.finditer(r"[^\x00-\xff]+", text) if m.end() - m.start() >= least)
    places = [m.span() for m in runs if gbk(m[0])]
    if not places:
        return None
    low, high = rng.choice(places)
    size = rng.randint(least, min(most, high - low))
    start = rng.randint(low, high - size)
    return start, start + size


def slip(first: Callable[[int], str], last: str, least: int = 5, most: int = 24) -> Damage:
    """Return the damage that loses the first byte of a stretch, and its last."""

    def damage(text: str, rng: random.Random) -> str | None:
        found = stretch(text, rng, least, most)
        if found is None:
            return None
        start, end = found
        data = gbk(text[start:end])
        assert data is not None
        shifted = data[1:-1].decode("gb18030", "replace")
        return text[:start] + first(data[0]) + shifted + last + text[end:]

    return damage


def masked(lead: int) -> str:
    char = chr(lead & 0x7F)
    return char if char.isalnum() else "?"


def split(text: str, rng: random.Random) -> str | None:
    """Split GBK at the bytes of three marks whatever they belong to, decode each piece, fold the marks."""
    data = gbk(text)
    if data is None:
        return None
    pieces = [data]
    out = ""
    for mark in ("！", "；", "。"):
        out = mark.join(piece.decode("gb18030", "replace") for piece in pieces[0].split(mark.encode("gbk")))
        if out != text:
            break
    damaged = out.replace("\ufffd", "?").translate(FOLD)
    return damaged if out != text else None


def private_lost(text: str, rng: random.Random) -> str | None:
    damaged = SLIPS["slip ?"](text, rng)
    if damaged is None or not re.search("[\ue000-\uf8ff]", damaged):
        return None
    return re.sub("[\ue000-\uf8ff]", "", damaged)


def nfkc(text: str, rng: random.Random) -> str | None:
    damaged = SLIPS["slip ?"](text, rng)
    if damaged is None:
        return None
    changed = unicodedata.normalize("NFKC", damaged)
    return changed if changed != damaged.translate(FOLD) else None


def wrapped(text: str, rng: random.Random) -> str | None:
    """Break a hard-wrapped line inside a character."""
    found = stretch(text, rng, 12, 24)
    if found is None:
        return None
    start, end = found
    data = gbk(text[start:end])
    assert data is not None
    return text[:start] + "?\n" + data[1:-1].decode("gb18030", "replace") + "?" + text[end:]


SLIPS: dict[str, Damage] = {
    "slip ?": slip(lambda lead: "?", "?"),
    "slip U+FFFD": slip(lambda lead: "\ufffd", "\ufffd"),
    "slip masked": slip(masked, "?"),
    "slip ? to mark": slip(lambda lead: "?", ""),
    "slip at marks": split,
    "slip hidden": slip(lambda lead: "", "", 6, 24),
    "slip, private use lost": private_lost,
    "slip, NFKC": nfkc,
    "slip, wrapped": wrapped,
}

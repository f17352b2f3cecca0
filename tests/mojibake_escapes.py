"""Chinese text in escapes or other forms of its characters: damages for :mod:`mojibake_sim`."""

from __future__ import annotations

import html
import quopri
import random
import unicodedata
import urllib.parse
from collections.abc import Callable
from functools import cache

from mojibake_slips import Damage


def each(change: Callable[[str], str], share: float = 1.0) -> Damage:
    """Return the damage of every character beyond ASCII, or of a share of them."""

    def damage(text: str, rng: random.Random) -> str | None:
        return "".join(change(c) if c > "\x7f" and rng.random() < share else c for c in text)

    return damage


def named(text: str, rng: random.Random) -> str | None:
    names = {"“": "&ldquo;", "”": "&rdquo;", "…": "&hellip;", "—": "&mdash;", "·": "&middot;", "‘": "&lsquo;"}
    out = "".join(names.get(c, c) for c in text)
    return out if out != text else None


def quoted(charset: str) -> Damage:
    def damage(text: str, rng: random.Random) -> str | None:
        try:
            return quopri.encodestring(text.encode(charset)).decode("ascii")
        except UnicodeError:
            return None

    return damage


def percent(charset: str) -> Damage:
    def damage(text: str, rng: random.Random) -> str | None:
        try:
            return urllib.parse.quote(text, safe="", encoding=charset)
        except UnicodeError:
            return None

    return damage


ESCAPES: dict[str, Damage] = {
    "entities, decimal": each(lambda c: f"&#{ord(c)};"),
    "entities, some": each(lambda c: f"&#x{ord(c):X};", 0.3),
    "entities, named": named,
    "entities, twice": each(lambda c: html.escape(f"&#{ord(c)};")),
    "entities, no ;": each(lambda c: f"&#{ord(c)}"),
    "entities, no &": each(lambda c: f"#{ord(c)};"),
    "\\u": each(lambda c: f"\\u{ord(c):04x}"),
    "\\\\u": each(lambda c: f"\\\\u{ord(c):04x}"),
    "\\x": each(lambda c: "".join(f"\\x{byte:02x}" for byte in c.encode())),
    "octal": each(lambda c: "".join(f"\\{byte:03o}" for byte in c.encode())),
    "%u": each(lambda c: f"%u{ord(c):04X}"),
    "percent, UTF-8": percent("utf-8"),
    "percent, GBK": percent("gbk"),
    "percent, twice": lambda text, rng: urllib.parse.quote(urllib.parse.quote(text, safe="")),
    "quoted-printable, UTF-8": quoted("utf-8"),
    "quoted-printable, GBK": quoted("gbk"),
}


@cache
def kangxi() -> dict[str, str]:
    return {unicodedata.normalize("NFKC", chr(o)): chr(o) for o in range(0x2F00, 0x2FD6)}


@cache
def compatible() -> dict[str, str]:
    return {
        unicodedata.normalize("NFC", chr(o)): chr(o)
        for o in range(0xF900, 0xFA6E)
        if chr(o) != unicodedata.normalize("NFC", chr(o))
    }


def mapped(table: Callable[[], dict[str, str]]) -> Damage:
    def damage(text: str, rng: random.Random) -> str | None:
        out = "".join(table().get(c, c) for c in text)
        return out if out != text else None

    return damage


def strewn(chars: str) -> Damage:
    """Return the damage of characters strewn between Han characters."""

    def damage(text: str, rng: random.Random) -> str | None:
        han = [
            i for i in range(1, len(text)) if "\u4e00" <= text[i - 1] <= "\u9fff" and "\u4e00" <= text[i] <= "\u9fff"
        ]
        places = set(rng.sample(han, min(4, len(han))))
        return "".join((rng.choice(chars) if i in places else "") + c for i, c in enumerate(text))

    return damage


FORMS: dict[str, Damage] = {
    "Kangxi radicals": mapped(kangxi),
    "compatibility ideographs": mapped(compatible),
    "zero width": strewn("\u200b\u2060\ufeff\u200c\u200d"),
    "direction": strewn("\u200e\u200f\u202a\u202c\u202e"),
    "controls": strewn("\x00\x08\x1f\x7f"),
    "C1 controls": strewn("\x80\x8d\x93\x9f"),
    "soft hyphens": strewn("\u00ad"),
}

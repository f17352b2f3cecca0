"""Every way in which Chinese text is damaged, done to sound text: for tests and the benchmark.

A damage is a function of a text and a random generator to the damaged text, or None where it does not apply.
"""

from __future__ import annotations

import html
import quopri
import random
import re
import unicodedata
import urllib.parse
from collections.abc import Callable
from functools import cache
from pathlib import Path

from mojibake_slips import FOLD, SLIPS, Damage, stretch

from corpuskit.labelled import load

LABELLED = Path(__file__).parent.parent / "fixtures" / "labelled"
UNSEEN = "h"
"""Letters that the names of pages in Chinese begin with from which neither model learned; there are also o, t, y."""


@cache
def paragraphs(language: str, least: int = 60, most: int = 220) -> tuple[str, ...]:
    """Return sound paragraphs of the labelled pages in a language."""
    out = []
    for page in load(LABELLED):
        own = not language.startswith("zh") or page.id[0] in UNSEEN
        if page.header["lang"].startswith(language) and own and page.kind != "garbled":
            lines = (line.strip() for line in page.raw.split("\n"))
            out += [line for line in lines if least <= len(line) <= most and sound(line, language)]
    return tuple(dict.fromkeys(out))


def sound(line: str, language: str) -> bool:
    if not language.startswith("zh"):
        return re.search(r"&#?\w+;", line) is None
    han = sum("\u4e00" <= c <= "\u9fff" for c in line)
    return han > 0.7 * len(line) and not re.search(
        r"[&\ufffd\ue000-\uf8ff\u2e80-\u2fdf\uf900-\ufaff]|\?[^\x00-\x7f]|锟", line
    )


# wrong codecs


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


# escapes and forms


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


# beyond repair


def gone(mark: str) -> Damage:
    def damage(text: str, rng: random.Random) -> str | None:
        found = stretch(text, rng, 2, 5)
        return None if found is None else text[: found[0]] + mark * (found[1] - found[0]) + text[found[1] :]

    return damage


LOST: dict[str, Damage] = {
    "U+FFFD runs": gone("\ufffd\ufffd"),
    "锟斤拷": gone("锟斤拷"),
    "烫烫烫": gone("烫烫"),
}


# slips of the hand


PAIRS = (
    "要耍 未末 己已 人入 干千 土士 日曰 候侯 拨拔 免兔 今令 拆折 辩辨 大太 天夫 住往 睛晴 喝渴 场扬 很狠 准淮 历厉 自白"
)


def mistaken(text: str, rng: random.Random) -> str | None:
    """Put a look-alike in the place of one character."""
    swap = {a: b for pair in PAIRS.split() for a, b in (tuple(pair), tuple(reversed(pair)))}
    places = [at for at, char in enumerate(text) if char in swap]
    if not places:
        return None
    at = rng.choice(places)
    return text[:at] + swap[text[at]] + text[at + 1 :]


def doubled(text: str, rng: random.Random) -> str | None:
    """Write a word twice that stands there once."""
    found = list(re.finditer("我们|他们|因为|所以|但是|可以|的|了|在|是", text))
    match = rng.choice(found) if found else None
    return None if match is None else text[: match.end()] + match[0] + text[match.end() :]


def pointless(text: str, rng: random.Random) -> str | None:
    """Make the decimal point of a measure a space."""
    found = list(re.finditer(r"(?<=\d)\.(?=\d{1,2}[亿万元米吨%])", text))
    match = rng.choice(found) if found else None
    return None if match is None else text[: match.start()] + " " + text[match.end() :]


def stray(text: str, rng: random.Random) -> str | None:
    """Put the traditional form in the place of one simplified character."""
    swap = dict(zip("国来时会对为说这个们发开学动", "國來時會對為說這個們發開學動", strict=True))
    places = [at for at, char in enumerate(text) if char in swap]
    if not places:
        return None
    at = rng.choice(places)
    return text[:at] + swap[text[at]] + text[at + 1 :]


TYPOS: dict[str, Damage] = {
    "look-alike": mistaken,
    "word twice": doubled,
    "lost point": pointless,
    "stray traditional": stray,
}


FOLDING = {"slip at marks", "slip, NFKC"}


NOT_YET = {"seven bits", "UTF-8 as EUC-KR"}
"""Classes that are too few or too hard to hold to the goal."""


CLASSES = SLIPS | CODECS | PARTS | LOSSY | ESCAPES | FORMS | LOST


def cases(name: str, language: str, count: int, seed: int = 0) -> list[tuple[str, str]]:
    """Return up to ``count`` texts as damaged and as they were."""
    rng = random.Random(f"{name} {language} {seed}")
    texts = list(paragraphs(language))
    rng.shuffle(texts)
    out = []
    for whole in texts:
        text, damaged = damage_head(name, whole, rng) if name in CODECS else (whole, CLASSES[name](whole, rng))
        if damaged is not None and damaged != text:
            out.append((damaged, text))
        if len(out) == count:
            break
    return out


def even(name: str, text: str) -> str:
    """Return a text with its marks folded, where the damage folds them for good."""
    return text.translate(FOLD) if name in FOLDING else text


def damage_head(name: str, text: str, rng: random.Random) -> tuple[str, str | None]:
    """Damage the longest head of a text, of ten characters or more, that a wrong codec leaves lossless."""
    for size in range(len(text), 9, -1):
        damaged = CODECS[name](text[:size], rng)
        if damaged is not None:
            return text[:size], damaged
    return text, None


def distance(a: str, b: str) -> int:
    """Return the edit distance of two texts."""
    left = 0
    while left < min(len(a), len(b)) and a[left] == b[left]:
        left += 1
    right = 0
    while right < min(len(a), len(b)) - left and a[-1 - right] == b[-1 - right]:
        right += 1
    a, b = a[left : len(a) - right], b[left : len(b) - right]
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]

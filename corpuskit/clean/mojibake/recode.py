"""Text read in another encoding than it was written in, where no byte is lost.

Each crossing is undone by encoding what was read and decoding what was written; the result must be fluent
Chinese in itself, and more likely than what stands there, or word lists of other languages would become Chinese.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from corpuskit.clean.mojibake.neighbours import neighbour
from corpuskit.clean.mojibake.parts import stretches
from corpuskit.clean.mojibake.work import Change, each
from corpuskit.core.characters import model, script
from corpuskit.core.late import late
from corpuskit.lexicon.alphabet import MARKS

_LATIN = late(r"[\x20-\x7e\x80-\u024f\u02c6\u02dc\u2013-\u2044\u20ac\u2122]+")
_SEQUENCE = late(
    r"(?:[\xe2-\xef][\x80-\xbf]{2}|[\xc2-\xdf][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2})"
    r"(?:[\xe2-\xef][\x80-\xbf]{2}|[\xc2-\xdf][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\x20-\x7e])*"
)
_LEAD = late(r"[\xc2-\xf0]")
_HIGH = late(r"[^\x00-\x7f]")
_SAID = late(r"[^\x00-\x7f\xa0\xad·´–—―…‘’“”]")
"""Anything beyond what sound text has among ASCII: without it, ftfy, which is slow to import, finds nothing."""
_HAN = late(r"[\u3400-\u9fff]")
_BEYOND = late(r"[\x80-\U0010ffff]+")
_PIECE = late(r"[\u0180-\u02af\u02bb-\u02c5\u02cc-\u02d8\u02dd-\u036f\u0700-\u07ff]+")
_QUOTE = late(r"鈥[\u4e00-\u9fff\ue000-\uf8ff](?![\u3400-\u9fff])")
CROSSINGS = (
    *(("gb18030", "utf-8"), ("gb18030", "big5"), ("big5", "gb18030"), ("cp949", "gb18030"), ("cp949", "utf-8")),
    *(("euc_jp", "gb18030"), ("cp932", "gb18030"), ("cp932", "utf-8"), ("big5", "utf-8"), ("cp949", "big5")),
)
"""As it was read, as it was written."""
FLUENT = -7.3
"""Mean ln P of a character of Chinese, at the least."""
PLAIN = -8.2
"""The same where what stands there is far less likely."""
FAR = 2.0
"""How much less likely in ln P, a character."""
BESIDE = -8.3
"""The same for Latin letters that stand beside Han characters."""
COMMON = -8.0
"""Mean ln P of a character whatever stands before it, at the least, where what was read is of common ones too."""
RARE = -8.8
"""The same where it is not, unless UTF-8 was read twice over."""
LEAST_GAIN = 10.0
LEAST_HAN = 4
TURNS = 3
"""How many times over text may have been read wrongly."""
_TRIM = " \t\r\"'“”‘’…—–·"


def recode(text: str) -> Iterator[Change]:
    """Yield re-decodings of the stretches of a line that read better so."""
    crossed = _crossed(text)
    if crossed is not None:
        yield _change(0, text, crossed)
        return
    yield from _latin(text)
    yield from _pieces(text)
    yield from each(text, _QUOTE, "garbled.codec", 0.98, _quote)


def parts(text: str) -> Iterator[Change]:
    """Yield re-decodings of the parts of a line that were read in a wrong codec of Asia."""
    for part in stretches(text):
        yield _change(part.start, text[part.start : part.end], part.after)


def _change(at: int, found: str, after: str) -> Change:
    reason = f"{found[:16]!r} decodes as {after[:16]!r}"
    return Change(at, at + len(found), after, "garbled.codec", 0.985, reason)


# Latin letters


@cache
def single() -> dict[int, int]:
    """Return the byte of each character of Windows-1252; bytes without one are the controls of Latin-1."""
    table = {code: code for code in range(0x100)}
    for byte in range(0x80, 0xA0):
        char = bytes([byte]).decode("cp1252", "ignore")
        if char:
            table[ord(char)] = byte
    return table


def _latin(text: str) -> Iterator[Change]:
    for match in _LATIN.finditer(text):
        found = match[0]
        if found.isascii():
            continue
        changes = list(_sequences(match.start(), found))
        if changes:
            yield from changes
            continue
        beside = _HAN.match(text, match.end()) or _HAN.match(text, max(0, match.start() - 1))
        after = _pairs(found, beside=bool(beside)) or _mended(found, beside=bool(beside))
        if after != found:
            yield _change(match.start(), found, after)


def _sequences(at: int, found: str) -> Iterator[Change]:
    """Yield Chinese for runs of UTF-8 read as Latin-1 or Windows-1252, once or more."""
    if not _LEAD.search(found):
        return
    for match in _SEQUENCE.finditer(found.translate(single())):
        shown = found[match.start() : match.end()]
        after = _unwound(match[0])
        if after is not None:
            yield _change(at + match.start(), shown, after)


def _unwound(data: str) -> str | None:
    for _ in range(TURNS):
        try:
            data = data.translate(single()).encode("latin-1").decode("utf-8")
        except UnicodeError:
            return None
        beyond = "".join(_BEYOND.findall(data))
        if len(_HAN.findall(beyond)) >= 2 and fluent(beyond):
            return data
        wrote = _wrote(data, beside=False) if beyond else None
        if wrote is not None:
            return wrote
    return None


def _pairs(found: str, *, beside: bool) -> str | None:
    """Return GBK, Big5 or a charset of Japanese or Korean that was read as Latin-1 or Windows-1252."""
    for core in dict.fromkeys((found.strip(" "), found.strip(_TRIM))):
        after = _wrote(core, beside=beside)
        if after is not None:
            return found.replace(core, after, 1)
    return None


def _wrote(core: str, *, beside: bool) -> str | None:
    high = len(_HIGH.findall(core))
    data = core.translate(single())
    if high < (4 if beside else 6) or high < 0.45 * len(core.replace(" ", "")) or max(data) > "\xff":
        return None
    best = max(_read(data.encode("latin-1"), BESIDE if beside else FLUENT), default=None)
    return neighbour(data.encode("latin-1")) if best is None else best[1]


def _read(data: bytes, floor: float) -> Iterator[tuple[float, str]]:
    for charset in ("gb18030", "big5"):
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        beyond = "".join(_BEYOND.findall(text))
        if fluent(beyond, floor):
            yield mean(beyond), text


def _mended(found: str, *, beside: bool) -> str:
    """Return what ftfy makes of a stretch; controls among Han characters are no letters."""
    if not _SAID.search(found) or (beside and not any(char.isalpha() or char > "\x9f" for char in found)):
        return found
    import ftfy
    from ftfy.badness import is_bad

    return str(ftfy.fix_encoding(found)) if is_bad(found) else found


# letters of Asia


def _crossed(text: str) -> str | None:
    """Return a line whose every character was read in a wrong encoding of Asia."""
    turn, best, stands = text, None, 0.0
    for _ in range(TURNS):
        found = max(_crossings(turn), default=None)
        if found is None:
            break
        turn = found[1]
        if found[0] >= PLAIN:
            stands = stands or _of(text)
            score = _of(turn)
            if score - stands >= (LEAST_GAIN if found[0] >= FLUENT else max(LEAST_GAIN, FAR * len(turn))):
                best, stands = turn, score
    return best


def _crossings(text: str) -> Iterator[tuple[float, str]]:
    beyond = "".join(_BEYOND.findall(text))
    if len(beyond) < LEAST_HAN or "锟" in text:
        return
    now: float | None = None
    for read, wrote in CROSSINGS:
        try:
            after = text.encode(read).decode(wrote)
        except UnicodeError:
            continue
        strange = "".join(_BEYOND.findall(after))
        if not strange or not (_chinese(strange) or wrote == "utf-8"):
            continue
        if wrote == "utf-8" and len(strange) >= LEAST_HAN:
            yield mean(strange), after
            continue
        level = common(strange)
        if level < RARE and wrote != "utf-8":
            continue
        now = common(beyond) if now is None else now
        if level > now + 0.7 or (level > COMMON and mean(strange) > mean(beyond) + 1.2):
            yield mean(strange), after


def common(text: str) -> float:
    """Return the mean ln P of characters, whatever stands before them."""
    return float(model().alone(model().ids(text)).mean())


def mean(text: str) -> float:
    """Return the mean ln P of the characters of a text."""
    return _of(text) / len(text)


def _of(text: str) -> float:
    return float(model().steps(model().ids("。。" + text)).sum())


def _chinese(text: str) -> bool:
    han = len(_HAN.findall(text))
    return han >= max(2, 0.4 * len(text)) and han + sum(char in MARKS for char in text) >= 0.6 * len(text)


def fluent(text: str, floor: float = FLUENT) -> bool:
    """Say whether what a text has beyond ASCII, alone, is likely Chinese."""
    return bool(text) and _chinese(text) and mean(text) >= floor


# marks of European text in UTF-8, read as GBK with the letter behind them


def _quote(found: str) -> str:
    data = found.encode("gb18030")
    return data.decode("utf-8", "ignore") if 0x90 <= data[2] < 0xA8 and data[3] < 0x80 else found


# GBK read as UTF-8


def _pieces(text: str) -> Iterator[Change]:
    """Yield the characters whose two bytes, by chance, were UTF-8 as well: rare letters among Han."""
    for match in _PIECE.finditer(text):
        before, behind = text[: match.start()][-2:], text[match.end() : match.end() + 1]
        try:
            after = match[0].encode("utf-8").decode("gbk")
        except UnicodeError:
            continue
        around = _HAN.search(before[-1:] + behind[:1]) and all(script(c) not in "ELX" for c in before[-1:] + behind[:1])
        fits = model().of(after + behind, ("。。" + before)[-2:]) >= FLUENT * len(after + behind)
        if around and all(map(_HAN.match, after)) and fits:
            yield _change(match.start(), match[0], after)

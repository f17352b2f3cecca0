"""Escapes left in text: entities, ``\\u`` and ``%u``, percent-encoding, quoted-printable, HZ, doubled backslashes."""

from __future__ import annotations

import html
import quopri
import sys
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from corpuskit.clean.mojibake.work import Change, each
from corpuskit.core.late import late

_ENTITY = late(
    r"&(?:amp;)*(?:#\d{2,7};|#(?:1[2-9]|[2-6]\d)\d{3}|#8[2-4]\d\d|#\d{2,4}|#[xX][0-9a-fA-F]{2,6};?|[A-Za-z][A-Za-z0-9]{1,24};|(?:nbsp|amp|quot|lt|gt)(?![A-Za-z0-9=]))"
)
_OPEN = late(r"&(?:amp;)*#(?:(?:1[2-9]|[2-6]\d)\d{3}|8[2-4]\d\d|\d{2,4}|[xX][0-9a-fA-F]{2,5})")
_CLOSED = late(r"&(?:amp;)*#(?:\d{2,5}|[xX][0-9a-fA-F]{2,5});")
_BARE = late(r"(?:& |(?<!&))#\d{2,5};")
_TWO_BARE = late(r"(?:#(?:[23]\d|40)\d{3};){2}")
_UNICODE = late(r"(?:\\{1,2}u[0-9a-fA-F]{4})+|(?:%(?:25)?u[0-9a-fA-F]{4})+|(?:\\u\{[0-9a-fA-F]{4,6}\})+")
_RANGE = late(r"\\u[0-9a-fA-F]{4}-")
"""A range of a pattern: such lines are of programs."""
_HEX = "[0-9A-Fa-f]{2}"
_PERCENT = late(rf"(?:%(?:25)?{_HEX}|(?:(?<=%{_HEX})|(?<=%25{_HEX}))[A-Za-z0-9._~-]+(?=%{_HEX}))+")
_TWICE = late(r"%25(?=[0-9A-Fa-f]{2})")
_PRINTABLE = late(r"(?:=[0-9A-F]{2}|=\r?\n|(?<=[0-9A-F])[!-<>-~]+(?==[0-9A-F\r\n]))+|(?:=[0-9a-f]{2}){3,}")
_BYTES = late(r"(?:\\x[0-9a-fA-F]{2}){3,}|(?:\\[2-3][0-7]{2}){3,}")
_BYTE = late(r"\\(?:x([0-9a-fA-F]{2})|([2-3][0-7]{2}))")
_WORD = late(r"=\?[\w-]{3,20}\?[BbQq]\?[!->@-~]+\?=")
_HZ = late(r"~\{(?:[!-~]{2})+?~\}")
_SLASH = late(r"([^\x00-\x7f])\\")
_PAIR = late(r"[\ud800-\udbff][\udc00-\udfff]")
_HAN = late(r"[\u3400-\u9fff]")
_ADDRESS = late(r"[!-~]*\Z")
_STRING = late(r"\\[\"/]")
_SHORTENED = late(r"(?<=[A-Za-z])\\'(?=(?:[stdm]|re|ll|ve)\b)")
_BREAK = late(r"(?<=[。！？…”」』])(?:\\[rn])+(?=\s*\Z)")
_NO_PROSE = late(r"[A-Za-z]\\\"[A-Za-z]|[=\\(\[{:+]\\\"")
"""An accent of LaTeX, and a string inside a string of code."""
_EMPTY_QUOTES = ("“”", "‘’", "「」", "『』", "``", "''", '""')
LEAST_BARE = 3
MANY = 16
"""Escapes of a byte in a line from which one character of GBK alone is believed too."""


def escapes(text: str) -> Iterator[Change]:
    """Yield what the escapes of a text stand for, none overlapping another."""
    taken = 0
    for change in sorted(_all(text)):
        if change.start >= taken:
            yield change
            taken = change.end


def _all(text: str) -> Iterator[Change]:
    if "&" in text:
        # where most have no semicolon, one that follows is the text's own
        open_ended = 2 * len(_CLOSED.findall(text)) < len(_OPEN.findall(text))
        found = each(text, _OPEN if open_ended else _ENTITY, "garbled.entity", 0.99, unescape)
        yield from (change for change in found if not (change.text.isascii() and _quoted(text, change)))
    if "#" in text and _bare(text):
        yield from each(text, _BARE, "garbled.entity", 0.97, lambda found: unescape("&" + found.lstrip("& ")))
    if "u" in text:
        yield from _unicode(text)
    if "%" in text:
        yield from _percent(text)
    if "=?" in text:
        yield from each(text, _WORD, "garbled.escape", 0.98, _header)
    if "=" in text:
        least = 1 if text.count("=") >= MANY else 2
        yield from each(text, _PRINTABLE, "garbled.escape", 0.975, lambda found: _printable(found, least))
    if "~{" in text:
        yield from each(text, _HZ, "garbled.escape", 0.975, _hz)
    if "\\" in text:
        yield from each(text, _SLASH, "garbled.escape", 0.97, _slash)
        yield from _bytes(text)
        yield from _strings(text)
    yield from each(text, _PAIR, "garbled.escape", 0.98, _astral)


def _bare(text: str) -> bool:
    """Say whether a line has so many entities without their first mark, or two in a row, that they are no numbers."""
    return sum(len(found) > 5 for found in _BARE.findall(text)) >= LEAST_BARE or bool(_TWO_BARE.search(text))


def _quoted(text: str, change: Change) -> bool:
    """Say whether what changes is quoted by itself: a mark of HTML that is spoken of."""
    return text[max(0, change.start - 1) : change.start] + text[change.end : change.end + 1] in _EMPTY_QUOTES


def unescape(found: str) -> str:
    """Return the character of an entity, escaped once or more; the entity itself where it names none."""
    text = found
    for _ in range(4):
        text, last = html.unescape(text), text
        if text == last:
            break
    if text.strip("\xa0\u2002\u2003\u2009 ") == "":
        return " " * len(text)
    shows = all((c.isprintable() or c == "\u3000") and not 0xD800 <= ord(c) < 0xE000 for c in text)
    return text if shows and "&" not in text[1:] else found


def _unicode(text: str) -> Iterator[Change]:
    """Read ``\\u6c34`` and ``%u6c34`` where they stand in running text, not quoted in code."""
    if _RANGE.search(text):
        return
    read = ((match, _utf16(match[0])) for match in _UNICODE.finditer(text))
    found = [(match, after) for match, after in read if _mostly_chinese(after)]
    if not _HAN.search(text) and not any(_HAN.search(after) for _, after in found):
        return
    quoted = [bool(_CODE.search(text, max(0, match.start() - 8), match.start())) for match, _ in found]
    free = sum(len(after) for (_, after), inside in zip(found, quoted, strict=True) if not inside)
    for (match, after), inside in zip(found, quoted, strict=True):
        beside = _HAN.match(text, match.end()) or _HAN.search(text, max(0, match.start() - 1), match.start())
        if free >= LEAST_BARE or (not inside and (len(after) > 1 or beside)):
            reason = f"{match[0][:24]!r} reads {after[:24]!r}"
            yield Change(match.start(), match.end(), after, "garbled.escape", 0.98, reason)


def _utf16(found: str) -> str:
    """Return what escapes of two bytes each, or of code points, read; nothing if there is no such code point.

    >>> _utf16(r"\\u{4f60}\\u{597d}\\u{1f600}"), _utf16(r"\\ud83d\\ude00"), _utf16(r"\\u{110000}")
    ('你好😀', '😀', '')
    """
    points = [int(point, 16) for point in _POINT.findall(found)]
    text = "".join(map(chr, points)) if max(points) <= sys.maxunicode else ""
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")


_POINT = late(r"u\{?([0-9a-fA-F]+)")
_CODE = late(r"[=(\[{:,+]\s*[\"'`]\Z|[\\`=]\Z")


_RANGES = (("\u2010", "\u33ff"), ("\u3400", "\u9fff"), ("\uff00", "\uffef"), ("\U00010000", "\U0010ffff"))


def _chinese(text: str) -> bool:
    """Say whether a text is of Han characters and marks that stand among them."""
    return bool(text) and all(map(_is_chinese, text))


def _mostly_chinese(text: str) -> bool:
    """Say whether at most one in five is another letter, as in a formula, or does not show."""
    return bool(text) and min(text) >= " " and 5 * sum(map(_is_chinese, text)) >= 4 * len(text)


def _is_chinese(char: str) -> bool:
    return char in "·×÷°" or any(low <= char <= high for low, high in _RANGES)


def _percent(text: str) -> Iterator[Change]:
    least = 1 if text.count("%") >= MANY else 2
    for match in _PERCENT.finditer(text):
        address = _ADDRESS.search(text, max(0, match.start() - 200), match.start())
        ahead = address[0] if address else ""
        if "://" in ahead or "www." in ahead or ahead[-1:] in tuple("=/?&#"):
            continue
        after = _decoded(unquote_to_bytes(_TWICE.sub("%", match[0])), least)
        if after is not None:
            reason = f"{match[0][:24]!r} reads {after[:24]!r}"
            yield Change(match.start(), match.end(), after, "garbled.escape", 0.975, reason)


def _decoded(data: bytes, least: int) -> str | None:
    """Return bytes as UTF-8 or GBK text, where that is Chinese; in GBK of so many characters at the least."""
    for charset in ("utf-8", "gb18030"):
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        beyond = "".join(c for c in text if c > "\x7f")
        # one character of UTF-8 is three bytes in their own order; one of GBK is any two
        if len(beyond) >= (1 if charset == "utf-8" else least) and _mostly_chinese(beyond):
            return text
    return None


def _printable(found: str, least: int) -> str:
    text = _decoded(quopri.decodestring(found.encode("ascii")), least)
    return found if text is None else text


def _bytes(text: str) -> Iterator[Change]:
    """Read ``\\xe6\\xb0\\b4`` and ``\\346\\260\\264`` where they stand in running text, not quoted in code."""
    for match in _BYTES.finditer(text):
        if _CODE.search(text, max(0, match.start() - 8), match.start()):
            continue
        held = (int(one, 16) if one else int(eight, 8) for one, eight in _BYTE.findall(match[0]))
        after = _decoded(bytes(byte & 0xFF for byte in held), 2)
        if after is not None:
            reason = f"{match[0][:24]!r} reads {after[:24]!r}"
            yield Change(match.start(), match.end(), after, "garbled.escape", 0.975, reason)


def _header(found: str) -> str:
    """Return what an encoded word of a mail's header reads (RFC 2047), if that is Chinese."""
    from email.header import decode_header

    try:
        [(data, charset)] = decode_header(found)
        text = data.decode(charset or "ascii") if isinstance(data, bytes) else data
    except (LookupError, ValueError):
        return found
    return text if _chinese(text) else found


def _hz(found: str) -> str:
    try:
        text = found.encode("ascii").decode("hz")
    except UnicodeDecodeError:
        return found
    return text if _chinese(text) else found


def _strings(text: str) -> Iterator[Change]:
    """Read the escapes of a string in prose: a line of code, or of data, has the quotes around it too."""
    double = text.count('\\"')
    if double and double % 2 == 0 and text.count('"') == double and not _NO_PROSE.search(text):
        yield from each(text, _STRING, "garbled.escape", 0.97, _last)
    if text.count("'") == text.count("\\'"):
        yield from each(text, _SHORTENED, "garbled.escape", 0.97, _last)
    yield from each(text, _BREAK, "garbled.escape", 0.97, lambda found: "")


def _last(found: str) -> str:
    return found[-1]


def _slash(found: str) -> str:
    """Drop the backslash that stands doubled for the second byte of a Big5 or GBK character."""
    for charset in ("big5", "gbk"):
        if found[0].encode(charset, "ignore")[1:] == b"\\":
            return found[0]
    return found


def _astral(found: str) -> str:
    return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le")

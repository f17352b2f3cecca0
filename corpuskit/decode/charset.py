"""Bytes to text. A choice is reported with its reason and its certainty; no byte is dropped or replaced."""

from __future__ import annotations

import codecs
import re
from typing import Literal, NamedTuple

from corpuskit.decode.declared import codec_of
from corpuskit.decode.evidence import Evidence, codecs_by_evidence, utf16_by_zeros

By = Literal["bom", "declared", "strict", "evidence"]
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MISREAD = re.compile("[\u3041-\u30fe\u0401-\u0451\u2460-\u247d]")
_KANJI_IN = re.compile(rb"\x1b\$[B@]")
_UNIT = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}
_ESCAPED = {"iso2022_jp": b"\x1b", "iso2022_jp_2": b"\x1b", "iso2022_kr": b"\x1b", "hz": b"~{"}
# One codec cannot always give back what its near relative can.
_RELATIVES = {
    "big5hkscs": ("cp950", "big5"),
    "cp950": ("big5hkscs", "big5"),
    "cp932": ("shift_jis", "shift_jis_2004"),
    "euc_jp": ("euc_jis_2004",),
    "cp949": ("euc_kr", "johab"),
    "iso2022_jp": ("iso2022_jp_2", "iso2022_jp_ext"),
}
_HIGH = bytes(range(0x80, 0x100))
_MOSTLY_UTF8 = 0.9
_DECLARED_CERTAINTY = 0.95
_SHORT = 64
_CONTESTED = 0.7
"""Certainty of a declaration that evidence does not confirm."""
_OVERRULE = 0.6
"""Certainty from which evidence beats a declaration that it contradicts."""


class Decoded(NamedTuple):
    """A decoded page, and how its charset was chosen."""

    text: str
    encoding: str
    """A Python codec name."""
    lossless: bool
    """Whether ``text.encode(encoding, "surrogateescape")`` is the bytes that came in."""
    by: By
    certainty: float
    """0 to 1."""


def decode(data: bytes, declared: str | None = None) -> Decoded:
    r"""Decode any bytes; never raises, never drops or replaces a byte where the charset has a way to keep it.

    Order: byte order mark, UTF-16 by its zeros, a fitting declared UTF-16 or escape-based charset, strict UTF-8,
    nearly UTF-8, the declared charset, evidence. Bytes outside the charset become U+DC80..U+DCFF.

    >>> decode("中文".encode("gbk"), declared="gb2312")
    Decoded(text='中文', encoding='gb18030', lossless=True, by='declared', certainty=0.95)
    """
    if found := _by_bom(data):
        return found
    codec = codec_of(declared) if declared else None
    if found := _by_shape(data, codec):
        return found
    try:
        text = data.decode("utf-8")
        return Decoded(text, "utf-8", True, "strict", 1.0 if codec == "utf-8" else _strictness(text))
    except UnicodeDecodeError:
        return _nearly_utf8(data) or _legacy(data, codec)


def _strictness(text: str) -> float:
    """A few characters of two bytes are valid UTF-8 by chance in one of a hundred titles in GBK."""
    if len(text) > _SHORT or text.isascii():
        return 1.0
    beyond = [char for char in text if char >= "\x80"]
    return 1.0 if max(beyond) >= "\u0800" else 1.0 - 0.5 ** len(beyond)


def _by_bom(data: bytes) -> Decoded | None:
    if data[:1] not in (b"\xef", b"\xff", b"\xfe", b"\0"):
        return None
    for mark, encoding in _BOMS:
        if data.startswith(mark) and (not encoding.startswith("utf-32") or _is_strict(data, encoding)):
            return _decoded(data, encoding, "bom", 1.0)
    return None


def _by_shape(data: bytes, codec: str | None) -> Decoded | None:
    """Charsets whose bytes are also valid UTF-8, so that they must be tried before it."""
    if b"\0" in data and (encoding := utf16_by_zeros(data)):
        declared = codec is not None and codec.startswith("utf-16")
        return _decoded(data, encoding, "declared" if declared else "evidence", 0.99 if declared else 0.9)
    if codec is not None and codec in _ESCAPED and _ESCAPED[codec] in data and _is_strict(data, codec):
        return _decoded(data, codec, "declared", 0.99)
    if (
        b"\x1b" in data
        and data.isascii()
        and (b"\x1b$B" in data or b"\x1b$@" in data)
        and _is_strict(data, "iso2022_jp")
    ):
        return _decoded(data, "iso2022_jp", "evidence", 0.9)
    return None


def _nearly_utf8(data: bytes) -> Decoded | None:
    bad = len(data) - len(data.decode("utf-8", "ignore").encode("utf-8"))
    good = len(data) - len(data.translate(None, _HIGH)) - bad
    # Three sequences: fewer happen by chance in legacy charsets.
    if good < 6 or good <= _MOSTLY_UTF8 * (good + bad):
        return None
    return Decoded(data.decode("utf-8", "surrogateescape"), "utf-8", True, "evidence", good / (good + bad))


def _legacy(data: bytes, codec: str | None) -> Decoded:
    ranking = codecs_by_evidence(data)
    best = ranking[0]
    believed = best.certainty < _OVERRULE or _score(ranking, codec) >= best.score / 2
    if codec and codec != "utf-8" and believed and (found := _by_declaration(data, codec)):
        return found if best.codec == codec else found._replace(certainty=_CONTESTED)
    return _decoded(data, best.codec, "evidence", best.certainty)


def _by_declaration(data: bytes, codec: str) -> Decoded | None:
    for name in (codec, *_RELATIVES.get(codec, ())):
        if _is_strict(data, name):
            return _decoded(data, name, "declared", _DECLARED_CERTAINTY)
    return None


def _score(ranking: tuple[Evidence, ...], codec: str | None) -> float:
    """A charset outside the ranking has nothing that speaks against it."""
    return next((found.score for found in ranking if found.codec == codec), float("inf"))


def _is_strict(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _decoded(data: bytes, encoding: str, by: By, certainty: float) -> Decoded:
    if encoding == "big5hkscs" and _is_cp950(data):
        encoding = "cp950"
    text = _escaping(data, encoding)
    for name in (encoding, *_RELATIVES.get(encoding, ())):
        other = text if name == encoding else _escaping(data, name)
        if _gives_back(other, name, data):
            return Decoded(other, name, True, by, certainty)
    return Decoded(text, encoding, False, by, certainty)


def _is_cp950(data: bytes) -> bool:
    """Python's big5hkscs reads ～ and ‧ as rarer look-alikes, its cp950 the symbols of 0xC6A1 to 0xC7F2 as kana."""
    try:
        return _MISREAD.search(data.decode("cp950")) is None
    except UnicodeDecodeError:
        return False


def _gives_back(text: str, encoding: str, data: bytes) -> bool:
    try:
        return text.encode(encoding, "surrogateescape") == data
    except UnicodeEncodeError:
        return False


def _escaping(data: bytes, encoding: str) -> str:
    """Decode with ``surrogateescape``; wide units also keep lone surrogates and an odd last byte."""
    try:
        return data.decode(encoding, "surrogateescape")
    except UnicodeDecodeError:
        if encoding not in _UNIT:
            return data.decode("utf-8", "surrogateescape")
    whole = len(data) - len(data) % _UNIT[encoding]
    tail = data[whole:].decode("ascii", "surrogateescape")
    return data[:whole].decode(encoding, "surrogatepass") + tail

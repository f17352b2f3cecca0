"""What a page says about its own charset, and which Python codec that label means."""

from __future__ import annotations

import codecs
import re

_HEAD = 4096
_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,8}=\s{0,8}[\"']([A-Za-z0-9._:-]{1,40})", re.I)
_META = re.compile(rb"<meta\s([^>]{1,400})", re.I)
_CHARSET = re.compile(rb"charset\s{0,8}=\s{0,8}[\"']?\s{0,8}([A-Za-z0-9._:-]{1,40})", re.I)
# Labels that Python does not know.
_LABELS = {
    "x-gbk": "gbk", "gb_2312-80": "gb2312", "gb-2312": "gb2312", "x-x-big5": "big5", "cn-big5": "big5",
    "x-sjis": "cp932", "ms_kanji": "cp932", "x-euc-jp": "euc_jp", "ks_c_5601": "cp949", "windows-874": "cp874",
    "tis-620": "cp874", "unicode-1-1-utf-8": "utf-8", "unicode": "utf-16", "ucs-2": "utf-16",
}  # fmt: skip
# The WHATWG Encoding Standard reads these as their supersets, and pages rely on it.
_SUPERSETS = {
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949",
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "utf-16": "utf-16-le",
}  # fmt: skip
_ALLOWED = """
    utf-8 utf-16-le utf-16-be utf-32-le utf-32-be gb18030 big5hkscs cp950 cp932 euc_jp euc_jis_2004 iso2022_jp
    iso2022_jp_2 iso2022_kr hz cp949 johab koi8-r koi8-u mac-cyrillic mac-roman cp866 cp874 cp1250 cp1251 cp1252 cp1253
    cp1254 cp1255 cp1256 cp1257 cp1258 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8
    iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16
"""
_CODECS = frozenset(_ALLOWED.split())


def codec_of(label: str) -> str | None:
    """Return the Python codec a charset label of the web means, or None for one that is unknown or no charset.

    Labels follow the WHATWG Encoding Standard: ``gb2312`` is gb18030, ``iso-8859-1`` is windows-1252.

    >>> codec_of("GB2312"), codec_of("ISO-8859-1"), codec_of("rot13")
    ('gb18030', 'cp1252', None)
    """
    name = label.strip().strip("\"'").lower()
    try:
        canonical = codecs.lookup(_LABELS.get(name, name)).name
    except (LookupError, ValueError):
        return None
    canonical = _SUPERSETS.get(canonical, canonical)
    return canonical if canonical in _CODECS else None


def declared_charset(data: bytes) -> str | None:
    """Return the charset label in the first 4 KB of an HTML or XML page (``<meta>``, XML declaration), or None.

    >>> declared_charset(b'<html><meta charset="gbk">')
    'gbk'
    """
    head = data[:_HEAD]
    if found := _XML.match(head.lstrip(b"\xef\xbb\xbf \t\r\n")):
        return found[1].decode("ascii")
    for meta in _META.finditer(head):
        if found := _CHARSET.search(meta[1]):
            return found[1].decode("ascii")
    return None

"""JSON to bytes and back, lone surrogates included."""

from __future__ import annotations

import json
import math
import re
from datetime import date, time
from typing import Any

import orjson

_SPLIT_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def dumps(obj: Any) -> bytes:
    r"""Return one line of JSON in UTF-8 with its line feed; keys keep their order.

    Lone surrogates, which UTF-8 cannot hold, become escapes, and with them every other character of that
    line that is not ASCII. NaN and infinities become null.

    Raises:
        TypeError: a value that JSON does not know.
        ValueError: a high surrogate right before a low one as two characters, which JSON would read back as one.

    >>> dumps({"text": "字", "id": 1})
    b'{"text":"\xe5\xad\x97","id":1}\n'
    >>> dumps({"text": "字\udc80"})
    b'{"text":"\\u5b57\\udc80"}\n'
    """
    try:
        return orjson.dumps(obj, default=_plain, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:
        return _escaped(obj, None) + b"\n"


def pretty(obj: Any) -> bytes:
    """Return JSON indented by two spaces, for people; otherwise like ``dumps``."""
    try:
        return orjson.dumps(obj, default=_plain, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_INDENT_2)
    except orjson.JSONEncodeError:
        return _escaped(obj, 2) + b"\n"


def loads(line: bytes | str) -> Any:
    r"""Return the value of a JSON text, lone surrogates in escapes included.

    Raises:
        ValueError: not JSON, or nested too deep.

    >>> loads(b'{"text":"\\udc80"}')
    {'text': '\udc80'}
    """
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        try:
            return json.loads(line)
        except RecursionError as error:
            raise ValueError("JSON nested too deep") from error


def _plain(value: Any) -> Any:
    # orjson leaves named tuples (spans) to its caller
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"JSON has no {type(value).__name__}")


def _escaped(obj: Any, indent: int | None) -> bytes:
    obj = _finite(obj)
    separators = (",", ": " if indent else ":")
    if _SPLIT_PAIR.search(json.dumps(obj, ensure_ascii=False)):
        raise ValueError("a high surrogate stands right before a low one: JSON would read them back as one character")
    return json.dumps(obj, ensure_ascii=True, allow_nan=False, separators=separators, indent=indent).encode()


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, date | time) else value

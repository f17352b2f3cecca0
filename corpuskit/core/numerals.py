"""Numbers written in Chinese characters."""

from __future__ import annotations

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "元": 1}
_UNITS = {"十": 10, "百": 100}


def number(text: str) -> int:
    """Return the value of a number in figures or characters, read as a row of digits or with tens and hundreds.

    >>> number("二十三"), number("一〇五"), number("十"), number("27")
    (23, 105, 10, 27)
    """
    if text.isdecimal():
        return int(text)
    if not any(char in _UNITS for char in text):
        return int("".join(char if char.isdecimal() else str(_DIGITS[char]) for char in text))
    total = digit = 0
    for char in text:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            digit = int(char) if char.isdecimal() else _DIGITS[char]
    return total + digit

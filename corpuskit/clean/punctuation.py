"""Chinese text captured with ASCII marks: gives the full-width marks back, on request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal

from corpuskit.core.edit import Edit, Proposal
from corpuskit.core.late import late
from corpuskit.core.page import Char, Line, Page
from corpuskit.core.span import Span
from corpuskit.core.stage import Stage

_HAN = "\u3400-\u4dbf\u4e00-\u9fff”’》」』）"
_MARK = late(rf"(?<=[{_HAN}0-9A-Za-z%)])[,:;?!](?![0-9A-Za-z/\\,:;?!])|(?<=[{_HAN})])[,:;?!](?=[0-9A-Za-z])")
_OPEN = late(r"\([^()\n]{1,200}\)")
_WIDE = str.maketrans(",:;?!()", "，：；？！（）")


class Punctuation(Stage, frozen=True):
    """Write ASCII ``, : ; ? ! ( )`` of Chinese sentences as full-width marks.

    Off by default (``marks = "keep"``): which width a corpus wants is its owner's choice. Marks between
    ASCII letters and digits (times, ratios, code) stay.
    """

    name: ClassVar[str] = "punctuation"
    rules: ClassVar[dict[str, str]] = {"punctuation.narrow": "an ASCII mark in a Chinese sentence"}
    example: ClassVar[tuple[str, str]] = ("", "")

    marks: Literal["keep", "full"] = "keep"
    """``full`` turns the marks; ``keep`` leaves every mark as captured."""

    def propose(self, page: Page) -> Iterable[Proposal]:
        """Return one edit a mark, on lines that are Chinese."""
        if self.marks == "keep":
            return
        for line, count in zip(page.lines, page.counts, strict=True):
            han = count[Char.HAN] + count[Char.FUNCTION]
            if han >= 2 and han >= count[Char.LATIN]:
                yield from _line(line)


def _line(line: Line) -> Iterator[Edit]:
    for match in _MARK.finditer(line.text):
        yield _turn(line, match.start())
    for match in _OPEN.finditer(line.text):
        if re.search(f"[{_HAN}]", match[0]):
            yield _turn(line, match.start())
            yield _turn(line, match.end() - 1)


def _turn(line: Line, at: int) -> Edit:
    mark = line.text[at]
    span = Span(line.start + at, line.start + at + 1)
    return Edit(span, mark.translate(_WIDE), "punctuation.narrow", 0.9, f"{mark!r} between Chinese characters")

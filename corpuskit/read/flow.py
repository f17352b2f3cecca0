"""Elements and text of a page, in document order, to lines as a browser shows them, and blocks."""

from __future__ import annotations

import re
from typing import NamedTuple

from corpuskit.core.source import Block, Node
from corpuskit.read.element import Element, Frame

# A single space needs no work; only longer runs and other white space are looked at.
_SPACE = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")


class _Entry:
    """A stretch of text of one block, and what separates it from the one before."""

    __slots__ = ("density", "element", "hint", "separator", "tag", "text")

    def __init__(self, separator: str, text: str, tag: str, density: float, hint: str, element: int) -> None:
        self.separator = separator
        self.text = text
        self.tag = tag
        self.density = density
        self.hint = hint
        self.element = element


class _Row:
    """An open table row: its cells stand on one line while each of them is one line itself."""

    __slots__ = ("cells", "first", "plain")

    def __init__(self) -> None:
        self.cells = 0
        """Cells begun since the last one that held text; 0 while none of the row did."""
        self.first = 0
        """Entries there were when the open cell began."""
        self.plain = False


class Laid(NamedTuple):
    """Text, its blocks, and the elements they stand in."""

    text: str
    blocks: tuple[Block, ...]
    elements: tuple[Node, ...]


class Flow:
    """Receives ``open``, ``text`` and ``close`` in document order; ``finish`` gives the text and its blocks."""

    def __init__(self) -> None:
        self._frame = Frame("html", None, False, None)
        self._owner = [self._frame]
        self._entries: list[_Entry] = []
        self._nodes: list[Node] = []
        self._lines: list[str] = []
        self._chunks: list[str] = []
        self._linked = 0
        self._separator = ""
        self._glued = False
        self._fresh_cell = False
        self._rows: list[_Row] = []

    def open(self, tag: str, node: Element, hidden: bool) -> None:
        """Begin an element; ``hidden`` is what it says itself."""
        frame = Frame(tag, node, hidden, self._frame)
        if frame.block:
            self._break()
            self._owner.append(frame)
            self._open_table_part(tag)
        elif frame.hidden and not self._frame.hidden:
            self._glue()
            self._owner.append(frame)
        self._frame = frame

    def line_break(self) -> None:
        """Begin a new line; a second one in a row ends the block, as old pages end their paragraphs."""
        if self._owner[-1].pre:
            self._chunks.append("\n")
            return
        line = _collapsed(self._chunks).strip(" ")
        if line or self._glued:
            self._lines.append(line)
            self._chunks.clear()
        else:
            self._break()

    def text(self, data: str) -> None:
        """Add character data."""
        if not self._chunks and data.isspace() and not (self._glued or self._frame.pre) and data.isascii():
            return
        self._chunks.append(data)
        if self._frame.link:
            self._linked += _ink(data)

    def close(self) -> None:
        """End the innermost open element."""
        frame = self._frame
        if frame.block:
            if self._rows:
                self._close_table_part(frame.tag)
            self._break()
        elif self._owner[-1] is frame:
            self._glue()
        if self._owner[-1] is frame:
            self._owner.pop()
        self._frame = frame.up or frame

    def finish(self) -> Laid:
        """Return the text, its blocks disjoint and in order."""
        self._break()
        parts: list[str] = []
        blocks: list[Block] = []
        at = 0
        for entry in self._entries:
            start = at + len(entry.separator)
            at = start + len(entry.text)
            parts += (entry.separator, entry.text)
            blocks.append(Block(start, at, entry.tag, entry.density, entry.hint, entry.element))
        return Laid("".join(parts), tuple(blocks), tuple(self._nodes))

    def _break(self) -> None:
        """End the line at the border of a block."""
        if self._chunks or self._lines or self._glued:
            self._end_line()
        if self._entries and not self._fresh_cell:
            self._separator = "\n\n"

    def _end_line(self) -> None:
        text, pre = self._taken(), self._owner[-1].pre
        if self._glued and not text.strip():
            self._entries[-1].text = self._entries[-1].text.rstrip(" ")
        elif text.strip():
            text = text if pre else text.rstrip(" ")
            self._add(text if pre or self._glued else text.lstrip(" "))
        self._linked = 0
        self._glued = False

    def _glue(self) -> None:
        """End an entry inside a line, so that hidden text in it can be told from the rest."""
        text = self._taken()
        if not self._glued:
            text = text.lstrip(" ")
        if not text.strip():
            self._chunks = [text]
            return
        self._add(text)
        self._linked = 0
        self._separator = ""
        self._glued = True

    def _taken(self) -> str:
        if self._owner[-1].pre:
            text = "".join(self._chunks).replace("\r\n", "\n").strip("\n")
        else:
            text = _collapsed(self._chunks)
        if self._lines:
            text = "\n".join((*self._lines, text.lstrip(" "))).strip("\n")
            self._lines.clear()
        self._chunks.clear()
        return text

    def _add(self, text: str) -> None:
        if self._glued and self._entries[-1].text.endswith(" "):
            text = text.lstrip(" ")
        owner = self._owner[-1]
        density = min(1.0, self._linked / _ink(text)) if self._linked else 0.0
        at = owner.entered(self._nodes)
        self._entries.append(_Entry(self._separator, text, owner.tag, density, owner.hint(), at))
        self._fresh_cell = False

    def _open_table_part(self, tag: str) -> None:
        if tag == "table":
            self._fresh_cell = False
        elif tag == "tr":
            self._rows.append(_Row())
        elif tag in ("td", "th") and self._rows:
            row = self._rows[-1]
            row.cells += bool(row.cells)
            if row.cells and row.plain:
                self._separator = "\t" * (row.cells - 1)
                self._fresh_cell = True
            row.first = len(self._entries)

    def _close_table_part(self, tag: str) -> None:
        if tag == "tr":
            self._rows.pop()
            self._fresh_cell = False
        elif tag in ("td", "th"):
            self._break()
            self._close_cell(self._rows[-1])

    def _close_cell(self, row: _Row) -> None:
        """A cell of several lines is a column of the page, not a cell of a table: it gets lines of its own."""
        mine = self._entries[row.first :]
        if not mine:
            return
        row.plain = all("\n" not in entry.text for entry in mine) and all(not e.separator.strip("\t") for e in mine[1:])
        row.cells = 1
        if not row.plain and mine[0].separator.startswith("\t"):
            mine[0].separator = "\n\n"


def _collapsed(chunks: list[str]) -> str:
    return _SPACE.sub(_one_space, "".join(chunks))


def _one_space(found: re.Match[str]) -> str:
    """Collapse white space; a line feed between two wide characters is none (CSS Text Level 3, 4.1.3)."""
    if "\n" in found[0]:
        before, after = (
            found.string[max(0, found.start() - 1) : found.start()],
            found.string[found.end() : found.end() + 1],
        )
        if before and after and _is_wide(before) and _is_wide(after):
            return ""
    return " "


def _is_wide(char: str) -> bool:
    """Chinese and Japanese letters and marks; Korean puts spaces between its words."""
    code = ord(char)
    return (
        0x2E80 <= code <= 0x312F
        or 0x3190 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or (0xFF01 <= code <= 0xFF60 or 0x20000 <= code <= 0x3FFFF)
    )


def _ink(text: str) -> int:
    """Characters that are not white space."""
    return sum(map(len, text.split()))

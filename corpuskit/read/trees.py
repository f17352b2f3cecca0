"""A parsed page, whatever parsed it; the parser of first choice is lexbor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import selectolax
from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpuskit.read.element import CELLS, DROPPED, FRAMED, Attributes, is_hidden
from corpuskit.read.flow import Flow

_MAYBE_HIDDEN = '[hidden],[style*="none" i],[style*="hidden" i]'
HEAD_TAGS = ("html", "title", "meta", "link", "time")
"""Elements that describe the page."""


class Tree(Protocol):
    """A parsed page."""

    extractor: str

    def walk(self, flow: Flow) -> None:
        """Feed the page's elements and text to ``flow``, in document order."""

    def head(self) -> Iterator[tuple[str, Attributes, str]]:
        """Yield tag, attributes and text of the elements that describe the page."""


class LexborTree:
    """A page parsed as HTML5 browsers do."""

    extractor = f"selectolax-lexbor/{selectolax.__version__}"

    def __init__(self, html: str | bytes) -> None:
        """Take a page, as text or in UTF-8."""
        self._parser = LexborHTMLParser(html)
        suspects = self._parser.css(_MAYBE_HIDDEN)
        self._hidden = frozenset(node.mem_id for node in suspects if is_hidden(node.attributes))

    def walk(self, flow: Flow) -> None:
        """Feed the page to ``flow`` without recursion."""
        above: list[tuple[LexborNode, bool]] = []
        node = self._parser.root
        while node is not None:
            tag = node.tag
            if tag == "-text":
                flow.text(node.text_content or "")
            elif tag is not None and (child := self._enter(tag, node, flow)) is not None:
                above.append((node, self._open(tag, node, flow)))
                node = child
                continue
            after = node.next
            while after is None and above:
                node, framed = above.pop()
                if framed:
                    flow.close()
                after = node.next
            node = after

    def _enter(self, tag: str, node: LexborNode, flow: Flow) -> LexborNode | None:
        """Return the first child of an element that is to be gone through; feed it if it has none."""
        if tag in DROPPED or tag[0] == "-":
            return None
        child = node.first_child
        if child is None:
            if tag == "br":
                flow.line_break()
            elif tag in CELLS:
                flow.open(tag, node, False)
                flow.close()
        return child

    def _open(self, tag: str, node: LexborNode, flow: Flow) -> bool:
        """Open an element if it lays out its text or hides it; return whether it is to be closed."""
        hidden = bool(self._hidden) and node.mem_id in self._hidden
        framed = hidden or tag in FRAMED
        if framed:
            flow.open(tag, node, hidden)
        return framed

    def head(self) -> Iterator[tuple[str, Attributes, str]]:
        """Yield what describes the page."""
        for node in self._parser.css(",".join(HEAD_TAGS)):
            tag = node.tag or ""
            yield tag, node.attributes, node.text() if tag == "title" else ""

"""Two parsers behind one door: lexbor, and beautifulsoup4 for what lexbor cannot take."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Protocol

import bs4
import selectolax
from bs4.element import NavigableString, PageElement, PreformattedString
from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpuskit.read.element import CELLS, DROPPED, Attributes, is_hidden
from corpuskit.read.flow import Flow

_MAYBE_HIDDEN = '[hidden],[style*="none" i],[style*="hidden" i]'
_HEAD_TAGS = ("html", "title", "meta", "link", "time")


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

    def __init__(self, html: str) -> None:
        self._parser = LexborHTMLParser(html)
        suspects = self._parser.css(_MAYBE_HIDDEN)
        self._hidden = frozenset(node.mem_id for node in suspects if is_hidden(node.attributes))

    def walk(self, flow: Flow) -> None:
        """Feed the page to ``flow`` without recursion."""
        above: list[LexborNode] = []
        node = self._parser.root
        while node is not None:
            child = self._enter(node, flow)
            if child is not None:
                above.append(node)
                node = child
                continue
            after = node.next
            while after is None and above:
                flow.close()
                after = above.pop().next
            node = after

    def _enter(self, node: LexborNode, flow: Flow) -> LexborNode | None:
        """Feed a node; return its first child if it has one to go on with."""
        tag = node.tag
        if tag == "-text":
            flow.text(node.text_content or "")
        elif tag == "br":
            flow.line_break()
        elif tag is not None and tag not in DROPPED and tag[0] != "-":
            child = node.first_child
            if child is not None or tag in CELLS:
                flow.open(tag, node, node.mem_id in self._hidden)
                if child is not None:
                    return child
                flow.close()
        return None

    def head(self) -> Iterator[tuple[str, Attributes, str]]:
        """Yield what describes the page."""
        for node in self._parser.css(",".join(_HEAD_TAGS)):
            tag = node.tag or ""
            yield tag, node.attributes, node.text() if tag == "title" else ""


class _SoupElement:
    __slots__ = ("_tag",)

    def __init__(self, tag: bs4.Tag) -> None:
        self._tag = tag

    @property
    def attributes(self) -> Attributes:
        return {name: str(value) for name, value in self._tag.attrs.items()}


class SoupTree:
    """A page parsed by beautifulsoup4 over the standard library: slow, but in time linear in any nesting."""

    extractor = f"beautifulsoup4/{bs4.__version__}"

    def __init__(self, html: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._soup = bs4.BeautifulSoup(html, "html.parser", multi_valued_attributes=None)

    def walk(self, flow: Flow) -> None:
        """Feed the page to ``flow`` without recursion."""
        open_lists: list[Iterator[PageElement]] = [iter(self._soup.contents)]
        while open_lists:
            node = next(open_lists[-1], None)
            if node is None:
                open_lists.pop()
                if open_lists:
                    flow.close()
            elif isinstance(node, bs4.Tag):
                if node.name == "br":
                    flow.line_break()
                if node.name not in DROPPED:
                    element = _SoupElement(node)
                    flow.open(node.name, element, is_hidden(element.attributes))
                    open_lists.append(iter(node.contents))
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                flow.text(str(node))

    def head(self) -> Iterator[tuple[str, Attributes, str]]:
        """Yield what describes the page."""
        for node in self._soup.find_all(list(_HEAD_TAGS)):
            if isinstance(node, bs4.Tag):
                yield (
                    node.name,
                    _SoupElement(node).attributes,
                    "".join(map(str, node.contents)) if node.name == "title" else "",
                )

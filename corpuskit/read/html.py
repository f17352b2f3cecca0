"""HTML to the text a reader sees, block by block, and what the page says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from corpuskit.core.source import Block, Node
from corpuskit.read.about import about
from corpuskit.read.cost import is_costly
from corpuskit.read.flow import Flow

if TYPE_CHECKING:
    from corpuskit.read.trees import Tree

_SURROGATE = re.compile("[\ud800-\udfff]")
_STAND_IN = re.compile("[\U0010f000-\U0010f7ff]")
_SHIFT = 0x10F000 - 0xD800


@dataclass(frozen=True, slots=True)
class Extracted:
    """Text of a page: blocks apart by blank lines, cells of a row by tabs."""

    text: str
    blocks: tuple[Block, ...]
    """Disjoint and in order."""
    metadata: dict[str, Any] = field(default_factory=dict)
    """Any of ``title``, ``og_title``, ``author``, ``date``, ``url``, ``lang``, ``site``, as the page gives them."""
    extractor: str = ""
    elements: tuple[Node, ...] = ()
    """The elements around the blocks; an element stands behind its parent."""


def extract(html: str) -> Extracted:
    """Extract text, blocks and metadata, in time linear in the page's length.

    Raises ValueError if neither parser can read the page. Not for finding the article in the page: menus and
    hidden passages stay in the text, with the hints that tell them.
    """
    data = html.encode("utf-8", "surrogatepass")
    if not is_costly(html):
        try:
            return _by_lexbor(html, data)
        except (ValueError, RuntimeError, MemoryError):
            pass
    return _by_soup(html)


def _by_soup(html: str) -> Extracted:
    # slow to import, and seldom needed
    import bs4

    from corpuskit.read.soup import SoupTree

    try:
        return _extracted(SoupTree(html))
    except (AssertionError, ValueError, RecursionError, bs4.ParserRejectedMarkup) as error:
        raise ValueError(f"no parser can read the page: {error}") from error


def _by_lexbor(html: str, data: bytes) -> Extracted:
    """Lone surrogates, which lexbor would drop, pass through it as private characters the page does not use."""
    # runs over plain text need no parser
    from corpuskit.read.trees import LexborTree

    # a lone surrogate begins with ED in the data
    if b"\xed" not in data or not _SURROGATE.search(html):
        return _extracted(LexborTree(data))
    if _STAND_IN.search(html):
        raise ValueError("the page uses the stand-ins itself")
    found = _extracted(LexborTree(_SURROGATE.sub(lambda at: chr(ord(at[0]) + _SHIFT), html)))
    metadata = {name: _restored(value) for name, value in found.metadata.items()}
    blocks = tuple(block._replace(hint=_restored(block.hint)) for block in found.blocks)
    nodes = tuple(node._replace(words=_restored(node.words)) for node in found.elements)
    return replace(found, text=_restored(found.text), metadata=metadata, blocks=blocks, elements=nodes)


def _restored(text: str) -> str:
    return _STAND_IN.sub(lambda at: chr(ord(at[0]) - _SHIFT), text)


def _extracted(tree: Tree) -> Extracted:
    flow = Flow()
    tree.walk(flow)
    laid = flow.finish()
    return Extracted(laid.text, laid.blocks, about(tree.head()), tree.extractor, laid.elements)

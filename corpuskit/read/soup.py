"""beautifulsoup4 as the parser of what lexbor cannot take."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import bs4
from bs4.element import NavigableString, PageElement, PreformattedString

from corpuskit.read.element import DROPPED, FRAMED, Attributes, is_hidden
from corpuskit.read.flow import Flow
from corpuskit.read.trees import HEAD_TAGS


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
        above: list[tuple[Iterator[PageElement], bool]] = [(iter(self._soup.contents), False)]
        while above:
            siblings, framed = above[-1]
            node = next(siblings, None)
            if node is None:
                above.pop()
                if framed:
                    flow.close()
            elif isinstance(node, bs4.Tag):
                if node.name not in DROPPED:
                    above.append((iter(node.contents), _open(node, flow)))
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                flow.text(str(node))

    def head(self) -> Iterator[tuple[str, Attributes, str]]:
        """Yield what describes the page."""
        for node in self._soup.find_all(list(HEAD_TAGS)):
            if isinstance(node, bs4.Tag):
                yield (
                    node.name,
                    _SoupElement(node).attributes,
                    "".join(map(str, node.contents)) if node.name == "title" else "",
                )


def _open(node: bs4.Tag, flow: Flow) -> bool:
    if node.name == "br":
        flow.line_break()
    element = _SoupElement(node)
    hidden = is_hidden(element.attributes)
    if hidden or node.name in FRAMED:
        flow.open(node.name, element, hidden)
        return True
    return False

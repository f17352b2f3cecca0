"""An open element of a page: what it is, what it hides, and what it hands down to those inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from corpuskit.core.source import Node

Attributes = Mapping[str, str | None]
DROPPED = frozenset(
    (
        *("script", "style", "noscript", "template", "svg", "head", "title", "iframe", "noembed", "noframes"),
        *("audio", "video", "canvas", "datalist"),
    )
)
"""Elements whose text a browser does not show as text."""
BLOCKS = frozenset(
    (
        *("html", "body", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd"),
        *("table", "caption", "colgroup", "thead", "tbody", "tfoot", "tr", "td", "th", "section", "article", "main"),
        *("nav", "aside", "header", "footer", "hgroup", "search", "address", "blockquote", "center", "dir", "menu"),
        *("figure", "figcaption", "form", "fieldset", "legend", "details", "summary", "dialog", "pre", "listing"),
        *("xmp", "plaintext", "textarea", "select", "option", "optgroup", "button", "hr", "marquee"),
    )
)
FRAMED = BLOCKS | {"a"}
"""Elements that change how their text is laid out or counted; others do only when they hide it."""
CELLS = frozenset(["td", "th", "hr"])
"""Elements that lay out a page even when they are empty."""
_PRE = frozenset(["pre", "listing", "xmp", "plaintext", "textarea"])
_STRUCTURE = frozenset(["nav", "header", "footer", "aside", "form", "article", "main"])
_ANCESTORS = 4
_HINT_CHARS = 200
_WORDS_CHARS = 100


class Element(Protocol):
    """An element of either parser."""

    @property
    def attributes(self) -> Attributes:
        """Attributes by name."""


class Frame:
    """An open element and what it hands down. ``node`` is the parser's, asked for attributes only where text stands."""

    __slots__ = ("_below", "_words", "block", "hidden", "link", "node", "number", "pre", "structure", "tag", "up")

    def __init__(self, tag: str, node: Element | None, hidden: bool, up: Frame | None) -> None:
        self.tag = tag
        self.node = node
        self.up = up
        self.block = tag in BLOCKS
        self.number = -1
        self._words: tuple[str, ...] | None = None
        self._below: tuple[str, ...] | None = None
        if up is None:
            self.hidden, self.link, self.pre = hidden, tag == "a", tag in _PRE
            self.structure: tuple[str, ...] = ()
        else:
            self.hidden = hidden or up.hidden
            self.link = up.link or tag == "a"
            self.pre = up.pre or tag in _PRE
            self.structure = up.structure
        if tag in _STRUCTURE and tag not in self.structure:
            self.structure += (tag,)

    @property
    def words(self) -> tuple[str, ...]:
        """Words of the class, id and role attributes, lower-case."""
        if self._words is None:
            self._words = _words(self.node.attributes) if self.node is not None else ()
        return self._words

    def entered(self, nodes: list[Node]) -> int:
        """Return the frame's place among ``nodes``, adding it and those around it where they are not there yet.

        Inline elements have no place of their own.
        """
        if self.number >= 0:
            return self.number
        new: list[Frame] = []
        frame: Frame | None = self
        while frame is not None and frame.number < 0:
            if frame.block or frame.hidden:
                new.append(frame)
            frame = frame.up
        parent = -1 if frame is None else frame.number
        for made in reversed(new):
            nodes.append(Node(parent, made.tag, " ".join(made.words)[:_WORDS_CHARS]))
            parent = made.number = len(nodes) - 1
        return parent

    def hint(self) -> str:
        """Return ``hidden``, structural ancestors, then the words of the element and its nearest ancestors."""
        words = ["hidden"] if self.hidden else []
        words += self.structure
        words += self.words
        if self.up is not None:
            words += self.up.handed_down()
        joined = " ".join(dict.fromkeys(words))
        return joined if len(joined) <= _HINT_CHARS else joined[: _HINT_CHARS + 1].rpartition(" ")[0]

    def handed_down(self) -> tuple[str, ...]:
        """Return the words of the element and its nearest ancestors, which all right inside it are told by."""
        if self._below is None:
            words, frame = [*self.words], self.up
            for _ in range(_ANCESTORS - 1):
                if frame is None:
                    break
                words += frame.words
                frame = frame.up
            self._below = tuple(words)
        return self._below


def _words(attributes: Attributes) -> tuple[str, ...]:
    values = [value for name in ("class", "id", "role") if (value := attributes.get(name))]
    return tuple(" ".join(values).lower().split()) if values else ()


def is_hidden(attributes: Attributes) -> bool:
    """Tell whether an element hides itself, by attribute or inline style."""
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    if not style:
        return False
    plain = "".join(style.lower().split())
    return "display:none" in plain or "visibility:hidden" in plain

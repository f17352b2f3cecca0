"""HTML that is escaped by construction: what is not made by ``el`` is text, and text is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Final

_VOID: Final = frozenset({"meta", "input", "br", "hr", "link"})
# controls, changes of the direction of writing, invisible characters, halves of pairs, noncharacters
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_NAME = re.compile(r"[a-z][a-z0-9-]*")


class Html:
    """A finished piece of HTML; only this module and trusted constants make one."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


Child = Html | str | int | None | Iterable["Child"]
Value = str | int | float | bool | None


def text(value: str) -> Html:
    r"""Return a text as HTML; characters that cannot be seen, or that turn the writing round, become their number.

    >>> str(text("<b>\u202e"))
    '&lt;b&gt;<span class="unseen">U+202E</span>'
    """
    plain = html.escape(value.replace("\r\n", "\n").replace("\r", "\n"))
    return Html(_UNSEEN.sub(lambda found: f'<span class="unseen">U+{ord(found[0]):04X}</span>', plain))


def el(tag: str, *children: Child, **attributes: Value) -> Html:
    """Return an element.

    Children that are no ``Html`` are text. ``class_`` is the attribute class, ``aria_label`` is aria-label; an
    attribute of None or False is left out, one of True has no value.

    Raises:
        ValueError: a name that is none, or an attribute that would run as a script.

    >>> str(el("p", "a < b", class_="note", hidden=True))
    '<p class="note" hidden>a &lt; b</p>'
    """
    if not _NAME.fullmatch(tag.lower()):
        raise ValueError(f"{tag!r} is no name of an element")
    head = tag + "".join(_attribute(name, value) for name, value in attributes.items())
    return Html(f"<{head}>") if tag in _VOID else Html(f"<{head}>{join(children)}</{tag}>")


def join(children: Iterable[Child]) -> Html:
    """Return the HTML of children one after the other."""
    return Html("".join(_flat(children)))


def trusted(markup: str) -> Html:
    """Return a constant of this package, style or script, as it is; never a text that was read."""
    return Html(markup)


def _flat(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if isinstance(child, Html):
            yield child.text
        elif isinstance(child, str):
            yield text(child).text
        elif isinstance(child, int):
            yield str(child)
        elif child is not None:
            yield from _flat(child)


def _attribute(name: str, value: Value) -> str:
    name = name.removesuffix("_").replace("_", "-")
    if not _NAME.fullmatch(name.lower()) or name.startswith("on") or name == "style":
        raise ValueError(f"{name!r} is no attribute for these pages")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{_quoted(str(value))}"'


def _quoted(value: str) -> str:
    return html.escape(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", value))

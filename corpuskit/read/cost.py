"""Pages on which HTML5 parsing takes time quadratic in their length, told beforehand in linear time."""

from __future__ import annotations

from corpuskit.core.late import late

_TAG = late(r"</?[a-zA-Z][^\s/>]{0,40}")
_FEW_TAGS = 300
_DEEPEST = 1000
_MOST_FORMATTING = 30
_MOST_OPTIONS = 5000
_LONG_TAG = 20_000
_WINDOW = _LONG_TAG // 2
_MOST_ATTRIBUTES = 2000
# Elements that HTML5 closes by itself, or that hold nothing: left open they do not nest.
_SELF_CLOSING = frozenset(
    (
        *("p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup"),
        *("br", "img", "hr", "input", "meta", "link", "area", "base", "col", "embed", "param", "source", "track"),
        *("wbr", "html", "head", "body", "rt", "rp"),
    )
)
_FORMATTING = frozenset(
    ("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
)


def is_costly(html: str) -> bool:
    """Tell whether an HTML5 parser would need seconds for a page of ordinary size.

    Costly are elements nested over 1,000 deep (each new block looks through all that are open), formatting left open
    (each new block opens it again), thousands of options, and thousands of attributes in one tag.
    """
    return _has_endless_tag(html) or (html.count("<") >= _FEW_TAGS and _is_deep(html))


def _has_endless_tag(html: str) -> bool:
    # a piece so long holds a whole window, and most pages have no window without an end of a tag
    windows = range(0, len(html) - _WINDOW + 1, _WINDOW)
    if all(html.find(">", at, at + _WINDOW) >= 0 for at in windows):
        return False
    long = (piece for piece in html.split(">") if len(piece) > _LONG_TAG)
    return any((tag := _TAG.search(piece)) and len(piece[tag.start() :].split()) > _MOST_ATTRIBUTES for piece in long)


def _is_deep(html: str) -> bool:
    found = _TAG.findall(html)
    names = {begin: _named(begin) for begin in set(found)}
    if sum(found.count(begin) for begin, tag in names.items() if tag == "option" and begin[1] != "/") > _MOST_OPTIONS:
        return True
    nesting = {begin: (tag, begin[1] == "/") for begin, tag in names.items() if tag not in _SELF_CLOSING}
    unclosed = dict.fromkeys(names.values(), 0)
    depth = formatting = 0
    for tag, closing in filter(None, map(nesting.get, found)):
        if not closing:
            unclosed[tag] += 1
            depth += 1
            formatting += tag in _FORMATTING
            if depth > _DEEPEST or formatting > _MOST_FORMATTING:
                return True
        elif unclosed[tag]:
            unclosed[tag] -= 1
            depth -= 1
            formatting -= tag in _FORMATTING
    return False


def _named(begin: str) -> str:
    """Return the element of which something is the beginning of a tag."""
    return begin.lstrip("</").lower()

"""Where in the tree of an HTML page the article stands: what holds most of the prose, and what is beside it.

Every line weighs what it holds of running text outside links. From the root down, the way goes into the child that
holds nearly all of it; where no child does, the article (or the thread) is what stands there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page
from corpuskit.core.source import Block, Node

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_ARTICLE, _THREAD = 0.8, 0.98
"""Share of an element's prose that a child holds when the article, or the thread, is in the child."""
_MINOR = 0.4
"""Share of the page's prose below which an element may be beside the article by its name alone."""
_EDGE = 0.03
"""The same for the head and foot of a thread: its posts have them too, with text inside."""
_TRUST = 0.85
"""Largest share of the prose that the names of elements may take."""
_CARD, _LINKED = 0.2, 0.12
"""Weight of text in lists of other pages, and the share of links that tells such an entry."""
_FIELD = 50
"""Mean characters of a field in the frame of a post, at most."""
_LEAVES = frozenset(
    ("p", "td", "th", "tr", "tbody", "li", "pre", "span", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "dd", "dt")
)
_ITEMS = _LEAVES - {"li", "tr", "td"}
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BESIDE = frozenset(("nav", "aside", "footer", "select", "option", "button"))


class Told(NamedTuple):
    """What the tree says of a line."""

    inside: bool
    """It stands in the element that holds the article."""
    beside: bool
    """It stands in an element named as furniture, or hidden."""
    links: float
    """Share of its block's characters inside links."""
    thread: bool
    """The page is a thread."""
    text: bool
    """It stands in an element named as holding text."""

    @property
    def sure(self) -> bool:
        """It is the article's or a post's, as far as the tree shows."""
        return self.inside and not self.beside and self.links < 0.5


def told(page: Page) -> list[Told | None]:
    """Return what the tree says of each line; None where it says nothing."""
    found = content(page)
    if found is None:
        return [None] * len(page.lines)
    return [None if place is None else found.get(place) for place in page.places]


def leads(page: Page) -> bool:
    """Say whether a page mostly leads to others, as far as its links show: always of plain text, which has none."""
    found = evidence(page)
    if not page.source.elements:
        return True
    shares = _linked(found, page.blocks)
    return sum(e.size * share for e, share in zip(found, shares, strict=True)) > 0.75 * sum(e.size for e in found)


def content(page: Page) -> dict[int, Told] | None:
    """Return what the tree says of each line, by its place in the source; None for plain text."""
    if not page.source.elements:
        return None
    if "content" not in page.by_line:
        page.by_line["content"] = _content(page)
    found: dict[int, Told] = page.by_line["content"]
    return found


def _content(page: Page) -> dict[int, Told]:
    nodes, blocks = page.source.elements, page.blocks
    at = [block.element if block is not None else 0 for block in blocks]
    linked = _linked(evidence(page), blocks)
    mass = np.array([_mass(e, share) for e, share in zip(evidence(page), linked, strict=True)])
    total = _under(nodes, at, mass)
    thread = _is_thread(page, total)
    if not thread:
        links = np.array([line.end - line.start for line in page.lines]) * linked
        cards = _cards(nodes, total, _under(nodes, at, links))
        mass = mass * np.array([_CARD if cards[i] else 1.0 for i in at])
        total = _under(nodes, at, mass)
    beside = _named(nodes, total, thread=thread)
    texts = _inherited(nodes, [_says("text", node.words) for node in nodes])
    hidden = _hidden(blocks, mass)
    alive = np.array([not beside[i] and not h for i, h in zip(at, hidden, strict=True)])
    mass = mass * np.array([2.0 if texts[i] else 1.0 for i in at])
    main = _main(nodes, _under(nodes, at, mass * alive), _THREAD if thread else _ARTICLE)
    inside = _inherited(nodes, [i == main for i in range(len(nodes))])
    if thread:
        alive &= ~_fields(nodes, at, evidence(page), [inside[i] for i in at])
    out = {}
    for place, i, share, live in zip(page.places, at, linked, alive, strict=True):
        if place is not None:
            out[place] = Told(inside[i], not live, share, thread, texts[i])
    return out


def _fields(nodes: Sequence[Node], at: list[int], found: list[Evidence], inside: list[bool]) -> Flags:
    """Say which lines are fields of a post's frame: author, date, counters.

    They stand in the same place of many posts, are short, and hardly any is a sentence.
    """
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for line, (i, within) in enumerate(zip(at, inside, strict=True)):
        if within:
            groups[_path(nodes, i)].append(line)
    out = np.zeros(len(at), bool)
    speaks = _under(nodes, at, np.array([float(e.prose or e.final) for e in found]))
    for lines in groups.values():
        # what stands right in a frame is a field where something else is said in the frame
        near = {i for line in lines if (i := _above(nodes, at[line], 1)) >= 0 and speaks[i] > 0}
        posts = max({_above(nodes, at[line], 2) for line in lines}, near, key=len)
        sizes = sum(found[line].size for line in lines)
        said = sum(found[line].size for line in lines if found[line].prose or found[line].final)
        if (
            sum(bool(speaks[i] > 0) for i in posts if i >= 0) >= 3
            and len(lines) <= 3 * len(posts)
            and sizes <= _FIELD * len(lines)
            and said < 0.2 * sizes
        ):
            out[lines] = True
    return out


def _path(nodes: Sequence[Node], at: int) -> tuple[str, ...]:
    """Return tags and words of an element and the two around it."""
    out: list[str] = []
    for _ in range(3):
        out += [nodes[at].tag, _shape(nodes[at].words)] if at >= 0 else []
        at = nodes[at].parent if at >= 0 else -1
    return tuple(out)


def _above(nodes: Sequence[Node], at: int, steps: int) -> int:
    return at if steps == 0 or at < 0 else _above(nodes, nodes[at].parent, steps - 1)


def _cards(nodes: Sequence[Node], mass: Numbers, links: Numbers) -> list[bool]:
    """Say which elements stand in a list of other pages: siblings alike, nearly each with a link and some text."""
    siblings: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for i, node in enumerate(nodes):
        if node.tag not in _ITEMS and mass[i] + links[i] > 0:
            siblings[node.parent, node.tag, _shape(node.words)].append(i)
    flags = [False] * len(nodes)
    for group in siblings.values():
        linked = sum(links[i] >= _LINKED * (mass[i] + links[i]) for i in group)
        if len(group) >= 3 and linked >= 0.7 * len(group):
            for i in group:
                flags[i] = True
    return _inherited(nodes, flags)


def _hidden(blocks: Sequence[Block | None], mass: Numbers) -> list[bool]:
    """Say which lines the page hides; none where that would be most of it, for then a script shows it."""
    flags = [block is not None and block.hint.startswith("hidden") for block in blocks]
    return flags if mass[np.array(flags, bool)].sum() < _MINOR * mass.sum() else [False] * len(flags)


def _linked(found: list[Evidence], blocks: Sequence[Block | None]) -> list[float]:
    """Return each line's share inside links; 0 throughout where a link left open holds the page's prose."""
    out = [block.link_density if block is not None else 0.0 for block in blocks]
    prose = sum(e.size for e in found if e.prose)
    return (
        out
        if sum(e.size * share for e, share in zip(found, out, strict=True) if e.prose) <= 0.7 * prose
        else [0.0] * len(out)
    )


def _mass(e: Evidence, linked: float) -> float:
    """Return how much running text a line holds."""
    return 0.0 if e.chrome >= 0.5 else e.size * (1.0 if e.prose else 0.25) * (1 - linked) ** 2


def _under(nodes: Sequence[Node], at: list[int], mass: Numbers) -> Numbers:
    """Return the mass in each element, itself and further down."""
    out = np.bincount(at, mass, len(nodes)).astype(np.float64)
    for i in range(len(nodes) - 1, 0, -1):
        if nodes[i].parent >= 0:
            out[nodes[i].parent] += out[i]
    return out


def _inherited(nodes: Sequence[Node], flags: Sequence[bool]) -> list[bool]:
    """Return the flags, handed down to what stands inside."""
    out: list[bool] = []
    for node, flag in zip(nodes, flags, strict=True):
        out.append(flag or (node.parent >= 0 and out[node.parent]))
    return out


@lru_cache(maxsize=8192)
def _says(name: str, words: str) -> bool:
    return bool(words) and forms("elements")[name].search(words) is not None


def _named(nodes: Sequence[Node], under: Numbers, *, thread: bool) -> list[bool]:
    """Say of each element whether it, or one around it, is named as standing beside the article."""
    total = under[0]
    aside = _trusted(nodes, under, "beside", _MINOR)
    edges = _trusted(nodes, under, "edge", _EDGE if thread else _MINOR)
    voices = sum(_own(nodes, under, "voices"))
    # what readers say may be more than the article, but an article there must be
    most = _MINOR * total if total - voices < 80 else total
    flags = []
    for i, node in enumerate(nodes):
        voiced = not thread and _says("voices", node.words)
        tagged = node.tag in _BESIDE and under[i] < _MINOR * total
        flags.append(tagged or aside[i] or edges[i] or (voiced and under[i] < most))
    return _inherited(nodes, flags)


def _trusted(nodes: Sequence[Node], under: Numbers, name: str, most: float) -> list[bool]:
    """Say which elements have a name, hold little of the prose, and are no headings; none if they take most of it."""
    flags = [
        under[i] < most * under[0]
        and _says(name, node.words)
        and node.tag not in _HEADINGS
        and not _says("text", node.words)
        for i, node in enumerate(nodes)
    ]
    # names that leave no article are a template's own
    taken = sum(_outermost(nodes, under, flags))
    return flags if taken <= (_TRUST if name == "beside" else 0.5) * under[0] else [False] * len(nodes)


def _own(nodes: Sequence[Node], under: Numbers, name: str) -> list[float]:
    """Return the mass of each outermost element of a name."""
    return _outermost(nodes, under, [_says(name, node.words) for node in nodes])


def _outermost(nodes: Sequence[Node], under: Numbers, flags: Sequence[bool]) -> list[float]:
    """Return the mass of each flagged element that stands in no other."""
    inside = _inherited(nodes, flags)
    return [
        float(under[i]) for i, node in enumerate(nodes) if flags[i] and not (node.parent >= 0 and inside[node.parent])
    ]


def _is_thread(page: Page, under: Numbers) -> bool:
    """Say whether the page calls itself a forum's, or is built as a thread."""
    nodes, total = page.source.elements, under[0]
    if not total:
        return False
    called = any(forms("elements")["forum"].search(str(value)) for value in page.source.metadata.values())
    threads = sum(_says("thread", node.words) for node in nodes)
    asked = all(any(word in node.words for node in nodes) for word in ("question", "answer"))
    posts = sum(_own(nodes, under, "post")) / total
    siblings: dict[tuple[int, str, str], list[float]] = defaultdict(list)
    for i, node in enumerate(nodes):
        if under[i] > 0 and node.tag not in _ITEMS:
            siblings[node.parent, node.tag, _shape(node.words)].append(float(under[i]))
    alike = max((sum(group) - max(group) for group in siblings.values() if len(group) > 2), default=0.0) / total
    score = 1.2 * called + 0.5 * asked + min(1.0, 0.35 * threads) + 0.8 * (posts > 0.3) + 0.4 * (alike > 0.3)
    return bool(score >= 1.2)


@lru_cache(maxsize=8192)
def _shape(words: str) -> str:
    """Return the words without those that number an element."""
    return " ".join(word for word in words.split() if not any(map(str.isdigit, word)))


def _main(nodes: Sequence[Node], under: Numbers, most: float) -> int:
    """Return the smallest element that holds nearly all of the prose, but no single paragraph."""
    best: dict[int, int] = {}
    for i, node in enumerate(nodes):
        if node.parent >= 0 and (node.parent not in best or under[i] > under[best[node.parent]]):
            best[node.parent] = i
    at = 0
    while at in best and under[best[at]] > 0 and under[best[at]] >= most * under[at]:
        at = best[at]
    while nodes[at].tag in _LEAVES and nodes[at].parent >= 0:
        at = nodes[at].parent
    return at

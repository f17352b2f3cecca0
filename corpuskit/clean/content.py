"""Where in the tree of an HTML page the article stands: what holds most of the prose, and what is beside it.

Every line weighs what it holds of running text outside links. From the root down, the way goes into the child that
holds nearly all of it; where no child does, the article (or the thread) is what stands there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.evidence import Columns, Evidence, columns
from corpuskit.clean.forums import names_forum
from corpuskit.clean.posts import speaks
from corpuskit.clean.tree import LEAVES, Tree
from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page
from corpuskit.core.source import Block

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
    if not page.source.elements:
        return True
    found = columns(page)
    return bool(found.size @ _linked(found, page.blocks) > 0.75 * found.size.sum())


def content(page: Page) -> dict[int, Told] | None:
    """Return what the tree says of each line, by its place in the source; None for plain text."""
    if not page.source.elements:
        return None
    if "content" not in page.by_line:
        page.by_line["content"] = _content(page)
    found: dict[int, Told] = page.by_line["content"]
    return found


def _content(page: Page) -> dict[int, Told]:
    tree, blocks, found = Tree(page.source.elements), page.blocks, columns(page)
    at = [block.element if block is not None else 0 for block in blocks]
    place = np.array(at, np.int64)
    linked = _linked(found, blocks)
    mass = _mass(found, linked)
    total = tree.under(at, mass)
    thread = _is_thread(page, tree, total)
    if not thread:
        starts, ends = page.bounds
        cards = np.array(_cards(tree, total, tree.under(at, (ends - starts) * linked)))
        mass = mass * np.where(cards[place], _CARD, 1.0)
        total = tree.under(at, mass)
    beside = np.array(_named(tree, total, thread=thread))
    texts = np.array(tree.inherited(tree.says("text")))
    alive = ~beside[place] & ~_hidden(blocks, mass)
    mass = mass * np.where(texts[place], 2.0, 1.0)
    main = _main(tree, tree.under(at, mass * alive), _THREAD if thread else _ARTICLE)
    inside = np.array(tree.inherited([i == main for i in range(len(tree))]))[place]
    if thread:
        alive &= ~_fields(tree, at, found.lines, inside.tolist())
    each = zip(page.places, inside.tolist(), (~alive).tolist(), linked.tolist(), texts[place].tolist(), strict=True)
    return {
        line: Told(within, dead, share, thread, text) for line, within, dead, share, text in each if line is not None
    }


def _fields(tree: Tree, at: list[int], found: list[Evidence], inside: list[bool]) -> Flags:
    """Say which lines are fields of a post's frame: author, date, counters.

    They stand in the same place of many posts, are short, and hardly any is a sentence.
    """
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for line, (i, within) in enumerate(zip(at, inside, strict=True)):
        if within:
            groups[tree.path(i)].append(line)
    out = np.zeros(len(at), bool)
    speaks = tree.under(at, [float(e.prose or e.final) for e in found])
    for lines in groups.values():
        # what stands right in a frame is a field where something else is said in the frame
        near = {i for line in lines if (i := tree.above(at[line], 1)) >= 0 and speaks[i] > 0}
        posts = max({tree.above(at[line], 2) for line in lines}, near, key=len)
        sizes = sum(found[line].size for line in lines)
        said = sum(found[line].size for line in lines if found[line].prose or found[line].final)
        if (
            sum(speaks[i] > 0 for i in posts if i >= 0) >= 3
            and len(lines) <= 3 * len(posts)
            and sizes <= _FIELD * len(lines)
            and said < 0.2 * sizes
        ):
            out[lines] = True
    return out


def _cards(tree: Tree, mass: list[float], links: list[float]) -> list[bool]:
    """Say which elements stand in a list of other pages: siblings alike, nearly each with a link and some text."""
    flags = [False] * len(tree)
    whole = [held + link for held, link in zip(mass, links, strict=True)]
    for group in tree.alike(whole):
        if len(group) >= 3 and sum(links[i] >= _LINKED * whole[i] for i in group) >= 0.7 * len(group):
            for i in group:
                flags[i] = True
    return tree.inherited(flags)


def _hidden(blocks: Sequence[Block | None], mass: Numbers) -> Flags:
    """Say which lines the page hides; none where that would be most of it, for then a script shows it."""
    flags = np.array([block is not None and block.hint.startswith("hidden") for block in blocks], bool)
    return flags if mass[flags].sum() < _MINOR * mass.sum() else np.zeros(len(flags), bool)


def _linked(found: Columns, blocks: Sequence[Block | None]) -> Numbers:
    """Return each line's share inside links; 0 throughout where a link left open holds the page's prose."""
    out = np.array([block.link_density if block is not None else 0.0 for block in blocks])
    prose = found.size * found.prose
    return out if prose @ out <= 0.7 * prose.sum() else np.zeros(len(out))


def _mass(found: Columns, linked: Numbers) -> Numbers:
    """Return how much running text each line holds."""
    out: Numbers = found.size * np.where(found.prose, 1.0, 0.25) * (1 - linked) ** 2
    return np.where(found["chrome"] >= 0.5, 0.0, out)


def _named(tree: Tree, under: list[float], *, thread: bool) -> list[bool]:
    """Say of each element whether it, or one around it, is named as standing beside the article."""
    total = under[0]
    aside = _trusted(tree, under, "beside", _MINOR)
    edges = _trusted(tree, under, "edge", _EDGE if thread else _MINOR)
    voices = tree.says("voices")
    said = sum(tree.outermost(under, voices))
    # what readers say may be more than the article, but an article there must be
    most = 0.0 if thread else _MINOR * total if total - said < 80 else total
    minor = _MINOR * total
    flags = [
        beside or edge or (voice and held < most) or (tag in _BESIDE and held < minor)
        for beside, edge, voice, held, tag in zip(aside, edges, voices, under, tree.tags, strict=True)
    ]
    return tree.inherited(flags)


def _trusted(tree: Tree, under: list[float], name: str, most: float) -> list[bool]:
    """Say which elements have a name, hold little of the prose, and are no headings; none if they take most of it."""
    most *= under[0]
    flags = [
        named and held < most and not text and tag not in _HEADINGS
        for named, text, held, tag in zip(tree.says(name), tree.says("text"), under, tree.tags, strict=True)
    ]
    # names that leave no article are a template's own
    taken = sum(tree.outermost(under, flags))
    return flags if taken <= (_TRUST if name == "beside" else 0.5) * under[0] else [False] * len(tree)


def _is_thread(page: Page, tree: Tree, under: list[float]) -> bool:
    """Say whether the page calls itself a forum's, or is built as a thread."""
    total = under[0]
    if not total:
        return False
    called = any(_calls_forum(name, str(value)) for name, value in page.source.metadata.items())
    threads = sum(tree.says("thread"))
    asked = all(any(word in words for words in tree.words) for word in ("question", "answer"))
    posts = sum(tree.outermost(under, tree.says("post"))) / total
    groups = ([under[i] for i in group] for group in tree.alike(under) if len(group) > 2)
    alike = max((sum(group) - max(group) for group in groups), default=0.0) / total
    score = 1.2 * called + 0.5 * asked + min(1.0, 0.35 * threads) + 0.8 * (posts > 0.3) + 0.4 * (alike > 0.3)
    # entries of a blog are called posts too, and stand as alike
    spoken = called or asked or threads > 1 or speaks(page)
    return bool(score >= 1.2 and spoken)


def _calls_forum(name: str, value: str) -> bool:
    """Say whether what a page says of itself names a forum."""
    return names_forum(value) if "title" in name else forms("elements")["forum"].search(value) is not None


def _main(tree: Tree, under: list[float], most: float) -> int:
    """Return the smallest element that holds nearly all of the prose, but no single paragraph."""
    best: dict[int, int] = {}
    for i, parent in enumerate(tree.parents):
        if parent >= 0 and (parent not in best or under[i] > under[best[parent]]):
            best[parent] = i
    at = 0
    while at in best and under[best[at]] > 0 and under[best[at]] >= most * under[at]:
        at = best[at]
    while tree.tags[at] in LEAVES and tree.parents[at] >= 0:
        at = tree.parents[at]
    return at

"""Labelled pages: a page of raw text with its gold labels written into it.

A block is ``⟦role article flags⟧text⟦/⟧``; outside blocks stands nothing but white space. Roles are those of
``ROLES``; an article is ``a1``, ``a2`` …, and noise has none. The flag ``+`` says that a body block continues the
piece before it, in its article's reading order, in the same paragraph; ``@N`` gives its place in that order where it
is not the order of the page. ``⟪bad|good⟫`` marks text that the page shows as bad and that should be read as good.
Lines ``#! key: value`` come first: id, lang, kind, note, traps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from corpuskit.write.atomic import explained

_BLOCK = re.compile(r"⟦([a-z]+)((?: [^⟧]*)?)⟧(.*?)⟦/⟧", re.S)
_FIX = re.compile(r"⟪([^|⟪⟫]*)\|([^⟪⟫]*)⟫")
_ARTICLE = re.compile(r"a\d+")

KEEP = frozenset({"body", "subhead"})
"""Roles that belong into the text."""
NOISE = frozenset({"chrome", "related", "spam", "ad", "comment"})
"""Roles that must go."""
EITHER = frozenset({"title", "subtitle", "byline", "date", "source", "caption", "sidebar"})
"""Roles that may stand in the text or in the metadata."""
ROLES = KEEP | NOISE | EITHER


class LabelError(ValueError):
    """A labelled page whose labels cannot be read; the message names file and place."""


class Fix(NamedTuple):
    """A damaged passage: as shown, as it should be read, and where that begins in the block's good text."""

    bad: str
    good: str
    at: int


@dataclass(frozen=True, slots=True)
class Block:
    """A labelled stretch of a page."""

    role: str
    article: str | None
    joins: bool
    order: float
    raw: str
    good: str
    fixes: tuple[Fix, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its header, its raw text, and its blocks in the order of the page."""

    id: str
    header: dict[str, str]
    raw: str
    blocks: tuple[Block, ...]

    @property
    def kind(self) -> str:
        """The kind of page, by which scores are grouped."""
        return self.header.get("kind", "?")

    def articles(self) -> dict[str, list[Block]]:
        """Return the blocks of each article in reading order."""
        mine = [block for block in self.blocks if block.article]
        first = {name: number for number, name in reversed(list(enumerate(block.article for block in mine)))}
        mine.sort(key=lambda block: (first[block.article], block.order))
        return {str(name): list(blocks) for name, blocks in groupby(mine, lambda block: block.article)}


def parse(text: str, name: str) -> Page:
    """Return the page of a text with labels.

    Raises:
        LabelError: text outside blocks, an unknown role or flag, a body without an article, or stray brackets.

    >>> page = parse("⟦body a1⟧河⟪氵|水⟫涨了。⟦/⟧\\n⟦ad⟧大降价⟦/⟧\\n", "p")
    >>> page.raw, page.blocks[0].good
    ('河氵涨了。\\n大降价\\n', '河水涨了。')
    """
    header, text = _header(text)
    raw: list[str] = []
    blocks: list[Block] = []
    at = 0
    for found in _BLOCK.finditer(text):
        raw.append(_gap(text[at : found.start()], name))
        block = _block(found, len(blocks), name)
        raw.append(block.raw)
        blocks.append(block)
        at = found.end()
    raw.append(_gap(text[at:], name))
    return Page(header.get("id", name), header, "".join(raw), tuple(blocks))


def load(folder: Path) -> list[Page]:
    """Return the labelled pages (``*.page``) of a folder by name; LabelError where there is none."""
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "no such folder"
        raise LabelError(f"{folder}: {what}: name a folder of labelled pages (*.page), as fixtures/labelled")
    paths = sorted(folder.glob("*.page"))
    if not paths:
        raise LabelError(f"{folder} holds no labelled page (*.page): name a folder of them, as fixtures/labelled")
    return [read(path) for path in paths]


def read(path: Path) -> Page:
    """Return the page of a file; LabelError where it is not UTF-8 or its labels cannot be read."""
    try:
        return parse(path.read_bytes().decode("utf-8"), path.stem)
    except UnicodeDecodeError as error:
        raise LabelError(f"{path}: a labelled page is not UTF-8 ({error}): convert it") from error


def export(pages: Iterable[Page], folder: Path) -> None:
    """Write each page's raw text as ``<id>.txt``; OutputError where the folder cannot be written."""
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for page in pages:
            (folder / f"{page.id}.txt").write_bytes(page.raw.encode("utf-8"))


def _header(text: str) -> tuple[dict[str, str], str]:
    header: dict[str, str] = {}
    while text.startswith("#!"):
        line, _, text = text.partition("\n")
        key, _, value = line[2:].partition(":")
        header[key.strip()] = value.strip()
    return header, text


def _gap(gap: str, name: str) -> str:
    if gap.strip():
        raise LabelError(f"{name}: text outside a block: {gap.strip()[:60]!r}")
    return gap


def _block(found: re.Match[str], number: int, name: str) -> Block:
    role, text = found[1], found[3]
    article, joins, order = _flags(found[2].split(), name)
    if role not in ROLES:
        raise LabelError(f"{name}: unknown role {role!r}; there are {', '.join(sorted(ROLES))}")
    if (role in KEEP or role == "title") and article is None:
        raise LabelError(f"{name}: {role} without an article: {text[:40]!r}")
    shown, good = _FIX.sub(r"\1", text), _FIX.sub(r"\2", text)
    if any(bracket in shown for bracket in "⟦⟧⟪"):
        raise LabelError(f"{name}: stray bracket in {shown[:60]!r}")
    return Block(role, article, joins, float(number) if order is None else order, shown, good, _fixes(text))


def _flags(words: list[str], name: str) -> tuple[str | None, bool, float | None]:
    article, joins, order = None, False, None
    for word in words:
        if word == "+":
            joins = True
        elif word[0] == "@":
            order = float(word[1:])
        elif _ARTICLE.fullmatch(word):
            article = word
        else:
            raise LabelError(f"{name}: unknown flag {word!r}")
    return article, joins, order


def _fixes(text: str) -> tuple[Fix, ...]:
    out: list[Fix] = []
    shift = 0
    for found in _FIX.finditer(text):
        out.append(Fix(found[1], found[2], found.start() - shift))
        shift += len(found[0]) - len(found[2])
    return tuple(out)

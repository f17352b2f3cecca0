"""New labelled pages out of labelled pages: the article of one, the noise of others, menus and lists made up.

Captured pages carry far longer menus and lists than anyone labels by hand, and the same article may stand in any
site. So the noise of one page goes round, between and behind the paragraphs of another, rows of a menu become one
item a line, and menus and lists of titles are cut from the words of other articles, whose labels are then known.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from corpuskit.inventions import Inventor
from corpuskit.labelled import NOISE, Block, Page

_ITEMS = re.compile(r"[\s|｜丨·•/>＞»]+")
_CLAUSES = re.compile("[，。！？；：、“”「」『』（）]")
_SENTENCE = re.compile("[。，]")
_HEADS = ("相关文章", "猜你喜欢", "推荐阅读", "更多内容", "延伸閱讀")
_ENDS = ("官网", "登录", "app下载", "平台", "客服")
_HAN = re.compile("[\u4e00-\u9fff]{6}")


class Piece(NamedTuple):
    """A block without its place."""

    role: str
    text: str


class Parts(NamedTuple):
    """A page taken apart: the noise above its article, the article with what stands inside it, the noise below."""

    head: list[Piece]
    core: list[Piece]
    tail: list[Piece]
    language: str


def compose(pages: Sequence[Page], count: int, seed: int = 7) -> list[Page]:
    """Return ``count`` new pages; the same for the same pages and seed.

    None where the pages hold too little to compose from: articles, and noise above, inside and below them.
    """
    return _Composer(pages, random.Random(seed)).pages(count)


def _parts(page: Page) -> Parts:
    pieces = [Piece(block.role, block.raw) for block in page.blocks]
    kept = [i for i, piece in enumerate(pieces) if piece.role not in NOISE]
    first, last = (kept[0], kept[-1] + 1) if kept else (len(pieces), len(pieces))
    return Parts(pieces[:first], pieces[first:last], pieces[last:], page.header.get("lang", "zh")[:2])


class _Composer:
    def __init__(self, pages: Sequence[Page], chance: random.Random) -> None:
        self._chance = chance
        self._parts = [_parts(page) for page in pages]
        bodies = (block.raw for page in pages for block in page.blocks if block.role == "body")
        self._bodies = [body for body in bodies if len(body) > 60 and _HAN.search(body)]
        self._inventor = Inventor(chance, self._bodies)
        self._inner = [
            (part.language, list(run))
            for part in self._parts
            for noise, run in groupby(part.core, lambda piece: piece.role in NOISE)
            if noise
        ]
        self._wares = [
            (part.language, [piece])
            for part in self._parts
            for piece in (*part.head, *part.core, *part.tail)
            if piece.role in ("spam", "ad")
        ]

    def pages(self, count: int) -> list[Page]:
        cores = [part for part in self._parts if part.core]
        heads = [(part.language, part.head) for part in self._parts if part.head]
        tails = [(part.language, part.tail) for part in self._parts if part.tail]
        if not all((cores, heads, tails, self._bodies, self._inner, self._wares)):
            return []
        return [self._page(self._chance.choice(cores), heads, tails, number) for number in range(count)]

    def _page(
        self, of: Parts, heads: list[tuple[str, list[Piece]]], tails: list[tuple[str, list[Piece]]], number: int
    ) -> Page:
        head = self._cut(self._pick(heads, of.language), top=True) if self._often(0.85) else []
        tail = self._cut(self._pick(tails, of.language), top=False) if self._often(0.9) else []
        if self._often(0.25):
            tail = tail + self._cut(self._pick(tails, of.language), top=False)
        # a page without an article, and one with paragraphs of others under its own
        core = self._invented(self._core(of), of.language) if self._often(0.95) else self._nothing(of.language)
        tail = self._strangers() + tail if self._often(0.06) else tail
        tail = self._talk(of.language) + tail if self._often(0.2) else tail
        tail = self._put(tail, self._lines("chrome", of.language, 1, 3)) if self._often(0.5) else tail
        head = self._put(head, self._lines("chrome", of.language, 1, 2)) if self._often(0.2) else head
        head, tail = self._apart(head, 0.7), self._apart(tail, 0.5)
        if self._often(0.6):
            head = self._put(head, self._menu(self._chance.choice((5, 8, 12, 20, 35, 60))))
            head += self._titles(self._chance.randrange(3, 12)) if self._often(0.3) else []
        if self._often(0.6):
            size = self._chance.choice((3, 5, 8, 12, 20))
            tail = self._put(tail, self._menu(size) if self._often(0.5) else self._titles(size))
        return _joined(f"x{number}", [*head, *core, *tail])

    def _often(self, share: float) -> bool:
        return self._chance.random() < share

    def _pick(self, found: list[tuple[str, list[Piece]]], language: str) -> list[Piece]:
        same = [entry for entry in found if entry[0] == language]
        return self._chance.choice(same if same and self._often(0.85) else found)[1]

    def _core(self, of: Parts) -> list[Piece]:
        """Return the article, with or without its own noise, and noise of other pages between its blocks."""
        bare = self._often(0.4)
        core = [piece for piece in of.core if not (bare and piece.role in NOISE)]
        for _ in range(0 if self._often(0.35) else self._chance.choice((1, 1, 2, 3))):
            core = self._put(core, self._pick(self._inner if self._often(0.6) else self._wares, of.language))
        return core

    def _put(self, pieces: list[Piece], new: list[Piece]) -> list[Piece]:
        at = self._chance.randrange(len(pieces) + 1)
        return [*pieces[:at], *new, *pieces[at:]]

    def _cut(self, pieces: list[Piece], *, top: bool) -> list[Piece]:
        """Drop the far end of some noise, and here and there a block."""
        if len(pieces) > 3 and self._often(0.4):
            at = self._chance.randrange(len(pieces))
            pieces = pieces[at:] if top else pieces[: at + 1]
        return [piece for piece in pieces if self._often(0.8)] if self._often(0.3) else list(pieces)

    def _apart(self, pieces: list[Piece], share: float) -> list[Piece]:
        """Set some rows of a menu one item a line."""
        out: list[Piece] = []
        for piece in pieces:
            items = [item for item in _ITEMS.split(piece.text) if item]
            row = piece.role == "chrome" and "\n" not in piece.text and not _SENTENCE.search(piece.text)
            if row and len(items) >= 4 and max(map(len, items)) <= 14 and self._often(share):
                out += [Piece(piece.role, item) for item in items]
            else:
                out.append(piece)
        return out

    def _nothing(self, language: str) -> list[Piece]:
        """Return noise of several pages, where an article could stand."""
        if self._often(0.5):
            brand = self._inventor.brand(language)
            row = " ".join(f"{brand}{end}" for end in _ENDS[: self._chance.randrange(6)])
            return [*([Piece("spam", row)] if row else []), *self._lines("spam", language, 4, 9, brand)]
        return [piece for _ in range(self._chance.choice((1, 2, 3))) for piece in self._pick(self._inner, language)]

    def _invented(self, core: list[Piece], language: str) -> list[Piece]:
        """Put made-up spam, advertisements and words of the site between the blocks of an article."""
        if self._often(0.35):
            brand = self._inventor.brand(language)
            spoken = language if self._often(0.65) else self._chance.choice(("zh", "en", "xx", "ja", "ko"))
            for _ in range(self._chance.choice((1, 1, 2, 3))):
                core = self._put(core, self._lines("spam", spoken, 1, 2, brand))
        if self._often(0.3):
            core = self._put(core, self._lines("ad", language, 1, 6))
        return self._put(core, self._lines("chrome", language, 1, 2)) if self._often(0.2) else core

    def _lines(self, kind: str, language: str, low: int, high: int, brand: str = "") -> list[Piece]:
        size = self._chance.randint(low, high)
        made = (self._inventor.line(kind, language, brand or self._inventor.brand(language)) for _ in range(size))
        return [Piece(kind, line) for line in made]

    def _number(self) -> int:
        return self._chance.randrange(10, 59)

    def _talk(self, language: str) -> list[Piece]:
        """Make up comments: with the name before them, above them, or without."""
        way, out = self._chance.randrange(3), [Piece("chrome", "评论")] if self._often(0.5) else []
        for piece in self._lines("comment", language, 2, 7):
            name = self._inventor.brand(self._chance.choice(("en", "zh")))[:6]
            day = f"2019-{self._chance.randrange(1, 13):02}-{self._chance.randrange(1, 29):02} 12:{self._number()}"
            out += [Piece("comment", f"{name}  {day}")] if way == 1 else []
            out += [Piece("comment", f"{name}：{piece.text}" if way == 2 else piece.text)]
        return out

    def _strangers(self) -> list[Piece]:
        """Return paragraphs of different articles, each under a title or none of them."""
        titled, out = self._often(0.5), [Piece("related", self._chance.choice(_HEADS))] if self._often(0.6) else []
        for _ in range(self._chance.choice((2, 3, 4, 5))):
            out += self._titles(1) if titled else []
            out.append(Piece("related", self._chance.choice(self._bodies)))
        return out

    def _menu(self, size: int) -> list[Piece]:
        """Make up a menu, one item a line, of stretches of articles."""
        width = self._chance.choice((2, 4, 4, 4, 0))
        out = []
        for _ in range(size):
            body, wide = self._chance.choice(self._bodies), width or self._chance.choice((2, 3, 4, 4, 5, 6, 8))
            at = self._chance.randrange(len(body) - wide)
            out.append(Piece("chrome", body[at : at + wide].strip("，。、 \n") or "首页"))
        return out

    def _titles(self, size: int) -> list[Piece]:
        """Make up a list of titles of clauses from articles."""
        out = []
        for _ in range(size):
            clauses = [c for c in _CLAUSES.split(self._chance.choice(self._bodies)) if 6 <= len(c.strip()) <= 28]
            day, readers = self._chance.randrange(1, 31), self._chance.randrange(9999)
            mark, end = self._chance.choice(("", "", "", "· ")), self._chance.randrange(6)
            if clauses:
                title = self._chance.choice(clauses).strip()
                ending = {3: f" 10-{day:02}", 4: f"({readers})", 5: "..."}.get(end, "")
                out.append(Piece("related", f"{mark}{title}{ending}"))
        return out


def _joined(name: str, pieces: Sequence[Piece]) -> Page:
    blocks = tuple(
        Block(piece.role, None if piece.role in NOISE else "a1", False, float(number), piece.text, piece.text, ())
        for number, piece in enumerate(pieces)
    )
    return Page(name, {}, "".join(f"{piece.text}\n" for piece in pieces), blocks)

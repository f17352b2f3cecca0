"""The terms of a page: pairs of characters of unspaced scripts, rare characters, words of spaced scripts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.core.codes import code_points, members, runs
from corpuskit.core.keys import in_order, numbering
from corpuskit.core.pairs import TOTAL, pairs
from corpuskit.core.stems import STEM, stem

if TYPE_CHECKING:
    from corpuskit.core.page import Page

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int32]

ALPHA = 400.0
"""Weight of the prior, in terms: about the length of a short article."""
BACK = 24
"""Earlier occurrences of a term that count with each: what a word gains by one more is next to nothing."""
_LEAST = 2.0**-24
_UNKNOWN = 2.0**-19
"""Probability of a Latin word that no list holds."""
_RARE = 3
_RARER, _RARE_PAIR, _RARE_WORD = 2.0**-15, 2.0**-19, 2.0**-16
_ALONE = 2.0**-13
"""Probability below which a Han character is a term by itself: it tells its subject whatever stands beside it."""
KINDS = ("rare pairs", "pairs", "common pairs", "rare words", "words", "characters")
"""Kinds of terms, told apart by script and by frequency in the language at large."""


@cache
def _folding() -> npt.NDArray[np.uint32]:
    """Return the character that stands for each of the Basic Multilingual Plane: simplified for traditional."""
    table = np.arange(0x10000, dtype=np.uint32)
    for traditional, simplified in pairs().simplified.items():
        table[ord(traditional)] = ord(simplified)
    return table


@cache
def _paired() -> npt.NDArray[np.bool_]:
    """Return which characters belong to scripts whose terms are pairs: Han, katakana, Hangul."""
    return members((0x3400, 0x9FFF), (0x30A1, 0x30FA), (0xAC00, 0xD7A3))


@cache
def _spaced() -> npt.NDArray[np.bool_]:
    """Return which characters words of spaced scripts are made of."""
    return members((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F))


class Table(NamedTuple):
    """The pairs of equal terms in different lines, by later line."""

    early: Shorts
    """Earlier line of each pair."""
    late: Shorts
    gain: Floats
    """What a pair adds to the score of a stretch that holds both, in nats."""
    term: Shorts


class Terms:
    """The terms of a page: for each its line, its number and its probability in the language at large."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = len(lines)
        [(self.line, self.term, self.prior, self.character, self._pairs)] = _found([lines])

    @classmethod
    def ahead(cls, pages: Sequence[Page]) -> None:
        """Work out the terms of several pages at once, which costs little more than those of one."""
        pages = [page for page in pages if page.lines and "terms" not in page.cache]
        for page, found in zip(pages, _found([[line.text for line in page.lines] for page in pages]), strict=True):
            terms = page.cache["terms"] = cls.__new__(cls)
            terms.lines = len(page.lines)
            terms.line, terms.term, terms.prior, terms.character, terms._pairs = found
        many = [page.cache["terms"] for page in pages]
        for terms, table in zip(many, _tables(many), strict=True):
            terms.table = table

    @classmethod
    def of(cls, page: Page) -> Terms:
        """Return those of a page, which all that ask share."""
        return page.once("terms", lambda: cls([line.text for line in page.lines]))

    @cached_property
    def word(self) -> npt.NDArray[np.bool_]:
        """Whether each term is a word of a spaced script."""
        return np.arange(len(self.prior)) >= self._pairs

    @cached_property
    def kind(self) -> npt.NDArray[np.int64]:
        """Number of each term's kind in :data:`KINDS`."""
        rare = self.prior < np.where(self.word, _RARE_WORD, _RARE_PAIR)
        kind = np.where(self.word, 4 - rare, 2 - (self.prior < _RARER).astype(int) - rare)
        return np.where(self.character, len(KINDS) - 1, kind)

    @cached_property
    def before(self) -> tuple[Ints, Ints]:
        """Terms before each line and before the end: pairs, and words of spaced scripts."""
        words = self.word[self.term]
        return _before(self, ~(words | self.character[self.term])), _before(self, words)

    @cached_property
    def table(self) -> Table:
        """The pairs of equal terms in different lines, those of a term with its last :data:`BACK` only."""
        return _tables([self])[0]


class _Found(NamedTuple):
    """The terms of some lines."""

    line: Ints
    term: Ints
    prior: Floats
    """Probability of each term in the language at large."""
    character: npt.NDArray[np.bool_]
    """Whether each term is a character by itself."""
    pairs: int
    """Terms that are pairs or characters; the others are words."""


def _found(pages: Sequence[Sequence[str]]) -> list[_Found]:
    """Return the terms of some pages' lines."""
    if not pages:
        return []
    text = "\n".join(line for lines in pages for line in lines)
    codes = code_points(text)
    line = np.cumsum(codes == 10)
    # what is clipped to the last of the table is of no script that has terms
    codes = _folding().take(codes, mode="clip")
    known = _paired()[codes]
    at, alone = np.flatnonzero(known[:-1] & known[1:]), np.flatnonzero(_alone()[codes])
    keys, first = _key(codes[at], codes[at + 1]), np.cumsum([0, *map(len, pages)])
    if len(alone):
        # a character by itself is a pair with nothing
        at, keys = np.concatenate([at, alone]), np.concatenate([keys, _key(codes[alone], np.zeros(1, np.uint32))])
        order = at.argsort(kind="stable")
        at, keys = at[order], keys[order]
    pairs_ = line[at].searchsorted(first)
    # one page after another
    owned = np.repeat(np.arange(len(pages)) << 32, np.diff(pairs_)) | keys if len(pages) > 1 else keys
    kinds, number = numbering(owned, owned.argsort())
    single = (kinds & 0xFFFF) == 0
    prior = _pair_priors((kinds & 0xFFFFFFFF).astype(np.uint32, copy=False))
    words, begins = _words(text, _spaced()[codes])
    bounds = (kinds.searchsorted(np.arange(len(pages) + 1) << 32), pairs_, line[begins].searchsorted(first))
    out = []
    for start, own, pair, word in zip(first.tolist(), *(map(slice, part, part[1:]) for part in bounds), strict=False):
        seen = dict.fromkeys(words[word])
        index = {word: own.stop - own.start + i for i, word in enumerate(seen)}
        numbers = np.array([*map(index.__getitem__, words[word])], np.int64)
        out.append(
            _Found(
                np.concatenate([line[at[pair]], line[begins[word]]]) - start,
                np.concatenate([number[pair] - own.start, numbers]),
                np.concatenate([prior[own], [*map(_word_priors().get, seen, repeat(_UNKNOWN))]]),
                np.concatenate([single[own], np.zeros(len(seen), np.bool_)]),
                int(own.stop - own.start),
            )
        )
    return out


def _words(text: str, spaced: npt.NDArray[np.bool_]) -> tuple[list[str], Ints]:
    """Return the words of spaced scripts without their endings, and where each begins; ``spaced`` says of what."""
    begins, ends = runs(spaced)
    long = ends - begins > 1
    begins, ends = begins[long], ends[long]
    words = [text[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
    known = {word: stem(word.lower()) for word in dict.fromkeys(words)}
    return [*map(known.__getitem__, words)], begins


class _Priors(NamedTuple):
    """Probabilities in the language at large: of pairs inside words, and of characters at the borders of words."""

    pair: npt.NDArray[np.uint32]
    """Listed pairs as :func:`_key` numbers them, ascending."""
    inside: Floats
    begin: Floats
    end: Floats


def _key(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    return left << np.uint32(16) | right


@cache
def _priors() -> _Priors:
    table = pairs()
    codes = np.frombuffer("".join(table.inside).encode("utf-32-le"), np.uint32)
    levels = np.array(list(table.inside.values()))
    key = _key(codes[::2], codes[1::2])
    order = np.argsort(key)
    borders = []
    for known in (table.begin, table.end):
        levels_ = np.full(0x10000, _RARE)
        levels_[[ord(char) for char in known]] = list(known.values())
        borders.append(np.exp2(levels_ - TOTAL))
    return _Priors(key[order], np.exp2(levels[order] - TOTAL), *borders)


def _pair_priors(key: npt.NDArray[np.uint32]) -> Floats:
    """Return the probability of each pair in the language at large, and of each character by itself."""
    known = _priors()
    at = np.minimum(np.searchsorted(known.pair, key), len(known.pair) - 1)
    inside = np.where(known.pair[at] == key, known.inside[at], 0.0)
    border = known.end[key >> 16] * known.begin[key & 0xFFFF]
    found: Floats = np.where(key & 0xFFFF, np.maximum(inside + border, _LEAST), _shares()[key >> 16])
    return found


@cache
def _shares() -> Floats:
    """Return the probability of each character in the language at large: in a word before another, or at its end."""
    known, out = _priors(), np.zeros(0x10000)
    np.add.at(out, known.pair >> 16, known.inside)
    found: Floats = np.maximum(out + known.end, _LEAST)
    return found


@cache
def _alone() -> npt.NDArray[np.bool_]:
    """Return which characters are terms by themselves."""
    return members((0x3400, 0x9FFF))[:-1] & (_shares() < _ALONE)


@cache
def _word_priors() -> dict[str, float]:
    """Return the probability in the language at large of what stands for the listed words."""
    found: dict[str, float] = {}
    for word, level in pairs().word.items():
        found[word[:STEM]] = found.get(word[:STEM], 0.0) + 2.0 ** (level - TOTAL)
    return found


def _before(terms: Terms, chosen: npt.NDArray[np.bool_]) -> Ints:
    sizes = np.bincount(terms.line[chosen], minlength=terms.lines) if len(chosen) else np.zeros(terms.lines, np.int64)
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _tables(many: Sequence[Terms]) -> list[Table]:
    """Return the tables of some pages, worked out as if all were one page: their terms differ."""
    if not many:
        return []
    lines = np.cumsum([0, *(terms.lines for terms in many)])
    numbers = np.cumsum([0, *(len(terms.prior) for terms in many)])
    term = np.concatenate([terms.term + number for terms, number in zip(many, numbers, strict=False)])
    line = np.concatenate([terms.line + first for terms, first in zip(many, lines, strict=False)])
    whole = _table(term, line, np.concatenate([terms.prior for terms in many]))
    bounds = whole.late.searchsorted(lines)
    return [
        Table(whole.early[own] - first, whole.late[own] - first, whole.gain[own], whole.term[own] - number)
        for own, first, number in zip(map(slice, bounds, bounds[1:]), *map(_short, (lines, numbers)), strict=False)
    ]


def _short(numbers: Ints) -> Shorts:
    return numbers.astype(np.int32)


def _table(term_: Ints, line_: Ints, prior: Floats) -> Table:
    # the lines of each term stand in order already
    order = in_order(term_)
    # a long page has tens of millions of pairs: four bytes a number
    term, line = term_[order].astype(np.int32), line_[order].astype(np.int32)
    place = np.arange(len(term), dtype=np.int32)
    begins = np.concatenate([[True], term[1:] != term[:-1]]) if len(term) else np.zeros(0, bool)
    earlier = np.minimum(place - np.maximum.accumulate(np.where(begins, place, 0)), BACK)
    at = np.repeat(place, earlier)
    back = 1 + np.arange(len(at), dtype=np.int32) - np.repeat((np.cumsum(earlier) - earlier).astype(np.int32), earlier)
    apart = line[at] > line[at - back]
    at, back = at[apart], back[apart]
    by_late = in_order(line[at])
    at, back = at[by_late], back[by_late]
    weight = ALPHA * prior[term[at]] + back
    return Table(line[at - back], line[at], np.log(weight / (weight - 1)), term[at])

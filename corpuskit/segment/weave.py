"""Columns read straight across: articles whose lines take turns, told apart by the sentences that cross."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise, takewhile

from corpuskit.core.cohesion import Cohesion
from corpuskit.core.page import Page
from corpuskit.segment.boundaries import Part
from corpuskit.segment.flow import WINDOW
from corpuskit.segment.joins import Join
from corpuskit.segment.shapes import Cast, Role
from corpuskit.segment.starts import ABOVE, several_articles

_SURE = 1.0
"""Margin of joins that may show that columns were read across."""
_CROSSES, _INSIDE, _TURN = 20.0, 4.0, 4.0
"""Nats by which pieces are apart of which one goes on inside the other, one stands inside the other, and that are next
to each other: columns take turns."""
_TOLD = 0.3
"""Share of what terms say that is believed: each character stands in two, and words come again."""
_WAYS, _ROUNDS = 8, 8
"""Ways to take turns that are kept at each piece, and times that all pieces are looked at again."""
_TURNS = "takes turns with another"

Piece = tuple[int, ...]


def unwoven(page: Page, cast: Sequence[Cast], parts: Sequence[Part], found: Sequence[Join]) -> list[Part]:
    """Return the parts of a page, those cut up in which the sentences of several articles cross.

    Of one article that is read down the page no cut sentence goes on inside another.
    """
    out: list[Part] = []
    for part in parts:
        held = set(part.lines)
        own = [join for join in found if join.before < join.after and {join.before, join.after} <= held]
        lanes = _crossing([join for join in own if join.margin >= _SURE])
        if lanes < 2 or not several_articles(page, cast):
            out.append(part)
        else:
            out += _apart(page, cast, part, own, lanes)
    return out


def _crosses(upper: Join, lower: Join) -> bool:
    return upper.before < lower.before < upper.after < lower.after


def _crossing(joins: Sequence[Join]) -> int:
    """Return how many joins cross one another, three at most."""
    far = [join for join in joins if join.after > join.before + 1]
    most = 1
    for at, join in enumerate(far):
        crossed = [other for other in far[at + 1 : at + WINDOW] if _crosses(join, other)]
        most = max(most, 2 * bool(crossed), 3 * any(_crosses(*pair) for pair in combinations(crossed, 2)))
    return most


def _apart(page: Page, cast: Sequence[Cast], part: Part, joins: Sequence[Join], lanes: int) -> list[Part]:
    pieces = _pieces(cast, part, joins)
    heads = _heads(cast, part, pieces, lanes)
    pieces = [piece for piece in pieces if piece[0] not in heads[-1]]
    lane = _lanes(page, cast, pieces, heads)
    out = []
    for number in range(lanes):
        lines = [line for piece, own in zip(pieces, lane, strict=True) if own == number for line in piece]
        above = heads[number] or [*takewhile(lambda line: cast[line].role in ABOVE, lines)]
        lines = [line for line in lines if line not in above]
        out.append(Part(above, lines, part.score, _TURNS if number else part.reason))
    return [one for one in out if one.lines]


def _pieces(cast: Sequence[Cast], part: Part, joins: Sequence[Join]) -> list[Piece]:
    """Return the lines of a part, those of one sentence and those of one headline together."""
    after = {one: other for one, other in pairwise(part.lines) if cast[one].role in ABOVE and cast[other].role in ABOVE}
    after |= {join.before: join.after for join in joins}
    gone: set[int] = set()
    out: list[Piece] = []
    for line in part.lines:
        if line not in gone:
            piece = [line]
            while piece[-1] in after:
                piece.append(after[piece[-1]])
            gone.update(piece)
            out.append(tuple(piece))
    return out


def _heads(cast: Sequence[Cast], part: Part, pieces: Sequence[Piece], lanes: int) -> list[list[int]]:
    """Return the headline block of each lane: one line each where as many stand in a row, else all for the first.

    A signed headline among the text is that of the last lane.
    """
    signed = [piece for piece in pieces if {Role.HEAD, Role.BYLINE} <= {cast[line].role for line in piece}]
    if len(signed) == 1:
        return [part.heads, *([] for _ in range(lanes - 2)), [*signed[0]]]
    titles = [line for line in part.heads if cast[line].role is Role.HEAD]
    names = [line for line in part.heads if cast[line].role is Role.BYLINE]
    if len(titles) != lanes:
        return [part.heads, *([] for _ in range(lanes - 1))]
    out = [[title] for title in titles]
    for number, line in enumerate(names):
        out[min(number, lanes - 1) if len(names) == lanes else 0].append(line)
    rest = [line for line in part.heads if cast[line].role not in (Role.HEAD, Role.BYLINE)]
    return [sorted([*rest, *out[0]]), *out[1:]]


def _lanes(page: Page, cast: Sequence[Cast], pieces: Sequence[Piece], heads: Sequence[Sequence[int]]) -> list[int]:
    """Return the lane of each piece: the likeliest from the top down, then each moved where it gains by all others."""
    told = _Told(page, cast, pieces, heads)
    ways: list[tuple[float, list[int]]] = [(0.0, [])]
    for at in range(len(pieces)):
        on = [(score + told.gain(at, number, lane), [*lane, number]) for score, lane in ways for number in told.all]
        ways = sorted(on, key=lambda way: -way[0])[:_WAYS]
    lane = ways[0][1]
    for _ in range(_ROUNDS):
        before = [*lane]
        for at in range(len(pieces)):
            gains = [told.gain(at, number, lane) for number in told.all]
            lane[at] = max(told.all, key=lambda number: (gains[number], number == lane[at]))
        if lane == before:
            break
    return lane


class _Told:
    """What tells in which lane a piece is read: what it speaks of, and where it stands."""

    def __init__(
        self, page: Page, cast: Sequence[Cast], pieces: Sequence[Piece], heads: Sequence[Sequence[int]]
    ) -> None:
        self.pieces, self.heads, self.all = pieces, heads, range(len(heads))
        self._cohesion = Cohesion.of(page)
        self._sizes = [here.size for here in cast]
        text = [at for at, piece in enumerate(pieces) if cast[piece[0]].role is Role.BODY]
        self._next = {*pairwise(text)}

    def gain(self, at: int, number: int, lane: Sequence[int]) -> float:
        """Return what a piece gains by being in a lane, in nats; ``lane`` are those of the pieces looked at so far."""
        beside = [i for i, own in enumerate(lane) if own == number and i != at]
        lines = [*self.heads[number], *(line for i in beside for line in self.pieces[i])]
        terms = min(sum(self._sizes[line] for line in held) for held in (lines, self.pieces[at]))
        apart = self._cohesion.apart(self.pieces[at], lines) * terms if lines else 0.0
        return -_TOLD * apart - sum(self._distance(*sorted((at, i))) for i in beside)

    def _distance(self, upper: int, lower: int) -> float:
        """Return how far apart two pieces are by where their lines stand, in nats."""
        one, other = self.pieces[upper], self.pieces[lower]
        if other[0] > one[-1]:
            return _TURN * ((upper, lower) in self._next)
        return _CROSSES if one[-1] < other[-1] else _INSIDE

"""Which rewrite line answers for which written piece of a record."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from corpuskit.write.pieces import Piece, pieces_of

Json = dict[str, Any]
Sign = tuple[Any, ...]


class Unanswered(NamedTuple):
    """A rewrite line, how often the ledger has it, and how many pieces it wrote."""

    line: Json
    lines: int
    pieces: int


class Receipts:
    """The rewrite lines of one source, found by what they wrote and where."""

    def __init__(self, records: Iterable[Json], lines: Sequence[Json]) -> None:
        self._lines: dict[Sign, Json] = {}
        self._number: Counter[Sign] = Counter()
        self._answered: Counter[Sign] = Counter()
        self._at: defaultdict[Sign, list[Sign]] = defaultdict(list)
        for line in lines:
            if line["kind"] == "rewrite" and line["spans"]:
                self._add(line)
        written = [p[2:4] for record in records for p in pieces_of(record) if p.rule is not None]
        others = [span for line in lines if line["kind"] != "rewrite" for span in line["spans"]]
        self._starts = sorted(start for start, _ in [*written, *others])
        self._ends = sorted(end for _, end in [*written, *others])

    def find(self, record: str, piece: Piece, text: str) -> bool:
        """Tell whether a rewrite line of the record answers for a written piece and its text.

        An empty piece carries a further span of its receipt. Of a text that a later stage cut, each part stands
        alone: the first over the receipt's first span, the others over nothing.
        """
        place = (record, piece.rule, piece.low, piece.high)
        if not text:
            return bool(self._at.get(place))
        signs = self._at.get(place, ())
        exact = (sign for sign in signs if sign[2] == text and sign[3][0] == (piece.low, piece.high))
        parts = (sign for sign in signs if text in (sign[2] or "") and self._shared(sign[3][-1][1]))
        for sign in chain(exact, parts):
            self._answered[sign] += 1
            return True
        return False

    def unanswered(self) -> Iterator[Unanswered]:
        """Yield the rewrite lines that outnumber the pieces they wrote."""
        for sign, number in self._number.items():
            if number > self._answered[sign]:
                yield Unanswered(self._lines[sign], number, self._answered[sign])

    def _add(self, line: Json) -> None:
        spans = tuple((start, end) for start, end in line["spans"])
        sign = (line["record"], line["rule"], line["after"], spans)
        self._number[sign] += 1
        if self._number[sign] == 1:
            self._lines[sign] = line
            end = spans[-1][1]
            for low, high in {*spans, (end, end)}:
                self._at[line["record"], line["rule"], low, high].append(sign)

    def _shared(self, place: int) -> bool:
        """Tell whether more than one piece or receipt reaches a place of the source."""
        return bisect_right(self._starts, place) - bisect_left(self._ends, place) > 1

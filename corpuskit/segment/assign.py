"""The pairs whose scores add up to most, each row and each column in one at most (the assignment problem).

Shortest augmenting paths over the pairs that score above nothing (after Jonker and Volgenant, "A shortest augmenting
path algorithm for dense and sparse linear assignment problems", 1987). A row may stay alone at no cost, so a path is
short: it ends as soon as that is the best way out, and the work stays within the rows that want the same columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

Scores = Sequence[dict[int, float]]
"""Of each row the columns that may go with it, with their scores."""


def assigned(scores: Scores) -> list[tuple[int, int]]:
    """Return the pairs of rows and columns, by row; only pairs that score above 0 are made.

    >>> assigned([{0: 5.0, 1: 4.0}, {0: 5.0, 1: 1.0}, {1: -1.0}])
    [(0, 1), (1, 0)]
    """
    likely = {row: found for row, held in enumerate(scores) if (found := {c: s for c, s in held.items() if s > 0})}
    best = {row: max(found, key=lambda column: (found[column], -column)) for row, found in likely.items()}
    if len(set(best.values())) == len(best):
        return list(best.items())
    search = _Search(likely)
    for row in likely:
        search.place(row)
    return sorted((row, column) for row, column in search.column.items() if column is not None)


class _Search:
    """The pairs made so far, and a price of each column under which each row has its cheapest."""

    def __init__(self, scores: dict[int, dict[int, float]]) -> None:
        self.scores = scores
        self.row: dict[int, int] = {}
        self.column: dict[int, int | None] = {}
        self.price: dict[int, float] = {}

    def place(self, new: int) -> None:
        """Give a row the column, or none, by which all rows together score most; others may give way."""
        reached: dict[int, float] = {}
        source: dict[int, int] = {}
        settled: dict[int, float] = {}
        heap: list[tuple[float, int]] = []
        row, cost, alone, leaves = new, 0.0, float("inf"), new
        while True:
            least = cost + self._kept(row)
            if least < alone:
                alone, leaves = least, row
            for column, score in self.scores[row].items():
                way = least - score + self.price.get(column, 0.0)
                if column not in settled and way < reached.get(column, float("inf")):
                    reached[column], source[column] = way, row
                    heappush(heap, (way, column))
            while heap and heap[0][1] in settled:
                heappop(heap)
            if not heap or heap[0][0] >= alone:
                end, total = None, alone
                break
            cost, column = heappop(heap)
            settled[column] = cost
            if column not in self.row:
                end, total = column, cost
                break
            row = self.row[column]
        for column, cost in settled.items():
            self.price[column] = self.price.get(column, 0.0) + total - cost
        self._turn(new, leaves if end is None else source[end], end, source)

    def _kept(self, row: int) -> float:
        """Return what a row scores, prices off, with the column it has."""
        column = self.column.get(row)
        return 0.0 if column is None else self.scores[row][column] - self.price.get(column, 0.0)

    def _turn(self, new: int, row: int, column: int | None, source: dict[int, int]) -> None:
        """Hand each row of a path the column it reached, the last one first."""
        while True:
            before = self.column.get(row)
            self.column[row] = column
            if column is not None:
                self.row[column] = row
            if row == new:
                return
            assert before is not None
            column, row = before, source[before]

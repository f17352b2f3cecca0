"""The learned weights of boundaries, cuts and joins, read on first use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from operator import mul


class Weights(dict[str, float]):
    """Learned weights by the name of the sign; a sign without one weighs nothing."""

    def __missing__(self, sign: str) -> float:
        """Return the weight of a sign that was never seen."""
        return 0.0

    def of(self, signs: Mapping[str, float]) -> float:
        """Return what signs weigh together."""
        known: float = sum(map(mul, map(self.__getitem__, signs), signs.values()))
        return known


@cache
def weights() -> dict[str, Weights]:
    """Return all weights, by table."""
    text = (resources.files("corpuskit.lexicon") / "articles.json").read_text("utf-8")
    return {name: Weights(found) for name, found in json.loads(text).items()}


def table(name: str) -> Weights:
    """Return the weights of ``starts``, ``cuts`` or ``joins``."""
    return weights()[name]

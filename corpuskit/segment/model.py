"""The learned weights of boundaries, cuts and joins, read on first use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from operator import mul
from typing import Any, TypeVar

import numpy.typing as npt

_V = TypeVar("_V", float, npt.NDArray[Any])


class Weights(dict[str, float]):
    """Learned weights by the name of the sign; a sign without one weighs nothing."""

    def __missing__(self, sign: str) -> float:
        """Return the weight of a sign that was never seen."""
        return 0.0

    def of(self, signs: Mapping[str, _V]) -> _V:
        """Return what signs weigh together, one by one; of arrays, one of what each place of them weighs."""
        known: _V = sum(map(mul, map(self.__getitem__, signs), signs.values()))
        return known


@cache
def weights() -> dict[str, Weights]:
    """Return all weights, by table."""
    text = (resources.files("corpuskit.lexicon") / "articles.json").read_text("utf-8")
    return {name: Weights(found) for name, found in json.loads(text).items()}


def table(name: str) -> Weights:
    """Return the weights of ``starts``, ``cuts`` or ``joins``."""
    return weights()[name]

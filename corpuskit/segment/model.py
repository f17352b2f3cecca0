"""The learned weights of boundaries, cuts and joins, read on first use."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources


@cache
def weights() -> dict[str, dict[str, float]]:
    """Return all weights, by table and sign."""
    text = (resources.files("corpuskit.lexicon") / "articles.json").read_text("utf-8")
    found: dict[str, dict[str, float]] = json.loads(text)
    return found


def table(name: str) -> dict[str, float]:
    """Return the weights of ``starts``, ``cuts`` or ``joins``, by the name of the sign."""
    return weights().get(name, {})

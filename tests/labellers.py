"""Labellers that are sure of themselves, for tests of what their word is worth."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np

from corpuskit.clean.caution import LABELS
from corpuskit.clean.features import NAMES
from corpuskit.clean.network import Labeller, Model, parse
from corpuskit.clean.network import written as rendered


def written(path: Path, **weights: tuple[str, float]) -> Path:
    """Write a labeller of the packaged one's features, all weights nought but those given by feature and label."""
    file = resources.files("corpuskit.lexicon") / "labeller.json"
    packaged = parse(file.read_text("utf-8"), str(file))
    model = Model(*(np.zeros_like(part) for part in packaged.model))
    for name, (label, weight) in weights.items():
        model.direct[NAMES.index(name), LABELS.index(label)] = weight
    path.write_text(rendered(Labeller(packaged.known, model), pages=0), "utf-8")
    return path

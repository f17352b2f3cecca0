"""What a paragraph without a headline shows of whether it opens a report: it says when, where and who, and at length.

What stands further down speaks of what is known already: it says *he*, in short sentences, and ends in what was said.
"""

from __future__ import annotations

import math

from corpuskit.core.late import late
from corpuskit.core.lexicon import forms, holds

_HEAD = 30
"""Characters in which those spoken of are named."""
_FEW = 6
"""Sentences that are many."""
_SENTENCE = late(r"[。！？!?]|\.\s")
_CLOSING = '”」』"’'


def leading(text: str) -> dict[str, float]:
    """Return what a paragraph shows by itself, by the name of the sign without its kind."""
    known = forms("roles")
    first = _SENTENCE.search(text)
    return {
        "says when": float(known["when"].match(text) is not None),
        "says where": float(known["where"].match(text) is not None),
        "tells an age": float(holds("roles", "age", text)),
        "speaks of someone known": float(known["known"].search(text, 0, _HEAD) is not None),
        "in the first person": float(known["first_person"].search(text, 0, _HEAD) is not None),
        "long first sentence": math.log(1 + (first.start() if first else len(text))) / 4,
        "sentences": min(_FEW, len(_SENTENCE.findall(text))) / 3,
        "ends in a quotation": float(text[-1] in _CLOSING),
    }

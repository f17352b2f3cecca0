"""What a paragraph without a headline shows of whether it opens a report: it says when, where and who, and at length.

What stands further down speaks of what is known already: it says *he*, in short sentences, and ends in what was said.
"""

from __future__ import annotations

import math
import re

from corpuskit.core.late import late
from corpuskit.core.lexicon import forms

_HEAD = 30
"""Characters in which those spoken of are named."""
_FEW = 6
"""Sentences that are many."""
_SENTENCE = late(r"[。！？!?]|\.\s")
_CLOSED = re.compile(r"[”」』\"’]$")


def leading(text: str) -> dict[str, float]:
    """Return what a paragraph shows by itself, by the name of the sign without its kind."""
    known = forms("roles")
    first = _SENTENCE.search(text)
    return {
        "says when": float(known["when"].match(text) is not None),
        "says where": float(known["where"].match(text) is not None),
        "tells an age": float(known["age"].search(text) is not None),
        "speaks of someone known": float(known["known"].search(text, 0, _HEAD) is not None),
        "in the first person": float(known["first_person"].search(text, 0, _HEAD) is not None),
        "long first sentence": math.log(1 + (first.start() if first else len(text))) / 4,
        "sentences": min(_FEW, sum(1 for _ in _SENTENCE.finditer(text))) / 3,
        "ends in a quotation": float(_CLOSED.search(text) is not None),
    }

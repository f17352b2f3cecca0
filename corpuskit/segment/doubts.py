"""Headlines that seem to stop inside a sentence, on a page of many: its lines are not cut, and neither are they."""

from __future__ import annotations

from collections.abc import Sequence

from corpuskit.core.page import Page
from corpuskit.segment.shapes import STOPS, Cast, Role, ends

_EACH = 4
"""Headlines under whole sentences for each line of the page that seems to be cut, and for one more, at least."""
_SURE = 4.0
"""How sure it is from there on that a line is cut."""


def relented(page: Page, alone: Sequence[Cast], settled: list[Cast]) -> list[Cast]:
    """Return the roles with the few headlines as such that seem to be cut, where nearly all are whole.

    ``alone`` are the roles before it was asked what is cut, ``settled`` those after.
    """
    looks = [i for i, here in enumerate(alone) if here.role is Role.HEAD]
    heads = [i for i in looks if i == 0 or ends(page.lines[i - 1].text)]
    doubted = {i for i in heads if STOPS <= settled[i].stop < _SURE}
    cut = sum(here.dangling for here in settled)
    if not doubted or len(heads) < _EACH * (cut + 1):
        return settled
    return [alone[i]._replace(stop=0.0) if i in doubted else here for i, here in enumerate(settled)]

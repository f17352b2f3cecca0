"""A minute of the fuzz that ``nightly.py`` does for hours: the same inputs on every run."""

from __future__ import annotations

import random

import pytest
from changes import changed, seeds
from hypothesis import given, settings
from hypothesis import strategies as st
from travel import NAMES, travel

KNOWN = seeds()


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.sampled_from(NAMES))
def test_any_bytes_are_read_or_refused_and_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, seed: int, name: str
) -> None:
    chance = random.Random(seed)
    path = tmp_path_factory.mktemp("fuzz") / name
    path.write_bytes(changed(chance.choice(KNOWN), KNOWN, chance))
    assert travel(path) >= 0

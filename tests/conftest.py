"""A run that many tests look at, and Hypothesis profiles.

``ci`` is the same on every run, ``nightly`` looks further (HYPOTHESIS_PROFILE=nightly).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from running import mixed, ran

# run by Pythons that have datatrove and Dolma, which the tests need not have
collect_ignore = ["bench/dedup_datatrove.py", "bench/taggers_dolma.py"]

settings.register_profile("ci", max_examples=60, deadline=None, derandomize=True)
settings.register_profile(
    "nightly", max_examples=5000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Return a folder of a dirty page and JSONL, two of whose three lines are read."""
    return mixed(tmp_path / "p")


@pytest.fixture
def out(pages: Path, tmp_path: Path) -> Path:
    """Return the output of a run over them."""
    ran([pages], tmp_path / "out")
    return tmp_path / "out"

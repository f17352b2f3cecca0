"""What a search for duplicates is told of records, and what it says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.exact import Fingerprints
from corpuskit.dedup.lsh import HotBucket
from corpuskit.dedup.minhash import Signatures
from corpuskit.dedup.order import Ranks

Grain = Literal["exact", "near", "contained"]
GRAINS: tuple[Grain, ...] = ("exact", "near", "contained")
EXACT, NEAR, CONTAINED = range(3)


class Batch(NamedTuple):
    """What is known of some records before anything is compared; all of one length but the matrix."""

    keys: Sequence[bytes]
    """Unique, and the last word in every tie."""
    preferences: npt.NDArray[np.int64]
    """The lowest is preferred."""
    lengths: npt.NDArray[np.int64]
    """Of equally preferred records the longest stays."""
    fingerprints: Fingerprints
    signed: npt.NDArray[np.bool_]
    """Records without a signature are compared for equality only."""
    signatures: Signatures
    """Shape (records, permutations); any values where there is none."""


class Verdicts(NamedTuple):
    """Who goes, by number of arrival, in the order of the policy."""

    rows: npt.NDArray[np.int64]
    twins: npt.NDArray[np.int64]
    similarities: npt.NDArray[np.float64]
    grains: npt.NDArray[np.int8]


@dataclass(slots=True)
class Statistics:
    """What a search did; ``hot`` names by number of arrival the buckets that were full."""

    records: int = 0
    candidates: int = 0
    """Pairs that share a band, of which the earlier record stays."""
    verified: int = 0
    """Pairs of which the shingles were compared."""
    hot: list[HotBucket] = field(default_factory=list)
    ranks: Ranks = field(default_factory=lambda: np.zeros(0, np.uint32))
    """The place of each record, by number of arrival, in the order in which they were judged."""

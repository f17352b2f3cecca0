"""Options of the search for duplicates."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from corpuskit.dedup.lsh import check_bands


class DedupOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What counts as a duplicate, and how hard to look. ValueError if the bands do not fit into a signature."""

    exact: Annotated[bool, Meta(description="refuse records that are equal after normalisation")] = True
    near: Annotated[bool, Meta(description="refuse records that are nearly equal")] = True
    threshold: Annotated[
        float, Meta(gt=0, le=1, description="Jaccard similarity of shingles from which two records are duplicates")
    ] = 0.8
    keep: Annotated[
        Literal["longest", "earliest", "source", "id"],
        Meta(description="which of several duplicates stays; of equals the longest, then the first by id"),
    ] = "longest"
    sources: Annotated[
        tuple[str, ...],
        Meta(description="beginnings of source names, the most preferred first, for keep = source"),
    ] = ()
    containment: Annotated[
        float,
        Meta(
            ge=0, le=1, description="refuse a record of which so great a share stands in a longer one; 0: do not look"
        ),
    ] = 0.0
    paragraphs: Annotated[
        Literal["keep", "flag", "remove"],
        Meta(description="what becomes, in all records but one, of a paragraph that stands in many"),
    ] = "keep"
    paragraph_records: Annotated[
        int, Meta(ge=2, description="records in which a paragraph must stand to count as pasted")
    ] = 3
    paragraph_chars: Annotated[
        int, Meta(ge=1, description="letters and digits of a paragraph below which it is left alone")
    ] = 20
    bands: Annotated[int, Meta(ge=2, le=256, description="bands of a signature; more find more")] = 16
    rows: Annotated[int, Meta(ge=1, le=64, description="rows of a band; more verify less")] = 8
    permutations: Annotated[int, Meta(ge=16, le=1024, description="values in a signature")] = 128
    min_shingles: Annotated[
        int, Meta(ge=1, description="records with fewer shingles are compared for equality only")
    ] = 8
    max_bucket: Annotated[int, Meta(ge=1, description="records of one bucket that others are compared with")] = 1000

    def __post_init__(self) -> None:
        check_bands(self.bands, self.rows, self.permutations)

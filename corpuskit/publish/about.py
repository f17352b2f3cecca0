"""What a manifest cannot know of a dataset: its name, licence, makers; and what of a manifest others want to know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from corpuskit.config import text_of, typed

Json = dict[str, Any]

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGE = ((10**7, "1M<n<10M"), (10**8, "10M<n<100M"), (10**9, "100M<n<1B"), (10**10, "1B<n<10B"))
FIELDS = {
    "id": "depends on the source's bytes and on which of its passages the record holds, on nothing else",
    "text": "the article, one paragraph a line",
    "title": "its title, or null",
    "source": "the file it was made from",
    "language": "BCP 47 tag",
    "metadata": "byline, publisher, date, captions, url and what else was found; `flags` names what is suspect",
    "provenance": "source with its digest, and `pieces`: where in the source each stretch of the text stands",
}
"""What each field of a corpus record is."""


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is said of a dataset beside its figures; nothing is guessed."""

    name: str = "corpus"
    """Name of the dataset."""
    description: str = ""
    """A sentence or two; without it, the figures of the run."""
    license: str = ""
    """Licence of the texts, as cc-by-4.0; without it, it is said to be unknown."""
    url: str = ""
    """Where the dataset is found."""
    creators: tuple[str, ...] = ()
    """Who made it."""
    citation: str = ""
    """How to cite it, as BibTeX or plain."""
    version: str = "1.0.0"
    """Version of the dataset, as 1.0.0."""
    tasks: tuple[str, ...] = ("text-generation",)
    """Task categories, as Hugging Face names them."""


def load(path: str | Path | None, **more: str | None) -> About:
    """Read what is known of a dataset from a TOML file; ``more`` goes before it.

    Raises:
        ConfigError: no such file, not TOML, or an unknown name or wrong type, with its path.
    """
    about = About() if path is None else _read(Path(path))
    return msgspec.structs.replace(about, **{name: value for name, value in more.items() if value is not None})


def _read(path: Path) -> About:
    known = ", ".join(About.__struct_fields__)
    return typed(text_of(path, f"a TOML file with any of {known} is wanted"), About, str(path))


def described(about: About, held: Json) -> str:
    """Return the description, or one made of the figures."""
    counts = held["counts"]
    return about.description or (
        f"{counts['records']:,} articles from {counts['sources']:,} sources, cleaned by corpuskit {held['corpuskit']}; "
        "each character of the sources is in a record, or the ledger has the rule that took it."
    )


def size_category(records: int) -> str:
    """Return the size of a dataset as Hugging Face names it.

    >>> size_category(999), size_category(1000), size_category(10**12)
    ('n<1K', '1K<n<10K', '10B<n<100B')
    """
    return next((name for limit, name in (*_SIZES, *_LARGE) if records < limit), "10B<n<100B")


def corpus_files(held: Json) -> list[Json]:
    """Return the manifest's entries of the corpus: path, sha256, bytes, lines."""
    return [entry for entry in held["files"] if entry["path"].startswith("corpus/")]

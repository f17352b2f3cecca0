"""The gate file: what a corpus must be like, as TOML to checked types."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from corpuskit.clean import CLEANERS
from corpuskit.config import STAGES, ConfigError, nearest, text_of, typed
from corpuskit.described import as_table

Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
Type = Literal["string", "integer", "number", "boolean", "array", "object", "any"]

NOISE = tuple(stage.name for stage in CLEANERS if stage.name not in ("garbled", "punctuation"))

_HEAD = """\
# Every gate of corpuskit validate, with its limits. A gate measures one share of what is wrong, from 0 to 1: above
# `warn` it warns, above `fail` it fails; 1 never does. A file of your own needs only the lines that differ.
"""


class Corpus(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the corpus is read, and how much of it is looked at closely."""

    text_field: str = "text"
    """Field that holds a record's text; dots reach inside objects."""
    id_field: str = "id"
    """Field that holds a record's id; dots reach inside objects."""
    sample: Count = 5000
    """Records drawn for noise, garbled text, languages and near duplicates; 0 takes all. All other gates see every
    record."""
    seed: Count = 1
    """The same seed draws the same records of the same corpus."""
    examples: Count = 3
    """Records shown for each gate that warns or fails."""


class Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limits of one gate."""

    enabled: Annotated[bool, Meta(description="take this gate")] = True
    warn: Annotated[float, Meta(ge=0, le=1, description="Warn above this share")] = 1.0
    fail: Annotated[float, Meta(ge=0, le=1, description="Fail above this share")] = 1.0


class Schema(Gate, frozen=True):
    """Records that are no JSON object, lack a field, or have one of the wrong type."""

    fail: Annotated[float, Meta(ge=0, le=1, description="Fail above this share")] = 0.0
    required: dict[str, Type] = msgspec.field(default_factory=lambda: {"text": "string"})
    """Fields that every record must have, not null, with their types; any takes every type."""
    optional: dict[str, Type] = {}
    """Types of fields that may be absent or null."""
    min_records: Count = 1
    """A corpus of fewer records fails."""


class Ids(Gate, frozen=True):
    """Records without an id, or with one that an earlier record has."""

    fail: Annotated[float, Meta(ge=0, le=1, description="Fail above this share")] = 0.0


class ExactDuplicates(Gate, frozen=True):
    """Records equal to an earlier one, punctuation, width, case and white space aside."""

    warn: Annotated[float, Meta(ge=0, le=1, description="Warn above this share")] = 0.0
    fail: Annotated[float, Meta(ge=0, le=1, description="Fail above this share")] = 0.01


class NearDuplicates(Gate, frozen=True):
    """Sampled records nearly equal to an earlier record of the whole corpus; what is nearly equal, [dedup] of the config says."""  # noqa: E501

    warn: Annotated[float, Meta(ge=0, le=1, description="Warn above this share")] = 0.01
    fail: Annotated[float, Meta(ge=0, le=1, description="Fail above this share")] = 0.05


class Noise(Gate, frozen=True):
    """Characters of the sampled records that the noise stages would take out."""

    warn: Annotated[float, Meta(ge=0, le=1, description="Warn above this share")] = 0.01
    fail: Annotated[float, Meta(ge=0, le=1, description="Fail above this share")] = 0.03
    stages: tuple[str, ...] = NOISE
    """The stages that judge."""


class Garbled(Gate, frozen=True):
    """Characters of the sampled records that are garbled: repairable, or lost for good."""

    warn: Annotated[float, Meta(ge=0, le=1, description="Warn above this share")] = 0.0005
    fail: Annotated[float, Meta(ge=0, le=1, description="Fail above this share")] = 0.005


class Languages(Gate, frozen=True):
    """How far the languages of the sampled records leave the mix; without a mix, they are only told."""

    fail: Annotated[float, Meta(ge=0, le=1, description="Fail above this share")] = 0.0
    mix: dict[str, tuple[Share, Share]] = {}
    """Lowest and highest share of a language, as zh-Hans = [0.8, 1]; zh is every Chinese script, other is what is not
    named."""


class Lengths(Gate, frozen=True):
    """Records with too few or too many characters."""

    warn: Annotated[float, Meta(ge=0, le=1, description="Warn above this share")] = 0.0
    fail: Annotated[float, Meta(ge=0, le=1, description="Fail above this share")] = 0.05
    min_chars: Count = 12
    """Least characters of a text."""
    max_chars: Annotated[int, Meta(ge=1)] = 1_000_000
    """Most characters of a text."""


class Provenance(Gate, frozen=True):
    """Records whose origin is not told, or told wrong."""

    fail: Annotated[float, Meta(ge=0, le=1, description="Fail above this share")] = 0.0
    required: Literal["auto", "always"] = "auto"
    """Auto asks for it in the output of a run, and in a corpus in which any record has it."""
    verify: bool = True
    """Check the output of a run against its sources, as corpuskit verify does; otherwise only against its manifest."""


class Drift(Gate, frozen=True):
    """How far the corpus has moved from a baseline: the greatest distance of any of its figures."""

    warn: Annotated[float, Meta(ge=0, le=1, description="Warn above this share")] = 0.1
    fail: Annotated[float, Meta(ge=0, le=1, description="Fail above this share")] = 0.25


class Gates(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A gate file."""

    corpus: Corpus = Corpus()
    schema: Schema = Schema()
    ids: Ids = Ids()
    exact_duplicates: ExactDuplicates = ExactDuplicates()
    near_duplicates: NearDuplicates = NearDuplicates()
    noise: Noise = Noise()
    garbled: Garbled = Garbled()
    languages: Languages = Languages()
    lengths: Lengths = Lengths()
    provenance: Provenance = Provenance()
    drift: Drift = Drift()

    def limits(self) -> dict[str, Gate]:
        """Return the gates by name, in the order in which they are told."""
        return {name: getattr(self, name) for name in self.__struct_fields__ if name != "corpus"}

    def needs(self, *names: str) -> bool:
        """Tell whether any of these gates is on."""
        return any(self.limits()[name].enabled for name in names)


def load(where: str | Path | None = None) -> Gates:
    """Read a gate file; None gives the defaults.

    Raises:
        ConfigError: no such file, not TOML, or an unknown name, wrong type or value out of range, with its path.
    """
    if where is None:
        return Gates()
    hint = "corpuskit validate --show-gates > gates.toml writes one to begin with"
    return parse(text_of(Path(where), hint), str(where))


def parse(text: str, name: str = "gates") -> Gates:
    """Return the gates of a TOML text; what it leaves out has its default.

    >>> parse("[noise]\\nfail = 0.02").noise.fail
    0.02
    """
    gates = typed(text, Gates, name)
    known = [stage.name for stage in STAGES]
    for stage in gates.noise.stages:
        if stage not in known:
            raise ConfigError(f"{name}: noise.stages: there is no stage {stage!r}; {nearest(stage, known)}")
    for gate, limits in gates.limits().items():
        if limits.warn < 1.0 and limits.warn > limits.fail:
            raise ConfigError(f"{name}: {gate}: warn {limits.warn} is above fail {limits.fail}, so it could never warn")
    for tag, (low, high) in gates.languages.mix.items():
        if low > high:
            raise ConfigError(f"{name}: languages.mix.{tag}: the lowest share {low} is above the highest, {high}")
    return gates


def as_toml(gates: Gates) -> str:
    """Return a gate file, every option with its value and a comment."""
    return "\n".join([_HEAD, *(as_table(name, getattr(gates, name)) for name in gates.__struct_fields__)])

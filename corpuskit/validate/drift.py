"""How far a corpus has moved from a baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpuskit.validate.corpus import CorpusError
from corpuskit.validate.findings import Finding, judge
from corpuskit.validate.gates import Drift
from corpuskit.write import manifest
from corpuskit.write.encode import loads
from corpuskit.write.folder import MANIFEST

Json = dict[str, Any]
Profile = dict[str, Any]
"""Tables are shares that add up to 1, numbers are means; two profiles are compared by what both have."""


def baseline(path: Path) -> Profile:
    """Return the profile of a manifest, of the output folder of a run, or of what ``validate --json`` printed.

    Raises:
        CorpusError: it is none of them.
    """
    file = path / MANIFEST if path.is_dir() else path
    try:
        data = loads(file.read_bytes())
        if "profile" in data:
            profile: Profile = data["profile"]
            return profile
        return of_counts([data["counts"]])
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = f"{type(error).__name__}: {error}" if isinstance(error, KeyError | TypeError) else str(error)
        raise CorpusError(
            f"{path} is no baseline ({what}): name a manifest.json, an output folder, "
            "or a file that corpuskit validate --json wrote"
        ) from error


def of_runs(outs: Sequence[Path]) -> Profile:
    """Return the profile of one or more runs taken together."""
    return of_counts([manifest.load(out)["counts"] for out in outs])


def of_counts(counts: Sequence[Json]) -> Profile:
    """Return a profile from the counts of manifests.

    ``languages`` and ``encodings`` are shares of records and sources; ``fates`` are shares of the source characters:
    kept, replaced, or taken by a stage; the means are characters a record and records a source.
    """
    fates: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    encodings: Counter[str] = Counter()
    for one in counts:
        fates.update({name: one["characters"][name] for name in ("kept", "replaced")})
        for stage, table in one["stages"].items():
            fates[stage] += sum(table.get(name, 0) for name in ("removed", "lifted", "dropped"))
        languages.update(one["languages"])
        encodings.update(one["encodings"])
    records = sum(one["records"] for one in counts)
    written = sum(one["characters"]["kept"] + one["characters"]["written"] for one in counts)
    sources = sum(one["sources"] for one in counts)
    shares = {"languages": languages, "encodings": encodings, "fates": fates}
    out: Profile = {name: share(counter) for name, counter in shares.items()}
    return out | {"characters_a_record": written / max(1, records), "records_a_source": records / max(1, sources)}


def of_lengths(lengths: Sequence[int]) -> Profile:
    """Return the mean of lengths in characters, and their shares by powers of two."""
    powers = np.bincount(np.log2(np.maximum(1, np.array(lengths, np.float64))).astype(int)).tolist() if lengths else []
    table = Counter({f"{1 << at} to {(2 << at) - 1}": number for at, number in enumerate(powers) if number})
    return {"characters_a_record": sum(lengths) / max(1, len(lengths)), "lengths": share(table)}


def share(counter: Counter[str]) -> dict[str, float]:
    """Return the shares of a counter, sorted by name."""
    return {name: round(number / counter.total(), 6) for name, number in sorted(counter.items()) if number}


def finding(gate: Drift, here: Profile, there: Profile) -> Finding:
    """Return the greatest distance of any figure that both profiles have."""
    found = {name: _distance(here[name], there[name]) for name in here if name in there}
    if not found:
        raise CorpusError("the baseline has no figure that this corpus has: name the manifest.json of a run")
    worst = sorted(found, key=lambda name: (-found[name], name))
    told = ", ".join(f"{name} {found[name]:.3f}" for name in worst)
    message = f"distances: {told}; {worst[0]}: {_moved(here[worst[0]], there[worst[0]])}"
    return judge("drift", gate, found[worst[0]], message, [])


def _distance(one: Any, other: Any) -> float:
    """Total variation of two tables of shares, or how much smaller one mean is than the other; 0 to 1."""
    if isinstance(one, dict):
        apart: float = sum(abs(one.get(key, 0) - other.get(key, 0)) for key in {*one, *other}) / 2
    else:
        apart = 1 - min(one, other) / max(one, other) if max(one, other) > 0 else 0.0
    return round(apart, 6)


def _moved(one: Any, other: Any) -> str:
    if not isinstance(one, dict):
        return f"{other:,.2f} before, {one:,.2f} now"
    key = max(sorted({*one, *other}), key=lambda name: abs(one.get(name, 0) - other.get(name, 0)), default="")
    return f"{key} {other.get(key, 0):.1%} before, {one.get(key, 0):.1%} now"

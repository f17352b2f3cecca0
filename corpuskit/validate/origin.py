"""Where records come from: whether each says so, and whether it is true."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpuskit.validate.findings import Example, Finding, judge, skipped
from corpuskit.validate.gates import Provenance
from corpuskit.write import manifest

Json = dict[str, Any]

_DIGEST = re.compile("[0-9a-f]{64}")
_KNOWN = 100


def fault(record: Json, text: Any) -> str:
    """Return what a record's provenance lacks; empty where it says where every character of the text is from."""
    provenance = record.get("provenance")
    if not isinstance(provenance, dict):
        return "no provenance"
    source = provenance.get("source")
    if not isinstance(source, dict) or not source.get("uri"):
        return "provenance names no source"
    if not _DIGEST.fullmatch(str(source.get("sha256"))):
        return "provenance has no sha256 of the source"
    pieces = provenance.get("pieces")
    if not isinstance(pieces, list) or not isinstance(text, str):
        return "provenance has no pieces"
    return _cover(pieces, len(text))


def _cover(pieces: list[Any], size: int) -> str:
    at = 0
    for piece in pieces:
        # nested columns of Parquet have names, JSONL has lists
        start, end = (
            (piece.get("text_start"), piece.get("text_end")) if isinstance(piece, dict) else (*piece, None, None)[:2]
        )
        if start != at or not isinstance(end, int) or end < at:
            return f"the pieces leave the text at {at}"
        at = end
    return "" if at == size else f"the pieces end at {at} of {size} characters"


def finding(
    gate: Provenance,
    outs: Sequence[Path],
    sources: Sequence[str],
    records: int,
    traced: int,
    faults: int,
    examples: list[Example],
) -> Finding:
    """Return what is known of the origin: of every record by itself, and of each run against its sources."""
    if gate.required == "auto" and not outs and not traced:
        return skipped("provenance", gate, "no record has any; ask for it with provenance.required = 'always'")
    told = f"{faults:,} of {records:,} records do not say where their text is from"
    share = faults / max(1, records)
    for out in outs:
        wrong, found = _against_sources(out, sources) if gate.verify else _against_manifest(out)
        if wrong:
            told += f"; {out}: {wrong:,} mismatches, corpuskit verify {out} tells them all"
            examples = [*examples, *found[:3]]
            share = max(share, min(1.0, wrong / max(1, records)))
    if share == 0:
        how = "against their sources" if gate.verify else "against the manifest"
        told = f"all records say where their text is from{f', verified {how}' if outs else ''}"
    return judge("provenance", gate, share, told, examples)


def _against_sources(out: Path, instead: Sequence[str]) -> tuple[int, list[Example]]:
    from corpuskit.sources import again
    from corpuskit.write.verify import verify

    try:
        report = verify(out, again(manifest.load(out), out, instead), limit=_KNOWN)
    except (OSError, ValueError) as error:
        return 1, [Example(str(out), 1, None, f"cannot be verified: {error}; name the sources with --sources")]
    return report.total, [Example(str(out), 1, problem.record, str(problem)) for problem in report.problems]


def _against_manifest(out: Path) -> tuple[int, list[Example]]:
    found: list[Example] = []
    for entry in manifest.load(out)["files"]:
        path = out / entry["path"]
        if not path.is_file():
            found.append(Example(str(path), 1, None, "the manifest names it, and it is not there"))
            continue
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != entry["sha256"]:
                found.append(Example(str(path), 1, None, "its digest is not the manifest's"))
    return len(found), found

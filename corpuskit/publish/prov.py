"""The run as W3C PROV-JSON: what was used, what was made, by what, when."""

from __future__ import annotations

import hashlib
from typing import Any

Json = dict[str, Any]

_VOCABULARY = "urn:corpuskit:"


def prov(held: Json, digests: dict[str, str] | None = None) -> Json:
    """Return the provenance of the run with this manifest.

    ``digests`` are of the files that were made of the run afterwards, by name.
    """
    run = hashlib.sha256(repr(sorted((entry["path"], entry["sha256"]) for entry in held["files"])).encode()).hexdigest()
    files = {f"run:{entry['path']}": _file(entry) for entry in held["files"]}
    later = {f"run:{name}": {"ck:sha256": digest} for name, digest in (digests or {}).items()}
    inputs = {f"run:input/{n}": {"prov:label": entry["given"]} for n, entry in enumerate(held["inputs"])}
    config = {"run:config": {"ck:digest": held["config_digest"], "prov:type": _name("prov:Plan")}}
    agent = f"ck:corpuskit-{held['corpuskit']}"
    return {
        "prefix": {"ck": _VOCABULARY, "run": f"{_VOCABULARY}run:{run[:16]}:"},
        "entity": inputs | config | files | later,
        "activity": {
            "run:run": {
                "prov:startTime": held["started"],
                "prov:endTime": held["finished"],
                "ck:sources": held["counts"]["sources"],
                "ck:records": held["counts"]["records"],
                "ck:ledger_lines": held["counts"]["ledger_lines"],
            },
            **({"run:publishing": {}} if later else {}),
        },
        "agent": {
            agent: {"prov:type": _name("prov:SoftwareAgent"), "ck:version": held["corpuskit"], **_versions(held)}
        },
        "used": _relations("u", [("run:run", name) for name in (*inputs, *config)], "prov:activity", "prov:entity"),
        "wasGeneratedBy": _relations(
            "g",
            [(name, "run:run") for name in files] + [(name, "run:publishing") for name in later],
            "prov:entity",
            "prov:activity",
        ),
        "wasAssociatedWith": {
            "_:a1": {"prov:activity": "run:run", "prov:agent": agent, "prov:plan": "run:config"},
        },
        "wasDerivedFrom": _relations(
            "d",
            [(f, i) for f in files for i in inputs] + [(name, f) for name in later for f in files],
            "prov:generatedEntity",
            "prov:usedEntity",
        ),
    }


def _name(name: str) -> Json:
    return {"$": name, "type": "prov:QUALIFIED_NAME"}


def _file(entry: Json) -> Json:
    return {f"ck:{name}": entry[name] for name in ("sha256", "bytes", "lines") if name in entry}


def _versions(held: Json) -> Json:
    found = held["versions"]
    return {"ck:python": found["python"]} | {f"ck:package-{name}": said for name, said in found["packages"].items()}


def _relations(name: str, pairs: list[tuple[str, str]], one: str, other: str) -> Json:
    return {f"_:{name}{n}": {one: first, other: second} for n, (first, second) in enumerate(pairs, 1)}

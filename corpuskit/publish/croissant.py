"""Croissant 1.0 metadata (MLCommons), from the manifest: files with digests, and the fields of a record."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from corpuskit.publish.about import FIELDS, About, corpus_files, described

Json = dict[str, Any]

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_FORMATS = {".jsonl": "application/jsonlines", ".parquet": "application/x-parquet", ".gz": "application/gzip"}
_TEXTS = ("id", "text", "title", "source", "language")
"""Fields that hold one string each; the others are objects, for which Croissant 1.0 has no type."""


def croissant(about: About, held: Json) -> Json:
    """Return the metadata of the run with this manifest; paths are relative to its folder."""
    out: Json = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": about.name,
        "description": described(about, held),
        "version": about.version,
        "datePublished": held["finished"][:10],
        "license": about.license or "unknown",
        "url": about.url or "urn:corpuskit:" + held["config_digest"],
        "citeAs": about.citation or f"{about.name}, cleaned by corpuskit {held['corpuskit']}, {held['finished'][:10]}",
        "inLanguage": sorted(held["counts"]["languages"]),
        "isLiveDataset": False,
    }
    if about.creators:
        out["creator"] = [{"@type": "sc:Organization", "name": name} for name in about.creators]
    files = corpus_files(held)
    out["distribution"] = [_file(entry) for entry in files]
    out["recordSet"] = [_records(entry, len(files)) for entry in files]
    return out


def _file(entry: Json) -> Json:
    name = PurePosixPath(entry["path"])
    return {
        "@type": "cr:FileObject",
        "@id": entry["path"],
        "name": name.name,
        "contentUrl": entry["path"],
        "contentSize": f"{entry['bytes']} B",
        "encodingFormat": _FORMATS.get(name.suffix, "application/zstd"),
        "sha256": entry["sha256"],
    }


def _records(entry: Json, files: int) -> Json:
    """Return the records of one part: sets of files need an archive or a repository around them."""
    stem = PurePosixPath(entry["path"]).name.partition(".")[0]
    name = "records" if files == 1 else f"records-{stem.removeprefix('part-')}"
    fields = [_field(name, field, FIELDS[field], entry["path"]) for field in _TEXTS]
    return {"@type": "cr:RecordSet", "@id": name, "name": name, "key": {"@id": f"{name}/id"}, "field": fields}


def _field(records: str, name: str, text: str, file: str) -> Json:
    return {
        "@type": "cr:Field",
        "@id": f"{records}/{name}",
        "name": name,
        "description": text,
        "dataType": "sc:Text",
        "source": {"fileObject": {"@id": file}, "extract": {"column": name}},
    }

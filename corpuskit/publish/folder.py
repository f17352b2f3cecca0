"""A run as a folder to upload, or as a BagIt bag (RFC 8493) to keep. It appears whole or not at all."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from corpuskit.publish.about import About, described
from corpuskit.publish.card import card
from corpuskit.publish.croissant import croissant
from corpuskit.publish.prov import prov
from corpuskit.write import manifest
from corpuskit.write.atomic import OutputError, explained
from corpuskit.write.encode import dumps, pretty
from corpuskit.write.folder import MANIFEST, inside
from corpuskit.write.stream import Stream, entries, key_of_line, key_of_record, least

Json = dict[str, Any]

SOURCES = "sources.jsonl"
_REPORT = "report.html"


def folder(out: Path, to: Path, about: About, *, ledger: bool = True) -> Path:
    """Copy a run into a new folder with its card, Croissant metadata, PROV-JSON and the digests of its sources.

    Raises:
        OutputError: OUT is not the output of a run, or ``to`` lies inside it, is not empty or cannot be written.
    """
    return _made(out, to, lambda new: _fill(out, new, about, ledger))


def bag(out: Path, to: Path, about: About, *, ledger: bool = True) -> Path:
    """Make the same as a bag with SHA-256 manifests, and validate it.

    Raises:
        OutputError: as ``folder``, or the ``bag`` extra is not installed.
    """
    try:
        import bagit
    except ImportError:
        raise OutputError("a bag needs pip install 'corpuskit-curation[bag]'") from None

    def fill(new: Path) -> None:
        held = _fill(out, new, about, ledger)
        bagit.make_bag(str(new), _info(about, held), checksums=["sha256"], encoding="utf-8")
        bagit.Bag(str(new)).validate()

    return _made(out, to, fill)


def sources(out: Path) -> Iterator[Json]:
    """Yield what is known of each source of a run, by URI: digest, size and type; URL and record id where there are.

    Of a source without a record, the ledger knows the digest alone.
    """

    def damaged(where: str, what: str) -> None:
        raise OutputError(f"{out / where}: {what}; corpuskit verify {out} tells more")

    records = Stream(entries(out / "corpus", damaged), key_of_record)
    lines = Stream(entries(out / "ledger", damaged), key_of_line)
    while (key := least(records, lines)) is not None:
        held, said = records.take(key), lines.take(key)
        if held:
            url = held[0]["metadata"].get("url")
            yield held[0]["provenance"]["source"] | ({"url": url} if url else {})
        else:
            number = {"record": said[0]["source_record"]} if "source_record" in said[0] else {}
            yield {"uri": said[0]["source"], **number, "sha256": said[0]["sha256"]}


def _made(out: Path, to: Path, fill: Callable[[Path], object]) -> Path:
    """Fill a folder beside its place, then put it there."""
    if inside(to, out):
        # a later run into OUT would refuse to replace what is not its own
        raise OutputError(f"{to} lies inside the run {out}, which holds nothing else: name a folder outside it with -o")
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise OutputError(f"{to} is there already: name a new or empty folder with -o")
    with explained(to):
        to.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{to.name}.", dir=to.parent))
        try:
            fill(new)
            new.chmod(0o755)
            new.replace(to)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
    return to


def _fill(out: Path, new: Path, about: About, ledger: bool) -> Json:
    held = manifest.of_run(out)
    wanted = [entry for entry in held["files"] if ledger or not entry["path"].startswith("ledger/")]
    for entry in wanted:
        _copy(out, new, entry)
    shutil.copyfile(out / MANIFEST, new / MANIFEST)
    if (out / _REPORT).is_file():
        shutil.copyfile(out / _REPORT, new / _REPORT)
    with (new / SOURCES).open("wb") as file:
        file.writelines(map(dumps, sources(out)))
    manifest_entry = {"path": MANIFEST, "sha256": _digest(new / MANIFEST)}
    (new / "README.md").write_text(card(about, held), "utf-8")
    (new / "croissant.json").write_bytes(pretty(croissant(about, held)))
    (new / "prov.json").write_bytes(
        pretty(prov(held | {"files": [*wanted, manifest_entry]}, {SOURCES: _digest(new / SOURCES)}))
    )
    return held


def _copy(out: Path, new: Path, entry: Json) -> None:
    path = new / entry["path"]
    if not path.resolve().is_relative_to(new.resolve()):
        raise OutputError(f"{out / MANIFEST} names a file outside of the folder: {entry['path']!r}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(out / entry["path"], path)
    except FileNotFoundError:
        raise OutputError(f"{out} has no {entry['path']}, which its manifest names: run it again") from None
    if _digest(path) != entry["sha256"]:
        raise OutputError(f"{out / entry['path']} is not as the run left it: corpuskit verify {out} tells more")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _info(about: About, held: Json) -> dict[str, str]:
    info = {
        "External-Identifier": held["config_digest"],
        "External-Description": described(about, held),
        "Bagging-Date": held["finished"][:10],
        "Contact-Name": ", ".join(about.creators),
    }
    return {name: " ".join(value.split()) for name, value in info.items() if value}

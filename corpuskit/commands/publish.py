"""``corpuskit publish``: card, croissant, prov, folder and bag."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from corpuskit.commands import DebugOption, OutArgument, named

if TYPE_CHECKING:
    from corpuskit.publish import About

publish = typer.Typer(
    name="publish", help="Make a finished run ready for others: card, metadata, folder, bag.", no_args_is_help=True
)

AboutOption = Annotated[
    str | None,
    typer.Option("--about", metavar="FILE", help="TOML with name, description, license, url, creators and the like."),
]
NameOption = Annotated[str | None, typer.Option("--name", help="Name of the dataset.")]
LicenseOption = Annotated[str | None, typer.Option("--license", help="Licence of the texts, as cc-by-4.0.")]
ToOption = Annotated[str, typer.Option("-o", "--output", metavar="DIR", help="A new or empty folder.", callback=named)]
LedgerOption = Annotated[
    bool, typer.Option("--ledger/--no-ledger", help="Whether what was taken out goes with the corpus.")
]


@publish.command("card")
def card(
    out: OutArgument,
    about: AboutOption = None,
    name: NameOption = None,
    licence: LicenseOption = None,
    debug: DebugOption = False,
) -> None:
    """Print the dataset card: README.md with the YAML header that Hugging Face reads."""
    from corpuskit import publish as made
    from corpuskit.write import manifest

    _print(made.card(_about(about, name, licence), manifest.of_run(Path(out))).encode())


@publish.command("croissant")
def croissant(
    out: OutArgument,
    about: AboutOption = None,
    name: NameOption = None,
    licence: LicenseOption = None,
    debug: DebugOption = False,
) -> None:
    """Print Croissant metadata: the files with their digests, and the fields of a record."""
    from corpuskit import publish as made
    from corpuskit.write import manifest
    from corpuskit.write.encode import pretty

    _print(pretty(made.croissant(_about(about, name, licence), manifest.of_run(Path(out)))))


@publish.command("prov")
def prov(out: OutArgument, debug: DebugOption = False) -> None:
    """Print the run as W3C PROV-JSON: what was used and made, by what, when."""
    from corpuskit import publish as made
    from corpuskit.write import manifest
    from corpuskit.write.encode import pretty

    _print(pretty(made.prov(manifest.of_run(Path(out)))))


def _packed(kind: Literal["folder", "bag"], told: str, said: str) -> None:
    """Register a command that copies a run into a folder, of one kind or the other."""

    def pack(
        out: OutArgument,
        to: ToOption,
        about: AboutOption = None,
        name: NameOption = None,
        licence: LicenseOption = None,
        ledger: LedgerOption = True,
        debug: DebugOption = False,
    ) -> None:
        from corpuskit import publish as made

        make = made.folder if kind == "folder" else made.bag
        make(Path(out), Path(to), _about(about, name, licence), ledger=ledger)
        typer.echo(f"{to}: {said}", err=True)

    pack.__doc__ = told
    publish.command(kind)(pack)


_packed(
    "folder",
    "Copy the run into a folder to upload, with its card, metadata and the digests of its sources.",
    "ready to upload; read its README.md first",
)
_packed("bag", "Make the same folder as a BagIt bag, with SHA-256 manifests, and validate it.", "a valid bag")


def _about(path: str | None, name: str | None, licence: str | None) -> About:
    from corpuskit.publish import load

    return load(path, name=name, license=licence)


def _print(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()

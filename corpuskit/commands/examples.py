"""Examples for the help of every command; a test runs them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import typer

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "run": (
        ("corpuskit run pages -o out", "a folder of pages into out/"),
        ("corpuskit run 'pages/*.jsonl' --field text -c strict -o out", "JSONL, and the strict config"),
        ("corpuskit run - -o - < pages/bridge.txt", "one page from stdin, its records to stdout"),
    ),
    "inspect": (
        ("corpuskit inspect pages/bridge.txt", "what is taken out, by which rule"),
        ("corpuskit inspect pages/bridge.txt --stage page_chrome -c gentle", "one stage of another config"),
    ),
    "explain": (
        ("corpuskit explain out RECORD_ID", "where each passage of a record is from"),
        ("corpuskit explain out pages/bridge.txt", "what became of a source, from its beginning to its end"),
        ("corpuskit explain out pages/bridge.txt --at 40", "and of one place of it"),
    ),
    "verify": (
        ("corpuskit verify out", "against the sources, where the run read them"),
        ("corpuskit verify out --sources pages --json", "sources that have moved; for programs"),
    ),
    "validate": (
        ("corpuskit validate out", "the gates as they are by default"),
        ("corpuskit validate --show-gates > gates.toml", "a gate file to change"),
        ("corpuskit validate corpus.jsonl --gates gates.toml --junit gates.xml", "any corpus; a report for CI"),
        ("corpuskit validate out --baseline before/manifest.json", "and drift from an earlier run"),
    ),
    "diff": (
        ("corpuskit diff before out", "what came, went and changed, by which rule"),
        ("corpuskit diff before out --json > changes.jsonl", "every change, a line each"),
    ),
    "dedup": (
        ("corpuskit dedup corpus.jsonl -o unique", "any corpus without its duplicates, and a table of them"),
        ("corpuskit dedup --explain-parameters", "what bands, rows and threshold will find"),
    ),
    "report": (("corpuskit report out", "writes out/report.html again"),),
    "review": (("corpuskit review out", "opens the uncertain decisions in a browser"),),
    "score": (
        ("corpuskit score labelled cleaned --export", "the raw text of labelled pages into cleaned/"),
        ("corpuskit score labelled out", "records against labels"),
    ),
    "train": (("corpuskit train labelled -o my-labeller.json", "a labeller from labelled pages"),),
    "sitelines": (("corpuskit sitelines pages -o site-lines.jsonl", "lines that repeat on the pages of a site"),),
    "stages": (
        ("corpuskit stages", "the stages in order"),
        ("corpuskit stages spam_links", "one stage: rules, options, an example"),
    ),
    "publish card": (("corpuskit publish card out --name bridges --license cc-by-4.0 > README.md", "a dataset card"),),
    "publish croissant": (("corpuskit publish croissant out --about about.toml > croissant.json", "metadata"),),
    "publish prov": (("corpuskit publish prov out > prov.json", "the run as PROV-JSON"),),
    "publish folder": (("corpuskit publish folder out -o upload --no-ledger", "all of it, ready to upload"),),
    "publish bag": (("corpuskit publish bag out -o bag --about about.toml", "the same as a BagIt bag"),),
    "config show": (("corpuskit config show strict > my.toml", "every option of the strict config"),),
    "config check": (("corpuskit config check my.toml", "what is wrong in it, if anything"),),
    "config schema": (("corpuskit config schema > config.schema.json", "for editors that complete and check"),),
}


def add(app: typer.Typer, before: str = "", *, plain: bool = False) -> None:
    """Give every command of an app its examples, and its docstring without the line breaks of the source.

    Where the help is ``plain``, for terminals too narrow for its tables, examples say that their lines are lines.
    """
    for command in app.registered_commands:
        if command.callback is not None:
            command.help = unwrapped(command.callback)
            found = epilog(f"{before}{command.name}")
            command.epilog = f"\b\n{found}" if found and plain else found
    for group in app.registered_groups:
        if group.typer_instance is not None:
            add(group.typer_instance, f"{before}{group.typer_instance.info.name} ", plain=plain)


def unwrapped(callback: Callable[..., Any]) -> str:
    """Return a docstring with each paragraph in one line."""
    paragraphs = (inspect.getdoc(callback) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def epilog(command: str) -> str | None:
    """Return the examples of a command for its help, two lines each; None where it has none."""
    found = EXAMPLES.get(command)
    if not found:
        return None
    return "\n".join(["Examples", *(line for typed, what in found for line in (f"  {typed}", f"      {what}"))])

"""The documentation cannot drift: its commands are run, its reference is the code's, its links and pages are there."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
import reference
from door import Said, call
from running import BRIDGE, FERRY, folder_of, jsonl, records

from corpuskit.commands.examples import EXAMPLES
from corpuskit.write.encode import loads

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if path.parent != reference.FOLDER)
SHOWN = (
    "index",
    "tutorial",
    "engineer",
    "archivist",
    "ci",
    "format",
    "validate",
    "diff",
    "publish",
    "limits",
    "encoding",
    "language",
)
RUN = [path for path in PAGES if path.stem in SHOWN and "```sh" in path.read_text("utf-8")]
OTHERS = [path for path in PAGES if path.stem not in SHOWN]
"""Pages about one part each, some of whose commands take minutes: theirs are only looked up."""
COMMANDS = dict(reference.commands())
SERVERS = {"review"}

_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.M | re.S)
_LINK = re.compile(r"\]\((?!http)([^)#]+)")


class Block(NamedTuple):
    kind: str
    title: str
    body: str


def blocks(path: Path) -> list[Block]:
    return [Block(*found.groups(default="")) for found in _BLOCK.finditer(path.read_text("utf-8"))]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the documentation takes for granted: pages, two runs, a corpus, labelled pages, files to configure."""
    folder = tmp_path_factory.mktemp("shelf")
    shutil.copytree(ROOT / "fixtures" / "pages", folder / "pages")
    (folder / "labelled").mkdir()
    for path in sorted((ROOT / "fixtures" / "labelled").glob("a*.page")):
        shutil.copy(path, folder / "labelled")
    files: dict[str, str | bytes] = {"pages/bridge.txt": BRIDGE}
    files |= {"about.toml": 'name = "bridges"\n', "my.toml": "[dedup]\nthreshold = 0.9\n"}
    files |= {"corpus.jsonl": jsonl({"id": 1, "text": BRIDGE}, {"id": 2, "text": FERRY})}
    folder_of(folder, files)
    here = Path.cwd()
    os.chdir(folder)
    try:
        for out in ("out", "before"):
            assert call("run", "pages", "-o", out, "-q").code == 0
    finally:
        os.chdir(here)
    return folder


def typed(line: str) -> Said:
    """Run one line of a shell: words, ``<`` and ``>``; a comment may say what exit code is right."""
    command, _, comment = line.partition("  # ")
    words = shlex.split(command.replace("RECORD_ID", _record()))
    stdin, into = b"", None
    if "<" in words:
        at = words.index("<")
        stdin = Path(words[at + 1]).read_bytes()
        del words[at : at + 2]
    if ">" in words:
        at = words.index(">")
        into = Path(words[at + 1])
        del words[at : at + 2]
    said = call(*words[1:], stdin=stdin)
    if into:
        into.write_text(said.out)
    found = re.search(r"\bexit (\d)", comment)
    wanted = int(found[1]) if found else 0
    if words[1:3] == ["publish", "bag"] and not importlib.util.find_spec("bagit"):
        wanted = 2
    assert said.code == wanted, f"{line}\n{said.out}\n{said.err}"
    return said


def _record() -> str:
    return str(records(Path("out"))[0]["id"]) if Path("out/corpus").is_dir() else "RECORD_ID"


def lines_of(block: Block) -> Iterator[str]:
    for line in block.body.splitlines():
        if line.startswith("pip install"):
            _check_extras(line)
        elif line:
            assert line.startswith("corpuskit "), f"a test cannot run: {line}"
            yield line


def _check_extras(line: str) -> None:
    known = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for names in re.findall(r"\[([\w,-]+)\]", line):
        assert set(names.split(",")) <= set(known), line


@pytest.mark.parametrize("path", RUN, ids=lambda path: path.stem)
def test_every_command_of_a_page_runs(path: Path, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if path.stem != "tutorial":
        shutil.copytree(shelf, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    said = ""
    for block in blocks(path):
        if block.title:
            folder_of(tmp_path, {block.title: block.body})
        elif block.kind == "sh":
            said = ""
            for line in lines_of(block):
                found = typed(line)
                said += found.out + found.err
        elif block.kind == "output":
            assert [line for line in block.body.splitlines() if line.strip() not in said] == [], said


def test_the_pages_that_show_commands_are_run() -> None:
    assert {path.stem for path in RUN} == set(SHOWN) - {"index", "format", "limits", "encoding", "language"}


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_commands_of_other_pages_exist(path: Path) -> None:
    for name in re.findall(r"^corpuskit (\w+)", path.read_text("utf-8"), re.M):
        assert any(known.split()[0] == name for known in COMMANDS), name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_examples_in_its_help(name: str) -> None:
    said = call(*name.split(), "--help")
    assert said.code == 0
    assert EXAMPLES.get(name), f"corpuskit/commands/examples.py has none for {name}"
    shown = " ".join(said.out.split())
    for line, what in EXAMPLES[name]:
        assert f"{line} {what}" in shown


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name in COMMANDS and name not in SERVERS])
def test_the_examples_of_every_command_run(
    name: str, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(shelf, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    # a labeller that is to be used takes a minute
    monkeypatch.setattr("corpuskit.learning.EPOCHS", 1)
    monkeypatch.setattr("corpuskit.train.COMPOSED", 20)
    for line, _ in EXAMPLES[name]:
        typed(line)


@pytest.mark.parametrize("name", reference.pages())
def test_the_reference_is_that_of_the_code(name: str) -> None:
    said = "the code has changed: python -m tests.reference writes the pages again"
    assert (reference.FOLDER / name).read_text("utf-8") == reference.pages()[name], said


def test_the_reference_names_every_rule_and_option() -> None:
    from corpuskit.config import STAGES

    text = (reference.FOLDER / "stages.md").read_text("utf-8")
    for kind in STAGES:
        for name in (*kind.rules, *kind.__struct_fields__):
            assert f"`{name}`" in text


@pytest.mark.parametrize("path", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    for link in _LINK.findall(path.read_text("utf-8")):
        assert (path.parent / link).exists(), link


def test_every_page_is_in_the_navigation() -> None:
    nav = (ROOT / ".config" / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]
    named = re.findall(r": (\S+\.md)$", nav, re.M)
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert sorted(pages - set(named)) == []
    assert len(named) == len(set(named))


def test_the_picture_is_svg_without_scripts_or_other_files() -> None:
    root = ElementTree.parse(DOCS / "road.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox")
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    text = (DOCS / "road.svg").read_text("utf-8")
    assert not re.search(r"<script|href=|url\(http|@import", text)


def test_the_workflow_runs(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (DOCS / "ci" / "corpus-gates.yml").read_text("utf-8")
    lines = [line for line in re.findall(r"- run: (.*)", text) if line.startswith("corpuskit")]
    assert [line.split()[1] for line in lines] == ["run", "verify", "validate"]
    shutil.copytree(shelf / "pages", tmp_path / "pages")
    shutil.copy(shelf / "before" / "manifest.json", tmp_path / "baseline.json")
    gates = next(block.body for block in blocks(DOCS / "howto" / "ci.md") if block.title == "gates.toml")
    folder_of(tmp_path, {"gates.toml": gates})
    monkeypatch.chdir(tmp_path)
    for line in lines:
        typed(line)
    assert loads((tmp_path / "gates.sarif").read_bytes())["runs"][0]["tool"]["driver"]["name"] == "corpuskit validate"


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    if not importlib.util.find_spec("mkdocs") or not importlib.util.find_spec("material"):
        pytest.skip("the docs extra is not installed")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", str(ROOT / ".config/mkdocs.yml")]
    done = subprocess.run([*command, "-d", str(tmp_path / "site")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "reference" / "commands.html").is_file()
    assert "fonts.googleapis" not in (tmp_path / "site" / "index.html").read_text("utf-8")


@pytest.mark.parametrize(("shell", "mark"), [("bash", "complete"), ("zsh", "#compdef corpuskit"), ("fish", "complete")])
def test_completion_scripts_come_out(shell: str, mark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_CORPUSKIT_COMPLETE", f"source_{shell}")
    said = call()
    assert said.code == 0
    assert mark in said.out
    assert "corpuskit" in said.out


@pytest.mark.parametrize(
    ("shell", "environment", "wanted"),
    [
        ("bash", {"COMP_WORDS": "corpuskit va", "COMP_CWORD": "1"}, "validate"),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "corpuskit publish b"}, "bag"),
        ("fish", {"_TYPER_COMPLETE_ARGS": "corpuskit dif", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}, "diff"),
    ],
)
def test_completion_completes(
    shell: str, environment: dict[str, str], wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_CORPUSKIT_COMPLETE", f"complete_{shell}")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wanted in call().out


def test_the_version_is_told() -> None:
    from corpuskit import __version__

    assert call("--version").out == f"corpuskit {__version__}\n"

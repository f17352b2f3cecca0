"""The README cannot drift: its Python is run, its commands exist, its table names every stage."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpuskit.cli import app
from corpuskit.config import STAGES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = sorted(set(re.findall(r"^corpuskit (\w+)", README, re.M)))


def test_python_of_the_readme_runs_as_shown() -> None:
    done = doctest.testfile(str(ROOT / "README.md"), module_relative=False, encoding="utf-8")
    assert done.attempted >= 8
    assert done.failed == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_of_the_readme_exist(command: str) -> None:
    assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0


def test_readme_names_every_stage_in_order() -> None:
    named = re.findall(r"^\| `(\w+)` \|", README, re.M)
    assert named == [stage.name for stage in STAGES]


@pytest.mark.parametrize("name", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_links_of_the_readme_lead_somewhere(name: str) -> None:
    assert (ROOT / name).exists()

"""The house: who imports whom, and how long things are. Read from the source, nothing is imported."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "corpuskit"
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py"))
ROOMS = {"read", "decode", "clean", "segment", "dedup", "write", "language", "engines"}
DOORS = {"commands", "deduplicate", "validate", "publish"}
"""Folders that, like the modules at the top, know all rooms."""
READERS = {"report": {"core", "write"}, "review": {"core", "write", "report", "labelled", "overrides"}}
"""Rooms that look at a finished run, and what they may import beside themselves."""
DATA = {"lexicon"}
"""Folders of data that belong to the core."""
FILE_LINES = 400
FUNCTION_LINES = 12


@cache
def tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"), path)


def imports(path: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each module that a file imports, with the names it takes from it; relative ones resolved."""
    package = list(Path(path).with_suffix("").parts[:-1])
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            yield ".".join([*base, *filter(None, [node.module])]), [alias.name for alias in node.names]


def inside(path: str) -> Iterator[str]:
    """Yield the parts of the package that a file imports: a room, the core, or a module at the top."""
    for module, names in imports(path):
        first, _, rest = module.partition(".")
        if first == "corpuskit":
            if rest:
                yield rest.split(".")[0]
            else:
                yield from (name for name in names if not name.startswith("__"))


def home(path: str) -> str:
    """Return the folder under the package that a module lives in; empty at the top."""
    parts = Path(path).parts
    return parts[1] if len(parts) > 2 else ""


def of(*homes: str) -> list[str]:
    return [path for path in MODULES if home(path) in homes]


def test_every_folder_is_known() -> None:
    assert {home(path) for path in MODULES} <= {"", "core", *ROOMS, *READERS, *DOORS, *DATA}
    assert of("core")
    assert of(*ROOMS)


@pytest.mark.parametrize("path", of(*ROOMS))
def test_a_room_imports_the_core_and_itself(path: str) -> None:
    assert set(inside(path)) <= {"core", home(path), *DATA}


@pytest.mark.parametrize("path", of(*READERS))
def test_what_reads_a_run_imports_what_wrote_it(path: str) -> None:
    assert set(inside(path)) <= {home(path), *READERS[home(path)]}


@pytest.mark.parametrize("path", of("core", *DATA))
def test_the_core_imports_no_room(path: str) -> None:
    assert set(inside(path)) <= {"core", *DATA}


@pytest.mark.parametrize("path", MODULES)
def test_no_module_imports_a_test(path: str) -> None:
    tests = {file.stem for file in (ROOT / "tests").glob("*.py")} | {"tests", "pytest", "hypothesis", "conftest"}
    assert {module.split(".")[0] for module, _ in imports(path)} & tests == set()


@pytest.mark.parametrize("path", MODULES)
def test_no_file_is_too_long(path: str) -> None:
    assert len((ROOT / path).read_text("utf-8").splitlines()) <= FILE_LINES


@pytest.mark.parametrize("path", MODULES)
def test_no_file_is_a_drawer_for_anything(path: str) -> None:
    assert Path(path).stem not in {"util", "utils", "helper", "helpers", "misc", "common"}


@pytest.mark.parametrize("path", MODULES)
def test_every_module_says_what_it_is(path: str) -> None:
    assert ast.get_docstring(tree(path))


def lengths() -> list[int]:
    found = (node for path in MODULES for node in ast.walk(tree(path)))
    functions = [node for node in found if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in functions]


def test_functions_are_short() -> None:
    assert statistics.median(lengths()) < FUNCTION_LINES


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import corpuskit.read.flow", ["read"]),
        ("from corpuskit import core, __version__", ["core"]),
        ("from corpuskit.clean import x", ["clean"]),
        ("from . import fields", ["segment"]),
        ("from ..read import x", ["read"]),
        ("from .. import pipeline", ["pipeline"]),
        ("def f():\n    from corpuskit.dedup.lsh import x", ["dedup"]),
        ("import msgspec", []),
    ],
)
def test_the_reader_of_imports_reads_them(line: str, found: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.tree", lambda path: ast.parse(line))
    assert list(inside("corpuskit/segment/joins.py")) == found

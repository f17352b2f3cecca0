"""The reference pages of the documentation, made from the code: python -m tests.reference writes them."""

from __future__ import annotations

import html
import inspect
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer.main

from corpuskit.cli import app
from corpuskit.commands.examples import EXAMPLES
from corpuskit.config import STAGES, Config
from corpuskit.core.stage import Stage
from corpuskit.described import as_toml, options
from corpuskit.validate import gates

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
_MADE = "<!-- made by python -m tests.reference: change the code, not this page -->"


def pages() -> dict[str, str]:
    """Return the reference pages by file name."""
    made = {"commands.md": _commands(), "stages.md": _stages(), "config.md": _config(), "gates.md": _gates()}
    return {name: "\n\n".join([_MADE, *parts]) + "\n" for name, parts in made.items()}


def commands() -> Iterator[tuple[str, Any]]:
    """Yield the commands with their names, those of groups after their group's name."""
    root: Any = typer.main.get_command(app)
    for name, command in root.commands.items():
        if hasattr(command, "commands"):
            yield from ((f"{name} {inner}", held) for inner, held in command.commands.items())
        else:
            yield name, command


def _commands() -> list[str]:
    parts = [
        "# Commands",
        "Exit codes: 0 done, 1 found problems, 2 wrong use. Machine output on stdout, talk on stderr.",
    ]
    for name, command in commands():
        parts += [f"## corpuskit {name}", _safe(command.help or "")]
        rows = [_parameter(parameter) for parameter in command.params if parameter.name != "help"]
        parts += [_table(("argument or option", "what it is"), rows)]
        typed = "\n".join(f"{line}  # {what}" for line, what in EXAMPLES.get(name, ()))
        parts += [f"```sh\n{typed}\n```"] if typed else []
    return parts


def _parameter(parameter: Any) -> tuple[str, str]:
    if parameter.param_type_name == "argument":
        names = parameter.metavar or parameter.name.upper()
    else:
        names = ", ".join([*parameter.opts, *parameter.secondary_opts])
        names += f" {parameter.metavar}" if parameter.metavar and not parameter.is_flag else ""
    shown = parameter.default if isinstance(parameter.default, int | str) and parameter.default not in (0, "") else None
    default = f" (default: {shown})" if shown is not None and not isinstance(shown, bool) else ""
    return f"`{names}`", (parameter.help or "") + (" (required)" if parameter.required else default)


def _stages() -> list[str]:
    parts = ["# Stages and rules", "In the order in which a page meets them. Rules are the names in the ledger."]
    for kind in STAGES:
        parts += [f"## {kind.name}", *_stage(kind)]
    return parts


def _stage(kind: type[Stage]) -> list[str]:
    about = inspect.getdoc(kind) or ""
    rules = _table(("rule", "what it says"), [(f"`{name}`", text) for name, text in kind.rules.items()])
    rows = [(f"`{o.name}`", o.values, f"`{o.default!r}`", o.text) for o in options(kind)]
    parts = [_safe(about), rules, _table(("option", "values", "default", "what it does"), rows)]
    before, after = kind.example
    return [*parts, f"```text\n{before}\n```", "becomes", f"```text\n{after}\n```"] if before else parts


def _config() -> list[str]:
    about = "A config is TOML and says only what differs from this, the default. `corpuskit config check` checks one."
    return ["# Config", about, f"```toml\n{as_toml(Config())}```"]


def _gates() -> list[str]:
    about = "For `corpuskit validate --gates`. A file says only what differs from this, the default."
    return ["# Gate file", about, f"```toml\n{gates.as_toml(gates.Gates())}```"]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return _safe(" ".join(text.split())).replace("|", "&#124;")


def _safe(text: str) -> str:
    """Escape what Markdown would take for HTML, but not inside code."""
    parts = text.split("`")
    return "`".join(part if at % 2 else html.escape(part, quote=False) for at, part in enumerate(parts))


def main() -> int:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

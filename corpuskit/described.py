"""The options of a config in words, from the types and docstrings that define them."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import FieldInfo, fields

from corpuskit.config import STAGES, Config
from corpuskit.core.stage import Stage
from corpuskit.report import Manual

_COMMENT_WIDTH = 110
_HEAD = """\
# Every option of corpuskit, with its value. A config of your own needs only the lines that differ from the defaults:
# corpuskit config check FILE tells what is wrong in it, corpuskit stages NAME tells more about a stage.
"""
_SHARED = {"enabled": "take this stage"}
_FIRST = ("enabled", "warn", "fail")


class Option(NamedTuple):
    """An option: its name, what values it takes, its default, and what it does."""

    name: str
    values: str
    default: Any
    text: str


def options(kind: type[msgspec.Struct]) -> list[Option]:
    """Return the options of a table of the config.

    What an option does is said by its ``Meta(description=...)``, or by the docstring after it.
    """
    schema = next(iter(msgspec.json.schema(kind)["$defs"].values()))["properties"]
    docs = {name: text for base in reversed(kind.__mro__) for name, text in _docstrings(base)}
    out = []
    for at in fields(kind):
        shape = schema[at.name]
        text = shape.get("description") or docs.get(at.name) or _SHARED.get(at.name, "")
        out.append(Option(at.name, _values(shape), _default(at), " ".join(text.replace("``", "").rstrip(".").split())))
    return sorted(out, key=lambda option: _FIRST.index(option.name) if option.name in _FIRST else len(_FIRST))


def as_toml(config: Config) -> str:
    """Return a config as TOML, every option with its value and a comment."""
    about = "Passages that reviewers decided otherwise: what corpuskit run --overrides takes from a file."
    parts = [_HEAD, "\n".join([*_comment(about), f"overrides = {_value(config.overrides)}\n"])]
    for name in ("read", "stages", "learned", "dedup", "ledger", "output"):
        held = getattr(config, name)
        if name == "stages":
            parts += [_table(f"stages.{kind.name}", getattr(held, kind.name), summary(kind)) for kind in STAGES]
        else:
            parts.append(_table(name, held, summary(type(held))))
    return "\n".join(parts)


def _table(name: str, table: msgspec.Struct, about: str) -> str:
    lines = [*_comment(about), f"[{name}]"]
    for option in options(type(table)):
        lines += [
            *_comment(f"{option.text} ({option.values})"),
            f"{option.name} = {_value(getattr(table, option.name))}",
        ]
    return "\n".join(lines) + "\n"


def as_table(name: str, held: msgspec.Struct) -> str:
    """Return one table as TOML, every option with its value and a comment."""
    return _table(name, held, summary(type(held)))


def summary(kind: type) -> str:
    """Return the first paragraph of a docstring in one line."""
    return (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " ").replace("``", "")


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _COMMENT_WIDTH)]


def _default(at: FieldInfo) -> Any:
    return at.default if at.default is not msgspec.NODEFAULT else at.default_factory()


def _value(value: Any) -> str:
    """Write a value as TOML, whose strings and numbers are those of JSON here."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        entries = ", ".join(f"{_value(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {entries} }}" if entries else "{}"
    if isinstance(value, msgspec.Struct):
        told = {name: entry for name, entry in msgspec.structs.asdict(value).items() if entry is not None}
        return "{ " + ", ".join(f"{name} = {_value(entry)}" for name, entry in told.items()) + " }"
    return msgspec.json.encode(value).decode()


_KINDS = {"boolean": "true or false", "integer": "whole number", "number": "number", "array": "list", "string": "text"}
_KINDS["object"] = "table"


def _values(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    name = _KINDS.get(schema.get("type", ""), "")
    low, high = schema.get("minimum", schema.get("exclusiveMinimum")), schema.get("maximum")
    if low is not None and high is not None:
        return f"{name} {'above ' if 'exclusiveMinimum' in schema else 'from '}{low} to {high}"
    return f"{name} from {low}" if low is not None else name


def _docstrings(kind: type) -> Iterator[tuple[str, str]]:
    """Yield the docstrings that stand after fields, which Python itself does not keep."""
    if not issubclass(kind, msgspec.Struct) or kind in (msgspec.Struct,):
        return
    try:
        body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    except (OSError, TypeError):
        return
    assert isinstance(body, ast.ClassDef)
    for here, after in zip(body.body, body.body[1:], strict=False):
        if isinstance(here, ast.AnnAssign) and isinstance(here.target, ast.Name) and isinstance(after, ast.Expr):
            value = after.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield here.target.id, inspect.cleandoc(value.value)


def stage_page(kind: type[Stage]) -> str:
    """Return all there is to say about a stage."""
    lines = [kind.name, "", inspect.getdoc(kind) or "", "", "Rules"]
    lines += [f"  {rule}: {text}" for rule, text in kind.rules.items()]
    lines += ["", f"Options, in [stages.{kind.name}] of a config"]
    for option in options(kind):
        lines.append(f"  {option.name} = {_value(option.default)}  ({option.values})")
        lines += [f"      {line}" for line in textwrap.wrap(option.text, _COMMENT_WIDTH)]
    before, after = kind.example
    if before:
        lines += ["", "Example", *_indented("before", before), *_indented("after", after)]
    return "\n".join(lines)


def _indented(label: str, text: str) -> list[str]:
    return [f"  {label}", *(f"    | {line}" for line in text.split("\n"))]


_BESIDE = {
    "read": ("Inputs that could not be read.", {}),
    "clean": (
        "Pages that could not be cleaned.",
        {"clean.failed": "a fault of corpuskit; the page's text stays in the ledger"},
    ),
    "duplicates": (
        "Articles that say what another one says; that one stays.",
        {
            "duplicates.exact": "equal to another article, punctuation, width and white space aside",
            "duplicates.near": "nearly equal to another article, by the share of their shingles",
        },
    ),
}
"""What is refused beside the stages, and by which rules."""


def manual() -> Manual:
    """Return what each stage is, in the order of the road, and what each rule says."""
    stages = {"read": _BESIDE["read"][0]} | {kind.name: summary(kind) for kind in STAGES}
    rules = {rule: text for kind in STAGES for rule, text in kind.rules.items()}
    for name, (about, more) in _BESIDE.items():
        stages.setdefault(name, about)
        rules |= more
    return Manual(stages, rules)

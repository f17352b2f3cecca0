"""The config: TOML to checked types, with the path of what is wrong and the nearest right name."""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from corpuskit.clean import CLEANERS
from corpuskit.core.stage import Stage
from corpuskit.dedup import DedupOptions
from corpuskit.language import WrongLanguage
from corpuskit.overrides import Override
from corpuskit.segment import SEGMENTERS

STAGES: tuple[type[Stage], ...] = (*CLEANERS, *SEGMENTERS, WrongLanguage)
"""Every stage, in the order in which a page meets them."""

_MOST = 1 << 16
"""Characters of a config; time to parse a deeper one would grow with the square."""
Count = Annotated[int, msgspec.Meta(ge=1)]
T = TypeVar("T", bound=msgspec.Struct)


class ConfigError(ValueError):
    """The config says something that corpuskit does not understand."""


class Read(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How sources are read."""

    text_field: str = "text"
    """Field of a JSONL record that holds its text; dots reach inside objects."""
    media: Literal["auto", "text", "html", "jsonl"] = "auto"
    """What inputs are taken for; auto goes by their names and first bytes."""
    max_page_mb: Count = 256
    """A page or line of more megabytes than this, unpacked, is refused."""


class Ledger(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the ledger holds."""

    text: bool = True
    """Keep the text that was taken out; without it, rebuilding needs the sources."""


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the corpus and the ledger are written."""

    compression: Literal["none", "gzip", "zstd"] = "none"
    """How the parts of the corpus and of the ledger are packed."""
    shard_mb: Count = 1024
    """A new part begins when so many megabytes, before compression, are in the last one."""
    report: bool = True
    """Write report.html, the run for people."""
    format: Literal["jsonl", "parquet"] = "jsonl"
    """What the parts of the corpus are; the ledger is always JSONL."""


class Learned(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Files made from your own pages, which help to decide. Their content counts into the config's digest."""

    labeller: str = ""
    """Written by corpuskit train, instead of the packaged labeller: a path, in a config file relative to that file."""
    labeller_sha256: str = ""
    """Its digest. Filled in when the file is read; where it is given, the file must have it."""
    site_lines: str = ""
    """Written by corpuskit sitelines: lines that repeat on the pages of a site. A path like the labeller's."""
    site_lines_sha256: str = ""
    """Its digest, like the labeller's."""

    def pinned(self) -> Learned:
        """Return the same with the digest of each file; ConfigError where one cannot be read or is another."""
        paths = {name: getattr(self, name) for name in self.__struct_fields__ if not name.endswith("_sha256")}
        known = {f"{name}_sha256": _digest(name, path) if path else "" for name, path in paths.items()}
        for name, digest in known.items():
            if getattr(self, name) not in ("", digest):
                option = name.removesuffix("_sha256")
                raise ConfigError(f"learned.{option}: {paths[option]} is not the file that learned.{name} names")
        return msgspec.structs.replace(self, **known)

    def under(self, folder: Path) -> Learned:
        """Return the same with paths that are relative to ``folder``."""
        paths = {name: getattr(self, name) for name in self.__struct_fields__ if not name.endswith("_sha256")}
        return msgspec.structs.replace(self, **{name: str(folder / path) for name, path in paths.items() if path})


StageTable = msgspec.defstruct(
    "StageTable",
    [(stage.name, stage, stage()) for stage in STAGES],
    module=__name__,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
)


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that decides the output; two runs with equal configs give equal bytes."""

    read: Read = Read()
    stages: StageTable = StageTable()  # type: ignore[valid-type]
    learned: Learned = Learned()
    dedup: DedupOptions = DedupOptions()
    ledger: Ledger = Ledger()
    output: Output = Output()
    overrides: tuple[Override, ...] = ()
    """Passages that reviewers decided otherwise; ``run --overrides`` fills it from their decisions."""

    @classmethod
    def of(cls, data: Any) -> Config:
        """Return the config that ``as_dict`` gave; ConfigError where it is not of this version."""
        try:
            return msgspec.convert(data, cls)
        except msgspec.ValidationError as error:
            raise ConfigError(f"the config of the run is not of this version: {_say(str(error))}") from None

    def active(self) -> list[Stage]:
        """Return the enabled stages in order."""
        table = [getattr(self.stages, stage.name) for stage in STAGES]
        return [stage for stage in table if stage.enabled]

    def as_dict(self) -> dict[str, Any]:
        """Return the whole config, defaults included, as plain data."""
        out: dict[str, Any] = msgspec.to_builtins(self)
        return out

    def digest(self) -> str:
        """Return ``sha256:...`` of all that decides the records; how they are packed and where files lie does not."""
        data = {key: value for key, value in self.as_dict().items() if key != "output"}
        learned = msgspec.to_builtins(self.learned.pinned())
        data["learned"] = {name: value for name, value in learned.items() if name.endswith("_sha256")}
        return "sha256:" + hashlib.sha256(msgspec.json.encode(data, order="deterministic")).hexdigest()


def packaged(name: str) -> str:
    """Return the text of a packaged config: ``default``, ``gentle`` or ``strict``."""
    for folder in (resources.files("corpuskit") / "configs", Path(__file__).parent.parent / "configs"):
        file = folder / f"{name}.toml"
        if file.is_file():
            return file.read_text("utf-8")
    raise ConfigError(f"there is no packaged config {name!r}; there are default, gentle and strict")


def load(where: str | Path | None = None) -> Config:
    """Read a config file, or a packaged one by name; None is the packaged default.

    Raises:
        ConfigError: not TOML, or an unknown name, wrong type or value out of range, with its path.
    """
    name = str(where) if where is not None else "default"
    if name in ("default", "gentle", "strict") and not Path(name).is_file():
        return parse(packaged(name), f"configs/{name}.toml")
    config = parse(text_of(Path(name), "packaged configs are default, gentle and strict"), name)
    return msgspec.structs.replace(config, learned=config.learned.under(Path(name).parent).pinned())


def text_of(path: Path, hint: str) -> str:
    """Return the text of a TOML file, without the mark at its beginning that some editors write.

    Raises:
        ConfigError: it is not there, which ``hint`` goes with, or cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; {hint}") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 ({error}): save it as UTF-8") from error


def parse(text: str, name: str = "config") -> Config:
    """Return the config of a TOML text; what it leaves out has its default.

    >>> parse("[dedup]\\nthreshold = 0.9").dedup.threshold
    0.9
    """
    return typed(text, Config, name)


def typed(text: str, kind: type[T], name: str) -> T:
    """Return a TOML text as a value of ``kind``; ConfigError names the path of what is wrong in it."""
    if len(text) > _MOST:
        raise ConfigError(f"{name}: {len(text):,} characters are no config: name another file")
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{name}: not TOML: {error}") from error
    shape = msgspec.json.schema(kind)
    _known(data, shape, name)
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        said = _say(str(error))
        raise ConfigError(f"{name}: {said}{_choices(shape, said.partition(':')[0])}") from None


def nearest(name: str, names: Iterable[str]) -> str:
    """Return a hint at the right name for a wrong one.

    >>> nearest("dedupe", ["read", "dedup"])
    "did you mean 'dedup'?"
    """
    names = list(names)
    near = difflib.get_close_matches(name, names, 1, 0.5)
    return f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(names)}"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the config."""
    return msgspec.json.schema(Config)


def _digest(option: str, path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError as error:
        raise ConfigError(f"learned.{option}: {path} cannot be read: {error.strerror or error}") from error


def _known(data: Any, shape: dict[str, Any], name: str, path: str = "", top: dict[str, Any] | None = None) -> None:
    """Refuse a key that the schema does not have, naming the nearest one it has."""
    top = top or shape
    shape = _resolved(shape, top)
    names = shape.get("properties", {})
    if not isinstance(data, dict) or not names:
        return
    for key, value in data.items():
        here = f"{path}.{key}" if path else key
        if key not in names:
            raise ConfigError(f"{name}: {here}: unknown name; {nearest(key, names)}")
        _known(value, names[key], name, here, top)


def _resolved(shape: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in shape or "allOf" in shape:
        ref = shape.get("$ref") or shape["allOf"][0]["$ref"]
        shape = top["$defs"][ref.rpartition("/")[2]]
    return shape


def _choices(top: dict[str, Any], path: str) -> str:
    """Return the values that an option can have, where they are few; empty where they are not, or it is no option."""
    shape = _resolved(top, top)
    for name in path.split("."):
        shape = _resolved(shape.get("properties", {}).get(name, {}), top)
    return f"; one of {', '.join(map(repr, shape['enum']))} is wanted" if "enum" in shape else ""


def _say(message: str) -> str:
    """Turn ``Expected `int`, got `str` - at `$.a.b` `` into ``a.b: expected int, got str``."""
    found = re.match(r"(.*?)(?: - at `\$\.?(.*?)`)?$", message, re.S)
    assert found is not None
    what = found[1].replace("`", "")
    return f"{found[2]}: {what[0].lower()}{what[1:]}" if found[2] else what

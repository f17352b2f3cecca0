"""From what the user named to decoded sources, in the order of a run; for runs, and for looking again at them."""

from __future__ import annotations

import contextlib
import hashlib
import re
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from corpuskit.config import Config
from corpuskit.core.source import Raw, Refusal, Source
from corpuskit.pipeline import source_of
from corpuskit.read import Item, Part, ReadOptions, discover, open_parts, pages_of

_HERE = Path(__file__).parent
_SPLIT_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
"""What JSON cannot say: it would read the two back as one."""


class Cursor(NamedTuple):
    """A place in the input: an entry of the list of inputs, and how many of its lines or pages lie before."""

    entry: int
    page: int


BEGIN = Cursor(0, 0)


class Inputs:
    """The files of a run, and the refusals of what is none, by URI."""

    def __init__(self, given: Sequence[str], config: Config, exclude: Path | None = None) -> None:
        self.options = read_options(config)
        self.items, self.refusals = discover(given, exclude=exclude)
        found: list[Item | Refusal] = [*self.refusals, *self.items]
        self.entries = sorted(found, key=lambda at: at.uri)
        """Items and refusals in the order of a run."""
        self.bytes = sum(item.size for item in self.items)
        """Bytes on disk; what stdin brings is not in it."""

    def parts(self, start: Cursor = BEGIN) -> Iterator[tuple[Cursor, Part]]:
        """Yield the pages, refusals and blocks of lines behind a place, each with the place behind it."""
        for number, entry in enumerate(self.entries[start.entry :], start.entry):
            after = start.page if number == start.entry else 0
            if not isinstance(entry, Refusal):
                yield from ((Cursor(number, place), part) for place, part in open_parts(entry, self.options, after))
            elif not after:
                yield Cursor(number, 1), entry

    def pages(self) -> Iterator[Raw | Refusal]:
        """Yield the pages and refusals."""
        for _, part in self.parts():
            yield from pages_of(part)

    def listing(self) -> Iterator[list[Any]]:
        """Yield what tells whether an input is still what it was, one row an entry: URI first."""
        for at in self.entries:
            if isinstance(at, Refusal):
                yield [at.uri, at.rule]
            else:
                yield [at.uri, str(at.path), at.size, at.changed]

    def sources(self) -> Iterator[Source | Refusal]:
        """Yield the decoded sources."""
        yield from map(decoded, self.pages())


def read_options(config: Config) -> ReadOptions:
    """Return what the reader needs of a config."""
    read = config.read
    return ReadOptions(read.text_field, None if read.media == "auto" else read.media, read.max_page_mb * 2**20)


def decoded(page: Raw | Refusal) -> Source | Refusal:
    """Decode a page; an error of ours refuses that page and nothing else."""
    if isinstance(page, Refusal):
        return page
    try:
        found = source_of(page)
    except Exception as error:
        reason = f"decoding failed ({explain(error)}): please report it with the page"
        return _refusal(page, "read.undecoded", reason)
    if page.text is not None and b"\xed" in page.data and _SPLIT_PAIR.search(page.text):
        reason = "two halves of a surrogate pair stand side by side as two characters: repair the line's escapes"
        return _refusal(page, "read.surrogates", reason)
    return found


def _refusal(page: Raw, rule: str, reason: str) -> Refusal:
    digest = hashlib.sha256(page.data).hexdigest()
    return Refusal(page.uri, rule, reason, page.record, digest, len(page.data))


def explain(error: BaseException) -> str:
    """Return the type, the message and the place of an error in one line."""
    what = f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _HERE in Path(frame.filename).parents]
    return f"{what}, at {Path(frames[-1].filename).relative_to(_HERE)}:{frames[-1].lineno}" if frames else what


def again(manifest: dict[str, Any], out: Path, instead: Sequence[str] = ()) -> Iterator[Source | Refusal]:
    """Yield the sources of a finished run once more, from where it read them or from other folders ``instead``.

    Raises:
        ConfigError: the manifest's config is not of this version.
        OSError: the folder in which the run was started is gone.
    """
    config = Config.of(manifest["config"])
    entries = manifest["inputs"]
    given = list(instead) or [entry["given"] for entry in entries]
    root = Path.cwd() if instead or not entries else Path(entries[0]["root"])
    # names given relative to a folder have their meaning there, and so have globs
    with contextlib.chdir(root):
        yield from Inputs(given, config, out.resolve()).sources()

"""The first pass over many pages: which lines stand on how many pages of their site."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple

from corpuskit.clean.site_lines import looked_at, site_of
from corpuskit.core.draft import Draft
from corpuskit.core.page import Page
from corpuskit.core.source import Refusal, Source
from corpuskit.write.encode import dumps

LEAST = 3
"""Pages on which a line must stand to be in a table."""
MOST = 5000
"""Lines of one site in a table: those on most pages."""
_TOLD = 5
_PILES = 64
"""Parts in which the lines are counted: so much less is in memory at a time."""


class Found(NamedTuple):
    """What a pass saw, and the table's lines of JSON, one a site."""

    pages: int
    refused: int
    sites: int
    table: list[bytes]
    told: list[Refusal]
    """The first few that were refused."""


def gather(sources: Iterable[Source | Refusal], least: int = LEAST) -> Found:
    """Count the lines of pages by site; neither the order of the pages nor their number changes what is counted.

    A page that is there twice counts once. The lines wait on disk in a temporary folder, and are counted a
    sixty-fourth at a time; a number for each site and a digest of each page stay in memory.
    """
    with TemporaryDirectory(prefix="corpuskit-") as folder:
        piles = [Path(folder) / f"{number:02}" for number in range(_PILES)]
        pages, refused, told = _spread(sources, piles)
        kept = _kept(piles, least)
    table = [_row(site, pages[site], kept[site]) for site in sorted(kept) if pages[site] >= least]
    return Found(sum(pages.values()), refused, len(pages), table, told)


def _spread(sources: Iterable[Source | Refusal], piles: list[Path]) -> tuple[Counter[str], int, list[Refusal]]:
    """Lay the lines of each page on their piles; return the number of pages by site, and of refused ones, and some."""
    pages: Counter[str] = Counter()
    seen: set[bytes] = set()
    refused, told = 0, list[Refusal]()
    with ExitStack() as stack:
        files = [
            stack.enter_context(path.open("w", encoding="utf-8", errors="surrogatepass", newline="\n"))
            for path in piles
        ]
        for source in sources:
            if isinstance(source, Refusal):
                refused += 1
                told += [source][: _TOLD - len(told)]
                continue
            mark = bytes.fromhex(source.sha256)[:8]
            if mark not in seen:
                seen.add(mark)
                pages[site_of(source)] += 1
                _lay(source, files)
    return pages, refused, told


def _lay(source: Source, files: Sequence[IO[str]]) -> None:
    site = site_of(source).replace("\t", " ")
    for line in looked_at(Page(source, Draft.of(source.text))):
        entry = f"{site}\t{line}\n"
        files[zlib.crc32(entry.encode("utf-8", "surrogatepass")) % len(files)].write(entry)


def _kept(piles: Iterable[Path], least: int) -> dict[str, dict[str, int]]:
    """Return the lines that stand on enough pages, by site."""
    out: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for path in piles:
        with path.open(encoding="utf-8", errors="surrogatepass", newline="\n") as file:
            for entry, count in Counter(file).items():
                if count >= least:
                    site, _, line = entry.rstrip("\n").partition("\t")
                    out[site][line] = count
    return out


def _row(site: str, pages: int, lines: dict[str, int]) -> bytes:
    most = sorted(lines.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST]
    return dumps({"site": site, "pages": pages, "lines": dict(most)})

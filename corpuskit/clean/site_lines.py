"""Lines that repeat on the pages of one site: what counts as the same line, what a table holds, what a page shows.

What the pages of a site share is its template: menus, prompts, lists of the hour, footers. A table is gathered before
a run (:mod:`corpuskit.sitelines`) and frozen; a page is judged by it and by nothing that other pages of the run hold.
A page of its own, or one whose site is not in the table, is judged without it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.verdict import Verdict
from corpuskit.core.lexicon import fold, forms
from corpuskit.core.page import Page
from corpuskit.core.source import Source

LONGEST = 300
"""Characters of the longest line that is looked at: a template's longest is its legal notice."""
_HEADLINE = 10
_NEAR = 6
"""Lines above the first paragraph among which the headline stands."""
_DOUBTED = 0.6
"""Score of what is flagged and stays."""
_KEPT = ("byline", "date", "label", "source", "caption")


class Site(NamedTuple):
    """What is known of a site: how many of its pages were looked at, and on how many of them a line stands."""

    pages: int
    lines: Mapping[str, int]


Table = Mapping[str, Site]


def site_of(source: Source) -> str:
    """Return what a page's site goes by: the host of its URL, else its folder, else the file it is a record of.

    >>> site_of(Source("pages/a.txt", "", "", 0, metadata={"url": "https://www.example.cn/2024/a.html"}))
    'example.cn'
    >>> site_of(Source("pages/a.txt", "", "", 0))
    'pages/'
    """
    try:
        host = urlsplit(str(source.metadata.get("url") or "")).hostname or ""
    except ValueError:
        host = ""
    if host:
        return host.removeprefix("www.")
    return source.uri if source.record is not None else source.uri.rpartition("/")[0] + "/"


def normal(text: str) -> str:
    """Return the form by which lines are the same: lower case, narrow, one blank for any white space.

    >>> normal("返回　ＴＯＰ")
    '返回 top'
    """
    return " ".join(fold(text).split())


def looked_at(page: Page) -> set[str]:
    """Return the lines of a page that are counted, each once, in their normal form."""
    return {normal(line.text) for line in page.lines if len(line.text) <= LONGEST}


def parse(text: str, name: str) -> Table:
    """Return the table of a file's text: one site a line, as JSON.

    Raises:
        ValueError: not such a table.
    """
    out: dict[str, Site] = {}
    for number, row in enumerate(text.split("\n"), 1):
        if row.strip():
            site, known = _row(row, f"{name}:{number}")
            out[site] = known
    return out


def _row(row: str, where: str) -> tuple[str, Site]:
    try:
        data: Any = json.loads(row)
        site, pages, lines = data["site"], data["pages"], data["lines"]
        counts = [pages, *lines.values()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{where}: no table of site lines: write one with corpuskit sitelines") from error
    if not isinstance(site, str) or not all(type(count) is int and 0 < count <= pages for count in counts):
        raise ValueError(f"{where}: a count is no number of pages: write the table again with corpuskit sitelines")
    return site, Site(pages, lines)


def raised(page: Page, lines: Sequence[Verdict], rule: str) -> list[Verdict]:
    """Return the verdicts, raised where the page's site is surer that a line is its template's."""
    table: Table = page.learned.get("site_lines", {})
    site = table.get(site_of(page.source)) if table else None
    if site is None:
        return list(lines)
    scores = _scores(page, site)
    out = []
    for verdict, (score, count) in zip(lines, scores, strict=True):
        reason = f"stands on {count} of {site.pages} pages of the site"
        out.append(Verdict(score, rule, reason) if verdict.score < score else verdict)
    return out


def _scores(page: Page, site: Site) -> list[tuple[float, int]]:
    """Return the score of each line, and on how many pages it stands."""
    found = evidence(page)
    counts = [site.lines.get(normal(line.text), 0) if len(line.text) <= LONGEST else 0 for line in page.lines]
    own = [i for i, (e, count) in enumerate(zip(found, counts, strict=True)) if e.prose and not count]
    # without a paragraph of its own the page may be another's copy: then all of it repeats
    if not own:
        return [(0.0, 0)] * len(found)
    return [(_score(page, site, found, counts, own, index), count) for index, count in enumerate(counts)]


def _score(
    page: Page, site: Site, found: Sequence[Evidence], counts: Sequence[int], own: Sequence[int], index: int
) -> float:
    """Return how sure it is that a line is the template's: by its pages, its neighbours and its place."""
    count, e = counts[index], found[index]
    if not count or _articles(page.lines[index].text, e):
        return 0.0
    share = count / site.pages
    beside = any(counts[at] for at in (index - 1, index + 1) if 0 <= at < len(counts))
    outside = not own[0] < index < own[-1]
    headline = own[0] - _NEAR <= index < own[0] and e.title and e.size >= _HEADLINE and e.chrome < 0.5
    doubted = not (beside and outside) or headline or (e.prose and (count < 20 or share < 0.5))
    return _DOUBTED if doubted else _sure(count, share)


def _sure(count: int, share: float) -> float:
    """Return the score of a line with others of the template beside it, outside the article.

    Measured on two sites (62 Chinese and 88 English pages, and samples of 3 to 25 of them), as HTML and as text: of
    220,000 such lines on half of the pages, or on five pages and more, none was the article's; on a fifth of the
    pages 2 of 970; on fewer pages and a smaller share 22 of 347.
    """
    if share >= 0.5 or count >= 20 or (count >= 5 and share >= 0.05):
        return 0.9
    return 0.75 if share >= 0.2 else _DOUBTED


def _articles(text: str, e: Evidence) -> bool:
    """Say whether a line has the form of what an article brings with it: its author, date, source or caption."""
    known = forms("roles")
    return e.size <= 60 and any(known[name].match(text) for name in _KEPT)

"""Lists of other pages: related articles, rankings, hot searches, with and without a heading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta

from corpuskit.clean import labeller, lists, posts
from corpuskit.clean.plain import is_plain
from corpuskit.clean.verdict import keys, proposals
from corpuskit.core.edit import Proposal
from corpuskit.core.page import Page
from corpuskit.core.stage import Stage


class RelatedNews(Stage, frozen=True):
    """Remove lists of other pages.

    A heading that announces a list takes the items under it: title lines, cut snippets, numbered or dated
    entries, and, where nothing of the article comes back before the end of the page, whole paragraphs as well.
    Without a heading, only a run of titles at the foot of the page that has the marks of a list goes.
    Do not use it on pages that are lists: directories, bibliographies, tables of contents.
    """

    name: ClassVar[str] = "related_news"
    rules: ClassVar[dict[str, str]] = {
        "related_news.list": "a heading that announces other pages, and the items under it",
        "related_news.tail": "titles and snippets after the last paragraph, without a heading",
        "related_news.rank": "numbered titles, each with a count of readers",
        "related_news.line": "the labeller is sure of it, by the line and what stands around it",
        "related_news.directory": "a page of titles and snippets without an article: search results, tags",
        "related_news.item": "a single line that points to another page",
    }
    example: ClassVar[tuple[str, str]] = (
        "最后一块石头落位，桥又能走人了。\n相关阅读\n石桥名录新增七处\n一座廊桥的搬家记\n糯米灰浆有多结实？\n",
        "最后一块石头落位，桥又能走人了。",
    )

    min_items: Annotated[int, Meta(ge=1)] = 1
    """Items a heading needs under it."""
    min_tail: Annotated[int, Meta(ge=2)] = 4
    """Items a list without a heading needs."""
    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.7
    """Remove at this score or above."""
    flag: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """Flag, and leave in the text, from this score up."""

    def ahead(self, pages: Sequence[Page]) -> None:
        """Ask the labeller about many pages at once."""
        labeller.ahead(pages)

    def propose(self, page: Page) -> Iterable[Proposal]:
        """Return one removal a list."""
        if is_plain(page):
            return
        found = lists.decide(page, min_items=self.min_items, min_tail=self.min_tail)
        lines = labeller.weighed(page, found, "related_news.line", "related")
        said = posts.roles(page)
        lines = (
            [
                posts.spared(line) if said.get(key) == posts.SAID else line
                for key, line in zip(keys(page), lines, strict=True)
            ]
            if said
            else lines
        )
        yield from proposals(page, lines, self.threshold, self.flag, self.rules)

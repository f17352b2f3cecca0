"""Page furniture: menus, crumbs, share bars, counters, editors' lines, footers, prompts, comment threads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta

from corpuskit.clean import crowns, furniture, labeller, posts, site_lines, spam
from corpuskit.clean.buttons import buttons
from corpuskit.clean.plain import is_bare, is_plain
from corpuskit.clean.verdict import NONE, Verdict, proposals
from corpuskit.core.edit import Edit, Proposal
from corpuskit.core.page import Page
from corpuskit.core.stage import Stage


class PageChrome(Stage, frozen=True):
    """Remove page furniture, in Chinese of both scripts, English, Japanese and Korean.

    A line goes when furniture words cover it, when it has the form of an editor's line, a counter, a footer
    and so on, or when it is a menu at the head or foot of the page. Sentences of an article stay even
    where they speak of such things: a sentence is judged by its form only when it is short.
    """

    name: ClassVar[str] = "page_chrome"
    rules: ClassVar[dict[str, str]] = {
        "page_chrome.words": "furniture words cover the line",
        "page_chrome.menu": "short items in a row at the head or foot of the page",
        "page_chrome.foot": "behind the first furniture under the last paragraph",
        "page_chrome.site": "the site's own name at the head or foot of the page",
        "page_chrome.advert": "line marked as an advertisement, or a notice of loss",
        "page_chrome.footer": "copyright, licence or legal line",
        "page_chrome.editor": "line naming editors or the office",
        "page_chrome.counter": "counter, tracking number or lone mark",
        "page_chrome.pager": "line that leads to another page",
        "page_chrome.crumbs": "path of the page within the site",
        "page_chrome.tags": "list of tags",
        "page_chrome.prompt": "prompt to scan, follow, open an app or log in",
        "page_chrome.code": "script, style or server message",
        "page_chrome.line": "the labeller is sure of it, by the line and what stands around it",
        "page_chrome.template": "line that stands on many pages of the site, outside the article",
        "page_chrome.link": "HTML block of navigation: links only, or inside nav, header, footer or aside",
        "page_chrome.outside": "outside the element of the HTML page that holds the article",
        "page_chrome.comment": "reader's comment under a comments heading",
        "page_chrome.post": "recurs before or after each post of a thread: names, times, floors, buttons",
    }
    example: ClassVar[tuple[str, str]] = (
        "首页 > 文化 > 正文\n河水清了，鱼也回来了。\n[责任编辑：彭小渡]\n",
        "河水清了，鱼也回来了。",
    )

    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.7
    """Remove at this score or above."""
    flag: Annotated[float, Meta(ge=0, le=1)] = 0.55
    """Flag, and leave in the text, from this score up."""
    comments: bool = True
    """Remove comment threads as well."""

    def ahead(self, pages: Sequence[Page]) -> None:
        """Ask the labeller about many pages at once."""
        labeller.ahead(pages)

    def propose(self, page: Page) -> Iterable[Proposal]:
        """Return one removal a run of furniture lines of the same rule."""
        if is_bare(page):
            return
        lines = [NONE] * len(page.lines) if is_plain(page) else self._judged(page)
        behind = buttons(page, lines)
        lines = [NONE if index in behind else verdict for index, verdict in enumerate(lines)] if behind else lines
        yield from proposals(page, lines, self.threshold, self.flag, self.rules)
        beside = crowns.names(page, lines) or crowns.suffixes(page, lines)
        for span, reason in beside:
            yield Edit(span, "", "page_chrome.site", 0.8, reason)
        for span, reason in spam.apart([*behind.values()], [span for span, _ in beside]):
            yield Edit(span, "", "page_chrome.words", 0.8, reason)

    def _judged(self, page: Page) -> list[Verdict]:
        found = furniture.decide(page, comments=self.comments)
        labels = ("chrome", "ad", "comment") if self.comments else ("chrome", "ad")
        lines = labeller.weighed(page, found, "page_chrome.line", *labels)
        lines = furniture.headed(page, lines)
        lines = posts.raised(page, lines, comments=self.comments)
        lines = site_lines.raised(page, lines, "page_chrome.template")
        return crowns.spared(page, lines)

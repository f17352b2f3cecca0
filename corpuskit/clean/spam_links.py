"""Keyword spam: rows and lists of brands, how to reach them, and the trades they sell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta

from corpuskit.clean import crowns, labeller, spam
from corpuskit.clean.carriers import own
from corpuskit.clean.evidence import evidence
from corpuskit.clean.plain import is_plain
from corpuskit.clean.verdict import NONE, Verdict, proposals
from corpuskit.clean.voices import counted
from corpuskit.core.edit import Edit, Proposal
from corpuskit.core.page import Page
from corpuskit.core.span import Span
from corpuskit.core.stage import Stage


class SpamLinks(Stage, frozen=True):
    """Remove injected keyword spam: one giant row, one link a line, short groups, or spliced into a sentence.

    A line is judged by itself (terms of the trades, words that tell how to reach a brand, repetition,
    missing grammar), then by the lines around it, then by the brands that the page's sure spam names.
    Do not use it on corpora about gambling itself, such as forum dumps of players.
    """

    name: ClassVar[str] = "spam_links"
    rules: ClassVar[dict[str, str]] = {
        "spam_links.row": "a row of keywords: many short tokens, repeated or of the trades, and no grammar",
        "spam_links.link": "a short line that only names a trade, a brand or a way to reach it",
        "spam_links.group": "a line among spam lines that shares their brands or their shape",
        "spam_links.splice": "a bracketed brand inside a sentence",
        "spam_links.line": "the labeller is sure of it, by the line and what stands around it",
        "spam_links.farm": "a line of a page that has no article besides its spam",
    }
    example: ClassVar[tuple[str, str]] = (
        "河水清了。\n金蟾棋牌app下载 金蟾棋牌官网 金蟾娱乐登录 金蟾棋牌官网 赤兔彩票app 赤兔彩票登录\n",
        "河水清了。",
    )

    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.7
    """Remove at this score or above."""
    flag: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """Flag, and leave in the text, from this score up."""

    def ahead(self, pages: Sequence[Page]) -> None:
        """Ask the labeller about many pages at once."""
        labeller.ahead(pages)

    def propose(self, page: Page) -> Iterable[Proposal]:
        """Return one removal a run of spam lines, and one a splice."""
        if is_plain(page):
            return
        found = spam.decide(page)
        lines = labeller.weighed(page, found.lines, "spam_links.line", "spam")
        lines, offers = crowns.offers(page, lines)
        lines = [NONE if i in found.texts else verdict for i, verdict in enumerate(lines)]
        spliced = offers + spam.apart(found.splices, [span for span, _ in offers])
        lines = _outlived(page, lines, [span for span, _ in spliced])
        for span, reason in spliced:
            # in a line that goes it would win over its removal, and over that of the lines beside it
            if lines[_line(page, span)].score < self.threshold:
                yield Edit(span, "", "spam_links.splice", 0.9, reason)
        yield from proposals(page, lines, self.threshold, self.flag, self.rules)


def _outlived(page: Page, lines: list[Verdict], spans: Iterable[Span]) -> list[Verdict]:
    """Return the verdicts, none on a paragraph that only the labeller takes and that is one without its splices.

    What speaks as sellers do is spam that names a name once more.
    """
    taken: Counter[int] = Counter()
    for span in spans:
        taken[_line(page, span)] += span.size
    found = evidence(page)
    by_labeller = [i for i in taken if lines[i].rule == "spam_links.line" and own(found[i], taken[i])]
    whole = {i for i in by_labeller if counted(page.lines[i].text)["pitch"][1] < _SOLD}
    return [NONE if i in whole else verdict for i, verdict in enumerate(lines)]


_SOLD = 2
"""Words of sellers, so many different ones, by which a paragraph speaks as they do."""


def _line(page: Page, span: Span) -> int:
    return int(page.bounds[0].searchsorted(span.start, "right")) - 1

"""Articles in a language that the corpus does not want."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from msgspec import Meta

from corpuskit.core.edit import Drop, Proposal
from corpuskit.core.page import Page
from corpuskit.core.stage import Stage
from corpuskit.language.identify import identify


class WrongLanguage(Stage, frozen=True):
    """Refuse articles whose language is not among those wanted; without a list, none is refused."""

    name: ClassVar[str] = "wrong_language"
    rules: ClassVar[dict[str, str]] = {"wrong_language.unwanted": "the article's language is not on the list"}

    keep: tuple[str, ...] = ()
    """BCP 47 tags wanted; ``zh`` stands for every Chinese script. Empty: all."""
    certainty: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """Refuse only where the language is at least this sure."""

    def propose(self, page: Page) -> Iterable[Proposal]:
        """Return one drop, or nothing."""
        if not self.keep:
            return
        found = identify(page.text)
        wanted = any(found.tag == tag or found.tag.startswith(f"{tag}-") for tag in self.keep)
        if not wanted and found.certainty >= self.certainty:
            yield Drop("wrong_language.unwanted", found.certainty, f"{found.tag}, wanted {', '.join(self.keep)}")

"""Articles in a language that the corpus does not want."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from msgspec import Meta

from corpuskit.core.edit import Drop, Proposal
from corpuskit.core.page import Page
from corpuskit.core.stage import Stage
from corpuskit.language.identify import TAGS, identify


def _hint(tag: str) -> str:
    """Name the tags of the language that is meant, or else all."""
    language = tag.lower().replace("_", "-").partition("-")[0]
    same = [known for known in sorted(TAGS) if known.partition("-")[0] == language]
    return f"did you mean {' or '.join(map(repr, same))}?" if same else f"there are {', '.join(sorted(TAGS))}"


class WrongLanguage(Stage, frozen=True):
    """Refuse articles whose language is not among those wanted; without a list, none is refused."""

    name: ClassVar[str] = "wrong_language"
    rules: ClassVar[dict[str, str]] = {"wrong_language.unwanted": "the article's language is not on the list"}

    keep: tuple[str, ...] = ()
    """BCP 47 tags wanted; ``zh`` stands for every Chinese script. Empty: all."""
    certainty: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """Refuse only where the language is at least this sure."""

    def __post_init__(self) -> None:
        for tag in self.keep:
            if tag not in TAGS:
                # it would refuse every article of the language that is meant
                raise ValueError(f"no text is given the tag {tag!r} in keep; {_hint(tag)}")

    def propose(self, page: Page) -> Iterable[Proposal]:
        """Return one drop, or nothing."""
        if not self.keep:
            return
        found = identify(page.text)
        wanted = any(found.tag == tag or found.tag.startswith(f"{tag}-") for tag in self.keep)
        if not wanted and found.certainty >= self.certainty:
            yield Drop("wrong_language.unwanted", found.certainty, f"{found.tag}, wanted {', '.join(self.keep)}")

"""What a stage is: options, rules, and a pure function of a page to proposals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import msgspec

from corpuskit.core.edit import Proposal
from corpuskit.core.page import Page


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options are fields with defaults; ``propose`` never touches text.

    A stage keeps no memory between pages and proposes the same for the same page, always.
    """

    name: ClassVar[str]
    """The fault, a noun; the same in the config, the ledger, the file and the case file."""
    rules: ClassVar[dict[str, str]]
    """What each rule says, by ``stage.fault``."""
    example: ClassVar[tuple[str, str]] = ("", "")
    """A text before and after."""

    enabled: bool = True

    def ahead(self, pages: Sequence[Page]) -> None:
        """Work out for many pages at once what :meth:`propose` is going to ask of each, into their caches.

        It only saves time: :meth:`propose` asks for itself where nobody did. No page may bear on another.
        """

    def propose(self, page: Page) -> Iterable[Proposal]:
        """Return proposals for a page, each with a rule, a score from 0 to 1 and a reason."""
        raise TypeError(f"{type(self).__name__} proposes nothing: give it a propose method")

"""Names that sentences only carry: what stands before many words of the trades, or is praised again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache, cached_property

from corpuskit.clean.evidence import Evidence
from corpuskit.clean.splices import carried, parted
from corpuskit.clean.voices import counted
from corpuskit.core.lexicon import Literals, terms
from corpuskit.core.page import Page
from corpuskit.core.span import Span

SURE = 0.7
DOUBTED = 0.6
"""Score of what is flagged and stays."""
CARRIES = 4
"""Different words of the trades that a name stands before where sentences only carry it."""
_AGAIN, _PRAISE = 3, 0.1
"""Times that a paragraph names a name with such words, and the share that takes, where it praises nothing else."""
_TWICE, _SOLD = 2, 1.5
"""Times that a paragraph names it where they hold so many words of sellers each."""
_OWN = 40
"""Characters besides the names and the words of the trades that make a sentence a text of its own."""


class Names:
    """The names of a page's spam, told when one is first asked for: of most pages none is."""

    def __init__(self, found: list[Evidence], brands: frozenset[str], beside: frozenset[str]) -> None:
        """Take the evidence of the lines, what the sure spam names, and what the spam beside titles does."""
        self.found, self.brands, self.beside = found, brands, beside

    @cached_property
    def carried(self) -> frozenset[str]:
        """The names that sentences only carry, and those beside titles."""
        return named(self.found) | self.beside

    def may_know(self, name: str) -> bool:
        """Say whether one of those may stand in a name: part of it stands before so many words of the trades."""
        return bool(self.beside) or any(self._telling.count(name[i : i + 2]) >= CARRIES for i in range(len(name) - 1))

    @cached_property
    def _telling(self) -> str:
        """The lines that tell names."""
        return "\n".join(e.folded for e in self.found if _tells(e))

    @cached_property
    def all(self) -> Literals:
        """These and the brands."""
        return Literals(self.brands | self.carried)

    def any(self, text: str) -> bool:
        """Say whether one of all of them stands in a text."""
        return self.all.any(text)


def named(found: list[Evidence]) -> frozenset[str]:
    """Return the names that stand before many different words of the trades on the page.

    None where the page speaks of courts, police and the like: a report names what it reports on.
    """
    if any(e.exempt for e in found):
        return frozenset()
    followers: dict[str, set[str]] = {}
    for e in found:
        if _tells(e):
            for name, words in {(held.name, held.words) for held in carried(e.folded)}:
                for size in range(2, len(name) + 1):
                    followers.setdefault(name[-size:], set()).add(words)
    return frozenset(name for name, ends in followers.items() if len(ends) >= CARRIES)


def _tells(e: Evidence) -> bool:
    """Say whether a line is looked at for names."""
    return (e.trades > 0 or e.hosts >= 3) and e.size <= 600


def carriers(
    page: Page, found: list[Evidence], scores: list[float], rules: list[str], known: Names
) -> dict[int, list[Span]]:
    """Raise sentences that only carry one of the names.

    Returns, by line, what can be taken out of those that are a text of their own: they stay, flagged where
    something is left.
    """
    told = [i for i, e in enumerate(found) if scores[i] < SURE and (e.trades or e.hosts) and e.size <= 600]
    at = [i for i in told if carried(found[i].folded)]
    if not any(known.may_know(held.name) for i in at for held in carried(found[i].folded)) or not known.carried:
        return {}
    names = known.carried
    prose = [i for i, e in enumerate(found) if e.prose]
    literals = Literals(names)
    said = {i for i in prose if literals.any(page.lines[i].text)}
    throughout = len(prose) >= 3 and len(said) >= 0.6 * len(prose)
    inside: dict[int, list[Span]] = {}
    # where every paragraph carries one, nothing is left that it was put into
    clean = any(own(found[i], 0) for i in prose if i not in said)
    praising = {i for i in said if clean and _praises(found[i], literals)}
    for index in at:
        line, e = page.lines[index], found[index]
        held = sum(c.end - c.start for c in carried(e.folded) if literals.any(c.name))
        again = len(praising) >= 2 and index in praising
        carries = held >= 0.2 * e.size or (held and throughout)
        if held and clean and own(e, held) and not again:
            # a name put into a good sentence is not all of it
            spans = list(parted(line, e, names))
            inside[index] = spans
            if carries and held > sum(span.size for span in spans):
                scores[index], rules[index] = DOUBTED, "spam_links.group"
        elif carries or again:
            scores[index], rules[index] = 0.8, "spam_links.group"
    return inside


def _praises(e: Evidence, names: Literals) -> bool:
    """Say whether a paragraph says a name three times, not always with the same words of the trades."""
    spoken = [c for c in carried(e.folded) if names.any(c.name)]
    several = len(spoken) >= _AGAIN and len({c.words for c in spoken}) > 1
    return several and sum(c.end - c.start for c in spoken) >= _PRAISE * e.size


def praised(page: Page, found: list[Evidence], scores: list[float], rules: list[str]) -> None:
    """Raise paragraphs that name one name of the trades again and again, where most others never name it.

    At least two such paragraphs: a report may dwell on a name once. None where the page's title names it. Twice is
    enough where they speak as sellers do: what was put in the place of another name stands where that one stood.
    """
    if reports(found):
        return
    often: dict[str, dict[int, int]] = {}
    for index, e in enumerate(found):
        if e.prose and e.size <= 600 and (e.trades or e.hosts):
            times = Counter(held.name[-2:] + held.words[:2] for held in carried(e.folded))
            for name, n in times.items():
                if n >= _TWICE:
                    often.setdefault(name, {})[index] = n
    prose = [i for i, e in enumerate(found) if e.prose]
    head = "\n".join(found[i].folded for i in range(prose[0] if prose else 0))
    for name, times_at in often.items():
        if name in head or len(times_at) < 2:
            continue
        said = [count for i in prose if (count := found[i].folded.count(name))]
        again = [i for i, n in times_at.items() if n >= _AGAIN]
        # a name put in the place of another stands once here and there
        at = again if len(again) > 1 and min(said) > 1 else [*times_at] if _sold(page, times_at) else []
        if at and len(said) <= 0.6 * len(prose):
            for index in at:
                scores[index], rules[index] = max(scores[index], 0.8), "spam_links.group"


def _sold(page: Page, paragraphs: Iterable[int]) -> bool:
    """Say whether some paragraphs speak as sellers do."""
    kinds = [counted(page.lines[i].text)["pitch"][1] for i in paragraphs]
    return sum(kinds) >= _SOLD * len(kinds)


def own(e: Evidence, held: int) -> bool:
    """Say whether a sentence is a text of its own, with grammar, besides so many characters of spam in it."""
    return e.prose and e.final and e.function >= 0.04 and e.size - held >= _OWN


def reports(found: list[Evidence]) -> bool:
    """Say whether the paragraphs of a page speak of these trades themselves: a verdict, a warning, a glossary."""
    told = [e for e in found if e.exempt and (e.prose or e.title) and _reporting().any(e.folded)]
    if not told:
        return False
    prose = [e for e in found if e.prose]
    topical = sum(e.trades > 0 for e in prose) + sum(e.prose and not e.trades for e in told)
    return topical >= 2 and (len(told) >= 2 or topical >= 0.3 * len(prose))


@cache
def _reporting() -> Literals:
    """Return what finds the words of reports; a longer word that only hides one of the trades is none."""
    return Literals(terms("reporting"))


def cited(text: str) -> bool:
    """Say whether a whole line stands in quotation marks, as what a report or a warning cites does."""
    return text[:1] in _OPENED and text[-1:] == _CLOSED[_OPENED.index(text[0])] and text.find(text[0], 1) < 0


_OPENED, _CLOSED = '“「『"', '”」』"'

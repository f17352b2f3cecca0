"""Where an article begins: headline blocks, what they show, and whether the subject changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corpuskit.core.cohesion import Cohesion
from corpuskit.core.lexicon import forms, narrow
from corpuskit.core.page import Char, Page
from corpuskit.segment.roles import Cast, Role
from corpuskit.segment.titles import headline

MAX_HEADS = 4
_RECENT = 3000
"""Characters of the article before that a headline's text is compared with: keeps long pages linear."""
_SHEET = 1.1
_FAR = 0.15
"""Distance in nats a term from which two stretches are on different subjects for sure."""
_ABOVE = (Role.HEAD, Role.BYLINE, Role.META)


@dataclass(slots=True)
class Part:
    """One article as it is found: its headline block and its lines, in page order."""

    heads: list[int] = field(default_factory=list)
    """Lines of the headline block: kicker, title, deck, byline, date."""
    lines: list[int] = field(default_factory=list)
    """All other lines."""
    score: float = 1.0
    reason: str = "begins the page"


def split(page: Page, cast: Sequence[Cast], cohesion: Cohesion) -> list[Part]:
    """Return the articles of a page in page order."""
    parts = [Part()]
    runs = Runs(cast)
    sheet = _sheet(page, cast, runs)
    at = 0
    while at < len(cast):
        block = runs.block(page, cast, at)
        body = at + len(block)
        first = _untouched(parts[-1], cast)
        if block and body < len(cast):
            score, reason = _score(page, cast, cohesion, block, parts[-1], first)
            if score + sheet > 0 or first:
                if not first or parts[-1].lines:
                    parts.append(Part(score=score, reason=reason))
                parts[-1].heads = block
                at = body
                continue
            titled = any(headline(page, cast, parts[-1].heads, i) > 0 for i in parts[-1].heads)
            if titled or not _signed(cast, block):
                parts[-1].lines += block
            else:
                # the headline of text that the page shows before it
                parts[-1].heads += block
            at = body
            continue
        if block:
            parts[-1].lines += block
            at = body
            continue
        if not first and _resumes(page, cast, cohesion, at, parts[-1]):
            parts.append(Part(score=1.0, reason="text without a headline after a break, on another subject"))
        parts[-1].lines.append(at)
        at += 1
    return parts


def _signed(cast: Sequence[Cast], block: list[int]) -> bool:
    roles = [cast[i].role for i in block]
    return Role.BYLINE in roles and Role.HEAD in roles


def _sheet(page: Page, cast: Sequence[Cast], runs: Runs) -> float:
    """Return what a headline gains on a page where several articles are to be expected.

    That is the page of a newspaper by its head, or one with two signed or datelined headlines already.
    """
    top = narrow("\n".join(line.text for line in page.lines[:3]) + page.source.text[:300])
    if forms("roles")["newspaper"].search(top):
        return _SHEET
    sure = at = 0
    while at < len(cast):
        block = runs.block(page, cast, at)
        body = at + max(1, len(block))
        if block and body < len(cast):
            signed = any(cast[i].role is Role.BYLINE for i in block) or cast[body].lead == 2
            sure += signed and any(cast[i].role is Role.HEAD for i in block)
        at = body
    return _SHEET if sure >= 2 else 0.0


def _untouched(part: Part, cast: Sequence[Cast]) -> bool:
    """Say whether nothing of weight has come yet: a line or two of furniture may stand above the first title."""
    return not part.heads and len(part.lines) < 80 and sum(cast[i].size for i in part.lines) < 80


class Runs:
    """Where the runs of lines that may stand above an article end, and how many headlines they hold."""

    def __init__(self, cast: Sequence[Cast]) -> None:
        self.ends = [0] * len(cast)
        self.heads = [0] * (len(cast) + 1)
        for i in range(len(cast) - 1, -1, -1):
            above = cast[i].role in _ABOVE
            more = i + 1 < len(cast) and cast[i + 1].role in _ABOVE
            self.ends[i] = (self.ends[i + 1] if more else i + 1) if above else i
            self.heads[i] = self.heads[i + 1] + (cast[i].role is Role.HEAD)

    def block(self, page: Page, cast: Sequence[Cast], at: int) -> list[int]:
        """Return the headline block that begins here, empty if none does.

        A long run of short lines is verse or a list, not a headline: of such a run only the lines up to the
        title make a block, and only at the head of the page.
        """
        end = self.ends[at]
        count = self.heads[at] - self.heads[end]
        if at > 0 and not 0 < count <= MAX_HEADS:
            return []
        if count <= MAX_HEADS:
            return list(range(at, end))
        run = list(range(at, min(end, at + 40)))
        heads = [i for i in run if cast[i].role is Role.HEAD][:8]
        title = max(heads, key=lambda i: headline(page, cast, run, i) - 0.5 * heads.index(i))
        last = title + 1
        while last < end and cast[last].role is not Role.HEAD:
            last += 1
        return list(range(at, last))


def _score(
    page: Page, cast: Sequence[Cast], cohesion: Cohesion, block: list[int], before: Part, first: bool
) -> tuple[float, str]:
    """Score a headline block as the beginning of an article; above 0 it is one."""
    body = block[-1] + 1
    heads = [i for i in block if cast[i].role is Role.HEAD]
    signs = [*_signs(page, cast, block, heads, body)]
    if not first and block[0] > 0 and cast[block[0] - 1].ended:
        signs.append((3.0, "an end mark before it"))
    if not first:
        signs.append(_topic(cast, cohesion, body, before))
    total = sum(weight for weight, _ in signs) - 3.0
    return total, ", ".join(name for weight, name in signs if weight > 0)


def _signs(
    page: Page, cast: Sequence[Cast], block: list[int], heads: list[int], body: int
) -> Iterator[tuple[float, str]]:
    """Yield what a headline block shows of itself, each sign with its weight."""
    signed = [cast[i].role for i in block]
    if Role.BYLINE in signed:
        yield 4.0, "a byline"
    if Role.META in signed:
        yield 3.0, "a date or source"
    if floors(page, block):
        yield 4.0, "a post's place in its thread"
    if cast[body].lead:
        yield (4.0, "a dateline") if cast[body].lead == 2 else (1.0, "a lead")
    if len(heads) == 2:
        yield 1.5, "several headline lines"
    if len(heads) >= 3 and len(signed) == len(heads):
        yield -4.0, "a list"
    if page.broken(block[0]):
        yield 1.0, "furniture before it"
    if any(cast[i].numbered for i in heads[:1]):
        yield -5.0, "a number"
    if any(_row(page, i) for i in heads):
        yield -3.0, "a row of figures"
    if cast[body].size < 30 and not cast[body].lead:
        yield -1.5, "a short line below"
    tag = page.blocks[block[0]]
    if tag is not None and tag.tag in ("h1", "h2", "h3", "h4"):
        yield {"h1": 3.0, "h2": 0.0}.get(tag.tag, -1.5), tag.tag


def floors(page: Page, block: Sequence[int]) -> bool:
    """Say whether a block heads a post of a thread: it has the post's number."""
    return any(forms("roles")["floor"].search(page.lines[i].text) for i in block)


def _row(page: Page, line: int) -> bool:
    """Say whether a line is a row of a table: cells, or figures."""
    text, count = page.lines[line].text, page.counts[line]
    digits = count[Char.DIGIT] / max(1, sum(count) - count[Char.SPACE])
    return "\t" in text or digits > 0.3 or (text.count("\u3000") + text.count("  ") >= 2) or text.endswith(("元", "%"))


def _topic(cast: Sequence[Cast], cohesion: Cohesion, body: int, before: Part) -> tuple[float, str]:
    after, recent = _reach(cast, body), _recent(cast, before.lines or before.heads)
    size = sum(cast[i].size for i in after)
    trust = min(1.0, size / 120) * min(1.0, sum(cast[i].size for i in recent) / 150)
    score = max(-3.0, min(3.0, 7.0 * cohesion.apart(after, recent))) * trust
    return score, "another subject"


def _reach(cast: Sequence[Cast], body: int) -> list[int]:
    """Return the lines from ``body`` up to the next headline, some 600 characters at most."""
    out: list[int] = []
    size = 0
    for i in range(body, len(cast)):
        if (cast[i].role in _ABOVE and out) or size > 600:
            break
        out.append(i)
        size += cast[i].size
    return out


def _recent(cast: Sequence[Cast], lines: Sequence[int]) -> list[int]:
    """Return the last lines of an article, some 3,000 characters at most."""
    out: list[int] = []
    size = 0
    for i in reversed(lines):
        size += cast[i].size
        out.append(i)
        if size > _RECENT:
            break
    return out


def _resumes(page: Page, cast: Sequence[Cast], cohesion: Cohesion, at: int, before: Part) -> bool:
    """Say whether text without a headline begins here that is not the article before."""
    if cast[at].role is not Role.BODY or cast[at].size < 60 or not before.lines:
        return False
    last = before.lines[-1]
    if cast[last].dangling or not (page.broken(at) or cast[last].role is Role.BYLINE):
        return False
    return cohesion.apart(_reach(cast, at), _recent(cast, before.lines)) > _FAR

"""The reading order: pieces of articles brought together where a cut sentence says that they belong together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import takewhile

from corpuskit.core.cohesion import Cohesion
from corpuskit.core.page import Page
from corpuskit.segment.boundaries import Part
from corpuskit.segment.joins import SURE, Join
from corpuskit.segment.shapes import Cast, Role
from corpuskit.segment.sheets import sheet
from corpuskit.segment.starts import ABOVE, several_articles

BOX_LINES = 6
"""Most lines of a box besides its head; more is an article, or text that only looks like a box."""
_LEAP = 0.5
"""Margin from which a sentence reads on at another place of the page: what follows there moves with it."""
_LIKELY = 1.0
"""Margin from which a sentence reads on whatever stands inside it."""
_HOME = 0.0
"""Greatest distance, in nats a term, at which text without a headline goes home to an article."""
_REPORT, _LONG = 60, 150
"""Characters of an article inside a sentence of another: at least, where it is signed, and where it is not."""
_STANDS = "stands whole inside a sentence"
_ASIDE = (Role.CAPTION, Role.BYLINE, Role.META, Role.SOURCE, Role.JUMP)


def arranged(
    page: Page, cast: Sequence[Cast], parts: Sequence[Part], found: Sequence[Join]
) -> tuple[list[Part], dict[int, Join], set[int]]:
    """Return the articles in reading order, the joins that hold in them, and the lines of boxes inside sentences."""
    if not found:
        return _home(page, cast, [*parts]), {}, set()
    owner = {line: at for at, part in enumerate(parts) for line in part.lines}
    boxes: set[int] = set()
    kept: dict[int, Join] = {}
    jumps: dict[int, int] = {}
    inserted: list[tuple[int, Part]] = []
    apart: set[int] = set()
    for join in found:
        if join.margin < SURE or join.after not in owner or join.before not in owner:
            continue
        own = _inserted(cast, parts[owner[join.before]], join) if owner[join.before] == owner[join.after] else None
        # of reports inside one another the first is told
        if own is not None and apart.intersection(own.heads + own.lines):
            own = None
        if own is not None and join.margin >= _LEAP and several_articles(page, cast):
            apart.update(own.heads + own.lines)
            inserted.append((owner[join.before], own))
            kept[join.before] = join
            continue
        inside = _between(cast, parts, owner, join)
        if inside is None and join.margin < _LEAP and parts[owner[join.after]].heads:
            continue
        if inside is None:
            jumps[join.before] = join.after
        elif _boxed(page, cast, inside):
            boxes.update(inside)
        elif inside and join.margin < _LIKELY and not _movable(cast, inside):
            continue
        kept[join.before] = join
    parts = _set_apart(parts, inserted) if inserted else parts
    out = _follow(cast, parts, jumps) if jumps else [*parts]
    for part in out:
        part.lines = _closed_up(part.lines, kept)
    return _home(page, cast, out), kept, boxes


def _inserted(cast: Sequence[Cast], part: Part, join: Join) -> Part | None:
    """Return the article that stands whole between the halves of a sentence: a headline first, then enough text.

    A report says its place or who wrote it; what does not must be longer than a box.
    """
    lines = [line for line in part.lines if join.before < line < join.after]
    heads = [*takewhile(lambda line: cast[line].role in ABOVE, lines)]
    text = lines[len(heads) :]
    if not heads or cast[heads[0]].role is not Role.HEAD or not text or cast[lines[-1]].dangling:
        return None
    signed = cast[text[0]].lead == 2 or any(cast[line].role is Role.BYLINE for line in heads)
    size = sum(cast[line].size for line in text if cast[line].role is Role.BODY)
    return Part(heads, text, join.margin, _STANDS) if size >= (_REPORT if signed else _LONG) else None


def _set_apart(parts: Sequence[Part], inserted: Sequence[tuple[int, Part]]) -> list[Part]:
    """Return the parts with those that stand inside a sentence of another behind it."""
    out: list[Part] = []
    for number, part in enumerate(parts):
        own = [one for at, one in inserted if at == number]
        gone = {line for one in own for line in (*one.heads, *one.lines)}
        rest = [line for line in part.lines if line not in gone]
        out += [Part(part.heads, rest, part.score, part.reason) if gone else part, *own]
    return out


def _between(cast: Sequence[Cast], parts: Sequence[Part], owner: Mapping[int, int], join: Join) -> list[int] | None:
    """Return the text lines between the halves of a sentence; None where the reader has to jump."""
    if owner[join.before] != owner[join.after] or join.after < join.before:
        return None
    lines = parts[owner[join.before]].lines
    inside = lines[lines.index(join.before) + 1 : lines.index(join.after)]
    text = [line for line in inside if cast[line].role not in _ASIDE]
    return text if len(text) <= BOX_LINES + 1 else None


def _boxed(page: Page, cast: Sequence[Cast], inside: Sequence[int]) -> bool:
    """Say whether lines between the halves of a sentence are a box: its head first, and nothing cut at its end."""
    return bool(inside) and cast[inside[0]].role is Role.BOX and not cast[inside[-1]].dangling


def _movable(cast: Sequence[Cast], inside: Sequence[int]) -> bool:
    """Say whether lines inside a sentence may be read after it: a caption or a box without a head."""
    return sum(cast[line].size for line in inside) <= 400 and not cast[inside[-1]].dangling


def _closed_up(lines: Sequence[int], kept: Mapping[int, Join]) -> list[int]:
    """Return the lines with what stands inside a sentence put behind it."""
    place = {line: at for at, line in enumerate(lines)}
    out: list[int] = []
    used: set[int] = set()
    for line in lines:
        at: int | None = line
        while at is not None and at not in used and at in place:
            used.add(at)
            out.append(at)
            at = kept[at].after if at in kept else None
    return out


def _follow(cast: Sequence[Cast], parts: Sequence[Part], jumps: Mapping[int, int]) -> list[Part]:
    """Cut the parts where a reader jumps, and chain the pieces as he reads them."""
    # the line that says where text comes from moves with it
    led = {line: line - 1 if line and cast[line - 1].role is Role.JUMP else line for line in jumps.values()}
    jumps = {line: led[target] for line, target in jumps.items()}
    targets = set(jumps.values())
    pieces: list[list[int]] = []
    for part in parts:
        cut = True
        for line in part.lines:
            if cut or line in targets:
                pieces.append([])
            pieces[-1].append(line)
            cut = line in jumps
    return _chained(parts, pieces, jumps)


def _chained(parts: Sequence[Part], pieces: Sequence[Sequence[int]], jumps: Mapping[int, int]) -> list[Part]:
    at = {piece[0]: number for number, piece in enumerate(pieces)}
    owner = {line: number for number, part in enumerate(parts) for line in part.lines}
    claimed = {at[line] for line in jumps.values()}
    used: set[int] = set()
    out = []
    for number, part in enumerate(parts):
        mine = [i for i, piece in enumerate(pieces) if owner[piece[0]] == number]
        lines: list[int] = []
        for piece in mine:
            if piece not in claimed and piece not in used:
                lines += _chain(pieces, at, owner, claimed, jumps, used, piece)
        out.append(Part(part.heads, lines, part.score, part.reason))
    left = [i for i in range(len(pieces)) if i not in used]
    # a ring of jumps: leave its pieces where they stand
    for piece in left:
        out[owner[pieces[piece][0]]].lines += pieces[piece]
    return [part for part in out if part.heads or part.lines]


def _chain(
    pieces: Sequence[Sequence[int]],
    at: Mapping[int, int],
    owner: Mapping[int, int],
    claimed: Collection[int],
    jumps: Mapping[int, int],
    used: set[int],
    piece: int,
) -> Iterator[int]:
    """Yield the lines of a piece and of all that are read after it."""
    while piece not in used:
        used.add(piece)
        yield from pieces[piece]
        last = pieces[piece][-1]
        if last in jumps:
            piece = at[jumps[last]]
        elif piece + 1 < len(pieces) and owner[pieces[piece + 1][0]] == owner[last] and piece + 1 not in claimed:
            piece += 1
        else:
            return


def _home(page: Page, cast: Sequence[Cast], parts: list[Part]) -> list[Part]:
    """Bring each part without a headline home to the article it continues, on a page of several articles.

    The text with which a page begins is such a part on a newspaper's page alone: elsewhere its title may be gone.

    A part whose last line stops inside a sentence goes before the article's first paragraph, one that
    ends a sentence goes behind its last. What shares too little with every article stays on its own.
    """
    homes = [part for part in parts if part.heads]
    first = 0 if sheet(page) else 1
    loose = [part for part in parts[first:] if not part.heads and part.lines]
    if not loose or not homes or not several_articles(page, cast):
        return parts
    cohesion = Cohesion.of(page)
    for part in loose:
        distances = [cohesion.apart(part.lines, home.heads + home.lines) for home in homes]
        nearest = min(range(len(homes)), key=lambda i: distances[i])
        if distances[nearest] > _HOME:
            continue
        home = homes[nearest]
        before = cast[part.lines[-1]].dangling
        home.lines = part.lines + home.lines if before else home.lines + part.lines
        parts.remove(part)
    return parts

"""Posts on a page: what recurs before and after each of them, and whether they are a thread or comments on an article.

Nearly every post stands under or over a line that tells when it was written or which one it is. Where such lines
recur with text between them, the page has posts; the lines that stand at the same distance from each of them, or
recur among them, are their frames, whatever they say (after Liu, Grossman and Zhai, "Mining data records in web
pages", 2003, by lines instead of elements).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.formed import begins, has
from corpuskit.clean.frames import FIELD, framed
from corpuskit.clean.pointers import is_head
from corpuskit.clean.verdict import Verdict, keys
from corpuskit.core.lexicon import fold, forms, terms
from corpuskit.core.page import Page

FRAME, SAID, COMMENT = "frame", "said", "comment"
"""What a line is to a post: its furniture, what it says in a thread, or any line of a comment section."""

_POSTS, _LEAST = 4, 3
"""Posts that make a pattern, and those under a line that announces them."""
_EARLIER = 2
"""Times that an article may have of its own, above its comments."""
_LONGEST = 80
"""Characters of a line that tells of a post."""
_OPENING, _ROWS = 100, 0.7
"""Characters of prose above a list of answers, and the share of its lines that tell a time."""
_TEXT = 12
"""Characters of a line that is a post's text, beside others of the post."""
_ARTICLE = 200
"""Characters of prose above a comment section that are plainly an article."""
_LAST = 40
"""Lines of a thread's last post at most, while they are sentences."""
_PARTS = re.compile(r"[-_|｜丨–—»>›·\[\]【】()（）\t]|::| : ")
_ENDED = re.compile(r"[A-Za-z]{0,3}\W*")
_NAME = 24
"""Characters of a forum's name that stands first."""
_FEW = 12
"""Lines of the last post at most: no next one ends it."""


class Mark(NamedTuple):
    """Lines ``first`` up to ``last`` tell that a post begins or ends."""

    first: int
    last: int


def roles(page: Page) -> dict[int | str, str]:
    """Return what lines are to posts, by their keys, worked out on the first draft that asks; {} without posts."""
    if "posts" not in page.by_line:
        names = _roles(page, evidence(page))
        page.by_line["posts"] = {key: names[i] for i, key in enumerate(keys(page)) if i in names} if names else {}
    found: dict[int | str, str] = page.by_line["posts"]
    return found


def speaks(page: Page) -> bool:
    """Say whether a page holds posts that say something."""
    return SAID in roles(page).values()


def raised(page: Page, lines: Sequence[Verdict], *, comments: bool) -> list[Verdict]:
    """Return the verdicts, raised for frames of posts and comment sections, lowered for what a thread's posts say."""
    known = roles(page)
    if not known:
        return list(lines)
    out = []
    for key, verdict in zip(keys(page), lines, strict=True):
        role = known.get(key)
        if role == SAID:
            verdict = spared(verdict)
        elif role == FRAME and verdict.score < _SURE:
            verdict = Verdict(_SURE, "page_chrome.post")
        elif role == COMMENT and comments and verdict.score < _SURE:
            verdict = Verdict(_SURE, "page_chrome.comment")
        out.append(verdict)
    return out


def spared(verdict: Verdict) -> Verdict:
    """Return the verdict on what a post says: only flagged where it rests on what stands around the line."""
    return verdict._replace(score=min(verdict.score, _DOUBTED)) if verdict.rule in _AROUND else verdict


_SURE, _DOUBTED = 0.8, 0.6
_AROUND = frozenset(
    (
        "page_chrome.line", "page_chrome.comment", "page_chrome.foot", "related_news.list", "related_news.tail",
        "related_news.line", "related_news.directory",
    )
)  # fmt: skip


def _roles(page: Page, found: list[Evidence]) -> dict[int, str]:
    marks = _marks(page, found)
    if sum(mark.last - mark.first for mark in marks) < _LEAST:
        return {}
    heads = [i for i in range(marks[0].last, marks[-1].first) if found[i].size <= 40 and is_head(page.lines[i].text)]
    runs = _runs(marks, heads)
    above = np.cumsum([0, *(e.size if e.prose and e.chrome < 0.5 else 0 for e in found)])
    before = 0
    for run in runs:
        head = _comment_head(page, found, above, run, before)
        if head is not None:
            under = [mark for mark in run if mark.first > head]
            return dict.fromkeys(range(head, _end(found, under)), COMMENT)
        before += len(run)
    listed = _listed(page, found, above, marks)
    if listed is not None:
        return dict.fromkeys(listed, COMMENT)
    longest = max(runs, key=len)
    floors = _floors(page, found, longest)
    if floors is None:
        return {}
    out = _thread(page, found, longest)
    if floors < 3 and above[longest[_EARLIER].first] >= _ARTICLE:
        # what stands between times under an article may be a list of others: nothing speaks for it
        out = {index: role for index, role in out.items() if role == FRAME}
    return out


def _runs(marks: list[Mark], heads: list[int]) -> list[list[Mark]]:
    """Return the runs of marks with no heading of a list of other pages between them."""
    out: list[list[Mark]] = [[]]
    ahead = iter((*heads, marks[-1].last))
    head = next(ahead)
    for mark in marks:
        if mark.first > head:
            out.append([])
        while mark.first > head:
            head = next(ahead)
        out[-1].append(mark)
    return out


def _marks(page: Page, found: list[Evidence]) -> list[Mark]:
    """Return the marks of posts: a floor or a time, or both with short fields between."""
    out: list[Mark] = []
    kinds: set[str] = set()
    for index, kind in _told(page, found):
        between = found[out[-1].last : index] if out else []
        near = len(between) <= 3 and all(e.size <= FIELD and not e.final for e in between)
        if out and near and (kind not in kinds or (not between and kind == "stamp")):
            out[-1] = Mark(out[-1].first, index + 1)
            kinds.add(kind)
        else:
            out.append(Mark(index, index + 1))
            kinds = {kind}
    return out


def _told(page: Page, found: list[Evidence]) -> Iterator[tuple[int, str]]:
    """Yield the lines that tell when a post was written or which one it is."""
    for index, (line, e) in enumerate(zip(page.lines, found, strict=True)):
        text = line.text
        if len(text) > _LONGEST or e.final or not e.digits or begins("furniture", "quoted", text):
            continue
        if has("furniture", "floor", text):
            yield index, "floor"
        elif has("furniture", "stamp", text):
            yield index, "stamp"


def _comment_head(
    page: Page, found: list[Evidence], above: npt.NDArray[np.int64], run: list[Mark], before: int
) -> int | None:
    """Return the line that opens a comment section, under what is plainly an article; None where there is none.

    Of several it is the last before the comments: a button may have the same words. ``above`` counts the characters
    of prose up to each line, ``before`` the marks up to the run.
    """
    if len(run) < _LEAST:
        return None
    out, most, passed = None, _EARLIER, 0
    for index in range(run[0].first if before else 0, run[-_LEAST].first):
        passed += passed < len(run) and run[passed].last <= index
        if passed > most:
            break
        if above[index] >= _ARTICLE and found[index].size <= 40 and heads_comments(page.lines[index].text):
            out, most = index, passed
    return None if out is None or _calls_itself_forum(page) else out


def _listed(page: Page, found: list[Evidence], above: npt.NDArray[np.int64], marks: list[Mark]) -> range | None:
    """Return the lines of a list of answers, a title with its time each, under a line that announces them."""
    blocks = [mark for mark in marks if mark.last - mark.first >= _LEAST]
    if not blocks:
        return None
    first, last = blocks[0].first, blocks[-1].last
    told = sum(mark.last - mark.first for mark in marks if first <= mark.first < last)
    voice = forms("furniture")["voice"]
    heads = [i for i in range(max(0, first - 2), first) if found[i].size <= FIELD and not found[i].final]
    headed = [i for i in heads if voice.search(page.lines[i].text) or heads_comments(page.lines[i].text)]
    if not headed or above[first] < _OPENING or told < max(_FEW, _ROWS * (last - first)):
        return None
    return range(headed[0], last)


def heads_comments(text: str) -> bool:
    """Say whether a line opens a comment section."""
    bare = fold(text).strip(" :：()（）[]【】>＞|0123456789条條")
    return bare in terms("comment_heads") or forms("furniture")["comments"].search(text) is not None


def _calls_itself_forum(page: Page) -> bool:
    """Say whether the first or last lines of a page speak of a forum."""
    forum = forms("elements")["forum"]
    edges = (*page.lines[:_FEW], *page.lines[-_FEW:])
    return any(len(line.text) <= 40 and forum.search(line.text) is not None for line in edges)


def names_forum(text: str) -> bool:
    """Say whether a title names a forum: at the end of a part, for headlines speak of them.

    >>> names_forum("新桥 - 渡口论坛"), names_forum("江河治理论坛在渡口开幕")
    (True, False)
    """
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    return any(
        _ENDED.fullmatch(part, found.end()) is not None and (at > 0 or len(part) <= _NAME)
        for at, part in enumerate(parts)
        for found in forms("elements")["forum"].finditer(part)
    )


def _floors(page: Page, found: list[Evidence], marks: list[Mark]) -> int | None:
    """Return how many marks tell a floor; None where marks are no posts': no word of posts beside most, no text."""
    said = sum(after.first > mark.last for mark, after in pairwise(marks))
    least = _LEAST if _calls_itself_forum(page) else _POSTS
    if len(marks) < least or said < max(least - 1, 0.6 * (len(marks) - 1)):
        return None
    voices, floors = _voiced(page, marks)
    above = zip(page.lines[: marks[_EARLIER].first], found, strict=False)
    headed = any(e.size <= FIELD and heads_comments(line.text) for line, e in above)
    return floors if headed or voices >= 0.5 * len(marks) else None


def _voiced(page: Page, marks: list[Mark]) -> tuple[int, int]:
    """Return how many marks have a word of posts beside them, and how many tell a floor."""
    known = forms("furniture")
    voice, praise, floor = known["voice"], known["praise"], known["floor"]
    lines = page.lines
    voices = floors = 0
    for mark, after in pairwise((*marks, Mark(len(lines), len(lines)))):
        told = any(floor.search(line.text) for line in lines[mark.first : mark.last])
        near = (*lines[mark.first : mark.last + 2], *lines[max(mark.last, after.first - 3) : after.first])
        voices += told or any(
            len(line.text) <= 40 and (voice.search(line.text) or praise.search(line.text)) for line in near
        )
        floors += told
    return voices, floors


def _end(found: list[Evidence], marks: list[Mark]) -> int:
    """Return where the last post ends, as far as the others tell."""
    usual = np.median([after.first - mark.last for mark, after in pairwise(marks)]) if len(marks) > 1 else 1
    end = marks[-1].last
    limit = min(len(found), end + max(1, min(_FEW, int(usual))))
    while end < limit and (end == marks[-1].last or found[end].chrome < 0.75):
        end += 1
    return end


def _thread(page: Page, found: list[Evidence], marks: list[Mark]) -> dict[int, str]:
    """Return what each line from the first mark to the end of the last post is."""
    end = _end(found, marks)
    while end < len(found) and end < marks[-1].last + _LAST and (found[end].prose or found[end].final):
        end += 1
    out = {index: FRAME for mark in marks for index in range(mark.first, mark.last)}
    gaps = [[*range(mark.last, after.first)] for mark, after in pairwise((*marks, Mark(end, end)))]
    frames = framed(page, found, gaps)
    for gap in gaps:
        own = [i for i in gap if i not in frames]
        out.update(dict.fromkeys(frames.intersection(gap), FRAME))
        out.update(
            {i: SAID for i in own if len(own) == 1 or found[i].prose or found[i].final or found[i].size >= _TEXT}
        )
    if not any(e.prose for e in found[: marks[0].first]):
        # the first post's time is the thread's, and the layout lifts it
        for index in range(marks[0].first, marks[0].last):
            del out[index]
    return out

"""Posts on a page: what recurs before and after each of them, and whether they are a thread or comments on an article.

Nearly every post stands under or over a line that tells when it was written or which one it is. Where such lines
recur with text between them, the page has posts; the lines that stand at the same distance from each of them, or
recur among them, are their frames, whatever they say (after Liu, Grossman and Zhai, "Mining data records in web
pages", 2003, by lines instead of elements).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from corpuskit.clean.comments import ARTICLE, answers, heads_comments, section
from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.forums import calls_itself_forum
from corpuskit.clean.frames import FIELD, framed, heads_post
from corpuskit.clean.stamps import FEW, SPOKEN, Mark, ending, grouped, in_count, parted, telling
from corpuskit.clean.verdict import Verdict, keys
from corpuskit.core.lexicon import forms
from corpuskit.core.page import Page

FRAME, SAID, COMMENT = "frame", "said", "comment"
"""What a line is to a post: its furniture, what it says in a thread, or any line of a comment section."""

_POSTS, _LEAST, _FEWEST = 4, 3, 2
"""Posts that make a pattern, those of a page that calls itself a forum, and those of one that also counts them."""
_VOICE = 40
"""Characters of a line beside a mark that may hold a word of posts."""
_TEXT = 12
"""Characters of a line that is a post's text, beside others of the post."""
_LAST = 40
"""Lines of a thread's last post at most, while they are sentences."""


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
    told = [*telling(page, found)]
    if len(told) < _FEWEST:
        return {}
    above = np.cumsum([0, *(e.size if e.prose and e.chrome < 0.5 else 0 for e in found)])
    commented = section(page, found, above, grouped(found, told))
    if commented is not None:
        return dict.fromkeys(commented, COMMENT)
    marks = grouped(found, [(index, kind) for index, kind in told if kind != SPOKEN])
    if sum(mark.last - mark.first for mark in marks) < _FEWEST:
        return {}
    listed = answers(page, found, above, marks)
    if listed is not None:
        return dict.fromkeys(listed, COMMENT)
    longest = max(parted(page, found, marks), key=len)
    floors = _floors(page, found, longest)
    if floors is None:
        return {}
    out = _thread(page, found, longest)
    if floors < 3 and above[longest[:_LEAST][-1].first] >= ARTICLE:
        # what stands between times under an article may be a list of others: nothing speaks for it
        out = {index: role for index, role in out.items() if role == FRAME}
    return out


def _floors(page: Page, found: list[Evidence], marks: list[Mark]) -> int | None:
    """Return how many marks tell a floor; None where marks are no posts': no word of posts beside most, no text."""
    said = sum(after.first > mark.last for mark, after in pairwise(marks))
    voices, floors = _voiced(page, marks)
    least = _least(page, marks, floors)
    if len(marks) < least or said < max(least - 1, 0.6 * (len(marks) - 1)):
        return None
    above = zip(page.lines[: marks[:_LEAST][-1].first], found, strict=False)
    headed = any(e.size <= FIELD and heads_comments(line.text) for line, e in above)
    return floors if headed or voices >= 0.5 * len(marks) else None


def _least(page: Page, marks: list[Mark], floors: int) -> int:
    """Return how many posts make a thread: fewer where the page calls itself a forum, or where each is sent as mail."""
    if calls_itself_forum(page):
        return _FEWEST if floors == len(marks) else _LEAST
    sent = all(any(heads_post(line.text) for line in page.lines[mark.first : mark.last]) for mark in marks)
    return _LEAST if sent else _POSTS


def _voiced(page: Page, marks: list[Mark]) -> tuple[int, int]:
    """Return how many marks have a word of posts beside them, and how many tell a floor."""
    known = forms("furniture")
    voice, praise, floor = known["voice"], known["praise"], known["floor"]
    lines = page.lines
    voices = floors = 0
    counted = in_count(page, marks)
    for mark, after in pairwise((*marks, Mark(len(lines), len(lines)))):
        told = mark in counted or any(floor.search(line.text) for line in lines[mark.first : mark.last])
        own = lines[mark.first : mark.last]
        near = (*lines[mark.last : mark.last + 2], *lines[max(mark.last, after.first - 3) : after.first])
        short = [line for line in (*own, *near) if len(line.text) <= _VOICE or heads_post(line.text)]
        voices += (
            told
            or any(voice.match(line.text) for line in own)
            or any(voice.search(line.text) or praise.search(line.text) for line in short)
        )
        floors += told
    return voices, floors


def _opening(page: Page, first: int) -> list[int]:
    """Return the fields of a post sent as mail that stand right above the first mark, but for its subject."""
    at = first
    while at > max(0, first - FEW) and heads_post(page.lines[at - 1].text):
        at -= 1
    subject = forms("furniture")["subject"]
    return [i for i in range(at, first) if not subject.match(page.lines[i].text)]


def _thread(page: Page, found: list[Evidence], marks: list[Mark]) -> dict[int, str]:
    """Return what each line from the first mark to the end of the last post is."""
    end = ending(found, marks)
    while end < len(found) and end < marks[-1].last + _LAST and (found[end].prose or found[end].final):
        end += 1
    out = {index: FRAME for mark in marks for index in range(mark.first, mark.last)}
    out.update(dict.fromkeys(_opening(page, marks[0].first), FRAME))
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

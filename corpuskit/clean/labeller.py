"""One coherent decision over all lines of a page: what is the article's, and what kind of noise the rest is.

What a network over the lines of the page (:mod:`corpuskit.clean.network`) says of each becomes a score where the line's
place on its page bears it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

import numpy as np
import numpy.typing as npt

from corpuskit.clean.carriers import DOUBTED, SURE, cited, reports
from corpuskit.clean.caution import LABELS as LABELS
from corpuskit.clean.caution import Standing, Standings, needed, standing
from corpuskit.clean.coded import coded
from corpuskit.clean.content import leads, told
from corpuskit.clean.context import opens_with_error
from corpuskit.clean.doubt import (
    ARTICLE,
    BEYOND_DOUBT,
    CHAPTER,
    VETOED,
    Known,
    amid,
    away,
    beyond,
    doubted,
    left,
    longest,
    settled,
)
from corpuskit.clean.evidence import Evidence, columns, evidence
from corpuskit.clean.explained import is_explained
from corpuskit.clean.features import NAMES, Matrix, matrices
from corpuskit.clean.formed import has
from corpuskit.clean.letters import Letters
from corpuskit.clean.marks import signs_off
from corpuskit.clean.network import Labeller, labelled, packaged
from corpuskit.clean.numbered import continued
from corpuskit.clean.plain import ahead as tell
from corpuskit.clean.posts import speaks
from corpuskit.clean.rulings import scores, surest
from corpuskit.clean.strangers import strangers
from corpuskit.clean.stretch import outside, spelt, stretch
from corpuskit.clean.tables import filled, rows, wrapped
from corpuskit.clean.verdict import Verdict, keys
from corpuskit.core.gather import gathered
from corpuskit.core.page import Char, Page

Probabilities = npt.NDArray[np.float64]
Kinds = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


_UNKNOWN = Known("article", 0.0, 1.0)
_CHROME, _RELATED, _SPAM, _COMMENT = map(LABELS.index, ("chrome", "related", "spam", "comment"))


def weighed(page: Page, lines: Sequence[Verdict], rule: str, *labels: str) -> list[Verdict]:
    """Return the rules' verdicts, raised where the labeller is surer that a line is of one of ``labels``."""
    known = _known(page)
    if not known:
        return list(lines)
    out = []
    each = [known.get(key, _UNKNOWN) for key in keys(page)]
    doubts = _vetoed(lines, each)
    for (name, score, _), verdict, of_line, doubt in zip(each, lines, told(page), doubts, strict=True):
        if doubt:
            out.append(Verdict(DOUBTED, verdict.rule, verdict.reason))
        # a rule that is sure says more than a probability, and what the tree of an HTML page shows to be the article's
        # is not taken for how it reads
        elif name in labels and verdict.score < score and verdict.score < SURE and not (of_line and of_line.sure):
            out.append(Verdict(score, rule))
        else:
            out.append(verdict)
    return out


def _vetoed(lines: Sequence[Verdict], each: Sequence[Known]) -> list[bool]:
    """Say which verdicts of a rule are doubted, for the labeller takes the line for the article's.

    In the midst of a list it is not heard: lists are doubted from their ends.
    """
    pairs = zip(lines, each, strict=True)
    out = [line.score > DOUBTED and known.sure < VETOED.get(line.rule, 0.0) for line, known in pairs]
    if not any(out):
        return out
    for (verdict, doubt), run in groupby(range(len(out)), lambda i: (lines[i], out[i])):
        members = [*run]
        around = [i for i in (members[0] - 1, members[-1] + 1) if 0 <= i < len(out) and lines[i] == verdict]
        if doubt and len(around) == 2 and verdict.rule in _LISTS:
            out[members[0] : members[-1] + 1] = [False] * len(members)
    return out


def ahead(pages: Sequence[Page]) -> None:
    """Work out for many pages at once what :func:`weighed` is going to ask of each."""
    tell(pages)
    waiting = [page for page in pages if "labels" not in page.by_line]
    asked: list[tuple[Page, Labeller]] = []
    for page in waiting:
        model = None if is_explained(page) else page.learned.get("labeller") or packaged()
        if model is None:
            page.by_line["labels"] = {}
        else:
            asked.append((page, model))
    for group in gathered(asked, lambda each: len(each[0].lines), _TOGETHER):
        features = [*matrices([page for page, _ in group])]
        letters = Letters.of([line.text for page, _ in group for line in page.lines])
        # the pages of a run share one model
        for (page, _), of_page, chances in zip(group, features, labelled(group[0][1], features, letters), strict=True):
            page.by_line["labels"] = _labels(page, of_page, chances)


def _known(page: Page) -> dict[int | str, Known]:
    """Return what the labeller says of each line by its place in the source; nothing where it is not asked.

    Worked out on the first draft that asks, with everything still around each line, and kept for later drafts.
    """
    if "labels" not in page.by_line:
        ahead([page])
    found: dict[int | str, Known] = page.by_line["labels"]
    return found


def _labels(page: Page, features: Matrix, labels: Probabilities) -> dict[int | str, Known]:
    found = evidence(page)
    held = columns(page)
    prose = float(held.size @ held.prose / held.size.sum())
    thread = stretch(page).thread or _said(page, "roles", "floor") >= 3
    posts = thread or any(of_line is not None and of_line.thread for of_line in told(page))
    spoken = posts or speaks(page)
    whole = len(found) >= _WHOLE and leads(page)
    empty = whole and not spoken and (_is_farm(found, features) or _is_empty(page, found, labels))
    midst = amid(page, held)
    voiced = prose < 0.5 and _said(page, "furniture", "voice") >= _VOICES
    stands = standing(held, features, beyond(page, midst), thread=thread or voiced)
    sure = 1 - labels[:, 0]
    off = outside(page, sure)
    kinds, score = _scored(page, labels, stands, midst, off, thread=thread, bare=prose < _BARE)
    if empty:
        score, sure = np.ones_like(score), np.ones_like(sure)
    each = zip(map(LABELS.__getitem__, kinds.tolist()), score.tolist(), sure.tolist(), strict=True)
    out = dict(zip(keys(page), map(Known._make, each), strict=True))
    if empty:
        return out
    if spoken and not found[0].chrome:
        # the first line of a thread may be its title: nothing there reads like it
        first = keys(page)[0]
        out[first] = out[first]._replace(score=min(out[first].score, DOUBTED))
    out = left(page, found, doubted(page, found, out, off, midst=not posts))
    if prose >= _BARE:
        out = settled(page, out, sure)
    return out if posts else _run_on(page, out)


def _run_on(page: Page, known: dict[int | str, Known]) -> dict[int | str, Known]:
    """Take the paragraphs of other articles behind the foot of the page's own."""
    named = keys(page)
    gone = (surest(page) >= SURE) | np.array([known[key].score >= SURE for key in named])
    other = {named[i]: Known("related", max(SURE, known[named[i]].score), 1.0) for i in strangers(page, gone)}
    return known | other


def _scored(
    page: Page, labels: Probabilities, stands: Standings, midst: Flags, off: Flags, *, thread: bool, bare: bool
) -> tuple[Kinds, Probabilities]:
    """Return the number of each line's likeliest kind of noise, and its score."""
    found, sure, kinds = columns(page), 1 - labels[:, 0], labels[:, 1:].argmax(axis=1) + 1
    score = _scale(sure, needed(kinds, found, stands, midst))
    if thread:
        # posts speak like comments
        said = (kinds == _COMMENT) & (found.size >= 12)
        score = np.where(said, np.minimum(score, DOUBTED), score)
    # menus and lists of other pages: no advertisement is told by where it stands
    letters, sentences = spelt(page), found.prose & found.final
    out_of = away(page, off) & (sure >= np.where(letters, _AWAY_SPELT, _AWAY)) & (letters | ~sentences)
    kinds = np.where(out_of & (kinds != _RELATED) & (kinds != _COMMENT), _CHROME, kinds)
    score = np.where(out_of, np.maximum(score, SURE), score)
    spam = kinds == _SPAM
    quoted = spam & (sure < BEYOND_DOUBT) & ((stands > Standing.PLAIN) | found.paragraph) & reports(found.lines)
    for i in np.flatnonzero(spam & ~quoted):
        quoted[i] = cited(page.lines[i].text)
    if spam.any():
        quoted[coded(page)] = True
        # sentences that sell nothing by name, on a page without sure spam, may be a clinic's or an office's own
        unsold = sentences & (found["trades"] == 0) & (scores(page)[_RULED_SPAM].max() < SURE)
        quoted |= spam & unsold & (sure < _UNSOLD)
    # verse, names and tables have no sentence anywhere: there a line goes for what it says alone
    alone = bare & (found["chrome"] == 0)
    # what holds neither letter nor figure may be a drawing, a score or a diagram of the article's
    drawn = (page.tally[:, _SPOKEN_WITH].sum(axis=1) == 0) & (found.size >= 4)
    mute = continued(page, sure) & ~spam
    for i in np.flatnonzero((score >= SURE) & (found.size <= _TAIL)):
        mute[i] |= signs_off(page.lines[i].text)
    # around a sentence of a short page there is too little to go by
    mute |= sentences & (len(sure) < _WHOLE)
    shaped = (np.array(rows(page)) & ~spam) | drawn
    doubtful = quoted | np.array(wrapped(page)) | (shaped & (sure < BEYOND_DOUBT)) | alone | mute
    return kinds, np.where(doubtful, np.minimum(score, DOUBTED), score)


def _said(page: Page, of: str, form: str) -> int:
    """Return how many short lines have a form."""
    return sum(len(line.text) < 60 and has(of, form, line.text) for line in page.lines)


def _is_farm(found: list[Evidence], features: Matrix) -> bool:
    """Say whether paragraphs are stolen pieces, put together around the names of sure spam."""
    told_ = (features[0, NAMES.index(name)] for name in _FARM)
    fits = all(low <= value <= high for value, (low, high) in zip(told_, _FARM.values(), strict=True))
    return fits and sum(e.prose and e.size >= 30 for e in found) >= 3


def _is_empty(page: Page, found: list[Evidence], chances: Probabilities) -> bool:
    """Say whether a page has no article: nearly all of it is noise, and no paragraph is likely the article's.

    A page that holds many paragraphs is none only where they carry spam, where it begins with an error, or where each
    of its sentences is sooner noise than not; one that begins with an error may hold a sentence or two that read like
    an article's.
    """
    held, noise = columns(page), 1 - chances[:, 0]
    size, prose, long = held.size, held.prose, held.paragraph
    plain = (held["chrome"] >= 0.5) | (held["trades"] > 0) | (held["hosts"] > 0)
    # lines of words filled up to a width are paragraphs, though none reads like one
    whole = max(longest(found), size @ np.array(filled(page)))
    share = size @ noise / size.sum()
    told = prose & (size >= _SENTENCE)
    said = size[prose] @ noise[prose] / max(1, size[prose].sum())
    telling = size @ told >= _TELLING * size.sum() and whole < CHAPTER
    if telling and noise[told].min() >= _EACH and min(share, said) >= _ALL_SAID:
        return True
    if _dated(page, told & (noise < _DATED)):
        return False
    # one line a thousand times over is no page of a site
    if size @ plain < 0.03 * size.sum() or whole >= ARTICLE or (long & (noise < _SOME_LONG)).any():
        return False
    if opens_with_error(page, found):
        return bool(share >= _EMPTY_ERROR)
    if (told & (noise < _SENTENCE_LIKELY)).any():
        return False
    kinds = chances[:, 1:].argmax(axis=1) + 1
    spoken = size @ (long & (kinds != _SPAM))
    return bool(share >= _EMPTY and said >= _SOME and spoken < _SPOKEN)


def _dated(page: Page, likely: Flags) -> bool:
    """Say whether a line of date and source stands right above two sentences that may as well be an article's."""
    opens = np.flatnonzero(likely[:-1] & likely[1:])
    texts = [page.lines[index - 1].text for index in opens.tolist() if index]
    return any(len(text) <= _MASTHEAD and has("roles", "date", text) for text in texts)


_SPOKEN_WITH = [Char.HAN, Char.FUNCTION, Char.KANA, Char.HANGUL, Char.LATIN, Char.DIGIT, Char.WIDE, Char.LETTER]
_TAIL = 30
"""Characters, at most, of a line that ends a cut article with the name of who wrote it."""
_WHOLE = 12
"""Lines of a page, at least, that is told to have no article, and whose sentences may go for how they read."""
_BARE = 0.02
"""Share of prose below which a page may be nothing but short lines."""
_EMPTY, _EMPTY_ERROR = 0.93, 0.85
"""Share of a page's characters that are noise, each by its probability, where it has no article, and where it begins
with an error."""
_FARM = {"page:carried": (0.8, 1.0), "page:kin": (0.0, 0.005), "page:sure": (0.1, 1.0)}
"""Where nearly every paragraph carries a name of sure spam, and has nothing else in common with its neighbours."""
_SOME, _SOME_LONG = 0.7, 0.45
"""Probability of noise, at least, of the sentences of a page without an article together, and of each paragraph."""
_EACH, _ALL_SAID, _TELLING = 0.8, 0.92, 0.2
"""Probability of noise, at least, of each sentence and of all characters on a page whose sentences, a fifth of it and
more, say that it has no article, however they stand."""
_SENTENCE, _SENTENCE_LIKELY = 20, 0.35
"""Characters of a sentence, and its probability of noise, under which it is an article's, unless an error opens the
page."""
_DATED, _MASTHEAD = 0.6, 40
"""Probability of noise of two sentences, at most, that a line of date and source opens, and its characters."""
_SPOKEN = 300
"""Characters in whole paragraphs, not spam, from which a page is taken to have an article."""
_VOICES = 4
"""Marks of posts from which a page of short lines may be a thread."""
_TOGETHER = 4000
"""Lines of the pages that are looked at together, at most: their features are in memory all at once."""
_FLAGGED = 0.6
"""Probability of noise from which a line is flagged at the default thresholds."""
_UNSOLD = 0.98
"""Probability from which sentences that name no trade go as spam, on a page of whose spam no rule is sure."""
_RULED_SPAM = 0
_LISTS = frozenset(("related_news.list", "page_chrome.menu", "page_chrome.words"))
"""Rules that tell lists, as wholes."""
_AWAY, _AWAY_SPELT = 0.4, 0.2
"""Probability from which a line is removed that stands outside the article, on a page that is plainly one, and from
which one of an alphabet's letters is."""


def _scale(sure: Probabilities, needs: Probabilities) -> Probabilities:
    """Return probabilities as scores: 0.5 where they flag, 0.7 where they remove."""
    flagged = np.minimum(_FLAGGED, needs - 0.05)
    points = ((0.0 * needs, 0.0), (flagged, 0.5), (needs, 0.7), (0.0 * needs + 1.0, 1.0))
    out = np.ones_like(sure)
    for (low, begin), (high, end) in reversed([*pairwise(points)]):
        out = np.where(sure < high, (end - begin) / (high - low) * (sure - low) + begin, out)
    return out

"""Which lines are keyword spam, by rules: each line alone, then by its neighbours, then by the page's brands."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from typing import NamedTuple

from corpuskit.clean.carriers import CARRIES, DOUBTED, SURE, Names, carriers, cited, own, praised, reports
from corpuskit.clean.coded import coded
from corpuskit.clean.evidence import Evidence, evidence
from corpuskit.clean.glued import heads, sums_up, tails
from corpuskit.clean.inlaid import inlaid
from corpuskit.clean.splices import bracketed, carried, inserted, prefixed, titled, words
from corpuskit.clean.verdict import NONE, Verdict
from corpuskit.core.lexicon import Literals, fold, terms
from corpuskit.core.page import Page
from corpuskit.core.span import Span

_DOMAIN = re.compile(
    r"(?<![a-z0-9@./-])[a-z0-9-]{1,24}[.·●](?:xyz|vip|top|cc|app|lol|win|bet|icu|club|online|site|pro|fun|cyou|shop|live|pw)"
    r"(?![a-z0-9])"
)
_HANDLE = re.compile(
    r"(?:飞机|电报|telegram|tg|纸飞机|微信|wechat|威信|薇信|扣扣|qq)[\s:：号客服联系]{0,6}@?[a-z0-9_]{5,24}"
)
_VEILED = re.compile(r"(?:[\u4e00-\u9fff][·•●★☆◆*〇◎✦丶.]){2}[\u4e00-\u9fff]")
_MARKED = re.compile("[.．·●•★☆◆*〇◎✦丶]")
"""What domains have, and words whose characters are kept apart."""
MANY = 20
"""Tokens of a line from which it may be a row of keywords."""
_MANY = 30
"""Tokens that are a row whatever they say, where half of them repeat."""
_LIKELY = 0.35
_PUT = "a spam brand between two marks of a sentence"


class Spam(NamedTuple):
    """What the rules say: a verdict a line, spans to take out of lines that stay, and the brands they name."""

    lines: list[Verdict]
    splices: list[tuple[Span, str]]
    brands: frozenset[str]
    texts: frozenset[int] = frozenset()
    """Lines that are sentences once their splice is gone, however much of them it is."""


def decide(page: Page) -> Spam:
    """Judge every line of a page, once."""
    return page.once("spam", lambda: _decide(page))


def _decide(page: Page) -> Spam:
    found = evidence(page)
    if not any(e.trade or e.host or (len(e.tokens) >= MANY and not e.prose) for e in found):
        return Spam([NONE] * len(found), [], frozenset())
    scores = [*judged(page)]
    rules = ["spam_links.row" if len(e.tokens) >= 6 else "spam_links.link" for e in found]
    parts = {i: spans for i in range(len(found)) if (spans := prefixed(page, i, found[i]))}
    brands = _brands(page, found, scores)
    beside = frozenset() if reports(found) else _carried(page, parts)
    behind = tails(page, found, judge)
    parts |= {index: [span] for index, span in behind.items()}
    for index in parts:
        scores[index] = 0.0
    names, branded = Names(found, brands, beside), Literals(brands)
    bare = [(i, rest) for i, e in enumerate(found) if (rest := titled(page.lines[i], e))]
    titles = [i for i, rest in bare if names.all and not names.any(rest)]
    _group(page, found, scores, rules, branded)
    inside = carriers(page, found, scores, rules, names)
    praised(page, found, scores, rules)
    _farm(page, found, scores, rules, branded)
    _alone(page, found, scores, branded)
    for index, line in enumerate(page.lines):
        if scores[index] >= SURE and cited(line.text):
            scores[index] = DOUBTED
    if max(scores) >= SURE:
        for index in coded(page):
            scores[index] = min(scores[index], DOUBTED)
    for index in (*parts, *titles):
        scores[index] = 0.0
    lines = [Verdict(score, rule) if score else NONE for score, rule in zip(scores, rules, strict=True)]
    splices = [(span, f"stands beside {page.lines[i].text[-24:]!r}") for i, spans in parts.items() for span in spans]
    splices += [(span, _PUT) for i, spans in inside.items() if scores[i] < SURE for span in spans]
    splices += bracketed(page, scores, names.any, SURE)
    if not reports(found):
        splices += apart(inserted(page, found, scores, SURE), [span for span, _ in splices])
    begun = [(span, "a name glued to the beginning") for span in heads(page, found, scores).values()]
    splices += apart(begun, [span for span, _ in splices])
    splices += apart(inlaid(page, found, scores, names.any), [span for span, _ in splices])
    for index in sums_up(page, found, [page.text[span.start : span.end] for span, _ in splices]):
        lines[index] = max(lines[index], Verdict(0.8, "spam_links.group"))
    return Spam(lines, splices, brands, frozenset(behind))


def _carried(page: Page, parts: dict[int, list[Span]]) -> frozenset[str]:
    """Return the names that the spam beside a title stands for."""
    texts = [fold(page.text[span.start : span.end]) for spans in parts.values() for span in spans]
    return frozenset(held.name for text in texts for held in carried(text))


def apart(spans: list[tuple[Span, str]], taken: list[Span]) -> list[tuple[Span, str]]:
    """Return the spans that lie over none that are taken."""
    return [(span, why) for span, why in spans if not any(t.start < span.end and span.start < t.end for t in taken)]


def judged(page: Page) -> list[float]:
    """Return :func:`judge` of each line of a page by itself, worked out once."""
    each = zip(page.lines, evidence(page), strict=True)
    return page.once("judged", lambda: [judge(line.text, e) for line, e in each])


def judge(text: str, e: Evidence) -> float:
    """Return how sure it is, from 0 to 1, that a line alone is spam."""
    if not (e.trade or e.host or e.symbols > 1 or len(e.tokens) >= _MANY or _MARKED.search(text)):
        return 0.0
    if e.exempt and e.prose:
        return 0.0
    mix = e.trade + e.host
    # an enumeration inside a sentence is a law's or a report's
    listed = text[-1:] in "。；;，," and e.inner >= 3 and e.repeats < 0.3
    if text.count("</a>") > 1 and text.startswith("<a"):
        return 0.8
    score = max(0.0 if listed else max(_row(e, mix), _short(e, mix)), _contact(e, mix))
    if _unparted(e, mix):
        return max(score, 0.9)
    if e.prose:
        # fluent text that carries keywords: never sure by itself
        score = min(score, 0.3) if e.trades < 3 or mix < 0.12 else 0.5
    return score


def _row(e: Evidence, mix: float) -> float:
    count = len(e.tokens)
    if count < 6 or e.function > 0.05 or e.finals > count / 8:
        return 0.0
    if (mix >= 0.25 and e.trades >= 2) or (e.repeats >= 0.3 and mix >= 0.1 and e.trades):
        return 0.97
    if mix >= 0.35 and count >= 8:
        return 0.9
    length = e.size / count
    if count >= _MANY and e.repeats >= 0.5 and 2.5 <= length <= 16 and e.digits < 0.3 and e.inner < count / 10:
        return 0.85
    return 0.4 if mix >= 0.15 else 0.0


def _unparted(e: Evidence, mix: float) -> bool:
    """Say whether a line is keywords run together: no sentence and no enumeration names so many without a mark."""
    return e.trades >= 4 and e.hosts >= 3 and mix >= 0.35 and e.size >= 40 and not e.final and e.inner + e.finals <= 2


def _short(e: Evidence, mix: float) -> float:
    if e.size > 80 or e.final:
        return 0.0
    if e.trades and mix >= 0.5 and (e.host or e.trades >= 2):
        return 0.9
    if e.hosts >= 3 and e.host >= 0.5 and e.function < 0.05:
        return 0.8
    if e.trades and ((mix >= 0.35 and e.host) or (mix >= 0.2 and (e.symbols or e.wide > 0.1))):
        return 0.8
    if e.trades >= 2 and mix >= 0.2:
        return 0.75
    if e.trades and e.han == 0 and e.size >= 8:
        return 0.7 if mix >= 0.25 else 0.5
    if e.trades and mix >= 0.5:
        return 0.6
    ornate = 0.35 if e.symbols >= 2 and e.size < 40 else 0.0
    return max(ornate, min(0.45, 0.2 + mix) if mix > 0.15 else 0.0)


def _contact(e: Evidence, mix: float) -> float:
    if e.size > 4000:
        return 0.0
    folded = e.folded
    marked = _MARKED.search(folded) is not None
    domains, veiled = (_DOMAIN.findall(folded), _VEILED.search(folded)) if marked else ([], None)
    score = 0.0
    if domains and e.function < 0.03:
        score = 0.95 if len(domains) >= 4 else 0.8 if mix or veiled or e.wide > 0.2 else 0.55
    if (mix > 0.1 or veiled) and _HANDLE.search(folded):
        score = max(score, 0.75)
    if veiled and (mix or e.wide > 0.1 or len(_VEILED.findall(folded)) > 1 or _unveiled(folded)):
        score = max(score, 0.8)
    return score


def _unveiled(folded: str) -> bool:
    """Say whether a line names a trade once the marks between its characters are gone."""
    bare = re.sub("(?<=[\u4e00-\u9fff])[·•●★☆◆*〇◎✦丶.](?=[\u4e00-\u9fff])", "", folded)
    return any(term in bare for term in terms("trade"))


def _brands(page: Page, found: list[Evidence], scores: list[float]) -> frozenset[str]:
    """Return what the sure spam lines name: tokens without the trade and host words, seen more than once."""
    counts: Counter[str] = Counter()
    if not any(score >= SURE for score in scores):
        return frozenset()
    tokens = Counter(token for score, e in zip(scores, found, strict=True) if score >= 0.8 for token in e.tokens[:400])
    # no term spans two lines
    rests = words().cut(fold("\n".join(tokens))).split("\n")
    for token, times in zip(rests, tokens.values(), strict=False):
        rest = token.strip("[]【】()（）-·. ")
        if 2 <= len(rest) <= 6 and not rest.isdigit() and not rest.isascii():
            counts[rest] += times
    prose = "".join(line.text for line, e in zip(page.lines, found, strict=True) if e.prose)
    repeated = {brand: n for brand, n in counts.items() if n >= 2}
    said = Literals(repeated).counts(prose)
    return frozenset(brand for brand, n in repeated.items() if said[brand] < n)


def _group(page: Page, found: list[Evidence], scores: list[float], rules: list[str], brands: Literals) -> None:
    """Raise the lines that stand among spam lines, or name their brands."""
    if not brands and max(scores) < SURE:
        return
    for index, (line, e) in enumerate(zip(page.lines, found, strict=True)):
        if scores[index] < SURE and not e.prose and e.size <= 80 and brands.any(line.text):
            scores[index], rules[index] = 0.8, "spam_links.group"
    sure_before = [score >= SURE for score in scores]
    reporting = reports(found)
    for index, e in enumerate(found):
        mix = e.trade + e.host
        if not e.prose or e.trades < 2 or mix < 0.12 or e.exempt:
            continue
        # sentences that carry keywords, right beside spam that is sure
        if any(sure_before[i] for i in (index - 1, index + 1) if 0 <= i < len(found)):
            text = own(e, round(mix * e.size)) and (e.trades < CARRIES or reporting)
            score = DOUBTED if text else 0.72
            scores[index], rules[index] = max(scores[index], score), "spam_links.group"
    for plain, run in groupby(range(len(found)), lambda i: not found[i].prose and found[i].chrome < 0.6):
        members = list(run)
        sure = [i for i in members if scores[i] >= SURE]
        if not plain or not sure:
            continue
        # only the stretch between the outermost sure lines, and what touches it
        for i in members:
            near = sure[0] - 1 <= i <= sure[-1] + 1
            inside = sure[0] < i < sure[-1] and len(sure) * 2 >= sure[-1] - sure[0]
            if scores[i] < SURE and near and (scores[i] >= _LIKELY or (inside and not found[i].exempt)):
                scores[i], rules[i] = 0.75, "spam_links.group"


def _alone(page: Page, found: list[Evidence], scores: list[float], brands: Literals) -> None:
    """Doubt short spam lines between paragraphs that may be what a report quotes.

    That is where the page has but one such line, or where its paragraphs speak of these trades themselves; there a
    line goes only if it repeats itself or names what spam outside the paragraphs names.
    """
    sure = [i for i, score in enumerate(scores) if score >= SURE]
    prose = [i for i, e in enumerate(found) if e.prose and scores[i] < SURE] if sure else []
    if not prose:
        return
    topical = sum(found[i].exempt or found[i].trades > 0 for i in prose)
    reporting = reports(found)
    about = reporting or (topical >= 2 and topical >= 0.3 * len(prose))
    if len(sure) > 1 and not about:
        return
    edges = "\n".join(page.lines[i].text for i in sure if not prose[0] < i < prose[-1])
    known = Literals(brands.held(edges))
    for at in sure:
        e, text = found[at], page.lines[at].text
        # a short enumeration without repetition may be a notice's
        varied = e.repeats < 0.1 and e.symbols == 0 and e.host < 0.2
        loose = e.prose or _unparted(e, e.trade + e.host)
        short = (len(e.tokens) < 6 and not loose) or (e.size <= 80 and (about or varied))
        quoted = reporting and e.repeats < 0.2 and not known.any(text)
        if (short or quoted) and prose[0] < at < prose[-1] and not known.any(text):
            scores[at] = min(scores[at], 0.6)


def _farm(page: Page, found: list[Evidence], scores: list[float], rules: list[str], brands: Literals) -> None:
    """Take all of a page on which spam and furniture leave no article."""
    if max(scores) < SURE:
        return
    total = sum(e.size for e in found)
    spam = sum(e.size for e, s in zip(found, scores, strict=True) if s >= SURE)
    if spam < 0.3 * total or len(found) < 6:
        return
    clean = sum(
        e.size
        for line, e in zip(page.lines, found, strict=True)
        if e.prose and e.chrome < 0.5 and e.trades < 2 and not brands.any(line.text)
    )
    if clean > 0.1 * total:
        return
    for index, e in enumerate(found):
        if scores[index] < SURE and e.chrome < 0.6:
            scores[index], rules[index] = 0.75, "spam_links.farm"

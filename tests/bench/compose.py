"""Pages made of the articles of labelled pages, with their boundaries and joins known."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpuskit.core.pairs import pairs
from corpuskit.labelled import Page, load
from corpuskit.train import HELD_OUT

TEST = (*HELD_OUT, "d")
"""Pages whose id begins so test; all others tune."""
_SENTENCE = re.compile(r"[^。！？!?]+[。！？!?.][”」』）]*")
_SCRAP = re.compile(r"[\u4e00-\u9fff]{2,5}")
_NAMES = [
    "早报速览",
    "本周要闻",
    "科技简讯",
    "一周动态（第{}期）",
    "{}月{}日晚间快讯",
    "社区通讯",
    "每日新闻",
    "Notes of the week",
]
_NUMBERS = ["{number}、{title}", "{number}. {title}", "（{number}）{title}", "{number:02d}　{title}"]
_MARKS = [
    "▍{title}：",
    "◎ ",
    "★ {title}。",
    "● {title}：",
    "■",
    "【{title}】",
    "[{title}] ",
    "{hour:02d}:{minute:02d} ",
]
_MARKS += ["{number}. {title}：", "{number}、"]
_CLAUSE = re.compile(r"[\u4e00-\u9fff]{4,11}")


@dataclass(slots=True)
class Article:
    """An article as it should be read."""

    titles: list[str] = field(default_factory=list)
    """Kicker, title and deck, in the order of the page."""
    byline: str = ""
    paragraphs: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Composed:
    """A page of lines: those at which its articles begin, and for each cut line the one on which it reads on."""

    lines: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    follows: dict[int, int] = field(default_factory=dict)


def articles(pages: Sequence[Page], least: int = 3, mark: str = "的") -> list[Article]:
    """Return the articles that have at least ``least`` paragraphs and the word ``mark``, which tells their language."""
    out: list[Article] = []
    for page in pages:
        found: dict[str, Article] = {}
        for block in sorted((b for b in page.blocks if b.article), key=lambda b: b.order):
            one, text = found.setdefault(block.article or "", Article()), block.good.strip()
            if block.role in ("title", "subtitle"):
                one.titles.append(text)
            elif block.role == "byline" and not one.byline:
                one.byline = text
            elif block.role == "body" and block.joins and one.paragraphs:
                one.paragraphs[-1] += text
            elif block.role == "body":
                one.paragraphs.append(text)
        out += [a for a in found.values() if _fit(a, least, mark)]
    return out


def _fit(article: Article, least: int, mark: str) -> bool:
    whole = [p for p in article.paragraphs if len(p) >= 25 and _SENTENCE.search(p)]
    return len(article.paragraphs) >= least and len(whole) > 0.8 * len(article.paragraphs) and mark in "".join(whole)


def halves(folder: Path, least: int = 3, mark: str = "的") -> tuple[list[Article], list[Article]]:
    """Return the articles of the tuning pages and those of the test pages."""
    pages = load(folder)
    tuning = [p for p in pages if not p.id.startswith(TEST)]
    return articles(tuning, least, mark), articles([p for p in pages if p.id.startswith(TEST)], least, mark)


def traditional(text: str) -> str:
    """Return a text in traditional characters, as far as one character stands for one."""
    table: dict[str, str] = {}
    for old, new in pairs().simplified.items():
        table.setdefault(new, old)
    return "".join(table.get(char, char) for char in text)


def concatenation(draw: random.Random, pool: Sequence[Article], *, titled: bool) -> Composed:
    """Return four to ten articles one after the other; titled ones with cross-heads, bylines and decks."""
    page = Composed()
    for article in draw.sample(pool, min(len(pool), draw.randint(4, 10))):
        page.starts.append(len(page.lines))
        page.lines += _headed(draw, article) if titled else article.paragraphs
    return page


def _headed(draw: random.Random, article: Article) -> list[str]:
    lines = list(article.titles[: draw.choice([1, 1, 2, 3])])
    if article.byline and draw.random() < 0.5:
        lines.append(article.byline)
    numbered = draw.random() < 0.3
    crossed = len(article.paragraphs) >= 4 and draw.random() < 0.5
    for place, paragraph in enumerate(article.paragraphs):
        if crossed and place and place % 3 == 0:
            number = f"{'一二三四五六七八九十'[min(9, place // 3 - 1)]}、" if numbered else ""
            lines.append(number + _cross_head(draw, article.paragraphs[place : place + 3]))
        lines.append(paragraph)
    return lines


def signed(draw: random.Random, pool: Sequence[Article]) -> Composed:
    """Return a few short articles, each under its title and a byline: nothing else tells them apart."""
    page = Composed()
    for article in draw.sample(pool, min(len(pool), draw.randint(2, 5))):
        page.starts.append(len(page.lines))
        name = draw.choice(_SCRAP.findall(article.paragraphs[0]) or ["江河"])[:3]
        title = min(article.titles, key=len) if article.titles else "短讯"
        page.lines += [title, draw.choice(["本报记者 {}", "记者 {}", "□ {}", "通讯员　{}"]).format(name)]
        first = draw.randrange(max(1, len(article.paragraphs) - 2))
        page.lines += article.paragraphs[first : first + draw.choice([1, 2, 2, 3])]
    return page


def twins(draw: random.Random, pool: Sequence[Article]) -> Composed:
    """Return reports on one subject, each with a headline and a byline or a dateline: an article in two pieces."""
    page = Composed()
    long = [article for article in pool if len(article.paragraphs) >= 6]
    for article in draw.sample(long, min(len(long), draw.randint(1, 3))):
        half = len(article.paragraphs) // 2
        page.starts.append(len(page.lines))
        page.lines += [*article.titles[:2], article.byline or "本报记者 江河", *article.paragraphs[:half]]
        page.starts.append(len(page.lines))
        rest = list(article.paragraphs[half:])
        page.lines += [_cross_head(draw, rest) for _ in range(draw.choice([1, 1, 2]))]
        if draw.random() < 0.5:
            rest[0] = draw.choice(["本报讯　", "本报讯（记者 江河）", "本报北京3月7日电 （记者江河）"]) + rest[0]
        else:
            page.lines.append(draw.choice(["本报记者 柳岸", "□ 柳岸", "本报评论员　柳岸"]))
        page.lines += rest
    return page


def _cross_head(draw: random.Random, paragraphs: Sequence[str]) -> str:
    """Return two scraps of the text below it: a cross-head speaks of it, but seldom word for word."""
    scraps = [draw.choice(_SCRAP.findall(draw.choice(paragraphs)) or ["后来"]) for _ in range(2)]
    return draw.choice(["", "，", "与", "的", " "]).join(scraps)


def alone(draw: random.Random, pool: Sequence[Article]) -> Composed:
    """Return one article with its cross-heads."""
    return Composed(_headed(draw, draw.choice(pool)), [0])


def digest(draw: random.Random, pool: Sequence[Article], *, titled: bool) -> Composed:
    """Return a briefing in traditional characters: some fifty items of one to three short paragraphs."""
    page = Composed()
    for article in draw.sample(pool, min(len(pool), draw.randint(40, 60))):
        page.starts.append(len(page.lines))
        if titled and article.titles:
            page.lines.append(traditional(min(article.titles, key=len)))
        first = draw.randrange(max(1, len(article.paragraphs) - 2))
        for paragraph in article.paragraphs[first : first + draw.choice([1, 2, 2, 3])]:
            page.lines.append(traditional("".join(_SENTENCE.findall(paragraph)[:3]) or paragraph))
    return page


def bulletin(draw: random.Random, pool: Sequence[Article], *, marked: bool) -> Composed:
    """Return a digest: four to ten items, the first sentences of articles, each under a headline or behind a mark."""
    page = Composed()
    if draw.random() < 0.4:
        page.lines.append(draw.choice(_NAMES).format(draw.randint(1, 12), draw.randint(1, 28)))
    form = draw.choice(_MARKS) if marked else draw.choice(_NUMBERS) if draw.random() < 0.25 else "{title}"
    named = [article for article in pool if article.titles]
    for at, article in enumerate(draw.sample(named, min(len(named), draw.randint(4, 10))), 1):
        page.starts.append(len(page.lines))
        title = article.titles[0] if draw.random() < 0.7 else min(article.titles, key=len)
        text, short = article.paragraphs[: draw.choice([1, 1, 1, 2, 2, 3])], draw.random() < 0.5
        told = ["".join(_SENTENCE.findall(p)[: draw.randint(1, 4)]) or p if short else p for p in text]
        head = form.format(number=at, title=title, hour=8 + at // 3, minute=at * 7 % 60)
        page.lines += [head + told[0], *told[1:]] if marked else [head, *told]
    return page


def sheet(draw: random.Random, pool: Sequence[Article]) -> Composed:
    """Return a newspaper page: paragraphs cut by columns, boxes inside sentences, pieces moved, briefs, verse."""
    pieces: list[list[tuple[int, str]]] = []
    number = 0
    cuts: list[int] = []
    drawn = draw.sample(pool, min(len(pool), draw.randint(3, 9)))
    long = draw.randint(2, 5)
    for at, article in enumerate(drawn):
        here, number = _columns(draw, article if at < long else _brief(draw, article), number, cuts)
        pieces.append(here)
    _box(draw, pieces, pool, set(cuts))
    _nest(draw, pieces, pool)
    _move(draw, pieces, set(cuts))
    if draw.random() < 0.6:
        month, day = draw.randint(1, 12), draw.randint(1, 28)
        pieces[0].insert(
            0,
            (
                -4,
                f"{draw.choice('江海山河')}州日报　2019年{month}月{day}日　"
                f"星期{draw.choice('一二三四五')}　第{draw.randint(1, 8)}版",
            ),
        )
    return _laid(pieces, cuts)


def woven(draw: random.Random, pool: Sequence[Article]) -> Composed:
    """Return a newspaper page read straight across its columns: two or three articles in turns, each up to a cut."""
    number, cuts, lanes = 0, list[int](), list[list[tuple[int, str]]]()
    for article in draw.sample(pool, min(len(pool), draw.choice([2, 2, 3]))):
        here, number = _columns(draw, article, number, cuts)
        lanes.append(here)
    _box(draw, lanes, pool, set(cuts))
    pieces = []
    while any(lanes):
        for here in filter(None, lanes):
            end = next((at + 1 for at, (n, _) in enumerate(here) if n in cuts), len(here))
            pieces.append(here[:end])
            del here[:end]
    return _laid(pieces, cuts)


def _columns(draw: random.Random, article: Article, number: int, cuts: list[int]) -> tuple[list[tuple[int, str]], int]:
    """Return the numbered lines of an article whose paragraphs are cut by columns, and the next number."""
    here = [(-1, line) for line in article.titles[: draw.choice([1, 2, 2, 3])]]
    here += [(-1, article.byline)] * (bool(article.byline) and draw.random() < 0.7)
    crossed = len(article.paragraphs) >= 5 and draw.random() < 0.08
    for place, paragraph in enumerate(article.paragraphs):
        if crossed and place and place % 3 == 0:
            here.append((-1, _cross_head(draw, article.paragraphs[place : place + 3])))
        at = _cut(draw, paragraph)
        for part in [paragraph[:at], paragraph[at:]] if at else [paragraph]:
            here.append((number, part))
            number += 1
        cuts += [number - 2] * bool(at)
    return here, number


def _brief(draw: random.Random, article: Article) -> Article:
    """Return a brief, or a few lines of verse, with one headline."""
    title = [min(article.titles, key=len)] if article.titles else ["短讯"]
    if draw.random() < 0.15:
        verse = [draw.choice(_CLAUSE.findall(p) or ["风从河上来"]) for p in article.paragraphs[:4]]
        return Article(title, "□ 江河", verse)
    text = list(article.paragraphs[: draw.choice([1, 1, 2])])
    text[0] = draw.choice(["", "本报讯　", "本报讯（记者 江河）", "【本報訊】"]) + text[0]
    text[-1] += draw.choice(["", "（路远）", "（通讯员 柳岸）"])
    return Article(title, "", text)


def _cut(draw: random.Random, paragraph: str) -> int:
    """Return where a column ends inside a paragraph, 0 for nowhere."""
    if len(paragraph) < 40 or draw.random() < 0.4:
        return 0
    width = draw.randint(14, 24)
    at = width * draw.randint(1, max(1, (len(paragraph) - 6) // width))
    return at if 6 < at < len(paragraph) - 3 and paragraph[at - 1] not in "。！？”…" else 0


def _box(draw: random.Random, pieces: list[list[tuple[int, str]]], pool: Sequence[Article], cuts: set[int]) -> None:
    """Put a box or a caption inside some of the cut sentences."""
    for here in pieces:
        for place in [i for i, (n, _) in enumerate(here) if n in cuts and draw.random() < 0.25]:
            other = draw.choice(pool)
            held = [(-2, s) for s in _SENTENCE.findall(draw.choice(other.paragraphs))[: draw.randint(1, 2)]]
            plain = [(-2, min(_SENTENCE.findall(draw.choice(other.paragraphs)) or other.paragraphs, key=len))]
            caption = [(-2, f"图为{draw.choice(_CLAUSE.findall(other.paragraphs[0]) or ['现场'])}。（资料图）")]
            box = [(-2, draw.choice(["【相关链接】", "【小贴士】", "【名词解释】"])), *held]
            here[place + 1 : place + 1] = draw.choice([caption, box, box[1:], plain])
            break


def _nest(draw: random.Random, pieces: list[list[tuple[int, str]]], pool: Sequence[Article]) -> None:
    """Put a brief or a picture with its story between two lines of a longer article."""
    if draw.random() < 0.3:
        return
    outer = draw.choice(pieces)
    at = draw.randint(min(4, len(outer)), len(outer))
    other = draw.choice(pool)
    title = draw.choice(_SCRAP.findall(other.paragraphs[0]) or ["短讯"])
    text = "".join(_SENTENCE.findall(other.paragraphs[0])[:3]) or other.paragraphs[0]
    name = draw.choice(["江河 柳岸摄影报道", "本报记者 江河 文/图", "（通讯员 江河）"])
    brief = [title, text, name] if name[0] != "（" else [title, text + name]
    rest = outer[at:]
    del outer[at:]
    place = pieces.index(outer) + 1
    pieces[place:place] = [[(-3, line) for line in brief], *([rest] if rest else [])]


def _move(draw: random.Random, pieces: list[list[tuple[int, str]]], cuts: set[int]) -> None:
    """Move the end of an article, from inside a cut sentence on, to another place of the page."""
    for here in list(pieces):
        places = [i for i, (n, _) in enumerate(here) if n in cuts and i + 1 < len(here)]
        if places and draw.random() < 0.25:
            at = draw.choice(places) + 1
            moved = here[at:]
            del here[at:]
            _point(draw, here, moved)
            pieces.insert(draw.randint(0, len(pieces)), moved)


def _point(draw: random.Random, here: list[tuple[int, str]], moved: list[tuple[int, str]]) -> None:
    """Say beside some of the moved text where it goes on, or where it comes from."""
    told = draw.random()
    if told < 0.4:
        here.append((-5, draw.choice(["（下转第{}版）", "（下转{}版）", "▼下转本版右下"]).format(draw.randint(2, 8))))
    if told < 0.3 or told > 0.9:
        moved.insert(
            0, (-5, draw.choice(["（上接第{}版）", "（上接{}版）", "▲上接本版左上"]).format(draw.randint(1, 8)))
        )


def _laid(pieces: Sequence[Sequence[tuple[int, str]]], cuts: Sequence[int]) -> Composed:
    page, where = Composed(), {}
    for here in pieces:
        page.starts.append(len(page.lines))
        for number, text in here:
            if number >= 0:
                where[number] = len(page.lines)
            page.lines.append(text)
    page.follows = {where[n]: where[n + 1] for n in cuts}
    return page


Maker = Callable[[random.Random, Sequence[Article]], Composed]


def several(maker: Maker, pool: Sequence[Article], count: int, seed: int) -> list[Composed]:
    """Return ``count`` pages of one kind; the same seed gives the same pages."""
    draw = random.Random(seed)
    return [maker(draw, pool) for _ in range(count)]

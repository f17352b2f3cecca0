"""Where the article of an HTML page stands, by its tree; and the stretch of a plain page that holds it."""

from __future__ import annotations

import numpy as np
import pytest

from corpuskit.clean import labeller
from corpuskit.clean.content import told
from corpuskit.clean.stretch import outside, stretch
from corpuskit.config import load
from corpuskit.core.draft import Draft
from corpuskit.core.page import Page
from corpuskit.core.source import Raw, Source
from corpuskit.pipeline import Cleaned, Pipeline, source_of

PROSE = (
    "江水退了以后，渡口又能走人，两岸的人都来看新修的桥，在桥头站了一个下午，谁也不肯先回去。",
    "修桥的石头是从上游二十里的山里运来的，走水路，一船只能装十二块，前后运了两个月才运完。",
    "老人说，这座桥他走过三回，头一回是跟着父亲，第二回是送孩子上学，第三回就是今天。",
)
MENU = ("云岭", "山货", "水情", "旧闻", "船期", "集市", "乡音", "物候", "田亩", "渔事", "茶事", "灯会")


def cleaned(html: str) -> Cleaned:
    source = source_of(Raw("p.html", html.encode(), "text/html"))
    assert isinstance(source, Source)
    return Pipeline(load()).clean(source)


def page(*inside: str, title: str = "渡口修好了一座桥") -> str:
    return f"<html><head><title>{title}</title></head><body>{''.join(inside)}</body></html>"


def paragraphs(texts: tuple[str, ...] = PROSE) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def items(texts: tuple[str, ...]) -> str:
    return "".join(f'<li><a href="#">{text}</a></li>' for text in texts)


@pytest.mark.parametrize(
    "beside",
    [
        f"<ul>{items(MENU)}</ul>",
        f'<div class="sidebar"><div>{"<p>山货新到，欢迎来看。</p>" * 3}</div></div>',
        "<aside><p>站内的公告每天更新，请大家留意查看。</p></aside>",
        '<div style="display:none"><p>这一段文字页面并不显示，读者看不见它。</p></div>',
        '<div class="comments"><p>写得好，我明天也去看一看这座新桥。</p><p>小时候常走。</p></div>',
        "".join(f'<div class="card"><a href="#">{PROSE[0][:9]}{n}</a><p>{PROSE[1][:24]}</p></div>' for n in range(4)),
    ],
)
def test_what_stands_beside_the_article_goes(beside: str) -> None:
    done = cleaned(page(f'<div class="wrap"><div class="article-body">{paragraphs()}</div>{beside}</div>'))
    assert [record["text"].split("\n") for record in done.records] == [list(PROSE)]
    assert {line["rule"] for line in done.ledger if line["kind"] == "remove"} & {
        "page_chrome.outside",
        "page_chrome.link",
        "related_news.tail",
    }


@pytest.mark.parametrize("name", ["tool", "top"])
def test_a_lead_right_above_the_article_stays_whatever_its_element_is_called(name: str) -> None:
    lead = "渡口的新桥昨天完工，头一个走过去的是放羊的老人，羊跟在后面，一只也没有落下，桥上的人都让开了路。"
    menu = f"<ul>{items(MENU)}</ul>"
    done = cleaned(
        page(f'<div class="{name}">{menu}<p>{lead}</p></div><div class="x"><p>{PROSE[1]}</p>{paragraphs()}</div>')
    )
    assert done.records[0]["text"].split("\n")[:2] == [lead, PROSE[1]]


@pytest.mark.parametrize("name", ["sidebar", "footer", "related", "comment-list", "header"])
def test_a_name_that_holds_the_whole_article_is_not_believed(name: str) -> None:
    done = cleaned(page(f'<div class="{name}">{paragraphs()}</div>'))
    assert [record["text"].split("\n") for record in done.records] == [list(PROSE)]


def test_posts_of_a_thread_stay_and_the_fields_of_their_frames_go() -> None:
    posts = "".join(
        f'<div class="post"><div class="who"><span>渔人{n}</span></div><div class="said"><p>{text}</p></div></div>'
        for n, text in enumerate(PROSE)
    )
    done = cleaned(page(f'<div class="thread">{posts}</div>', title="新桥 - 渡口论坛"))
    text = "\n".join(record["text"] for record in done.records)
    assert [line for line in text.split("\n") if line in PROSE] == list(PROSE)
    assert "渔人" not in text


def is_thread(html: str) -> bool:
    source = source_of(Raw("p.html", html.encode(), "text/html"))
    assert isinstance(source, Source)
    return any(of_line is not None and of_line.thread for of_line in told(Page(source, Draft.of(source.text))))


@pytest.mark.parametrize(
    ("title", "thread"),
    [
        ("新桥 - 渡口论坛", True),
        ("渡口论坛 | 新桥修好了", True),
        ("[原创]新桥修好了[渡口社区]", True),
        ("第三届江河治理论坛在渡口开幕 两百人到会并参观新桥 - 渡口新闻网", False),
        ("Village asks its community for help with the bridge - Ferry News", False),
    ],
)
def test_a_forum_is_named_at_the_end_of_a_part_of_the_title(title: str, thread: bool) -> None:
    assert is_thread(page(f"<div>{paragraphs()}</div>", title=title)) is thread


def test_entries_of_a_blog_that_are_called_posts_are_no_thread() -> None:
    entries = "".join(f'<div class="post"><h2>第{n}日</h2><p>{text}</p></div>' for n, text in enumerate(PROSE * 2))
    assert not is_thread(page(f"<div>{entries}</div>", title="渡口日记"))


def test_a_link_left_open_says_nothing() -> None:
    done = cleaned(page(f'<a href="#"><div class="article-body">{paragraphs()}</div>'))
    assert [record["text"].split("\n") for record in done.records] == [list(PROSE)]


def test_the_stretch_holds_the_prose_and_not_the_menus() -> None:
    found = Page.of("\n".join((*MENU * 2, *PROSE * 2, *MENU)))
    first, last, thread = stretch(found)
    assert (first, last, thread) == (24, 30, False)
    assert outside(found, np.zeros(42)).tolist() == [True] * 24 + [False] * 6 + [True] * 12


ENGLISH = (
    "The ferry at the lower landing ran again on Monday, for the first time since the flood took its cable in March.",
    "Forty people stood on the bank before six in the morning, and most of them had bicycles or baskets with them.",
    "The new cable came up the river on two barges, because no road to the landing will carry a reel of that weight.",
)
TEASERS = (
    ("A school that teaches boat building", "Ines Marlow", "Nine pupils spend the winter on one hull."),
    ("Where the salt road went", "Peter Oakes", "Walkers follow a track that maps forgot a century ago."),
    ("The last lamp lighter of Quay Street", "Ines Marlow", "He still keeps the ladder in the hall, just in case."),
)


def test_an_alphabet_says_less_with_as_many_letters() -> None:
    teasers = [line for teaser in TEASERS for line in teaser]
    found = Page.of("\n".join((*MENU, *ENGLISH * 2, *teasers)))
    assert stretch(found)[:2] == (len(MENU), len(MENU) + 6)


def test_less_of_an_article_will_do_where_what_stands_outside_is_likely_noise() -> None:
    lines = (*MENU * 40, *PROSE * 2)
    found = Page.of("\n".join(lines))
    assert not outside(found, np.full(len(lines), 0.3)).any()
    assert outside(found, np.full(len(lines), 0.9)).tolist() == [True] * 480 + [False] * 6


@pytest.mark.parametrize(
    "lines",
    [
        (*MENU, *PROSE * 2),
        MENU * 4,
        (*MENU * 30, *PROSE),
        tuple(line for n in range(6) for line in (*MENU[:3], "回复 举报", PROSE[n % 3])) + MENU * 2,
    ],
    ids=["a short menu", "no prose", "hardly any prose", "a thread"],
)
def test_nothing_is_outside_where_it_is_not_plain(lines: tuple[str, ...]) -> None:
    assert not outside(Page.of("\n".join(lines)), np.zeros(len(lines))).any()


def test_a_page_all_of_whose_text_is_taken_first_comes_through() -> None:
    done = cleaned("<html><body><div><p>&#8203;</p></div></body></html>")
    assert done.records == []


def asked(html: str) -> bool:
    """Say whether the labeller is asked about a page."""
    source = source_of(Raw("p.html", html.encode(), "text/html"))
    assert isinstance(source, Source)
    view = Page(source, Draft.of(source.text))
    labeller.ahead([view])
    return bool(view.by_line["labels"])


def test_the_labeller_is_not_asked_where_the_tree_and_the_rules_place_every_line() -> None:
    article = f'<div class="article-body">{paragraphs(PROSE * 3)}</div>'
    wrap = '<h1>渡口修好了一座桥</h1><div class="wrap">{}</div>'
    menu = f"<ul>{items(MENU)}</ul>"
    assert not asked(page(wrap.format(article + menu)))
    assert asked(page(wrap.format(article + menu), title="云岭旧闻"))
    assert asked(page(wrap.format(article.replace("<p>", "<p>登录 注册</p><p>", 1) + menu)))


def test_lines_that_do_not_link_are_no_list_of_other_pages_whatever_heading_stands_above() -> None:
    verse = (
        "雨停了以后山路还湿着车轮压过去没有声音",
        "转过第三个弯就看见那片楓树半边红半边还绿",
        "营地的主人提着灯出来说今晚只有我们三家",
        "火烧起来的时候孩子们已经在帐篷里睡着了",
        "早上推开门口的帘子满地都是昨夜落的叶子",
        "我们坐在原木长凳上等水开谁也不想先说话",
    )
    listed = "".join(f'<div><a href="#">{name}的旧事与新事，一篇没有写完的游记</a></div>' for name in MENU)
    # the same heading over links is a list
    kept = cleaned(page("<div>相關文章</div><h1>楓林一夜</h1>", *(f"<div>{line}</div>" for line in verse)))
    taken = cleaned(page(paragraphs(), "<div>相關文章</div>", listed))
    assert [record["text"] for record in kept.records] == ["\n".join(verse)]
    assert [record["text"] for record in taken.records] == ["\n".join(PROSE)]

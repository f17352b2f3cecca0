"""The headline above the first paragraph, told by the text below it."""

from __future__ import annotations

import pytest

from corpuskit.clean import crowns
from corpuskit.clean.verdict import NONE, Verdict
from corpuskit.core.page import Page

TEXT = (
    "石桥修好了，河上又能走人，两岸的人都来看，从早到晚没有断过。\n"
    "头一个走上去的是放羊的老人，羊跟在后面，走到桥心停下来不肯走了，老人就坐下来等，等到太阳偏西。"
)
DATE = "2021-05-19 来源：渡江在线"


def _page(*above: str) -> Page:
    return Page.of("\n".join([*above, TEXT]))


@pytest.mark.parametrize(
    ("above", "line"),
    [
        (["渡江文库", "石桥修好以后两岸的老人"], 1),
        (["石桥修好以后两岸的老人", "新闻 视频 房产 汽车", DATE], 0),
        (["石桥修好以后两岸的老人", "[2021-05-01] 菜场的秤", DATE], 0),
        (["石桥修好以后两岸的老人", "今天是二〇二一年五月十九日星期三欢迎访问渡江县农业农村局！", DATE], 0),
        (["石桥修好以后两岸的老人", "金蟾娱乐平台注册为您提供最新登录线路，金蟾手机版app下载，官网入口。", DATE], 0),
        (["渡江文库", "手机版 关注我们", DATE], None),
        ([], None),
    ],
)
def test_the_headline_is_the_line_of_which_the_text_speaks(above: list[str], line: int | None) -> None:
    found = crowns.crown(_page(*above))
    assert (found.line if found else None) == line


def test_right_above_a_date_less_of_it_is_said() -> None:
    assert crowns.crown(_page("夜里来的放羊人与一盏灯", DATE)) is not None
    assert crowns.crown(_page("夜里来的放羊人与一盏灯", "渡江文库")) is None


def test_what_the_labeller_takes_for_furniture_is_doubted_there_and_nowhere_else() -> None:
    page = _page("渡江文库", "石桥修好以后两岸的老人", DATE)
    sure, ruled = Verdict(0.9, "page_chrome.line"), Verdict(0.9, "page_chrome.words")
    out = crowns.spared(page, [sure, sure, NONE, NONE, NONE])
    assert [verdict.score for verdict in out] == [0.9, 0.6, 0, 0, 0]
    assert crowns.spared(page, [NONE, ruled, NONE, NONE, NONE])[1] == ruled


def test_what_stands_before_a_headline_goes_only_if_it_offers_something() -> None:
    page = _page("人物 | 石桥修好以后两岸的老人", DATE)
    assert crowns.names(page, [NONE] * 4) == []
    lines, offers = crowns.offers(
        _page("金蟾娱乐平台注册_石桥修好以后两岸的老人", DATE), [Verdict(0.9, "spam_links.link")] * 4
    )
    assert [span[:] for span, _ in offers] == [(0, 9)]
    assert [verdict.score for verdict in lines] == [0, 0.9, 0.9, 0.9]


def test_a_list_ends_above_the_headline_and_its_deck() -> None:
    page = _page("相关阅读", "补锅用的铜", "石桥修好以后的老人和羊", "放羊的老人走到桥心停下来", DATE)
    assert crowns.above(page, 0, 5) == 2
    assert crowns.above(page, 0, 2) == 2

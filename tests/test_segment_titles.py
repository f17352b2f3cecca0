"""What headlines show: names, entries of lists, echoes; learned weights are not asked here."""

from __future__ import annotations

import pytest

from corpuskit.core.page import Page
from corpuskit.segment.headlines import echoed, person, shown, spaced
from corpuskit.segment.roles import cast
from corpuskit.segment.starts import _top
from corpuskit.segment.titles import choose_title, embedded, headline, title_signs

BODY = "石桥修好了，河上又能走人，两岸的人都来看，从早到晚没有断过，有人等了一天。"


@pytest.mark.parametrize(
    ("text", "is_person"),
    [
        ("镇小学 三班 柳青荇", True),
        ("韩水生", True),
        ("Hannah Ferrier", True),
        ("百年石桥修缮完工", False),
        ("老桥修好以后 两岸都来看", False),
        ("Old bridge opens again", False),
    ],
)
def test_a_name_set_apart_is_no_title(text: str, is_person: bool) -> None:
    assert person(text) == is_person


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("· 百年石桥修缮完工", "an entry"),
        ("百年石桥修缮完工………12", "leads to a page"),
        ("百年石桥修缮完工 (05/19)", "ends with its place"),
        ("河湾县人民法院", "an office"),
        ("标题：百年石桥修缮完工", "called the title"),
        ("石桥修好了，人又能走", "two clauses"),
    ],
)
def test_what_a_headline_shows_of_itself(text: str, sign: str) -> None:
    page, plain = Page.of(text), Page.of("百年石桥修缮完工")
    assert shown(text, page.counts[0], len(text), "plain page")[sign] == 1.0
    assert shown("百年石桥修缮完工", plain.counts[0], 8, "plain page")[sign] == 0.0


def test_a_headline_that_stands_again_and_a_name_that_has_the_rights() -> None:
    text = f"渡江旧事\n百年石桥修缮完工\n首页 > 渡口 > 百年石桥修缮完工\n{BODY}\nCopyright © 渡江旧事 保留所有权利"
    page = Page.of(text)
    name, title = echoed(page, 0), echoed(page, 1)
    assert (name["has the rights"], title["has the rights"]) == (1.0, 0.0)
    assert (title["stands beside another"], title["stands again"]) == (1.0, 0.0)
    assert echoed(Page.of(f"百年石桥修缮完工\n百年石桥修缮完工\n{BODY}"), 1)["stands again"]


def test_far_down_a_page_headlines_are_not_looked_for_again() -> None:
    page = Page.of(f"百年石桥修缮完工\n{BODY}\n" * 30)
    assert echoed(page, 0)["stands everywhere"] == 1.0
    assert echoed(page, 58) == {}


def test_blanks_between_words_set_no_parts_of_a_headline_apart() -> None:
    for text in ("칠 개월 만에 놓인 돌다리를 사람들이 건넜다", "清渠牌 QZ-25 型浅井水泵 安装说明书"):
        page = Page.of(f"{text}\n{BODY}")
        assert headline(page, cast(page), [0], 0) > 0
    page = Page.of(f"新闻 视频 石桥 渡口 两岸\n{BODY}")
    assert headline(page, cast(page), [0], 0) <= 0


def test_latin_and_korean_are_spaced() -> None:
    for text, apart in (("Old bridge", True), ("돌다리를 건넜다", True), ("石桥 渡口", False)):
        assert spaced(text, Page.of(text).counts[0]) == apart


def test_a_value_with_a_label_of_its_own_is_no_title() -> None:
    assert embedded("时间:2021-05-19 作者:城南老桥修好以后又能走人 浏览量:40431") is not None
    assert embedded("采访时间：2021年5月19日夜　地点：旧渡口石桥工棚第二间") is None


def test_signs_are_told_for_every_page_and_for_its_kind() -> None:
    page = Page.of(f"石桥通车以后——\n百年石桥修缮完工\n韩水生\n{BODY}")
    signs = title_signs(page, cast(page), [0, 1])
    assert signs[1]["below a dash"] == signs[1]["below a dash, plain page"] == 1.0
    assert signs[0]["below a dash"] == 0.0


def test_a_row_of_a_table_is_no_title() -> None:
    row, title = "青石　渡口　　158　　　30", "石桥用去的青石"
    page = Page.of(f"{row}\n{title}\n{BODY}")
    assert choose_title(page, cast(page), [0, 1]) == 1
    assert choose_title(page, cast(page), [0]) is None


def test_a_long_run_without_a_headline_has_no_title() -> None:
    page = Page.of("\n".join(["来源：渡口站　作者：庾春生　发布时间：2021-4-9　点击："] * 13))
    assert _top(page, cast(page), 13) == []


def test_a_headline_that_begins_in_a_small_letter_goes_on_from_the_one_above() -> None:
    text = "The old stone bridge\nis open to walkers again\n" + "The bridge was mended by masons from both banks. " * 4
    page = Page.of(text)
    signs = title_signs(page, cast(page), [0, 1])
    assert (signs[0]["above its rest"], signs[1]["goes on from the line above"]) == (1.0, 1.0)
    assert (signs[1]["above its rest"], signs[0]["goes on from the line above"]) == (0.0, 0.0)

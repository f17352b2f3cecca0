"""Who wrote a text, and where it comes from: lines of newspapers that are a name, or stand in brackets."""

from __future__ import annotations

import pytest

from corpuskit.core.page import Page
from corpuskit.segment.roles import cast
from corpuskit.segment.shapes import Role

HEAD = "渡江日报 2021年5月19日 星期三 第4版 副刊"
TITLE = "摆渡的人不看河"
TEXT = "摆渡的人不看河，他看对岸的树，树不动，船就是直的。"
MORE = "我问他要是起了雾呢，他说那就听，岸上总有人咳嗽。"
WEB = "首页上的一行字"
"""What stands at the head of a page that is no newspaper's."""


def role_of(line: str, *lines: str) -> Role:
    """Return the role of a line on a page of some lines."""
    return cast(Page.of("\n".join(lines)))[lines.index(line)].role


@pytest.mark.parametrize("name", ["木桨", "修船厂 木桨", "渡口管理站 闻山青"])
def test_a_name_below_a_headline_of_a_newspaper_signs_the_text(name: str) -> None:
    assert role_of(name, HEAD, TITLE, MORE, "一碗面等三十年", name, TEXT, MORE) is Role.BYLINE


def test_a_headline_of_one_word_that_the_text_says_is_no_name() -> None:
    assert (
        role_of("木桨", HEAD, TITLE, MORE, "厂里的旧物展开到月底", "木桨", "木桨是最后一条渡船上的，桨叶裂过两回。")
        is Role.HEAD
    )


def test_a_row_of_a_list_is_no_name() -> None:
    rows = ("河鱼市价", "草鱼　每斤九元", "白条　论堆")
    assert role_of(rows[-1], HEAD, TITLE, MORE, *rows, TEXT) is not Role.BYLINE


@pytest.mark.parametrize(("head", "ended"), [(HEAD, True), (WEB, False)])
def test_a_line_in_brackets_closes_an_article_of_a_newspaper(head: str, ended: bool) -> None:
    lines = (head, TITLE, TEXT, "（渡口旧事征文）", "一碗面等三十年", MORE)
    assert cast(Page.of("\n".join(lines)))[3].ended is ended


def test_what_is_done_in_a_play_closes_nothing() -> None:
    lines = (HEAD, TITLE, "船工：过河吗？", "客人：等雾散了再走。", "（两个人坐下听水声）", "船工：那就听。", MORE)
    assert not cast(Page.of("\n".join(lines)))[4].ended

"""What the labeller's word is worth: where it removes, and where it may only flag."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np
import pytest
from labellers import written

from corpuskit.clean import labeller
from corpuskit.clean.doubt import together
from corpuskit.config import Config, Learned
from corpuskit.core.page import Page
from corpuskit.pipeline import Cleaned, Pipeline

SAID = [f"第{n}年冬天，渡口的老人把船翻过来晒在滩上，用桐油一遍一遍地擦，擦到木头里透出光来。" for n in "一二三四五六"]
ROWS = ["桐油三斤", "麻丝半捆", "石灰一桶"]


@pytest.fixture
def short_is_chrome(tmp_path: Path) -> Pipeline:
    """Return a pipeline whose labeller takes every line for furniture that is no prose."""
    path = written(tmp_path / "labeller.json", bias=("chrome", 20.0), prose=("article", 50.0))
    return Pipeline(Config(learned=Learned(labeller=str(path))))


def gone(done: Cleaned) -> str:
    return "".join(text for line in done.ledger if line["kind"] == "remove" for text in line["before"])


@pytest.fixture
def short_is_related(tmp_path: Path) -> Pipeline:
    """Return a pipeline whose labeller takes every line for a title of another page that is no prose."""
    path = written(tmp_path / "labeller.json", bias=("related", 4.0), prose=("article", 50.0))
    return Pipeline(Config(learned=Learned(labeller=str(path))))


def test_titles_in_the_midst_of_the_article_stay_where_no_rule_sees_noise(short_is_related: Pipeline) -> None:
    done = short_is_related.clean_text("\n".join([*SAID, *ROWS, *SAID]))
    assert all(row in done.records[0]["text"].split("\n") for row in ROWS)
    assert "related_news.line" in {flag["rule"] for flag in done.records[0]["metadata"]["flags"]}


def test_they_go_where_they_speak_to_readers(short_is_related: Pipeline) -> None:
    told = "喜欢这篇的话请转发给朋友"
    assert told in gone(short_is_related.clean_text("\n".join([*SAID, told, *SAID])))


def test_they_go_where_a_rule_sees_noise_among_them(short_is_related: Pipeline) -> None:
    done = short_is_related.clean_text("\n".join([*SAID, *ROWS, "分享 收藏 打印", *SAID]))
    assert all(row in gone(done) for row in ROWS)


def test_furniture_goes_there_too(short_is_chrome: Pipeline) -> None:
    assert all(row in gone(short_is_chrome.clean_text("\n".join([*SAID, *ROWS, *SAID]))) for row in ROWS)


def test_they_go_at_the_foot(short_is_chrome: Pipeline) -> None:
    done = short_is_chrome.clean_text("\n".join([*SAID, *SAID, *ROWS]))
    assert all(row in gone(done) for row in ROWS)


def test_the_next_section_of_a_numbered_document_stays_with_its_addresses(short_is_chrome: Pipeline) -> None:
    sections = [f"{n}、{said}" for n, said in zip("一二三", SAID, strict=False)]
    last = ["四、联系方式", "渡口管理站　地址：东岸石阶下　联系人：谭师傅"]
    done = short_is_chrome.clean_text("\n".join([*SAID, *SAID, *sections, *last, *ROWS]))
    assert done.records[0]["text"].endswith("\n".join(last))
    assert all(row in gone(done) for row in ROWS)
    apart = ["七、联系方式", *last[1:]]
    assert all(line in gone(short_is_chrome.clean_text("\n".join([*SAID, *SAID, *sections, *apart]))) for line in apart)


@pytest.fixture
def all_is_related(tmp_path: Path) -> Pipeline:
    """Return a pipeline whose labeller takes every line for another page's."""
    path = written(tmp_path / "labeller.json", bias=("related", 20.0))
    return Pipeline(Config(learned=Learned(labeller=str(path))))


MENU = "首页 登录 注册 收藏 分享 打印 下载 搜索 更多"


def test_a_page_with_paragraphs_in_a_row_has_an_article_whatever_the_labeller_says(all_is_related: Pipeline) -> None:
    done = all_is_related.clean_text("\n".join([MENU, *SAID, *SAID, *SAID, MENU]))
    assert done.records[0]["text"].split("\n") == SAID * 3


def test_a_page_of_snippets_has_none(all_is_related: Pipeline) -> None:
    between = [line for said in SAID * 3 for line in (said, "登录 注册")]
    assert not all_is_related.clean_text("\n".join([MENU, *between])).records


def test_a_page_of_snippets_with_a_sentence_of_an_article_has_one(tmp_path: Path) -> None:
    path = written(tmp_path / "labeller.json", bias=("related", 20.0), money=("article", 40.0))
    pipeline = Pipeline(Config(learned=Learned(labeller=str(path))))
    between = [line for said in SAID * 3 for line in (said, "登录 注册")]
    short = "昨天下午，渡口的新船下水，船工们凑了300元，在滩上摆酒。"
    done = pipeline.clean_text("\n".join([MENU, short, *between]))
    assert short in done.records[0]["text"].split("\n")


def test_on_a_page_of_too_many_lines_the_rules_decide_alone(
    short_is_chrome: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "\n".join([*ROWS, *SAID, *SAID, *ROWS])
    taken = gone(short_is_chrome.clean_text(page))
    monkeypatch.setattr("corpuskit.clean.explained._MOST", 10)
    left = gone(short_is_chrome.clean_text(page))
    assert any(row in taken for row in ROWS)
    assert not any(row in left for row in ROWS)


def test_a_page_cut_at_a_width_has_an_article(all_is_related: Pipeline) -> None:
    told = "The keeper of the lower weir counts the eels that climb the ladder in May, and chalks up the sum at night. "
    cut = textwrap.wrap(told * 6, 58)
    done = all_is_related.clean_text("\n".join(["[ Home ]  [ Login ]", "", *cut, "", "[ Share ]  [ Print ]"]))
    assert len(done.records) == 1
    assert all(line in done.records[0]["text"].replace("\n", " ") for line in cut)


def test_a_page_each_of_whose_sentences_is_sooner_noise_has_no_article(tmp_path: Path) -> None:
    path = written(tmp_path / "labeller.json", bias=("spam", 3.0))
    doubting = Pipeline(Config(learned=Learned(labeller=str(path))))
    lines = [text for n, said in enumerate(SAID) for text in (said, ROWS[n % 3], f"船油{n}号")]
    assert not doubting.clean_text("\n".join(lines)).records
    assert doubting.clean_text("\n".join([*lines, *SAID, *SAID, *SAID])).records


ROW = "金蟾棋牌官网 赤兔彩票登录 金蟾棋牌app下载 赤兔彩票app 银鲤体育投注 金蟾娱乐登录 赤兔娱乐城注册 银鲤彩票登录"


def asked(*lines: str) -> bool:
    """Say whether the labeller is asked about a page of some lines."""
    page = Page.of("\n".join(lines))
    labeller.ahead([page])
    return bool(page.by_line["labels"])


def test_it_is_not_asked_where_the_rules_explain_all_but_a_headline_and_paragraphs() -> None:
    assert not asked("首页 > 文化 > 正文", "船翻过来了", *SAID, ROW, *SAID, "[责任编辑：彭小渡]")
    assert asked("首页 > 文化 > 正文", "船翻过来了", *SAID, ROW, *SAID, ROWS[0], "[责任编辑：彭小渡]")
    shown = "、".join(f"{n}号船{row}" for n in "甲乙丙丁" for row in ROWS)
    assert not asked("首页 > 文化 > 正文", "船翻过来了", *SAID, ROW, *SAID, shown, SAID[0])
    assert asked("首页 > 文化 > 正文", "船翻过来了", *SAID, ROW, *SAID, shown)
    assert asked("首页 > 文化 > 正文", "船翻过来了", *SAID, ROW, *SAID, f"{SAID[0][:-1]}，百家乐老虎机都有。")
    assert asked("首页 > 文化 > 正文", "船翻过来了", *(text for said in SAID * 2 for text in (said, ROW)))


def test_a_long_run_of_likely_noise_settles_what_its_lines_leave_open() -> None:
    run, long_run = np.full(8, 0.94), np.full(24, 0.89)
    assert together(run).all()
    assert together(long_run).all()
    assert not together(run[:7]).any()
    assert not together(long_run[:23]).any()
    assert not together(np.r_[run[:4], 0.8, run[4:]]).any()
    assert not together(np.full(12, 0.9)).any()
    assert together(np.r_[0.2, run, 0.2]).tolist() == [False, *[True] * 8, False]

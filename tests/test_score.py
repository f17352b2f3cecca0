"""Labelled pages, and records scored against them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import folder_of

from corpuskit.labelled import LabelError, Page, export, load, parse
from corpuskit.score import ALL, Figures, read_records, score

PAGE = """#! id: p1
#! kind: mixed
⟦chrome⟧首页 > 新闻 > 本地要闻频道⟦/⟧
⟦title a1⟧石桥重新开放⟦/⟧
⟦body a1⟧关了三年的石桥昨天重新开放，两岸的居民一早就来⟦/⟧
⟦body a1 +⟧到桥头等着走第一趟，人人脸上都有喜⟪銫|色⟫。⟦/⟧
⟦title a2⟧渡口停航⟦/⟧
⟦body a2 @9⟧老周把缆绳系在柳树上，说船留给孩子们夏天玩水用。⟦/⟧
⟦body a2 @8⟧渡口的最后一班船在傍晚靠岸，船上只有三位客人。⟦/⟧
⟦body a1⟧桥东的茶馆当天免了茶钱，老板说这座桥养活了三代人。⟦/⟧
⟦spam⟧彩票平台登录 快三网址大全 游戏中心下载⟦/⟧
"""
ONE = [
    "关了三年的石桥昨天重新开放，两岸的居民一早就来到桥头等着走第一趟，人人脸上都有喜色。",
    "桥东的茶馆当天免了茶钱，老板说这座桥养活了三代人。",
]
TWO = ["渡口的最后一班船在傍晚靠岸，船上只有三位客人。", "老周把缆绳系在柳树上，说船留给孩子们夏天玩水用。"]


@pytest.fixture
def page() -> Page:
    return parse(PAGE, "x")


def figures(page: Page, *records: tuple[str, str | None]) -> Figures:
    entries: list[dict[str, Any]] = [{"text": text, "title": title, "source": "in/p1.txt"} for text, title in records]
    return score([page], [(json.dumps(entry), entry) for entry in entries]).kinds[ALL]


PERFECT = (("\n".join(ONE), "石桥重新开放"), ("\n".join(TWO), "渡口停航"))


def test_a_page_is_parsed(page: Page) -> None:
    assert (page.id, page.kind, len(page.blocks)) == ("p1", "mixed", 9)
    assert "⟦" not in page.raw
    assert "喜銫。" in page.raw
    assert [block.good for block in page.articles()["a2"]] == ["渡口停航", *TWO]


def test_a_flawless_answer_is_perfect(page: Page) -> None:
    assert figures(page, *PERFECT) == Figures(1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0)


def test_nothing_is_the_worst(page: Page) -> None:
    found = figures(page)
    assert (found.kept, found.leak, found.joins, found.titles, found.fixed, found.broken) == (0, 0, 0, 0, 0, 1)


def test_the_raw_page_keeps_and_leaks_all(page: Page) -> None:
    found = figures(page, (page.raw, None))
    assert (found.kept, found.leak, found.titles, found.fixed, found.joins) == (1.0, 1.0, 0.0, 0.0, 0.0)
    assert found.split is not None
    assert found.split < 0.9


FAULTS = {
    "a break kept in a sentence": ("来到桥头", "来\n到桥头", "joins", 0.0),
    "a paragraph break lost": ("喜色。\n", "喜色。", "falsejoin", 0.5),
    "damage left": ("喜色", "喜銫", "fixed", 0.0),
    "a word changed": ("茶钱", "酒钱", "broken", 1 / 4),
}


@pytest.mark.parametrize("case", FAULTS)
def test_each_fault_shows_in_its_figure(page: Page, case: str) -> None:
    old, new, name, value = FAULTS[case]
    (text, title), other = PERFECT
    assert old in text
    found = figures(page, (text.replace(old, new), title), other)
    assert getattr(found, name) == pytest.approx(value, abs=1e-4)
    wrong = [
        field
        for field, was in zip(Figures._fields, figures(page, *PERFECT), strict=True)
        if getattr(found, field) != was
    ]
    assert name in wrong
    assert set(wrong) <= {name, "kept", "order"}


def test_the_order_of_an_article_counts(page: Page) -> None:
    found = figures(page, PERFECT[0], ("\n".join(TWO[::-1]), "渡口停航"))
    assert found.order == pytest.approx(2 / 3, abs=1e-4)


def test_punctuation_and_white_space_do_not_count(page: Page) -> None:
    texts = [(text.replace("，", ", ").replace("。", "。 "), title) for text, title in PERFECT]
    assert figures(page, *texts) == figures(page, *PERFECT)


BROKEN = {
    "text outside": ("外面⟦body a1⟧里面⟦/⟧", "outside"),
    "a role": ("⟦bodies a1⟧里面⟦/⟧", "unknown role"),
    "a flag": ("⟦body a1 ?⟧里面⟦/⟧", "unknown flag"),
    "no article": ("⟦body⟧里面⟦/⟧", "without an article"),
    "a bracket": ("⟦body a1⟧里⟪面⟦/⟧", "stray bracket"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_labels_are_told(case: str) -> None:
    text, message = BROKEN[case]
    with pytest.raises(LabelError, match=message):
        parse(text, "p")


def test_pages_are_exported_as_they_are(tmp_path: Path) -> None:
    export(
        load(folder_of(tmp_path / "pages", {"b.page": PAGE.replace("\n", "\r\n").replace("\r\n", "\n", 2)})),
        tmp_path / "raw",
    )
    (written,) = (tmp_path / "raw").iterdir()
    assert b"\r\n" in written.read_bytes()
    assert written.read_bytes().decode() == load(tmp_path / "pages")[0].raw


def test_records_are_read_from_a_file_or_a_folder(tmp_path: Path) -> None:
    folder_of(tmp_path, {"out/corpus/part-00000.jsonl": '{"text": "a"}\n', "any/x.jsonl": '{"text": "b"}\n\n'})
    assert [r["text"] for _, r in read_records(tmp_path / "out")] == ["a"]
    assert [r["text"] for _, r in read_records(tmp_path / "any")] == ["b"]
    assert [r["text"] for _, r in read_records(tmp_path / "any" / "x.jsonl")] == ["b"]
    with pytest.raises(LabelError, match="no JSONL"):
        list(read_records(folder_of(tmp_path / "none", {"a.txt": ""})))


def test_a_result_is_a_table(page: Page) -> None:
    told = score([page], []).render()
    assert told.splitlines()[0].split() == ["kind", *Figures._fields]
    assert "worst     p1 (mixed)" in told


@pytest.mark.parametrize(
    ("title", "found"),
    [("石桥修好了，", 1.0), ("石桥修好了，两岸的人都来走", 1.0), ("两岸的人都来走", 0.0), ("石桥修好了", 0.0)],
)
def test_a_title_in_two_lines_is_found_by_the_first_or_whole(title: str, found: float) -> None:
    body = "关了三年的石桥昨天重新开放，两岸的居民一早就来走。"
    two = parse(f"⟦title a1⟧石桥修好了，⟦/⟧\n⟦title a1⟧两岸的人都来走⟦/⟧\n⟦body a1⟧{body}⟦/⟧\n", "p1")
    assert figures(two, (body, title)).titles == found

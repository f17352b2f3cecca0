"""The pages that the README cleans first: different in kind and form, and clean afterwards."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from running import Json, ledger, ran, records, refusals

from corpuskit import labelled
from corpuskit.runner import Summary

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
PAGES = FIXTURES / "pages"


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return ran([PAGES], tmp_path_factory.mktemp("cleaned") / "out")


@pytest.fixture(scope="module")
def corpus(summary: Summary) -> list[Json]:
    return records(summary.out)


def of(corpus: list[Json], name: str) -> list[Json]:
    return [record for record in corpus if record["source"].endswith(f"/{name}")]


def test_every_page_is_read_and_none_refused(summary: Summary, corpus: list[Json]) -> None:
    assert summary.counts["sources"] == 16
    assert summary.refusals == 0
    assert refusals(summary.out) == {}
    assert {Path(record["source"]).name for record in corpus} == {path.name for path in PAGES.iterdir()}


def test_a_page_with_one_article_gives_one_record_and_a_newspaper_page_several(corpus: list[Json]) -> None:
    counts = Counter(Path(record["source"]).name for record in corpus)
    several = {"ferry-town.txt": 5, "notebook.jsonl": 3}
    single = {name: 1 for name in counts if name not in (*several, "hk-rooftop.txt")}
    assert counts["hk-rooftop.txt"] >= 2
    assert {name: counts[name] for name in (*several, *single)} == several | single


def test_duplicates_name_the_records_that_stay(summary: Summary, corpus: list[Json]) -> None:
    drops = {line["rule"]: line for line in ledger(summary.out) if line["kind"] == "drop"}
    known = {record["id"]: record["provenance"]["source"]["record"] for record in of(corpus, "notebook.jsonl")}
    exact, near = drops["duplicates.exact"], drops["duplicates.near"]
    assert (exact["source_record"], known[exact["twin"]]) == (4, 2)
    assert {near["source_record"], known[near["twin"]]} == {1, 5}
    assert len(drops) == 2


def test_html_is_cleaned_and_its_metadata_kept(corpus: list[Json]) -> None:
    (record,) = of(corpus, "lantern-street.html")
    assert record["title"] == "灯笼街的最后一位裱糊匠"
    assert record["metadata"]["date"] == "2019-02-17"
    assert record["metadata"]["byline"] == "单小满"
    assert record["metadata"]["captions"] == ["图为阚师傅在给鱼灯上色。单小满 摄"]
    assert record["text"].startswith("灯笼街早就不卖灯笼了")
    assert record["text"].endswith("点着了才有影子。")
    assert record["text"].count("\n") == 3


def test_gbk_is_decoded(corpus: list[Json]) -> None:
    (record,) = of(corpus, "radio-station-gbk.txt")
    assert record["provenance"]["source"]["encoding"] == "gb18030"
    assert record["text"].startswith("梧桐镇的广播站建在粮库的二楼")


def test_gzip_is_unpacked_and_its_damage_repaired(corpus: list[Json]) -> None:
    (record,) = of(corpus, "sluice-diary.txt.gz")
    assert "“敲三下是规矩，”看闸的老戚说" in record["text"]
    assert "水闸一共有四扇门，最里面的一扇已经二十年没有开过了" in record["text"]


def test_spam_and_furniture_are_gone(corpus: list[Json]) -> None:
    text = "\n".join(record["text"] for record in corpus if "casino" not in record["source"])
    assert [word for word in ("棋牌", "彩票", "版权所有", "相关阅读", "责任编辑", "返回顶部") if word in text] == []


def test_a_judgment_on_gambling_stays_whole(corpus: list[Json]) -> None:
    (record,) = of(corpus, "casino-verdict.txt")
    page = next(page for page in labelled.load(FIXTURES / "labelled") if page.id == "b17-casino-verdict")
    # the number of the case stands in the headline block
    body = [block.good for block in page.blocks if block.role in labelled.KEEP and len(block.good) > 30]
    assert len(body) > 8
    assert [block for block in body if block not in record["text"]] == []


def test_the_pages_in_plain_text_are_those_with_labels() -> None:
    raws = {page.raw for page in labelled.load(FIXTURES / "labelled")}
    own = {"radio-station-gbk.txt"}
    assert [path.name for path in PAGES.glob("*.txt") if path.name not in own and _text(path) not in raws] == []


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")

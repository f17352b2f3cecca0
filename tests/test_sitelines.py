"""Lines that repeat on a site's pages: how they are counted, what a page makes of them, and what stays."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import folder_of, jsonl, ledger, ran, records, tree
from strategies import FEWER

from corpuskit.clean.page_chrome import PageChrome
from corpuskit.clean.site_lines import Site, parse, site_of
from corpuskit.cli import main
from corpuskit.config import Config, ConfigError, Learned
from corpuskit.core.draft import Draft
from corpuskit.core.edit import Edit, Flag
from corpuskit.core.page import Page
from corpuskit.core.source import Source
from corpuskit.learned import opened
from corpuskit.pipeline import Pipeline
from corpuskit.sitelines import gather

WHO = ("船工", "木匠", "邮差", "养蜂人", "教师", "渔民", "裁缝", "司机")
WHERE = ("渡口", "旧码头", "北坡", "粮站", "水塔下", "二道桥", "老井边", "河滩")
WHAT = ("修好了漏水的船", "装上了新的门轴", "送完了最后一袋信", "割了两箱槐花蜜", "把旧课桌刷了一遍", "补了一张大网")
MENU = ("本埠要闻", "乡里乡亲", "渡口随笔", "老物件", "节气与农事", "读者来访")
HOT = ("一座廊桥搬到了上游三里处", "糯米灰浆为什么比水泥结实", "夜里十点还亮着灯的修船铺", "水塔下面挖出一口老井")
FOOT = ("渡口周报编辑部", "青岚县城关镇河沿街二十七号", "本报法律顾问", "关于渡口周报")


def paragraph(choose: random.Random) -> str:
    who, where, what = choose.choice(WHO), choose.choice(WHERE), choose.choice(WHAT)
    days = choose.randint(2, 900)
    return f"{choose.randint(2, 29)}日那天，{who}在{where}{what}，他说前后一共用了{days}天，比去年快得多。"


def news(number: int) -> str:
    """Return a page of a weekly: menu, title, three paragraphs, a list of the hour, a foot."""
    choose = random.Random(number)
    title = HOT[number] if number < len(HOT) else f"{choose.choice(WHERE)}的第{number}个春天"
    body = [paragraph(choose) for _ in range(3)]
    return "\n".join([*MENU, title, *body, "本周读得最多", *HOT, *FOOT, ""])


def recipe(number: int) -> str:
    """Return a page whose headings are the same on every page, and belong to the text."""
    choose = random.Random(-number)
    steps = [paragraph(choose) for _ in range(4)]
    return "\n".join([*MENU, f"第{number}道家常菜", steps[0], "要备下的", steps[1], "怎么下锅", *steps[2:], *FOOT, ""])


def site(make: object, count: int = 12, url: str = "https://www.dukou.example/{}.html") -> list[Source]:
    assert callable(make)
    return [source(make(number), f"{number:02}.txt", url.format(number)) for number in range(count)]


def source(text: str, uri: str = "a/1.txt", url: str | None = None) -> Source:
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Source(uri, text, digest, len(text), metadata={"url": url} if url else {})


def table_of(*pages: Source) -> Mapping[str, Site]:
    return parse(b"".join(gather(pages).table).decode(), "table")


def proposed(page: Source, table: Mapping[str, Site]) -> Iterator[Edit | Flag]:
    view = Page(page, Draft.of(page.text), learned={"site_lines": table})
    for proposal in PageChrome().propose(view):
        assert isinstance(proposal, Edit | Flag)
        if proposal.rule == "page_chrome.template":
            yield proposal


def gone(page: Source, table: Mapping[str, Site]) -> list[str]:
    edits = [proposal.span for proposal in proposed(page, table) if isinstance(proposal, Edit)]
    return [line for span in edits for line in page.text[span.start : span.end].splitlines()]


def flagged(page: Source, table: Mapping[str, Site]) -> list[str]:
    flags = [proposal.span for proposal in proposed(page, table) if isinstance(proposal, Flag)]
    return [line for span in flags for line in page.text[span.start : span.end].splitlines()]


# counting


def test_lines_are_counted_by_site_once_a_page() -> None:
    here = [source(f"栏目\n栏目\n第{n}页的话\n", f"{n}.txt", f"https://a.example/{n}") for n in range(3)]
    there = [source(f"栏目\n别处第{n}页\n", f"b{n}.txt", f"https://b.example/{n}") for n in range(3)]
    table = table_of(*here, *there)
    assert {name: dict(known.lines) for name, known in table.items()} == {
        "a.example": {"栏目": 3},
        "b.example": {"栏目": 3},
    }


@settings(max_examples=FEWER)
@given(st.randoms(use_true_random=False))
def test_neither_order_nor_copies_change_the_table(choose: random.Random) -> None:
    pages = site(news, 6) + site(recipe, 5, "http://cai.example/{}")
    shuffled = [*pages, *choose.choices(pages, k=3)]
    choose.shuffle(shuffled)
    assert gather(shuffled) == gather(pages)


def test_odd_lines_are_counted_too() -> None:
    odd = "\udc80残\u2028行\ttab　ＡＢ"
    pages = [source(f"{odd}\n{number}\n", f"{number}.txt") for number in range(4)]
    [row] = gather(pages).table
    assert json.loads(row)["lines"] == {"\udc80残": 4, "行 tab ab": 4}


def test_a_line_of_too_few_pages_is_left_out() -> None:
    pages = site(news, 4)
    assert "本周读得最多" in table_of(*pages)["dukou.example"].lines
    assert gather(pages, least=5).table == []


@pytest.mark.parametrize(
    ("uri", "record", "url", "name"),
    [
        ("p/a.html", None, "https://www.a.example/x", "a.example"),
        ("p/a.html", None, "HTTP://News.A.example:8080/x", "news.a.example"),
        ("p/q/a.txt", None, None, "p/q/"),
        ("a.txt", None, "not a url", "/"),
        ("a.txt", None, "https://[broken", "/"),
        ("all.jsonl", 7, None, "all.jsonl"),
    ],
)
def test_what_a_site_goes_by(uri: str, record: int | None, url: str | None, name: str) -> None:
    assert site_of(Source(uri, "", "", 0, record=record, metadata={"url": url} if url else {})) == name


# a page by the table


def test_the_template_goes_and_the_article_stays() -> None:
    pages = site(news)
    table = table_of(*pages)
    for number, page in enumerate(pages[4:], 4):
        lines = page.text.splitlines()
        assert {"本周读得最多", *HOT} <= set(gone(page, table)), number
        assert not set(lines[6:10]) & set(gone(page, table))


def test_a_headline_that_other_pages_list_stays_above_its_own_article() -> None:
    pages = site(news)
    table = table_of(*pages)
    for number, page in enumerate(pages[: len(HOT)]):
        assert gone(page, table).count(HOT[number]) == 1
        found = [proposal for proposal in proposed(page, table) if isinstance(proposal, Edit)]
        first = page.text.index(HOT[number])
        assert not any(proposal.span.start <= first < proposal.span.end for proposal in found)


def test_headings_inside_an_article_stay_and_are_flagged() -> None:
    pages = site(recipe)
    table = table_of(*pages)
    for page in pages:
        assert {"要备下的", "怎么下锅"} <= set(flagged(page, table))
        assert not {"要备下的", "怎么下锅"} & set(gone(page, table))


def test_copies_of_one_article_say_nothing_of_a_template() -> None:
    text = news(7)
    pages = [source(f"{text}{n}\n", f"{n}.txt", f"https://a.example/{n}") for n in range(8)]
    table = table_of(*pages)
    assert table["a.example"].lines[text.splitlines()[8]] == 8
    assert [gone(page, table) + flagged(page, table) for page in pages] == [[]] * 8


def test_author_date_and_source_stay_for_the_metadata() -> None:
    theirs = ["记者 何小满", "来源：渡口周报", "2024-03-05 08:10"]
    pages = [source("\n".join([*MENU, *theirs, *news(n).splitlines()[7:]]), f"{n}.txt") for n in range(12)]
    table = table_of(*pages)
    for page in pages:
        assert not set(theirs) & {*gone(page, table), *flagged(page, table)}


def test_a_page_of_another_site_is_judged_without_the_table() -> None:
    table = table_of(*site(news))
    stranger = source(news(20), url="https://else.example/1")
    assert gone(stranger, table) == []
    assert list(PageChrome().propose(Page(stranger, Draft.of(stranger.text), learned={"site_lines": table}))) == list(
        PageChrome().propose(Page(stranger, Draft.of(stranger.text)))
    )


@settings(max_examples=FEWER)
@given(st.lists(st.sampled_from([*MENU, *HOT, *FOOT, *news(5).splitlines()[6:10], "", "记者 何小满"]), max_size=30))
def test_proposals_are_in_bounds_and_the_same_again(lines: list[str]) -> None:
    table = table_of(*site(news))
    page = source("\n".join(lines), url="https://dukou.example/x")
    found = list(proposed(page, table))
    assert found == list(proposed(page, table))
    assert all(0 <= p.span.start < p.span.end <= len(page.text) and 0 <= p.score <= 1 for p in found)
    assert all("pages of the site" in p.reason for p in found)


# runs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_of(tmp_path / "pages", {f"{number:02}.txt": news(number) for number in range(12)})


def command(*words: str | Path) -> int:
    try:
        main([str(word) for word in words])
    except SystemExit as done:
        return int(done.code or 0)
    return 0


def own(table: Path) -> str:
    return f"[learned]\nsite_lines = {json.dumps(str(table))}\n"


def test_a_run_by_a_table_is_whole_and_the_same_for_all_workers(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "site-lines.jsonl"
    assert command("sitelines", folder, "-o", table) == 0
    files = sorted(folder.iterdir(), reverse=True)
    again = tmp_path / "again.jsonl"
    assert command("sitelines", folder, *files[:3], "-o", again) == 0
    assert again.read_bytes() == table.read_bytes()
    ran([folder], tmp_path / "one", own(table))
    ran([folder], tmp_path / "two", own(again), workers=2)
    assert tree(tmp_path / "one" / "corpus") == tree(tmp_path / "two" / "corpus")
    assert tree(tmp_path / "one" / "ledger") == tree(tmp_path / "two" / "ledger")
    texts = [record["text"] for record in records(tmp_path / "one")]
    assert len(texts) == 12
    assert not [line for text in texts for line in text.splitlines() if line in {*FOOT, *HOT}]
    assert {HOT[0], HOT[3]} <= {record["title"] for record in records(tmp_path / "one")}
    assert "page_chrome.template" in {line["rule"] for line in ledger(tmp_path / "one")}


def test_records_go_by_the_host_of_their_url(tmp_path: Path) -> None:
    rows = [{"text": news(n), "url": f"https://dukou.example/{n}"} for n in range(8)]
    rows += [{"text": recipe(n), "url": f"https://cai.example/{n}"} for n in range(8)]
    pages = folder_of(tmp_path / "p", {"all.jsonl": jsonl(*rows)})
    assert command("sitelines", pages, "-o", tmp_path / "t.jsonl", "--least", "4") == 0
    table = parse((tmp_path / "t.jsonl").read_text("utf-8"), "t")
    assert {name: known.pages for name, known in table.items()} == {"cai.example": 8, "dukou.example": 8}
    assert "要备下的" not in table["dukou.example"].lines


def test_the_table_counts_into_the_digest(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    assert command("sitelines", folder, "-o", table) == 0
    config = Config(learned=Learned(site_lines=str(table)))
    before = config.digest()
    assert before != Config().digest()
    table.write_text(table.read_text("utf-8").replace('"pages":12', '"pages":13'), "utf-8")
    assert config.digest() != before
    assert Pipeline(config).learned["site_lines"]["pages/"].pages == 13


def test_nothing_to_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("sitelines", tmp_path / "gone", "-o", tmp_path / "t.jsonl") == 2
    assert "gone" in capsys.readouterr().err
    assert not (tmp_path / "t.jsonl").exists()


def test_what_is_refused_is_told_and_so_is_an_empty_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages, table = folder_of(tmp_path / "p", {"a.png": b"\x89PNG\r\n\x1a\n\0"}), tmp_path / "t.jsonl"
    assert command("sitelines", pages, "-o", table) == 1
    assert "p/a.png: a PNG image" in capsys.readouterr().err
    assert command("sitelines", folder_of(pages, {"b.txt": "河水涨了。\n"}), "-o", table) == 0
    said = capsys.readouterr().err
    assert "p/a.png: a PNG image" in said
    assert "no line stands on 3 pages" in said


WRONG = {
    "not JSON": "site",
    "a list": "[]",
    "no lines": '{"site": "a", "pages": 3}',
    "more than its pages": '{"site": "a", "pages": 3, "lines": {"x": 4}}',
    "a count that is none": '{"site": "a", "pages": 3, "lines": {"x": true}}',
}


@pytest.mark.parametrize("case", WRONG)
def test_a_table_that_is_none_is_told_with_its_line(case: str, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"site": "b", "pages": 3, "lines": {}}\n' + WRONG[case], "utf-8")
    with pytest.raises(ConfigError, match=r"learned\.site_lines: .*t\.jsonl:2: .*corpuskit sitelines"):
        opened(Learned(site_lines=str(path)))

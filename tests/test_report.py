"""The report: whole, escaped, the same every time, small however large the run, and never in the way of one."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from honest_run import Run, line_of, page, record_of
from hypothesis import given, settings
from hypothesis import strategies as st
from running import BRIDGE, FERRY, article, content, folder_of, jsonl, ran, records, sound
from running import ledger as lines_of
from strategies import FEWER, texts

from corpuskit.cli import main
from corpuskit.config import Config, parse
from corpuskit.core.span import Span
from corpuskit.described import manual
from corpuskit.pipeline import Pipeline
from corpuskit.report import build, html, write_report
from corpuskit.report.gather import Bottom, gather
from corpuskit.report.html import el, text
from corpuskit.report.passages import passages, windows, within
from corpuskit.report.reading import sheets
from corpuskit.report.sheet import Budget, Shown, view
from corpuskit.runner import run
from corpuskit.sources import again
from corpuskit.write import manifest
from corpuskit.write.atomic import OutputError
from corpuskit.write.stream import Key

HOSTILE = (
    "<script>document.title='ran'</script>\n\n"
    "首页 > <img src=x onerror=alert(1)> > 正文\n" + BRIDGE + "他写道：</div></body><b onmouseover=alert(2)>粗体</b>"
    "&amp;&lt;，后来又写了\"引号\"和'撇号'。\n\n相关阅读\n<svg/onload=alert(3)>新增七处\n一座廊桥的搬家记\n"
    "糯米灰浆有多结实？\n\u202e反着写的一行\n"
)
SHOWN = {"div", "span", "p", "del", "ins", "mark", "a", "section", "h4", "dl", "dt", "dd", "details", "summary"}
SHOWN |= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
VOID = {"meta", "input", "br", "hr", "link"}


class Tree(HTMLParser):
    """Elements with their attributes, and the text between them; complains where tags do not match."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)

    def ids(self) -> Iterator[str]:
        yield from (str(attrs["id"]) for _, attrs in self.elements if "id" in attrs)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    pages = folder_of(
        folder / "p",
        {
            "a.txt": HOSTILE,
            "b.jsonl": jsonl({"text": FERRY}, {"text": FERRY}, {"no": 1}),
            "<i>.txt": BRIDGE,
            "c.txt": "短\n",
            "d.txt": article(4) + "河水涨了又退，岸边的人把船拖上\n沙滩晒干，等着来年再用它去捕鱼。\n",
        },
    )
    ran([pages], folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def tree(out: Path) -> Tree:
    return Tree((out / "report.html").read_text("utf-8"))


def test_a_run_writes_the_report_and_the_corpus_is_the_same_without_it(out: Path, tmp_path: Path) -> None:
    ran([out.parent / "p"], tmp_path / "bare", "[output]\nreport = false")
    assert not (tmp_path / "bare" / "report.html").exists()
    assert content(tmp_path / "bare") == content(out)


def test_the_same_run_gives_the_same_report(out: Path) -> None:
    assert build(out, manual()) == build(out, manual()) == (out / "report.html").read_bytes()


def test_no_markup_of_a_page_becomes_markup_of_the_report(tree: Tree) -> None:
    names = {tag for tag, _ in tree.elements}
    assert not names & {"img", "b", "iframe", "object", "form"} - {"b", "form"}
    assert [tag for tag, _ in tree.elements].count("script") == 1
    assert not [name for _, attrs in tree.elements for name in attrs if name.startswith("on") or name == "style"]
    shown = "".join(tree.text)
    assert "<script>document.title='ran'</script>" in shown
    assert "<img src=x onerror=alert(1)>" in shown
    assert "<i>.txt" in shown
    assert "\u202e" not in shown
    assert "U+202E" in shown


def test_nothing_is_fetched_from_anywhere(tree: Tree) -> None:
    links = [str(attrs[name]) for _, attrs in tree.elements for name in ("href", "src", "action") if name in attrs]
    assert links
    assert {link[0] for link in links} == {"#"}
    style = (Path(html.__file__).parent / "report.css").read_text("utf-8")
    assert not re.search(r"url\(|@import|http", style)
    policy = next(a["content"] for _, a in tree.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert str(policy).startswith("default-src 'none'; style-src 'sha256-")


def test_every_link_leads_to_a_place_and_every_place_is_one(tree: Tree) -> None:
    ids = list(tree.ids())
    assert len(ids) == len(set(ids))
    links = {str(attrs["href"])[1:] for tag, attrs in tree.elements if tag == "a"}
    assert links <= set(ids)


def test_the_report_says_what_the_manifest_says(out: Path, tree: Tree) -> None:
    counts, shown = manifest.load(out)["counts"], "".join(tree.text)
    assert f"{counts['characters']['kept']:,} of {counts['characters']['in']:,}" in shown
    for stage in counts["stages"].values():
        for rule in stage["rules"]:
            assert rule in shown
    assert "no field 'text'" in shown
    assert "duplicates.exact" in shown


def test_landmarks_headings_and_tables_are_those_of_a_document(tree: Tree) -> None:
    names = [tag for tag, _ in tree.elements]
    assert [names.count(name) for name in ("main", "nav", "header", "h1", "title")][:4] == [1, 1, 1, 1]
    assert names.count("table") == names.count("caption")
    levels = [int(tag[1]) for tag in names if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all({"viewbox"} <= set(attrs) for tag, attrs in tree.elements if tag == "svg")


@given(texts())
def test_text_is_escaped_whatever_it_is(value: str) -> None:
    made = str(el("p", value, title=value, class_=value))
    found = Tree(made)
    assert [tag for tag, _ in found.elements if tag != "span"] == ["p"]
    made.encode()
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    inner = made.partition(">")[2].removesuffix("</p>")
    seen = re.sub('<span class="unseen">U\\+([0-9A-F]+)</span>', lambda number: chr(int(number[1], 16)), inner)
    assert unescape(seen) == plain


PIPELINE = Pipeline(Config())


@settings(max_examples=FEWER)
@given(st.lists(st.sampled_from([*HOSTILE.splitlines(keepends=True), BRIDGE]) | texts(), max_size=12))
def test_any_page_is_shown_without_markup_of_its_own(parts: list[str]) -> None:
    done = PIPELINE.clean_text("".join(parts))
    shown = Shown(Key.of("<a>", None), 1, done.records, done.ledger, [])
    for budget in (Budget(), Budget(whole=60, around=9, piece=20)):
        made = view(shown, budget)
        for side in (made.source, made.records, made.decisions):
            found = Tree(str(side))
            side.text.encode()
            assert {tag for tag, _ in found.elements} <= SHOWN
            assert len(set(found.ids())) == len(list(found.ids()))
        assert made.anchors == set(Tree(str(made.source)).ids())


@pytest.mark.parametrize(("name", "value"), [("onclick", "x"), ("style", "x"), ("a b", "x"), ("href>", "x")])
def test_no_attribute_that_could_run_is_made(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="attribute"):
        el("a", **{name: value})


def test_text_keeps_what_can_be_seen() -> None:
    assert str(text("a\tb\r\nc 𠀀")) == "a\tb\nc 𠀀"


def test_of_a_long_source_the_places_that_decide_are_shown(tmp_path: Path) -> None:
    long = "".join(f"{article(n, 40)}\n" for n in range(30))
    pages = folder_of(tmp_path / "p", {"long.txt": "首页 > 新闻 > 正文\n" + long + "[责任编辑：彭小渡]\n"})
    ran([pages], tmp_path / "out")
    made = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "characters not shown" in made
    assert len(made) < len(long) * 3 + 60_000
    assert "[责任编辑：彭小渡]" in made


def many(out: Path, number: int) -> None:
    """Write a run of many pages, each with a removal, a flag and a long text."""
    made = Run()
    for at in range(number):
        body = f"第{at}页的正文，" * 200
        source = page(f"p/{at:07}.txt", "菜单\n" + body)
        flags = {"flags": [{"rule": "spam_links.row", "score": 0.6, "reason": "a row", "spans": [[3, 9]]}]}
        made.sources.append(source)
        made.records.append(record_of(source, [[0, len(body), 3, 3 + len(body)]], body, metadata=flags))
        for rule in range(at % 60, at % 60 + 2):
            made.lines.append(line_of(source, "remove", f"fault.r{rule}", [[0, 3]], before=["菜单\n"]))
    made.write(out)


def test_a_large_run_gives_a_small_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many(tmp_path, 200)
    whole = len(build(tmp_path, manual()))
    assert 200_000 < whole < 10_000_000
    monkeypatch.setattr("corpuskit.report.gallery.MOST_BYTES", 100_000)
    less = build(tmp_path, manual())
    assert len(less) < whole - 100_000
    assert "left out to keep this file small" in less.decode()


def test_the_choice_has_each_rule_and_does_not_grow_with_the_run(tmp_path: Path) -> None:
    many(tmp_path, 150)
    found = gather(tmp_path, {"fault": 0.5})
    rules = {pick.rule for pick in found.picks if pick.why == "sample"}
    assert rules == {f"fault.r{n}" for n in range(61)}
    assert len(found.picks) <= 3 * (61 + 1) + 12 + 12
    assert set(found.places) == {pick.key for pick in found.picks}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3))), st.integers(1, 5))
def test_bottom_keeps_the_smallest(ranks: list[tuple[int, int]], size: int) -> None:
    kept = Bottom(size)
    for at, (rank, second) in enumerate(ranks):
        kept.add(rank, second, at)
    assert kept.items() == sorted(range(len(ranks)), key=lambda at: (*ranks[at], at))[:size]


def test_passages_give_each_source_back(out: Path) -> None:
    sources = {source.name: source for source in again(manifest.load(out), out)}
    corpus, ledger = records(out), lines_of(out)
    for sheet in sheets(out):
        where = sheet.where
        mine = corpus[where.corpus : where.corpus + where.records]
        theirs = ledger[where.ledger : where.ledger + where.lines]
        found = passages(mine, theirs)
        source = sources[sheet.key.name]
        if found:
            assert "".join(part.before or "" for part in found) == getattr(source, "text", None)
            shown = windows(found, [(3, 9)], whole=40, around=5)
            sizes = (part if isinstance(part, int) else part.size for part in within(found, shown))
            assert sum(sizes) == found[-1].end
    assert windows([], [], whole=9, around=1) == (Span(0, 0),)


def test_long_stretches_of_blank_lines_are_told_by_their_number(tmp_path: Path) -> None:
    ran([folder_of(tmp_path / "p", {"a.txt": BRIDGE.replace("\n\n", "\n" * 9, 1)})], tmp_path / "out")
    assert "9 line breaks" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_a_ledger_without_text_gives_a_report_that_says_so(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": "首页 > 新闻 > 正文\n" + BRIDGE})
    ran([pages], tmp_path / "out", "[ledger]\ntext = false")
    assert "whose text the ledger does not keep" in (tmp_path / "out" / "report.html").read_text("utf-8")


def full(*given: object) -> None:
    raise OutputError("the disk is full")


@pytest.mark.parametrize(
    ("name", "fault", "told"),
    [
        ("gather", lambda *given: 1 / 0, "the report was not written (ZeroDivisionError"),
        ("write_atomic", full, "the report was not written (OutputError: the disk is full)"),
    ],
)
def test_a_fault_of_the_report_does_not_cost_the_run(
    name: str,
    fault: object,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE})
    monkeypatch.setattr(f"corpuskit.report.document.{name}", fault)
    with caplog.at_level(logging.WARNING):
        run([str(pages)], tmp_path / "out", parse(""))
    sound(tmp_path / "out")
    assert not (tmp_path / "out" / "report.html").exists()
    assert told in caplog.text


def test_report_writes_it_anew(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (out / "report.html").read_bytes()
    (out / "report.html").unlink()
    with pytest.raises(SystemExit) as ended:
        main(["report", str(out)])
    assert ended.value.code == 0
    assert (out / "report.html").read_bytes() == before
    assert "report.html: 0." in capsys.readouterr().err


def test_report_on_what_is_no_run_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["report", str(tmp_path)])
    assert ended.value.code == 2
    assert "is not the output folder of a run" in capsys.readouterr().err


def test_a_run_without_anything_has_a_report(tmp_path: Path) -> None:
    Run().write(tmp_path)
    assert write_report(tmp_path, manual()) > 1000

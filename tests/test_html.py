"""HTML becomes the lines a browser shows, with blocks that lie on the text, from either parser."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.read.flow import Flow
from corpuskit.read.html import Extracted, extract
from corpuskit.read.soup import SoupTree
from corpuskit.read.trees import LexborTree, Tree


def laid(tree: Tree) -> list[tuple[str, str, float, str]]:
    flow = Flow()
    tree.walk(flow)
    text, blocks, _ = flow.finish()
    return [(text[block.start : block.end], block.tag, block.link_density, block.hint) for block in blocks]


def texts(html: str) -> list[str]:
    found = extract(html)
    return [found.text[block.start : block.end] for block in found.blocks]


def check(found: Extracted) -> None:
    """Blocks are disjoint, in order, not blank, and leave out nothing but white space."""
    at = 0
    for block in found.blocks:
        assert found.text[at : block.start].strip("\n\t") == ""
        assert found.text[block.start : block.end].strip()
        assert 0 <= block.link_density <= 1
        assert len(block.hint) <= 200
        at = block.end
    assert at == len(found.text)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<p>a<p>b", "a\n\nb"),
        ("<div>run<p>a</p>tail</div>", "run\n\na\n\ntail"),
        ("<h1>t</h1>x", "t\n\nx"),
        ("<ul><li>a<li>b</ul>", "a\n\nb"),
        ("<p>a<br>b<br/>c</p>", "a\nb\nc"),
        ("<div>a<br><br>　　b<br> <br><br>c</div>", "a\n\n　　b\n\nc"),
        ("<p> a \n\t b  c </p>", "a b c"),
        ("<p>a<b>b</b><i>c</i> <u>d</u></p>", "abc d"),
        ("<p>中<b>国</b>\n<i>人</i></p>", "中国人"),
        ("<p>中国\n  人民，\nabc\n中</p>", "中国人民， abc 中"),
        ("<p>中 国</p>", "中 国"),
        ("<p>한국\n사람</p>", "한국 사람"),
        ("<p>　　缩进&nbsp;x</p>", "　　缩进\xa0x"),
        ("<p>&nbsp;</p><p>　</p><p> </p>", ""),
        ("<pre>\n a\n\n  b\n</pre>", " a\n\n  b"),
        ("<pre>a<br>b</pre>", "a\nb"),
        ("<table><tr><th>k<th>v<tr><td>1<td>2</table>", "k\tv\n\n1\t2"),
        ("<table><tr><td>a</td><td></td><td><p>c</p></td></tr></table>", "a\t\tc"),
        ("<table><tr><td></td><td>b</td></tr></table>", "b"),
        ("<table><tr><td>a<br>b</td><td>c</td></tr></table>", "a\nb\n\nc"),
        ("<table><tr><td>a</td><td><p>b</p><p>c</p></td><td>d</td></tr></table>", "a\n\nb\n\nc\n\nd"),
        ("<table><tr><td>o<table><tr><td>1<td>2</table><td>p</table>", "o\n\n1\t2\n\np"),
        ("a<script>b</script><style>c</style><noscript>d</noscript><template>e</template>f", "af"),
        ("a<svg><text>b</text></svg>c<iframe>d</iframe><!-- e -->f", "acf"),
        ("<select><option>a<option>b</select>", "a\n\nb"),
        ("<p>a&amp;b &lt;i&gt; &#x4e2d;</p>", "a&b <i> 中"),
        ("<custom-tag>a</custom-tag> b", "a b"),
        ("<p>坏\udcff字\ud800</p>", "坏\udcff字\ud800"),
        ("<p>坏\udcff字\U0010f4ff</p>", "坏\udcff字\U0010f4ff"),
        ("plain", "plain"),
        ("", ""),
        ("<html><head><title>t</title></head></html>", ""),
    ],
)
def test_layout(html: str, text: str) -> None:
    found = extract(html)
    assert found.text == text
    check(found)


def test_blocks_name_their_tag_and_where_they_stand() -> None:
    html = (
        '<body class="Page x"><nav id="Top"><ul class="menu"><li>a</li></ul></nav>'
        '<article><section role="main"><div class="text"><p id="p1">b</p></div></section></article></body>'
    )
    assert laid(LexborTree(html)) == [
        ("a", "li", 0.0, "nav menu top page x"),
        ("b", "p", 0.0, "article p1 text main page x"),
    ]


def test_blocks_stand_in_a_tree_of_the_elements_that_hold_text() -> None:
    html = '<body><div class="A"><p>a</p></div><div></div><ul id="L"><li><a><b>b</b></a></li><li>c</li></ul></body>'
    found = extract(html)
    nodes = [(node.parent, node.tag, node.words) for node in found.elements]
    assert nodes == [
        (-1, "html", ""),
        (0, "html", ""),
        (1, "body", ""),
        (2, "div", "a"),
        (3, "p", ""),
        (2, "ul", "l"),
        (5, "li", ""),
        (5, "li", ""),
    ]
    assert [block.element for block in found.blocks] == [4, 6, 7]


def test_hints_reach_four_ancestors_and_stay_short() -> None:
    html = "".join(f'<div class="c{number}">' for number in range(7)) + "x"
    assert laid(LexborTree(html))[0][3] == "c6 c5 c4 c3 c2"
    long = laid(LexborTree(f'<footer><p class="{"word " * 3}{"other" * 20} {"third" * 20}">x'))[0][3]
    assert long == "footer word " + "other" * 20


def test_link_density_counts_characters_not_spaces() -> None:
    blocks = laid(LexborTree("<p><a>ab</a> cd<br>ef <a>gh</a></p><p>none</p><a><p>all of it</p></a>"))
    assert [block[2] for block in blocks] == [0.5, 0.0, 1.0]


@pytest.mark.parametrize(
    "attribute", ["hidden", 'style="display: none"', "style='COLOR:red;Display :NONE'", "style=visibility:hidden"]
)
def test_hidden_text_is_kept_and_told_apart(attribute: str) -> None:
    found = extract(f"<div {attribute}><p>a</p></div><p>b <span {attribute}>c <b>d</b></span> e<span>f</span></p>")
    assert found.text == "a\n\nb c d ef"
    check(found)
    told = [(found.text[block.start : block.end], block.tag, block.hint) for block in found.blocks]
    assert told == [("a", "p", "hidden"), ("b ", "p", ""), ("c d", "span", "hidden"), (" ef", "p", "")]


def test_a_hidden_end_leaves_no_space_behind() -> None:
    found = extract("<p>a <span hidden> </span> </p><p>b <i hidden></i></p>")
    assert found.text == "a\n\nb"
    check(found)


def test_metadata() -> None:
    html = """<html lang="zh-CN"><head><title> 标题 \n 二 </title><title>other</title>
      <meta property="og:title" content="OG"><meta name="Author" content="某人">
      <meta property="og:site_name" content="某网"><meta name="pubdate" content="2025-03-04">
      <meta property="article:published_time" content="2025-03-05T01:02:03+08:00"><meta name="keywords" content="x">
      <link rel="stylesheet" href="s.css"><link rel="Canonical" href="https://example.org/1"></head>
      <body><time datetime="2024-01-01">x</time></body></html>"""
    expected = {
        "title": "标题 二",
        "og_title": "OG",
        "author": "某人",
        "site": "某网",
        "date": "2025-03-05T01:02:03+08:00",
        "url": "https://example.org/1",
        "lang": "zh-CN",
    }
    assert extract(html).metadata == expected
    assert extract('<time datetime="2024-01-01">x</time>').metadata == {"date": "2024-01-01"}
    assert extract("<title></title><meta name=author><p>x").metadata == {}


def test_the_extractor_is_named_with_its_version() -> None:
    assert extract("<p>x").extractor.startswith("selectolax-lexbor/")


DEEP = {
    "closed": "<div>" * 100_000 + "x" + "</div>" * 100_000,
    "unclosed": "<div>" * 100_000 + "x",
    "wrongly closed": "<div></x>" * 50_000 + "x",
    "tables": "<table><tr><td>" * 20_000 + "x",
    "formatting": "<p>" + "".join(f"<b id={number}>" for number in range(2000)) + "<p>x" * 2000,
    "attributes": "<div " + " ".join(f"a{number}=1" for number in range(50_000)) + ">x",
    "options": "<select>" + "<option>x" * 20_000,
}


@pytest.mark.parametrize("html", DEEP.values(), ids=DEEP)
def test_pages_that_would_take_a_browser_minutes_go_to_the_fallback(html: str) -> None:
    found = extract(html)
    assert found.extractor.startswith("beautifulsoup4/")
    assert set(found.text.split()) == {"x"}
    check(found)


def test_a_parser_that_fails_hands_over_to_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(html: str) -> Tree:
        raise ValueError("no tree")

    monkeypatch.setattr("corpuskit.read.trees.LexborTree", fail)
    assert extract("<p>x").extractor.startswith("beautifulsoup4/")
    monkeypatch.setattr("corpuskit.read.soup.SoupTree", fail)
    with pytest.raises(ValueError, match="no parser can read the page: no tree"):
        extract("<p>x")


WORDS = st.sampled_from(["图书馆", "开放，", "word", " ", "\n", "a b", "&amp;", "。", "1", "　　"])
INLINE = ("b", "span", "a", "em")
BLOCK = ("div", "article", "section", "blockquote")


def _wrap(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    block = st.tuples(st.sampled_from(BLOCK), st.lists(children, max_size=4))
    return block.map(lambda made: f'<{made[0]} class="c">{"".join(made[1])}</{made[0]}>')


RUNS = st.lists(
    st.one_of(WORDS, st.tuples(st.sampled_from(INLINE), WORDS).map(lambda run: f"<{run[0]}>{run[1]}</{run[0]}>")),
    min_size=1,
    max_size=5,
).map("".join)
LEAVES = st.one_of(
    RUNS.map(lambda run: f"<p>{run}</p>"),
    RUNS.map(lambda run: f"<h2>{run}</h2>"),
    RUNS.map(lambda run: f"<ul><li>{run}</li><li>{run}</li></ul>"),
    RUNS.map(lambda run: f"<table><tbody><tr><td>{run}</td><td>x</td></tr></tbody></table>"),
    RUNS.map(lambda run: f"<pre>{run}</pre>"),
    RUNS.map(lambda run: f"<p>{run}<br>{run}</p>"),
    RUNS.map(lambda run: f'<p>{run}<span style="display:none">{run}</span>{run}</p>'),
    st.just("<script>no</script><hr>"),
    RUNS,
)


@settings(max_examples=300)
@given(st.recursive(LEAVES, _wrap, max_leaves=12))
def test_both_parsers_see_the_same_blocks_on_ordinary_pages(body: str) -> None:
    html = f"<!DOCTYPE html><html><head><title>t</title></head><body>{body}</body></html>"
    assert laid(LexborTree(html)) == laid(SoupTree(html))


SCRAPS = (
    *("<", ">", "/", " ", "\n", "\t", '"', "'", "=", "&", ";", "中", "a", "\0", "\udcff", "<p", "<td>", "</td>", "<tr"),
    *("<a>", "<span hidden>", "<!--", "<br>", "</p>", "<table>", "<pre>", "</span>", "<li>", "</div>", "<div>"),
)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(SCRAPS)).map("".join))
def test_any_text_is_a_page(html: str) -> None:
    found = extract(html)
    check(found)
    assert extract(html) == found

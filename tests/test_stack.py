"""What pages are worked out together with changes nothing: not a bit of a feature, not a proposal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import FEWER, texts

from corpuskit.clean import CLEANERS, labeller
from corpuskit.clean.features import Matrix, matrices, matrix
from corpuskit.clean.stack import Stack
from corpuskit.core.begins import Begins
from corpuskit.core.codes import code_points
from corpuskit.core.lexicon import Finder, fold
from corpuskit.core.lexicon import terms as terms_of
from corpuskit.core.page import Page
from corpuskit.labelled import load

FIXTURES = Path(__file__).parent.parent / "fixtures/labelled"
LABELLED = [page.raw for page in load(FIXTURES) if page.id[0] in "ab"][::9]
NOISE = [stage() for stage in CLEANERS if stage.name in ("spam_links", "related_news", "page_chrome")]
PIECES = (
    *("相关阅读", "首页 > 新闻 > 正文", "金蟾棋牌app下载 金蟾娱乐登录", "责任编辑：彭小渡", "作者：江边"),
    *("他说：", "1.糯米灰浆有多结实？", "加微信 abc0417 领取限时特价", "…", "３楼", "2024-03-01 12:30"),
    "桥修好了，河上又能走人，两岸的人都来看，说今年的鱼比去年多，老人把船也翻过来晒了一天。",
    "The river was clear again, and people came from both banks to look at it.",
)


def pages() -> st.SearchStrategy[str]:
    """Return a strategy of pages of which rules and labeller have something to say, or that are odd."""
    line = st.one_of(st.sampled_from(PIECES), st.sampled_from(PIECES), texts(6))
    made = st.lists(line, min_size=1, max_size=24).map("\n".join)
    return st.one_of(made, made, st.sampled_from(LABELLED)).filter(lambda text: bool(Page.of(text).lines))


def proposed(text: str, beside: Sequence[str]) -> list[list[object]]:
    """Return what the noise stages propose for a page that others stand around, each other's proposals aside."""
    each = [Page.of(one) for one in (*beside, text, *beside)]
    for stage in NOISE if beside else []:
        stage.ahead(each)
    return [[*stage.propose(each[len(beside)])] for stage in NOISE]


@settings(max_examples=FEWER)
@given(st.lists(pages(), min_size=1, max_size=4))
def test_features_are_the_same_alone_and_among_others(each: list[str]) -> None:
    together = matrices([Page.of(text) for text in each])
    assert all(np.array_equal(matrix(Page.of(text)), found) for text, found in zip(each, together, strict=True))


@settings(max_examples=FEWER)
@given(pages(), st.lists(pages(), min_size=1, max_size=3))
def test_proposals_are_the_same_alone_and_among_others(text: str, beside: list[str]) -> None:
    assert proposed(text, beside) == proposed(text, ())


def test_labelled_pages_are_the_same_alone_and_together() -> None:
    beside = [LABELLED[0], LABELLED[-1]]
    assert [proposed(text, beside) for text in LABELLED] == [proposed(text, ()) for text in LABELLED]


def test_pages_are_looked_at_together_up_to_so_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def counted(group: Sequence[Page]) -> Iterator[Matrix]:
        sizes.append(sum(len(page.lines) for page in group))
        return matrices(group)

    monkeypatch.setattr("corpuskit.clean.labeller.matrices", counted)
    monkeypatch.setattr("corpuskit.clean.labeller._TOGETHER", 60)
    each = [Page.of(text) for text in LABELLED]
    labeller.ahead(each)
    assert len(sizes) > 1
    assert max(sizes) <= max(60, *(len(page.lines) for page in each))


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=6), min_size=1, max_size=5))
def test_a_stack_keeps_pages_apart(each: list[list[tuple[int, bool]]]) -> None:
    stack = Stack([Page.of("\n".join("行" for _ in page)) for page in each])
    values, flags = (np.array([line[k] for page in each for line in page]) for k in (0, 1))
    chosen = flags.astype(bool)
    alone = [(values[lines], chosen[lines]) for lines in stack.slices]
    assert stack.sums(values).tolist() == [sum(one) for one, _ in alone]
    assert stack.medians(values, chosen).tolist() == [np.median(one[is_]) if is_.any() else 0 for one, is_ in alone]
    for step in (-1, 1):
        wanted = [np.append(one[1:], 0) if step > 0 else np.append(0, one[:-1]) for one, _ in alone]
        assert stack.shifted(values, step).tolist() == np.concatenate(wanted).tolist()
    means = [one[max(0, i - 2) : i + 3].mean() for one, _ in alone for i in range(len(one))]
    assert np.allclose(stack.means(values[None].astype(np.float32), 2)[0], means)
    far = 10**6
    since = [next((k for k in range(i + 1) if is_[i - k]), far) for _, is_ in alone for i in range(len(is_))]
    until = [next((k for k in range(len(is_) - i) if is_[i + k]), far) for _, is_ in alone for i in range(len(is_))]
    assert (stack.since(chosen).tolist(), stack.until(chosen).tolist()) == (since, until)


LINES = st.one_of(st.sampled_from(PIECES), texts(6)).map(lambda text: fold(" ".join(text.split())))


@given(st.lists(LINES, max_size=8))
def test_terms_of_many_lines_are_those_of_each(lines: list[str]) -> None:
    finder = Finder("host", "trade", "exempt")
    found = finder.spread(lines)
    wanted = [(number, hit.term, hit.end - hit.start) for number, line in enumerate(lines) for hit in finder.find(line)]
    terms = [finder.terms[term] for term in found.term]
    assert [*zip(found.line.tolist(), terms, found.size.tolist(), strict=True)] == wanted
    covered, kinds = found.measured(finder.of("trade"), len(lines))
    trades = [[hit for hit in finder.find(line) if hit.term in terms_of("trade")] for line in lines]
    assert covered.tolist() == [sum(hit.end - hit.start for hit in hits) for hits in trades]
    assert kinds.tolist() == [len({hit.term for hit in hits}) for hits in trades]


@given(st.lists(LINES, min_size=1, max_size=8))
def test_no_line_with_a_term_is_passed_over(lines: list[str]) -> None:
    finder = Finder("host", "trade", "exempt")
    starts = np.cumsum([0, *(len(line) + 1 for line in lines[:-1])])
    may = Begins(finder.terms).held(code_points("\n".join(lines)), starts)
    assert all(may[number] for number, line in enumerate(lines) if finder.find(line))

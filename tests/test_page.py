"""The page view: lines, seams, features."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import History, histories, texts

from corpuskit.core.draft import Draft
from corpuskit.core.edit import Arrange, Edit
from corpuskit.core.engine import Record, apply
from corpuskit.core.lexicon import fold
from corpuskit.core.page import CLASS_OF, Char, Page
from corpuskit.core.source import Block, Source
from corpuskit.core.span import Span


@given(texts(30))
def test_lines_are_what_is_not_white_space_at_their_edges(text: str) -> None:
    lines = Page.of(text).lines
    for line in lines:
        assert line.text == text[line.start : line.end] == line.text.strip() != ""
        assert len(line.text.splitlines()) == 1


@given(texts(30))
def test_margin_lines_and_seams_are_the_text(text: str) -> None:
    page = Page.of(text)
    if not page.lines:
        assert text.strip() == ""
        return
    seams = [page.seam(index) for index in range(len(page.lines))]
    margin = text[: page.lines[0].start]
    rest = "".join(line.text + text[slice(*seam)] for line, seam in zip(page.lines, seams, strict=True))
    assert margin + rest == text
    assert (margin + "".join(text[slice(*seam)] for seam in seams)).strip() == ""
    assert page.block(0, len(page.lines)) == Span(page.lines[0].start, len(text))


@given(texts(30))
def test_a_line_ends_where_splitlines_says_so(text: str) -> None:
    wanted = [line.strip() for line in text.splitlines() if line.strip()]
    assert [line.text for line in Page.of(text).lines] == wanted


@given(texts(30))
def test_counts_are_the_classes_of_the_line(text: str) -> None:
    page = Page.of(text)
    assert len(page.counts) == len(page.lines)
    for line, count in zip(page.lines, page.counts, strict=True):
        classes = [int(CLASS_OF[ord(char)]) for char in line.text]
        assert count == [classes.count(kind) for kind in range(16)]


@given(texts(30))
def test_codes_are_code_points(text: str) -> None:
    page = Page.of(text)
    assert page.codes.tolist() == [ord(char) for char in text]
    assert page.classes.shape == (len(text),)


@given(texts(30))
def test_folding_moves_nothing(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(st.text(st.sampled_from("Ａｂ１．！，：甲İA")))
def test_folding_a_character_does_not_depend_on_the_others(text: str) -> None:
    assert fold(text) == "".join(map(fold, text))


def test_folding_keeps_the_place_of_capitals_that_lower_to_two() -> None:
    assert fold("İＡB甲") == "İab甲"


def test_white_space_is_what_python_calls_so() -> None:
    blank = [code for code in range(0x110000) if chr(code).isspace()]
    assert np.flatnonzero(CLASS_OF == Char.SPACE).tolist() == blank


@pytest.mark.parametrize(
    ("char", "kind"),
    [
        ("水", Char.HAN),
        ("\U00020000", Char.HAN),
        ("的", Char.FUNCTION),
        ("の", Char.KANA),
        ("한", Char.HANGUL),
        ("é", Char.LATIN),
        ("7", Char.DIGIT),
        ("。", Char.FINAL),
        ("，", Char.INNER),
        ("【", Char.BRACKET),
        ("|", Char.RULE),
        ("７", Char.WIDE),
        ("😀", Char.SYMBOL),
        ("\udc80", Char.DAMAGE),
        ("\x00", Char.DAMAGE),
        ("я", Char.LETTER),
    ],
)
def test_classes(char: str, kind: Char) -> None:
    assert CLASS_OF[ord(char)] == kind


# what the source has and the text has not


def test_sources_between_is_what_was_taken_out() -> None:
    source = Source("a.txt", "甲乙丙丁戊", "", 0)
    draft = apply(Draft.of(source.text), [Edit(Span(1, 3), "", "fault.edit", 1.0, "")], "s", Record())[0]
    page = Page(source, draft)
    assert page.sources_between(1, 1) == [Span(1, 3)]
    assert page.sources_between(2, 2) == []
    assert page.sources_between(0, 1) == []


@given(histories(), st.integers(0, 40), st.integers(0, 5))
def test_sources_between_never_names_what_the_text_holds(history: History, start: int, size: int) -> None:
    for draft in history.drafts:
        page, end = Page(history.source, draft), start + size
        for span in page.sources_between(start, end) if end <= len(draft.text) else []:
            assert 0 <= span.start < span.end <= len(history.source.text)


def test_blocks_follow_their_lines_through_edits_and_reordering() -> None:
    blocks = (Block(0, 3, "h1", 0.0), Block(3, 6, "p", 0.1), Block(6, 8, "li", 0.9))
    source = Source("a.html", "题目\n正文\n链接", "", 0, blocks=blocks)
    spans = (Span(6, 8), Span(0, 6))
    arranged = apply(Draft.of(source.text), [Arrange((spans,), "layout.article", 1.0, "")], "s", Record())[0]
    page = Page(source, apply(arranged, [Edit(Span(2, 2), "\n", "layout.line", 1.0, "")], "s", Record())[0])
    assert [line.text for line in page.lines] == ["链接", "题目", "正文"]
    assert [block.tag if block else None for block in page.blocks] == ["li", "h1", "p"]


def test_plain_text_has_no_blocks() -> None:
    assert Page.of("甲\n乙").blocks == [None, None]


@given(texts(30))
def test_a_block_of_lines_takes_the_white_space_behind_it(text: str) -> None:
    page = Page.of(text)
    for one, two in pairwise(range(len(page.lines))):
        assert page.block(one, two) == Span(page.lines[one].start, page.lines[two].start)


@given(histories())
def test_places_are_where_lines_begin_in_the_source(history: History) -> None:
    for draft in history.drafts:
        page = Page(history.source, draft)
        assert page.places == [page.place(line.start) for line in page.lines]

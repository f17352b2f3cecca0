from __future__ import annotations

from pathlib import Path

import pytest
from honest_run import honest

from corpuskit.write.explain import UnknownError, explain_place, explain_record


@pytest.fixture
def out(tmp_path: Path) -> Path:
    honest().write(tmp_path)
    return tmp_path


def test_a_record_is_explained_passage_by_passage(out: Path) -> None:
    key = honest().records[0]["id"]
    found = explain_record(out, key)
    assert [(p.fate, p.start, p.end, p.rule) for p in found.held] == [
        ("verbatim", 8, 11, None),
        ("written", 11, 14, "garbled.mojibake"),
        ("verbatim", 14, 17, None),
        ("written", 17, 20, "layout.paragraph"),
        ("verbatim", 20, 26, None),
    ]
    assert [(p.fate, p.start, p.rule) for p in found.around] == [
        ("lift", 0, "titles.first_line"),
        ("remove", 4, "layout.blank"),
        ("remove", 26, "layout.blank"),
        ("remove", 27, "related_news.list"),
    ]
    text = found.render()
    assert f"record {key} of pages/a.txt" in text
    assert "'æ–‡'  => '文'\n         because" in text
    assert "'相关推荐' and a list" in text


def test_a_refused_record_is_explained_by_its_drop(out: Path) -> None:
    line = honest().lines[4]
    found = explain_record(out, line["record"])
    assert found.summary == "refused by dedup.near"
    assert f"twin of {line['twin']}" in found.render()


PLACES = [
    ("pages/a.txt", None, 0, "lifted by titles.first_line"),
    ("pages/a.txt", None, 10, "kept in record {a}"),
    ("pages/a.txt", None, 12, "rewritten by garbled.mojibake in record {a}"),
    ("pages/a.txt", None, 18, "rewritten by layout.paragraph in record {a}"),
    ("pages/a.txt", None, 35, "removed by related_news.list"),
    ("pages/b.jsonl", 9, 5, "refused by dedup.near"),
    ("pages/c.txt", None, 0, "refused by read.empty"),
]


@pytest.mark.parametrize(("uri", "record", "offset", "summary"), PLACES)
def test_a_place_is_explained(out: Path, uri: str, record: int | None, offset: int, summary: str) -> None:
    found = explain_place(out, uri, offset, record)
    assert found.summary == summary.format(a=honest().records[0]["id"])
    assert len(found.held) == 1


@pytest.mark.parametrize(
    ("uri", "record", "offset", "message"),
    [
        ("pages/a.text", None, 0, "nothing of the source 'pages/a.text'; the nearest are 'pages/a.txt'"),
        ("pages/b.jsonl", 8, 0, "the nearest are 'pages/b.jsonl#"),
        ("pages/a.txt", None, 36, "nothing holds offset 36 of 'pages/a.txt': what OUT holds of it ends at 36"),
    ],
)
def test_an_unknown_place_names_the_nearest(out: Path, uri: str, record: int | None, offset: int, message: str) -> None:
    with pytest.raises(UnknownError, match=message):
        explain_place(out, uri, offset, record)


def test_an_unknown_record_names_the_nearest(out: Path) -> None:
    key = honest().records[2]["id"]
    with pytest.raises(UnknownError, match=f"no record .*; the nearest are '{key}'"):
        explain_record(out, key[:-1] + "x")
    with pytest.raises(UnknownError, match="has no corpus/: name the output folder of a run"):
        explain_record(out / "ledger", key)

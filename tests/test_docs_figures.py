"""Figures that the documentation gives of parts without a gate of their own, measured again."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpuskit.decode import decode
from corpuskit.labelled import KEEP, Page, load
from corpuskit.language import identify

PAGES = load(Path(__file__).parent.parent / "fixtures" / "labelled")


MISSES = {
    ("gb18030", 300): 1,
    ("gb18030", 60): 7,
    ("big5", None): 2,
    ("big5", 300): 2,
    ("big5", 60): 7,
    ("cp949", 60): 1,
}
"""Pages read in another charset: openings of hardly a word or mostly of other scripts, and another table of Big5."""


def of(*languages: str) -> list[Page]:
    return [page for page in PAGES if page.header["lang"] in languages]


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "ja", "ko", "en"])
def test_articles_are_in_the_language_of_their_page(language: str) -> None:
    wrong = []
    for page in of(language):
        held: dict[str, str] = {}
        for block in page.blocks:
            if block.article and block.role in KEEP:
                held[block.article] = held.get(block.article, "") + block.good
        wrong += [(page.id, name, identify(text).tag) for name, text in held.items() if identify(text).tag != language]
    assert of(language)
    assert len(wrong) <= len(of(language)) // 50, wrong


@pytest.mark.parametrize("size", [None, 300, 60])
@pytest.mark.parametrize(
    ("codec", "languages"),
    [
        ("gb18030", ("zh-Hans", "zh-Hant")),
        ("big5", ("zh-Hant",)),
        ("cp932", ("ja",)),
        ("euc_jp", ("ja",)),
        ("cp949", ("ko",)),
        ("cp1252", ("en",)),
    ],
)
def test_legacy_charsets_are_told_without_a_declaration(
    codec: str, languages: tuple[str, ...], size: int | None
) -> None:
    wrong = []
    # a page that was read by the wrong charset gives back the bytes of the right one
    for page in (page for page in of(*languages) if page.header["kind"] != "garbled"):
        data = page.raw[:size].encode(codec, "ignore")
        text, found = data.decode(codec), decode(data)
        same = sum(map(str.__eq__, found.text, text)) / max(len(text), len(found.text))
        wrong += [(page.id, found.encoding)] if same < 0.98 else []
    assert len(wrong) <= MISSES.get((codec, size), 0), wrong

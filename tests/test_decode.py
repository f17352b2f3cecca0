"""Every charset comes back as it went in; no byte is lost; the certainty says when the guess is thin."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpuskit.decode import codec_of, declared_charset, decode

HANS = "图书馆上周末重新开放，许多读者一早就在门口排队。馆长说，新增的阅览室可以容纳三百人，儿童区也扩大了一倍。"
HANT = "圖書館上週末重新開放，許多讀者一早就在門口排隊。館長說，新增的閱覽室可以容納三百人，兒童區也擴大了一倍。"
JAPANESE = (
    "図書館は先週末に再開し、朝早くから多くの人が入口に並んだ。館長によると、新しい閲覧室には三百人が入れるという。"
)
KOREAN = (
    "도서관이 지난 주말에 다시 문을 열었다. 아침 일찍부터 많은 사람들이 입구에서 기다렸다. "
    "새 열람실에는 삼백 명이 들어갈 수 있다."
)
RUSSIAN = (
    "Библиотека снова открылась в прошлые выходные, и многие читатели пришли рано утром. "
    "Новый зал вмещает триста человек."
)
FRENCH = (
    "La bibliothèque a rouvert samedi dernier après des travaux ; dès l'aube, "
    "une file s'était formée à l'entrée, très animée."
)
TEXTS = {
    "gb18030": HANS,
    "big5": HANT,
    "cp950": HANT,
    "shift_jis": JAPANESE,
    "cp932": JAPANESE,
    "euc_jp": JAPANESE,
    "iso2022_jp": JAPANESE,
    "euc_kr": KOREAN,
    "cp949": KOREAN,
    "cp1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "cp1252": FRENCH,
}
ALL = (HANS, HANT, JAPANESE, KOREAN, RUSSIAN, FRENCH)


@pytest.mark.parametrize("encoding", TEXTS)
def test_a_legacy_charset_is_found_by_evidence(encoding: str) -> None:
    data = TEXTS[encoding].encode(encoding)
    found = decode(data)
    assert found.text == TEXTS[encoding]
    assert (found.by, found.lossless) == ("evidence", True)
    assert found.text.encode(found.encoding, "surrogateescape") == data
    assert found.certainty > 0.6


@pytest.mark.parametrize("encoding", TEXTS)
def test_a_page_of_markup_does_not_hide_its_charset(encoding: str) -> None:
    page = "<div class='nav'><ul><li>x</li></ul></div>" * 300 + f"<p>{TEXTS[encoding]}</p>" * 40
    assert decode(page.encode(encoding)).text == page


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "cp932", "euc_jp"])
def test_a_long_text_without_a_single_ascii_byte(encoding: str) -> None:
    text = TEXTS[encoding] * 300
    found = decode(text.encode(encoding))
    assert found.text == text
    assert found.certainty > 0.8


@pytest.mark.parametrize("encoding", TEXTS)
def test_a_declaration_that_fits_is_believed(encoding: str) -> None:
    data = TEXTS[encoding].encode(encoding)
    found = decode(data, encoding)
    assert (found.text, found.by, found.lossless) == (TEXTS[encoding], "declared", True)


@pytest.mark.parametrize("encoding", TEXTS)
def test_a_title_is_right_or_says_that_it_is_unsure(encoding: str) -> None:
    for size in (2, 4, 6, 8, 12, 16):
        for start in (0, 7, 19):
            title = TEXTS[encoding][start : start + size]
            found = decode(title.encode(encoding))
            assert found.text == title or found.certainty < 0.6, (title, found)


@pytest.mark.parametrize("text", ALL)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(text: str, encoding: str) -> None:
    found = decode(text.encode(encoding))
    assert (found.text, found.encoding, found.lossless) == (text, encoding, True)


@pytest.mark.parametrize("text", ALL)
def test_utf8_is_strict_whatever_is_declared(text: str) -> None:
    for declared in (None, "gb2312", "iso-8859-1", "big5", "no-such-charset", "utf-16"):
        found = decode(text.encode(), declared)
        assert found == (text, "utf-8", True, "strict", 1.0)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_wide_marks_stay_in_the_text(mark: bytes, encoding: str) -> None:
    found = decode(mark + HANS.encode(encoding))
    assert found == ("\ufeff" + HANS, encoding, True, "bom", 1.0)


def test_the_utf8_mark_is_taken_out_and_comes_back() -> None:
    data = codecs.BOM_UTF8 + HANS.encode()
    assert decode(data) == (HANS, "utf-8-sig", True, "bom", 1.0)


def test_utf8_with_bad_bytes_stays_utf8_and_keeps_them() -> None:
    data = HANS.encode()[:-1] + b"\xff" + HANT.encode()
    found = decode(data, "iso-8859-1")
    assert (found.encoding, found.by, found.lossless) == ("utf-8", "evidence", True)
    assert HANT in found.text
    assert "\udcff" in found.text
    assert 0.9 < found.certainty < 1


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "cp932", "euc_kr", "cp1251"])
def test_a_bad_byte_in_a_legacy_page_survives(encoding: str) -> None:
    text = TEXTS[encoding]
    data = text.encode(encoding) + b"\n\xff\n" + text.encode(encoding)
    found = decode(data)
    assert found.text.count(text) == 2
    assert found.lossless == (found.text.encode(found.encoding, "surrogateescape") == data)


def test_a_declaration_that_is_plainly_wrong_is_overruled() -> None:
    for declared in ("iso-8859-1", "windows-1252", "shift_jis"):
        found = decode((HANS * 3).encode("gbk"), declared)
        assert (found.text, found.by) == (HANS * 3, "evidence")


def test_escapes_in_ascii_are_tried_before_utf8_only_when_they_are_there() -> None:
    assert decode("漢字".encode("iso2022_jp"), "iso-2022-jp")[:4] == ("漢字", "iso2022_jp", True, "declared")
    assert decode("汉字".encode("hz"), "hz-gb-2312")[:4] == ("汉字", "hz", True, "declared")
    assert decode(b"plain", "iso-2022-jp")[:4] == ("plain", "utf-8", True, "strict")


def test_a_declared_big5_takes_the_relative_that_gives_the_bytes_back() -> None:
    data = "碁銹裏恒".encode("cp950")
    found = decode(data, "big5")
    assert found.lossless
    assert found.text.encode(found.encoding) == data


def test_big5_keeps_its_wave_dash_and_its_circled_numbers() -> None:
    assert decode((HANT + "～‧").encode("cp950"), "big5")[:3] == (HANT + "～‧", "cp950", True)
    assert decode((HANT + "①").encode("big5hkscs"), "big5")[:3] == (HANT + "①", "big5hkscs", True)


def test_a_few_letters_of_two_bytes_are_thin_evidence_for_utf8() -> None:
    assert decode("丨v".encode("gbk")).certainty == 0.5
    assert decode("é".encode()) == ("é", "utf-8", True, "strict", 0.5)
    assert decode("é".encode(), "utf-8").certainty == 1.0


def test_nothing_and_ascii() -> None:
    assert decode(b"") == ("", "utf-8", True, "strict", 1.0)
    assert decode(b"a\r\nb\0c\r", "gbk") == ("a\r\nb\0c\r", "utf-8", True, "strict", 1.0)


def test_an_odd_last_byte_of_utf16_is_kept_and_reported() -> None:
    found = decode(codecs.BOM_UTF16_LE + HANS.encode("utf-16-le") + b"\n")
    assert found.text == "\ufeff" + HANS + "\n"
    assert not found.lossless


LEGACY_BYTES = st.one_of(
    st.binary(max_size=200),
    st.tuples(st.sampled_from(list(TEXTS)), st.binary(max_size=6), st.integers(0, 60)).map(
        lambda made: TEXTS[made[0]].encode(made[0])[: made[2]] + made[1] + TEXTS[made[0]].encode(made[0])
    ),
    st.sampled_from([b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xff\xfe\0\0", b"\0\0\xfe\xff"]).flatmap(
        lambda mark: st.binary(max_size=40).map(lambda rest: mark + rest)
    ),
)
LABELS = st.sampled_from([None, "gbk", "big5", "utf-8", "utf-16", "iso-2022-jp", "hz", "latin1", "euc-kr", "x", "sjis"])


@given(LEGACY_BYTES, LABELS)
@example(b"\xff\xfe\0\xd8", None)
@example(b"\xff\xfe\x80", None)
@example(b"\x1b$B\xff", "iso-2022-jp")
def test_any_bytes_decode_and_lossless_is_exactly_true(data: bytes, declared: str | None) -> None:
    found = decode(data, declared)
    try:
        back = found.text.encode(found.encoding, "surrogateescape") == data
    except UnicodeEncodeError:
        back = False
    assert found.lossless is back
    assert isinstance(found.certainty, float)
    assert 0 <= found.certainty <= 1
    assert found == decode(data, declared)


@given(st.text())
def test_any_text_in_utf8_is_itself(text: str) -> None:
    if "\x00" not in text and "\x1b" not in text and not text.startswith("\ufeff") and text.isprintable():
        assert decode(text.encode()).text == text


@pytest.mark.parametrize(
    ("head", "charset"),
    [
        (b'<html><head><meta charset="GBK">', "GBK"),
        (b"<meta charset=big5 />", "big5"),
        (b'<META http-equiv="Content-Type" content="text/html; charset=gb2312">', "gb2312"),
        (b'<?xml version="1.0" encoding="Shift_JIS"?><html>', "Shift_JIS"),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>", "utf-8"),
        (b"<meta name=description content='x'><meta charset='euc-kr'>", "euc-kr"),
        (b"<p>charset=gbk</p>", None),
        (b" " * 5000 + b"<meta charset=gbk>", None),
        (b"", None),
    ],
)
def test_the_charset_a_page_declares(head: bytes, charset: str | None) -> None:
    assert declared_charset(head) == charset


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("gb2312", "gb18030"),
        (" 'GBK' ", "gb18030"),
        ("Big5", "big5hkscs"),
        ("x-sjis", "cp932"),
        ("ks_c_5601-1987", "cp949"),
        ("latin1", "cp1252"),
        ("UTF8", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("unicode_escape", None),
        ("hex", None),
        ("no\0such", None),
    ],
)
def test_labels_of_the_web(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec

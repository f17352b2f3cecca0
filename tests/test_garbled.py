"""Garbled text: every class of damage on held-out text, and what must stay as it is."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import mojibake_sim as sim
import numpy as np
import pytest
from ftfy.badness import is_bad
from hypothesis import given, settings
from hypothesis import strategies as st
from mojibake_codecs import CODECS, LOSSY, PARTS, browser
from mojibake_escapes import ESCAPES, FORMS

from corpuskit.clean.garbled import Garbled
from corpuskit.clean.mojibake import gate, phase
from corpuskit.clean.mojibake.context import Context, around, context
from corpuskit.clean.mojibake.fill import LOST
from corpuskit.clean.mojibake.phase import suspects
from corpuskit.clean.mojibake.work import Change, Work
from corpuskit.config import Config
from corpuskit.core.characters import likelihoods, model, script
from corpuskit.core.codes import code_points
from corpuskit.core.draft import Draft
from corpuskit.core.edit import Edit, Flag
from corpuskit.core.engine import Record, apply, resolve
from corpuskit.core.page import Page
from corpuskit.lexicon import build_characters, build_context
from corpuskit.lexicon.alphabet import CLASSES, EDGE, REACH, variants
from corpuskit.lexicon.build_context import Ints
from corpuskit.pipeline import Pipeline

STAGE = Garbled()
FTFY = Path(__file__).parents[2] / "shared" / "ftfy-cases" / "negative.json"


def repaired(text: str) -> str:
    winners, _ = resolve(STAGE.propose(Page.of(text)))
    [draft] = apply(Draft.of(text), winners, "garbled", Record())
    return draft.text


class Tally(NamedTuple):
    exact: float
    """Share of texts restored whole."""
    found: float
    """Share of texts that were changed."""
    long: float
    """Share of texts that have the right length again."""
    worse: float
    before: float
    """Character error rate as damaged."""
    after: float


@cache
def tally(name: str, language: str = "zh-Hans", count: int = 24) -> Tally:
    cases = sim.cases(name, language, count)
    assert cases
    rows = []
    for damaged, text in cases:
        now = sim.even(name, repaired(damaged))
        was, text = sim.even(name, damaged), sim.even(name, text)
        rows.append((now == text, now != was, len(now) == len(text), sim.distance(was, text), sim.distance(now, text)))
    size, chars = len(rows), sum(len(text) for _, text in cases)
    exact, found, long = (sum(row[i] for row in rows) / size for i in range(3))
    worse = sum(row[4] > row[3] for row in rows) / size
    return Tally(exact, found, long, worse, sum(row[3] for row in rows) / chars, sum(row[4] for row in rows) / chars)


WHOLE = [name for name in (*CODECS, *ESCAPES, *FORMS) if name not in sim.NOT_YET]


@pytest.mark.parametrize("name", WHOLE)
def test_what_lost_no_byte_is_restored_whole(name: str) -> None:
    assert tally(name, count=12).exact >= 0.9
    assert tally(name, count=12).worse == 0


@pytest.mark.parametrize(
    "name", ["UTF-8 as GBK", "Big5 as GBK", "UTF-8 as cp1252", "Big5 as cp1252", "entities, decimal"]
)
def test_traditional_text_is_restored_whole(name: str) -> None:
    assert tally(name, "zh-Hant", 8).exact >= 0.85


@pytest.mark.parametrize(("language", "charset"), [("ja", "cp932"), ("ja", "euc_jp"), ("ko", "cp949")])
def test_japanese_and_korean_read_as_latin_letters_are_restored(language: str, charset: str) -> None:
    damage, rng = browser(charset), random.Random(charset)
    cases = [(damage(text, rng), text) for text in sim.paragraphs(language)[:20]]
    held = [(damaged, text) for damaged, text in cases if damaged is not None]
    assert len(held) >= 15
    assert sum(repaired(damaged) == text for damaged, text in held) >= 0.85 * len(held)


@pytest.mark.parametrize("name", ["slip ?", "slip U+FFFD", "slip masked", "slip hidden"])
def test_phase_slips_are_found_and_repaired(name: str) -> None:
    seen = tally(name)
    assert seen.found >= 0.9
    assert seen.long >= 0.9
    assert seen.worse == 0
    assert seen.after <= 0.2 * seen.before


@pytest.mark.parametrize("name", PARTS)
def test_a_sentence_in_a_wrong_codec_is_read(name: str) -> None:
    seen = tally(name)
    assert seen.exact >= 0.6
    assert seen.worse == 0
    assert seen.after <= 0.4 * seen.before


@pytest.mark.parametrize("name", LOSSY)
def test_lossy_utf8_loses_most_of_its_errors(name: str) -> None:
    seen = tally(name)
    assert seen.worse == 0
    assert seen.after <= 0.2 * seen.before


def test_half_known_characters_are_rarely_filled_wrongly() -> None:
    right = wrong = 0
    for name in ("slip ?", "slip masked"):
        for damaged, text in sim.cases(name, "zh-Hans", 40, seed=1):
            now = repaired(damaged)
            if len(now) == len(text) and now != damaged:
                different = [a for a, b in zip(now, text, strict=True) if a != b]
                wrong += sum(char != LOST for char in different)
                right += 2 - len(different)
    assert right > 10 * wrong
    assert right > 10


@pytest.mark.parametrize("name", ["word twice", "lost point", "stray traditional"])
def test_slips_of_the_hand_are_flagged_where_they_are(name: str) -> None:
    stage = Garbled(typos=True)
    for text in sim.paragraphs("zh-Hans")[:20]:
        damaged = sim.TYPOS[name](text, random.Random(name))
        flags = [p for p in stage.propose(Page.of(damaged or "")) if isinstance(p, Flag)]
        assert {flag.rule for flag in flags} == ({"garbled.typo"} if damaged else set())
        assert not [p for p in stage.propose(Page.of(text)) if isinstance(p, Flag)]


@pytest.mark.parametrize("name", sim.LOST)
def test_what_is_gone_is_flagged_and_left(name: str) -> None:
    for damaged, _ in sim.cases(name, "zh-Hans", 24):
        proposals = list(STAGE.propose(Page.of(damaged)))
        assert [p for p in proposals if isinstance(p, Edit)] == []
        assert [p.rule for p in proposals if isinstance(p, Flag)] == ["garbled.lost"]


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "ja", "ko", "en"])
def test_sound_paragraphs_stay(language: str) -> None:
    for text in sim.paragraphs(language):
        assert repaired(text) == text


def test_a_repair_is_found_wherever_it_stands_and_touches_nothing_else() -> None:
    [(damaged, text), *_] = sim.cases("UTF-8 as GBK", "zh-Hans", 1)
    lines = sim.paragraphs("zh-Hans")[:6]
    assert repaired("\n".join([*lines[:3], damaged, *lines[3:]])) == "\n".join([*lines[:3], text, *lines[3:]])


def test_seven_bits_with_digits_and_short_runs_among_them_are_read() -> None:
    text = "三月5日，鱼也回来了3000条，两岸的人都来看。 河水清了"
    damaged = "".join(c if c.isascii() else bytes(b & 0x7F for b in c.encode("gb2312")).decode() for c in text)
    assert repaired(damaged) == text


@given(
    st.lists(
        st.text(st.sampled_from("水清鱼齉锟烫桥?？\ufffdÃ©é°—&#1a=A%\n \ue001ぁカ가，!\"$'<"), max_size=24), max_size=5
    )
)
@settings(deadline=None)
def test_pages_looked_at_together_are_looked_at_as_each_alone(texts: list[str]) -> None:
    points = [code_points(text) for text in texts]
    for wide in (False, True):
        together = [found.tolist() for found in gate.places(points, wide=wide)]
        assert together == [gate.places([one], wide=wide)[0].tolist() for one in points]


@pytest.mark.parametrize("language", ["ja", "ko", "en"])
def test_the_gate_lets_next_to_all_sound_lines_of_other_languages_pass(language: str) -> None:
    lines = [code_points(text) for text in sim.paragraphs(language)]
    assert sum(len(found) > 0 for found in gate.places(lines, wide=False)) <= 0.01 * len(lines)


def test_the_gate_stops_at_damage_on_a_japanese_page() -> None:
    sound = "３番線の電車は８時１５分に出ます。ホームの端でお待ちください。\n"
    damaged = "私はよくこの川で魚を釣りました。".encode().decode("gb18030", "replace")
    found = gate.places([code_points(sound * 5 + damaged)], wide=False)[0]
    assert len(found)
    assert found[0] >= 5 * len(sound)


def test_the_page_keeps_its_own_marks() -> None:
    data = "河水清了，鱼也回来了，两岸".encode("gbk")[1:-1]
    broken = "渡口的灯亮了,?" + data.decode("gb18030") + "?."
    assert "水清了,鱼也回来了,两" in repaired(broken)
    assert "，" in repaired(broken.replace(",", "，"))


def test_ftfys_negative_cases_stay_or_become_what_they_say() -> None:
    if not FTFY.exists():
        pytest.skip("no ftfy cases: there is no ../shared/ftfy-cases")
    for case in json.loads(FTFY.read_text("utf-8")):
        original = case["original"]
        allowed = {original, case["fixed"], case.get("fixed-encoding", original)}
        assert repaired(original) in allowed, case["label"]


# the model


def test_likely_characters_are_likelier() -> None:
    held = model()
    assert held.of("人", "中华") > held.of("仁", "中华")
    assert held.of("河水清了，鱼也回来了。") > held.of("烘水清了，于找回来了。")
    common, known, rare = held.alone(held.ids("的渡龑")).tolist()
    assert common > known > rare


def test_what_is_asked_at_once_is_what_is_asked_alone() -> None:
    held, text = model(), "河水清了，鱼也回来了；ab 12 □"
    ids = held.ids(text)
    steps = held.steps(ids)
    assert np.allclose(steps, held.after(ids[:-2], ids[1:-1], ids[2:]))
    assert np.allclose(likelihoods([text, text[3:]]), [steps.sum(), steps[3:].sum()], atol=1e-3)


def test_probabilities_of_what_can_follow_add_up() -> None:
    held = model()
    every = np.arange(len(CLASSES), len(held.total), dtype=np.uint16)
    for text in ("中国", "的人", "，我", "河水"):
        a, b = (np.full(len(every), number, np.uint16) for number in held.ids(text))
        assert 0.8 < np.exp(held.after(a, b, every)).sum() < 1.1


def test_traditional_characters_read_as_simplified_ones() -> None:
    assert variants()["國"] == "国"
    assert (model().ids("國") == model().ids("国")).all()
    assert script("国") == "-"
    assert [script(char) for char in "か가é\ue000\ufffd"] == ["K", "G", "E", "Z", "Z"]


DICTIONARY = "河水 16 n\nab 99 x\n清 1024 a\n罕 1 a\n青 9 a\n"
GARBLED = "#! lang: zh-Hans\n#! kind: garbled\n⟦chrome⟧堂堂⟦/⟧⟦body a1⟧河⟪堂|水⟫⟦/⟧"
PAGE = "#! lang: zh-Hans\n⟦body a1⟧河水⟪青|清⟫了。⟦/⟧\n河水"


def test_the_model_is_built_from_frequencies_and_counts() -> None:
    assert dict(build_characters.words(DICTIONARY.splitlines())) == {"河水": 16, "清": 1024, "青": 9}
    assert build_characters.untagged("河/b 水/e 清/s") == "河水清"
    assert build_characters.plain(PAGE).split() == ["河水清了。", "河水"]
    assert build_characters.plain(GARBLED) == "河水"
    once, again = (build_characters.build(DICTIONARY, ["河水"], [PAGE]) for _ in range(2))
    assert once == again


def test_counts_and_masses_are_kept_in_a_byte_each() -> None:
    counts = build_characters.short(np.array([0.0, 1, 127, 254, 1e9])).tolist()
    assert counts == [0, 1, 127, 143, 255]
    assert build_characters.level(np.array([0.0, 1.0, np.exp(-1), 1e-20])).tolist() == [0, 1, 14, 255]


# the network beside it


def test_the_network_knows_who_stands_among_these() -> None:
    held, chars = model(), "知智芝职"
    left, right = around("这件事全村的人都_道了，", 8, 9)
    scores = context().scores(held.ids(left + right)[None], held.ids(chars), np.array([len(chars)]))
    assert chars[int(scores.argmax())] == "知"


def test_what_stands_at_the_edge_of_a_line_is_what_the_network_was_taught() -> None:
    assert around("河水清了", 0, 1) == (EDGE, "水清了\n")
    assert around("河水清了", 1, 4) == ("\n。。河", EDGE)


def test_a_network_of_another_alphabet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpuskit.clean.mojibake.context.Arrays", lambda name: {"alphabet": np.zeros(1, np.uint32)})
    with pytest.raises(ValueError, match="build it anew"):
        Context()


def test_characters_that_share_a_byte_are_asked_for_together() -> None:
    alphabet, held = model().alphabet, build_context.groups(model().alphabet)
    for char, other in (("河", "盒"), ("河", "泼")):
        shared = [place for place in (0, 1) if char.encode("gbk")[place] == other.encode("gbk")[place]]
        asked = [alphabet.id(other) in held.members[held.of[side, alphabet.id(char)]] for side in (0, 1)]
        assert asked == [side in shared for side in (0, 1)]


def test_gradients_say_how_the_loss_changes() -> None:
    rng, held, alphabet = np.random.default_rng(2), build_context.groups(model().alphabet), model().alphabet
    net = build_context.fresh(len(alphabet.chars), rng)
    ids = alphabet.ids("从前的人都说黄河水清了鱼也回来了").astype(np.int64)
    wide = np.array([*range(-REACH, 0), *range(1, REACH + 1)])
    batch = ids[np.arange(4, 8)[:, None] + wide], ids[4:8], held.of[1, ids[4:8]]
    slopes = build_context.gradients(net, *batch, held)
    for name in ("near", "mix", "bias", "fits", "usual"):
        weights, slope = getattr(net, name), getattr(slopes, name)
        at = np.unravel_index(np.abs(slope).argmax(), slope.shape)
        losses = []
        for by in (0.01, -0.01):
            weights[at] += by
            losses.append(_loss(net, *batch, held))
            weights[at] -= by
        assert (losses[0] - losses[1]) / 0.02 == pytest.approx(slope[at], rel=0.05), name


def _loss(net: build_context.Net, wide: Ints, wanted: Ints, asked: Ints, held: build_context.Groups) -> float:
    together = np.tanh(net.near[wide].reshape(len(wanted), -1) @ net.mix + net.bias)
    out = 0.0
    for row, number, group in zip(together, wanted, asked, strict=True):
        members = held.members[group]
        scores = (net.fits[members] @ row + net.usual[members]).astype(float)
        out += np.log(np.exp(scores).sum()) - scores[members == number][0]
    return out / len(wanted)


def test_the_network_is_built_from_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_context, "BATCH", 4)
    alphabet, texts = model().alphabet, [("河水清了，\n鱼也回来了。", 1)]
    first, second = (build_context.arrays(build_context.train(texts, alphabet), alphabet) for _ in range(2))
    assert all((first[name] == second[name]).all() for name in first)
    assert first["near"].dtype == np.int8


# the working copy


def test_repairs_on_repairs_become_one_edit() -> None:
    work = Work("abcdef")
    assert work.apply([Change(1, 3, "X", "one", 0.9, "first"), Change(4, 5, "", "two", 0.8, "second")])
    assert work.text == "aXdf"
    assert work.apply([Change(1, 4, "Y", "three", 0.7, "third")])
    [edit] = work.edits(10)
    assert work.text == "aY"
    assert (edit.span, edit.text, edit.rule) == ((11, 16), "Y", "three")
    assert not work.apply([Change(0, 1, "a", "none", 1.0, "nothing")])


@given(st.text([*map(chr, range(0x80)), *"\xa0\xad·´–—―…‘’“”"]))
def test_ascii_and_the_marks_of_sound_text_are_nothing_to_ftfy(text: str) -> None:
    # so that no run pays for importing it because of a quotation mark
    assert not is_bad(text)


@given(st.lists(st.text("水河清了，。?ア5", max_size=12), max_size=5))
def test_lines_are_suspected_together_as_they_are_alone(texts: list[str]) -> None:
    assert suspects(texts) == [found for text in texts for found in suspects([text])]


def test_letters_that_say_nothing_are_weighed_a_few_times_each(monkeypatch: pytest.MonkeyPatch) -> None:
    weighed: list[int] = []
    real = phase._weighed

    def counted(found: Any, usage: Any) -> Any:
        weighed.extend(run.end - run.start for _, run in found)
        return real(found, usage)

    monkeypatch.setattr(phase, "_weighed", counted)
    draw = random.Random(1)
    text = "".join(chr(draw.randint(0x4E00, 0x6000)) for _ in range(4800))
    assert Pipeline(Config()).clean_text(text).ledger
    assert 0 < sum(weighed) < 10 * len(text)

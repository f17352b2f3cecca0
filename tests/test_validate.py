"""Quality gates over a corpus: what passes, what fails and at which gate."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from door import call
from hypothesis import given
from hypothesis import strategies as st
from running import BRIDGE, FERRY, article, folder_of, jsonl, ran, records

from corpuskit.config import parse
from corpuskit.labelled import KEEP
from corpuskit.labelled import load as pages
from corpuskit.validate import Finding, Gates, Request, Verdict, load, validate
from corpuskit.validate import gates as gate_file
from corpuskit.validate.corpus import Corpus
from corpuskit.validate.near import Near
from corpuskit.validate.origin import fault

Json = dict[str, Any]
Corrupt = Callable[[list[Json]], None]

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "fixtures" / "pages"
NOISY = "".join(f"[stages.{name}]\nenabled = false\n" for name in ("spam_links", "related_news", "page_chrome"))


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("healthy") / "out"
    ran([PAGES], out)
    return out


def written(folder: Path, entries: list[Json]) -> Path:
    return folder_of(folder, {"corpus.jsonl": jsonl(*entries)}) / "corpus.jsonl"


def levels(verdict: Verdict, *wanted: str) -> set[str]:
    return {finding.gate for finding in verdict.findings if finding.level in wanted}


def gate(verdict: Verdict, name: str) -> Finding:
    return next(finding for finding in verdict.findings if finding.gate == name)


def checked(*corpora: Path, gates: str = "", **how: Any) -> Verdict:
    return validate(Request(corpora=[str(name) for name in corpora], gates=gate_file.parse(gates), **how))


def _same_ids(entries: list[Json]) -> None:
    entries[4]["id"] = entries[9]["id"] = entries[0]["id"]


def _mojibake(entries: list[Json]) -> None:
    for entry in entries[::5]:
        entry["text"] = entry["text"].encode().decode("latin-1")
        entry["provenance"]["pieces"] = [[0, len(entry["text"]), 0, 9, "garbled.codec", ""]]


def _untraced(entries: list[Json]) -> None:
    del entries[2]["provenance"]
    entries[5]["provenance"]["pieces"].clear()


def test_a_healthy_corpus_passes_every_gate(healthy: Path) -> None:
    verdict = checked(healthy, baseline=healthy / "manifest.json")
    assert levels(verdict, "fail", "warn", "skipped") == set()
    assert {finding.gate for finding in verdict.findings} == set(Gates().limits())


@pytest.mark.parametrize(
    ("corrupt", "name", "message", "examples"),
    [
        (_same_ids, "ids", "2 ids are taken by an earlier record", 2),
        (_mojibake, "garbled", "are garbled: garbled.codec", 3),
        (_untraced, "provenance", "records do not say where their text is from", 2),
    ],
)
def test_a_broken_corpus_fails_at_its_gate(
    healthy: Path, tmp_path: Path, corrupt: Corrupt, name: str, message: str, examples: int
) -> None:
    entries = records(healthy)
    whole = written(tmp_path / "whole", entries)
    assert levels(checked(whole), "fail") == set()
    corrupt(entries)
    verdict = checked(written(tmp_path, entries))
    assert levels(verdict, "fail") == {name}
    assert message in gate(verdict, name).message
    assert len(gate(verdict, name).examples) == examples
    assert not verdict.ok


def test_spam_left_in_fails_at_noise(tmp_path: Path) -> None:
    ran([PAGES], tmp_path / "out", NOISY)
    verdict = checked(tmp_path / "out")
    assert levels(verdict, "fail") == {"noise"}
    assert "spam_links." in gate(verdict, "noise").message
    assert gate(verdict, "noise").examples[0].what.startswith("spam_links.")


def test_other_pages_than_before_fail_at_drift(healthy: Path, tmp_path: Path) -> None:
    english = "The bridge over the mill stream is open again, and the whole town came to walk over it on Sunday.\n"
    pages = folder_of(tmp_path / "p", {f"{n}.txt": f"Notes\n\n{english * (n + 3)}" for n in range(3)})
    ran([pages], tmp_path / "out")
    verdict = checked(tmp_path / "out", baseline=healthy)
    assert levels(verdict, "fail") == {"drift"}
    assert "languages 1.000" in gate(verdict, "drift").message


def test_drift_is_told_with_what_moved(healthy: Path, tmp_path: Path) -> None:
    before = json.loads((healthy / "manifest.json").read_bytes())
    before["counts"]["languages"] = {"en": 19}
    folder_of(tmp_path, {"manifest.json": json.dumps(before)})
    finding = gate(checked(healthy, baseline=tmp_path / "manifest.json"), "drift")
    assert (finding.level, finding.figure) == ("fail", 1.0)
    assert "languages: en 100.0% before, 0.0% now" in finding.message


def test_any_corpus_can_be_its_own_baseline(tmp_path: Path) -> None:
    corpus = written(tmp_path, [{"id": 1, "text": BRIDGE}, {"id": 2, "text": FERRY}])
    (tmp_path / "base.json").write_text(call("validate", corpus, "--json").out)
    assert gate(checked(corpus, baseline=tmp_path / "base.json"), "drift").figure == 0
    other = written(tmp_path / "other", [{"id": 1, "text": BRIDGE * 5}])
    finding = gate(checked(other, baseline=tmp_path / "base.json"), "drift")
    assert finding.level == "fail"
    assert "characters_a_record" in finding.message


def test_lengths_that_spread_drift_though_their_mean_stays(tmp_path: Path) -> None:
    even = written(tmp_path / "a", [{"id": n, "text": article(n, 12)} for n in range(8)])
    (tmp_path / "base.json").write_text(call("validate", even, "--json").out)
    odd = [article(n, 4 if n % 2 else 20) for n in range(8)]
    finding = gate(
        checked(written(tmp_path / "b", [{"text": text} for text in odd]), baseline=tmp_path / "base.json"), "drift"
    )
    assert finding.level == "fail"
    assert "lengths 1.000" in finding.message


def test_a_run_is_verified_against_its_sources(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE, "b.txt": FERRY})
    ran([pages], tmp_path / "out")
    (pages / "a.txt").write_text(BRIDGE + "又一段，是后来添上去的，运行的时候还没有。\n")
    finding = gate(checked(tmp_path / "out"), "provenance")
    assert finding.level == "fail"
    assert f"corpuskit verify {tmp_path / 'out'} tells them all" in finding.message
    moved = folder_of(tmp_path / "moved" / "p", {"a.txt": BRIDGE, "b.txt": FERRY})
    assert gate(checked(tmp_path / "out", sources=[str(moved)]), "provenance").level == "ok"
    assert gate(checked(tmp_path / "out", gates="[provenance]\nverify = false"), "provenance").level == "ok"


def test_without_its_sources_a_run_is_held_against_its_manifest(tmp_path: Path) -> None:
    ran([folder_of(tmp_path / "p", {"a.txt": BRIDGE})], tmp_path / "out")
    with (tmp_path / "out" / "ledger" / "part-00000.jsonl").open("a") as file:
        file.write("{}\n")
    finding = gate(checked(tmp_path / "out", gates="[provenance]\nverify = false"), "provenance")
    assert finding.level == "fail"
    assert "its digest is not the manifest's" in finding.examples[0].what


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ({"id": 1}, "without 'text'"),
        ({"id": 1, "text": None}, "without 'text'"),
        ({"id": 1, "text": 7}, "with 'text' that is no string"),
        ({"id": 1, "text": BRIDGE, "n": True}, "with 'n' that is no integer"),
        ({"id": 1, "text": BRIDGE, "meta": {"url": 3}}, "with 'meta.url' that is no string"),
        ('{"id": 1, "text"', "not JSON"),
        ("[]", "JSON, but not an object"),
    ],
)
def test_what_does_not_fit_the_schema_is_told(tmp_path: Path, entry: Json | str, what: str) -> None:
    gates = '[schema]\noptional = {n = "integer", "meta.url" = "string"}\n[lengths]\nenabled = false\n'
    path = folder_of(tmp_path, {"c.jsonl": jsonl({"id": 0, "text": FERRY, "n": None}, entry)}) / "c.jsonl"
    finding = gate(checked(path, gates=gates), "schema")
    assert (finding.level, finding.figure) == ("fail", 0.5)
    assert (finding.examples[0].line, finding.examples[0].what.partition(":")[0]) == (2, what)


def test_hostile_records_are_told_and_stop_nothing(tmp_path: Path) -> None:
    entries: list[Any] = [
        {"id": "a\x1b[31m\n", "text": "\ud800 ::error::x %0A\x00" * 3},
        {"id": {"x": 1}, "text": BRIDGE},
    ]
    data = "".join(json.dumps(entry) + "\n" for entry in entries).encode()
    data += b'\xff\xfe\n{"a":' + b"[" * 100_000 + b'\n{"id":NaN,"text":"x"}\n   \n{"text":"\xe4\xb8"}\n'
    path = folder_of(tmp_path, {"c.jsonl": data}) / "c.jsonl"
    for option in (("--json",), ("--github",), ("--junit", tmp_path / "j.xml", "--sarif", tmp_path / "s.json")):
        said = call("validate", path, *option)
        assert said.code == 1
        assert "\x1b" not in said.out + said.err
    ElementTree.parse(tmp_path / "j.xml")
    [finding] = [finding for finding in checked(path).findings if finding.gate == "schema"]
    assert [example.line for example in finding.examples] == [3, 4, 7]


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ([[0, 2, 0, 2], [2, 4, 9, 9, "layout.join", ""]], ""),
        ([{"text_start": 0, "text_end": 3}, {"text_start": 3, "text_end": 4}], ""),
        ([[0, 2, 0, 2], [3, 4, 9, 10]], "the pieces leave the text at 2"),
        ([{"text_start": 0, "text_end": 3}], "the pieces end at 3 of 4 characters"),
        ([[]], "the pieces leave the text at 0"),
    ],
)
def test_pieces_cover_the_text_in_lists_and_in_columns(pieces: list[Any], told: str) -> None:
    source = {"uri": "a.txt", "sha256": "0" * 64}
    assert fault({"provenance": {"source": source, "pieces": pieces}}, "四个字。") == told


def test_an_empty_corpus_fails(tmp_path: Path) -> None:
    verdict = checked(folder_of(tmp_path, {"c.jsonl": b""}) / "c.jsonl")
    assert levels(verdict, "fail") == {"schema"}
    assert "0 records, and at least 1 are wanted" in gate(verdict, "schema").message


def test_lengths_are_told_with_what_is_outside(tmp_path: Path) -> None:
    finding = gate(checked(written(tmp_path, [{"text": BRIDGE}, {"text": "短"}])), "lengths")
    assert (finding.level, finding.figure, finding.examples[0].line) == ("fail", 0.5, 2)


def test_duplicates_are_found_with_the_one_that_stays(tmp_path: Path) -> None:
    near = BRIDGE.replace("糯米灰浆", "石灰砂浆")
    texts = [article(1), BRIDGE, article(2), near, " " + BRIDGE, article(3)]
    verdict = checked(written(tmp_path, [{"id": f"r{n}", "text": text} for n, text in enumerate(texts)]))
    exact, close = gate(verdict, "exact_duplicates"), gate(verdict, "near_duplicates")
    assert [(example.id, example.line) for example in exact.examples] == [("r4", 5)]
    # the copy of the first is nearly equal to the second as well
    assert [example.id for example in close.examples] == ["r3", "r4"]
    assert "corpus.jsonl:2 r1" in close.examples[0].what
    assert (exact.figure, close.figure) == (1 / 6, 2 / 6)


def test_a_sample_finds_twins_outside_of_itself(tmp_path: Path) -> None:
    entries = [{"id": n, "text": article(n)} for n in range(30)]
    entries += [{"id": 100 + n, "text": article(n).replace("，", "。", 3) + "又及。"} for n in range(30)]
    corpus = written(tmp_path, entries)
    gates = "[corpus]\nsample = 20\n"
    finding = gate(checked(corpus, gates=gates), "near_duplicates")
    late = sum(number >= 30 for number in _sampled(corpus, 20))
    assert 0 < late < 20
    assert finding.figure == late / 20


def _sampled(corpus: Path, size: int) -> list[int]:
    from corpuskit.validate.check import _Validation

    request = Request(corpora=[str(corpus)], gates=gate_file.parse(f"[corpus]\nsample = {size}\n"))
    work = _Validation(request)
    for entry in work.corpus.entries():
        work.census.add(entry)
    return work._sample()


def test_the_seed_draws_the_sample(tmp_path: Path) -> None:
    corpus = written(tmp_path, [{"text": article(n)} for n in range(40)])
    gates = "[corpus]\nsample = 5\nseed = {}\n[near_duplicates]\nenabled = false\n"
    one, again, other = (checked(corpus, gates=gates.format(seed)) for seed in (1, 1, 2))
    assert one.sampled == 5
    assert one == again
    assert gate(one, "noise").message == gate(again, "noise").message
    assert one != other or _sampled(corpus, 5)


@pytest.mark.parametrize(
    ("mix", "level", "told"),
    [
        ("zh = [0.5, 1]", "ok", ""),
        ("zh-Hans = [1, 1]", "fail", "zh-Hans is 66.7%, wanted 100.0% to 100.0%"),
        ("zh = [0, 1]\nother = [0, 0.1]", "fail", "other is 33.3%, wanted 0.0% to 10.0%"),
        ("ja = [0.1, 1]", "fail", "ja is 0.0%"),
    ],
)
def test_a_language_mix_has_its_bounds(tmp_path: Path, mix: str, level: str, told: str) -> None:
    english = "The bridge over the mill stream is open again, and the whole town came to walk over it."
    corpus = written(tmp_path, [{"text": BRIDGE}, {"text": FERRY}, {"text": english}])
    finding = gate(checked(corpus, gates=f"[languages.mix]\n{mix}\n"), "languages")
    assert finding.level == level
    assert told in finding.message


def test_gzip_zstd_folders_and_stdin_are_read(tmp_path: Path) -> None:
    import zstandard

    data = jsonl({"id": 1, "text": BRIDGE})
    folder = folder_of(tmp_path / "c", {"a.jsonl.gz": gzip.compress(data), "b.jsonl": jsonl({"id": 2, "text": FERRY})})
    folder_of(folder, {"c.jsonl.zst": zstandard.compress(jsonl({"id": 3, "text": article(1)})), "notes.txt": "no"})
    assert checked(folder).records == 3
    said = call("validate", "-", "--json", stdin=data)
    assert json.loads(said.out)["records"] == 1


def test_parquet_is_read_by_rows(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="the parquet extra is not installed")
    pq = pytest.importorskip("pyarrow.parquet", reason="the parquet extra is not installed")
    pq.write_table(pa.table({"id": ["a", "a"], "text": [BRIDGE, FERRY]}), tmp_path / "c.parquet")
    finding = gate(checked(tmp_path / "c.parquet"), "ids")
    assert (finding.level, finding.examples[0].line) == ("fail", 2)


@given(st.lists(st.integers(0, 30), unique=True).map(sorted))
def test_wanted_entries_are_those_asked_for(tmp_path_factory: pytest.TempPathFactory, wanted: list[int]) -> None:
    folder = tmp_path_factory.getbasetemp() / "wanted"
    if not folder.exists():
        folder_of(folder, {"a.jsonl": jsonl(*range(9)), "b.jsonl": b"\n" + jsonl(*({"n": n} for n in range(9, 20)))})
    found = [entry.number for entry in Corpus([str(folder)]).entries(wanted)]
    assert found == [number for number in wanted if number < 20]


def test_the_labelled_captures_fail_and_the_articles_do_not(tmp_path: Path) -> None:
    found = pages(ROOT / "fixtures" / "labelled")[::2]
    articles: list[Json] = []
    for page in found:
        texts: dict[str, list[str]] = {}
        for block in page.blocks:
            if block.article and block.role in KEEP:
                texts.setdefault(block.article, []).append(block.good.strip())
        articles += [{"id": f"{page.id}/{name}", "text": "\n".join(parts)} for name, parts in texts.items()]
    only = "".join(f"[{name}]\nenabled = false\n" for name in ("near_duplicates", "lengths", "exact_duplicates"))
    clean = checked(written(tmp_path / "a", articles), gates=only)
    dirty = checked(written(tmp_path / "b", [{"id": page.id, "text": page.raw} for page in found]), gates=only)
    assert "noise" not in levels(clean, "fail")
    assert "noise" in levels(dirty, "fail")
    assert (gate(dirty, "noise").figure or 0) > 5 * (gate(clean, "noise").figure or 0)


def test_a_later_twin_is_never_named(tmp_path: Path) -> None:
    near = Near(parse("").dedup)
    near.remember(0, BRIDGE)
    near.meet(3, BRIDGE.replace("石桥", "木桥"))
    near.finish()
    assert near.twins == {}


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("gates*.toml")), ids=lambda path: path.stem)
def test_each_gate_file_judges(path: Path, healthy: Path) -> None:
    assert validate(Request(corpora=[str(healthy)], gates=load(path))).ok


def test_exit_codes_and_what_is_printed(healthy: Path, tmp_path: Path) -> None:
    said = call("validate", healthy)
    assert said.code == 0
    assert "gate" in said.out.splitlines()[0]
    entries = records(healthy)
    _same_ids(entries)
    broken = written(tmp_path, entries)
    said = call("validate", broken)
    assert said.code == 1
    assert f"  {broken}:5 [{entries[0]['id']}]: the id is taken" in said.out


def test_the_verdict_is_written_where_asked(healthy: Path, tmp_path: Path) -> None:
    said = call("validate", healthy, "--junit", tmp_path / "j.xml", "--sarif", tmp_path / "s.json", "--github")
    assert (said.code, said.out.strip()) == (0, "")
    assert "gates: 9 ok, 1 skipped" in said.err
    assert ElementTree.parse(tmp_path / "j.xml").getroot().get("failures") == "0"
    assert json.loads((tmp_path / "s.json").read_bytes())["version"] == "2.1.0"

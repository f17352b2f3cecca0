"""The config: packaged files, what is refused and how it is said, and the words for each option."""

from __future__ import annotations

import json
import pickle
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from running import BRIDGE, FERRY, folder_of, jsonl, ran

from corpuskit import described
from corpuskit.config import STAGES, Config, ConfigError, load, packaged, parse, schema

CONFIGS = Path(__file__).parent.parent / "configs"
PACKAGED = ("default", "gentle", "strict")


def leaves(data: dict[str, Any], path: str = "") -> set[str]:
    out: set[str] = set()
    for key, value in data.items():
        out |= leaves(value, f"{path}{key}.") if isinstance(value, dict) else {path + key}
    return out


def test_the_default_file_is_the_default_config() -> None:
    assert load() == load("default") == parse(packaged("default")) == Config()


def test_the_default_file_names_every_option() -> None:
    assert leaves(tomllib.loads(packaged("default"))) == leaves(Config().as_dict())


def test_the_default_file_is_as_config_show_prints_it() -> None:
    said = "write it again: corpuskit config show > configs/default.toml"
    assert (CONFIGS / "default.toml").read_text("utf-8") == described.as_toml(Config()), said


@pytest.mark.parametrize("name", ["gentle", "strict"])
def test_the_others_say_only_what_differs(name: str) -> None:
    data, default = tomllib.loads(packaged(name)), Config().as_dict()

    def same(here: dict[str, Any], there: dict[str, Any]) -> list[str]:
        out: list[str] = []
        for key, value in here.items():
            if isinstance(value, dict):
                out += same(value, there[key])
            elif value == there[key]:
                out.append(key)
        return out

    assert same(data, default) == []
    assert load(name) != Config()


@pytest.mark.parametrize("name", PACKAGED)
def test_each_packaged_config_runs(name: str, tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE, "b.jsonl": jsonl({"text": FERRY}, {"text": "无"})})
    assert ran([pages], tmp_path / "out", packaged(name)).counts["records"] >= 1


def test_gentle_refuses_no_article(tmp_path: Path) -> None:
    pages = folder_of(tmp_path / "p", {"a.txt": BRIDGE, "b.txt": BRIDGE, "c.txt": "下雨了"})
    counts = ran([pages], tmp_path / "out", packaged("gentle")).counts
    assert (counts["records"], counts["dropped"]) == (3, 0)


def test_strict_compares_what_it_calls_alike() -> None:
    from corpuskit.dedup import recall_curve

    options = load("strict").dedup
    assert recall_curve(options.bands, options.rows, [options.threshold])[0][1] > 0.95


@pytest.mark.parametrize("name", PACKAGED)
def test_show_prints_what_is_read_back_as_the_same(name: str) -> None:
    assert parse(described.as_toml(load(name))) == load(name)


def test_a_config_pickles() -> None:
    assert pickle.loads(pickle.dumps(Config())) == Config()


def test_a_config_comes_back_from_a_manifest() -> None:
    config = load("strict")
    assert Config.of(json.loads(json.dumps(config.as_dict()))) == config
    with pytest.raises(ConfigError, match="not of this version"):
        Config.of({"read": {"text_field": 5}})


WRONG = {
    "a stage": ("[stages.related_new]\nthreshold = 0.5", "stages.related_new", "'related_news'"),
    "an option": ("[stages.too_short]\nmin_char = 5", "stages.too_short.min_char", "'min_chars'"),
    "a table": ("[dedupe]\nnear = true", "dedupe", "'dedup'"),
    "nothing like it": ("[output]\nzzzzz = 1", "output.zzzzz", "known here: compression, shard_mb"),
    "a type": ('[dedup]\nnear = "yes"', "dedup.near", "expected bool, got str"),
    "a range": ("[dedup]\nthreshold = 2.0", "dedup.threshold", "<= 1"),
    "a choice": ('[output]\ncompression = "rar"', "output.compression", "'rar'"),
    "one of many choices": ('[output]\ncompression = "rar"', "output.compression", "'gzip', 'none', 'zstd'"),
    "a language by its name": ('[stages.wrong_language]\nkeep = ["chinese"]', "wrong_language", "zh, zh-Hans, zh-Hant"),
    "a language and its land": ('[stages.wrong_language]\nkeep = ["zh_CN"]', "wrong_language", "'zh' or 'zh-Hans'"),
    "bands that do not fit": ("[dedup]\nbands = 200", "dedup", "lower bands or rows"),
    "no TOML": ("[dedup", "my.toml", "not TOML"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_config_is_told_with_path_and_hint(case: str) -> None:
    text, path, hint = WRONG[case]
    with pytest.raises(ConfigError) as told:
        parse(text, "my.toml")
    assert str(told.value).startswith("my.toml: ")
    assert path in str(told.value)
    assert hint in str(told.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; packaged configs are"):
        load(tmp_path / "gone.toml")


def test_a_mark_of_the_byte_order_is_no_part_of_a_config(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text("[dedup]\nthreshold = 0.9\n", "utf-8-sig")
    assert load(path).dedup.threshold == 0.9
    path.write_text("[dedup]\nthreshold = 0.9\n", "utf-16")
    with pytest.raises(ConfigError, match="save it as UTF-8"):
        load(path)
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_the_schema_has_every_option() -> None:
    defs = schema()["$defs"]
    assert set(defs["StageTable"]["properties"]) == {kind.name for kind in STAGES}
    assert json.dumps(schema())


@pytest.mark.parametrize(
    "kind", [type(getattr(Config(), name)) for name in ("read", "dedup", "ledger", "output")] + list(STAGES)
)
def test_every_option_is_described(kind: type[msgspec.Struct]) -> None:
    options = described.options(kind)
    assert {option.name for option in options} == set(kind.__struct_fields__)
    assert [option.name for option in options if not option.text or not option.values] == []


def test_packing_does_not_change_the_digest() -> None:
    assert parse('[output]\ncompression = "zstd"').digest() == Config().digest()
    assert parse("[dedup]\nthreshold = 0.9").digest() != Config().digest()


def test_a_folder_named_as_a_packaged_config_does_not_hide_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gentle").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load("gentle") == parse(packaged("gentle"))

"""A labeller of one's own: trained to the byte, named in a config, held to its digest."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from labellers import written
from running import ledger, ran, records

from corpuskit.cli import main
from corpuskit.config import Config, ConfigError, Learned, load
from corpuskit.learned import opened
from corpuskit.write import manifest

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures" / "labelled"
SOME = ("d15-ten-ways-mildew", "d16-three-line-briefs", "d17-spliced-harbour", "d22-doorway-hotel")
LAST = "箱底是一把钥匙"
PAGE = "\n".join(["旧渡口的船票", *(f"第{n}张写着去上滩码头的日子，票根都在箱子里。" for n in range(12)), LAST, ""])

Command = Callable[..., int]


@pytest.fixture
def corpuskit() -> Command:
    def call(*words: str | Path) -> int:
        try:
            main([str(word) for word in words])
        except SystemExit as done:
            return int(done.code or 0)
        return 0

    return call


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name in SOME:
        shutil.copy(FIXTURES / f"{name}.page", folder)
    return folder


@pytest.fixture
def sure(tmp_path: Path) -> Path:
    """Return a labeller that takes whatever it may for furniture."""
    return written(tmp_path / "sure.json", bias=("chrome", 50.0))


# training


def test_the_same_pages_give_the_same_file(pages: Path, tmp_path: Path, corpuskit: Command) -> None:
    there, singly = tmp_path / "there.json", tmp_path / "singly.json"
    moved = [shutil.copy(page, tmp_path / page.name) for page in sorted(pages.iterdir(), reverse=True)]
    assert corpuskit("train", pages, "-o", there, "--composed", "3", "--epochs", "2") == 0
    assert corpuskit("train", *moved, *moved[:1], "-o", singly, "--composed", "3", "--epochs", "2") == 0
    assert there.read_bytes() == singly.read_bytes()
    assert json.loads(there.read_bytes())["pages"] == len(SOME)
    assert set(opened(Learned(labeller=str(there)))) == {"labeller"}


def test_pages_to_judge_by_are_left_out(pages: Path, tmp_path: Path, corpuskit: Command) -> None:
    out = tmp_path / "l.json"
    assert (
        corpuskit(
            "train", pages, "-o", out, "--leave-out", "d15", "--leave-out", "d22", "--composed", "0", "--epochs", "1"
        )
        == 0
    )
    assert json.loads(out.read_bytes())["pages"] == 2


BAD = {
    "no page": (None, "holds no labelled page"),
    "no UTF-8": ("⟦body a1⟧河⟦/⟧".encode("utf-16"), "not UTF-8"),
    "text outside blocks": ("外面⟦body a1⟧河⟦/⟧".encode(), "外面"),
    "no noise": ("⟦body a1⟧河水涨了。⟦/⟧".encode(), "none has noise (ad, chrome"),
    "no text": ("⟦chrome⟧首页⟦/⟧".encode(), "none has text of an article (body, subhead)"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_pages_are_told(case: str, tmp_path: Path, corpuskit: Command, capsys: pytest.CaptureFixture[str]) -> None:
    data, said = BAD[case]
    folder = tmp_path / "bad"
    folder.mkdir()
    if data is not None:
        (folder / "p.page").write_bytes(data)
    assert corpuskit("train", folder, "-o", tmp_path / "l.json") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "l.json").exists()


# a run with it


def test_a_run_decides_with_the_file_that_its_config_names(sure: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "p.txt").write_text(PAGE, "utf-8")
    ran([tmp_path / "in"], tmp_path / "usual")
    ran([tmp_path / "in"], tmp_path / "own", f"[learned]\nlabeller = {json.dumps(str(sure))}")
    assert LAST in records(tmp_path / "usual")[0]["text"]
    assert not any(LAST in record["text"] for record in records(tmp_path / "own"))
    assert "page_chrome.line" in {line["rule"] for line in ledger(tmp_path / "own")}
    usual, own = (manifest.load(tmp_path / name) for name in ("usual", "own"))
    assert usual["config_digest"] != own["config_digest"]


def test_the_digest_is_of_what_the_file_holds_not_of_where_it_lies(sure: Path, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    moved = shutil.copy(sure, tmp_path / "deep" / "moved.json")
    own = Config(learned=Learned(labeller=str(sure)))
    assert own.digest() == Config(learned=Learned(labeller=str(moved))).digest() != Config().digest()
    before = own.digest()
    sure.write_text(sure.read_text("utf-8") + "\n", "utf-8")
    assert own.digest() != before


def test_a_path_is_relative_to_the_config_that_names_it(
    sure: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my.toml").write_text('[learned]\nlabeller = "sure.json"\n', "utf-8")
    monkeypatch.chdir(os.sep)
    config = load(tmp_path / "my.toml")
    assert config.learned.labeller == str(sure)
    assert len(config.learned.labeller_sha256) == 64


def test_a_pinned_file_that_changed_is_refused(sure: Path, tmp_path: Path) -> None:
    pinned = Learned(labeller=str(sure)).pinned()
    sure.write_text("{}", "utf-8")
    with pytest.raises(ConfigError, match="is not the file that learned"):
        opened(pinned)


WRONG = {
    "gone": (None, "cannot be read: No such file"),
    "not JSON": ("weights", "no labeller"),
    "another thing": ('{"a": 1}', "no labeller"),
    "a list": ("[]", "no labeller"),
    "other features": (
        '{"features": {"a": [0]}, "labels": [], "letters": {}, "page": [[0]], "near": [0], "shift": [], "outward": []}',
        "run corpuskit train again",
    ),
    "not UTF-8": ("\udcff", "codec can't decode"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_file_that_is_no_labeller_is_told(case: str, tmp_path: Path) -> None:
    text, said = WRONG[case]
    path = tmp_path / "l.json"
    if text is not None:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=f"learned.labeller: .*{said}"):
        opened(Learned(labeller=str(path)))


def test_weights_that_are_no_numbers_are_told(sure: Path) -> None:
    sure.write_text(sure.read_text("utf-8").replace("50.0", "NaN"), "utf-8")
    with pytest.raises(ConfigError, match="no numbers"):
        opened(Learned(labeller=str(sure)))

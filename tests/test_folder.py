from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from corpuskit.write import folder, manifest
from corpuskit.write.encode import pretty
from corpuskit.write.folder import OutputError, discard, prepare, publish, staging
from corpuskit.write.jsonl import PartWriter, write_atomic


def _write(where: Path, word: str) -> None:
    with PartWriter(where) as writer:
        writer.write(word.encode() + b"\n")


def _run(out: Path, word: str, *, report: bool = True) -> None:
    _ready(out, word, report=report)
    publish(out)


def _state(out: Path) -> dict[str, str]:
    return {str(p.relative_to(out)): p.read_text().strip() for p in sorted(out.rglob("*")) if p.is_file()}


def _whole(word: str) -> dict[str, str]:
    parts = {f"{name}/part-00000.jsonl": word for name in folder.FOLDERS}
    return parts | {"manifest.json": pretty({"corpuskit": word}).decode().strip(), "report.html": word}


def test_a_second_run_takes_the_place_of_the_first(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    _run(out, "one")
    assert _state(out) == _whole("one")
    _run(out, "two")
    assert _state(out) == _whole("two")
    assert sorted(os.listdir(out)) == ["corpus", "duplicates", "ledger", "manifest.json", "report.html"]
    _run(out, "three", report=False)
    assert "report.html" not in _state(out)


def test_until_the_end_the_earlier_run_stays(tmp_path: Path) -> None:
    _run(tmp_path, "one")
    prepare(tmp_path, [])
    _write(staging(tmp_path) / "corpus", "two")
    assert _whole("one").items() <= _state(tmp_path).items()
    discard(tmp_path)
    assert _state(tmp_path) == _whole("one")


def test_a_run_given_up_takes_its_own_folder_away(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    for name in ("made", "mine"):
        prepare(tmp_path / name, [])
        _write(staging(tmp_path / name) / "corpus", "two")
        discard(tmp_path / name)
    assert os.listdir(tmp_path) == ["mine"]
    discard(tmp_path / "mine")
    assert os.listdir(tmp_path) == ["mine"]


class Killed(BaseException):
    """What a process does not survive."""


@contextmanager
def _rename_fails(at: int, error: BaseException) -> Iterator[None]:
    real, calls = Path.rename, iter(range(100))

    def rename(self: Path, target: Path) -> Path:
        if next(calls) == at:
            raise error
        return real(self, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        yield


def _ready(out: Path, word: str, *, report: bool) -> None:
    prepare(out, [])
    for name in folder.FOLDERS:
        _write(staging(out) / name, word)
    manifest.write(staging(out), {"corpuskit": word})
    if report:
        write_atomic(staging(out) / "report.html", word.encode())


@pytest.mark.parametrize("report", [True, False])
@pytest.mark.parametrize("at", range(8))
def test_a_swap_that_fails_is_undone(tmp_path: Path, at: int, report: bool) -> None:
    _run(tmp_path, "one")
    _ready(tmp_path, "two", report=report)
    with _rename_fails(at, OSError(errno.EIO, "Input/output error")), pytest.raises(OutputError, match="output error"):
        publish(tmp_path)
    discard(tmp_path)
    assert _state(tmp_path) == _whole("one")


@pytest.mark.parametrize("again", [0, 1, 2, 3, 5, 99])
@pytest.mark.parametrize("at", range(8))
def test_a_swap_that_was_killed_is_undone_by_the_next_run(tmp_path: Path, at: int, again: int) -> None:
    _run(tmp_path, "one")
    _ready(tmp_path, "two", report=False)
    with _rename_fails(at, Killed()), pytest.raises(Killed):
        publish(tmp_path)
    with _rename_fails(again, Killed()), suppress(Killed):
        prepare(tmp_path, [])
    prepare(tmp_path, [])
    discard(tmp_path)
    assert _state(tmp_path) == _whole("one")


def test_a_swap_killed_after_its_end_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> None:
        raise Killed

    _run(tmp_path, "one")
    _ready(tmp_path, "two", report=True)
    with monkeypatch.context() as patch:
        patch.setattr(folder, "sync_folder", fail)
        with pytest.raises(Killed):
            publish(tmp_path)
    prepare(tmp_path, [])
    discard(tmp_path)
    assert _state(tmp_path) == _whole("two")


def _stranger(name: str) -> Callable[[Path], None]:
    def make(out: Path) -> None:
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")

    return make


@pytest.mark.parametrize("name", ["notes.txt", "corpus/notes.txt", "ledger/deep/part-00000.jsonl", ".new/x", ".git/x"])
@pytest.mark.parametrize("earlier", [True, False])
def test_what_is_not_ours_is_refused_and_stays(tmp_path: Path, name: str, earlier: bool) -> None:
    if earlier:
        _run(tmp_path, "one")
    _stranger(name)(tmp_path)
    before = _state(tmp_path)
    with pytest.raises(OutputError, match="nothing was deleted; move it away, or name a new or empty folder") as error:
        prepare(tmp_path, [])
    assert name.split("/")[0] in str(error.value)
    assert _state(tmp_path) == before


def test_a_corpus_without_a_manifest_is_not_ours(tmp_path: Path) -> None:
    _stranger("corpus/part-00000.jsonl")(tmp_path)
    for force in (True, False):
        with pytest.raises(OutputError, match="holds 'corpus' and no earlier run of corpuskit"):
            prepare(tmp_path, [], force=force)


def test_force_shares_a_folder_and_deletes_nothing(tmp_path: Path) -> None:
    _stranger("notes.txt")(tmp_path)
    prepare(tmp_path, [], force=True)
    manifest.write(staging(tmp_path), {"corpuskit": "one"})
    publish(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["manifest.json", "notes.txt"]


def test_what_came_into_a_folder_of_ours_during_the_run_stays(tmp_path: Path) -> None:
    _run(tmp_path, "one")
    prepare(tmp_path, [])
    manifest.write(staging(tmp_path), {"corpuskit": "two"})
    _stranger("corpus/notes.txt")(tmp_path)
    with pytest.raises(OutputError, match="not empty"):
        publish(tmp_path)
    assert "mine" in _state(tmp_path).values()


@pytest.mark.parametrize(
    ("out", "given", "message"),
    [
        ("pages", "pages", "is also an input"),
        ("link", "pages", "is also an input"),
        ("pages/out", "pages", "lies inside the input"),
        ("link/out", "pages", "lies inside the input"),
        ("pages/../pages/x/y", "pages", "lies inside the input"),
        (".", "pages", "the input .* lies inside the output"),
        ("pages", "link/a.txt", "the input .* lies inside the output"),
        ("pages/a.txt", "pages/b.txt", "is a file"),
        ("pages/a.txt/out", "pages/b.txt", "a part of the path is a file"),
    ],
)
def test_an_output_among_the_inputs_is_refused(tmp_path: Path, out: str, given: str, message: str) -> None:
    (tmp_path / "pages").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "pages" / name).write_text("mine")
    (tmp_path / "link").symlink_to("pages")
    with pytest.raises(OutputError, match=message):
        prepare(tmp_path / out, [tmp_path / given])
    assert sorted(os.listdir(tmp_path / "pages")) == ["a.txt", "b.txt"]


def test_an_output_beside_the_inputs_is_fine(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    prepare(tmp_path / "pages-out", [tmp_path / "pages", tmp_path / "missing"])
    assert staging(tmp_path / "pages-out").is_dir()


@pytest.mark.parametrize(("code", "message"), [(errno.EACCES, "no permission"), (errno.ENOSPC, "the disk is full")])
def test_an_output_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, message: str
) -> None:
    def fail(self: Path, data: bytes) -> int:
        raise OSError(code, "refused")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OutputError, match=f"cannot write to {tmp_path / 'out'}: {message}"):
        prepare(tmp_path / "out", [])
    assert os.listdir(tmp_path) == []

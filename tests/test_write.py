from __future__ import annotations

import errno
import gzip
import hashlib
import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
import zstandard
from honest_run import honest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.core.span import Span
from corpuskit.write import folder, jsonl, manifest
from corpuskit.write.digested import Digested
from corpuskit.write.folder import OutputError
from corpuskit.write.jsonl import Compression, PartWriter, dumps, loads, parts, pretty, read_lines, write_atomic
from corpuskit.write.manifest import Tally

COMPRESSIONS: tuple[Compression, ...] = ("none", "gzip", "zstd")
SURROGATES = '甲 \n\r\t"\\\x00\x7f\u2028𠀀\ud83d\udc80\udcffé'


@given(st.dictionaries(st.text(), st.text(st.sampled_from(SURROGATES)) | st.integers(-(2**63), 2**64 - 1) | st.none()))
def test_json_comes_back_as_it_went(value: dict[str, Any]) -> None:
    try:
        line = dumps(value)
    except ValueError:
        assert any("\ud83d\udc80" in str(v) or "\ud83d\udcff" in str(v) for v in value.values())
        return
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert loads(line) == value
    assert list(loads(line)) == list(value)
    assert loads(pretty(value)) == value


def test_json_of_what_it_does_not_know() -> None:
    assert dumps({"z": Span(1, 2), "a": math.nan}) == b'{"z":[1,2],"a":null}\n'
    assert dumps({"z": Span(1, 2), "a": math.inf, "s": "\udc80"}) == b'{"z":[1,2],"a":null,"s":"\\udc80"}\n'
    with pytest.raises(TypeError):
        dumps({"a": object()})


@pytest.mark.parametrize("line", [b"", b"{", b'{"a":}', b"[" * 100_000, b"\xff"])
def test_what_is_not_json_is_a_value_error(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads(line)


def _write(where: Path, lines: list[bytes], compression: Compression, shard_bytes: int = jsonl.GIB) -> PartWriter:
    with PartWriter(where, compression=compression, shard_bytes=shard_bytes) as writer:
        for line in lines:
            writer.write(line)
    return writer


@pytest.mark.parametrize("compression", COMPRESSIONS)
@given(sizes=st.lists(st.integers(0, 60), max_size=20), shard_bytes=st.integers(1, 200))
def test_lines_come_back_whatever_the_parts(
    tmp_path_factory: pytest.TempPathFactory, compression: Compression, sizes: list[int], shard_bytes: int
) -> None:
    where = tmp_path_factory.mktemp("out")
    lines = [b"x" * size + b"\n" for size in sizes]
    writer = _write(where, lines, compression, shard_bytes)
    found = parts(where)
    assert [path.name for path in found] == [entry.name for entry in writer.files] == sorted(os.listdir(where))
    assert [line + b"\n" for path in found for line in read_lines(path)] == lines
    assert all(entry.lines for entry in writer.files) or not lines
    for path, entry in zip(found, writer.files, strict=True):
        data = path.read_bytes()
        assert (entry.sha256, entry.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
        inside = [*read_lines(path)]
        assert entry.lines == len(inside)
        assert sum(len(line) + 1 for line in inside) <= shard_bytes or len(inside) == 1


@pytest.mark.parametrize(("compression", "suffix"), [("none", ""), ("gzip", ".gz"), ("zstd", ".zst")])
def test_an_output_without_lines_is_one_empty_part(tmp_path: Path, compression: Compression, suffix: str) -> None:
    writer = _write(tmp_path, [], compression)
    assert [entry.name for entry in writer.files] == os.listdir(tmp_path) == [f"part-00000.jsonl{suffix}"]
    assert [*read_lines(parts(tmp_path)[0])] == []


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_equal_lines_give_equal_bytes(tmp_path: Path, compression: Compression) -> None:
    lines = [dumps({"n": n, "text": "一篇文章" * 50}) for n in range(6000)]
    one, two = (_write(tmp_path / name, lines, compression).files for name in "ab")
    assert one == two
    assert one[0].lines == 6000


def test_compressed_parts_are_what_other_tools_read(tmp_path: Path) -> None:
    _write(tmp_path, [b"{}\n"], "gzip")
    data = (tmp_path / "part-00000.jsonl.gz").read_bytes()
    assert gzip.decompress(data) == b"{}\n"
    assert data[3:8] == bytes(5)
    _write(tmp_path, [b"{}\n"], "zstd")
    with zstandard.open(tmp_path / "part-00000.jsonl.zst", "rb") as file:
        assert file.read() == b"{}\n"


def test_frames_and_members_one_after_the_other_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for pack in (gzip.compress, zstandard.compress):
        path.write_bytes(pack(b"1\n2") + pack(b"") + pack(b"\n" + b"3" * 100_000))
        assert [*read_lines(path)] == [b"1", b"2", b"3" * 100_000]


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
@pytest.mark.parametrize("keep", [20, 100, -1])
def test_a_part_cut_short_says_so(tmp_path: Path, compression: Compression, keep: int) -> None:
    _write(tmp_path, [os.urandom(50).hex().encode() + b"\n" for _ in range(50)], compression)
    path = parts(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(EOFError):
        list(read_lines(path))


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_an_exception_leaves_nothing_behind(tmp_path: Path, compression: Compression) -> None:
    def fail() -> None:
        with PartWriter(tmp_path / "corpus", compression=compression, shard_bytes=5) as writer:
            for _ in range(4):
                writer.write(b'"line"\n')
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert os.listdir(tmp_path / "corpus") == []


class _Full:
    """A disk that fills up after some bytes."""

    def __init__(self, room: int) -> None:
        self.room = room

    def write(self, sink: Any, data: Any) -> int:
        self.room -= len(data)
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return len(data)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("room", [0, 30])
def test_a_full_disk_is_named_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: Compression, room: int
) -> None:
    disk, real = _Full(room), Digested.write

    def write(self: Any, data: Any) -> int:
        if not self.deaf:
            disk.write(self, data)
        return real(self, data)

    monkeypatch.setattr(Digested, "write", write)
    with pytest.raises(OutputError, match=f"cannot write to {tmp_path}: the disk is full"):
        _write(tmp_path, [os.urandom(30).hex().encode() + b"\n" for _ in range(9)], compression, 100)
    assert os.listdir(tmp_path) == []


def test_a_file_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "manifest.json"
    write_atomic(path, b"one")

    def fail(handle: int) -> None:
        raise OSError(errno.EDQUOT, "quota")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match="the disk quota is used up"):
        write_atomic(path, b"two")
    assert path.read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["manifest.json"]


def _tally(start: int, step: int) -> Tally:
    run, tally = honest(), Tally()
    for source in [s for s in run.sources if hasattr(s, "text")][start::step]:
        tally.add_source(source.describe())  # type: ignore[union-attr]
    for record in run.records[start::step]:
        tally.add_record(record)
    for line in run.lines[start::step]:
        tally.add_ledger(line)
    return tally


def test_the_counts_of_a_run() -> None:
    counts = _tally(0, 1).counts()
    known = {"sources": 4, "refused": 1, "records": 3, "dropped": 1, "duplicates": 1, "ledger_lines": 6}
    assert known.items() <= counts.items()
    characters = counts["characters"]
    assert characters == {
        "in": 246,
        "kept": 132,
        "replaced": 6,
        "written": 3,
        "removed": 14,
        "lifted": 4,
        "dropped": 90,
    }
    assert characters["in"] == sum(characters[name] for name in ("kept", "replaced", "removed", "lifted", "dropped"))
    assert counts["refused_by_rule"] == {"read.empty": 1}
    assert counts["languages"] == {"zh-Hans": 3}
    assert counts["encodings"] == {"utf-8": 4}
    assert counts["stages"]["layout"] == {
        "rules": {"layout.blank": {"lines": 1, "removed": 5}, "layout.paragraph": {"replaced": 3, "written": 2}},
        "lines": 1,
        "removed": 5,
        "replaced": 3,
        "written": 2,
    }


def test_tallies_merge_in_any_order() -> None:
    for tallies in ([_tally(0, 2), _tally(1, 2)], [_tally(1, 2), _tally(0, 2)]):
        tallies[0].merge(tallies[1])
        assert json.dumps(tallies[0].counts()) == json.dumps(_tally(0, 1).counts())


def test_a_manifest_comes_back(tmp_path: Path) -> None:
    honest().write(tmp_path)
    found = manifest.load(tmp_path)
    assert found["files"][0].keys() == {"path", "sha256", "bytes", "lines"}
    assert found["inputs"] == [{"given": "pages", "root": "/data/pages"}]
    assert found["counts"] == _tally(0, 1).counts()
    assert "orjson" in found["versions"]["packages"]
    assert folder._is_run(tmp_path)
    (tmp_path / "manifest.json").write_text('{"version": 1}')
    with pytest.raises(ValueError, match="is not a manifest of corpuskit"):
        manifest.load(tmp_path)

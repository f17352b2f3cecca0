"""The corpus as it stands, opened by what others read corpora with: pip install '.[test,interop]' to run all of it."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from running import BRIDGE, FERRY, folder_of, jsonl, ran, records

from corpuskit import publish
from corpuskit.publish.about import About

pytestmark = pytest.mark.filterwarnings("default")

MISSING = "the interop extra is not installed"
GARBLED = "桥上的&ldquo;石狮子&rdquo;一共是四十八个，数来数去总是差一个，老人们说那一个夜里下河喝水去了。\n"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readers")
    pages: dict[str, str | bytes] = {
        "a.txt": BRIDGE,
        "b.jsonl": jsonl({"text": FERRY, "url": "https://a.example/1"}, {"text": GARBLED}),
    }
    ran([folder_of(folder / "p", pages)], folder / "out")
    return publish.folder(folder / "out", folder / "to", About(name="bridges"))


@pytest.fixture(scope="module")
def corpus(published: Path) -> Path:
    return published / "corpus" / "part-00000.jsonl"


@pytest.fixture(scope="module")
def wanted(published: Path) -> list[dict[str, Any]]:
    found = records(published)
    assert any(len(piece) == 6 for record in found for piece in record["provenance"]["pieces"])
    return found


def test_datasets(corpus: Path, wanted: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    datasets = pytest.importorskip("datasets", minversion="4.7", reason=MISSING)
    found = datasets.load_dataset("json", data_files=str(corpus), split="train", cache_dir=str(tmp_path))
    assert found["text"][:] == [record["text"] for record in wanted]
    assert [row["provenance"]["pieces"] for row in found] == [record["provenance"]["pieces"] for record in wanted]
    assert found[1]["metadata"]["url"] == "https://a.example/1"


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_datasets_by_the_card(compression: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    datasets = pytest.importorskip("datasets", minversion="4.7", reason=MISSING)
    settings = f'[output]\ncompression = "{compression}"\n'
    ran([folder_of(tmp_path / "p", {"a.txt": BRIDGE, "b.txt": FERRY})], tmp_path / "out", settings)
    to = publish.folder(tmp_path / "out", tmp_path / "to", About())
    found = datasets.load_dataset(str(to), cache_dir=str(tmp_path / "cache"))
    assert [row["title"] for row in found["train"]] == [record["title"] for record in records(to)]


def test_the_card_is_read_by_the_hub(published: Path) -> None:
    hub = pytest.importorskip("huggingface_hub", reason=MISSING)
    card = hub.DatasetCard((published / "README.md").read_text("utf-8"))
    assert (card.data.pretty_name, card.data.language, card.data.size_categories) == ("bridges", ["zh"], ["n<1K"])


def test_pandas(corpus: Path, wanted: Any) -> None:
    pandas = pytest.importorskip("pandas", reason=MISSING)
    found = pandas.read_json(corpus, lines=True)
    assert found.to_dict("records")[0]["provenance"] == wanted[0]["provenance"]
    assert list(found.text) == [record["text"] for record in wanted]


def test_polars(corpus: Path, wanted: Any) -> None:
    polars = pytest.importorskip("polars", reason=MISSING)
    found = polars.read_ndjson(corpus)
    assert found["text"].to_list() == [record["text"] for record in wanted]
    # a list of one type: numbers come as strings
    pieces = found["provenance"].struct.field("pieces").to_list()
    assert pieces[0][0][:4] == [str(value) for value in wanted[0]["provenance"]["pieces"][0][:4]]


def test_duckdb(corpus: Path, wanted: Any) -> None:
    duckdb = pytest.importorskip("duckdb", reason=MISSING)
    rows = duckdb.sql(f"select id, text, len(provenance.pieces) from read_json('{corpus}')").fetchall()
    assert rows == [(record["id"], record["text"], len(record["provenance"]["pieces"])) for record in wanted]


def test_pyarrow_with_a_schema(corpus: Path, wanted: Any) -> None:
    pa = pytest.importorskip("pyarrow", reason=MISSING)
    reader = pytest.importorskip("pyarrow.json", reason=MISSING)
    schema = pa.schema([(name, pa.string()) for name in ("id", "text", "title", "source", "language")])
    options = reader.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    found = reader.read_json(corpus, parse_options=options)
    assert found["text"].to_pylist() == [record["text"] for record in wanted]
    # without one it refuses lists of numbers and strings; should it learn to, the documentation wants to know
    with pytest.raises(pa.ArrowInvalid, match="changed from number to string"):
        reader.read_json(corpus)


def test_datatrove(corpus: Path, wanted: Any) -> None:
    readers = pytest.importorskip("datatrove.pipeline.readers", reason=MISSING)
    found = list(readers.JsonlReader(str(corpus.parent), glob_pattern="*.jsonl").run())
    assert [(one.id, one.text) for one in found] == [(record["id"], record["text"]) for record in wanted]
    assert found[1].metadata["url"] == "https://a.example/1"


def test_dolma(corpus: Path, wanted: Any) -> None:
    types = _dolma_types()
    msgspec = pytest.importorskip("msgspec")
    decoder = msgspec.json.Decoder(types.InputSpecWithMetadata)
    found = [decoder.decode(line) for line in corpus.read_bytes().splitlines()]
    assert [(one.id, one.text, one.source) for one in found] == [(r["id"], r["text"], r["source"]) for r in wanted]


def _dolma_types() -> Any:
    """Return the types by which Dolma reads documents, without the models that the whole package wants."""
    found = importlib.util.find_spec("dolma")
    if found is None or not found.submodule_search_locations:
        pytest.skip("dolma is not installed")
    path = Path(found.submodule_search_locations[0]) / "core" / "data_types.py"
    spec = importlib.util.spec_from_file_location("dolma_data_types", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["dolma_data_types"] = module
    spec.loader.exec_module(module)
    return module


def test_mlcroissant_validates_and_reads(
    published: Path, wanted: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason=MISSING)
    monkeypatch.chdir(published)
    found = mlcroissant.Dataset(jsonld="croissant.json")
    assert not found.metadata.ctx.issues.errors
    assert "not standard" not in caplog.text
    rows = list(found.records("records"))
    assert [row["records/text"].decode() for row in rows] == [record["text"] for record in wanted]


def test_mlcroissant_reads_each_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason=MISSING)
    lines = jsonl(*({"text": BRIDGE.replace("石桥", f"{n}号桥") * 400} for n in range(4)))
    settings = "[dedup]\nexact = false\nnear = false\n[output]\nshard_mb = 1\n"
    ran([folder_of(tmp_path / "p", {"a.jsonl": lines * 3})], tmp_path / "out", settings)
    to = publish.folder(tmp_path / "out", tmp_path / "to", About())
    monkeypatch.chdir(to)
    found = mlcroissant.Dataset(jsonld="croissant.json")
    sets = [records.id for records in found.metadata.record_sets]
    assert len(sets) > 1
    assert sum(1 for name in sets for _ in found.records(name)) == 12


def test_prov_is_read_by_prov(published: Path) -> None:
    model = pytest.importorskip("prov.model", reason=MISSING)
    document = model.ProvDocument.deserialize(str(published / "prov.json"))
    types = {str(record.get_type()) for record in document.get_records()}
    assert {"prov:Entity", "prov:Activity", "prov:Agent", "prov:Usage", "prov:Generation", "prov:Derivation"} <= types


def test_a_bag_is_valid_and_notices_a_change(published: Path, tmp_path: Path) -> None:
    bagit = pytest.importorskip("bagit", reason="the bag extra is not installed")
    out = published.parent / "out"
    publish.bag(out, tmp_path / "bag", About(name="bridges", creators=("A Society",)))
    bag = bagit.Bag(str(tmp_path / "bag"))
    bag.validate()
    assert bag.info["Contact-Name"] == "A Society"
    assert {"data/corpus/part-00000.jsonl", "data/prov.json", "data/sources.jsonl"} <= set(bag.payload_files())
    held = tmp_path / "bag" / "data" / "sources.jsonl"
    assert json.loads(held.read_bytes().splitlines()[0])["sha256"]
    held.write_bytes(b"{}\n")
    assert not bagit.Bag(str(tmp_path / "bag")).is_valid()

"""The local page of the review: who it answers, what it shows, what it keeps."""

from __future__ import annotations

import http.client
import re
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from reviewing import filled, reviewed

from corpuskit import overrides
from corpuskit.cli import main
from corpuskit.described import manual
from corpuskit.report.glance import thresholds
from corpuskit.review.queue import Queue
from corpuskit.review.store import Store
from corpuskit.write.manifest import load as manifest


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reviewed(tmp_path_factory.mktemp("review"))


class Site:
    def __init__(self, address: str) -> None:
        self.parts = urlsplit(address)
        self.origin = f"http://{self.parts.netloc}"

    def ask(
        self, path: str, body: str | None = None, token: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection(self.parts.netloc, timeout=10)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent = {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"} | sent
        base = self.parts.path if token is None else f"/{token}/"
        connection.request("GET" if body is None else "POST", base + path, body, sent)
        answer = connection.getresponse()
        data = answer.read().decode()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, data


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store") / "d.jsonl")


@pytest.fixture(scope="module")
def site(out: Path, store: Store) -> Iterator[Site]:
    server = pytest.importorskip("corpuskit.review.server")
    uvicorn = pytest.importorskip("uvicorn")
    stop: list[object] = []
    told: list[str] = []
    run = uvicorn.Server.run

    def watched(self: object, **how: object) -> None:
        stop.append(self)
        run(self, **how)

    patch = pytest.MonkeyPatch()
    patch.setattr(uvicorn.Server, "run", watched)
    waiting = Queue(out, thresholds(manifest(out)), most=100, margin=0.5)
    thread = threading.Thread(target=server.serve, args=(waiting, store, manual(), 0, told.append))
    thread.start()
    _until(lambda: told and stop and waiting.ready)
    yield Site(told[0])
    stop[0].should_exit = True  # type: ignore[attr-defined]
    thread.join(20)
    waiting.close()
    patch.undo()
    assert not thread.is_alive()


def _until(what: object, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_review_listens_on_the_loopback_interface_alone(site: Site) -> None:
    assert site.parts.hostname == "127.0.0.1"
    assert len(site.parts.path.strip("/")) >= 32
    code, headers, body = site.ask("")
    assert code == 200
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; script-src 'self'")
    assert headers["cache-control"] == "no-store"
    assert "Decisions to go through" in body


@pytest.mark.parametrize("path", ["item-1", "style.css", "script.js"])
def test_its_pages_are_there(site: Site, path: str) -> None:
    assert site.ask(path)[0] == 200


@pytest.mark.parametrize("path", ["item-0", "item-99999", "item-x", "../etc"])
def test_nothing_else_is(site: Site, path: str) -> None:
    assert site.ask(path)[0] in (403, 404)


def test_without_the_token_or_from_elsewhere_nothing_is_told(site: Site, store: Store) -> None:
    before = dict(store.decisions())
    for refused in (
        site.ask("", token=""),
        site.ask("", token="wrong"),
        site.ask("", token="%c3%bc"),
        site.ask("", Host="evil.example"),
        site.ask("", Host=f"evil.example:{site.parts.port}"),
        site.ask("", Origin="http://evil.example"),
        site.ask("item-1", "decision=accept", Origin="http://evil.example"),
        site.ask("item-1", "decision=accept", Origin="null"),
        site.ask("item-1", "decision=accept", Sec_Fetch_Site="cross-site"),
    ):
        assert refused[0] == 403
        assert "corpuskit" not in refused[2]
    assert store.decisions() == before


@pytest.mark.parametrize("body", ["", "decision=maybe", "decision=relabel", "decision=relabel&role=nonsense"])
def test_a_decision_that_is_none_is_refused(site: Site, body: str) -> None:
    assert site.ask("item-1", body)[0] == 400


def test_a_body_without_end_is_cut_off(site: Site) -> None:
    assert site.ask("item-1", "decision=accept&x=" + "y" * 20_000)[0] == 413


def test_a_decision_is_kept_shown_and_leads_on(site: Site, store: Store) -> None:
    code, headers, _ = site.ask("item-1", "decision=reject")
    assert (code, headers["location"]) == (303, "item-2")
    assert "Decided: wrong" in site.ask("item-1")[2]
    assert "Not decided yet" in site.ask("item-2")[2]
    assert [d.decision for d in overrides.latest(overrides.read(store.path)).values()] == ["reject"]
    assert site.ask("item-1", "decision=relabel&role=ad")[0] == 303
    assert "Decided: relabelled: ad" in site.ask("item-1")[2]
    assert site.ask("item-1", "decision=undo")[1]["location"] == "item-1"
    assert "Not decided yet" in site.ask("item-1")[2]


def test_two_windows_at_once_lose_nothing(site: Site, store: Store) -> None:
    def press(what: str) -> None:
        for _ in range(10):
            assert site.ask("item-2", f"decision={what}")[0] == 303

    before = len(store.path.read_bytes().splitlines())
    windows = [threading.Thread(target=press, args=(what,)) for what in ("accept", "reject")]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert len(store.path.read_bytes().splitlines()) == before + 20
    assert len(list(overrides.read(store.path))) == before + 20


def test_text_of_pages_is_text_in_the_review(site: Site, out: Path) -> None:
    with filled(out) as queue:
        number = next(n for n, item in enumerate(queue.items, 1) if item.key.name == "p/a.txt")
    body = site.ask(f"item-{number}")[2]
    assert "&lt;b&gt;石桥名录&lt;/b&gt;" in body
    assert "<b>石桥名录" not in body
    assert not re.search(r"<[^>]+ (on\w+|style)=", body)


def test_the_queue_of_a_broken_run_says_so(tmp_path: Path) -> None:
    screens = pytest.importorskip("corpuskit.review.screens")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "part-00000.jsonl").write_bytes(b"{}\n")
    (tmp_path / "ledger").mkdir()
    with Queue(tmp_path, {}, most=1) as broken:
        assert b"Looking through the run" in screens.waiting(broken)
        with pytest.raises(Exception, match="required"):
            broken.fill()
        assert b"The run cannot be read" in screens.waiting(broken)


def test_without_its_framework_the_review_says_what_to_install(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "corpuskit.review.server", None)
    with pytest.raises(SystemExit) as ended:
        main(["review", str(out), "--decisions", str(tmp_path / "d.jsonl")])
    assert ended.value.code == 2
    assert "pip install 'corpuskit-curation[review]'" in capsys.readouterr().err


def test_review_of_what_is_no_run_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["review", str(tmp_path)])
    assert ended.value.code == 2
    assert "is not the output folder of a run" in capsys.readouterr().err

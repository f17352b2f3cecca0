"""The report and the review in a real browser: seen, clicked, decided, found again, and accessible.

Chromium is the system's; what drives it is fetched by npm when the tests run. PICTURES names a folder for screenshots,
CORPUSKIT_BROWSER one in which the fetched packages are kept.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from corpuskit.config import parse
from corpuskit.runner import run

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
HOSTILE = (
    "<script>document.title='ran';alert(1)</script>\n"
    "首页 > <img src=//evil.example/x onerror=alert(2)> > 正文\n石桥重开\n\n"
    "</del></main><iframe src=javascript:alert(3)></iframe>"
    "本报讯 关了三年的石桥昨天重新开放，两岸的居民一早就来到桥头。\n\n"
    "修桥的师傅说，拱石一块也没有换，只是把松了的重新砌紧，再用糯米灰浆填了缝。\n\n"
    "相关阅读\n<svg onload=alert(4)>名录新增七处\n一座廊桥的搬家记\n糯米灰浆有多结实？\n"
)
Drive = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    return found


@pytest.fixture(scope="session")
def packages(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what ``package.json`` names; CORPUSKIT_BROWSER names one that is kept."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm here: apt-get install npm")
    kept = os.environ.get("CORPUSKIT_BROWSER")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("browser")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", folder)
    asked = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
    try:
        done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm could not fetch playwright-core and axe-core within two minutes")
    if done.returncode:
        pytest.skip(f"npm could not fetch playwright-core and axe-core: {done.stderr.strip()[-200:]}")
    return folder


@pytest.fixture(scope="session")
def drive(chromium: str, packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Drive:
    """Return what drives the browser; pictures go to a folder that PICTURES names, or to a temporary one."""
    pictures = Path(os.environ.get("PICTURES") or tmp_path_factory.mktemp("pictures"))
    pictures.mkdir(parents=True, exist_ok=True)
    # beside what it needs, so that node finds it
    script = shutil.copy(HERE / "drive.js", packages)

    def driven(what: str, address: str) -> dict[str, Any]:
        asked = ["node", str(script), what, address, str(pictures)]
        environment = os.environ | {"CHROMIUM": chromium}
        done = subprocess.run(asked, capture_output=True, text=True, timeout=120, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        seen: dict[str, Any] = json.loads(done.stdout)
        return seen

    return driven


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, packages: Path) -> Path:
    folder = tmp_path_factory.mktemp("run")
    (folder / "p").mkdir()
    (folder / "p" / "<img src=x onerror=alert(5)>.txt").write_text(HOSTILE, "utf-8")
    run([str(folder / "p"), str(ROOT / "fixtures" / "pages")], folder / "out", parse(""))
    return folder / "out"


def test_the_report_is_read_filtered_and_accessible(out: Path, drive: Drive) -> None:
    seen = drive("report", (out / "report.html").as_uri())
    assert seen["errors"] == []
    assert seen["dialogs"] == 0
    assert seen["title"] == "Report of a run · corpuskit"
    assert len(seen["asked"]) == 1
    assert seen["all"] >= 10
    assert 0 < seen["filtered"] == seen["fitting"] < seen["all"]
    assert seen["count"] == f"{seen['filtered']} of {seen['all']} sources"
    assert seen["none"] == 0
    assert seen["revealed"]
    assert seen["closed"] == 0
    assert seen["toggled"]
    assert (seen["scriptless"], seen["scriptlessForm"]) == (seen["all"], 0)
    assert seen["overflow"] <= 0
    assert seen["faults"] == []


@contextmanager
def reviewing(out: Path) -> Iterator[str]:
    asked = [sys.executable, "-m", "corpuskit", "review", str(out), "--margin", "0.5"]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.wait(20)


def test_a_decision_is_made_with_the_keyboard_and_found_again_after_a_restart(out: Path, drive: Drive) -> None:
    pytest.importorskip("starlette")
    with reviewing(out) as address:
        seen = drive("review", address)
    assert seen["errors"] == []
    assert seen["dialogs"] == 0
    assert {urlsplit(asked).netloc for asked in seen["asked"]} == {urlsplit(address).netloc}
    assert (seen["state"], seen["before"]) == ("–", "Not decided yet")
    assert seen["inView"]
    assert seen["rejected"] == "Decided: wrong"
    assert seen["relabelled"] == "Decided: relabelled: comment"
    assert seen["keysOff"]
    assert seen["hostile"][:2] == [0, True]
    assert seen["hostile"][2].endswith("corpuskit review")
    assert seen["overflow"] <= 0
    assert seen["faults"] == []
    with reviewing(out) as again:
        assert again != address
        cells = drive("states", again)["cells"]
    assert cells[:3] == ["wrong", "right", "–"]

"""OUT on another file system, by URL: a finished run put there, and fetched from there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpuskit.write.atomic import OutputError
from corpuskit.write.folder import FILES, FOLDERS, MANIFEST


def local(url: str) -> Path:
    """Return the folder of this machine in which a run for a URL is made, always the same, so that it can go on."""
    name = sha256(url.rstrip("/").encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"corpuskit-{name}"


def put(folder: Path, url: str) -> None:
    """Copy a finished run to a URL, the manifest last; parts of an earlier run that it does not have go.

    Raises:
        OutputError: there is something else, or it cannot be written.
    """
    with _explained(url):
        system, root = _open(url)
        _check(system, root, url)
        if system.exists(f"{root}/{MANIFEST}"):
            system.rm(f"{root}/{MANIFEST}")
        for name in FOLDERS:
            stale = {path.rpartition("/")[2] for path in system.glob(f"{root}/{name}/part-*")}
            system.makedirs(f"{root}/{name}", exist_ok=True)
            for path in sorted((folder / name).glob("*")):
                system.put_file(str(path), f"{root}/{name}/{path.name}")
                stale.discard(path.name)
            for part in sorted(stale):
                system.rm(f"{root}/{name}/{part}")
        for name in reversed(FILES):
            if (folder / name).exists():
                system.put_file(str(folder / name), f"{root}/{name}")


@contextmanager
def fetched(out: str) -> Iterator[Path]:
    """Yield the folder of a finished run; one that a URL names is copied to this machine for the block.

    Raises:
        OutputError: it cannot be read.
    """
    if "://" not in out:
        yield Path(out)
        return
    with tempfile.TemporaryDirectory(prefix="corpuskit-") as folder:
        with _explained(out):
            system, root = _open(out)
            system.get(f"{root}/", f"{folder}/", recursive=True)
        yield Path(folder)


def _open(url: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs

    system, path = url_to_fs(url)
    return system, path.rstrip("/")


def _check(system: Any, root: str, url: str) -> None:
    """Refuse a place that holds something else than a run."""
    names = (
        [path.rstrip("/").rpartition("/")[2] for path in system.ls(root, detail=False)] if system.exists(root) else []
    )
    if names and not {*names} <= {*FOLDERS, *FILES}:
        strange = sorted({*names} - {*FOLDERS, *FILES})
        raise OutputError(f"{url} holds {strange[0]!r} and is no output of corpuskit: name an empty place with -o")


@contextmanager
def _explained(url: str) -> Iterator[None]:
    try:
        yield
    except OutputError:
        raise
    except ImportError as error:
        advice = "pip install 'corpuskit-curation[remote]' and the driver that it names"
        raise OutputError(f"{url} needs an extra ({error}): {advice}") from error
    except Exception as error:
        raise OutputError(
            f"{url} cannot be used ({type(error).__name__}: {error}): check the name and rights"
        ) from error

"""Leaves pages that are not written yet out of the navigation; everything else is as strict as mkdocs can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def on_config(config: Any) -> Any:
    """Prune the navigation to the pages that are there."""
    config.nav = _there(config.nav, Path(config.docs_dir))
    return config


def _there(entries: list[Any], docs: Path) -> list[Any]:
    out: list[Any] = []
    for entry in entries:
        [(title, held)] = entry.items()
        if isinstance(held, list):
            held = _there(held, docs)
        elif not (docs / held).is_file():
            continue
        out.append({title: held})
    return out

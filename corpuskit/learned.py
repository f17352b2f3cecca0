"""Files made from the user's own pages, opened once a pipeline: data that is weighed, never code that is run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from corpuskit.clean import network, site_lines
from corpuskit.config import ConfigError, Learned

_PARSERS: Mapping[str, Callable[[str, str], Any]] = {"labeller": network.parse, "site_lines": site_lines.parse}


def opened(learned: Learned) -> Mapping[str, Any]:
    """Return what stands in each file that is named, by option.

    Raises:
        ConfigError: a file cannot be read, is not the one that was pinned, or holds something else.
    """
    pinned = learned.pinned()
    given = {option: getattr(pinned, option) for option in _PARSERS}
    return {
        option: _opened(option, path, getattr(pinned, f"{option}_sha256")) for option, path in given.items() if path
    }


def _opened(option: str, path: str, digest: str) -> Any:
    try:
        data = Path(path).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise ConfigError(f"learned.{option}: {path} was changed while it was read")
        return _PARSERS[option](data.decode("utf-8"), path)
    except OSError as error:
        raise ConfigError(f"learned.{option}: {path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ConfigError(f"learned.{option}: {error}") from error

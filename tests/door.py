"""The command line called in-process: what it says on stdout and stderr, and its exit code."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from corpuskit.cli import main

ANSI = "\x1b["
"""How the marks of a terminal begin."""


class Said(NamedTuple):
    code: int
    out: str
    err: str


def call(*arguments: str | Path, stdin: bytes = b"") -> Said:
    """Run a command as if it had been typed; a traceback on stderr is a failure."""
    out, err, given = _stream(b""), _stream(b""), _stream(stdin)
    code: object = 0
    wide = mock.patch.dict(os.environ, {"COLUMNS": "200"})
    with redirect_stdout(out), redirect_stderr(err), mock.patch.object(sys, "stdin", given), wide:
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = ended.code
    said = Said(code if isinstance(code, int) else 0, *(stream.buffer.getvalue().decode() for stream in (out, err)))
    assert "Traceback" not in said.err
    return said


class _Stream(io.TextIOWrapper):
    buffer: io.BytesIO


def _stream(data: bytes) -> _Stream:
    return _Stream(io.BytesIO(data), "utf-8", write_through=True)

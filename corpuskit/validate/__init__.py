"""Quality gates over any JSONL or Parquet corpus: what is measured, what is allowed, and how it is told."""

from corpuskit.validate.check import Request, validate
from corpuskit.validate.corpus import CorpusError
from corpuskit.validate.findings import Example, Finding, Verdict
from corpuskit.validate.gates import Gates, load

__all__ = ["CorpusError", "Example", "Finding", "Gates", "Request", "Verdict", "load", "validate"]

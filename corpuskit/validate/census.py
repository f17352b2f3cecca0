"""What every record of a corpus is asked, in one pass: shape, id, length, fingerprint, provenance.

About 24 bytes of memory a record.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuskit.dedup import fingerprint
from corpuskit.validate.corpus import Corpus, Entry
from corpuskit.validate.findings import Example, Finding, judge, skipped
from corpuskit.validate.gates import Gates
from corpuskit.validate.origin import fault
from corpuskit.write.pieces import excerpt

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_WORDS = 8
"""Bytes of the digests by which ids and texts are compared; equal ones are looked at again."""


class Census:
    """Counts gathered from every record, then the findings of the gates that need no more."""

    def __init__(self, gates: Gates) -> None:
        self.gates = gates
        self.records = 0
        self.misfits: Counter[str] = Counter()
        self.bad = 0
        self.bad_examples: list[Example] = []
        self.unnamed = 0
        self.ids = array("Q")
        self.lengths = array("Q")
        self.texts = array("Q")
        self.numbers = array("Q")
        """Entries that have a text."""
        self.outside = 0
        self.outside_examples: list[Example] = []
        self.faults = 0
        self.traced = 0
        self.fault_examples: list[Example] = []

    def add(self, entry: Entry) -> None:
        """Take one record in."""
        self.records += 1
        self._schema(entry)
        self._id(entry)
        text = entry.get(self.gates.corpus.text_field)
        if isinstance(text, str):
            self._text(entry, text)
        self._origin(entry, text)

    def example(self, entry: Entry, what: str) -> Example:
        """Return an entry as an example."""
        key = entry.get(self.gates.corpus.id_field)
        return Example(entry.file, entry.line, None if key is None else str(key), what)

    def findings(self, corpus: Corpus) -> Iterable[Finding]:
        """Yield what the gates on whole records found."""
        gates = self.gates
        if gates.schema.enabled:
            yield self._shape()
        if gates.ids.enabled:
            yield self._unique(corpus)
        if gates.exact_duplicates.enabled:
            yield self._exact(corpus)
        if gates.lengths.enabled:
            yield self._sizes()

    def _keep(self, held: list[Example], entry: Entry, what: str) -> None:
        if len(held) < self.gates.corpus.examples:
            held.append(self.example(entry, what))

    def _schema(self, entry: Entry) -> None:
        if not self.gates.schema.enabled:
            return
        found = misfit(entry, self.gates)
        if found:
            self.bad += 1
            self.misfits[found if entry.problem is None else "no JSON object"] += 1
            self._keep(self.bad_examples, entry, found)

    def _id(self, entry: Entry) -> None:
        key = entry.get(self.gates.corpus.id_field)
        if key is None:
            self.unnamed += 1
        # an absent id is not compared, but keeps the numbers in step
        self.ids.append(_digest(f"{type(key).__name__} {key}") if key is not None else 0)

    def _text(self, entry: Entry, text: str) -> None:
        limits, size = self.gates.lengths, len(text)
        self.numbers.append(entry.number)
        self.lengths.append(size)
        if not limits.min_chars <= size <= limits.max_chars:
            self.outside += 1
            self._keep(self.outside_examples, entry, f"{size:,} characters: {excerpt(text)}")
        if self.gates.exact_duplicates.enabled:
            self.texts.append(int.from_bytes(fingerprint(text)[:_WORDS], "little"))

    def _origin(self, entry: Entry, text: Any) -> None:
        if not self.gates.provenance.enabled:
            return
        self.traced += isinstance(entry.value.get("provenance"), dict)
        found = fault(entry.value, text)
        if found:
            self.faults += 1
            self._keep(self.fault_examples, entry, found)

    def _shape(self) -> Finding:
        gate = self.gates.schema
        if self.records < gate.min_records:
            few = f"{self.records:,} records, and at least {gate.min_records:,} are wanted"
            return Finding("schema", "fail", 1.0, gate.warn, gate.fail, few, [])
        what = ", ".join(f"{number:,} {text}" for text, number in self.misfits.most_common(5))
        message = f"{self.bad:,} of {self.records:,} records do not fit: {what}" if self.bad else "all records fit"
        if self.misfits["no JSON object"] == self.records:
            message += "; is this a corpus? JSONL and Parquet are read"
        return judge("schema", gate, self.bad / max(1, self.records), message, self.bad_examples)

    def _unique(self, corpus: Corpus) -> Finding:
        gate = self.gates.ids
        if self.unnamed == self.records:
            return skipped("ids", gate, f"no record has a field {self.gates.corpus.id_field!r}")
        again = _later(np.frombuffer(self.ids, np.uint64))
        again = again[np.frombuffer(self.ids, np.uint64)[again] != 0]
        wrong = len(again) + self.unnamed
        message = f"{len(again):,} ids are taken by an earlier record, {self.unnamed:,} records have none"
        field = self.gates.corpus.id_field
        examples = [self.example(entry, "the id is taken") for entry in self._fetch(corpus, again)]
        if self.unnamed and len(examples) < self.gates.corpus.examples:
            message += f" (field {field!r})"
        return judge(
            "ids", gate, wrong / max(1, self.records), message if wrong else "every id is there once", examples
        )

    def _exact(self, corpus: Corpus) -> Finding:
        gate, field = self.gates.exact_duplicates, self.gates.corpus.text_field
        if not self.numbers:
            return skipped("exact_duplicates", gate, f"no record has a text in {field!r}")
        again = np.frombuffer(self.numbers, np.uint64)[_later(np.frombuffer(self.texts, np.uint64))]
        examples = [self.example(entry, excerpt(entry.get(field))) for entry in self._fetch(corpus, again)]
        message = f"{len(again):,} of {len(self.numbers):,} texts equal an earlier one"
        return judge("exact_duplicates", gate, len(again) / len(self.numbers), message, examples)

    def _sizes(self) -> Finding:
        gate = self.gates.lengths
        if not self.lengths:
            return skipped("lengths", gate, f"no record has a text in {self.gates.corpus.text_field!r}")
        low, mid, high = np.quantile(np.frombuffer(self.lengths, np.uint64), (0.05, 0.5, 0.95)).tolist()
        message = (
            f"{self.outside:,} of {len(self.lengths):,} texts are outside {gate.min_chars:,} to {gate.max_chars:,} "
            f"characters; 5 %, half and 95 % are up to {low:,.0f}, {mid:,.0f} and {high:,.0f}"
        )
        return judge("lengths", gate, self.outside / len(self.lengths), message, self.outside_examples)

    def _fetch(self, corpus: Corpus, numbers: npt.NDArray[Any]) -> list[Entry]:
        wanted = sorted(int(number) for number in numbers[: self.gates.corpus.examples])
        return list(corpus.entries(wanted))


def misfit(entry: Entry, gates: Gates) -> str:
    """Return what of the schema a record breaks; empty where it fits."""
    if entry.problem:
        return entry.problem
    for name, kind in gates.schema.required.items():
        value = entry.get(name)
        if value is None:
            return f"without {name!r}"
        if not _is(value, kind):
            return f"with {name!r} that is no {kind}"
    for name, kind in gates.schema.optional.items():
        value = entry.get(name)
        if value is not None and not _is(value, kind):
            return f"with {name!r} that is no {kind}"
    return ""


def _is(value: Any, kind: str) -> bool:
    if kind == "any":
        return True
    return isinstance(value, _TYPES[kind]) and (kind == "boolean") == isinstance(value, bool)


def _digest(key: str) -> int:
    found = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_WORDS).digest()
    return int.from_bytes(found, "little") or 1


def _later(digests: npt.NDArray[np.uint64]) -> npt.NDArray[np.intp]:
    """Return the places of digests that stood at an earlier place already, sorted."""
    order = np.argsort(digests, kind="stable")
    same = digests[order][1:] == digests[order][:-1]
    return np.sort(order[1:][same])

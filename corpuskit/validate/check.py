"""The gates over a corpus: one pass over everything, a second over the sample, a third for near duplicates."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from corpuskit.config import Config
from corpuskit.validate import drift, origin
from corpuskit.validate.census import Census
from corpuskit.validate.corpus import Corpus
from corpuskit.validate.findings import Example, Finding, Verdict, judge, skipped
from corpuskit.validate.gates import Gates
from corpuskit.validate.near import Near
from corpuskit.validate.texts import Texts


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to validate, and against what."""

    corpora: Sequence[str]
    gates: Gates = Gates()
    config: Config = Config()
    """The stages that judge noise and garbled text, and what counts as a near duplicate."""
    baseline: Path | None = None
    sources: Sequence[str] = ()
    """Where the sources of a run are now; empty: where it read them."""
    say: Callable[[str], None] = lambda step: None
    """Told what is being done, for those who wait."""


def validate(request: Request) -> Verdict:
    """Hold a corpus against its gates; several files or folders are one corpus.

    Memory grows by 24 bytes a record, and with the sample.

    Raises:
        CorpusError: a corpus or the baseline cannot be opened.
    """
    return _Validation(request).verdict()


class _Validation:
    def __init__(self, request: Request) -> None:
        self.request = request
        self.gates = request.gates
        # a baseline that cannot be read is told before an hour's work, not after
        self.baseline = drift.baseline(request.baseline) if request.baseline else None
        self.corpus = Corpus(request.corpora)
        self.census = Census(self.gates)
        self.texts: Texts | None = None

    def verdict(self) -> Verdict:
        self.request.say("every record")
        for entry in self.corpus.entries():
            self.census.add(entry)
        sample = self._sample()
        found = {finding.gate: finding for finding in self._findings(sample)}
        order = [name for name in self.gates.limits() if name in found]
        return Verdict(self.census.records, len(sample), [found[name] for name in order], self._profile())

    def _sample(self) -> list[int]:
        numbers, options = self.census.numbers, self.gates.corpus
        if not options.sample or options.sample >= len(numbers):
            return list(numbers)
        drawn = random.Random(options.seed).sample(range(len(numbers)), options.sample)
        return [numbers[at] for at in sorted(drawn)]

    def _findings(self, sample: list[int]) -> list[Finding]:
        found = list(self.census.findings(self.corpus))
        if self.gates.needs("noise", "garbled", "languages", "drift"):
            found += self._look(sample).findings()
        if self.gates.near_duplicates.enabled:
            found.append(self._near(sample))
        if self.gates.provenance.enabled:
            found.append(self._provenance())
        if self.gates.drift.enabled:
            found.append(self._drift())
        return found

    def _look(self, sample: list[int]) -> Texts:
        self.request.say(f"the texts of {len(sample):,}")
        self.texts = Texts(self.gates, self.request.config)
        field = self.gates.corpus.text_field
        for entry in self.corpus.entries(sample):
            self.texts.add(entry.get(field), self.census.example(entry, ""))
        return self.texts

    def _near(self, sample: list[int]) -> Finding:
        gate, field = self.gates.near_duplicates, self.gates.corpus.text_field
        if not sample:
            return skipped("near_duplicates", gate, f"no record has a text in {field!r}")
        self.request.say("near duplicates")
        near = Near(self.request.config.dedup)
        for entry in self.corpus.entries(sample):
            near.remember(entry.number, entry.get(field))
        for entry in self.corpus.entries(range(sample[-1])):
            text = entry.get(field)
            if isinstance(text, str):
                near.meet(entry.number, text)
        near.finish()
        message = f"{len(near.twins):,} of {len(sample):,} sampled records are nearly equal to an earlier one"
        return judge("near_duplicates", gate, len(near.twins) / len(sample), message, self._twins(near))

    def _twins(self, near: Near) -> list[Example]:
        worst = sorted(near.twins, key=lambda number: (-near.twins[number].similarity, number))
        shown = worst[: self.gates.corpus.examples]
        wanted = sorted({*shown, *(near.twins[number].number for number in shown)})
        entries = {entry.number: entry for entry in self.corpus.entries(wanted)}
        out = []
        for number in shown:
            twin = near.twins[number]
            other = self.census.example(entries[twin.number], "")
            what = f"{twin.similarity:.3f} alike to {other.file}:{other.line} {other.id or ''}".rstrip()
            out.append(self.census.example(entries[number], what))
        return out

    def _provenance(self) -> Finding:
        self.request.say("provenance")
        census = self.census
        counts = (census.records, census.traced, census.faults)
        return origin.finding(
            self.gates.provenance, self.corpus.outs, self.request.sources, *counts, census.fault_examples
        )

    def _drift(self) -> Finding:
        if self.baseline is None:
            return skipped("drift", self.gates.drift, "no baseline was named (--baseline)")
        return drift.finding(self.gates.drift, self._profile(), self.baseline)

    def _profile(self) -> drift.Profile:
        """Return what is known of the corpus: by its manifests where it is runs alone, by the sample otherwise."""
        out = drift.of_lengths(self.census.lengths)
        if self.corpus.outs and self.corpus.whole:
            return out | drift.of_runs(self.corpus.outs)
        return out | ({"languages": drift.share(self.texts.languages)} if self.texts else {})

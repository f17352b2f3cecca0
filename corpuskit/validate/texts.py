"""The sampled texts, looked at as a run would: what its stages would take out or repair, and their languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from corpuskit.config import STAGES, Config
from corpuskit.pipeline import Pipeline
from corpuskit.validate.findings import Example, Finding, Worst, judge, skipped
from corpuskit.validate.gates import Gates, Languages
from corpuskit.write.pieces import excerpt

Json = dict[str, Any]

_GARBLED = "garbled"


class Texts:
    """Shares of noise and of garbled text, and languages, over the texts it is given."""

    def __init__(self, gates: Gates, config: Config) -> None:
        self.gates = gates
        self.noisy = frozenset(gates.noise.stages) if gates.noise.enabled else frozenset()
        self.pipeline = Pipeline(_only(config, {*self.noisy, _GARBLED}))
        self.texts = 0
        self.characters = 0
        self.noise: Counter[str] = Counter()
        self.garbled: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.strays: dict[str, Example] = {}
        """The first record of each language."""
        self.worst_noise = Worst(gates.corpus.examples)
        self.worst_garbled = Worst(gates.corpus.examples)

    def add(self, text: str, example: Example) -> None:
        """Look at one text."""
        cleaned = self.pipeline.clean_text(text)
        self.texts += 1
        self.characters += len(text)
        noise = _taken(cleaned.ledger, self.noisy)
        self._count(noise, self.noise, self.worst_noise, example)
        garbled = _taken(cleaned.ledger, {_GARBLED}) + _lost(cleaned.history.flags, text)
        self._count(garbled, self.garbled, self.worst_garbled, example)
        language = cleaned.records[0]["language"] if cleaned.records else "und"
        self.languages[language] += 1
        self.strays.setdefault(language, example._replace(what=f"{language}: {excerpt(text)}"))

    def findings(self) -> Iterable[Finding]:
        """Yield what the gates on texts found."""
        gates = self.gates
        if gates.noise.enabled:
            what = "would be taken out:"
            yield self._finding("noise", self.noise, self.worst_noise, what)
        if gates.garbled.enabled:
            yield self._finding(_GARBLED, self.garbled, self.worst_garbled, "are garbled:")
        if gates.languages.enabled:
            yield self._mix(gates.languages)

    def _count(self, found: list[tuple[str, int, str]], counter: Counter[str], worst: Worst, example: Example) -> None:
        if not found:
            return
        for rule, size, _ in found:
            counter[rule] += size
        rule, _, what = max(found, key=lambda one: one[1])
        worst.add(sum(size for _, size, _ in found), example._replace(what=f"{rule}: {what}"))

    def _finding(self, name: str, counter: Counter[str], worst: Worst, what: str) -> Finding:
        gate = self.gates.limits()[name]
        if not self.texts:
            return skipped(name, gate, f"no record has a text in {self.gates.corpus.text_field!r}")
        rules = ", ".join(f"{rule} {number:,}" for rule, number in counter.most_common(5))
        message = f"{counter.total():,} of {self.characters:,} characters {what} {rules}".rstrip(" :")
        share = min(1.0, counter.total() / max(1, self.characters))
        return judge(name, gate, share, message if rules else "nothing found", worst.taken())

    def _mix(self, gate: Languages) -> Finding:
        if not self.texts:
            return skipped("languages", gate, f"no record has a text in {self.gates.corpus.text_field!r}")
        shares = _shares(self.languages, gate.mix)
        told = ", ".join(f"{tag} {number / self.texts:.1%}" for tag, number in self.languages.most_common(8))
        off = {tag: _outside(shares[tag], *limits) for tag, limits in gate.mix.items()}
        tag = max(off, key=lambda key: off[key], default="")
        if tag and off[tag]:
            low, high = gate.mix[tag]
            told = f"{tag} is {shares[tag]:.1%}, wanted {low:.1%} to {high:.1%}; the sample has {told}"
        rare = sorted((n, t) for t, n in self.languages.items() if _named(t, gate.mix) == "other" or off.get(t))
        examples = [self.strays[t] for _, t in rare][: self.gates.corpus.examples]
        return judge("languages", gate, off.get(tag, 0.0), told, examples)


def _only(config: Config, names: set[str]) -> Config:
    """Return a config in which only the named stages are on, the others as they are but off."""
    table = {s.name: msgspec.structs.replace(getattr(config.stages, s.name), enabled=s.name in names) for s in STAGES}
    return msgspec.structs.replace(config, stages=msgspec.structs.replace(config.stages, **table))


def _taken(lines: list[Json], stages: Iterable[str]) -> list[tuple[str, int, str]]:
    """Return rule, characters and an excerpt of each ledger line of some stages."""
    return [
        (line["rule"], sum(end - start for start, end in line["spans"]), excerpt("".join(line.get("before") or [""])))
        for line in lines
        if line["stage"] in stages
    ]


def _lost(flags: Iterable[Any], text: str) -> list[tuple[str, int, str]]:
    found = [(flag.rule, span) for flag, spans in flags if flag.rule == "garbled.lost" for span in spans]
    return [(rule, span.size, excerpt(text[max(0, span.start - 10) : span.end + 10])) for rule, span in found]


def _shares(languages: Counter[str], mix: dict[str, tuple[float, float]]) -> dict[str, float]:
    out = dict.fromkeys(mix, 0.0)
    for tag, number in languages.items():
        name = _named(tag, mix)
        if name in out:
            out[name] += number / languages.total()
    return out


def _named(tag: str, mix: dict[str, tuple[float, float]]) -> str:
    """Return the name in a mix under which a language counts: its own, that before its script, or other."""
    return tag if tag in mix else tag.partition("-")[0] if tag.partition("-")[0] in mix else "other"


def _outside(share: float, low: float, high: float) -> float:
    return round(max(low - share, share - high, 0.0), 6)

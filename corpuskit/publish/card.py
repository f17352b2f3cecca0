"""The dataset card: README.md with the YAML header that Hugging Face reads, every figure from the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from corpuskit.config import STAGES
from corpuskit.publish.about import FIELDS, About, corpus_files, described, size_category
from corpuskit.write.encode import dumps

Json = dict[str, Any]

_TAKEN = ("removed", "lifted", "dropped", "replaced")
_LOADING = """\
```python
from datasets import load_dataset            # 4.7 or later, which knows JSON columns

corpus = load_dataset("json", data_files="{files}", split="train")
```

pandas (`read_json(..., lines=True)`), polars (`read_ndjson`), DuckDB (`read_json`), datatrove (`JsonlReader`) and Dolma
open it too. Older versions of `datasets` refuse lists that hold numbers and strings, as `pieces` does: there take
`Dataset.from_pandas(frame[["id", "text", "title", "source", "language"]])`."""
_LIMITS = """\
Cleaning is by rules and a small model, and neither is right always. What was unsure stayed in the text and is named in
`metadata.flags`. The language is that of the most of an article. Whether the texts may be used, whom they name and what
they claim is not for a cleaner to say: nothing was removed for its opinion, and personal data were not looked for."""


def card(about: About, held: Json) -> str:
    """Return README.md of the run with this manifest."""
    parts = [_header(about, held), f"# {about.name}", described(about, held), *_figures(held["counts"])]
    parts += ["## A record", *_table(("field", "what it is"), [(f"`{name}`", text) for name, text in FIELDS.items()])]
    parts += [_LOADING.format(files=_glob(held)), *_made(held), "## Limits", _LIMITS, *_rights(about)]
    return "\n\n".join(parts) + "\n"


def _header(about: About, held: Json) -> str:
    languages = held["counts"]["languages"]
    header: Json = {
        "pretty_name": about.name,
        "license": about.license or "unknown",
        "language": sorted({tag.partition("-")[0] for tag in languages if tag != "und"}),
        "language_bcp47": sorted(tag for tag in languages if tag != "und"),
        "size_categories": [size_category(held["counts"]["records"])],
        "task_categories": list(about.tasks),
        "tags": ["corpuskit"],
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": _glob(held)}]}],
    }
    # JSON is YAML, and quotes what YAML would take for something else
    lines = [f"{name}: {dumps(value).decode().rstrip()}" for name, value in header.items() if value]
    return "\n".join(["---", *lines, "---"])


def _glob(held: Json) -> str:
    name: str = corpus_files(held)[0]["path"]
    return f"corpus/*{name[name.index('.') :]}"


def _figures(counts: Json) -> list[str]:
    characters = counts["characters"]
    rows = [
        ("sources", f"{counts['sources']:,}", f"{counts['source_bytes'] / 1e6:,.2f} MB"),
        ("articles", f"{counts['records']:,}", _list(counts["languages"])),
        ("characters read", f"{characters['in']:,}", _list(counts["encodings"])),
        ("kept as they were", f"{characters['kept']:,}", _share(characters["kept"], characters["in"])),
        ("taken out", f"{characters['removed']:,}", _share(characters["removed"], characters["in"])),
        ("lifted into the metadata", f"{characters['lifted']:,}", _share(characters["lifted"], characters["in"])),
        ("articles refused", f"{counts['dropped']:,}", f"{counts['duplicates']:,} of them duplicates"),
        ("inputs refused", f"{counts['refused']:,}", _list(counts["refused_by_rule"])),
    ]
    return ["## Figures", *_table(("", "number", ""), rows)]


def _made(held: Json) -> list[str]:
    counts, about = held["counts"], {kind.name: kind for kind in STAGES}
    rows = []
    for name, stage in counts["stages"].items():
        taken = sum(stage.get(measure, 0) for measure in _TAKEN)
        rules = sorted(stage["rules"], key=lambda rule: -sum(stage["rules"][rule].get(m, 0) for m in _TAKEN))
        rows.append((f"`{name}`", f"{taken:,}", ", ".join(f"`{rule}`" for rule in rules[:4])))
    stages = [stage for stage in about if held["config"]["stages"].get(stage, {}).get("enabled")]
    how = (
        f"Made by corpuskit {held['corpuskit']} on {held['finished'][:10]} with the config `{held['config_digest']}`; "
        f"the stages were {', '.join(stages)}. `manifest.json` has the whole config and the digest of every file, "
        "`ledger/` every passage that was taken out with its rule, its score and its place, `sources.jsonl` the digest "
        "of every source. `corpuskit verify` proves it against the sources."
    )
    return ["## How it was made", how, *_table(("stage", "characters", "by the rules"), rows)]


def _rights(about: About) -> list[str]:
    said = f"The texts are under {about.license}." if about.license else "The licence of the texts is not known."
    parts = ["## Rights", said]
    if about.creators:
        parts.append(f"By {', '.join(about.creators)}.")
    if about.url:
        parts.append(f"Found at {about.url}")
    return [*parts, "## Citation", f"```\n{about.citation}\n```"] if about.citation else parts


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)]


def _list(counts: dict[str, int]) -> str:
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return ", ".join(f"{name} {number:,}" for name, number in ranked[:8])


def _share(part: int, whole: int) -> str:
    return f"{part / max(1, whole):.1%}"

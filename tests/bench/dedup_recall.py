"""How thorough the search for duplicates is: the part ``recall`` of ``dedup.py``."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

from texts import PAGES, Writer

from corpuskit import labelled
from corpuskit.dedup import SEED, DedupOptions, bands_for, jaccard, shingle_sets, shingles, signatures
from corpuskit.dedup.lsh import share_band
from corpuskit.deduplicate import Settings, deduplicate
from corpuskit.train import HELD_OUT


def grams(text: str) -> list[bytes]:
    return list({text[at : at + 5].encode() for at in range(len(text) - 4)})


def changed(text: str, share: float, draw: random.Random) -> str:
    """Return a text with a share of its letters and digits replaced, each where chance has it."""
    out = list(text)
    letters = [at for at, char in enumerate(text) if char.isalnum()]
    for at in draw.sample(letters, round(len(letters) * share)):
        out[at] = chr(draw.randrange(0x4E00, 0x9000))
    return "".join(out)


def articles() -> list[str]:
    """Return the running text of the Chinese labelled pages, those that are held out left alone."""
    pages = [page for page in labelled.load(PAGES) if not page.id.startswith(HELD_OUT)]
    texts = ["\n".join(block.good for block in page.blocks if block.role == "body") for page in pages]
    return [text for text in texts if sum("\u4e00" <= char <= "\u9fff" for char in text) >= 300]


Sketches = tuple[Any, Any]


def sketched(originals: list[str], copies: list[str]) -> Sketches:
    return signatures(shingle_sets(originals)), signatures(shingle_sets(copies))


def found(sketches: Sketches, bands: int = 16, rows: int = 8) -> list[bool]:
    """Return for each pair of an original and a copy whether their signatures share a band."""
    return list(share_band(*sketches, bands, rows).tolist())


def bench_recall(pages: int) -> None:
    draw = random.Random(SEED)
    texts = articles()
    originals = [texts[at % len(texts)] for at in range(pages)]
    for share in (0.01, 0.02):
        copies = [changed(text, share, draw) for text in originals]
        similar = [jaccard(shingles(a), shingles(b)) for a, b in zip(originals, copies, strict=True)]
        sketches = sketched(originals, copies)
        for threshold in (0.8, 0.75):
            bands, rows = bands_for(threshold)
            alike = [at >= threshold for at in similar]
            hits = sum(same and hit for same, hit in zip(alike, found(sketches, bands, rows), strict=True))
            told = f"{hits / pages:.2%} of {pages:,} articles found, {sum(alike) / pages:.2%} are at it or above"
            print(f"{share:.0%} of characters changed, {threshold} in {bands} bands of {rows}: {told}")
    originals = list(Writer().pages(pages * 2000, dirty=0.0))
    copies = [changed(text, draw.uniform(0.0, 0.02), draw) for text in originals]
    exact = [_plain_jaccard(a, b) >= 0.8 for a, b in zip(originals, copies, strict=True)]
    hits = sum(same and hit for same, hit in zip(exact, found(sketched(originals, copies)), strict=True))
    print(f"pairs of exact Jaccard >= 0.8: {hits / sum(exact):.2%} of {sum(exact):,} found")
    for threshold in (0.8, 0.75):
        print(f"of pairs that corpuskit dedup reports at {threshold}, false: {_false(originals + copies, threshold)}")


def _plain_jaccard(one: str, other: str) -> float:
    a, b = (set(grams("".join(char for char in text if char.isalnum()))) for text in (one, other))
    return len(a & b) / len(a | b)


def _false(texts: list[str], threshold: float) -> str:
    bands, rows = bands_for(threshold)
    settings = Settings(DedupOptions(threshold=threshold, bands=bands, rows=rows))
    with tempfile.TemporaryDirectory(prefix="corpuskit-bench-") as folder:
        path = Path(folder) / "pages.jsonl"
        path.write_text("".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts)), "utf-8")
        deduplicate([str(path)], Path(folder) / "out", settings)
        lines = [json.loads(line) for line in (Path(folder) / "out/duplicates/part-00000.jsonl").open("rb")]
    false = sum(_plain_jaccard(texts[int(line["id"])], texts[int(line["twin"])]) < threshold - 0.01 for line in lines)
    return f"{false} of {len(lines):,}"

"""Garbled text: each class of damage against each tool, and the speed of the stage.

    python tests/bench/garbled.py [COUNT] [LANGUAGE]

Text is of the labelled pages from which no model learned (``h``, and those held out), damaged by
``tests/mojibake_sim.py``. Printed for each class: texts,
and for each tool the share restored whole, the share made worse and the character error rate, before and after.
"""

from __future__ import annotations

import importlib
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import ftfy
import mojibake_sim as sim
from mojibake_slips import SLIPS

from corpuskit.clean.garbled import Garbled
from corpuskit.clean.mojibake.fill import LOST
from corpuskit.core.draft import Draft
from corpuskit.core.edit import Flag
from corpuskit.core.engine import Record, apply, resolve
from corpuskit.core.page import Page

STAGE = Garbled()
ABREAST = 32
"""Pages that go through the gate together in a run."""
Tool = Callable[[str], str]


def ours(text: str) -> str:
    """Return a text behind the stage ``garbled``."""
    winners, _ = resolve(STAGE.propose(Page.of(text)))
    return apply(Draft.of(text), winners, "garbled", Record())[0].text


def kept(text: str) -> str:
    """Return what ftfy makes of a text when it leaves width and quotes alone."""
    return ftfy.fix_text(text, uncurl_quotes=False, fix_character_width=False)


def normalizer() -> Tool | None:
    """Return charset-normalizer, where it is installed: the reading of the text's bytes that it likes best."""
    try:
        module = importlib.import_module("charset_normalizer")
    except ImportError:
        return None

    def read(text: str) -> str:
        best = module.from_bytes(text.encode("utf-8", "surrogatepass")).best()
        return text if best is None else str(best)

    return read


def tools() -> dict[str, Tool]:
    """Return the tools to compare, by name."""
    found: dict[str, Tool] = {"ftfy": ftfy.fix_text, "ftfy kept": kept}
    other = normalizer()
    if other is not None:
        found["charset-normalizer"] = other
    return found | {"corpuskit": ours}


def row(name: str, cases: list[tuple[str, str]], tool: Tool) -> tuple[float, float, float, float]:
    """Return shares exact and worse, and the character error rates before and after."""
    exact = worse = before = after = 0
    for damaged, text in cases:
        now, was, gold = (sim.even(name, x) for x in (tool(damaged), damaged, text))
        far, near = sim.distance(was, gold), sim.distance(now, gold)
        exact += near == 0
        worse += near > far
        before += far
        after += near
    size, chars = len(cases), sum(len(text) for _, text in cases)
    return exact / size, worse / size, before / chars, after / chars


def classes(count: int, language: str) -> None:
    """Print the table of classes and tools."""
    print(f"{'class':28} {'texts':>5} {'CER':>8}" + "".join(f"   {name:>24}" for name in tools()))
    print(" " * 43 + "".join(f"   {'exact':>7} {'worse':>7} {'CER':>8}" for _ in tools()))
    for name in sim.CLASSES:
        cases = sim.cases(name, language, count)
        if not cases:
            continue
        rows = [row(name, cases, tool) for tool in tools().values()]
        cells = "".join(f"   {exact:7.1%} {worse:7.1%} {after:8.2%}" for exact, worse, _, after in rows)
        print(f"{name:28} {len(cases):5} {rows[0][2]:8.2%}{cells}", flush=True)


def phase(count: int, language: str) -> None:
    """Print, for each kind of slip, how many were found and had their length back, and what is open or wrong."""
    print(f"{'phase slips':28} {'texts':>5} {'found':>7} {'length':>7} {'open':>7} {'wrong':>7}")
    for name in SLIPS:
        cases = [(damaged, ours(damaged), text) for damaged, text in sim.cases(name, language, count)]
        if not cases:
            continue
        found = sum(now != damaged for damaged, now, _ in cases) / len(cases)
        whole = [(sim.even(name, now), sim.even(name, text)) for _, now, text in cases if len(now) == len(text)]
        lost = sum(now.count(LOST) for now, _ in whole)
        wrong = sum(a not in (b, LOST) for now, text in whole for a, b in zip(now, text, strict=True))
        print(f"{name:28} {len(cases):5} {found:7.1%} {len(whole) / len(cases):7.1%} {lost:7} {wrong:7}", flush=True)


def filled(language: str) -> None:
    """Print how many of the characters that a mark shows to be half-known are filled, and how many of those right."""
    lost = wrong = size = 0
    for seed in range(4):
        for damaged, text in sim.cases("slip ?", language, 200, seed):
            now = ours(damaged)
            if len(now) == len(text):
                read = [(now[at], text[at]) for at in ends(damaged, text)]
                size += len(read)
                lost += sum(a == LOST for a, _ in read)
                wrong += sum(a not in (b, LOST) for a, b in read)
    print(f"half-known characters: {size}, filled {1 - lost / size:.1%}, right {1 - wrong / (size - lost):.1%}")


def ends(damaged: str, text: str) -> tuple[int, int]:
    """Return where in a text the first and the last of the characters stand that were damaged."""
    first = next(at for at, (a, b) in enumerate(zip(damaged, text, strict=False)) if a != b)
    last = next(at for at, (a, b) in enumerate(zip(damaged[::-1], text[::-1], strict=False)) if a != b)
    return first, len(text) - 1 - last


def rate(pages: list[str], tool: Callable[[list[str]], object]) -> float:
    """Return MB/s of CPU time, the best of five."""
    size, best = sum(len(page.encode()) for page in pages), 1e9
    for _ in range(5):
        start = time.process_time()
        for at in range(0, len(pages), ABREAST):
            tool(pages[at : at + ABREAST])
        best = min(best, time.process_time() - start)
    return size / best / 1e6


def each(tool: Callable[[str], object]) -> Callable[[list[str]], object]:
    """Return what uses a tool on pages one by one."""
    return lambda pages: [tool(page) for page in pages]


def propose(text: str) -> list[object]:
    """Run the stage on a page made anew."""
    return list(STAGE.propose(Page.of(text)))


def abreast(pages: list[str]) -> list[list[object]]:
    """Run the stage on pages made anew, which go through its gate together, as they do in a run."""
    made = [Page.of(page) for page in pages]
    STAGE.ahead(made)
    return [list(STAGE.propose(page)) for page in made]


def speed(language: str) -> None:
    """Print the speed on clean pages and on pages damaged throughout."""
    sound = list(sim.paragraphs(language)) * 10
    pages = ["\n".join(sound[at : at + 25]) for at in range(0, len(sound), 25)]
    propose("\n".join(sound))
    together, alone = rate(pages, abreast), rate(pages, each(propose))
    slow = rate(pages[::10], each(ftfy.fix_text))
    told = f"clean {language}: {together:.1f} MB/s ({alone:.1f} page by page); ftfy.fix_text {slow:.2f} MB/s"
    print(f"{told}; {together / slow:.0f} times ({alone / slow:.0f})")
    if language.startswith("zh"):
        for name in ("slip ?", "UTF-8 as GBK, lossy", "GBK as cp1252"):
            broken = ["\n".join(damaged for damaged, _ in sim.cases(name, language, 40))]
            propose(broken[0])
            print(f"damaged throughout, {name}: {rate(broken, each(propose)):.3f} MB/s")


def flagged(text: str) -> set[int]:
    """Return the places of a text that the option ``typos`` flags."""
    proposed = Garbled(typos=True).propose(Page.of(text))
    flags = [p.span for p in proposed if isinstance(p, Flag) and p.rule == "garbled.typo"]
    return {place for span in flags for place in range(span.start, span.end)}


def typos(language: str) -> None:
    """Print how many slips of the hand are flagged where they are, and how many flags sound text has."""
    sound = "\n".join(sim.paragraphs(language))
    print(f"typos: {len(flagged(sound))} characters flagged in {len(sound.encode()) / 1e6:.3f} MB of sound text")
    for name, damage in sim.TYPOS.items():
        rng, hits, size = random.Random(name), 0, 0
        for text in sim.paragraphs(language):
            damaged = damage(text, rng)
            if damaged is not None:
                at = next(i for i, (a, b) in enumerate(zip(damaged, text + "\0", strict=False)) if a != b)
                size += 1
                hits += not flagged(damaged).isdisjoint(range(max(0, at - 2), at + 1))
        print(f"typos, {name}: {hits} of {size} flagged")


def main() -> None:
    """Print the speeds, slips of the hand, phase slips, then the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    sim.UNSEEN = "hoty"
    for language in ("zh-Hans", "zh-Hant", "ja", "ko", "en"):
        speed(language)
    typos("zh-Hans")
    language = sys.argv[2] if len(sys.argv) > 2 else "zh-Hans"
    phase(count, language)
    filled(language)
    classes(count, language)


if __name__ == "__main__":
    main()

"""Main text found, beside what else there is: ``python tests/bench/main_text.py FOLDER [--language zh] [--worst 10]``.

FOLDER holds one folder a page, at any depth: ``page.html``, ``gold.txt`` (the main text; empty where the page has no
article), ``capture.txt`` (the page as a text browser shows it), ``kind.txt`` (article, forum, list, no-article) and
``lang.txt``. Each tool gets the page as HTML and again as plain text; those that read HTML only get the capture's
lines wrapped in ``<p>``. A folder of labelled pages (``*.page``) is scored too, by the rules of ``corpuskit score``.

The figure is the F1 of character 6-grams: white space is removed from both texts, each text is the set of its
6-grams (a shorter one is one gram), precision is the share of the output's that the gold text has, recall the share
of the gold text's that the output has. F1 is taken page by page, then averaged. Where the gold text is empty, no
output is 1 and any output 0.

corpuskit's output is all records of the page in their order, a line feed between them. A record's title is part of
it where the gold text has it and not where it has not, since titles are metadata there; the others' stay as they are.
Options are the tools' own defaults, but that jusText, which has no stop words of Chinese, Japanese and Korean, judges
them without any and from shorter lengths, which is far better for it than its defaults.
Install the others with ``pip install -e '.[bench]'``; one that is missing is left out.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from corpuskit import labelled
from corpuskit.config import load
from corpuskit.core.source import Raw, Source
from corpuskit.pipeline import Pipeline, source_of
from corpuskit.score import score

GRAM = 6
_WHITE = re.compile(r"\s+")
_FINAL = re.compile(r"[。！？…．.!?；;][”’」』）》\"')\]]*$")

Tool = Callable[[str, str], str]
"""From a page and its language to its main text."""


class Page(NamedTuple):
    """A page with its gold text."""

    name: str
    kind: str
    language: str
    html: str
    capture: str
    gold: str


class Row(NamedTuple):
    """What is averaged together."""

    medium: str
    kind: str
    language: str


def pages(folder: Path) -> Iterator[Page]:
    """Yield the pages of a folder that have a gold text, in the order of their names."""
    for gold in sorted(folder.rglob("gold.txt")):
        kind, language = ((gold.parent / name).read_text("utf-8").strip() for name in ("kind.txt", "lang.txt"))
        html, capture, text = (
            (gold.parent / name).read_text("utf-8", "replace") for name in ("page.html", "capture.txt", "gold.txt")
        )
        yield Page(gold.parent.name, kind, language, html, capture, text)


def bare(text: str) -> str:
    """Return a text without white space."""
    return _WHITE.sub("", text)


def grams(text: str) -> set[str]:
    """Return the character 6-grams of a text without its white space."""
    text = bare(text)
    return {text[at : at + GRAM] for at in range(max(1, len(text) - GRAM + 1)) if text}


def f1(output: str, gold: str) -> float:
    """Return the F1 of 6-grams.

    >>> f1("大河涨水了。\\n回到顶部", "大河涨水了。"), f1("", ""), f1("导航", "")
    (0.33333333333333337, 1.0, 0.0)
    """
    found, wanted = grams(output), grams(gold)
    if not found or not wanted:
        return float(not found and not wanted)
    both = len(found & wanted)
    precision, recall = both / len(found), both / len(wanted)
    return 2 * precision * recall / (precision + recall) if both else 0.0


def corpuskit(pipeline: Pipeline, media_type: str, text: str, gold: str) -> str:
    """Return the page's records as one text, with the titles that the gold text has."""
    name = "page.html" if media_type == "text/html" else "page.txt"
    source = source_of(Raw(name, text.encode("utf-8", "replace"), media_type))
    if not isinstance(source, Source):
        return ""
    wanted, out = bare(gold), []
    for record in pipeline.clean(source).records:
        title = bare(record.get("title") or "")
        out += [title] if title and title in wanted else []
        out.append(record["text"])
    return "\n".join(out)


def _trafilatura(html: str, language: str) -> str:
    from trafilatura import extract

    return str(extract(html) or "")


def _justext(html: str, language: str) -> str:
    import justext

    if language[:2] in ("zh", "ja", "ko"):
        lengths = {"length_low": 10, "length_high": 30, "stopwords_low": 0.0, "stopwords_high": 0.0}
        found = justext.justext(html, frozenset(), **lengths)
    else:
        found = justext.justext(html, justext.get_stoplist(_STOP_WORDS.get(language, "English")))
    return "\n".join(paragraph.text for paragraph in found if not paragraph.is_boilerplate)


def _readability(html: str, language: str) -> str:
    from lxml.html import fromstring
    from readability import Document

    return str(fromstring(Document(html).summary()).text_content())


def _resiliparse(html: str, language: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(html, main_content=True))


_STOP_WORDS = {"de": "German", "fr": "French", "it": "Italian", "pt": "Portuguese", "id": "Indonesian", "tr": "Turkish"}

PEERS: dict[str, Tool] = {
    "trafilatura": _trafilatura,
    "justext": _justext,
    "readability": _readability,
    "resiliparse": _resiliparse,
}


def final(capture: str) -> str:
    """Return the lines that end as a sentence does."""
    return "\n".join(line for line in capture.split("\n") if _FINAL.search(line.strip()))


def wrapped(capture: str) -> str:
    """Return a capture's lines as paragraphs of HTML."""
    lines = "".join(f"<p>{escape(line)}</p>\n" for line in capture.split("\n") if line.strip())
    return f"<html><head><meta charset='utf-8'></head><body>\n{lines}</body></html>"


def attempt(tool: Tool, html: str, language: str) -> str:
    """Return a tool's output; a page on which it fails gives none."""
    try:
        return tool(html, language)
    except Exception:
        return ""


def tools(wanted: Sequence[str]) -> dict[str, Tool]:
    """Return the other tools that are wanted and installed."""
    return {name: tool for name, tool in PEERS.items() if (not wanted or name in wanted) and find_spec(name)}


def measure(page: Page, pipeline: Pipeline, peers: dict[str, Tool]) -> Iterator[tuple[str, str, float]]:
    """Yield medium, tool and F1 of one page."""
    plain = wrapped(page.capture)
    for medium, text, html in (("text/html", page.html, page.html), ("text/plain", page.capture, plain)):
        yield medium, "corpuskit", f1(corpuskit(pipeline, medium, text, page.gold), page.gold)
        for name, tool in peers.items():
            yield medium, name, f1(attempt(tool, html, page.language), page.gold)
        yield medium, "final mark", f1(final(page.capture), page.gold)
        yield medium, "nothing", f1(page.capture, page.gold)


def compare(found: Sequence[Page], pipeline: Pipeline, peers: dict[str, Tool], worst: int) -> None:
    """Print mean F1 by medium, kind and language, and corpuskit's worst pages."""
    scores: defaultdict[Row, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    mine: list[tuple[float, str, str]] = []
    for page in found:
        for medium, name, figure in measure(page, pipeline, peers):
            for language in (page.language, "all"):
                scores[Row(medium, page.kind, language)][name].append(figure)
            if name == "corpuskit":
                mine.append((figure, medium, page.name))
    names = ["corpuskit", *peers, "final mark", "nothing"]
    print(f"{'mean F1 of 6-grams':34}{'pages':>6}" + "".join(f"{name:>13}" for name in names))
    for row in sorted(scores):
        cells = "".join(f"{sum(scores[row][name]) / len(scores[row][name]):13.3f}" for name in names)
        print(f"{row.medium:12}{row.kind:12}{row.language:10}{len(scores[row]['nothing']):6}{cells}")
    for figure, medium, name in sorted(mine)[:worst]:
        print(f"worst {figure:.3f} {medium:10} {name}")


def compare_labelled(folder: Path, pipeline: Pipeline, peers: dict[str, Tool]) -> None:
    """Print, by kind of labelled page, each tool's share of noise left and of body text kept."""
    found = labelled.load(folder)
    outputs = {
        "corpuskit": [corpuskit(pipeline, "text/plain", page.raw, "") for page in found],
        **{name: [attempt(tool, wrapped(page.raw), _language(page)) for page in found] for name, tool in peers.items()},
        "final mark": [final(page.raw) for page in found],
        "nothing": [page.raw for page in found],
    }
    results = {
        name: score(found, ((f"{page.id}.txt", {"text": text}) for page, text in zip(found, texts, strict=True))).kinds
        for name, texts in outputs.items()
    }
    counts = Counter(page.kind for page in found) + Counter({"ALL": len(found)})
    print(f"{'noise left / text kept':34}{'pages':>6}" + "".join(f"{name:>14}" for name in outputs))
    for kind in sorted(counts, key=lambda kind: (kind != "ALL", kind)):
        cells = "".join(f"{_pair(results[name][kind].leak, results[name][kind].kept):>14}" for name in outputs)
        print(f"{folder.name:22}{kind:12}{counts[kind]:6}{cells}")


def _language(page: labelled.Page) -> str:
    return page.header.get("lang", "zh-Hans")


def _pair(leak: float | None, kept: float | None) -> str:
    return " / ".join("-" if figure is None else f"{figure:.3f}" for figure in (leak, kept))


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="+")
    parser.add_argument("--language", default="", metavar="TAG", help="pages whose language begins so; all")
    parser.add_argument("--tool", action="append", default=[], metavar="NAME", help="this peer; all that are installed")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="name corpuskit's N worst pages")
    given = parser.parse_args(words)
    pipeline, peers = Pipeline(load()), tools(given.tool)
    for folder in given.folder:
        if any(folder.glob("*.page")):
            compare_labelled(folder, pipeline, peers)
        found = [page for page in pages(folder) if page.language.startswith(given.language)]
        if found:
            compare(found, pipeline, peers, given.worst)


if __name__ == "__main__":
    main()

"""From the inputs of a run to raw pages: files, folders, globs and stdin; plain, gzip or zstd; text, HTML, JSONL."""

from corpuskit.read.html import Extracted, extract
from corpuskit.read.inputs import Item, discover
from corpuskit.read.jsonl import Block
from corpuskit.read.pages import Part, ReadOptions, open_item, open_parts, pages_of
from corpuskit.read.remote import is_url
from corpuskit.read.walk import escaped

__all__ = [
    "Block",
    "Extracted",
    "Item",
    "Part",
    "ReadOptions",
    "discover",
    "escaped",
    "extract",
    "is_url",
    "open_item",
    "open_parts",
    "pages_of",
]

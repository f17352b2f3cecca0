"""From the inputs of a run to raw pages: files, folders, globs and stdin; plain, gzip or zstd; text, HTML, JSONL."""

from corpuskit.read.html import Extracted, extract
from corpuskit.read.inputs import Item, discover
from corpuskit.read.pages import ReadOptions, open_item

__all__ = ["Extracted", "Item", "ReadOptions", "discover", "extract", "open_item"]

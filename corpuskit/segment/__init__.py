"""Segmentation: pages to articles."""

from corpuskit.core.stage import Stage
from corpuskit.segment.fields import keys, metadata
from corpuskit.segment.layout import Layout
from corpuskit.segment.too_short import TooShort

SEGMENTERS: tuple[type[Stage], ...] = (Layout, TooShort)

__all__ = ["SEGMENTERS", "Layout", "TooShort", "keys", "metadata"]

"""Cleaning: one file a stage, in the order in which a page meets them."""

from corpuskit.clean.garbled import Garbled
from corpuskit.clean.page_chrome import PageChrome
from corpuskit.clean.punctuation import Punctuation
from corpuskit.clean.related_news import RelatedNews
from corpuskit.clean.spam_links import SpamLinks
from corpuskit.core.stage import Stage

CLEANERS: tuple[type[Stage], ...] = (Garbled, SpamLinks, RelatedNews, PageChrome, Punctuation)

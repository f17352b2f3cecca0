"""The command ``dedup``: one reading that gathers, a search, and a second reading that writes."""

from corpuskit.deduplicate.search import CorpusError, Progress, Settings, Summary, deduplicate

__all__ = ["CorpusError", "Progress", "Settings", "Summary", "deduplicate"]

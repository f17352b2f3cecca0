"""corpuskit: clean dirty web pages into a corpus in which every character is accounted for."""

__version__ = "0.1.0"

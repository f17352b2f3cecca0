"""How Chinese is damaged by wrong decoding, and how it is undone."""

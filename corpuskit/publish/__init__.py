"""A finished run made ready for others: dataset card, Croissant, PROV-JSON, a folder to upload, a BagIt bag."""

from corpuskit.publish.about import About, load
from corpuskit.publish.card import card
from corpuskit.publish.croissant import croissant
from corpuskit.publish.folder import bag, folder
from corpuskit.publish.prov import prov

__all__ = ["About", "bag", "card", "croissant", "folder", "load", "prov"]

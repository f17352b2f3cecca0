"""Exact and near duplicates at any size: fingerprints, shingles, MinHash, LSH, and who stays."""

from corpuskit.dedup.clusters import Duplicate, Item, find_duplicates
from corpuskit.dedup.exact import fingerprint, fingerprints
from corpuskit.dedup.judge import Judge
from corpuskit.dedup.lsh import HotBucket, LshIndex, bands_for, candidate_pairs, recall_curve
from corpuskit.dedup.minhash import PERMUTATIONS, SCHEME, SEED, from_minhash, minhashes, signatures, to_minhash
from corpuskit.dedup.normalise import folded, normalise
from corpuskit.dedup.options import DedupOptions
from corpuskit.dedup.shingles import jaccard, shingle_sets, shingles
from corpuskit.dedup.verdicts import Batch, Statistics, Verdicts

__all__ = [
    "PERMUTATIONS",
    "SCHEME",
    "SEED",
    "Batch",
    "DedupOptions",
    "Duplicate",
    "HotBucket",
    "Item",
    "Judge",
    "LshIndex",
    "Statistics",
    "Verdicts",
    "bands_for",
    "candidate_pairs",
    "find_duplicates",
    "fingerprint",
    "fingerprints",
    "folded",
    "from_minhash",
    "jaccard",
    "minhashes",
    "normalise",
    "recall_curve",
    "shingle_sets",
    "shingles",
    "signatures",
    "to_minhash",
]

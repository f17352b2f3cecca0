"""Exact and near duplicates: fingerprints, shingles, MinHash, LSH, and who stays."""

from corpuskit.dedup.clusters import Duplicate, Item, Statistics, find_duplicates
from corpuskit.dedup.exact import fingerprint
from corpuskit.dedup.lsh import BucketIndex, Candidates, HotBucket, LshIndex, buckets, candidate_pairs, recall_curve
from corpuskit.dedup.minhash import PERMUTATIONS, SCHEME, SEED, from_minhash, signatures, to_minhash
from corpuskit.dedup.normalise import normalise
from corpuskit.dedup.options import DedupOptions
from corpuskit.dedup.shingles import jaccard, shingles

__all__ = [
    "PERMUTATIONS",
    "SCHEME",
    "SEED",
    "BucketIndex",
    "Candidates",
    "DedupOptions",
    "Duplicate",
    "HotBucket",
    "Item",
    "LshIndex",
    "Statistics",
    "buckets",
    "candidate_pairs",
    "find_duplicates",
    "fingerprint",
    "from_minhash",
    "jaccard",
    "normalise",
    "recall_curve",
    "shingles",
    "signatures",
    "to_minhash",
]
